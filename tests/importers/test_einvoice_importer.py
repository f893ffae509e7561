"""E-invoices on Fava's import page and in beangulp: a transaction, and nothing that Fava cannot save."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from beancoop_importers.importers import CamtImporter, CodaImporter, InvoiceImporter
from beancoop_importers.invoices.booking import Purpose
from beancoop_importers.model.statement import Refused
from beancount.core import data
from beancount.loader import load_file
from beancount.parser import printer
from camt_writer import Paper, camt
from cii_writer import factur_x
from coda_writer import Line, coda
from coda_writer import Paper as CodaPaper
from einvoice_cooperative import Inbox, postings
from fava.core import FavaLedger
from fava.core.documents import is_document_or_import_file
from fava.serialisation import deserialise, serialise
from ubl_writer import DELHEZ, Bill, ubl

PURCHASE = Bill(buyer_reference="A003")
OPENS = "2020-01-01 open Assets:41:411-TVARecuperable:A003\n2020-01-01 open Liabilities:44:440-Fournisseurs:A003\n"


@pytest.fixture
def inbox(tmp_path):
    inbox = Inbox(tmp_path)
    inbox.coop.add(inbox.coop.books / "first.beancount", OPENS)
    return inbox


@pytest.fixture
def importer(inbox):
    return InvoiceImporter(inbox.coop.main)


def test_it_knows_an_invoice_from_a_statement(inbox, importer):
    invoices = [inbox.file(ubl(PURCHASE)), inbox.file(factur_x(PURCHASE))]
    statements = [inbox.file(coda(CodaPaper((Line(1_000),)))), inbox.file(camt(Paper()))]
    assert all(importer.identify(str(file)) for file in invoices)
    others = (CodaImporter(inbox.coop.main), CamtImporter(inbox.coop.main))
    assert not any(other.identify(str(file)) for other in others for file in invoices)
    assert not any(importer.identify(str(file)) for file in statements)
    assert importer.name == "beancoop.einvoice"


def test_where_and_when(inbox, importer):
    file = inbox.file(PURCHASE, "Facture n° 1.xml")
    assert importer.account(str(file)) == "Liabilities:44:440-Fournisseurs:A003"
    assert importer.date(str(file)) == datetime.date(2026, 1, 15)
    assert importer.filename(str(file)) == "Facture-n-1.xml"


def test_what_it_gives_fava_can_save(inbox, importer):
    (entry,) = importer.extract(str(inbox.file(PURCHASE)), [])
    assert postings(entry) == {"499:A003": "100.00", "411:A003": "21.00", "440:A003": "-121.00"}
    saved = deserialise({**serialise(entry), "date": str(entry.date)})
    inbox.coop.add(inbox.coop.books / "first.beancount", printer.format_entry(saved))
    (booked,) = inbox.booked()
    assert booked.meta["invoice-ref"] == f"einvoice/0208:{DELHEZ}/2601018/2026-01-15/380"
    assert importer.extract(str(inbox.file(PURCHASE)), [])
    entries = [entry]
    importer.deduplicate(entries, inbox.booked())
    assert entries == []


def test_what_the_ledger_does_not_hold_stays(inbox, importer):
    entries = importer.extract(str(inbox.file(PURCHASE)), [])
    importer.deduplicate(entries, load_file(str(inbox.coop.main))[0])
    assert len(entries) == 1


def test_a_purpose(inbox):
    importer = InvoiceImporter(inbox.coop.main, lambda *_: Purpose("499", "*"))
    (entry,) = importer.extract(str(inbox.file(PURCHASE)), [])
    assert isinstance(entry, data.Transaction)
    assert entry.flag == "*"


def test_an_account_it_would_have_to_open(inbox, importer):
    file = inbox.file(replace(PURCHASE, buyer_reference="COOP"))
    with pytest.raises(Refused, match=r"411-TVARecuperable:COOP, .*440-.*:COOP must be open first"):
        importer.extract(str(file), [])


def test_what_is_refused_names_the_file(inbox, importer):
    file = inbox.file(replace(PURCHASE, says={"BT-115": "1.00"}))
    with pytest.raises(Refused, match=r"001\.xml:\d+: gross total"):
        importer.extract(str(file), [])


@pytest.mark.parametrize(
    ("bill", "words"),
    [
        (replace(PURCHASE, date="2090-01-15", due="2090-02-14"), "beyond today"),
        (replace(PURCHASE, due="2026-01-14"), "before it was issued"),
    ],
)
def test_what_is_dated_so_that_it_is_likely_a_slip_is_refused(inbox, importer, bill, words):
    file = inbox.file(ubl(bill))
    with pytest.raises(Refused, match=words) as refused:
        importer.extract(str(file), [])
    assert str(file) in str(refused.value)


def test_it_reads_the_ledger_again_when_it_has_changed(inbox, importer):
    file = inbox.file(PURCHASE)
    importer.extract(str(file), [])
    inbox.coop.add(inbox.coop.books / "first.beancount", "2020-01-01 open Expenses:60:601-Fournitures:A003\n")
    inbox.one(replace(PURCHASE, number="1"), purpose_of=lambda *_: Purpose("601", "*"))
    (entry,) = importer.extract(str(file), [])
    assert "601:A003" in postings(entry)


def test_fava_shows_the_document_that_the_command_keeps(inbox):
    inbox.one(PURCHASE)
    ledger = FavaLedger(str(inbox.coop.main))
    (document,) = ledger.all_entries_by_type.Document
    assert is_document_or_import_file(document.filename, ledger)
