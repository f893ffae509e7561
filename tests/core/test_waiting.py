"""What waits on 499, item by item: always as much as the account holds."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from beancoop.books.waiting import waiting
from beancount.core.data import Transaction
from beancount.parser import parser
from hypothesis import given
from hypothesis import strategies as st

ACCOUNT = "Assets:49:499-CompteAttente:A001"
OTHER = "Assets:55:5500-Banque:A001"


def entry(number, day=1, **meta):
    told = "".join(f'  {key}: "{value}"\n' for key, value in meta.items())
    return f'2026-01-{day:02} * "x"\n{told}  {ACCOUNT}  {number} EUR\n  {OTHER}  {-Decimal(number)} EUR\n'


def read(*texts):
    entries, errors, _ = parser.parse_string("\n".join(texts))
    assert not errors
    return [one for one in entries if isinstance(one, Transaction)]


def found(*texts, end=None):
    return [(one.name, str(one.number)) for one in waiting(read(*texts), "EUR", end)]


BANK = {"bank-ref": "coda/1"}


@pytest.mark.parametrize(
    ("texts", "left"),
    [
        ([entry("5.00", **BANK)], [("coda/1", "5.00")]),
        ([entry("5.00", **BANK), entry("-5.00", decides="coda/1")], []),
        ([entry("5.00", **BANK), entry("-2.00", decides="coda/1")], [("coda/1", "3.00")]),
        ([entry("-2.00", decides="2026-01-01/5.00"), entry("5.00")], [("2026-01-01/5.00", "3.00")]),
        ([entry("5.00", **BANK), entry("-5.00", decides="coda/2")], [("coda/1", "5.00"), ("coda/2", "-5.00")]),
        ([entry("5.00", **BANK), entry("-5.00", **{"bank-ref": "coda/2"})], [("coda/1", "5.00"), ("coda/2", "-5.00")]),
        ([entry("5.00", **BANK), entry("-5.00")], []),
        ([entry("5.00"), entry("-5.00")], []),
        ([entry("5.00"), entry("-5.00", decides="2026-01-01/5.00")], []),
        ([entry("5.00"), entry("5.00")], [("2026-01-01/5.00", "5.00"), ("2026-01-01/5.00/2", "5.00")]),
        ([entry("5.00"), entry("5.00"), entry("-5.00", decides="2026-01-01/5.00/2")], [("2026-01-01/5.00", "5.00")]),
        ([entry("5.00"), entry("-2.00"), entry("-3.00")], []),
        ([entry("9.00", **BANK), entry("-4.00")], [("coda/1", "9.00"), ("2026-01-01/-4.00", "-4.00")]),
        ([entry("5.00", **{"invoice-ref": "einvoice/1"})], [("einvoice/1", "5.00")]),
    ],
)
def test_an_item_waits_until_something_names_it(texts, left):
    assert found(*texts) == left


def test_of_one_day_the_movement_comes_before_what_decides_it():
    (item,) = waiting(read(entry("-2.00", decides="coda/1"), entry("5.00", **BANK)), "EUR")
    assert (item.number, item.entry.meta["bank-ref"]) == (Decimal("3.00"), "coda/1")


def test_at_the_end_of_a_period():
    texts = [entry("5.00", 2, **BANK), entry("-5.00", 4, decides="coda/1")]
    assert found(*texts, end=datetime.date(2026, 1, 2)) == []
    assert found(*texts, end=datetime.date(2026, 1, 4)) == [("coda/1", "5.00")]
    assert found(*texts, end=datetime.date(2026, 1, 5)) == []


postings = st.tuples(
    st.integers(-3, 3).filter(bool),
    st.sampled_from([{}, BANK, {"decides": "coda/1"}, {"decides": "2026-01-01/1.00"}, {"invoice-ref": "e/1"}]),
)


@given(st.lists(postings, max_size=12))
def test_together_they_are_what_the_account_holds(drawn):
    texts = [entry(f"{number}.00", **meta) for number, meta in drawn]
    items = waiting(read(*texts), "EUR")
    assert sum((one.number for one in items), Decimal(0)) == sum(number for number, _ in drawn)
    assert len({one.key for one in items}) == len(items)
    assert all(one.number for one in items)
