"""Foreign accounts that were emptied, and keep a value until the exchange difference is booked."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from beancoop.books.emptied import emptied_with_value
from beancoop.books.inventories import holdings
from beancoop.loading.ledger import load_ledger
from beancoop.statements.annual import balance_sheet
from beancoop_cli.main import main
from beancount.parser.printer import format_entry
from books import books_of
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

LAST = datetime.date(2025, 12, 31)
BANK, DOLLARS = "Assets:55:5500-Banque:COOP", "Assets:55:5509-BanqueUSD:COOP"
HEAD = f"""
option "operating_currency" "EUR"
option "tolerance_multiplier" "0"
plugin "beancoop"
2025-01-01 open {BANK}
2025-01-01 open {DOLLARS}
2025-01-01 open Equity:11:1109-Apports:COOP
2025-01-01 open Expenses:65:654-DifferencesChange:COOP
2025-01-01 open Income:75:754-DifferencesChange:COOP
2025-01-02 * "Apports"
  {BANK}  1000.00 EUR
  Equity:11:1109-Apports:COOP  -1000.00 EUR
"""


def change(day, dollars, price, cost):
    return f'2025-{day} * "Change"\n  {DOLLARS}  {dollars} USD @ {price} EUR\n  {BANK}  {cost} EUR\n'


BOUGHT, SOLD = change("02-02", 100, "0.90", "-90.00"), change("03-02", -100, "0.95", "95.00")


def cash(books):
    """Give what the balance sheet has as cash, less what it shows as owed to banks: a value below zero is turned."""
    sheet = balance_sheet(books, LAST)
    amounts = {line.rubric.code: line.amount for line in (*sheet.assets, *sheet.liabilities)}
    return amounts["54/58"] - amounts.get("43", 0)


def test_what_is_left_is_told_and_booked_as_a_gain():
    """The case r12: 1,005.00 is in the bank, and the balance sheet says that 5.00 of it is owed."""
    books = books_of(HEAD + BOUGHT + SOLD)
    (found,) = emptied_with_value(books, LAST)
    assert (found.account, found.unit, found.currency, found.value) == (DOLLARS, "COOP", "USD", Decimal("-5.00"))
    assert found.message.code == "BC414"
    assert (found.finding.message, found.last.date) == (found.message, datetime.date(2025, 3, 2))
    assert cash(books) == 1000
    booked = books_of(HEAD + BOUGHT + SOLD + format_entry(found.entry))
    assert not booked.ledger.errors
    assert emptied_with_value(booked, LAST) == []
    assert (cash(booked), booked.sums.held(datetime.date.max, "55")) == (1005, 1005)
    assert DOLLARS not in holdings(booked.ledger.entries)
    assert found.entry.postings[-1].account == "Income:75:754-DifferencesChange:COOP"


def test_nothing_is_told_while_currency_is_there_or_where_nothing_is_left():
    assert emptied_with_value(books_of(HEAD + BOUGHT), LAST) == []
    assert emptied_with_value(books_of(HEAD + BOUGHT + SOLD), datetime.date(2025, 3, 1)) == []
    same = change("03-02", -100, "0.90", "90.00")
    assert emptied_with_value(books_of(HEAD + BOUGHT + same), LAST) == []


def test_a_loss_goes_to_the_account_the_chart_names_where_none_is_open():
    text = HEAD.replace("2025-01-01 open Expenses:65:654-DifferencesChange:COOP\n", "")
    (found,) = emptied_with_value(books_of(text + BOUGHT + change("03-02", -100, "0.85", "85.00")), LAST)
    assert (found.value, found.entry.postings[-1].account) == (5, "Expenses:65:654-DifferencesChange:COOP")


def test_no_account_that_is_closed_by_then_is_proposed():
    closed = "2025-01-01 open Income:75:754-Ancien:COOP\n2025-02-01 close Income:75:754-Ancien:COOP\n"
    (found,) = emptied_with_value(books_of(HEAD + closed + BOUGHT + SOLD), LAST)
    assert found.entry.postings[-1].account == "Income:75:754-DifferencesChange:COOP"


MOVES = st.lists(st.tuples(st.integers(1, 5000), st.integers(50, 150)), min_size=1, max_size=4)


@settings(max_examples=15, deadline=None)  # two loads each
@given(MOVES, st.integers(1, 300))
def test_the_entry_takes_the_value_away_and_moves_no_currency(bought, cents):
    """Whatever was paid: afterwards the account holds nothing and is worth nothing, and cash is what the bank has."""
    dollars = sum(number for number, _ in bought)
    parts = [change("02-02", number, rate / 100, -number * rate / 100) for number, rate in bought]
    text = HEAD + "".join(parts) + change("03-02", -dollars, cents / 100, dollars * cents / 100)
    left = sum(number * rate for number, rate in bought) - dollars * cents
    found = emptied_with_value(books_of(text), LAST)
    assert [each.value * 100 for each in found] == ([left] if left else [])
    booked = books_of(text + "".join(format_entry(each.entry) for each in found))
    assert not booked.ledger.errors
    assert emptied_with_value(booked, LAST) == []
    assert cash(booked) == 1000 - Decimal(left) / 100


@pytest.mark.parametrize("report", ["balance-sheet", "trial-balance"])
def test_the_balances_say_that_a_value_is_left(tmp_path, report):
    ledger = tmp_path / "main.beancount"
    ledger.write_text(HEAD + BOUGHT + SOLD, encoding="utf-8")
    assert not load_ledger(ledger).errors
    asked = ["--lang", "en", "report", report, "--year", "2025", "--format", "csv", "--ledger", str(ledger)]
    told = CliRunner().invoke(main, asked)
    assert "5509-BanqueUSD:COOP holds no more USD, and -5.00 EUR is left" in told.stderr
    assert "[BC414]" not in told.stdout
    asked[3] = "journal"
    assert "USD, and" not in CliRunner().invoke(main, asked).stderr
