"""Closing, on random books: it changes no levy, and nothing added later changes a closed month."""

from __future__ import annotations

import datetime
import tempfile
from pathlib import Path

from beancoop.closing.seal import check_seals
from beancoop.contribution.rule import read_levies
from beancoop.loading.ledger import load_ledger
from beancoop.model.accounts import BEANCOUNTS_OWN
from beancoop.model.months import Month
from beancoop.storage.scaffold import Settings, create_activity, create_cooperative
from closings import close_month
from hypothesis import given, settings
from hypothesis import strategies as st
from loading import purchase, sale

START = datetime.date(2026, 1, 1)
LATER = datetime.date(2027, 1, 1)
UNITS = ("A001", "A002")
MONTHS = [Month(2026, number) for number in range(1, 5)]

movements = st.tuples(
    st.sampled_from(UNITS),
    st.integers(1, 28),
    st.sampled_from(["sale", "credit", "purchase"]),
    st.integers(1, 99_999),
    st.sampled_from(["", "^L1", "^L2"]),
)
terms = st.fixed_dictionaries(
    {
        "rate": st.sampled_from(["0.10", "0.0725", "0", "1"]),
        "negative": st.sampled_from(['"refund"', '"carry"']),
    }
)


def text(movement, month):
    unit, day, kind, cents, link = movement
    date, amount = f"{month}-{day:02}", f"{cents / 100:.2f}"
    if kind == "purchase":
        return purchase(date, amount, unit, links=link)
    return sale(date, amount if kind == "sale" else f"-{amount}", unit, link)


def add(folder, movement, month):
    book = folder / f"activities/{movement[0]}/books/2026.beancount"
    book.write_text(book.read_text() + text(movement, month))


def levies(main):
    ledger = load_ledger(main)
    assert ledger.errors == []
    assert check_seals(ledger.entries, ledger.options) == []
    rows = [levy for months in read_levies(ledger.entries, ledger.options).values() for levy in months]
    return {(levy.unit, levy.month): levy._replace(closed=False) for levy in rows if levy.levy or levy.margin}


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(movements, st.sampled_from(MONTHS)), max_size=12),
    terms,
    terms,
    st.integers(1, 4),
    st.lists(movements, min_size=1, max_size=5),
)
def test_closing_changes_no_levy_and_later_entries_change_no_closed_month(given_movements, first, then, closed, late):
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "ledgers"
        main = folder / "main.beancount"
        create_cooperative(folder, "A001", Settings(START, BEANCOUNTS_OWN))
        create_activity(folder / "activities/A002", Settings(START, BEANCOUNTS_OWN))
        ledger = folder / "activities/A001/ledger.beancount"
        own = "".join(f"  {key}: {value}\n" for key, value in first.items())
        changed = "".join(f"  {key}: {value}\n" for key, value in then.items())
        declared = '2026-01-01 custom "activity" "A001"\n'
        change = '2026-03-01 custom "activity-terms" "A001"\n'
        ledger.write_text(ledger.read_text().replace(declared, declared + own + change + changed))
        add(folder, ("A001", 1, "sale", 10_000, ""), MONTHS[0])  # so that every month has something before it
        for movement, month in given_movements:
            add(folder, movement, month)
        before = levies(main)
        for month in MONTHS[:closed]:
            close_month(main, month, LATER)
        assert levies(main) == before
        first_open = MONTHS[closed - 1].next()
        for movement in late:
            add(folder, movement, first_open)
        after = levies(main)
        assert {key: row for key, row in after.items() if key[1] < first_open} == {
            key: row for key, row in before.items() if key[1] < first_open
        }
