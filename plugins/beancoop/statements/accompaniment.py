"""The accompaniment of an activity: its months, its pauses, and what was done with them."""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.money import ZERO
from beancoop.model.months import Month, months_between
from beancoop.model.periods import after

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from beancoop.model.activity import Activity
    from beancoop.model.directives import Declaration
    from beancoop.model.periods import Period
    from beancoop.model.register import Register

_ONE_DAY = datetime.timedelta(days=1)


class CourseMonth(NamedTuple):
    """A calendar month of an accompaniment.

    Attributes:
        month: the month.
        active: its days on which the clock runs.
        paused: its days in a pause.
        meetings: the meetings attended.
        hours: the hours of follow-up.
        is_ahead: whether it has not begun yet.

    """

    month: Month
    active: int
    paused: int
    meetings: int
    hours: Decimal
    is_ahead: bool


def course(register: Register, activity: Activity, today: datetime.date) -> list[CourseMonth]:
    """Give the months from the start to the last day: that of the exit, else the last to sell, else *today*."""
    last = ends_on(activity, today)
    hours: defaultdict[Month, Decimal] = defaultdict(lambda: ZERO)
    for each in register.follow_ups:
        if each.values[0] == activity.unit:
            hours[Month.of(each.date)] += hours_of(each)
    attended: defaultdict[Month, int] = defaultdict(int)
    for each in register.meetings:
        attended[Month.of(each.date)] += activity.unit in attendance(each)
    rows = []
    for month in months_between(Month.of(activity.start), Month.of(last)):
        begin, end = max(month.first_day, activity.start), min(after(month), last + _ONE_DAY)
        paused = paused_days(activity, begin, end)
        is_ahead = month.first_day > today
        rows.append(
            CourseMonth(month, (end - begin).days - paused, paused, attended[month], hours[month], is_ahead),
        )
    return rows


def ends_on(activity: Activity, today: datetime.date) -> datetime.date:
    """Give the last day of the accompaniment as known on the day *today*; while a pause is running, that day."""
    if activity.exit is not None:
        return activity.exit.date
    return activity.last_day(today) or max(today, activity.start)


def paused_days(activity: Activity, begin: datetime.date, end: datetime.date) -> int:
    """Count the days of pause from *begin* to the day before *end*."""
    days = 0
    for pause in activity.pauses:
        since, until = max(pause.start, begin), min(pause.end or end, end)
        days += max(0, (until - since).days)
    return days


def hours_of(follow_up: Declaration) -> Decimal:
    """Give the hours of a follow-up."""
    return follow_up.entry.values[2].value  # type: ignore[no-any-return] # a number: its form was checked


def attendance(meeting: Declaration) -> Sequence[str]:
    """Give the units that attended."""
    return str(meeting.terms.get("attended", "")).split()


def hours_by_domain(follow_ups: Iterable[Declaration], period: Period, unit: str) -> Mapping[str, Decimal]:
    """Add up the hours of follow-up of *unit* in the period, by domain."""
    hours: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for each in follow_ups:
        if each.values[0] == unit and period.begin <= each.date < period.end:
            hours[each.values[1]] += hours_of(each)
    return dict(sorted(hours.items()))
