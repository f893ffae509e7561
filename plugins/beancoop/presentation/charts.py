"""What is drawn: bars, a curve through time, the clock of an accompaniment. `presentation.plot` says how.

A chart shows what a table beside it says too, and its bars lead to the same entries: nobody needs to see it.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Place: TypeAlias = datetime.date | str
"""Where an amount stands: on a day, of which the month is written, or at a name."""
Given: TypeAlias = tuple[Place, Decimal] | tuple[Place, Decimal, str]
"""An amount at its place, and where it leads, if anywhere."""
ChartKind: TypeAlias = Literal["columns", "rows", "curve"]


class Point(NamedTuple):
    """An amount at its place, and where it leads; "" for nowhere."""

    at: Place
    amount: Decimal
    href: str = ""

    @classmethod
    def of(cls, given: Given) -> Point:
        """Complete what was given."""
        return cls(*given)


class Series(NamedTuple):
    """Amounts of one kind.

    Attributes:
        name: what they are called where a chart has several.
        points: the amounts, each at a place of its own.
        stack: series of the same stack are piled up on each other; those of "" stand alone.

    """

    name: str
    points: Sequence[Given]
    stack: str = ""


class Chart(NamedTuple):
    """Amounts that are drawn.

    Attributes:
        label: what it shows.
        currency: of its amounts.
        series: what is drawn beside each other; each has a point.
        kind: "columns", a bar up for each amount; "rows", a bar across; "curve", a line through what is held from
            each day on.

    """

    label: str
    currency: str
    series: Sequence[Series]
    kind: ChartKind = "columns"


class Stretch(NamedTuple):
    """Days of an accompaniment, from the first to the last, which are "used", "paused" or "left"."""

    first: datetime.date
    last: datetime.date
    state: Literal["used", "paused", "left"]


class Clock(NamedTuple):
    """The months of an accompaniment, in time.

    Attributes:
        label: what it shows.
        stretches: its days in order, without gap; at least one.
        today: the day as of which it is told.
        months_used: whole months used by then.
        days_paused: days of pause by then.
        months_left: whole months left; None where the clock stands still, or no longer matters.

    """

    label: str
    stretches: Sequence[Stretch]
    today: datetime.date
    months_used: int
    days_paused: int
    months_left: int | None


def bars(label: str, currency: str, points: Iterable[Given]) -> Chart:
    """Draw a bar for each amount, above the last day it counts."""
    return Chart(label, currency, [Series(label, list(points))])


def beside(label: str, currency: str, series: Iterable[Series]) -> Chart:
    """Draw the bars of several series beside each other, or piled up where they are of one stack."""
    return Chart(label, currency, list(series))


def across(label: str, currency: str, series: Iterable[Series]) -> Chart:
    """Draw a bar across for each amount, the name of its place before it."""
    return Chart(label, currency, list(series), "rows")


def curve(label: str, currency: str, points: Iterable[Given]) -> Chart:
    """Draw a line through what is held from each day on."""
    return Chart(label, currency, [Series(label, list(points))], "curve")
