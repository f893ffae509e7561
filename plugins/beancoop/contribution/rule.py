"""The rule that gathers each activity's margin and settles its levies (contract, section 5)."""

from __future__ import annotations

import datetime
from collections import defaultdict
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from beancoop.contribution.entries import TAG, prepare, settle
from beancoop.contribution.levy import Basis, Levy, levies
from beancoop.loading.sub_ledgers import Added
from beancoop.model import doubts
from beancoop.model.accounts import COOP
from beancoop.model.findings import BeancoopError
from beancoop.model.money import ZERO, amount_in
from beancoop.model.months import Month
from beancoop.model.pcmn import CONTRIBUTION, INTERNAL_SERVICES, OTHER_OPERATING_INCOME, PURCHASES, SALES, SERVICES
from beancoop.model.provenance import INVENTORY, OPENING
from beancoop.model.register import read_register
from beancoop.model.seals import levied_in
from beancoop.rules import engine
from beancoop.rules.part import Part
from beancoop.storage.step import is_being_written
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from beancount.core.data import Directive, Directives, Posting, Transaction

    from beancoop.model.accounts import AccountName
    from beancoop.model.activity import Activity
    from beancoop.model.register import Register
    from beancoop.rules.part import Column

DIRECT = (PURCHASES, SALES, INTERNAL_SERVICES)
OPERATING = (SERVICES, *OTHER_OPERATING_INCOME)

NO_PRICE = error(
    "BC401",
    "{account} has {units} without a price in {currency}, so that no contribution can be counted on it; add the day's "
    "rate, such as: {example}.",
)
UNSEALED = error(
    "BC402",
    "{month} of {unit} is closed but {open}, which has a margin, is not; months close one after the other.",
)
NOT_A_LEVY = error(
    "BC403",
    "{account} is posted outside a levy: only beancoop close writes there, an entry of two postings with its own "
    'unit: "{unit}" and period. Take this entry away.',
)
ORPHAN = error(
    "BC404",
    "{unit} has a seal of {month} that the structure has not, and which closes nothing. Take it away; a month or a "
    "year is closed by: beancoop close {period}",
)

_SIDES = 2  # postings of a levy


class YearsSettled:
    """The month in which what settles a financial year changes the contribution of a unit (contract, sections 5, 6).

    That is the one that the year's seal names; before that seal, the first month after the year that is not closed.
    """

    def __init__(self, register: Register, unit: str, closing: Month | None = None) -> None:
        """Look at what is closed, as if the month *closing* were."""
        closed = closing or register.last_closed(unit)
        self._open = closed.next() if closed else Month.of(datetime.date.min)
        self._sealed = {seal.date: levied_in(seal) for seal in register.closed_years(unit).values()}

    def month_of(self, transaction: Transaction) -> Month:
        """Give the month in which an `#inventory` entry counts."""
        day = transaction.date
        return self._sealed.get(day) or max(Month.of(day).next(), self._open)


class Margins:
    """The gross margin of one activity by month and rate, and what its written entries levy."""

    def __init__(self, activity: Activity, register: Register, closing: Month | None = None) -> None:
        """Start with no margin; see `read_levies` for *closing*."""
        self.activity = activity
        self.currency = register.currency
        self.last_closed = register.last_closed(activity.unit)
        self.settled = YearsSettled(register, activity.unit, closing)
        self.by_month: dict[Month, dict[Decimal, Decimal]] = {}
        self.month: dict[Decimal, Decimal] = {}
        self.since, self.until = datetime.date.max, datetime.date.min
        rates = {terms.rate for terms in activity.terms}
        self.only_rate = rates.pop() if len(rates) == 1 else None
        self.is_direct = all(terms.margin == "direct" for terms in activity.terms)
        self.written: dict[Month, Decimal] = {}
        self.by_hand: list[BeancoopError] = []
        self.first_sale: dict[str, datetime.date] = {}
        self.errors: list[BeancoopError] = []

    def watch(self, number: str, column: Column) -> engine.Poster | None:
        """Count the postings to the account of that PCMN number; give what to call with those that are not so plain."""
        if number.startswith(CONTRIBUTION):
            return self.post_levied
        if not number.startswith(DIRECT):
            return None if self.is_direct else self.post_operating
        if self.count(column):
            return None
        return self.post_sale if number.startswith(SALES) and self.only_rate is None else self.post_direct

    def count(self, column: Column) -> bool:
        """Count postings that are in every margin all at once, where each counts in its own month at the one rate."""
        if self.only_rate is None or column.is_tagged or (numbers := column.numbers(self.currency)) is None:
            return False
        sums: defaultdict[Month, Decimal] = defaultdict(Decimal)
        for month, number in zip(column.months, numbers, strict=True):
            sums[month] += number
        for month, number in sums.items():
            own = self.by_month.setdefault(month, {})
            own[self.only_rate] = own.get(self.only_rate, ZERO) - number
        return True

    def post_sale(self, transaction: Transaction, posting: Posting) -> None:
        """Count a posting to class 70, and remember the first sale under each link."""
        if OPENING in transaction.tags:
            return
        for link in transaction.links:
            self.first_sale.setdefault(link, transaction.date)
        self.post_direct(transaction, posting)

    def post_direct(self, transaction: Transaction, posting: Posting) -> None:
        """Count a posting that is in every margin; what an opening brings in was levied before."""
        tags = transaction.tags
        if tags and OPENING in tags:
            return
        units = posting.units
        if units is not None and units.currency == self.currency:  # the common case, without a call
            amount = units.number
        else:
            amount = amount_in(posting, self.currency)
        if amount is None:
            self._no_price(transaction, posting)
            return
        rate = self.only_rate
        if rate is None:
            rate = self.activity.terms_on(self.bound_to(transaction)).rate
        if tags and INVENTORY in tags:
            month = self.by_month.setdefault(self.settled.month_of(transaction), {})
            month[rate] = month.get(rate, ZERO) - amount
            return
        if not self.since <= transaction.date <= self.until:
            self._turn_to(Month.of(transaction.date))
        self.month[rate] = self.month.get(rate, ZERO) - amount

    def _turn_to(self, month: Month) -> None:
        """Count from now on in *month*: entries come by date, so that a month is looked up once."""
        self.month = self.by_month.setdefault(month, {})
        self.since, self.until = month.first_day, month.last_day

    def post_operating(self, transaction: Transaction, posting: Posting) -> None:
        """Count a posting that is in the operating margin alone."""
        if self.activity.terms_on(transaction.date).margin == "operating":
            self.post_direct(transaction, posting)

    def post_levied(self, transaction: Transaction, posting: Posting) -> None:
        """Count a contribution that the accountant or a closing has written."""
        amount = amount_in(posting, self.currency)
        month = Month.of(transaction.date)
        if amount is None or not is_levy(transaction, self.activity.unit, month):
            message = NOT_A_LEVY(account=posting.account, unit=self.activity.unit)
            self.by_hand.append(BeancoopError(posting.meta or transaction.meta, message, transaction))
        else:
            self.written[month] = self.written.get(month, ZERO) + amount

    def bound_to(self, transaction: Transaction) -> datetime.date:
        """Give the day of the first sale that shares a link, so that a credit note gives back what it bore."""
        day = transaction.date
        for link in transaction.links:
            day = min(day, self.first_sale.get(link, day))
        return day

    def _no_price(self, transaction: Transaction, posting: Posting) -> None:
        message = NO_PRICE(
            account=posting.account,
            units=posting.units,
            currency=self.currency,
            example=f"{posting.units} @ 0.92 {self.currency}",
        )
        self.errors.append(BeancoopError(posting.meta or transaction.meta, message, transaction))

    def levies(self) -> list[Levy]:
        """Give the levies of all months."""
        return list(levies(self.activity, Basis(self.by_month, self._believed(), self.last_closed)))

    def _believed(self) -> dict[Month, Decimal]:
        """Give what counts as levied: in open months what is written, too, unless somebody posts beside it."""
        if not self.by_hand:
            return self.written
        return {
            month: amount
            for month, amount in self.written.items()
            if self.last_closed is not None and month <= self.last_closed
        }


def is_levy(transaction: Transaction, unit: str, month: Month) -> bool:
    """Say whether *transaction* has the form of a written levy: its two postings, its unit, its month."""
    said = transaction.meta.get("unit"), transaction.meta.get("period")
    return TAG in transaction.tags and len(transaction.postings) == _SIDES and said == (unit, str(month))


class Gathered(NamedTuple):
    """What is kept of the margin of one activity; months by their numbers.

    Attributes:
        unit: its code.
        first: the first month with a margin.
        levied: the months that levy something.
        rows: the levies of those that are open; while a closing is under way, all there are; amounts as texts.
        written: while a closing is under way, what written entries levy.

    """

    unit: str
    first: int | None
    levied: tuple[int, ...]
    rows: tuple[tuple[int, bool, tuple[str, ...]], ...]
    written: Mapping[int, Decimal]

    @classmethod
    def of(cls, margins: Margins, *, is_closing: bool) -> Gathered:
        """Gather what was counted."""
        rows = margins.levies()
        first = min(margins.by_month, default=None)
        return cls(
            margins.activity.unit,
            None if first is None else first.number,
            tuple(row.month.number for row in rows if row.levy),
            tuple(_flat(row) for row in rows if is_closing or (row.levy and not row.closed)),
            {month.number: amount for month, amount in margins.written.items()} if is_closing else {},
        )

    def months(self) -> Iterator[Month]:
        """Give the months that levy something, in order."""
        return map(Month.numbered, self.levied)

    def levies(self) -> Iterator[Levy]:
        """Give the levies that are not written yet, among others."""
        return (_levy(self.unit, *row) for row in self.rows)


def _flat(levy: Levy) -> tuple[int, bool, tuple[str, ...]]:
    """Give a levy as its month's number, whether that is closed, and the amounts."""
    amounts = levy.margin, levy.cumulative, levy.due, levy.levied, levy.levy, levy.exact
    return levy.month.number, levy.closed, tuple(map(str, amounts))


def _levy(unit: str, month: int, closed: bool, amounts: tuple[str, ...]) -> Levy:  # noqa: FBT001 - as `_flat` gives it
    margin, cumulative, due, levied, levy, exact = map(Decimal, amounts)
    return Levy(unit, Month.numbered(month), margin, cumulative, due, levied, levy, closed, exact)


class Contribution(engine.Rule):
    """Gathers the margin of each activity, and settles its levies."""

    numbers = (*DIRECT, *OPERATING, CONTRIBUTION)

    def __init__(self, register: Register, closing: Month | None = None) -> None:
        """Start with no margin; see `read_levies` for *closing*."""
        super().__init__(register)
        self.closing = closing
        self.margins: dict[str, Margins] = {}
        self.coop_written: dict[tuple[str, int], Decimal] = {}

    def watch(self, account: AccountName, column: Column) -> engine.Poster | None:
        """Watch the margin and the contributions of the activities, and the structure's side of the latter."""
        unit = account.unit
        if unit == COOP:
            return self._post_coop_side if account.number == CONTRIBUTION and self.register.is_closing else None
        if unit is None or unit not in self.register.activities:
            return None
        return self.margins_of(unit).watch(account.number, column)

    def margins_of(self, unit: str) -> Margins:
        """Give the margin of an activity."""
        if unit not in self.margins:
            self.margins[unit] = Margins(self.register.activities[unit], self.register, self.closing)
        return self.margins[unit]

    def _post_coop_side(self, transaction: Transaction, posting: Posting) -> None:
        amount = amount_in(posting, self.register.currency)
        if TAG in transaction.tags and amount is not None:
            key = str(transaction.meta.get("unit")), Month.of(transaction.date).number
            self.coop_written[key] = self.coop_written.get(key, ZERO) - amount

    def levies(self) -> dict[str, list[Levy]]:
        """Give the levies of each activity."""
        return {unit: self.margins_of(unit).levies() for unit in self.register.activities}

    def keep(self, _: Part) -> engine.Kept:
        """Keep the levies of each activity, and the structure's side of them."""
        errors = [error for margins in self.margins.values() for error in (*margins.errors, *margins.by_hand)]
        gathered = (Gathered.of(margins, is_closing=self.register.is_closing) for margins in self.margins.values())
        return engine.Kept((tuple(map(tuple, gathered)), self.coop_written), errors)

    @classmethod
    def conclude(
        cls, register: Register, shown: Sequence[engine.Shown], whole: Callable[[], Sequence[Any]]
    ) -> engine.Outcome:
        """Give the entries of the levies not yet written, and what stands in their way."""
        del whole
        read = [part for part in shown if not part.is_absent]
        found = {each[0]: (Gathered(*each), part.known_by) for part in read for each in part.facts[0]}
        gathered = {unit: found[unit][0] for unit in register.activities if unit in found}
        coop_written = {key: amount for part in shown for key, amount in part.facts[1].items()}
        halves = {unit: _halves(register, own, coop_written) for unit, own in gathered.items()}
        ready = prepare(register, {unit: [*own.months(), *halves[unit]] for unit, own in gathered.items()})
        added = [Added(lambda: ready.opened)]
        for unit in ready.units:
            own, known_by = found[unit]
            entries = partial(_settled, register, own, halves[unit])
            added.append(Added(entries, known_by and known_by + unit.encode()))
        return added, [*_unsealed(register, gathered), *_orphans(register), *ready.obstacles]


def _settled(register: Register, own: Gathered, halves: Mapping[Month, Decimal]) -> Sequence[Directive]:
    return settle(register, own.levies(), halves)


def _halves(
    register: Register, own: Gathered, coop_written: Mapping[tuple[str, int], Decimal]
) -> Mapping[Month, Decimal]:
    """Give what the structure's side still misses of levies in months that only the activity has sealed."""
    missing = {
        month: own.written.get(month.number, ZERO) - coop_written.get((own.unit, month.number), ZERO)
        for month in register.orphans(own.unit)
    }
    return {month: amount for month, amount in missing.items() if amount}


def _orphans(register: Register) -> Iterator[BeancoopError]:
    """Tell of the seals that close nothing, unless somebody is closing that month right now."""
    if register.is_closing and not is_being_written(Path(register.file).parent):
        yield from orphaned(register)


def _unsealed(register: Register, gathered: Mapping[str, Gathered]) -> Iterator[BeancoopError]:
    """Tell of a margin before an activity's first seal: its month is closed by what follows it, without a seal."""
    for unit, own in gathered.items():
        seals = register.seals.get(unit)
        if own.first is None or not seals or register.doubts.about(unit, doubts.SEAL):
            continue
        first, sealed = Month.numbered(own.first), min(seals)
        if first < sealed:
            message = UNSEALED(month=sealed, unit=unit, open=first)
            yield BeancoopError(seals[sealed].meta, message, seals[sealed])


def orphaned(register: Register) -> Iterator[BeancoopError]:
    """Give an error for each seal of an activity that the structure, whose books are there, has not."""
    for unit in register.activities:
        for month in register.orphans(unit):
            seal = register.seals[unit][month]
            yield BeancoopError(seal.meta, ORPHAN(unit=unit, month=month, period=str(month)), seal)
        for year in register.orphaned_years(unit):
            seal = register.year_seals[unit][year]
            yield BeancoopError(seal.meta, ORPHAN(unit=unit, month=str(year), period=str(year)), seal)


def read_levies(entries: Directives, options: Mapping[str, Any], closing: Month | None = None) -> dict[str, list[Levy]]:
    """Give the levies of each activity of a loaded ledger, whether or not they have been injected into it.

    Args:
        entries: of that ledger.
        options: of that ledger.
        closing: a month that is about to be closed: what settles a year that is not sealed yet counts after it.

    """
    rule = Contribution(read_register(entries, options), closing)
    engine.show([rule], Part.whole(entries))
    return rule.levies()
