"""The axis of time: where a day stands, and the months that are written below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.months import Month
from beancoop.presentation.canvas import LEFT, RIGHT, WIDTH, Label, spaced, wide
from beancoop.words import formats

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

_SHORTEST = 28  # days of a month
_SIGNS = 10  # of a month that is written short


class Timeline(NamedTuple):
    """The days that a chart goes over."""

    first: datetime.date
    last: datetime.date

    def x(self, day: datetime.date) -> float:
        """Give where a day stands."""
        span = (self.last - self.first).days or 1
        return LEFT + (WIDTH - LEFT - RIGHT) * (day - self.first).days / span

    def labels(self, language: str) -> Sequence[Label]:
        """Name the months that begin in it, as many as there is room for; where there are few, its ends."""
        begin, end = Month.of(self.first), Month.of(self.last)
        first = begin if begin.first_day == self.first else begin.next()
        room = (WIDTH - LEFT - RIGHT) * _SHORTEST / ((self.last - self.first).days or 1)
        every = max(1, int(-(-wide("0" * _SIGNS) // room)))
        months = [Month.numbered(number) for number in range(first.number, end.number + 1, every)]
        if len(months) > 1:
            found = [(self.x(each.first_day), formats.month(each.first_day, language)) for each in months]
        else:
            ends = sorted({self.first, self.last})
            found = [(self.x(each), formats.day(each, language)) for each in ends]
        return spaced(found)
