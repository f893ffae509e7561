"""Bars, up or across: beside each other at their place, or piled up on each other from zero on.

Both are drawn by the same rules: *along* the axis of amounts, and *athwart* it, where the places are.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from beancoop.model.money import ZERO
from beancoop.presentation.canvas import (
    BOTTOM,
    LEFT,
    NAMES,
    RIGHT,
    TARGET,
    TOP,
    WIDTH,
    Label,
    Picture,
    below,
    line,
    spaced,
    wide,
)
from beancoop.presentation.charts import Point
from beancoop.presentation.scale import Scale
from beancoop.words import formats
from beancoop.words.messages import phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from beancoop.presentation.charts import Chart, Place

BAR = phrase("{place}, {name}: {amount}")
_COLUMNS = 250  # high
_ROW = 36  # high, for one bar or one pile
_BESIDE = 24  # more for each other one
_WIDEST = 80  # of a bar
_FILLED = 0.8  # of a place
_LONG, _SHORT = 32, 16  # letters of a name before a bar, on a desk and on a telephone


class Bar(NamedTuple):
    """A bar: its series, its place and pile by number, the amounts it goes between, and its point."""

    series: int
    place: int
    pile: int
    low: Decimal
    high: Decimal
    point: Point


class Bars:
    """The bars of a chart, in one of the languages."""

    def __init__(self, chart: Chart, language: str) -> None:
        """Pile up what belongs together."""
        self._chart, self._language = chart, language
        self._is_across = chart.kind == "rows"
        keys = [each.stack or str(number) for number, each in enumerate(chart.series)]
        self._piles = {key: number for number, key in enumerate(dict.fromkeys(keys))}
        found = dict.fromkeys(Point.of(given).at for series in chart.series for given in series.points)
        is_time = all(isinstance(each, datetime.date) for each in found)
        self._places: Sequence[Place] = sorted(found) if is_time else list(found)
        self.bars = list(self._piled(keys))
        self.scale = Scale.of(amount for bar in self.bars for amount in (bar.low, bar.high))

    def _piled(self, keys: Sequence[str]) -> Iterator[Bar]:
        numbers = {place: number for number, place in enumerate(self._places)}
        ends: defaultdict[tuple[str, Place, bool], Decimal] = defaultdict(lambda: ZERO)
        for number, (series, key) in enumerate(zip(self._chart.series, keys, strict=True)):
            for given in series.points:
                point = Point.of(given)
                where = key, point.at, point.amount < ZERO
                foot, ends[where] = ends[where], ends[where] + point.amount
                low, high = sorted((foot, ends[where]))
                yield Bar(number, numbers[point.at], self._piles[key], low, high, point)

    @property
    def _room(self) -> float:
        """How much a place takes."""
        if self._is_across:
            return _ROW + _BESIDE * (len(self._piles) - 1)
        return (WIDTH - LEFT - RIGHT) / len(self._places)

    @cached_property
    def height(self) -> float:
        """How high the picture is."""
        return TOP + BOTTOM + (self._room * len(self._places) if self._is_across else _COLUMNS)

    def _along(self, amount: Decimal) -> float:
        share = self.scale.share(amount)
        return NAMES + share * (WIDTH - NAMES - RIGHT) if self._is_across else TOP + (1 - share) * _COLUMNS

    def _athwart(self, bar: Bar, filled: float) -> tuple[float, float]:
        """Give where a bar begins, and its width, where so much of its place is *filled*."""
        begin = TOP if self._is_across else LEFT
        width = min(self._room * filled / len(self._piles), _WIDEST)
        return begin + self._room * (bar.place + 0.5) + width * (bar.pile - len(self._piles) / 2), width

    def _box(self, athwart: tuple[float, float], ends: tuple[float, float]) -> tuple[float, float, float, float]:
        """Give the left, the top, the width and the height of what goes between two *ends*."""
        (begin, width), (low, high) = athwart, sorted(ends)
        return (low, begin, high - low, width) if self._is_across else (begin, low, width, high - low)

    def drawn(self) -> Picture:
        """Draw them."""
        names = self._names() if self._is_across else below(self._times(), self.height)
        parts = [*self._axis(), *map(self._shape, self.bars), *names]
        return Picture(self.height, parts, list(self._targets()))

    def _axis(self) -> Iterator[Markup]:
        """Draw a line at each round amount, the one at zero stronger."""
        texts = self.scale.texts(self._language)
        unit = Markup('<text class="unit" x="{}" y="{}">{}</text>')
        yield unit.format(4, 20, self.scale.unit(self._chart.currency))
        if self._is_across:
            foot = self.height - BOTTOM
            for amount, _ in texts:
                yield line("line" if amount else "zero", (self._along(amount),) * 2, (TOP, foot))
            yield from below(spaced([(self._along(amount), text) for amount, text in texts]), self.height)
            return
        for amount, text in texts:
            y = self._along(amount)
            yield line("line" if amount else "zero", (LEFT, WIDTH - RIGHT), (y, y))
            yield Markup('<text class="amount" x="{}" y="{:.1f}">{}</text>').format(LEFT - 8, y + 4, text)

    def _name(self, bar: Bar) -> str:
        """Say what a bar is."""
        amount = formats.number(bar.point.amount, self._language)
        name = self._chart.series[bar.series].name
        return BAR.read({"place": self._written(bar.point.at), "name": name, "amount": amount}, self._language)

    def _written(self, place: Place) -> str:
        return formats.month(place, self._language) if isinstance(place, datetime.date) else place

    def _shape(self, bar: Bar) -> Markup:
        box = self._box(self._athwart(bar, _FILLED), (self._along(bar.low), self._along(bar.high)))
        shape = Markup('<rect class="bar s{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}">{}</rect>')
        title = "" if bar.point.href else Markup("<title>{}</title>").format(self._name(bar))
        return shape.format(bar.series, *box, title)

    def _targets(self) -> Iterator[Markup]:
        """Make of each pile what can be clicked: all of its place, shared out among its bars."""
        piles: defaultdict[tuple[int, int], list[Bar]] = defaultdict(list)
        for bar in self.bars:
            piles[bar.place, bar.pile].append(bar)
        link = Markup(
            '<a href="{}" aria-label="{}"><rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}">'
            "<title>{}</title></rect></a>"
        )
        lowest, highest = self._along(self.scale.low), self._along(self.scale.high)
        for _, pile in sorted(piles.items()):
            upwards = sorted(pile, key=lambda bar: (bar.low + bar.high, bar.series))
            bounds = [self._along(bar.low) for bar in upwards[1:]]
            ends = apart([lowest, *bounds, highest], TARGET)
            for bar, low, high in zip(upwards, ends, ends[1:], strict=False):
                if bar.point.href:
                    name, box = self._name(bar), self._box(self._athwart(bar, 1), (low, high))
                    yield link.format(bar.point.href, name, *box, name)

    def _times(self) -> list[Label]:
        """Name the places below the axis, as many as there is room for."""
        texts = [self._written(each) for each in self._places]
        every = max(1, int(-(-max(map(wide, texts)) // self._room)))
        shown = [(LEFT + self._room * (number + 0.5), text) for number, text in enumerate(texts)]
        return spaced(shown[::every])

    def _names(self) -> Iterator[Markup]:
        """Write the name of each place before its bars; a long one is cut, sooner on a telephone: its bar says it."""
        name = Markup('<text class="name{}" x="{}" y="{:.1f}">{}</text>')
        for number, place in enumerate(self._places):
            text, y = self._written(place), TOP + self._room * (number + 0.5) + 5
            if len(text) <= _SHORT:
                yield name.format("", NAMES - 10, y, text)
            else:
                yield name.format(" long", NAMES - 10, y, cut(text, _LONG))
                yield name.format(" short", NAMES - 10, y, cut(text, _SHORT))


def cut(text: str, most: int) -> str:
    """Shorten a text to so many letters, and say so."""
    return text if len(text) <= most else f"{text[: most - 1]}\N{HORIZONTAL ELLIPSIS}"


def apart(ends: Sequence[float], least: float) -> list[float]:
    """Move what stands between the first of *ends* and the last so that *least* is between any two, where it fits."""
    sign = 1 if ends[-1] >= ends[0] else -1
    way = [sign * (end - ends[0]) for end in ends]
    least = min(least, way[-1] / (len(ends) - 1))
    for place in range(1, len(way) - 1):
        room = way[-1] - least * (len(way) - 1 - place)
        way[place] = min(max(way[place], way[place - 1] + least), room)
    return [ends[0] + sign * each for each in way]
