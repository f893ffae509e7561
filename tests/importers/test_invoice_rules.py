"""E-invoices and the accountant's rules: what their lines are for; and payments that settle them in the same run."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from beancoop.books.open_items import open_items
from beancoop_importers.ingest.run import import_files
from coda_writer import Line, Paper, coda
from cooperative import OWN
from einvoice_cooperative import Inbox, postings
from trade import structured
from ubl_writer import DELHEZ, Bill, Item

PURCHASE = Bill(buyer_reference="A003")
RULE = '[[invoice]]\nname = "Plaques"\nwhen = {{ {when} }}\nthen = {{ account = "604-Marchandises", flag = "*" }}\n'


@pytest.fixture
def inbox(tmp_path):
    return Inbox(tmp_path)


def rule(inbox, when):
    (inbox.coop.root / "rules.toml").write_text(RULE.format(when=when))


@pytest.mark.parametrize(
    "when",
    [
        f'supplier = "0208:{DELHEZ}"',
        f'supplier = "BE{DELHEZ}", text = "PLAQUES"',
        'counterparty = "delhez", unit = "A003"',
        "pattern = '^plaq', min = 100, max = 100.00",
    ],
)
def test_a_rule_says_the_account_of_a_line(inbox, when):
    rule(inbox, when)
    assert inbox.one(PURCHASE).refusal is None
    (entry,) = inbox.booked()
    assert (entry.flag, postings(entry)["604:A003"]) == ("*", "100.00")


@pytest.mark.parametrize("when", ['supplier = "0403.019.261"', 'text = "vis"', 'unit = "COOP"', "max = 99.99"])
def test_a_rule_that_does_not_hold_leaves_it_to_people(inbox, when):
    rule(inbox, when)
    inbox.one(PURCHASE)
    (entry,) = inbox.booked()
    assert (entry.flag, postings(entry)["499:A003"]) == ("!", "100.00")


def test_each_line_has_its_own_rule(inbox):
    rule(inbox, 'text = "vis"')
    inbox.one(replace(PURCHASE, items=(Item(Decimal("100.00")), Item(Decimal("7.00"), name="Vis à bois"))))
    (entry,) = inbox.booked()
    assert (postings(entry)["604:A003"], postings(entry)["499:A003"], entry.flag) == ("7.00", "100.00", "!")


def test_a_broken_rules_file_imports_no_invoice(inbox):
    rule(inbox, 'direction = "out"')
    result = inbox.one(PURCHASE)
    assert "rules.toml:3: 'direction' is unknown in `when`" in str(result.refusal)
    assert inbox.booked() == []


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("by", ["communication", "number"])
def test_an_invoice_and_its_payment_in_one_run(inbox, tmp_path, backwards, by):
    account = "BE84999330817459"
    bill = inbox.file(replace(PURCHASE, payments=(("+++090/9337/55493+++", account),)))
    said = structured("+++090/9337/55493+++") if by == "communication" else {"communication": "Fact. n° 2601018"}
    file = tmp_path / "paid.cod"
    file.write_bytes(coda(Paper((Line(-121_000, account=account, **said),), account=OWN, old_date="140126")))
    files = [bill, file]
    results = import_files(inbox.coop.main, files[::-1] if backwards else files)
    assert [one.refusal for one in results] == [None, None]
    entries, errors, _ = inbox.coop.load()
    assert errors == []
    assert open_items(entries, "EUR") == []
    assert [one.flag for one in inbox.coop.movements()] == ["*"]


def test_an_invoice_that_is_refused_settles_nothing(inbox, tmp_path):
    ledger = inbox.coop.books.parent / "ledger.beancount"
    ledger.write_text(ledger.read_text().replace('"books/*.beancount"', '"books/[bf]*.beancount"'))  # not invoices-
    bill = inbox.file(PURCHASE)
    file = tmp_path / "paid.cod"
    file.write_bytes(coda(Paper((Line(-121_000, **structured("+++090/9337/55493+++")),), account=OWN)))
    refused, paid = import_files(inbox.coop.main, [bill, file])
    assert "invoices-2026.beancount is not included by" in str(refused.refusal)
    assert (paid.refusal, len(paid.undecided)) == (None, 1)
    assert "no invoice bears +++090/9337/55493+++" in paid.undecided[0].why
    assert inbox.booked() == []
