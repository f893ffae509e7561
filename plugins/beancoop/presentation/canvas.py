"""What all charts are drawn on: the measures of the picture, in its own units, and texts that do not overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WIDTH = 900
LEFT, RIGHT, TOP, BOTTOM = 112, 44, 46, 42
"""What is left beside the bars for amounts, above them for the unit, below them for months."""
NAMES = 230
"""What is left of bars that go across for their names."""
TARGET = 24
"""The least side of what can be clicked (WCAG 2.2, 2.5.8), in pixels where the picture is as wide as a desk's page."""

CURVE = Markup('<path class="curve s{}" d="M0 7H18"/>')
BOX = Markup('<rect class="bar s{}" x="1" y="1" width="16" height="12"/>')
"""Samples of how series are drawn, by their number."""

_SIGN = 7.5  # what a letter of the page's style takes on a desk; twice that on a telephone
_BETWEEN = 8


class Label(NamedTuple):
    """A text below an axis, around its place; a minor one is left out where there is little room."""

    x: float
    text: str
    is_minor: bool = False


class Picture(NamedTuple):
    """What a kind of chart draws: how high it is, what is seen, and what can be clicked."""

    height: float
    parts: Sequence[Markup]
    targets: Sequence[Markup] = ()


def wide(text: str, size: int = 1) -> float:
    """Give about how wide a text is on a desk, or on a telephone (2)."""
    return len(text) * _SIGN * size + _BETWEEN


def spaced(found: Sequence[tuple[float, str]]) -> list[Label]:
    """Tell which texts, at places in order, stay on a telephone, where letters take twice the room."""
    shown: list[Label] = []
    end = 0.0
    for x, text in found:
        half = wide(text, 2) / 2
        is_minor = x - half < end or x + half > WIDTH
        shown.append(Label(x, text, is_minor))
        end = end if is_minor else x + half
    return shown


def below(labels: Sequence[Label], height: float) -> list[Markup]:
    """Write texts below the picture."""
    text = Markup('<text class="time{}" x="{:.1f}" y="{:.1f}">{}</text>')
    return [text.format(" minor" if each.is_minor else "", each.x, height - 8, each.text) for each in labels]


def line(look: str, x: tuple[float, float], y: tuple[float, float]) -> Markup:
    """Draw a line."""
    return Markup('<line class="{}" x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}"/>').format(look, *x, *y)


def legend(named: Iterable[tuple[int, str]], sample: Markup) -> Markup:
    """Say what each number stands for, with a *sample* of how it is drawn."""
    item = Markup('<li><svg viewBox="0 0 18 14" aria-hidden="true">{}</svg> {}</li>')
    items = Markup("").join(item.format(sample.format(number), text) for number, text in named)
    return Markup('<ul class="legend">{}</ul>').format(items)
