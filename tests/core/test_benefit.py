"""The certificate of the sums paid to a candidate."""

from __future__ import annotations

import datetime

import pytest
from beancoop.model.periods import Span
from beancoop.statements.benefit import certificate
from books import asked, books_of, example

OPTIONS = 'option "operating_currency" "EUR"\noption "tolerance_multiplier" "0"\nplugin "beancoop"\n'
OPENS = "".join(
    f"2026-01-01 open {account}:A001\n"
    for account in (
        "Assets:55:5500-Banque",
        "Expenses:61:619-Indemnites",
        "Expenses:61:615-Deplacements",
        "Liabilities:45:453-Precomptes",
        "Liabilities:48:489-Dettes",
        "Liabilities:49:492-ChargesAImputer",
    )
)
YEAR = Span.of_year(2026)


def paid(text):
    """Give the sums of a ledger: (day, granted, paid), paid and only booked."""
    books = books_of(f'{OPTIONS}2026-01-01 custom "activity" "A001"\n  overdraft: 9999 EUR\n{OPENS}{text}')
    assert not books.ledger.errors, books.ledger.errors
    found = certificate(books, "A001", YEAR)
    return [[(each.transaction.date.day, int(each.granted), int(each.paid)) for each in own] for own in found]


def test_a_sum_is_paid_when_it_leaves_the_treasury():
    text = """
2026-01-05 * "Indemnité"
  Expenses:61:619-Indemnites:A001   500.00 EUR
  Assets:55:5500-Banque:A001       -500.00 EUR
2026-01-06 * "Charge imputée"
  Expenses:61:619-Indemnites:A001   70.00 EUR
  Liabilities:49:492-ChargesAImputer:A001  -70.00 EUR
"""
    assert paid(text) == [[(5, 500, 500)], [(6, 70, 0)]]


def test_what_is_withheld_is_not_paid_and_other_costs_are_not_hers():
    text = """
2026-01-05 * "Indemnité, précompte retenu"
  Expenses:61:619-Indemnites:A001   500.00 EUR
  Liabilities:45:453-Precomptes:A001 -100.00 EUR
  Assets:55:5500-Banque:A001       -400.00 EUR
2026-01-06 * "Indemnité et trajet"
  Expenses:61:619-Indemnites:A001   50.00 EUR
  Expenses:61:615-Deplacements:A001 20.00 EUR
  Assets:55:5500-Banque:A001       -70.00 EUR
2026-01-07 * "Trajet"
  Expenses:61:615-Deplacements:A001 20.00 EUR
  Assets:55:5500-Banque:A001       -20.00 EUR
"""
    assert paid(text) == [[(5, 500, 400), (6, 50, 50)], []]


def test_a_debt_is_paid_later_under_its_link():
    text = """
2026-01-05 * "Indemnité décidée" ^I1
  Expenses:61:619-Indemnites:A001   500.00 EUR
  Liabilities:48:489-Dettes:A001   -500.00 EUR
2026-01-20 * "Indemnité payée" ^I1
  Liabilities:48:489-Dettes:A001    500.00 EUR
  Assets:55:5500-Banque:A001       -500.00 EUR
2026-01-21 * "Autre dette payée" ^I2
  Liabilities:48:489-Dettes:A001    500.00 EUR
  Assets:55:5500-Banque:A001       -500.00 EUR
"""
    assert paid(text) == [[(20, 0, 500)], [(5, 500, 0)]]


def test_a_sum_given_back_is_told_with_its_sign():
    text = """
2026-01-05 * "Indemnité"
  Expenses:61:619-Indemnites:A001   500.00 EUR
  Assets:55:5500-Banque:A001       -500.00 EUR
2026-01-06 * "Trop versé, rendu"
  Expenses:61:619-Indemnites:A001  -200.00 EUR
  Assets:55:5500-Banque:A001        200.00 EUR
"""
    assert paid(text) == [[(5, 500, 500), (6, -200, -200)], []]


@pytest.mark.parametrize("unit", ["A001", "A003", "A005", "A008"])
@pytest.mark.parametrize("year", [2025, 2026])
def test_the_sums_of_the_example_are_what_its_account_says(unit, year):
    span = Span.of_year(year)
    found = certificate(example(), unit, span)
    days = f"date >= {span.first} AND date <= {span.last}"
    assert sum(each.granted for each in (*found.paid, *found.booked)) == asked(example(), days, "619", unit=unit)
    assert all(each.granted == each.paid for each in found.paid)
    accrued = {datetime.date(2025, 12, 31), datetime.date(2026, 1, 2)}
    assert {each.transaction.date for each in found.booked} <= accrued
