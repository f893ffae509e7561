"""An activity sells only while it lives: from its start, outside its pauses, within its months, up to its exit.

Before:

    2026-01-05 custom "activity" "A001"
    2026-01-02 * "Facture trop tôt"
      Assets:40:400-Clients:A001                 100.00 EUR
      Income:70:700-VentesPrestations:A001      -100.00 EUR

After, as errors:

    line 2: A001 sells on 2026-01-02, before its start on 2026-01-05. Correct the date, or its directives at
        <string>:1. [BC301]

What a transaction nets on class 70, in the operating currency's value, is a sale: a credit note sells nothing, and may
come later than the last day. What is tagged `#opening` brings in what was sold before, and stands on the first day of
its unit's transactions. What is tagged `#inventory` settles a financial year, and is dated its last day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from beancount.core.data import Transaction

from beancoop.model import doubts
from beancoop.model.activity import NoSale
from beancoop.model.findings import BeancoopError, place
from beancoop.model.money import ZERO, amount_in
from beancoop.model.ownership import sealed_in
from beancoop.model.pcmn import SALES
from beancoop.model.provenance import INVENTORY, OPENING, settles
from beancoop.rules import engine
from beancoop.words.messages import error

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator, Mapping
    from decimal import Decimal

    from beancount.core.data import Directives, Posting

    from beancoop.model.accounts import AccountName
    from beancoop.model.activity import Activity, Reason
    from beancoop.model.register import Register
    from beancoop.rules.part import Column, Part
    from beancoop.words.messages import Template

__plugins__ = ("life",)

_WHY: Mapping[NoSale, Template] = {
    NoSale.BEFORE_START: error(
        "BC301",
        "{unit} sells on {sold}, before its start on {day}. Correct the date, or its directives at {place}.",
    ),
    NoSale.AFTER_EXIT: error(
        "BC302", "{unit} sells on {sold}, after its exit on {day}. Correct the date, or its directives at {place}."
    ),
    NoSale.IN_PAUSE: error(
        "BC303",
        "{unit} sells on {sold}, in the pause that began on {day}. Correct the date, or its directives at {place}.",
    ),
    NoSale.AFTER_LAST_DAY: error(
        "BC304",
        "{unit} sells on {sold}, after its last day to sell, {day} ({count} month and its pauses). Correct the date, "
        "or its directives at {place}.",
        "{unit} sells on {sold}, after its last day to sell, {day} ({count} months and its pauses). Correct the date, "
        "or its directives at {place}.",
    ),
}
"""What is told of a sale, by what forbids it."""

_RESTS_ON: Mapping[NoSale, tuple[str, ...]] = {
    NoSale.AFTER_EXIT: (doubts.EXIT,),
    NoSale.IN_PAUSE: (doubts.PAUSE,),
    NoSale.AFTER_LAST_DAY: (doubts.PAUSE, "months"),
}
"""What it follows from: where a directive about that was refused, it is not told as well."""

NOT_LAST = error(
    "BC306",
    "This entry settles a financial year ({tag}) and is dated {day}; date it the last day of the year, {last}, or take "
    "the tag away.",
)
NOT_FIRST = error(
    "BC305",
    '{unit} has transactions from {first} on, before this one, which is tagged "#opening". Date it {first}, or take '
    "the tag away.",
)


class _Sold:
    """What one transaction sells on a day that may not, by currency: what has a price, in the operating one."""

    def __init__(self, transaction: Transaction, activity: Activity, reason: Reason) -> None:
        self.transaction = transaction
        self.activity = activity
        self.reason = reason
        self.amounts: dict[str, Decimal] = {}

    def add(self, posting: Posting, operating: str) -> None:
        value, currency = amount_in(posting, operating), operating
        if value is None and posting.units is not None:  # no price says what it is worth
            value, currency = posting.units.number, posting.units.currency
        self.amounts[currency] = self.amounts.get(currency, ZERO) - (value or ZERO)

    def error(self) -> BeancoopError:
        unit, sold = self.activity.unit, self.transaction.date
        why, day, months = self.reason
        where = place(self.activity.entry.meta)
        message = _WHY[why](unit=unit, sold=sold, day=day, count=months, place=where)
        return BeancoopError(self.transaction.meta, message, self.transaction)


class Life(engine.Rule):
    """Refuses sales (class 70, net of what the same transaction gives back) outside the days that may sell."""

    numbers = (SALES,)

    def __init__(self, register: Register) -> None:
        """Start with no sale seen."""
        super().__init__(register)
        self.outside: dict[int, _Sold] = {}

    def watch(self, account: AccountName, column: Column) -> engine.Poster | None:
        """Watch class 70 of the activities, where not all of it stands in the days that may sell for sure."""
        activity = self.register.activities.get(account.unit or "")
        if activity is None:
            return None
        start, sure = activity.start, activity.sells_until()
        if start <= column.first and column.last <= sure:
            return None

        def post(transaction: Transaction, posting: Posting) -> None:
            if start <= transaction.date <= sure or OPENING in transaction.tags:
                return
            if not (reason := activity.why_no_sale(transaction.date)):
                return
            rests_on = _RESTS_ON.get(reason.why)
            if rests_on is None or not self.register.doubts.about(activity.unit, *rests_on):
                sold = self.outside.setdefault(id(transaction), _Sold(transaction, activity, reason))
                sold.add(posting, self.register.currency)

        return post

    def keep(self, part: Part) -> engine.Kept:
        """Give an error for each sale outside, each opening that is not at the beginning, each inventory elsewhere."""
        sold = [each.error() for each in self.outside.values() if max(each.amounts.values()) > ZERO]
        tagged = part.tagged.values()
        return engine.Kept(None, [*sold, *_late_openings(part), *self._stray_inventories(tagged)])

    def _stray_inventories(self, entries: Iterable[Transaction]) -> Iterator[BeancoopError]:
        """Give an error for each entry that settles a financial year and is not dated its last day.

        A sub-ledger alone does not know when its years end.
        """
        cooperative = self.register.cooperative
        for entry in entries if self.register.knows_years else ():
            if settles(entry) and entry.date != (last := cooperative.year(cooperative.year_of(entry.date)).last):
                yield BeancoopError(entry.meta, NOT_LAST(tag=f"#{INVENTORY}", day=entry.date, last=last), entry)


def _late_openings(part: Part) -> Iterator[BeancoopError]:
    """Give an error for each opening after the first day of its unit's transactions."""
    openings = [each for each in part.tagged.values() if OPENING in each.tags and each.postings]
    units = set(map(sealed_in, openings))
    first: dict[str | None, datetime.date] = {}
    for entry in part.entries if units else ():
        if len(first) == len(units):
            break  # they come by date, so that this is soon
        if type(entry) is Transaction and (unit := sealed_in(entry)) in units:
            first.setdefault(unit, entry.date)
    for entry in openings:
        unit = sealed_in(entry)
        if entry.date != first[unit]:
            yield BeancoopError(entry.meta, NOT_FIRST(unit=unit, first=first[unit]), entry)


def life(entries: Directives, options: dict[str, Any]) -> tuple[Directives, list[BeancoopError]]:
    """Check the dates of sales; adds nothing."""
    return engine.run_plugin(__name__, (Life,), entries, options)
