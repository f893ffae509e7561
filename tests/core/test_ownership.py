"""Whose an entry is: everyone's whose account it names, for figures; the first's, for seals and files."""

from __future__ import annotations

import datetime
from decimal import Decimal

from beancoop.model.months import Month
from beancoop.model.ownership import sealed_in, units_of
from beancoop.model.periods import Span
from beancoop.statements.activities import Activities
from beancoop.statements.activity import activity_statement
from beancoop.statements.contributions import levy_of
from beancoop.statements.customers import customers
from beancoop.statements.journal import centralisation, general_ledger, journal
from beancoop.statements.trial_balance import trial_balance
from books import books_of

SPAN = Span.of_month(Month(2026, 2))
DAYS = SPAN.first, SPAN.after
MIXED = """
option "operating_currency" "EUR"
option "tolerance_multiplier" "0"
plugin "beancoop"
2026-01-05 custom "activity" "A001"
2026-01-05 custom "activity" "A002"
2026-01-05 open Assets:55:5500-Banque:COOP
2026-01-05 open Assets:55:5500-Banque:A001
2026-01-05 open Income:70:700-VentesPrestations:A001
2026-01-05 open Income:70:700-VentesPrestations:A002
2026-02-10 * "Client" "Encaissé par la structure"
  Assets:55:5500-Banque:COOP            130.00 EUR
  Income:70:700-VentesPrestations:A001 -100.00 EUR
  Income:70:700-VentesPrestations:A002  -30.00 EUR
"""


def test_an_entry_of_several_units_is_in_the_books_of_each_and_sealed_once():
    books = books_of(MIXED)
    (entry,) = (each for each in books.of(None) if each.payee == "Client")
    assert units_of(entry) == {"COOP", "A001", "A002"}
    assert sealed_in(entry) == "COOP"
    for unit in ("COOP", "A001", "A002"):
        assert [each for each in books.of(unit) if each.payee == "Client"] == [entry]


def test_pages_and_reports_count_each_unit_s_own_part_of_it():
    books = books_of(MIXED)
    rows = {row.unit: row.margin for row in Activities(books).rows(SPAN.period)}
    for unit, sold in (("A001", Decimal(100)), ("A002", Decimal(30))):
        assert rows[unit] == sold
        assert [(each.name, each.sales) for each in customers(books, unit, *DAYS).customers] == [("Client", sold)]
        assert [line.base for month in books.explained(unit) for line in month.lines] == [sold]
        assert [line.base for line in activity_statement(books, unit, SPAN).margin] == [sold]
        assert levy_of(books, unit, Month(2026, 2)).margin == sold
        assert [line.credit for line in trial_balance(books, SPAN, unit).lines if line.number == "700"] == [sold]
        assert [line.credit for line in centralisation(books, SPAN, unit) if line.number == "700"] == [sold]
        assert [each.closing for each in general_ledger(books, SPAN, unit) if each.number == "700"] == [-sold]
        listed = [each for each in journal(books, SPAN, unit) if each.transaction.payee == "Client"]
        assert [(each.units, [line.amount for line in each.lines]) for each in listed] == [("A001 A002 COOP", [-sold])]


def test_an_entry_that_names_no_unit_is_the_structure_s():
    books = books_of('2026-01-01 open Assets:Cash\n2026-01-02 * "x"\n  Assets:Cash  1 EUR\n  Assets:Cash  -1 EUR\n')
    (entry,) = books.of("COOP")
    assert (units_of(entry), sealed_in(entry)) == ({"COOP"}, "COOP")
    assert books.last_day == datetime.date(2026, 1, 2)
