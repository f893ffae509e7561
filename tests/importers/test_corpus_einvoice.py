"""Every public e-invoice: read as its facts and the reference implementation say, or refused with the reason."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import facturx
import pytest
from beancoop_importers.ingest.run import import_files
from beancoop_importers.model.invoice import Party
from beancoop_importers.model.statement import Refused
from beancoop_importers.readers import einvoice
from beancoop_importers.readers.sources import HEAD_BYTES, is_invoice
from corpus import must_be_there, samples
from einvoice_cooperative import Inbox
from lxml import etree
from ubl_writer import OURS

SAMPLES = [*samples("ubl"), *samples("cii")]
REFUSED = {
    "Split_Payment": "the VAT category 'B'",  # Italy's, by which the buyer pays the VAT to the State
    "huf_example_cii": "S 27 % of 69,180.00 make 18,678.60, but the VAT (BT-117) is 18,679.00",  # rounded to the forint
}
_TOTALS = {
    "lines": "BT-106",
    "allowances": "BT-107",
    "charges": "BT-108",
    "net": "BT-109",
    "tax": "BT-110",
    "gross": "BT-112",
    "prepaid": "BT-113",
    "rounding": "BT-114",
    "payable": "BT-115",
}


def expected_refusal(path) -> str | None:
    return next((reason for name, reason in REFUSED.items() if name in path.name), None)


def test_the_corpus_is_there():
    must_be_there(SAMPLES)


@pytest.mark.parametrize(("path", "facts"), SAMPLES)
def test_reader_agrees_with_an_independent_one(path, facts):
    content = path.read_bytes()
    assert is_invoice(content[:HEAD_BYTES])
    if reason := expected_refusal(path):
        with pytest.raises(Refused) as caught:
            einvoice.read(content)
        assert reason in str(caught.value)
        return
    read = einvoice.read(content)
    assert (read.number, read.totals.gross, read.totals.payable) == (
        facts["id"],
        Decimal(facts["gross"]),
        Decimal(facts["payable"]),
    )
    if "net" in facts:
        assert (str(read.date), read.currency, len(read.lines)) == (facts["date"], facts["ccy"], facts["lines"])
        assert read.totals.net == Decimal(facts["net"])
        assert (read.totals.prepaid, read.totals.rounding) == (
            Decimal(facts["prepaid"] or 0),
            Decimal(facts["rounding"] or 0),
        )
        assert read.is_credit_note == (facts["type"] == "CreditNote")


@pytest.mark.parametrize(("path", "facts"), SAMPLES)
def test_reader_agrees_with_the_reference_implementation(path, facts):
    if expected_refusal(path):
        return
    read = einvoice.read(path.read_bytes())
    said = facturx.parse_ubl_cii_xml(etree.parse(path).getroot(), check_xsd=False, bytes_as="string")
    assert {name: getattr(read.totals, name) for name in _TOTALS} == {
        name: Decimal(said.get(term) or 0) for name, term in _TOTALS.items()
    }
    assert (read.number, read.date, read.type, read.currency) == (
        said["BT-1"],
        said["BT-2"],
        said["BT-3"],
        said["BT-5"],
    )
    assert (read.due, read.buyer_reference, read.order) == (
        said.get("BT-9"),
        said.get("BT-10", ""),
        said.get("BT-13", ""),
    )
    assert [(one.net, one.category, one.rate) for one in read.lines] == [
        (Decimal(one["BT-131"]), one["BT-151"], Decimal(one.get("BT-152", 0))) for one in said["BG-25"]
    ]
    assert [(one.category, one.rate, one.base, one.tax) for one in read.vat] == [
        (one["BT-118"], Decimal(one.get("BT-119", 0)), Decimal(one["BT-116"]), Decimal(one["BT-117"]))
        for one in said.get("BG-23", [])
    ]
    references = said.get("BT-83") or []
    references = [references] if isinstance(references, str) else references
    assert {one.reference for one in read.payments if one.reference} == set(references)


@pytest.mark.parametrize(("path", "facts"), SAMPLES[::3])
def test_a_third_of_them_can_be_booked_in_its_currency(path, facts, tmp_path, monkeypatch):
    """The cooperative takes the place of the buyer, and keeps its books in the invoice's currency."""
    if expected_refusal(path):
        return
    read = einvoice.read

    def bought(content):
        us = Party(name="Nous", vat=f"BE{OURS}")
        return dataclasses.replace(read(content), buyer=us, buyer_reference="A003")

    monkeypatch.setattr(einvoice, "read", bought)
    inbox = Inbox(tmp_path)
    invoice = bought(path.read_bytes())
    for file in inbox.coop.root.rglob("*.beancount"):
        file.write_text(
            file.read_text().replace('"EUR"', f'"{invoice.currency}"').replace(" EUR", f" {invoice.currency}")
        )
    early = inbox.coop.root / "activities/A003/ledger.beancount"
    for file in (early, early.with_name("terms.beancount"), inbox.coop.coop / "accounts.beancount"):
        text = file.read_text().replace("2020-01-0", "2000-01-0")
        file.write_text(text.replace("months: 240", "months: 480"))
    (result,) = import_files(inbox.coop.main, [path])
    assert (result.refusal, result.booked) == (None, 1)
    (entry,) = inbox.booked()
    assert sum(one.units.number for one in entry.postings) == 0
    (owed,) = [one.units.number for one in entry.postings if ":440-" in one.account]
    assert owed == (1 if invoice.is_credit_note else -1) * invoice.totals.payable
