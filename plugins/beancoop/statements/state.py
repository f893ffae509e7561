"""What the accounts hold at the end of a day, with the appropriations of results that are to count, and no others.

An appropriation belongs to the year whose result it is, whatever its date (contract, section 6): one that is dated the
year's last day is taken out of what stands before it, one of the next year's May is taken back into what stands after.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model import pcmn
from beancoop.model.money import ZERO
from beancoop.model.periods import Span, day_after
from beancoop.statements.appropriation import all_decisions

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence
    from decimal import Decimal

    from beancoop.books.books import Books
    from beancoop.books.sums import Account
    from beancoop.statements.appropriation import Decision


class Leftover(NamedTuple):
    """What no general meeting has appropriated of the result of an earlier year; positive for a profit."""

    year: int
    amount: Decimal


class State:
    """What the accounts of the books, or of one unit, hold at the end of a day.

    Attributes:
        year: the financial year of the day, up to it.
        counted: the appropriations that count.
        result: what the year made, without what appropriates it: income less charges.
        until: the day of the last entry that counts.

    """

    def __init__(self, books: Books, day: datetime.date, decided: Sequence[Decision], unit: str | None = None) -> None:
        """Count what is dated up to *day*, and of the appropriations those *decided*, whatever their date."""
        self.books, self.day, self.unit = books, day, unit
        self.after = day_after(day)
        self.year = books.register.cooperative.year_with(day)._replace(last=day)
        self.counted = decided
        self.result = result_of(books, self.year, unit)
        self.until = max([day, *(each.entry.date for each in decided)])
        self._moved: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
        dated = [each for each in all_decisions(books) if each.entry.date <= day]
        self._move([each for each in decided if each.entry.date > day], 1)
        self._move([each for each in dated if each not in decided], -1)

    def _move(self, decisions: Sequence[Decision], sign: int) -> None:
        for each in decisions:
            for account, amount in each.moves(self.books.currency):
                self._moved[account.name] += sign * amount

    def held(self, account: Account) -> Decimal:
        """Give what an account holds; debits are positive."""
        return account.series.before(self.after) + self._moved.get(account.name.name, ZERO)

    def balance(self, *numbers: str) -> Decimal:
        """Give what the accounts of those PCMN numbers hold together."""
        return sum((self.held(account) for account in self.books.sums.of(*numbers, unit=self.unit)), ZERO)

    @property
    def carried(self) -> Decimal:
        """What is carried forward: account 14, and the results of earlier years that nobody has appropriated."""
        return -self.balance(pcmn.CARRIED, *pcmn.RESULT) - self.result

    def leftovers(self) -> list[Leftover]:
        """Give the years before that of which something is left to appropriate."""
        cooperative, sums = self.books.register.cooperative, self.books.sums.of(*pcmn.RESULT, unit=self.unit)
        days = {day for account in sums for day, _ in account.series.days() if day < self.year.first}
        found = [
            Leftover(number, result_of(self.books, cooperative.year(number), self.unit) - self.appropriated(number))
            for number in sorted({cooperative.year_of(day) for day in days})
        ]
        return [each for each in found if each.amount]

    def appropriated(self, number: int) -> Decimal:
        """Give how much of a year's result the appropriations that count have appropriated."""
        results = (each.result(self.books.currency) for each in self.counted if each.year == number)
        return sum(results, ZERO)


def result_of(books: Books, span: Span, unit: str | None = None) -> Decimal:
    """Give the result of the days of *span*: class 7 minus class 6, without what appropriates a result."""
    days = span.first, span.after
    moved = books.sums.moved
    return moved(*days, *pcmn.APPROPRIATION, unit=unit) - moved(*days, *pcmn.RESULT, unit=unit)


def before_appropriation(books: Books, day: datetime.date, unit: str | None = None) -> State:
    """Give the state at the end of *day*, the result of its year not appropriated."""
    number = books.register.cooperative.year_of(day)
    decided = [each for each in all_decisions(books) if each.year < number and each.entry.date <= day]
    return State(books, day, decided, unit)


def after_appropriation(books: Books, year: Span, unit: str | None = None) -> State:
    """Give the state at the end of a financial *year*, with all that was decided of its result and of earlier ones."""
    return State(books, year.last, _decided(books, year, 0), unit)


def brought_forward(books: Books, year: Span) -> State:
    """Give the state at the end of a financial *year* with all that was decided of earlier ones, wherever dated."""
    return State(books, year.last, _decided(books, year, 1))


def _decided(books: Books, year: Span, before: int) -> list[Decision]:
    assert year.year is not None  # noqa: S101 - a financial year has its number
    return [each for each in all_decisions(books) if each.year <= year.year - before]
