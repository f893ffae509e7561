"""The accompaniment of an activity: its months, its pauses, and what was done with them."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, TypeVar

from beancoop.model.accompaniment import FollowUp, Meeting
from beancoop.model.money import ZERO
from beancoop.model.months import Month, stretches
from beancoop.model.periods import after, day_after, day_before

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from beancoop.model.activity import Activity
    from beancoop.model.periods import Period
    from beancoop.model.register import Register

ClockState: TypeAlias = Literal["used", "paused", "left"]
D = TypeVar("D", FollowUp, Meeting)


class CourseMonth(NamedTuple):
    """A calendar month of an accompaniment, or a long silence in which nothing changes (`months.stretches`).

    Attributes:
        month: the month; of a silence, the first.
        last: the month; of a silence, the last.
        active: its days on which the clock runs.
        paused: its days in a pause.
        meetings: the meetings attended.
        hours: the hours of follow-up.
        is_ahead: whether it has not begun yet.

    """

    month: Month
    last: Month
    active: int
    paused: int
    meetings: int
    hours: Decimal
    is_ahead: bool

    @property
    def length(self) -> int:
        """How many months it is."""
        return self.last.number - self.month.number + 1


def course(register: Register, activity: Activity, today: datetime.date) -> list[CourseMonth]:
    """Give the months from the start to the last day: that of the exit, else the last to sell, else *today*."""
    last = ends_on(activity, today)
    hours: defaultdict[Month, Decimal] = defaultdict(lambda: ZERO)
    for each in register.follow_ups:
        if each.unit == activity.unit:
            hours[Month.of(each.date)] += each.hours
    attended: defaultdict[Month, int] = defaultdict(int)
    for meeting in register.meetings:
        attended[Month.of(meeting.date)] += activity.unit in meeting.attended
    turns = [today, *(day for pause in activity.pauses for day in (pause.start, pause.end) if day)]
    events = {*map(Month.of, turns), *hours, *attended}
    ends = Month.of(activity.start), Month.of(last)
    rows = []
    for month, until in stretches({*ends, *(event for event in events if ends[0] < event < ends[1])}):
        begin, end = max(month.first_day, activity.start), min(after(until), day_after(last))
        paused = paused_days(activity, begin, end)
        is_ahead = month.first_day > today
        rows.append(
            CourseMonth(month, until, (end - begin).days - paused, paused, attended[month], hours[month], is_ahead),
        )
    return rows


def clock(activity: Activity, today: datetime.date) -> list[tuple[datetime.date, datetime.date, ClockState]]:
    """Give the days from the start to the last as stretches without gap: first day, last day, what they are.

    Days to come are "left", those of a pause "paused", the others "used". A pause that is not over counts up to
    *today*: nothing is told after it.
    """
    last = ends_on(activity, today)
    turns = {activity.start, day_after(last)}
    pauses = [(pause.start, min(pause.end or day_after(last), day_after(last))) for pause in activity.pauses]
    turns.update(day for pause in pauses for day in pause)
    turns.add(day_after(today))
    days = sorted(day for day in turns if activity.start <= day <= day_after(last))
    found: list[tuple[datetime.date, datetime.date, ClockState]] = []
    for first, end in pairwise(days):
        is_paused = any(begin <= first < until for begin, until in pauses)
        state: ClockState = "paused" if is_paused else "left" if first > today else "used"
        found.append((first, day_before(end), state))
    return found or [(activity.start, last, "left" if activity.start > today else "used")]


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


def hours_by_domain(follow_ups: Iterable[FollowUp]) -> dict[str, Decimal]:
    """Add up hours of follow-up by domain."""
    hours: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for each in follow_ups:
        hours[each.domain] += each.hours
    return dict(sorted(hours.items()))


def hours_of(register: Register, period: Period, unit: str) -> dict[str, Decimal]:
    """Add up the hours of follow-up of *unit* in the period, by domain."""
    return hours_by_domain(each for each in within(register.follow_ups, period) if each.unit == unit)


def meetings_of(register: Register, period: Period, unit: str) -> int:
    """Count the meetings of the period that *unit* attended."""
    return sum(unit in each.attended for each in within(register.meetings, period))


def within(dated: Iterable[D], period: Period) -> Iterator[D]:
    """Give what is dated in the period; of now, what is planned does not count."""
    return (each for each in dated if period.holds_told(each.date))
