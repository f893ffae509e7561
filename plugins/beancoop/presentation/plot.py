"""Charts as SVG, drawn here and not by the reader's browser.

A chart is a picture with a label that says what it shows to whoever does not see it (SVG 1.1; contract, section 13).
Assistive technology sees nothing inside a picture (WAI-ARIA `img`: its children are presentational), so a link in it
would be one that is reached and not told. The links of the bars are therefore a second SVG over the first, of the same
measures: a group of links, each with its name. Colours, dashes and letters are the page's style's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from beancoop.presentation import clock
from beancoop.presentation.bars import Bars
from beancoop.presentation.canvas import BOTTOM, BOX, CURVE, LEFT, RIGHT, TOP, WIDTH, Picture, below, legend, line
from beancoop.presentation.charts import Clock, Point
from beancoop.presentation.scale import Scale
from beancoop.presentation.timeline import Timeline
from beancoop.words import formats
from beancoop.words.messages import phrase

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Sequence

    from beancoop.presentation.charts import Chart, Place

LABEL = phrase("{label}, in {currency}, from {first} to {last}: at least {least}, at most {most}.")
LABEL_OF_NAMES = phrase("{label}, in {currency}, for {names}: at least {least}, at most {most}.")
LINKS = phrase("{label}: the entries of each bar")
_HIGH = 250  # a curve
_NAMED = 12  # places that a label names


def drawn(chart: Chart | Clock, language: str) -> Markup:
    """Draw a chart that has points, in one of the languages."""
    if isinstance(chart, Clock):
        return _framed(clock.drawn(chart, language), clock.label(chart, language), "") + clock.parts(chart, language)
    points = [[Point.of(each) for each in series.points] for series in chart.series]
    picture = _curve(chart, points, language) if chart.kind == "curve" else Bars(chart, language).drawn()
    sample = CURVE if chart.kind == "curve" else BOX
    named = enumerate(series.name for series in chart.series)
    names = legend(named, sample) if len(points) > 1 else Markup("")
    label = _label(chart, [each for own in points for each in own], language)
    return _framed(picture, label, LINKS.read({"label": chart.label}, language)) + names


def _framed(picture: Picture, label: str, links: str) -> Markup:
    """Put a picture in its frame, and over it what can be clicked."""
    box, parts = f"0 0 {WIDTH} {picture.height:.0f}", Markup("").join(picture.parts)
    image = Markup('<svg class="plot" viewBox="{}" role="img" aria-label="{}">{}</svg>').format(box, label, parts)
    if not picture.targets:
        return image
    over = Markup('<svg class="reach" viewBox="{}" role="group" aria-label="{}">{}</svg>')
    targets = over.format(box, links, Markup("").join(picture.targets))
    return Markup('<div class="drawn">{}{}</div>').format(image, targets)


def _label(chart: Chart, points: Sequence[Point], language: str) -> str:
    amounts = [each.amount for each in points]
    said = {
        "label": chart.label,
        "currency": chart.currency,
        "least": formats.number(min(amounts), language),
        "most": formats.number(max(amounts), language),
    }
    places = list(dict.fromkeys(each.at for each in points))
    if any(isinstance(each, str) for each in places):
        more = ["\N{HORIZONTAL ELLIPSIS}"] if places[_NAMED:] else []
        return LABEL_OF_NAMES.read({**said, "names": ", ".join([*map(str, places[:_NAMED]), *more])}, language)
    return LABEL.read({**said, "first": min(places, key=_order), "last": max(places, key=_order)}, language)


def _order(place: Place) -> datetime.date:
    assert not isinstance(place, str)  # noqa: S101 - names have a label of their own
    return place


def _curve(chart: Chart, points: Sequence[Sequence[Point]], language: str) -> Picture:
    """Draw a line through what is held from each day on, and a dot where it ends."""
    days = [_order(each.at) for own in points for each in own]
    time, scale = Timeline(min(days), max(days)), Scale.of(each.amount for own in points for each in own)
    height = TOP + _HIGH + BOTTOM
    parts = [Markup('<text class="unit" x="4" y="20">{}</text>').format(scale.unit(chart.currency))]
    for amount, text in scale.texts(language):
        y = _y(scale.share(amount))
        parts.append(line("line" if amount else "zero", (LEFT, WIDTH - RIGHT), (y, y)))
        parts.append(Markup('<text class="amount" x="{}" y="{:.1f}">{}</text>').format(LEFT - 8, y + 4, text))
    for number, own in enumerate(points):
        at = [(time.x(_order(each.at)), _y(scale.share(each.amount))) for each in own]
        parts.append(Markup('<path class="curve s{}" d="{}"/>').format(number, "".join(_steps(at))))
        parts.append(Markup('<circle class="bar s{}" cx="{:.1f}" cy="{:.1f}" r="4"/>').format(number, *at[-1]))
    return Picture(height, [*parts, *below(time.labels(language), height)])


def _y(share: float) -> float:
    return TOP + (1 - share) * _HIGH


def _steps(at: Sequence[tuple[float, float]]) -> Iterator[str]:
    """Write the path of what is held: it stays as it is until the next point."""
    (x, y), *rest = at
    yield f"M{x:.1f} {y:.1f}"
    yield from (f"H{x:.1f}V{y:.1f}" for x, y in rest)
