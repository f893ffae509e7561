"""Journal, general ledger and central journal: the same entries, three ways."""

from __future__ import annotations

import datetime
from collections import Counter
from decimal import Decimal

import pytest
import strategies
from beancoop.model.months import Month
from beancoop.model.periods import Span
from beancoop.statements.journal import centralisation, general_ledger, journal
from beancoop.statements.trial_balance import trial_balance
from books import asked, books_of, example
from hypothesis import given, settings
from hypothesis import strategies as st

ZERO = Decimal(0)
SPANS = [Span.of_year(2025), Span.of_year(2026), Span.of_month(Month(2026, 3)), Span.of_quarter(2025, 4)]

TWO = """
2025-12-30 * "Ancien" "payé"
  Assets:55:5500-Banque:A001      10.00 EUR
  Income:70:700-Ventes:A001      -10.00 EUR
2026-01-10 * "B" "second" ^F2 ^F1
  Assets:40:400-Clients:A001      20.00 EUR
  Income:70:700-Ventes:A001      -20.00 EUR
2026-01-10 * "A" "first"
  piece: "BNQ-2026-0001"
  Assets:55:5500-Banque:A001      20.00 EUR
  Assets:40:400-Clients:A001     -20.00 EUR
"""
OPTIONS = 'option "operating_currency" "EUR"\noption "tolerance_multiplier" "0"\nplugin "beancoop"\n'
OPENS = """
2025-01-01 custom "activity" "A001"
2025-01-01 open Assets:55:5500-Banque:A001
2025-01-01 open Assets:40:400-Clients:A001
2025-01-01 open Income:70:700-Ventes:A001
"""


def check_agreement(books, span, unit=None):
    """Compare what the three books and the trial balance say of every account."""
    entries = list(journal(books, span, unit))
    accounts = list(general_ledger(books, span, unit))
    months = list(centralisation(books, span, unit))
    balance = {line.number: line for line in trial_balance(books, span, unit).lines}
    posted = [(line.account.number, line.amount) for entry in entries for line in entry.lines]
    for number, line in balance.items():
        amounts = [amount for owner, amount in posted if owner == number]
        (account,) = [each for each in accounts if each.number == number]
        assert [movement.amount for movement in account.movements] == amounts
        assert (account.opening, account.closing) == (line.opening, line.closing)
        debits, credits_ = sum(a for a in amounts if a > 0), -sum(a for a in amounts if a < 0)
        own = [each for each in months if each.number == number]
        assert (line.debit, line.credit) == (debits, credits_)
        assert (sum(each.debit for each in own), sum(each.credit for each in own)) == (debits, credits_)
    assert {account.number for account in accounts} == set(balance)
    assert all(sum(line.amount for line in entry.lines) == ZERO for entry in entries)
    for month in span.months:
        own = [each for each in months if each.month == month]
        assert sum(each.debit for each in own) == sum(each.credit for each in own)
    return entries


@pytest.mark.parametrize("unit", [None, "A001", "COOP"])
@pytest.mark.parametrize("span", SPANS, ids=str)
def test_the_three_books_of_the_example_agree(span, unit):
    entries = check_agreement(example(), span, unit)
    assert [entry.transaction.date for entry in entries] == sorted(entry.transaction.date for entry in entries)
    assert len(entries) > 5
    numbers = [entry.number for entry in entries]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert numbers[0] == 1 or span.first.month > 1


@settings(max_examples=15, deadline=None)  # a load each
@given(strategies.books(), st.sampled_from([Month(2024, month) for month in range(1, 9)]))
def test_the_three_books_of_random_ledgers_agree(drawn, month):
    books = books_of(drawn.text("beancoop"))
    check_agreement(books, Span(datetime.date(2024, 1, 1), month.last_day))
    check_agreement(books, Span.of_month(month))


@pytest.mark.parametrize("span", SPANS, ids=str)
def test_the_central_journal_is_that_of_the_books(span):
    for month in span.months[::5]:
        days = f"date >= {month.first_day} AND date <= {month.last_day}"
        own = [each for each in centralisation(example(), span) if each.month == month]
        for each in own:
            assert each.debit == asked(example(), f"number > 0 AND {days}", f"{each.number}-")
            assert each.credit == -asked(example(), f"number < 0 AND {days}", f"{each.number}-")


def test_an_entry_has_one_number_whatever_the_period():
    whole = {id(entry.transaction): entry.number for entry in journal(example(), Span.of_year(2026))}
    march = {id(entry.transaction): entry.number for entry in journal(example(), Span.of_month(Month(2026, 3)))}
    assert march.items() <= whole.items()


def test_numbers_begin_anew_each_year():
    both = journal(example(), Span(datetime.date(2025, 12, 1), datetime.date(2026, 1, 31)))
    firsts = [entry for entry in both if entry.number == 1]
    assert [entry.transaction.date.year for entry in firsts] == [2026]


def test_pieces_links_and_order_depend_on_the_text_alone():
    one, *others = TWO.strip().split("\n2026")
    turned = one + "\n2026" + "\n2026".join(reversed(others)) + "\n"
    said = []
    for text in (TWO, turned):
        entries = list(journal(books_of(OPTIONS + OPENS + text), Span.of_year(2026)))
        said.append([(entry.number, entry.piece, entry.text, entry.is_provisional) for entry in entries])
    assert said[0] == said[1]
    assert said[0] == [
        (1, "BNQ-2026-0001", "A, first", False),
        (2, "F1 F2", "B, second", False),
        (3, "contribution-2026-01", "Contribution A001 2026-01", True),
    ]


def test_a_transaction_with_equal_twins_is_there_as_often_as_it_was_written():
    books = books_of(OPTIONS + OPENS + TWO.replace("2025-12-30", "2026-01-10") * 2)
    texts = Counter(entry.text for entry in journal(books, Span.of_year(2026)))
    assert texts["B, second"] == texts["A, first"] == texts["Ancien, payé"] == 2
