"""The periods of returns: a quarter or a month, as they are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.months import Month
from beancoop.model.periods import Span

if TYPE_CHECKING:
    import datetime

    from beancoop.model.cooperative import Cooperative

QUARTER, MONTH = "quarter", "month"
_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_MONTHS = 3


class VatPeriod(NamedTuple):
    """A period of the return; periods of one kind compare in time.

    Attributes:
        span: its days.
        kind: QUARTER or MONTH.

    """

    span: Span
    kind: str

    @classmethod
    def parse(cls, text: str) -> VatPeriod | None:
        """Read `2026-Q1` or `2026-03`; None where *text* is neither."""
        if (match := _QUARTER.fullmatch(text)) and int(match[1]):
            return cls(Span.of_quarter(int(match[1]), int(match[2])), QUARTER)
        month = Month.parse(text)
        return cls(Span.of_month(month), MONTH) if month else None

    @classmethod
    def holding(cls, day: datetime.date, kind: str) -> VatPeriod:
        """Give the period of that kind which holds *day*."""
        if kind == MONTH:
            return cls(Span.of_month(Month.of(day)), MONTH)
        return cls(Span.of_quarter(day.year, (day.month + _MONTHS - 1) // _MONTHS), QUARTER)

    @classmethod
    def of(cls, cooperative: Cooperative, day: datetime.date) -> VatPeriod:
        """Give the period in which *day* is declared: a change of kind waits for the next whole period.

        A quarter begins with a month, so that what holds on its first day holds for all of it.
        """
        quarter = cls.holding(day, QUARTER)
        return cls.holding(day, cooperative.terms_on(quarter.span.first).vat_period)

    @property
    def year(self) -> int:
        """The calendar year it is in."""
        return self.span.first.year

    @property
    def number(self) -> int:
        """Which quarter or month of the year it is, from 1."""
        return self.span.last.month if self.kind == MONTH else self.span.last.month // _MONTHS

    @property
    def is_last_of_year(self) -> bool:
        """Whether the year ends with it."""
        return self.span.last.month == 12  # noqa: PLR2004 - December

    def __str__(self) -> str:
        """Write it as `2026-Q1` or `2026-03`."""
        return f"{self.year:04}-Q{self.number}" if self.kind == QUARTER else f"{self.year:04}-{self.number:02}"
