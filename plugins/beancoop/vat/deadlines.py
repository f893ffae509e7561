"""By when a return is to be filed and paid, and the listing of customers handed in: dated rows of the law's data."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from dateutil.easter import easter

from beancoop.vat import law

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from beancoop.vat.periods import VatPeriod

CLIENTS = "clients"
_ONE_DAY = datetime.timedelta(days=1)
_SATURDAY = 5
_LAST_EASTER = 4099
"""The last year whose Easter is known."""


def due_day(period: VatPeriod) -> datetime.date | None:
    """Give the day by which the return of a period, its payment and its intra-Community listing are due.

    None where the data begin later.

    >>> from beancoop.vat.periods import VatPeriod
    >>> str(due_day(VatPeriod.parse("2026-Q1"))), str(due_day(VatPeriod.parse("2026-05")))
    ('2026-04-25', '2026-06-22')
    """
    return _day(period.kind, period.span.after)


def clients_day(year: int) -> datetime.date | None:
    """Give the day by which the listing of a year's customers is due; None where the calendar ends before."""
    return _day(CLIENTS, datetime.date(year + 1, 1, 1)) if year < datetime.MAXYEAR else None


def _day(of: str, after: datetime.date) -> datetime.date | None:
    """Give the day that the row in force then lays down, in the month of *after* unless it names another."""
    for row in law.data()["deadline"]:
        day = datetime.date(after.year, row.get("month", after.month), row["day"])
        if row["of"] == of and row["from"] <= day <= row.get("until", datetime.date.max):
            return _shifted(day, row)
    return None


def _shifted(day: datetime.date, row: Mapping[str, Any]) -> datetime.date:
    while row["shifts"] and (day.weekday() >= _SATURDAY or _is_holiday(day)):
        day += _ONE_DAY
    return day


def _is_holiday(day: datetime.date) -> bool:
    holidays = law.data()["holidays"]
    moves = day.year <= _LAST_EASTER and (day - easter(day.year)).days in holidays["easter"]
    return moves or f"{day:%m-%d}" in holidays["fixed"]
