"""Class 9 stays inside the company: each of its parents sums to zero over all units, every day.

Before, A001 works for A002 and both books say so, but not the same:

    2026-01-05 custom "activity" "A001"
    2026-01-05 custom "activity" "A002"
    2026-01-05 open Assets:55:5500-Banque:COOP
    2026-02-10 * "Site pour A002" ^PI-2026-001
      Assets:9:960-Liaison:A001                    300.00 EUR
      Expenses:9:951-PrestationsInternes:A001     -300.00 EUR
    2026-02-10 * "Site par A001" ^PI-2026-001
      Expenses:9:951-PrestationsInternes:A002      200.00 EUR
      Assets:9:960-Liaison:A002                   -200.00 EUR

After, as errors:

    line 4: A001 books -300.00 EUR of internal services on 2026-02-10, but A002 books 200.00 EUR on 2026-02-10 at
        <string>:7. Both sides take one date and opposite amounts. [BC321]
    line 7: Assets:9:960-Liaison is 100.00 EUR over all units at the end of 2026-02-10; class 9 is internal and sums to
        zero every day. Look for the transaction whose other side is missing, or has another date or amount. [BC324]
    line 7: Expenses:9:951-PrestationsInternes is -100.00 EUR over all units at the end of 2026-02-10; class 9 is
        internal and sums to zero every day. Look for the transaction whose other side is missing, or has another date
        or amount. [BC324]

Where the structure's books are not part of the ledger (a sub-ledger alone), the sums are not whole and the other side
of a service may not be there: then only two sides that are both there are compared.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from beancount.core.amount import Amount

from beancoop.contribution.entries import TAG
from beancoop.model.accounts import COOP
from beancoop.model.findings import BeancoopError, place
from beancoop.model.money import ZERO
from beancoop.model.pcmn import INTERNAL, INTERNAL_SERVICES
from beancoop.rules import engine
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from beancount.core.data import Directives, Posting, Transaction

    from beancoop.model.accounts import AccountName
    from beancoop.model.register import Register

__plugins__ = ("internal",)

"""Services between two units, counted in the margin of both."""

SIDES_DIFFER = error(
    "BC321",
    "{unit} books {amount} of internal services on {day}, but {other} books {other_amount} on {other_day} at {place}. "
    "Both sides take one date and opposite amounts.",
)
NO_SIDE_MIRRORS = error(
    "BC322",
    "{unit} books {amount} of internal services on {day}, and none of the transactions with its ^link ({places}) books "
    "the opposite on that day. Both sides take one date and opposite amounts.",
)
NO_OTHER_SIDE = error(
    "BC323",
    "{unit} books {amount} of internal services on {day}, and no transaction of another unit shares its ^link. Write "
    "the other side, with the same link.",
)
PARENT_NOT_ZERO = error(
    "BC324",
    "{account} is {sum} over all units at the end of {day}; class 9 is internal and sums to zero every day. Look for "
    "the transaction whose other side is missing, or has another date or amount.",
)


class Parent:
    """The sum over all units of one class 9 account, in one currency, judged at the end of each day."""

    __slots__ = ("currency", "error", "last", "name", "total")

    def __init__(self, name: str, currency: str) -> None:
        """Start at zero."""
        self.name = name
        self.currency = currency
        self.total = ZERO
        self.last: Transaction | None = None
        self.error: BeancoopError | None = None

    def post(self, transaction: Transaction, number: Decimal) -> None:
        """Count a movement of any unit."""
        if self.last is not None and self.last.date != transaction.date:
            self.judge()
        self.last = transaction
        self.total += number

    def judge(self) -> None:
        """Remember the first day that does not end at zero: those after it follow from it."""
        if self.total and self.error is None and self.last is not None:
            total = Amount(self.total, self.currency)
            message = PARENT_NOT_ZERO(account=self.name, sum=total, day=self.last.date)
            self.error = BeancoopError(self.last.meta, message, self.last)


class Side:
    """What one transaction books on internal services."""

    __slots__ = ("amount", "currency", "transaction", "unit")

    def __init__(self, transaction: Transaction, unit: str, currency: str) -> None:
        """Start at zero."""
        self.transaction = transaction
        self.unit = unit
        self.currency = currency
        self.amount = ZERO

    def under(self, link: str) -> tuple[object, ...]:
        """Give what it books under one of its links."""
        return link, self.transaction.date, self.currency, self.amount

    def mirrored(self, link: str) -> tuple[object, ...]:
        """Give what the other side of the service books."""
        return link, self.transaction.date, self.currency, -self.amount


class Internal(engine.Rule):
    """Sums class 9 by parent, and pairs the two sides of internal services by their link."""

    numbers = (INTERNAL,)

    def __init__(self, register: Register) -> None:
        """Start with nothing seen."""
        super().__init__(register)
        self.parents: dict[tuple[str, str], Parent] = {}
        self.sides: dict[tuple[int, str, str], Side] = {}
        self.closing = _closing_since(register)

    def watch(self, account: AccountName) -> engine.Poster | None:
        """Watch class 9: services everywhere, the rest where the structure's books are part of the ledger."""
        unit, is_service = account.unit, account.number == INTERNAL_SERVICES
        if unit is None or not (is_service or self.register.coop_is_open):
            return None
        name, currency = account.parent, self.register.currency
        own = self._parent(name, currency)

        def post(transaction: Transaction, posting: Posting) -> None:
            units = posting.units
            if units is not None and units.number is not None and not (self.closing and self._is_half(transaction)):
                parent = own if units.currency == currency else self._parent(name, units.currency)
                parent.post(transaction, units.number)
                if is_service:
                    self._side(transaction, unit, units.currency).amount += units.number

        return post

    def _is_half(self, transaction: Transaction) -> bool:
        """Say whether a closing under way has written one side of this levy, and the other is still in memory."""
        since = self.closing.get(str(transaction.meta.get("unit")))
        return since is not None and transaction.date > since and TAG in transaction.tags

    def _parent(self, name: str, currency: str) -> Parent:
        key = name, currency
        if key not in self.parents:
            self.parents[key] = Parent(name, currency)
        return self.parents[key]

    def _side(self, transaction: Transaction, unit: str, currency: str) -> Side:
        key = id(transaction), unit, currency
        if key not in self.sides:
            self.sides[key] = Side(transaction, unit, currency)
        return self.sides[key]

    def finish(self, _: engine.Reading) -> engine.Outcome:
        """Give the services whose sides differ, then the parents that are not zero where all units are there."""
        if not self.register.coop_is_open:
            return (), list(self._differing())
        for parent in self.parents.values():
            parent.judge()
        return (), [*self._differing(), *(parent.error for parent in self.parents.values() if parent.error)]

    def _differing(self) -> Iterator[BeancoopError]:
        by_link: dict[str, list[Side]] = {}
        booked: dict[tuple[object, ...], set[str]] = {}
        for side in self.sides.values():
            for link in side.transaction.links:
                by_link.setdefault(link, []).append(side)
                booked.setdefault(side.under(link), set()).add(side.unit)
        units = {link: {side.unit for side in sides} for link, sides in by_link.items()}
        told: set[int] = set()
        for side in self.sides.values():
            links = sorted(side.transaction.links)
            if (
                not side.amount
                or id(side) in told
                or any(booked.get(side.mirrored(link), set()) - {side.unit} for link in links)
            ):
                continue
            if not self.register.coop_is_open and all(units[link] == {side.unit} for link in links):
                continue  # its other side is in books that are not here
            others = [other for link in links for other in by_link[link] if other is not side]
            told.update(id(other) for other in others)
            yield _difference(side, others)


def _closing_since(register: Register) -> dict[str, datetime.date]:
    """Give the units that are closed further than the structure, with the day after which they are."""
    last = register.last_closed(COOP)
    since = last.last_day if last else datetime.date.min
    ahead = [unit for unit, seals in register.seals.items() if any(month.last_day > since for month in seals)]
    return dict.fromkeys(ahead, since)


def _difference(side: Side, others: list[Side]) -> BeancoopError:
    transaction = side.transaction
    booked = {"unit": side.unit, "amount": Amount(side.amount, side.currency), "day": transaction.date}
    match others:
        case []:
            message = NO_OTHER_SIDE(**booked)
        case [other]:
            message = SIDES_DIFFER(
                **booked,
                other=other.unit,
                other_amount=Amount(other.amount, other.currency),
                other_day=other.transaction.date,
                place=place(other.transaction.meta),
            )
        case _:
            places = dict.fromkeys(place(other.transaction.meta) for other in others)
            message = NO_SIDE_MIRRORS(**booked, places=[*places])
    return BeancoopError(transaction.meta, message, transaction)


def internal(entries: Directives, options: dict[str, Any]) -> tuple[Directives, list[BeancoopError]]:
    """Check class 9; adds nothing."""
    return engine.run_plugin(__name__, (Internal,), entries, options)
