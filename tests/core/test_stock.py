"""Which units have not said what they had in stock on the last day of a year."""

from __future__ import annotations

from decimal import Decimal

import pytest
from beancoop.year.stock import undeclared_stock
from books import books_of

HEAD = """
option "operating_currency" "EUR"
option "tolerance_multiplier" "0"
plugin "beancoop"
2026-01-01 custom "activity" "A001"
2026-01-01 custom "activity" "A002"
"""
ACCOUNTS = (
    *(
        "Assets:34:340-Stock",
        "Assets:37:370-Commandes",
        "Expenses:60:604-Marchandises",
        "Expenses:60:603-SousTraitance",
    ),
    *("Expenses:60:609-Variation", "Income:71:717-Variation", "Liabilities:44:440-Fournisseurs"),
)
OPENS = "".join(f"2026-01-01 open {account}:{unit}\n" for account in ACCOUNTS for unit in ("A001", "A002"))


def move(day, debit, credit, amount, unit="A001", tag=""):
    return f'{day} * "Écriture" {tag}\n  {debit}:{unit}  {amount} EUR\n  {credit}:{unit}  -{amount} EUR\n'


BUY = move("2026-05-04", "Expenses:60:604-Marchandises", "Liabilities:44:440-Fournisseurs", "300.00")
COUNT = ("Assets:34:340-Stock", "Expenses:60:609-Variation")


def found(*entries, year=2026, head=HEAD):
    books = books_of(head + OPENS + "".join(entries))
    assert books.ledger.findings == []
    return [(each.unit, str(each.held), str(each.bought)) for each in undeclared_stock(books, year)]


def test_who_bought_goods_has_to_declare():
    assert found(BUY) == [("A001", "0.00", "300.00")]


def test_what_cannot_lie_in_stock_asks_for_nothing():
    assert found(move("2026-05-04", "Expenses:60:603-SousTraitance", "Liabilities:44:440-Fournisseurs", "300.00")) == []


@pytest.mark.parametrize("amount", ["120.00", "0.00"])
def test_an_inventory_entry_declares_it_none_included(amount):
    entry = move("2026-12-31", *COUNT, amount, tag="#inventory")
    if amount == "0.00":
        entry = entry.replace("-0.00", "0.00")
    assert found(BUY, entry) == []


def test_work_in_progress_against_71_declares_too():
    assert (
        found(BUY, move("2026-12-31", "Assets:37:370-Commandes", "Income:71:717-Variation", "50.00", tag="#inventory"))
        == []
    )


def test_an_entry_without_the_tag_or_of_another_unit_declares_nothing():
    assert found(BUY, move("2026-12-31", *COUNT, "120.00")) == [("A001", "120.00", "300.00")]
    other = move("2026-12-31", *COUNT, "120.00", unit="A002", tag="#inventory")
    assert found(BUY, other) == [("A001", "0.00", "300.00")]


def test_what_is_held_is_declared_each_year_again():
    counted = move("2026-12-31", *COUNT, "120.00", tag="#inventory")
    assert found(BUY, counted, year=2027) == [("A001", "120.00", "0.00")]


def test_stock_that_came_and_went_is_to_be_declared():
    entries = (move("2026-02-01", *COUNT, "50.00"), move("2026-03-01", COUNT[1], COUNT[0], "50.00"))
    assert found(*entries) == [("A001", "0.00", "0.00")]


def test_the_year_is_the_cooperatives_own():
    head = HEAD + '2026-01-01 custom "cooperative" "Les Sources SC"\n  year-start: "07-01"\n'
    assert found(BUY, head=head) == [("A001", "0.00", "300.00")]  # the year 2026 ends in June
    assert found(BUY, head=head, year=2027) == []
    assert Decimal(found(BUY, move("2026-07-01", *COUNT, "1.00"), head=head)[0][1]) == 0
