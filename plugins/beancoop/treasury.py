"""The treasury of an activity stays above its overdraft on every day.

Before:

    2026-01-05 custom "activity" "A001"
      overdraft: 50.00 EUR
    2026-01-10 * "Achat payé sans argent"
      Expenses:60:601-Fournitures:A001           100.00 EUR
      Assets:55:5500-Banque:A001                -100.00 EUR

After, as errors:

    line 3: The treasury of A001 is -100.00 EUR at the end of 2026-01-10; it may go down to -50.00 EUR. Check the
        movements of its class 5 accounts up to that day. [BC311]
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from beancount.core.amount import Amount

from beancoop.model.findings import BeancoopError
from beancoop.model.money import ZERO
from beancoop.model.pcmn import TREASURY
from beancoop.rules import engine
from beancoop.rules.part import Column
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from decimal import Decimal

    from beancount.core.data import Directives, Transaction

    from beancoop.model.accounts import AccountName
    from beancoop.model.activity import Activity
    from beancoop.model.register import Register
    from beancoop.rules.part import Part

__plugins__ = ("treasury",)

BELOW = error(
    "BC311",
    "The treasury of {unit} is {balance} at the end of {day}; it may go down to {floor}. Check the movements of its "
    "class 5 accounts up to that day.",
)


class CashBalance:
    """What a unit holds in class 5, in one currency, and an error for each time it fell below its overdraft."""

    __slots__ = ("activity", "currency", "elsewhere", "errors", "has_overdraft", "is_below", "last", "total")

    def __init__(
        self,
        activity: Activity,
        currency: str,
        elsewhere: Callable[[Transaction, Amount | None], None],
        *,
        has_overdraft: bool,
    ) -> None:
        """Start empty; only the operating currency has an overdraft. Other currencies are sent *elsewhere*."""
        self.activity = activity
        self.elsewhere = elsewhere
        self.currency = currency
        self.has_overdraft = has_overdraft
        self.total = ZERO
        self.last: Transaction | None = None
        self.is_below = False
        self.errors: list[BeancoopError] = []

    def post(self, transaction: Transaction, units: Amount | None) -> None:
        """Count a movement; the day before is judged when a new one begins."""
        if units is None or units.currency != self.currency:
            self.elsewhere(transaction, units)
            return
        if self.total < ZERO or self.is_below:
            self._turn_to(transaction.date)
        self.last = transaction
        self.total += units.number or ZERO

    def _turn_to(self, day: datetime.date) -> None:
        if self.last is not None and self.last.date != day:
            self.judge(day)

    def judge(self, until: datetime.date) -> None:
        """Judge the balance reached at the last movement, which stood up to the day before *until*."""
        if self.total >= ZERO or self.last is None:
            self.is_below = False
            return
        for day, floor in self._floors(self.last.date, until):
            was_below, self.is_below = self.is_below, self.total < floor
            if self.is_below and not was_below:
                self.errors.append(self._error(day, floor))

    def _floors(self, since: datetime.date, until: datetime.date) -> Iterator[tuple[datetime.date, Decimal]]:
        """Give the lowest balance allowed on *since* and on each day before *until* that changes the terms."""
        if not self.has_overdraft:
            yield since, ZERO
            return
        yield since, -self.activity.terms_on(since).overdraft
        for terms in self.activity.terms[1:]:
            if since < terms.start < until:
                yield terms.start, -terms.overdraft

    def _error(self, day: datetime.date, floor: Decimal) -> BeancoopError:
        assert self.last is not None  # noqa: S101 - a balance below zero comes from a movement
        balance, lowest = Amount(self.total, self.currency), Amount(floor, self.currency)
        message = BELOW(unit=self.activity.unit, balance=balance, day=day, floor=lowest)
        return BeancoopError(self.last.meta, message, self.last)


class Treasury(engine.Rule):
    """Keeps a purse for each activity and currency over all its class 5 accounts."""

    numbers = (TREASURY,)

    def __init__(self, register: Register) -> None:
        """Start with empty purses."""
        super().__init__(register)
        self.purses: dict[tuple[str, str], CashBalance] = {}
        self.columns: defaultdict[str, list[Column]] = defaultdict(list)

    def watch(self, account: AccountName, column: Column) -> engine.Poster | None:
        """Watch class 5 of the activities, whose accounts are judged together when all of them are known."""
        if account.unit is not None and account.unit in self.register.activities:
            self.columns[account.unit].append(column)
        return None

    def _purse(self, activity: Activity, currency: str) -> CashBalance:
        key = activity.unit, currency
        if key not in self.purses:

            def elsewhere(transaction: Transaction, units: Amount | None) -> None:
                if units is not None:
                    self._purse(activity, units.currency).post(transaction, units)

            has_overdraft = currency == self.register.currency
            self.purses[key] = CashBalance(activity, currency, elsewhere, has_overdraft=has_overdraft)
        return self.purses[key]

    def keep(self, part: Part) -> engine.Kept:
        """Give one error for each time a treasury goes below, on the first day it is."""
        currency = self.register.currency
        for unit, columns in self.columns.items():
            column = Column.of(part, columns)
            numbers = column.numbers(currency)
            if numbers is None or min(accumulate(numbers)) < ZERO:  # else nothing is to be told, whatever the days
                purse = self._purse(self.register.activities[unit], currency)
                for place, units in zip(column.places, column.units, strict=True):
                    purse.post(part.entries[place], units)
        for purse in self.purses.values():
            purse.judge(datetime.date.max)
        errors = [
            each
            for (unit, _), purse in sorted(self.purses.items())
            if not (purse.has_overdraft and self.register.doubts.about(unit, "overdraft"))
            for each in purse.errors
        ]
        self.purses.clear()  # each knows this rule, by where it sends other currencies: a circle
        return engine.Kept(None, errors)


def treasury(entries: Directives, options: dict[str, Any]) -> tuple[Directives, list[BeancoopError]]:
    """Check the treasuries; adds nothing."""
    return engine.run_plugin(__name__, (Treasury,), entries, options)
