"""Charts as SVG: well-formed, within their frame, with a label that says what they show."""

from __future__ import annotations

import datetime
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from beancoop.presentation.plot import drawn
from beancoop.presentation.section import Chart, Series, bars, curve
from hypothesis import given
from hypothesis import strategies as st

SVG = "{http://www.w3.org/2000/svg}"
MONTHS = [datetime.date(2025 + number // 12, number % 12 + 1, 28) for number in range(20)]
amounts = st.decimals(-10_000_000, 10_000_000, places=2)
points = st.dictionaries(st.sampled_from(MONTHS), amounts, min_size=1).map(lambda each: sorted(each.items()))


def parsed(chart: Chart, language: str = "fr") -> ET.Element:
    text = str(drawn(chart, language))
    return ET.fromstring(f"<figure>{text}</figure>")  # noqa: S314 - our own text


@given(points, st.booleans())
def test_all_that_is_drawn_stands_within_the_frame(drawn_points: list[tuple[datetime.date, Decimal]], is_curve: bool):
    chart = (curve if is_curve else bars)("Ventes", "EUR", drawn_points)
    (plot,) = parsed(chart)
    assert plot.get("role") == "img"
    width, height = (int(each) for each in plot.get("viewBox", "").split()[2:])
    for bar in plot.iter("rect"):
        x, y, wide, high = (float(bar.get(each, "")) for each in ("x", "y", "width", "height"))
        assert 0 <= x <= x + wide <= width
        assert 0 <= y <= y + high <= height
    for line in plot.iter("line"):
        assert 0 <= float(line.get("y1", "")) <= height
    assert len(list(plot.iter("rect"))) == (0 if is_curve else len(drawn_points))
    assert len(list(plot.iter("path"))) == (1 if is_curve else 0)
    assert len([line for line in plot.iter("line") if line.get("class") == "zero"]) == 1
    assert 2 <= len(list(plot.iter("line"))) <= 9
    assert len([text for text in plot.iter("text") if "time" in text.get("class", "")]) <= 9


@given(points)
def test_a_bar_is_as_high_as_its_amount(drawn_points: list[tuple[datetime.date, Decimal]]):
    (plot,) = parsed(bars("Ventes", "EUR", drawn_points))
    tallest = max(abs(amount) for _, amount in drawn_points) or Decimal(1)
    heights = [Decimal(bar.get("height", "")) for bar in plot.iter("rect")]
    unit = max(heights) / tallest
    for (_, amount), height in zip(drawn_points, heights, strict=True):
        assert abs(abs(amount) * unit - height) <= Decimal("0.2")


@pytest.mark.parametrize(
    ("language", "label"),
    [
        ("fr", "Ventes, en EUR, du 28/01/2025 au 28/02/2025 : au moins -5,00, au plus 1\u202f234,50."),
        ("nl", "Ventes, in EUR, van 28/01/2025 tot en met 28/02/2025: minstens -5,00, hoogstens 1.234,50."),
        ("de", "Ventes, in EUR, vom 28.01.2025 bis 28.02.2025: mindestens -5,00, höchstens 1.234,50."),
        ("en", "Ventes, in EUR, from 2025-01-28 to 2025-02-28: at least -5.00, at most 1,234.50."),
    ],
)
def test_the_label_says_what_is_shown(language: str, label: str):
    (plot,) = parsed(bars("Ventes", "EUR", [(MONTHS[0], Decimal("1234.5")), (MONTHS[1], Decimal(-5))]), language)
    assert plot.get("aria-label") == label


def test_several_series_have_a_legend_and_no_text_is_markup():
    both = [Series("<b>Un</b>", [(MONTHS[0], Decimal("0.30"))]), Series("Deux", [(MONTHS[0], Decimal("0.10"))])]
    plot, legend = parsed(Chart("<i>", "EUR", both))
    assert ["".join(each.itertext()) for each in legend] == ["<b>Un</b>", "Deux"]
    assert plot.get("aria-label", "").startswith("<i>, en EUR")
    assert [text.text for text in plot.iter("text") if text.get("class") == "amount"][:2] == ["0,00", "0,10"]
