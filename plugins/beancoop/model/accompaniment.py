"""What is done with the activities: hours of follow-up, and meetings."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancoop.model import directives as d

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount.core.data import Custom, Directive

    from beancoop.model.directives import Declaration

ATTENDED = "attended"
"""The metadata of a meeting that names the units that came, separated by blanks."""


class FollowUp(NamedTuple):
    """Hours given to one activity.

    Attributes:
        date: the day.
        unit: whose they are.
        domain: what they were about, as written.
        hours: how many.
        entry: the directive.

    """

    date: datetime.date
    unit: str
    domain: str
    hours: Decimal
    entry: Custom

    @classmethod
    def of(cls, declared: Declaration) -> FollowUp:
        """Read an accepted directive."""
        unit, domain, _ = declared.values
        return cls(declared.date, unit, domain, declared.entry.values[2].value, declared.entry)


class Meeting(NamedTuple):
    """A meeting.

    Attributes:
        date: the day.
        kind: what kind it is, as written.
        attended: the activities that came.
        entry: the directive.

    """

    date: datetime.date
    kind: str
    attended: Sequence[str]
    entry: Custom

    @classmethod
    def of(cls, declared: Declaration) -> Meeting:
        """Read an accepted directive; an attendance that was refused is none."""
        attended = str(declared.terms.get(ATTENDED, "")).split()
        return cls(declared.date, declared.values[0], attended, declared.entry)


def attendance(entry: Directive) -> Sequence[str]:
    """Give the units that an *entry*, accepted or not, says attended; none where it is no meeting."""
    return str(entry.meta.get(ATTENDED, "")).split() if getattr(entry, "type", None) == d.MEETING else []
