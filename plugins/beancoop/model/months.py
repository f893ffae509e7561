"""Calendar months, the period of every levy and every closing."""

from __future__ import annotations

import datetime
import re
from calendar import monthrange
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PERIOD = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_DECEMBER = 12


class Month(NamedTuple):
    """A calendar month; months compare in time, and print as the accountant writes them.

    >>> str(Month(2026, 1)), Month(2026, 12).next()
    ('2026-01', Month(year=2027, month=1))
    """

    year: int
    month: int

    @staticmethod
    @lru_cache(maxsize=4096)  # a ledger holds each day many times
    def of(day: datetime.date) -> Month:
        """Give the month that holds *day*."""
        return Month(day.year, day.month)

    @staticmethod
    @lru_cache(maxsize=4096)
    def parse(text: str) -> Month | None:
        """Read `2026-03`; None where *text* is not a month written so."""
        match = _PERIOD.fullmatch(text)
        if match is None or int(match[1]) < datetime.MINYEAR:
            return None
        return Month(int(match[1]), int(match[2]))

    def next(self) -> Month:
        """Give the month after this one."""
        return Month(self.year + 1, 1) if self.month == _DECEMBER else Month(self.year, self.month + 1)

    def later(self, months: int) -> Month:
        """Give the month so many *months* after this one, or before it where they are negative."""
        return Month.numbered(self.number + months)

    @property
    def number(self) -> int:
        """Its place among all months, which counts without gap."""
        return self.year * _DECEMBER + self.month - 1

    @classmethod
    def numbered(cls, number: int) -> Month:
        """Give the month of that `number`."""
        return cls(number // _DECEMBER, number % _DECEMBER + 1)

    @property
    def first_day(self) -> datetime.date:
        """The first of the month; outside of the calendar, the nearest day."""
        if self.year < datetime.MINYEAR:
            return datetime.date.min
        return datetime.date.max if self.year > datetime.MAXYEAR else datetime.date(self.year, self.month, 1)

    @property
    def last_day(self) -> datetime.date:
        """The last day of the month; outside of the calendar, the nearest day."""
        return _last_day(self.year, self.month)

    def __str__(self) -> str:
        """Write the month as `2026-03`."""
        return f"{self.year:04}-{self.month:02}"


@lru_cache(maxsize=4096)
def _last_day(year: int, month: int) -> datetime.date:
    if year < datetime.MINYEAR:
        return datetime.date.min
    return datetime.date.max if year > datetime.MAXYEAR else datetime.date(year, month, monthrange(year, month)[1])


LONG = 120
"""Months: a longer silence is not gone through month by month."""


def stretches(events: Iterable[Month]) -> Iterator[tuple[Month, Month]]:
    """Give every month from the first of *events* to the last, as the first and last month of what goes together.

    Each month is alone, but a silence of more than LONG months between two events is one: a date at the end of the
    calendar, or a slip of the finger, costs no more than any other.
    """
    known = sorted(set(events))
    yield from ((month, month) for month in known[:1])
    for before, after in pairwise(known):
        if after.number - before.number > LONG + 1:
            yield before.next(), after.later(-1)
            yield after, after
        else:
            yield from ((month, month) for month in months_between(before.next(), after))


@lru_cache(maxsize=256)  # activities share their months
def months_between(first: Month, last: Month) -> tuple[Month, ...]:
    """Give every month from *first* to *last*, both included, without gap."""
    return tuple(map(Month.numbered, range(first.number, last.number + 1)))
