"""hledger's opinion of the same books; `make evidence` asks for more of it."""

from __future__ import annotations

import re

import pytest
from beancoop.loading.ledger import load_ledger
from evidence.hledger_evidence import (
    ABSENT,
    EXAMPLE,
    HLEDGER,
    IS_REQUIRED,
    beancount_balances,
    compare,
    hledger_balances,
    refusal,
)
from evidence.hledger_journal import journal
from evidence.random_books import drawn
from strategies import load

pytestmark = pytest.mark.skipif(HLEDGER is None and not IS_REQUIRED, reason=ABSENT)


@pytest.mark.parametrize("path", EXAMPLE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_example_is_the_same_in_hledger(path):
    found = compare(load_ledger(path).entries)
    assert (found.differences, found.refusal) == ([], "")
    assert found.balances > 100


def test_random_books_are_the_same_in_hledger():
    ledgers = drawn(30, 15)
    levies = balances = 0
    for ledger in ledgers:
        entries, errors = load(ledger.text("beancoop"))
        assert errors == []
        found = compare(entries)
        assert (found.differences, found.refusal) == ([], ""), ledger.text("beancoop")
        balances += found.balances
        levies += journal(entries).count("<beancoop.contribution>")
    assert min(levies, balances) > 100  # the books drawn hold something to compare


def test_a_difference_of_a_cent_is_seen():
    entries = load_ledger(EXAMPLE[1]).entries
    text = journal(entries)
    first = re.search(r"  (\S+)  (-?\d+)\.\d+ EUR\n  (\S+)  -?\d+\.\d+ EUR\n\n?", text)
    assert first is not None
    ours = beancount_balances(entries)
    cent = text + f"2025-01-31 * a cent\n  {first[1]}  0.01 EUR\n  {first[3]}  -0.01 EUR\n"
    theirs = hledger_balances(cent)
    differing = {
        account for account, end, currency in ours if ours[account, end, currency] != theirs[account, end, currency]
    }
    assert differing == {first[1], first[3]}


@pytest.mark.parametrize(
    ("pattern", "change", "words"),
    [
        (r"=\* 145803\.01", "=* 145803.02", "assertion"),
        (r"\n  Expenses\S+  \d+\.\d\d", r"\g<0>4", "balance"),
        (r"account Assets:55:5500-Banque:COOP\n", "", "declared"),
        (r"\n2025-(\d\d)-15 ", r"\n2024-\1-15 ", "order"),
    ],
)
def test_what_is_wrong_is_refused(pattern, change, words):
    text = journal(load_ledger(EXAMPLE[0]).entries)
    wrong, count = re.subn(pattern, change, text, count=1)
    assert count == 1
    assert words in refusal(wrong).lower()  # each version of hledger says it in its own words
