"""How fresh the books are: the last entry, the last day a bank spoke of, the last month that is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.accounts import COOP, parse_account
from beancoop.model.months import Month, months_between
from beancoop.model.pcmn import TREASURY
from beancoop.model.periods import day_after

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from beancoop.books.books import Books
    from beancoop.model.periods import Period

STALE = 45
"""Days: books that end longer ago than this are told to be old."""


class Freshness(NamedTuple):
    """How fresh the books of one ledger are.

    Attributes:
        last_entry: the day of the last transaction that somebody wrote; None without any.
        last_balance: the day of the last `balance` of an account of class 5, which speaks of its beginning; None
            without any.
        last_closed: the last month that is closed: by the structure, or in a sub-ledger by its activity; None where
            none is.

    """

    last_entry: datetime.date | None
    last_balance: datetime.date | None
    last_closed: Month | None

    def behind(self, today: datetime.date) -> int | None:
        """Give how many days before *today* the books end, where that is longer than STALE; else None."""
        days = (today - self.last_entry).days if self.last_entry else 0
        return days if days > STALE else None


def freshness(books: Books, today: datetime.date) -> Freshness:
    """Tell how fresh *books* are on the day *today*: what somebody has dated later makes them no fresher."""
    tomorrow = day_after(today)  # a `balance` of tomorrow's beginning speaks of today
    stated = (
        balance.date
        for name, balances in books.sorted.asserted.items()
        if _is_of_treasury(name)
        for balance in balances
        if balance.date <= tomorrow
    )
    owner = next(iter(books.activities)) if books.is_alone else COOP
    return Freshness(books.last_written(today), max(stated, default=None), books.register.last_closed(owner))


def open_months(books: Books, unit: str, period: Period) -> Sequence[Month]:
    """Give the months of *unit* that have passed by the day *period* asks for, and are not closed.

    They go from its first month, or that after its last closed one, to that of the last entry or of its exit: where
    nothing is booked yet there is nothing to close.
    """
    activity = books.activities.get(unit)
    begun = activity.start if activity else books.first_day
    if begun is None:
        return ()
    first, closed = Month.of(begun), books.register.last_closed(unit)
    passed = Month.of(day_after(period.asked or period.today)).later(-1)
    last = min(passed, Month.of(period.today))
    if activity and activity.exit:
        last = min(last, Month.of(activity.exit.date))
    return months_between(max(first, closed.next()) if closed else first, last)


def _is_of_treasury(account: str) -> bool:
    name = parse_account(account)
    return name is not None and name.number.startswith(TREASURY)
