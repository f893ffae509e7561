"""What the team does: hours of follow-up, meetings, and the accompaniments that come to their end."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.money import ZERO
from beancoop.statements.accompaniment import attendance, hours_of

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from beancount.core.data import Custom

    from beancoop.model.activity import Activity
    from beancoop.model.directives import Declaration
    from beancoop.model.periods import Period
    from beancoop.model.register import Register

SOON, SOONER = 90, 30
"""Days before the end of an accompaniment at which it is told."""


class Hours(NamedTuple):
    """Hours of follow-up by activity and domain, and the domains there are."""

    domains: Sequence[str]
    by_unit: Mapping[str, Mapping[str, Decimal]]


class Meeting(NamedTuple):
    """A meeting.

    Attributes:
        entry: its directive.
        kind: what kind it is, as written.
        attended: the activities that came.
        expected: the activities that were under way on that day.

    """

    entry: Custom
    kind: str
    attended: Sequence[str]
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


def hours(register: Register, period: Period) -> Hours:
    """Add up the hours of the period."""
    found: dict[str, defaultdict[str, Decimal]] = {}
    for each in _within(register.follow_ups, period):
        unit, domain = each.values[:2]
        found.setdefault(unit, defaultdict(lambda: ZERO))[domain] += hours_of(each)
    domains = sorted({domain for own in found.values() for domain in own})
    return Hours(domains, dict(sorted(found.items())))


def meetings(register: Register, period: Period) -> list[Meeting]:
    """Give the meetings of the period, the latest first."""
    found = [
        Meeting(each.entry, each.values[0], attendance(each), _under_way(register, each.date))
        for each in _within(register.meetings, period)
    ]
    return found[::-1]


def attendances(held: Iterable[Meeting]) -> list[Attendance]:
    """Count by activity."""
    expected: defaultdict[str, int] = defaultdict(int)
    attended: defaultdict[str, int] = defaultdict(int)
    for meeting in held:
        for unit in meeting.expected:
            expected[unit] += 1
            attended[unit] += unit in meeting.attended
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


def _within(declarations: Iterable[Declaration], period: Period) -> Iterable[Declaration]:
    return (each for each in declarations if period.begin <= each.date < period.end)


def _under_way(register: Register, day: datetime.date) -> list[str]:
    return [unit for unit, activity in register.activities.items() if activity.state(day) == "active"]
