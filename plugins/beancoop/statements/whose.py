"""What of the cooperative's result, treasury and equity is its own, and what is its activities'.

One company has it all; but what an activity earned and its entrepreneur has not been granted yet (`books.earned`) is
nothing that a board may count on, nor a general meeting share out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancoop.books.earned import claimed, earned_before
from beancoop.model.accounts import COOP
from beancoop.model.money import to_cent
from beancoop.model.pcmn import TREASURY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from beancoop.books.books import Books
    from beancoop.model.periods import Period, Span
    from beancoop.statements.distribution import Distribution
    from beancoop.statements.equity import Equity


class Split(NamedTuple):
    """A figure of the company in two parts; amounts in the operating currency, to the cent.

    Attributes:
        key: "result", "treasury", "equity" or "net".
        activities: the part of the activities.
        total: both together, as the company's statements show it.

    """

    key: str
    activities: Decimal
    total: Decimal

    @property
    def own(self) -> Decimal:
        """The cooperative's own part: what activities have lost is in it, since nobody else bears it."""
        return self.total - self.activities


class EarnedLine(NamedTuple):
    """What one activity has earned and not yet granted: since the year began, and in all; negative for a loss."""

    unit: str
    year: Decimal
    total: Decimal


class Whose:
    """The parts of one loaded ledger's cooperative."""

    def __init__(self, books: Books, equity: Equity, backing: Distribution) -> None:
        """Keep what the totals are taken from."""
        self._books = books
        self._equity = equity
        self._backing = backing

    def splits(self, period: Period) -> Iterator[Split]:
        """Give the figures at the end of the period, the result being that of its year.

        The activities' part of the result is by how much what they are still to be granted has grown: what was granted
        of earlier years' earnings has lowered the result of the company, and is no loss of the cooperative's own.
        """
        sums, end = self._books.sums, period.end
        sheet = self._equity.sheet(period)
        before = claimed(earned_before(self._books, self.year(period).first))
        now = claimed(earned_before(self._books, end))
        treasury = to_cent(sums.balance(end, TREASURY))
        held = to_cent(treasury - sums.balance(end, TREASURY, unit=COOP))
        yield Split("result", now - before, sheet.result)
        yield Split("treasury", held, treasury)
        yield Split("equity", now, sheet.total)
        yield Split("net", now, self._backing.net_assets(period)[-1].amount)

    def year(self, period: Period) -> Span:
        """Give the financial year that runs at the end of the period."""
        return self._books.register.cooperative.year_with(period.today)

    def lines(self, period: Period) -> list[EarnedLine]:
        """Give the activities that have earned or lost something, by code."""
        before = earned_before(self._books, self.year(period).first)
        now = earned_before(self._books, period.end)
        lines = (EarnedLine(unit, amount - before[unit], amount) for unit, amount in now.items())
        return [line for line in lines if line.year or line.total]
