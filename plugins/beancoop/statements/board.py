"""What a board looks at: what was there, what is there, and a year before; the cooperative's own, and its activities'.

Amounts are in the operating currency, to the cent. What an opening brings into the books in a period was there at its
start; the financial year that runs is looked at where no period is chosen, as far as the books go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from beancoop.books.earned import EARNED, claimed, earned_before
from beancoop.model.accounts import COOP
from beancoop.model.money import ZERO, to_cent
from beancoop.model.months import Month
from beancoop.model.pcmn import EQUITY, RESULT, TREASURY
from beancoop.model.periods import Span, day_after, year_to

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable
    from decimal import Decimal

    from beancoop.books.books import Books
    from beancoop.model.periods import Period
    from beancoop.statements.statutory import Balances

Owner: TypeAlias = Literal["own", "activities", "total"]

_STATUTORY = ("equity", "income", "expenses")


class Held(NamedTuple):
    """What each holds at a moment: the cooperative itself, its activities, and the company, which is both."""

    own: Decimal
    activities: Decimal
    total: Decimal


class Moved(NamedTuple):
    """What one of them held and holds.

    Attributes:
        owner: whose it is.
        start: what was there at the start.
        end: what is there at the end.
        before: what was there a year before the end; None where the books begin later.

    """

    owner: Owner
    start: Decimal
    end: Decimal
    before: Decimal | None

    @property
    def change(self) -> Decimal:
        """What came, less what went."""
        return self.end - self.start

    @property
    def difference(self) -> Decimal | None:
        """What there is more than a year before."""
        return None if self.before is None else self.end - self.before


class MonthEnd(NamedTuple):
    """What was held at the end of a month, or of the last day looked at."""

    month: Month
    last: datetime.date
    held: Held


def days_of(books: Books, period: Period) -> Span:
    """Give the days that a board looks at: the period's, as far as the books go; without one, the year that runs."""
    first = books.register.cooperative.year_with(period.today).first if period.is_whole else period.begin
    counted = (entry.date for entry in reversed(books.of(None)) if entry.date <= period.last)
    last = min(period.last, max(period.today, next(counted, period.today)))
    return Span(first, last if last >= first else period.last)


def treasury(books: Books, span: Span) -> list[Moved]:
    """Give the money in the bank and in cash (class 5)."""
    brought = books.brought_in_by_unit(span, TREASURY)
    everybody = sum(brought.values(), ZERO)

    def at_start(unit: str | None) -> Decimal:
        opened = everybody if unit is None else brought.get(unit, ZERO)
        return books.sums.balance(span.first, TREASURY, unit=unit) - opened

    start = _held(books, at_start)
    return _moved(books, span, start, treasury_at(books, span.last), treasury_at(books, span.year_before().last))


def treasury_at(books: Books, day: datetime.date) -> Held:
    """Give the money held at the end of *day*."""
    return _held(books, lambda unit: books.sums.balance(day_after(day), TREASURY, unit=unit))


def _held(books: Books, of: Callable[[str | None], Decimal]) -> Held:
    """Ask what a unit has, None for all of them; each activity is rounded by itself."""
    activities = sum((to_cent(of(unit)) for unit in books.activities), ZERO)
    return Held(to_cent(of(COOP)), activities, to_cent(of(None)))


def treasury_months(books: Books, span: Span) -> list[MonthEnd]:
    """Give the money at the end of each of the twelve months to the last day, those that the books know."""
    entries = books.of(None)
    first = Month.of(min(entries[0].date, span.last) if entries else span.last)
    ends = [(month, min(month.last_day, span.last)) for month in year_to(Month.of(span.last)) if month >= first]
    return [MonthEnd(month, last, treasury_at(books, last)) for month, last in ends]


def equity(books: Books, balances: Balances, span: Span) -> list[Moved]:
    """Give the equity: the activities' part is what they have earned and not been granted yet (`books.earned`)."""

    def at(day: datetime.date) -> Held:
        end = day_after(day)
        return _equity(_statutory(balances, end), claimed(earned_before(books, end)))

    opened = books.brought_in_by_unit(span, *EARNED)
    earned = {
        unit: to_cent(opened.get(unit, ZERO) - books.sums.balance(span.first, *EARNED, unit=unit))
        for unit in books.activities
    }
    brought = books.brought_in(span, *EQUITY, *RESULT)
    start = _equity(_statutory(balances, span.first) + brought, claimed(earned))
    return _moved(books, span, start, at(span.last), at(span.year_before().last))


def _statutory(balances: Balances, end: datetime.date) -> Decimal:
    """Give the equity at the beginning of the day *end*, not rounded."""
    return -sum((account.series.before(end) for kind in _STATUTORY for account in balances.of(kind)), ZERO)


def _equity(total: Decimal, activities: Decimal) -> Held:
    rounded = to_cent(total)
    return Held(rounded - activities, activities, rounded)


def _moved(books: Books, span: Span, start: Held, end: Held, before: Held) -> list[Moved]:
    entries = books.of(None)
    is_known = bool(entries) and entries[0].date <= span.year_before().last
    owners: tuple[Owner, ...] = ("own", "activities", "total")
    return [
        Moved(owner, getattr(start, owner), getattr(end, owner), getattr(before, owner) if is_known else None)
        for owner in owners
    ]
