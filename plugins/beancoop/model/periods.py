"""The days that figures are of: a period as a page looks at it, and as a statement is drawn up for it."""

from __future__ import annotations

import datetime
import re
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from beancoop.model.months import Month, months_between

_ONE_DAY = datetime.timedelta(days=1)
_ONE_YEAR = relativedelta(years=1)
_QUARTER = 3  # months
YEAR = 12
"""Months that a statement runs over."""
YEARS = range(2000, 2101)
"""The numbers that a financial year of these books may have: any other is a slip of the finger."""
_YEAR = re.compile(r"\d{4}", re.ASCII)


class Period(NamedTuple):
    """What a page looks at.

    Attributes:
        begin: the first day whose movements count.
        end: the day after the last one, also the first whose balances do not count; where it is the calendar's last
            day, nothing comes after (see `precedes`). Of now, what is dated later than today does not count
            (`Books.until_now`).
        today: the day as of which states, ages and the months left are told: where the books end before the day
            that is asked for, the day of their last entry, since nobody knows what came after.
        asked: the day that is asked for, up to which meetings and follow-up have taken place; None for `today`.

    """

    begin: datetime.date
    end: datetime.date
    today: datetime.date
    asked: datetime.date | None = None

    def holds(self, day: datetime.date) -> bool:
        """Say whether *day* is one of its days."""
        return self.begin <= day and precedes(day, self.end)

    @property
    def is_whole(self) -> bool:
        """Whether it has no filter, and is of now."""
        return self.begin == datetime.date.min

    @property
    def last(self) -> datetime.date:
        """The last day that counts; the calendar's where it has no end."""
        return self.end if self.end == datetime.date.max else day_before(self.end)

    def holds_told(self, day: datetime.date) -> bool:
        """Say whether *day* is one of its days, and of now one that has come."""
        return self.holds(day) and not (self.is_whole and day > (self.asked or self.today))

    def last_month(self, latest: datetime.date) -> Month:
        """Give its last calendar month; without a filter, that of the *latest* entry."""
        return Month.of(latest if self.is_whole else self.end - datetime.timedelta(days=1))


class Span(NamedTuple):
    """The days a statement is of.

    Attributes:
        first: the first.
        last: the last, which still counts.
        year: the number of the financial year that they are, as `cooperative.Cooperative.year` gives it; else None.

    """

    first: datetime.date
    last: datetime.date
    year: int | None = None

    @classmethod
    def of_month(cls, month: Month) -> Span:
        """Give the days of a calendar month."""
        return cls(month.first_day, month.last_day)

    @classmethod
    def of_quarter(cls, year: int, quarter: int) -> Span:
        """Give the days of the first (1) to the fourth quarter of a year."""
        last = quarter * _QUARTER
        return cls(Month(year, last - _QUARTER + 1).first_day, Month(year, last).last_day)

    @classmethod
    def of_year(cls, year: int) -> Span:
        """Give the days of a calendar year, which is what the law's listings are of; financial years may differ."""
        return cls(datetime.date(year, 1, 1), datetime.date(year, 12, 31))

    @property
    def after(self) -> datetime.date:
        """The first day that no longer counts; at the end of the calendar, its last."""
        return day_after(self.last)

    @property
    def months(self) -> tuple[Month, ...]:
        """The months it touches."""
        return months_between(Month.of(self.first), Month.of(self.last))

    @property
    def quarter(self) -> tuple[int, int] | None:
        """Its year and quarter, where it is a quarter, else None."""
        found = self.last.year, (self.last.month + _QUARTER - 1) // _QUARTER
        return found if self == Span.of_quarter(*found) else None

    @property
    def is_month(self) -> bool:
        """Whether it is a calendar month."""
        return self == Span.of_month(Month.of(self.first))

    @property
    def period(self) -> Period:
        """The same days, as a page would look at them on the last of them."""
        return Period(self.first, self.after, self.last)

    def year_before(self) -> Span:
        """Give the same days of the year before; the end of a month stays one."""
        return Span(_year_earlier(self.first), day_before(_year_earlier(self.after)))

    def __str__(self) -> str:
        """Write it as short as it can be told: `2026-03`, `2026-q1`, `2026`, `2026-01-01_2026-08-31`."""
        if self.year is not None:
            return f"{self.year:04}"
        if self.is_month:
            return str(Month.of(self.first))
        return f"{self.quarter[0]:04}-q{self.quarter[1]}" if self.quarter else f"{self.first}_{self.last}"


def parse_year(text: str) -> int | None:
    """Read the number of a financial year, `2026`; None where *text* is none."""
    return int(text) if _YEAR.fullmatch(text) and int(text) in YEARS else None


def year_to(last: Month) -> list[Month]:
    """Give the twelve months that end with *last*."""
    return [last.later(each) for each in range(1 - YEAR, 1)]


def day_after(day: datetime.date) -> datetime.date:
    """Give the day after; past the end of the calendar, that last day."""
    return day + _ONE_DAY if day < datetime.date.max else day


def day_before(day: datetime.date) -> datetime.date:
    """Give the day before; before the beginning of the calendar, that first day."""
    return day - _ONE_DAY if day > datetime.date.min else day


def precedes(day: datetime.date, end: datetime.date | None) -> bool:
    """Say whether *day* counts where *end* is the first day that does not; None and the calendar's last are no end."""
    return end is None or day < end or end == datetime.date.max


def _year_earlier(day: datetime.date) -> datetime.date:
    return day - _ONE_YEAR if day.year > datetime.MINYEAR else datetime.date.min


def after(month: Month) -> datetime.date:
    """Give the day after a month's last; past the end of the calendar, that last day."""
    return month.next().first_day
