"""The inventory book: every account with what it is made of, adding up to the balance sheet."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from beancoop.model.periods import Span
from beancoop.statements.annual import balance_sheet
from beancoop.year.inventory_book import BROUGHT_FORWARD, OF_NO_ASSET, inventory_book
from books import asked, books_of, example
from hypothesis import given, settings
from hypothesis import strategies as st

LEDGER = """
option "operating_currency" "EUR"
option "tolerance_multiplier" "0"
plugin "beancoop"
2025-01-01 custom "activity" "A001"
2025-01-01 open Assets:55:5500-Banque
  iban: "BE68 5390 0754 7034"
2025-01-01 open Assets:55:5500-Banque:COOP
2025-01-01 open Assets:55:5500-Banque:A001
2025-01-01 open Equity:11:1109-Apports:COOP
2025-01-01 open Assets:23:230-Machines:COOP
2025-01-01 open Assets:23:2309-Amortissements:COOP
2025-01-01 open Assets:34:340-Stock:A001
2025-01-01 open Assets:40:400-Clients:A001
2025-01-01 open Liabilities:44:440-Fournisseurs:A001
2025-01-01 open Income:70:700-Ventes:A001
2025-01-01 open Expenses:60:604-Marchandises:A001
2025-01-01 open Expenses:60:609-Variation:A001
2025-01-01 open Expenses:63:630-Amortissements:COOP
2025-01-01 open Assets:00:000-Garanties:COOP
2025-01-01 open Equity:01:010-Garants:COOP
2025-02-01 * "Apports"
  Assets:55:5500-Banque:COOP    5000.00 EUR
  Equity:11:1109-Apports:COOP  -5000.00 EUR
2026-03-01 * "Renard" "Scie"
  Assets:23:230-Machines:COOP   1200.00 EUR
    asset: "COOP-01"
    life: 5
  Assets:55:5500-Banque:COOP   -1200.00 EUR
2026-03-02 * "Renard" "Lame"
  Assets:23:230-Machines:COOP     50.00 EUR
  Assets:55:5500-Banque:COOP     -50.00 EUR
2026-05-01 * "Souscription"
  Assets:55:5500-Banque:COOP     250.00 EUR
  Equity:11:1109-Apports:COOP   -250.00 EUR
2026-06-01 * "Client SA" "Vente" ^F1
  due: 2026-07-01
  Assets:40:400-Clients:A001     900.00 EUR
  Income:70:700-Ventes:A001     -900.00 EUR
2026-07-01 * "Client SA" "Acompte" ^F1
  Assets:55:5500-Banque:A001     300.00 EUR
  Assets:40:400-Clients:A001    -300.00 EUR
2026-08-01 * "Grossiste" "Achat" ^G7
  Expenses:60:604-Marchandises:A001      80.00 EUR
  Liabilities:44:440-Fournisseurs:A001  -80.00 EUR
2026-12-31 * "Inventaire" #inventory
  Assets:34:340-Stock:A001        30.00 EUR
  Expenses:60:609-Variation:A001  -30.00 EUR
2026-12-31 * "Amortissements" #inventory
  Expenses:63:630-Amortissements:COOP      200.00 EUR
  Assets:23:2309-Amortissements:COOP      -200.00 EUR
    asset: "COOP-01"
2026-12-31 * "Garantie"
  Assets:00:000-Garanties:COOP   10.00 EUR
  Equity:01:010-Garants:COOP    -10.00 EUR
2027-01-01 balance Assets:55:5500-Banque  4300.00 EUR
2027-01-02 balance Assets:55:5500-Banque  4300.00 EUR
"""
YEAR = Span.of_year(2026)


@pytest.fixture(scope="module")
def book():
    books = books_of(LEDGER)
    assert books.ledger.findings == []
    return inventory_book(books, YEAR)


def told(accounts):
    """Give each account with what it is made of, short."""
    return {
        each.number: (str(each.amount), [(d.unit, d.key or d.text, d.piece, str(d.amount)) for d in each.details])
        for each in accounts
    }


def test_every_account_stands_with_its_detail_in_the_order_of_the_chart(book):
    assert told(book.assets) == {
        "230": ("1250.00", [("COOP", "Renard, Scie", "COOP-01", "1200.00"), ("COOP", OF_NO_ASSET, "", "50.00")]),
        "2309": ("-200.00", [("COOP", "Renard, Scie", "COOP-01", "-200.00")]),
        "340": ("30.00", [("A001", "", "", "30.00")]),
        "400": ("600.00", [("A001", "Client SA", "F1", "600.00")]),
        "5500": ("4300.00", [("A001", "", "", "300.00"), ("COOP", "", "", "4000.00")]),
    }
    assert [each.number for each in book.assets] == sorted(each.number for each in book.assets)
    (invoice,) = book.assets[3].details
    assert (invoice.date, invoice.due) == (datetime.date(2026, 6, 1), datetime.date(2026, 7, 1))


def test_equity_is_told_by_what_moved_it_and_debts_by_invoice(book):
    assert told(book.liabilities) == {
        "1109": ("5250.00", [("COOP", BROUGHT_FORWARD, "", "5000.00"), ("COOP", "Souscription", "", "250.00")]),
        "440": ("80.00", [("A001", "Grossiste", "G7", "80.00")]),
    }
    # 900 - 80 + 30 - 200
    assert (book.result, book.pending) == (Decimal("650.00"), 0)
    assert book.total_assets == book.total_liabilities == book.sheet == Decimal("5980.00")


def test_income_commitments_and_banks_stand_apart(book):
    assert {number: amount for number, (amount, _) in told(book.income).items()} == {
        "604": "-80.00",
        "609": "30.00",
        "630": "-200.00",
        "700": "900.00",
    }
    assert sum(each.amount for each in book.income) == book.result
    assert {number: amount for number, (amount, _) in told(book.commitments).items()} == {
        "000": "10.00",
        "010": "-10.00",
    }
    (bank,) = book.banks
    assert (bank.iban, str(bank.asserted), str(bank.on), bank.difference) == (
        "BE68 5390 0754 7034",
        "4300.00",
        "2027-01-01",
        0,
    )


def test_an_older_year_never_appropriated_is_told():
    book = inventory_book(books_of(LEDGER), Span.of_year(2027))
    assert (book.result, book.pending) == (0, Decimal("650.00"))
    assert book.total_assets == book.total_liabilities


@settings(deadline=None, max_examples=30)
@given(st.dates(datetime.date(2025, 1, 1), datetime.date(2026, 12, 31)))
def test_on_any_day_both_sides_are_those_of_the_balance_sheet(day):
    span = Span(datetime.date(day.year, 1, 1), day)
    book = inventory_book(example(), span)
    assert book.total_assets == book.total_liabilities
    assert book.sheet == balance_sheet(example(), day).total_assets.amount
    for listed in (*book.assets, *book.liabilities, *book.income):
        assert sum(each.amount for each in listed.details) == listed.amount, listed.number
    assert book.total_assets == asked(example(), f"date <= {day}", "[2345]", unit=None) - sum(
        (asked(example(), f"date <= {day}", number) for number in ("4[2-8]", "49[23]")), Decimal(0)
    )
