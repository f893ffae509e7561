"""What holds of any return: units and partitions add up to the whole, and 71 or 72 is what 411 and 451 moved."""

from __future__ import annotations

import datetime
from collections import Counter
from decimal import Decimal

from beancoop.model.periods import Span
from beancoop.vat.parts import total
from beancoop.vat.returns import VatBooks, make_return
from beancount.core.data import Transaction
from filing_books import DEDUCTED, OWED, purchase, sale
from hypothesis import given, settings
from hypothesis import strategies as st
from loading import load

YEAR = Span(datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))
ENTRIES = st.lists(
    st.tuples(
        st.sampled_from([sale, purchase]),
        st.integers(-99999, 99999).filter(bool),
        st.sampled_from(["6", "12", "21"]),
        st.sampled_from(["A001", "A002", "COOP"]),
    ),
    max_size=8,
)


def written(write, cents: int, rate: str, unit: str) -> str:
    base = Decimal(cents) / 100
    code = f'vat: "S{rate}"' if write is sale else 'vat: "BE"'
    return write("2026-02-02", f"{base:.2f}", f"{base * int(rate) / 100:.2f}", unit, meta=code)


@given(ENTRIES, st.integers(0, 8))
@settings(max_examples=60, deadline=None)
def test_units_and_partitions_add_up_and_the_balance_is_what_moved(entries, cut):
    loaded = load("\n".join(written(*each) for each in entries), plugin=None)
    books = VatBooks(loaded.entries, "EUR")
    own = list(books.within(YEAR))
    whole = make_return(books, own, (), {})
    assert (whole.undecided, whole.ties) == ([], (Decimal(0), Decimal(0)))
    parts = [make_return(books, some, (), {}) for some in (own[:cut], own[cut:])]
    everything = total(part for each in whole.declared for part in each.parts)
    apart = Counter()
    for made in parts:
        for grid, amount in total(part for each in made.declared for part in each.parts).items():
            apart[grid] += amount
    assert {grid: amount for grid, amount in everything.items() if amount} == {g: a for g, a in apart.items() if a}
    units = Counter()
    for grids in whole.units.values():
        for grid, amount in grids.items():
            units[grid] += amount
    for grid, amount in everything.items():
        assert units[grid] == amount
    postings = [each for entry in loaded.entries if isinstance(entry, Transaction) for each in entry.postings]
    moved = -sum((each.units.number for each in postings if each.account.startswith((OWED, DEDUCTED))), Decimal(0))
    assert whole.balance == moved == units["71"] - units["72"]
