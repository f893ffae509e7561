"""What the team does: hours of follow-up, meetings, and the accompaniments that come to their end."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from beancoop.statements.accompaniment import hours_by_domain, within

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from beancoop.model.accompaniment import FollowUp, Meeting
    from beancoop.model.activity import Activity
    from beancoop.model.periods import Period
    from beancoop.model.register import Register

SOON, SOONER = 90, 30
"""Days before the end of an accompaniment at which it is told."""
UNMET = 60
"""Days without a meeting or a follow-up, above which that is told."""


class FollowUpHours(NamedTuple):
    """Hours of follow-up by activity and domain, and the domains there are."""

    domains: Sequence[str]
    by_unit: Mapping[str, Mapping[str, Decimal]]


class Held(NamedTuple):
    """A meeting, and the activities that were under way on that day."""

    meeting: Meeting
    expected: Sequence[str]


class Attendance(NamedTuple):
    """How many of the meetings held while it was under way an activity attended."""

    unit: str
    attended: int
    held: int


class Ending(NamedTuple):
    """An accompaniment that ends within SOON days, and how many days are left."""

    activity: Activity
    trade: str
    last_day: datetime.date
    days: int


class Unmet(NamedTuple):
    """An activity under way that nobody has met for more than UNMET days.

    Attributes:
        activity: the activity.
        trade: what it does, as its terms say.
        meeting: the day of the last meeting it attended; None for none.
        followed: the day of the last follow-up it was given; None for none.
        days: how many days ago the later of the two was, or its first day where there is none.

    """

    activity: Activity
    trade: str
    meeting: datetime.date | None
    followed: datetime.date | None
    days: int


class Planned(NamedTuple):
    """A meeting, or a follow-up of one activity, that is to come."""

    date: datetime.date
    what: Meeting | FollowUp


def unmet(register: Register, today: datetime.date, until: datetime.date) -> list[Unmet]:
    """Give who has not been met for more than UNMET days on the day *today*, the longest first.

    What took place up to the day *until* counts: books that end earlier say nothing of the meetings since.
    """
    met: dict[str, datetime.date] = {}
    followed: dict[str, datetime.date] = {}
    for meeting in register.meetings:
        if meeting.date <= until:
            met.update(dict.fromkeys(meeting.attended, meeting.date))
    for each in register.follow_ups:
        if each.date <= until:
            followed[each.unit] = max(each.date, followed.get(each.unit, each.date))
    found = []
    for unit in _under_way(register, today):
        activity, own = register.activities[unit], (met.get(unit), followed.get(unit))
        days = (today - max((day for day in own if day), default=activity.start)).days
        if days > UNMET:
            found.append(Unmet(activity, activity.terms_on(today).trade, *own, days))
    return sorted(found, key=lambda each: (-each.days, each.activity.unit))


def planned(register: Register, day: datetime.date) -> list[Planned]:
    """Give the meetings and the follow-ups that are dated after *day*, the nearest first."""
    found = [Planned(each.date, each) for each in register.meetings if each.date > day]
    found += [Planned(each.date, each) for each in register.follow_ups if each.date > day]
    return sorted(found, key=lambda each: each.date)


def hours(register: Register, period: Period) -> FollowUpHours:
    """Add up the hours of the period."""
    found: defaultdict[str, list[FollowUp]] = defaultdict(list)
    for each in within(register.follow_ups, period):
        found[each.unit].append(each)
    by_unit = {unit: hours_by_domain(own) for unit, own in sorted(found.items())}
    return FollowUpHours(sorted({domain for own in by_unit.values() for domain in own}), by_unit)


def meetings(register: Register, period: Period) -> list[Held]:
    """Give the meetings of the period, the latest first."""
    return [Held(each, _under_way(register, each.date)) for each in within(register.meetings, period)][::-1]


def attendances(held: Iterable[Held]) -> list[Attendance]:
    """Count by activity."""
    expected: defaultdict[str, int] = defaultdict(int)
    attended: defaultdict[str, int] = defaultdict(int)
    for each in held:
        for unit in each.expected:
            expected[unit] += 1
            attended[unit] += unit in each.meeting.attended
    return [Attendance(unit, attended[unit], number) for unit, number in sorted(expected.items())]


def endings(register: Register, today: datetime.date) -> list[Ending]:
    """Give the accompaniments that end within SOON days from *today*, the nearest first."""
    found = []
    for activity in register.activities.values():
        last_day = activity.last_day(today)
        if last_day is not None and activity.state(today) == "active" and (last_day - today).days <= SOON:
            trade = activity.terms_on(today).trade
            found.append(Ending(activity, trade, last_day, (last_day - today).days))
    return sorted(found, key=lambda each: (each.days, each.activity.unit))


def _under_way(register: Register, day: datetime.date) -> list[str]:
    return [unit for unit, activity in register.activities.items() if activity.state(day) == "active"]
