"""Charts as SVG, drawn here and not by the reader's browser: bars of several series, or a curve through time.

A chart has axes in the reader's language, a line at zero, and a label that says what it shows to whoever does not see
it (SVG 1.1, WAI-ARIA `img`); its figures stand in a table as well. Colours and letters are the page's style's.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from beancoop.model.months import Month
from beancoop.words import formats
from beancoop.words.messages import phrase

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Sequence

    from beancoop.presentation.section import Chart

LABEL = phrase("{label}, in {currency}, from {first} to {last}: at least {least}, at most {most}.")
_WIDTH, _HEIGHT = 900, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 104, 8, 24, 34
_TICKS = 5  # about so many on the axis of amounts
_LABELS = 9  # at most, on the axis of time
_STEPS = (1, 2, 5, 10)


class _Scale(NamedTuple):
    """Where the amounts of a chart stand: what is between its lowest line and its highest, and the lines."""

    low: float
    high: float
    step: float

    @classmethod
    def of(cls, amounts: Sequence[float]) -> _Scale:
        """Let zero, and all *amounts*, stand between lines at round amounts."""
        low, high = min(0.0, *amounts), max(0.0, *amounts)
        rough = (high - low) / _TICKS or 1.0
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(each * power for each in _STEPS if each * power >= rough * (1 - 1e-9))
        return cls(math.floor(low / step) * step, math.ceil(high / step) * step or step, step)

    def y(self, amount: float) -> float:
        """Give how far below the top an amount stands."""
        share = (self.high - amount) / (self.high - self.low)
        return _TOP + share * (_HEIGHT - _TOP - _BOTTOM)

    @property
    def lines(self) -> Iterator[float]:
        """The amounts of the lines."""
        first, last = round(self.low / self.step), round(self.high / self.step)
        yield from (each * self.step for each in range(first, last + 1))


def drawn(chart: Chart, language: str) -> Markup:
    """Draw a chart that has points, in one of the languages."""
    points = [point for series in chart.series for point in series.points]
    scale = _Scale.of([float(amount) for _, amount in points])
    days = sorted({day for day, _ in points})
    parts = [*_axis(scale, language), *_shapes(chart, days, scale), *_times(chart, days, language)]
    legend = Markup("").join(_legend(chart)) if len(chart.series) > 1 else ""
    frame = Markup('<svg class="plot" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>{}')
    return frame.format(_WIDTH, _HEIGHT, _label(chart, days, points, language), Markup("").join(parts), legend)


def _label(
    chart: Chart, days: Sequence[datetime.date], points: Sequence[tuple[datetime.date, Decimal]], language: str
) -> str:
    amounts = [amount for _, amount in points]
    return LABEL.read(
        {
            "label": chart.label,
            "currency": chart.currency,
            "first": days[0],
            "last": days[-1],
            "least": formats.number(min(amounts), language),
            "most": formats.number(max(amounts), language),
        },
        language,
    )


def _axis(scale: _Scale, language: str) -> Iterator[Markup]:
    """Draw a line at each round amount, the one at zero stronger."""
    digits = 0 if scale.step >= 1 else 2
    line = Markup(
        '<line class="{}" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/><text class="amount" x="{}" y="{:.1f}">{}</text>'
    )
    for amount in scale.lines:
        y, text = scale.y(amount), formats.number(Decimal(repr(amount)), language, digits)
        yield line.format("zero" if not amount else "line", _LEFT, _WIDTH - _RIGHT, y, y, _LEFT - 8, y + 4, text)


def _place(chart: Chart, days: Sequence[datetime.date], day: datetime.date) -> float:
    """Give where a day stands on the axis of time: bars side by side, a curve by the calendar."""
    room = _WIDTH - _LEFT - _RIGHT
    if chart.is_curve:
        span = (days[-1] - days[0]).days or 1
        return _LEFT + room * (day - days[0]).days / span
    return _LEFT + room * (days.index(day) + 0.5) / len(days)


def _shapes(chart: Chart, days: Sequence[datetime.date], scale: _Scale) -> Iterator[Markup]:
    if chart.is_curve:
        for number, series in enumerate(chart.series):
            yield Markup('<path class="curve s{}" d="{}"/>').format(number, _steps(chart, days, series.points, scale))
        return
    room = (_WIDTH - _LEFT - _RIGHT) / len(days)
    width = room * 0.8 / len(chart.series)
    bar = Markup('<rect class="bar s{}" x="{:.1f}" width="{:.1f}" y="{:.1f}" height="{:.1f}"/>')
    for number, series in enumerate(chart.series):
        for day, amount in series.points:
            left = _place(chart, days, day) - room * 0.4 + width * number
            top, foot = sorted((scale.y(0.0), scale.y(float(amount))))
            yield bar.format(number, left, width, top, foot - top)


def _steps(
    chart: Chart, days: Sequence[datetime.date], points: Sequence[tuple[datetime.date, Decimal]], scale: _Scale
) -> str:
    """Write the path of what is held: it stays as it is until the next point."""
    (first, amount), *rest = points
    path = [f"M{_place(chart, days, first):.1f} {scale.y(float(amount)):.1f}"]
    path += [f"H{_place(chart, days, day):.1f}V{scale.y(float(held)):.1f}" for day, held in rest]
    return "".join(path)


def _times(chart: Chart, days: Sequence[datetime.date], language: str) -> Iterator[Markup]:
    """Write under the axis the months, as many as there is room for."""
    text = Markup('<text class="time{}" x="{:.1f}" y="{}">{}</text>')
    shown = days
    if chart.is_curve:
        firsts = {Month.of(day): day for day in reversed(days)}
        shown = sorted(firsts.values())
    every = -(-len(shown) // _LABELS)
    for position, day in enumerate(shown[::every]):
        minor = " minor" if position % 2 else ""  # left out where there is little room
        yield text.format(minor, _place(chart, days, day), _HEIGHT - 8, formats.month(day, language))


def _legend(chart: Chart) -> Iterator[Markup]:
    yield Markup('<ul class="legend">')
    for number, series in enumerate(chart.series):
        yield Markup('<li><span class="s{}"></span>{}</li>').format(number, series.name)
    yield Markup("</ul>")
