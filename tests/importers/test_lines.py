"""Files without line breaks: a person still finds the row that a finding or a movement speaks of."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from beancoop_importers.model.lines import Line, rows_of
from beancoop_importers.model.statement import Refused
from beancoop_importers.readers import camt as camt_reader
from beancoop_importers.readers import einvoice, ofx
from camt_writer import Detail, Entry, Paper, camt
from cii_writer import cii
from hypothesis import given
from hypothesis import strategies as st
from ofx_writer import Line as Row
from ofx_writer import Paper as Listing
from ofx_writer import sgml, xml
from test_cases import Lab
from ubl_writer import Bill, Item, ubl


def on_one_line(data: bytes) -> bytes:
    return re.sub(rb">\s*\n\s*", b">", data).replace(b"\n", b" ")


def refusal(read, data: bytes) -> int:
    with pytest.raises(Refused) as caught:
        read(data)
    return caught.value.line


def test_a_line_is_a_number_that_says_its_rows():
    plain, shared = Line(12), Line(1, "Stmt 1, Ntry 3")
    assert (plain, str(plain), f"a.xml:{plain}", rows_of(plain), rows_of(7)) == (12, "12", "a.xml:12", "", "")
    assert (shared, str(shared), f"{shared}", rows_of(shared)) == (1, "1 (Stmt 1, Ntry 3)", str(shared), shared.rows)


@given(counts=st.lists(st.integers(1, 4), min_size=1, max_size=3), flat=st.booleans())
def test_no_two_movements_have_one_place(counts, flat):
    papers = [
        Paper(tuple(Entry("5.00", text="same") for _ in range(count)), name=f"ST-{number}")
        for number, count in enumerate(counts)
    ]
    data = camt(*papers)
    statements = camt_reader.read(on_one_line(data) if flat else data)
    places = [str(one.line) for statement in statements for one in statement.movements]
    assert len(set(places)) == sum(counts)
    if flat:
        expected = [
            f"1 (Stmt {paper}, Ntry {entry})" for paper, count in enumerate(counts, 1) for entry in range(1, count + 1)
        ]
        assert places == expected
    else:
        assert all(place.isdigit() for place in places)


def test_what_is_pending_counts_among_the_entries_of_the_file():
    paper = Paper((Entry("1.00", status="<Sts>PDNG</Sts>"), Entry("5.00")))
    (statement,) = camt_reader.read(on_one_line(camt(paper)))
    assert [str(one.line) for one in statement.movements] == ["1 (Stmt 1, Ntry 2)"]
    assert [str(one.line) for one in statement.warnings] == ["1 (Stmt 1, Ntry 1)"]


def test_details_too():
    details = (Detail("2.00"), Detail("3.00"))
    (statement,) = camt_reader.read(on_one_line(camt(Paper((Entry("5.00", details=details),)))))
    (movement,) = statement.movements
    assert [str(one.line) for one in movement.details] == [
        f"1 (Stmt 1, Ntry 1, NtryDtls 1, TxDtls {number})" for number in (1, 2)
    ]


def test_a_refused_entry_is_named():
    paper = Paper((Entry("5.00"), Entry("5.00"), Entry("7.00", booked="2026-02-31")))
    assert str(refusal(camt_reader.read, on_one_line(camt(paper)))) == "1 (Stmt 1, Ntry 3)"


@pytest.mark.parametrize(
    ("write", "row"), [(ubl, "InvoiceLine 2"), (cii, "IncludedSupplyChainTradeLineItem 2")], ids=["ubl", "cii"]
)
def test_a_refused_line_of_an_invoice_is_named(write, row):
    bill = Bill((Item(Decimal("100.00")), Item(Decimal("50.00")), Item(Decimal("1.00"))))
    data = re.sub(rb"(<[a-z]+:Line\w+Amount[^>]*>)50.00<", rb"\1fifty<", on_one_line(write(bill)))
    assert str(refusal(einvoice.read, data)) == f"1 ({row})"


@pytest.mark.parametrize("write", [sgml, xml])
def test_ofx_likewise(write):
    data = write(Listing(tuple(Row("5.00", fitid=name) for name in "ABC")))
    (statement,) = ofx.read(data)
    assert not any(map(rows_of, (one.line for one in statement.movements)))
    start = data.index(b"<OFX>")
    flat = data[:start] + data[start:].replace(b"\n", b"")
    (statement,) = ofx.read(flat)
    assert [rows_of(one.line) for one in statement.movements] == [f"STMTRS 1, STMTTRN {each}" for each in (1, 2, 3)]
    third = flat.replace(b"<FITID>C", b"<FITID>").replace(b"5.00", b"five", 3).replace(b"five", b"5.00", 2)
    assert str(refusal(ofx.read, third)).endswith(" (STMTRS 1, STMTTRN 3)")


def test_an_import_lists_each_movement_at_its_own_place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lab = Lab(tmp_path / "lab")
    file = tmp_path / "flat.xml"
    file.write_bytes(on_one_line(camt(Paper((Entry("5.00"), Entry("5.00"))))))
    told = lab.bring(file, options=("--dry-run",)).stdout
    assert f"{file}:1 (Stmt 1, Ntry 1): " in told
    assert f"{file}:1 (Stmt 1, Ntry 2): " in told
