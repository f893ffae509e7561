"""Of any e-invoice and any rules: what is booked sums to zero, and what is left to nobody is decided for the return."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from beancoop.loading.ledger import load_ledger
from beancoop.vat.returns import VatBooks, make_return
from einvoice_cooperative import Inbox, codes, postings
from hypothesis import given, settings
from hypothesis import strategies as st
from test_einvoice_vat import PURCHASE, SALE, rule
from ubl_writer import FRENCH, Bill, Item, credit

KINDS = st.sampled_from(
    [("S", 21), ("S", 21), ("S", 12), ("S", 6), ("Z", 0), ("E", 0), ("O", 0), ("AE", 0), ("K", 0), ("G", 0)]
)
LINES = st.lists(st.tuples(KINDS, st.integers(-2000, 90000), st.sampled_from(["Vis", "Repas"])), min_size=1, max_size=4)
CODES = st.sampled_from(["", "", "BE", "D50", "ND", "OUT", "CC", "CC@6", "ICS@12", "NEU", "S21", "S6", "EXP", "EX44"])
BILLS = st.sampled_from([PURCHASE, replace(PURCHASE, seller=FRENCH), SALE])


def written(bill: Bill, lines) -> Bill:
    items = tuple(Item(Decimal(cents) / 100, category, Decimal(rate), name) for (category, rate), cents, name in lines)
    return replace(bill, items=items)


@given(BILLS, LINES, CODES, CODES, st.booleans())
@settings(max_examples=40, deadline=None)
def test_what_is_booked_sums_to_zero_and_is_decided_where_nothing_is_left_to_say(bill, lines, first, second, back):
    whole = written(bill, lines)
    if whole.totals["BT-112"] <= 0 or any(base < 0 for _, _, base, _ in whole.vat):
        whole = written(bill, [(kind, abs(cents) + 1, name) for kind, cents, name in lines])
    with tempfile.TemporaryDirectory() as folder:
        inbox = Inbox(Path(folder))
        account = "700-VentesPrestations" if bill is SALE else "610-Loyers"
        rules = rule(account, first, "vis"), rule(account, second, "repas") + "# 2\n"
        (inbox.coop.root / "rules.toml").write_text("\n".join(rules).replace('name = "repas', 'name = "2 repas'))
        inbox.one(credit(whole, preceding=("A003-2026-0000",)) if back else whole)
        (entry,) = inbox.booked()
        made = make_return(VatBooks(load_ledger(inbox.coop.main).entries, "EUR"), [entry], (), {})
    assert sum(posting.units.number for posting in entry.postings) == 0
    assert abs(Decimal(postings(entry).get("411:A003", "0"))) <= whole.totals["BT-110"] + whole.totals["BT-109"]
    if entry.flag == "*" and "," not in codes(entry):
        assert [each.message for each in made.undecided] == []
        assert made.ties == (Decimal(0), Decimal(0))
        assert made.remarks == []
