"""Invoices at random: read back exactly, booked to a sum of nothing, refused when an amount of theirs is changed."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from beancoop_importers.model.statement import Refused
from beancoop_importers.readers import einvoice
from einvoice_cooperative import Inbox, postings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ubl_writer import CUSTOMER, FRENCH, SUPPLIER, US, Bill, Item, Who, credit, ubl

CENTS = st.integers(-999_999, 9_999_999).map(lambda cents: Decimal(cents).scaleb(-2))
VAT = st.sampled_from([("S", 21), ("S", 12), ("S", 6), ("Z", 0), ("E", 0), ("AE", 0), ("K", 0), ("G", 0), ("O", 0)])
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20)
ITEM = st.builds(lambda net, vat, name: Item(net, vat[0], Decimal(vat[1]), name), CENTS, VAT, WORDS)
OTHERS = st.sampled_from([SUPPLIER, FRENCH, Who("Servais", "0999666558"), Who("Z", vat="NL820098395B01", country="NL")])


@st.composite
def bills(draw) -> Bill:
    bill = Bill(
        items=tuple(draw(st.lists(ITEM, min_size=1, max_size=6))),
        adjustments=tuple(draw(st.lists(ITEM, max_size=3))),
        number=draw(st.from_regex(r"[A-Z0-9]{1,10}(?:[/ .-][A-Z0-9]{1,6})?", fullmatch=True)),
        type=draw(st.sampled_from(["380", "389", "386", "384"])),
        prepaid=draw(st.just(Decimal(0)) | CENTS),
        rounding=Decimal(draw(st.integers(-2, 2))).scaleb(-2),
        buyer_reference="A003",
        preceding=tuple(draw(st.lists(st.just("A003-2025-0001"), max_size=1))),
    )
    if draw(st.booleans()):
        bill = replace(bill, seller=US, buyer=CUSTOMER, number=f"A003-{bill.number}")
    else:
        bill = replace(bill, seller=draw(OTHERS))
    return credit(bill) if bill.totals["BT-112"] >= 0 and draw(st.booleans()) else bill


@given(bills())
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read(bill):
    read = einvoice.read(ubl(bill))
    totals = read.totals
    assert (read.number, read.type, str(read.date)) == (bill.number, bill.type, bill.date)
    assert [(one.net, one.category, one.rate) for one in read.items] == [
        (one.net, one.category, one.rate) for one in (*bill.items, *bill.adjustments)
    ]
    assert [(one.category, one.rate, one.base, one.tax) for one in read.vat] == bill.vat
    read_totals = (totals.lines, totals.allowances, totals.charges, totals.net, totals.tax, totals.gross)
    assert [*read_totals, totals.prepaid, totals.rounding, totals.payable] == list(bill.totals.values())


@given(bills(), st.data())
@settings(max_examples=100, deadline=None)
def test_any_amount_that_is_changed_is_noticed(bill, data):
    terms = [
        *bill.totals,
        *(f"BT-131/{number}" for number, _ in enumerate(bill.items, 1)),
        *(f"BT-92/{number}" for number, _ in enumerate(bill.adjustments, 1)),
        *(f"BT-{term}/{number}" for number, _ in enumerate(bill.vat, 1) for term in (116, 117)),
    ]
    term = data.draw(st.sampled_from(terms))
    other = data.draw(CENTS)
    unchanged = {other, -other} if term.startswith("BT-92") else {other}
    said, _, number = term.partition("/")
    figures = {
        "BT-131": lambda: bill.items[int(number) - 1].net,
        "BT-92": lambda: bill.adjustments[int(number) - 1].net,
        "BT-116": lambda: bill.vat[int(number) - 1][2],
        "BT-117": lambda: bill.vat[int(number) - 1][3],
    }
    if figures.get(said, lambda: bill.totals[said])() in unchanged:
        return
    with pytest.raises(Refused):
        einvoice.read(ubl(replace(bill, says={term: f"{other:.2f}"})))


@given(bills())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_booked_adds_up_and_is_booked_once(bill):
    with tempfile.TemporaryDirectory() as folder:
        inbox = Inbox(Path(folder))
        result = inbox.one(bill)
        assert (result.refusal, result.booked) == (None, 1)
        (entry,) = inbox.booked()
        assert sum(one.units.number for one in entry.postings) == 0
        sold = bill.seller is US
        party = Decimal(postings(entry)["400:A003" if sold else "440:A003"])
        turned = -1 if bill.kind == "CreditNote" else 1
        assert party == turned * bill.totals["BT-115"] * (1 if sold else -1)
        assert inbox.one(bill).skipped == 1
        assert inbox.booked() == [entry]
