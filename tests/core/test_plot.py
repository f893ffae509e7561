"""Charts as SVG: well-formed, within their frame, no text over another, with a label that says what they show."""

from __future__ import annotations

import datetime
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from beancoop.model.periods import day_after
from beancoop.presentation.bars import apart
from beancoop.presentation.canvas import TARGET
from beancoop.presentation.charts import Chart, Clock, Series, Stretch, across, bars, beside, curve
from beancoop.presentation.plot import drawn
from beancoop.presentation.scale import Scale
from beancoop.words.language import LANGUAGES
from hypothesis import given, settings
from hypothesis import strategies as st

MONTHS = [datetime.date(2025 + number // 12, number % 12 + 1, 28) for number in range(40)]
NAMES = [f"A{number:03}" for number in range(30)]
cents = st.decimals(-10_000_000, 10_000_000, places=2)
huge = st.decimals(allow_nan=False, allow_infinity=False).filter(lambda each: abs(each.adjusted()) < 400)
amounts = st.one_of(cents, huge, st.just(Decimal(0)))
languages = st.sampled_from(LANGUAGES)


def points(places, values=amounts):
    return st.dictionaries(st.sampled_from(places), values, min_size=1).map(lambda each: sorted(each.items()))


def several(places):
    """Draw one to three series, piled up or not, which lead somewhere or nowhere."""
    led = points(places).map(lambda own: [(at, amount, f"/?n={n}" if n % 3 else "") for n, (at, amount) in own_(own)])
    series = st.builds(Series, st.sampled_from(["Ventes", "Coûts"]), led, st.sampled_from(["", "one"]))
    return st.lists(series, min_size=1, max_size=3)


def own_(own):
    return enumerate(own)


charts = st.one_of(
    several(MONTHS).map(lambda each: beside("Ventes", "EUR", each)),
    several(NAMES).map(lambda each: beside("Ventes", "EUR", each)),
    several(NAMES).map(lambda each: across("Ventes", "EUR", each)),
    points(MONTHS).map(lambda each: curve("Ventes", "EUR", each)),
    points([*MONTHS, datetime.date.min, datetime.date.max]).map(lambda each: curve("Ventes", "EUR", each)),
)


class Read:
    """A drawing, taken apart."""

    def __init__(self, chart: Chart | Clock, language: str = "fr") -> None:
        text = str(drawn(chart, language))
        assert text == str(drawn(chart, language))
        assert "NaN" not in text
        assert "inf" not in text.lower().replace("info", "")
        self.root = ET.fromstring(f"<figure>{text}</figure>")  # noqa: S314 - our own text
        self.plot = next(each for each in self.root.iter("svg") if each.get("class") == "plot")
        self.width, self.height = (int(each) for each in self.plot.get("viewBox", "").split()[2:])
        self.bars = [each for each in self.plot.iter("rect") if "bar" in each.get("class", "")]
        self.links = [each for each in self.root.iter("a") if each.get("href")]

    def texts(self, look: str) -> list[tuple[float, float, str]]:
        found = [each for each in self.plot.iter("text") if each.get("class", "").split()[0] == look]
        return [(float(each.get("x", "")), float(each.get("y", "")), each.text or "") for each in found]

    def majors(self) -> list[tuple[float, str]]:
        found = [each for each in self.plot.iter("text") if each.get("class") == "time"]
        return [(float(each.get("x", "")), each.text or "") for each in found]


def box(rect: ET.Element) -> tuple[float, float, float, float]:
    x, y, wide, high = (float(rect.get(each, "")) for each in ("x", "y", "width", "height"))
    return x, y, wide, high


@settings(deadline=None)
@given(charts, languages)
def test_all_that_is_drawn_stands_within_the_frame(chart: Chart, language: str) -> None:
    read = Read(chart, language)
    assert read.plot.get("role") == "img"
    for rect in read.root.iter("rect"):
        x, y, wide, high = box(rect)
        if rect in read.bars or "bar" not in rect.get("class", ""):
            assert -0.1 <= x <= x + wide <= read.width + 0.2
            assert -0.1 <= y <= y + high <= read.height + 0.2
    for line in read.plot.iter("line"):
        assert all(0 <= float(line.get(each, "")) <= read.width for each in ("x1", "x2"))
        assert all(0 <= float(line.get(each, "")) <= read.height for each in ("y1", "y2"))
    if chart.kind == "curve":
        assert len(read.bars) == 0
        assert len(list(read.plot.iter("path"))) == 1
    else:
        assert len(read.bars) == sum(len(series.points) for series in chart.series)
    zero = [line for line in read.plot.iter("line") if line.get("class") == "zero"]
    assert len(zero) == 1
    assert 2 <= len(list(read.plot.iter("line"))) <= 9


@settings(deadline=None)
@given(charts, languages)
def test_no_text_stands_over_another(chart: Chart, language: str) -> None:
    """A letter takes less than 7.5 units on a desk; on a telephone, where minor ones are gone, twice that."""
    read = Read(chart, language)
    for size, found in ((7.2, [(x, text) for x, _, text in read.texts("time")]), (14.4, read.majors())):
        boxes = sorted((x - len(text) * size / 2, x + len(text) * size / 2) for x, text in found)
        assert all(before[1] <= after[0] for before, after in pairwise(boxes))
        assert all(end <= read.width + 1 for _, end in boxes)
    for x, _, text in read.texts("amount"):
        assert len(text) * 7.5 <= x
    heights = [*{y for _, y, _ in read.texts("name")}, *(y for _, y, _ in read.texts("amount"))]
    assert all(abs(one - other) >= 13 for one, other in pairwise(sorted(heights)))


@settings(deadline=None)
@given(charts)
def test_what_leads_somewhere_can_be_reached(chart: Chart) -> None:
    """Outside of the picture, in whose inside assistive technology sees nothing; as large as it may be."""
    read = Read(chart)
    wanted = sorted(point[2] for series in chart.series for point in series.points if len(point) > 2 and point[2])
    if chart.kind == "curve":
        return
    assert sorted(each.get("href", "") for each in read.links) == wanted
    assert not list(read.plot.iter("a"))
    for link in read.links:
        (rect,) = link
        (title,) = rect
        assert link.get("aria-label") == title.text
        assert min(box(rect)[2:]) > 0
    boxes = [box(link[0]) for link in read.links]
    for number, (x, y, wide, high) in enumerate(boxes):
        for left, top, width, height in boxes[number + 1 :]:
            assert x + wide <= left + 0.3 or left + width <= x + 0.3 or y + high <= top + 0.3 or top + height <= y + 0.3
    told = [rect for rect in read.bars if list(rect)]
    assert len(told) + len(read.links) == len(read.bars)


@settings(deadline=None)
@given(st.one_of(points(MONTHS, cents), points(NAMES, cents)), st.booleans())
def test_a_bar_is_as_long_as_its_amount(given_points: list, is_across: bool) -> None:
    chart = (across if is_across else beside)("Ventes", "EUR", [Series("Ventes", given_points)])
    tallest = max(abs(amount) for _, amount in given_points) or Decimal(1)
    lengths = [Decimal(str(box(bar)[2 if is_across else 3])) for bar in Read(chart).bars]
    unit = max(lengths) / tallest
    for (_, amount), length in zip(given_points, lengths, strict=True):
        assert abs(abs(amount) * unit - length) <= Decimal("0.3")


@settings(deadline=None)
@given(st.lists(amounts))
def test_the_scale_holds_all_and_zero(found: list[Decimal]) -> None:
    scale = Scale.of(found)
    assert scale.low < scale.high
    assert all(-1e-9 <= scale.share(each) <= 1 + 1e-9 for each in [Decimal(0), *found])
    assert Decimal(0) in scale.lines
    texts = [text for _, text in scale.texts("fr")]
    assert len(set(texts)) == len(texts)


@settings(deadline=None)
@given(st.lists(st.floats(0, 500), min_size=2, max_size=6).map(sorted), st.booleans())
def test_what_is_clicked_is_moved_apart_within_its_ends(ends: list[float], is_down: bool) -> None:
    given_ends = ends[::-1] if is_down else ends
    moved = apart(given_ends, TARGET)
    assert (moved[0], moved[-1]) == pytest.approx((given_ends[0], given_ends[-1]))
    least = min(TARGET, abs(ends[-1] - ends[0]) / (len(ends) - 1))
    assert all(abs(after - before) >= least - 1e-6 for before, after in pairwise(moved))


def test_series_of_one_stack_are_piled_up() -> None:
    paid = [
        Series("Contributions", [("2025", Decimal(60))], "paid"),
        Series("Subsides", [("2025", Decimal(40))], "paid"),
    ]
    read = Read(beside("Coûts", "EUR", [*paid, Series("Coûts", [("2025", Decimal(100))])]))
    first, second, costs = map(box, read.bars)
    assert first[0] == second[0] < costs[0]
    assert second[1] + second[3] == pytest.approx(first[1], abs=0.2)
    assert first[3] + second[3] == pytest.approx(costs[3], abs=0.2)
    debt = [Series("Un", [("x", Decimal(5))], "s"), Series("Deux", [("x", Decimal(-3))], "s")]
    above, under = map(box, Read(beside("Les deux", "EUR", debt)).bars)
    assert above[1] + above[3] == pytest.approx(under[1], abs=0.2)


def test_large_amounts_are_written_in_thousands() -> None:
    read = Read(bars("Ventes", "EUR", [(MONTHS[0], Decimal(12_000_000))]))
    assert [text for _, _, text in read.texts("amount")] == ["0", "5\u202f000", "10\u202f000", "15\u202f000"]
    assert read.texts("unit")[0][2] == "EUR \N{MULTIPLICATION SIGN} 10³"
    assert Read(bars("Ventes", "EUR", [(MONTHS[0], Decimal(900))])).texts("unit")[0][2] == "EUR"


@pytest.mark.parametrize(
    ("language", "label"),
    [
        ("fr", "Ventes, en EUR, du 28/01/2025 au 28/02/2025 : au moins -5,00, au plus 1\u202f234,50."),
        ("nl", "Ventes, in EUR, van 28/01/2025 tot en met 28/02/2025: minstens -5,00, hoogstens 1.234,50."),
        ("de", "Ventes, in EUR, vom 28.01.2025 bis 28.02.2025: mindestens -5,00, höchstens 1.234,50."),
        ("en", "Ventes, in EUR, from 2025-01-28 to 2025-02-28: at least -5.00, at most 1,234.50."),
    ],
)
def test_the_label_says_what_is_shown(language: str, label: str) -> None:
    chart = bars("Ventes", "EUR", [(MONTHS[0], Decimal("1234.5")), (MONTHS[1], Decimal(-5))])
    assert Read(chart, language).plot.get("aria-label") == label


def test_the_label_names_places_that_are_no_days() -> None:
    few = Read(across("Marge", "EUR", [Series("Marge", [(name, Decimal(1)) for name in NAMES[:2]])]))
    assert few.plot.get("aria-label") == "Marge, en EUR, pour A000, A001 : au moins 1,00, au plus 1,00."
    many = Read(across("Marge", "EUR", [Series("Marge", [(name, Decimal(1)) for name in NAMES])]))
    assert "A011, … : au moins" in (many.plot.get("aria-label") or "")


def test_a_bar_says_what_it_is_and_a_long_name_is_cut() -> None:
    name = "Menuiserie et charpente"
    read = Read(across("Marge", "EUR", [Series("Marge", [(name, Decimal("12.5"), "/a?b&c")])]))
    assert read.links[0].get("aria-label") == "Menuiserie et charpente, Marge : 12,50"
    assert [text for _, _, text in read.texts("name")] == ["Menuiserie et charpente", "Menuiserie et c…"]


def test_several_series_have_a_legend_and_no_text_is_markup() -> None:
    both = [Series("<b>Un</b>", [(MONTHS[0], Decimal("0.30"))]), Series("Deux", [(MONTHS[0], Decimal("0.10"))])]
    for kind, sample in (("columns", "rect"), ("rows", "rect"), ("curve", "path")):
        read = Read(Chart("<i>", "EUR", both, kind))
        (legend,) = read.root.iter("ul")
        assert ["".join(each.itertext()).strip() for each in legend] == ["<b>Un</b>", "Deux"]
        assert len(list(legend.iter(sample))) == 2
        assert (read.plot.get("aria-label") or "").startswith("<i>, en EUR")
        if kind != "rows":
            assert [text for _, _, text in read.texts("amount")][:2] == ["0,00", "0,10"]


# -- the clock

starts = st.dates(datetime.date(2020, 1, 1), datetime.date(2030, 1, 1))
lengths = st.lists(st.tuples(st.integers(0, 700), st.sampled_from(["used", "paused", "left"])), min_size=1, max_size=8)


@settings(deadline=None)
@given(starts, lengths, st.integers(-50, 3000), st.one_of(st.none(), st.integers(0, 18)), languages)
def test_a_clock_is_drawn_without_gap(
    start: datetime.date, found: list, today: int, left: int | None, language: str
) -> None:
    stretches, begin = [], start
    for days, state in found:
        last = begin + datetime.timedelta(days=days)
        stretches.append(Stretch(begin, last, state))
        begin = day_after(last)
    read = Read(Clock("Horloge", stretches, start + datetime.timedelta(days=today), 3, 5, left), language)
    boxes = [box(bar) for bar in read.bars]
    assert len(boxes) == len(stretches)
    assert all(before[0] + before[2] == pytest.approx(after[0], abs=0.2) for before, after in pairwise(boxes))
    assert all(bar[2] >= 0 for bar in boxes)
    for size, texts in ((7.2, read.texts("time")), (14.4, [(x, 0.0, text) for x, text in read.majors()])):
        below = sorted((x, text) for x, y, text in texts if size == 14.4 or y > 50)
        wide = [(x - len(text) * size / 2, x + len(text) * size / 2) for x, text in below]
        assert size == 14.4 or all(one[1] <= other[0] for one, other in pairwise(wide))
        assert all(end <= read.width + 1 for _, end in wide)


def test_a_clock_says_how_much_is_used_paused_and_left() -> None:
    days = [datetime.date(2026, 1, 5), datetime.date(2026, 4, 1), datetime.date(2026, 5, 1), datetime.date(2026, 9, 1)]
    states = ("used", "paused", "left")
    stretches = [
        Stretch(first, after - datetime.timedelta(days=1), state)
        for first, after, state in zip(days, days[1:], states, strict=False)
    ]
    read = Read(Clock("Accompagnement", stretches, days[1], 2, 30, 4))
    assert read.plot.get("aria-label") == (
        "Accompagnement, du 05/01/2026 au 31/08/2026 : 2 mois utilisés, 30 jours de pause, 4 mois restants."
    )
    titles = [title.text for title in read.plot.iter("title")]
    assert titles[1] == "en pause : du 01/04/2026 au 30/04/2026"
    still = Read(Clock("Accompagnement", stretches[:1], days[1], 1, 0, None))
    assert "1 mois utilisé, l’horloge est arrêtée." in (still.plot.get("aria-label") or "")  # noqa: RUF001
