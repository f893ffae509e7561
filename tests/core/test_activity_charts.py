"""The charts of one activity: they show the figures of its statements, and lead to their entries."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from beancoop.model.months import Month
from beancoop.model.periods import Period, year_to
from beancoop.presentation.charts import Point
from beancoop.presentation.plot import drawn
from beancoop.presentation.texts import Words
from beancoop.statements.activity_charts import available_chart, clock_chart, debtors_chart, months_chart
from beancoop.statements.available import available
from beancoop.statements.customers import ages, owed
from beancoop.statements.entries import made_of
from beancoop.words.language import LANGUAGES
from beancount import loader
from books import loaded

if TYPE_CHECKING:
    from beancoop.books.books import Books
    from beancoop.statements.meaning import Meaning

UNIT = "A001"
LEDGER = """\
option "operating_currency" "EUR"
plugin "beancoop"
2026-01-05 custom "activity" "A001"
2026-01-05 open Assets:55:5500-Banque:A001
2026-01-05 open Assets:40:400-Clients:A001
2026-01-05 open Income:70:700-VentesPrestations:A001
2026-01-05 open Expenses:61:610-Loyer:A001
2026-01-20 * "Dupont" "Facture 1"
  Assets:40:400-Clients:A001              1000.00 EUR
  Income:70:700-VentesPrestations:A001
2026-02-10 * "Dupont" "Paiement"
  Assets:55:5500-Banque:A001               600.00 EUR
  Assets:40:400-Clients:A001
2026-02-15 * "Bailleur" "Loyer"
  Expenses:61:610-Loyer:A001               200.00 EUR
  Assets:55:5500-Banque:A001
2026-03-01 custom "activity-pause" "A001"
2026-03-31 custom "activity-resume" "A001"
"""
ALWAYS = Period(datetime.date.min, datetime.date.max, datetime.date(2026, 4, 30))


@pytest.fixture(scope="module")
def books() -> Books:
    entries, errors, options = loader.load_string(LEDGER)
    assert not errors
    return loaded(entries, options)


def test_twelve_months_show_sales_costs_and_result_and_lead_to_them(books: Books) -> None:
    meant: dict[str, Meaning] = {}

    def led(meaning: Meaning) -> str:
        meant[str(len(meant))] = meaning
        return str(len(meant) - 1)

    chart = months_chart(Words("fr"), books, UNIT, year_to(Month(2026, 2)), led)
    assert chart is not None
    assert [series.name for series in chart.series] == ["Ventes (70)", "Coûts, moins les autres produits", "Résultat"]
    shown = {series.name: [str(point[1]) for point in series.points[-2:]] for series in chart.series}
    assert list(shown.values()) == [["1000.00", "0.00"], ["-100.00", "-200.00"], ["900.00", "-200.00"]]
    for series in chart.series:
        for point in map(Point.of, series.points):
            assert made_of(books, meant[point.href]).total == point.amount
    assert months_chart(Words("fr"), books, UNIT, year_to(Month(2025, 2)), led) is None


def test_what_may_be_spent_is_told_day_by_day(books: Books) -> None:
    chart = available_chart(Words("nl"), books, UNIT, ALWAYS)
    assert chart is not None
    assert chart.label == "Vrij te besteden, dag na dag"
    days = {point.at: point.amount for point in map(Point.of, chart.series[0].points)}
    assert days[datetime.date(2026, 2, 10)] == Decimal("500.00")  # the bank, less the contribution of January
    assert days[datetime.date(2026, 2, 15)] == Decimal("300.00")
    assert list(days.values())[-1] == available(books.sums, UNIT, datetime.date.max)
    before = ALWAYS._replace(end=datetime.date(2026, 1, 1))
    assert available_chart(Words("nl"), books, UNIT, before) is None


def test_what_customers_owe_is_drawn_by_age(books: Books) -> None:
    items = owed(books.items.at(datetime.date.max, UNIT))
    found = ages(items, datetime.date(2026, 4, 30))
    points = [(f"plus de {each.over}", each.amount, f"/{each.over}") for each in found]
    chart = debtors_chart(Words("fr"), "EUR", points)
    assert chart is not None
    assert (chart.kind, [point[1] for point in chart.series[0].points][-1]) == ("rows", Decimal("400.00"))
    assert debtors_chart(Words("fr"), "EUR", [("x", Decimal(0), "")]) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_clock_tells_months_used_pauses_and_months_left(books: Books, language: str) -> None:
    clock = clock_chart(Words(language), books.activities[UNIT], datetime.date(2026, 4, 30))
    assert (clock.months_used, clock.days_paused, clock.months_left) == (2, 30, 15)
    assert [each.state for each in clock.stretches] == ["used", "paused", "used", "left"]
    root = ET.fromstring(f"<figure>{drawn(clock, language)}</figure>")  # noqa: S314 - our own text
    assert len([rect for rect in root[0] if rect.tag == "rect"]) == 4
    early = clock_chart(Words(language), books.activities[UNIT], datetime.date(2025, 12, 1))
    assert (early.months_used, early.days_paused, early.months_left) == (0, 0, 18)
