"""Sums by account and day, against a plain addition."""

import datetime
from decimal import Decimal

from beancoop.books.sums import Sums
from beancount.loader import load_string
from hypothesis import given
from hypothesis import strategies as st

ACCOUNTS = [
    "Assets:55:5500-Banque:A001",
    "Assets:55:5500-Banque:COOP",
    "Assets:55:550-Banque:A001",
    "Income:70:700-Ventes:A001",
    "Expenses:60:600-Achats:A0011",
    "Assets:55:5500-Banque",
    "Assets:Cash",
]
DAYS = st.dates(datetime.date(2026, 1, 1), datetime.date(2026, 3, 31))
MOVES = st.lists(
    st.tuples(DAYS, st.sampled_from(ACCOUNTS), st.sampled_from(ACCOUNTS), st.integers(1, 9999)), max_size=9
)


def ledger(moves):
    opens = "".join(f"2026-01-01 open {account}\n" for account in ACCOUNTS)
    texts = [
        f'{day} * ""\n  {to}  {cents} USD @ 0.01 EUR\n  {by}  -{cents / 100:.2f} EUR\n' for day, to, by, cents in moves
    ]
    entries, errors, _ = load_string(opens + "".join(texts))
    assert errors == []
    return entries


@given(MOVES, DAYS, DAYS)
def test_any_balance_of_any_period_is_the_sum_of_its_postings(moves, begin, end):
    sums = Sums(ledger(moves), "EUR")

    def naive(first, last, prefix, unit):
        amounts = [
            (day, account, sign * Decimal(cents) / 100)
            for day, to, by, cents in moves
            for account, sign in ((to, 1), (by, -1))
        ]
        of_unit = [one for one in amounts if one[1].count(":") >= 2 and (unit is None or one[1].endswith(f":{unit}"))]
        return sum(
            (
                cents
                for day, account, cents in of_unit
                if first <= day < last and account.split(":")[2].startswith(prefix)
            ),
            Decimal(0),
        )

    for prefix in ("5", "550", "5500", "70", "8"):
        for unit in (None, "A001", "COOP"):
            assert sums.balance(end, prefix, unit=unit) == naive(datetime.date.min, end, prefix, unit)
            assert sums.moved(begin, end, prefix, unit=unit) == naive(begin, end, prefix, unit) - naive(
                end, begin, prefix, unit
            )


def test_each_day_of_an_account_is_told_once_with_its_balance_at_the_end():
    first, second = datetime.date(2026, 1, 5), datetime.date(2026, 1, 6)
    moves = [(day, ACCOUNTS[0], ACCOUNTS[1], cents) for day, cents in ((first, 100), (first, 50), (second, 7))]
    sums = Sums(ledger([*moves, moves[-1]]), "EUR")
    assert list(sums.accounts[ACCOUNTS[0]].series.days()) == [(first, Decimal("1.50")), (second, Decimal("1.64"))]


@given(MOVES, DAYS)
def test_what_is_held_leaves_other_currencies_out(moves, end):
    sums = Sums(ledger(moves), "EUR")
    paid = sum((Decimal(cents) / 100 for day, _, by, cents in moves if day < end and by == ACCOUNTS[0]), Decimal(0))
    assert sums.held(end, "5500", unit="A001") == -paid  # what comes in is in dollars
