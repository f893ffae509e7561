"""The statement of an activity: its figures are those of the books, and nothing later changes it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from beancoop.books.books import Books
from beancoop.loading.ledger import Ledger, load_ledger
from beancoop.model.money import to_cent
from beancoop.model.months import Month, months_between
from beancoop.model.periods import Span
from beancoop.statements.activity import activity_statement
from books import EXAMPLE, asked, books_of, example

ZERO = Decimal(0)
MONTHS = months_between(Month(2025, 1), Month(2026, 8))
UNITS = [f"A{number:03}" for number in range(1, 9)]
OPTIONS = 'option "operating_currency" "EUR"\noption "tolerance_multiplier" "0"\nplugin "beancoop"\n'


@pytest.mark.parametrize("unit", UNITS)
def test_each_month_of_each_activity_is_that_of_the_books(unit):
    books, closing = example(), {}
    for month in MONTHS[2::4]:
        span = Span.of_month(month)
        found = activity_statement(books, unit, span)
        until = f"date <= {month.last_day}"
        held = asked(books, until, "5", unit=unit)
        assert sum(line.closing for line in found.treasury) == held == found.available[0].amount
        assert sum(line.opening for line in found.treasury) == asked(books, f"date < {month.first_day}", "5", unit=unit)
        assert sum(line.amount for line in found.cash) == sum(line.debit - line.credit for line in found.treasury)
        assert not found.cash or found.cash[-1].balance == held
        own = f"{until} AND date >= {month.first_day}"
        margin = -asked(books, own, "60", "70", "951", unit=unit)
        assert sum(line.base for line in found.margin) == margin == found.levy.margin
        assert sum(amount for _, amount in found.bases) == found.levy.cumulative
        assert found.levy.due == max(ZERO, to_cent(sum((rate * amount for rate, amount in found.bases), ZERO)))
        assert found.levy.levy == asked(books, own, "950", unit=unit)
        assert sum(line.closing for line in found.vat) == asked(books, until, "411", "451", unit=unit)
        assert sum(item.amount for item in found.customers) == asked(books, until, "40", unit=unit)
        assert sum(item.amount for item in found.suppliers) == asked(books, until, "44", unit=unit)
        mine = (("411", "451"), ("46",), ("44",), ("453", "454", "455"), ("960",))
        owed = [max(ZERO, -asked(books, until, *own, unit=unit)) for own in mine]
        assert sum(step.amount for step in found.available) == held - sum(owed)
        closing[month] = held
    assert any(closing.values())


@pytest.mark.parametrize("unit", UNITS)
def test_what_comes_later_changes_no_statement(unit):
    books = example()
    for month in MONTHS[1::5]:
        span = Span.of_month(month)
        past = [entry for entry in books.ledger.entries if entry.date <= month.last_day]
        if unit not in (then := Books(Ledger(books.ledger.path, past, [], books.ledger.options))).register.activities:
            continue
        earlier, later = (activity_statement(each, unit, span)._asdict() for each in (then, books))
        for name in ("activity", "terms"):  # hold directives of later days too, of which nothing is said
            earlier.pop(name), later.pop(name)
        assert earlier == later


BOOKS = """
2026-01-01 custom "activity" "A001"
  rate: 0.10
2026-03-01 custom "activity-terms" "A001"
  rate: 0.08
2026-01-01 open Assets:40:400-Clients:A001
2026-01-01 open Income:70:700-Ventes:A001
2026-01-01 open Income:70:708-Rabais:A001
2026-01-01 open Assets:55:5500-Banque:A001
2026-02-10 * "Client" "Facture" ^F1
  Assets:40:400-Clients:A001   1000.00 EUR
  Income:70:700-Ventes:A001   -1000.00 EUR
2026-03-10 * "Client" "Note de crédit" ^F1
  Assets:40:400-Clients:A001   -100.00 EUR
  Income:70:708-Rabais:A001     100.00 EUR
2026-03-12 * "Client" "Facture" ^F2
  Assets:40:400-Clients:A001    200.00 EUR
  Income:70:700-Ventes:A001    -200.00 EUR
2026-02-03 custom "follow-up" "A001" "commercial" 1.5
2026-03-03 custom "follow-up" "A001" "commercial" 0.5
2026-03-04 custom "follow-up" "A001" "projet" 2
2026-04-04 custom "follow-up" "A001" "projet" 8
2026-03-20 custom "meeting" "monthly"
  attended: "A001"
2026-03-21 custom "meeting" "monthly"
"""


@pytest.mark.parametrize(
    ("month", "wanted"),
    [
        (Month(2025, 3), [("2025-Q1", "475.13", "0", None)]),
        (Month(2025, 4), [("2025-Q1", "475.13", "475.13", "2025-04-18"), ("2025-Q2", "20.59", "0", None)]),
        (Month(2026, 1), [("2025-Q4", "1264.92", "1264.92", "2026-01-20"), ("2026-Q1", "322.98", "0", None)]),
    ],
)
def test_her_part_of_the_returns_is_told_with_what_was_passed_on(month, wanted):
    found = activity_statement(example(), "A001", Span.of_month(month)).returns
    told = [(str(each.period), each.due - each.deductible, each.passed, each.filed) for each in found]
    assert [(period, f"{owed}", f"{passed}", day and str(day)) for period, owed, passed, day in told] == wanted


def test_alone_her_books_say_the_same_of_her_returns():
    span = Span.of_year(2025)
    alone = Books(load_ledger(EXAMPLE.parent / "activities/A002/ledger.beancount"))
    told = activity_statement(alone, "A002", span).returns
    assert told == activity_statement(example(), "A002", span).returns
    assert [each.filed is not None for each in told] == [True, True, True, False]


def test_a_credit_note_bears_the_rate_of_its_invoice_and_the_statement_says_so():
    found = activity_statement(books_of(OPTIONS + BOOKS), "A001", Span.of_month(Month(2026, 3)))
    assert [(line.base, line.rate) for line in found.margin] == [
        (Decimal("-100.00"), Decimal("0.10")),
        (Decimal("200.00"), Decimal("0.08")),
    ]
    assert found.bases == [(Decimal("0.08"), Decimal(200)), (Decimal("0.10"), Decimal(900))]
    assert (found.levy.due, found.levy.levied, found.levy.levy) == (106, 100, 6)


def test_hours_meetings_and_months_are_told():
    found = activity_statement(books_of(OPTIONS + BOOKS), "A001", Span.of_month(Month(2026, 3)))
    assert [tuple(map(str, each)) for each in found.hours] == [("commercial", "0.5", "2.0"), ("projet", "2", "2")]
    assert (found.meetings, found.state, str(found.last_day), found.months_left) == (1, "active", "2027-06-30", 15)


def test_a_month_without_margin_still_has_its_contribution_told():
    found = activity_statement(books_of(OPTIONS + BOOKS), "A001", Span.of_month(Month(2026, 7)))
    assert (found.levy.margin, found.levy.cumulative, found.levy.levied, found.levy.levy) == (0, 1100, 106, 0)
    before = activity_statement(books_of(OPTIONS + BOOKS), "A001", Span.of_month(Month(2025, 7)))
    assert (before.levy.due, before.state, before.cash) == (0, "future", [])
