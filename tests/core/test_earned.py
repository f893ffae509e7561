"""What each activity earned that is not owed to its entrepreneur, and what of the whole is the cooperative's own."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from beancoop.books.earned import earned_not_owed
from beancoop.model.periods import Span
from beancoop.statements.distribution import Distribution
from beancoop.statements.equity import Equity
from beancoop.statements.whose import Whose
from books import asked, books_of, example
from hypothesis import given, settings
from hypothesis import strategies as st

BANK, LIAISON, SALES = "Assets:55:5500-Banque", "Assets:9:960-Liaison", "Income:70:700-Ventes"
BOUGHT, GRANTED, ACCRUED = "Expenses:60:603-SousTraitance", "Expenses:61:619-Indemnites", "Liabilities:49:492-AImputer"
SERVICES, RENT, APPROPRIATED = (
    "Expenses:9:951-PrestationsInternes",
    "Expenses:61:610-Loyer",
    "Expenses:69:693-AReporter",
)
UNITS = ("A001", "A002")
LAST = datetime.date(2026, 12, 31)
HEAD = "\n".join(
    [
        'option "operating_currency" "EUR"\noption "tolerance_multiplier" "0"\nplugin "beancoop"',
        *(f'2025-01-01 custom "activity" "{unit}"\n  overdraft: 999999 EUR\n  months: 36' for unit in UNITS),
        *(
            f"2025-01-01 open {account}:{unit}"
            for account in (BANK, LIAISON, SALES, BOUGHT, GRANTED, ACCRUED, SERVICES, RENT, APPROPRIATED)
            for unit in ("COOP", *UNITS)
        ),
        "2025-01-01 open Equity:14:140-Reporte:COOP\n",
    ]
)


def move(day, unit, debit, credit, amount, link=""):
    return f'{day} * "x" {link}\n  {debit}:{unit}  {amount} EUR\n  {credit}:{unit}  -{amount} EUR\n'


def sound(*texts):
    books = books_of(HEAD + "".join(texts))
    assert not books.ledger.errors, books.ledger.errors
    return books


def of(books, day=LAST):
    return {unit: str(amount) for unit, amount in earned_not_owed(books, day).items()}


SOLD = move("2026-01-10", "A001", BANK, SALES, "1000.00")


def test_what_is_earned_is_the_result_less_contribution_and_what_was_granted():
    books = sound(SOLD, move("2026-02-01", "A001", GRANTED, BANK, "300.00"))
    assert of(books) == {"A001": "600.00", "A002": "0.00"}  # 1000.00 - 100.00 - 300.00
    assert of(books, datetime.date(2026, 1, 30)) == {"A001": "1000.00", "A002": "0.00"}  # before the levy of January


def test_an_accrual_says_it_in_the_books_and_its_reversal_takes_it_back():
    books = sound(
        move("2025-01-10", "A001", BANK, SALES, "1000.00"),
        move("2025-12-31", "A001", GRANTED, ACCRUED, "900.00"),
        move("2026-01-01", "A001", ACCRUED, GRANTED, "900.00"),
    )
    days = datetime.date(2025, 12, 30), datetime.date(2025, 12, 31), datetime.date(2026, 1, 1)
    assert [of(books, day)["A001"] for day in days] == ["900.00", "0.00", "900.00"]


def test_services_between_activities_move_it_from_one_to_the_other():
    passed = (
        move("2026-03-01", "A001", SERVICES, LIAISON, "200.00", "^S"),
        move("2026-03-01", "A002", LIAISON, SERVICES, "200.00", "^S"),
    )
    assert of(sound(SOLD, *passed)) == {"A001": "720.00", "A002": "180.00"}


def test_a_loss_is_shown_and_is_nobody_s_claim():
    books = sound(SOLD, move("2026-01-10", "A002", RENT, BANK, "50.00"))
    assert of(books) == {"A001": "900.00", "A002": "-50.00"}
    result, treasury, equity, net = splits(books, 2026)
    assert (result.own, result.activities, result.total) == (50, 900, 950)  # levied 100.00, and 50.00 lost
    assert (treasury.own, treasury.activities, treasury.total) == (0, 950, 950)
    assert (equity.own, net.own) == (50, 50)


def test_what_was_granted_of_an_earlier_year_is_no_loss_of_the_cooperative():
    """And a year that the general meeting has appropriated in the structure's books is still to be granted."""
    books = sound(
        move("2025-01-10", "A001", BANK, SALES, "1000.00"),
        '2026-05-28 * "AG"\n  appropriates: 2025\n'
        f"  {APPROPRIATED}:COOP  1000.00 EUR\n  Equity:14:140-Reporte:COOP  -1000.00 EUR\n",
        move("2026-06-01", "A001", GRANTED, BANK, "400.00"),
    )
    assert of(books)["A001"] == "500.00"
    result, _, equity, _ = splits(books, 2026)
    assert (result.own, result.activities, result.total) == (0, -400, -400)
    assert (equity.own, equity.activities, equity.total) == (100, 500, 600)


def test_what_the_meeting_took_from_her_own_books_is_hers_no_longer():
    taken = (
        move("2026-05-28", "A001", APPROPRIATED, LIAISON, "150.00", "^AG"),
        move("2026-05-28", "COOP", LIAISON, "Equity:14:140-Reporte", "150.00", "^AG"),
    )
    books = books_of(HEAD + SOLD + "".join(taken))
    assert of(books)["A001"] == "750.00"


def splits(books, year):
    equity = Equity(books)
    return list(Whose(books, equity, Distribution(books, equity.balances)).splits(Span.of_year(year).period))


MOVES = st.lists(
    st.tuples(
        st.sampled_from((*UNITS, "COOP")),
        st.sampled_from(((BANK, SALES), (BOUGHT, BANK), (RENT, BANK), (GRANTED, BANK), (GRANTED, ACCRUED))),
        st.integers(1, 99999),
        st.integers(1, 12),
        st.sampled_from((2025, 2026)),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None)  # a load each
@given(MOVES)
def test_the_parts_add_up_to_the_company_in_random_books(moves):
    books = sound(
        *(
            move(f"{year}-{month:02}-10", unit, debit, credit, f"{cents / 100:.2f}")
            for unit, (debit, credit), cents, month, year in moves
        )
    )
    found = earned_not_owed(books, LAST)
    for unit, amount in found.items():  # what her books hold less what they owe, the other way round
        assert amount == asked(books, f"date <= {LAST}", "[1-5]", "960", unit=unit)
    for year in (2025, 2026):
        result, treasury, equity, net = splits(books, year)
        own = [each for each in moves if each[4] == year]
        made = sum(
            (Decimal(cents) / 100 * (1 if accounts[1] == SALES else -1) for _, accounts, cents, _, _ in own), Decimal(0)
        )
        assert (result.total, result.own + result.activities) == (made, made)
        assert equity.activities == net.activities == sum(max(each, Decimal(0)) for each in ends(books, year))
        assert treasury.own == asked(books, f"date <= {year}-12-31", "5", unit="COOP")


def ends(books, year):
    return earned_not_owed(books, datetime.date(year, 12, 31)).values()


@pytest.mark.parametrize("year", [2025, 2026])
def test_of_the_example_nothing_of_the_activities_is_called_the_cooperative_s(year):
    end = Span.of_year(year).last
    found = earned_not_owed(example(), end)
    said = {unit: -asked(example(), f"date <= {end}", "6", "7", "950", "951", unit=unit) for unit in found}
    assert found == said
    result, *_ = splits(example(), year)
    structure = -asked(example(), f"date >= {year}-01-01 AND date <= {end}", "6[0-8]", "7[0-8]", "95", unit="COOP")
    assert result.own == structure  # no activity of the example has lost anything


def test_what_an_opening_brought_in_on_14_was_earned_too():
    brought = f'2025-01-01 * "Reprise" #opening\n  {BANK}:A001  250.00 EUR\n  Equity:14:140-Reporte:A001  -250.00 EUR\n'
    opened = "2025-01-01 open Equity:14:140-Reporte:A001\n"
    assert of(books_of(HEAD + opened + brought + SOLD))["A001"] == "1150.00"  # 250.00, and 1000.00 less a tenth
