"""The facts of each activity in a period, from what is added up once per load."""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from beancoop.books.sums import Series
from beancoop.contribution.rule import DIRECT, OPERATING
from beancoop.model.money import ZERO, to_cent
from beancoop.model.pcmn import CONTRIBUTION, CUSTOMERS, TREASURY
from beancoop.statements.available import available

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from beancoop.books.books import Books
    from beancoop.model.activity import Activity
    from beancoop.model.months import Month
    from beancoop.model.periods import Period


class ActivityRow(NamedTuple):
    """One activity; amounts in the ledger's operating currency, to the cent.

    Attributes:
        unit: its code.
        account_filter: the account filter of Fava that keeps its accounts and no other's.
        trade: its public trade name, "" where it has none.
        state: "future", "active", "paused", "ended", or what its entrepreneur left for.
        treasury: its class 5 accounts at the end of the period.
        available: what of them is hers to spend, see `spendable`.
        margin: its gross margin in the period, as its terms define it.
        contribution: what the cooperative levied on it in the period, provisional levies included.
        provisional: the part of that which is levied in memory only, in months that are not closed.
        closed: its last closed month, None where there is none.
        customers: what its customers owe at the end of the period (class 40).
        oldest: the days since the first of that was to be paid; None where nobody owes anything.
        months_left: whole months left to sell; None where the clock stands still or no longer matters.
        months: the longest accompaniment its terms allow, in months.
        last_day: the last day to sell as known; None while a pause is running.

    """

    unit: str
    account_filter: str
    trade: str
    state: str
    treasury: Decimal
    available: Decimal
    margin: Decimal
    contribution: Decimal
    provisional: Decimal
    closed: Month | None
    customers: Decimal
    oldest: int | None
    months_left: int | None
    months: int
    last_day: datetime.date | None


class Total(NamedTuple):
    """The sums of the amounts of all rows."""

    treasury: Decimal
    available: Decimal
    margin: Decimal
    contribution: Decimal
    provisional: Decimal
    customers: Decimal


class Activities:
    """The activities of one loaded ledger."""

    def __init__(self, books: Books) -> None:
        """Add up their contributions, which a chart shows together."""
        self.books = books
        self.contributions = added(_levies(books))

    def rows(self, period: Period) -> Iterator[ActivityRow]:
        """Give one row per activity, by code."""
        overdue = self.books.items.overdue_since(CUSTOMERS, period.end)
        codes = "\n".join(self.books.activities)
        for unit, activity in self.books.activities.items():
            yield self._row(activity, period, overdue.get(unit), account_filter(unit, codes))

    def _row(self, activity: Activity, period: Period, overdue: datetime.date | None, accounts: str) -> ActivityRow:
        books, unit = self.books, activity.unit
        terms, last_day = activity.terms_on(period.today), activity.last_day(period.today)
        levied = books.sorted.provisional.get(unit)
        return ActivityRow(
            unit,
            accounts,
            terms.trade,
            activity.state(period.today),
            to_cent(books.sums.held(period.end, TREASURY, unit=unit)),
            available(books.sums, unit, period.end),
            to_cent(margin(books, activity, period)),
            to_cent(books.sums.moved(period.begin, period.end, CONTRIBUTION, unit=unit)),
            to_cent(levied.within(period.begin, period.end)) if levied else to_cent(ZERO),
            books.register.last_closed(unit),
            to_cent(books.sums.balance(period.end, CUSTOMERS, unit=unit)),
            (period.today - overdue).days if overdue else None,
            activity.months_left(period.today),
            terms.months,
            last_day,
        )

    def chart(
        self, ranges: Iterable[tuple[datetime.date, datetime.date]], period: Period
    ) -> Iterator[tuple[datetime.date, Decimal]]:
        """Give the contributions of all activities in each of *ranges*, as far as *period* goes, with its last day."""
        for begin, end in ranges:
            amount = self.contributions.within(max(begin, period.begin), min(end, period.end))
            yield end - datetime.timedelta(days=1), to_cent(amount)


def total(rows: Sequence[ActivityRow]) -> Total:
    """Add up the amounts of *rows*."""
    return Total(*(sum((getattr(row, name) for row in rows), ZERO) for name in Total._fields))


def account_filter(unit: str, codes: str) -> str:
    """Give the plain code, unless Fava, which searches it anywhere, would find another activity of *codes* with it."""
    return unit if codes.count(unit) == 1 else f":{unit}$"


def margin(books: Books, activity: Activity, period: Period) -> Decimal:
    """Give the gross margin of a period, not rounded, as the terms of each day define it and contributions count it.

    Sums of accounts say it, but where an opening or the settling of a year has other days than its own.
    """
    if activity.unit in books.dated_otherwise:
        lines = (line for month in books.explained(activity.unit) for line in month.lines)
        return sum((line.base for line in lines if period.holds(line.counted)), ZERO)
    amount = books.sums.moved(period.begin, period.end, *DIRECT, unit=activity.unit)
    for since, until in operating_spans(activity, period.begin, period.end):
        amount += books.sums.moved(since, until, *OPERATING, unit=activity.unit)
    return -amount


def operating_spans(
    activity: Activity, begin: datetime.date, end: datetime.date
) -> Iterator[tuple[datetime.date, datetime.date]]:
    """Give the parts of a period in which the terms count the operating margin; the first terms hold before too."""
    starts = [datetime.date.min, *(terms.start for terms in activity.terms[1:])]
    for terms, since, until in zip(activity.terms, starts, [*starts[1:], datetime.date.max], strict=True):
        if terms.margin == "operating" and max(since, begin) < min(until, end):
            yield max(since, begin), min(until, end)


def _levies(books: Books) -> Iterator[Series]:
    return (account.series for account in books.sums.of(CONTRIBUTION) if account.name.unit in books.activities)


def added(several: Iterable[Series]) -> Series:
    """Add several series up to one."""
    by_day: defaultdict[datetime.date, Decimal] = defaultdict(lambda: ZERO)
    for series in several:
        before = ZERO
        for day, total_then in series.days():
            by_day[day] += total_then - before
            before = total_then
    added = Series()
    for day in sorted(by_day):
        added.add(day, by_day[day])
    return added
