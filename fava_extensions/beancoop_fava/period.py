"""The period a page looks at, and the calendar months in it."""

from __future__ import annotations

import datetime
from typing import NamedTuple

from beancoop.months import Month

YEAR = 12
"""Months that a statement runs over."""


class Period(NamedTuple):
    """What a page looks at.

    Attributes:
        begin: the first day whose movements count.
        end: the day after the last one, also the first whose balances do not count.
        today: the day as of which states, ages and the months left are told.

    """

    begin: datetime.date
    end: datetime.date
    today: datetime.date

    @property
    def is_whole(self) -> bool:
        """Whether everything counts, without a filter."""
        return self.end == datetime.date.max

    def last_month(self, latest: datetime.date) -> Month:
        """Give its last calendar month; without a filter, that of the *latest* entry."""
        return Month.of(latest if self.is_whole else self.end - datetime.timedelta(days=1))


def year_to(last: Month) -> list[Month]:
    """Give the twelve months that end with *last*."""
    number = last.year * YEAR + last.month - 1
    return [Month(each // YEAR, each % YEAR + 1) for each in range(number - YEAR + 1, number + 1)]


def day_after(day: datetime.date) -> datetime.date:
    """Give the day after; past the end of the calendar, that last day."""
    return day + datetime.timedelta(days=1) if day < datetime.date.max else day


def after(month: Month) -> datetime.date:
    """Give the day after a month's last; past the end of the calendar, that last day."""
    return month.next().first_day
