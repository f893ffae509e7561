"""What commands print of certificates, open items, advances and the cooperative's own, on the smallest books."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from beancoop.storage.atomic import write_text
from beancoop_cli.main import main
from click.testing import CliRunner

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """
option "title" "C"
option "operating_currency" "EUR"
option "tolerance_multiplier" "0"
plugin "beancoop"
2026-01-01 custom "activity" "A001"
2026-01-01 open Assets:55:5500-Banque:COOP
2026-01-01 open Assets:9:960-Liaison:COOP
2026-01-01 open Liabilities:48:489-Dettes:COOP
2026-01-01 open Assets:55:5500-Banque:A001
2026-01-01 open Assets:40:400-Clients:A001
2026-01-01 open Assets:9:960-Liaison:A001
2026-01-01 open Liabilities:44:440-Fournisseurs:A001
2026-01-01 open Liabilities:45:451-TVA:A001
2026-01-01 open Liabilities:46:460-Acomptes:A001
2026-01-01 open Income:70:700-Ventes:A001
2026-01-01 open Expenses:60:600-Achats:A001
2026-01-01 open Expenses:61:619-Indemnites:A001
2026-01-01 open Expenses:64:643-Indemnites:A001
"""
SOLD = """
2026-01-10 * "Client A" "Vente" ^F1
  Assets:40:400-Clients:A001  {amount} EUR
  Income:70:700-Ventes:A001  -{amount} EUR
2026-01-13 * "Client A" "Paiement" ^F1
  Assets:55:5500-Banque:A001  {amount} EUR
  Assets:40:400-Clients:A001  -{amount} EUR
"""
LEFT = """
2026-01-31 * "Solde de sortie" ^exit-A001
  Expenses:61:619-Indemnites:A001  900.00 EUR
  Assets:9:960-Liaison:A001  -900.00 EUR
2026-01-31 * "Solde de sortie" ^exit-A001
  Assets:9:960-Liaison:COOP  900.00 EUR
  Liabilities:48:489-Dettes:COOP  -900.00 EUR
2026-01-31 * "Trésorerie" ^t
  Assets:9:960-Liaison:A001  1000.00 EUR
  Assets:55:5500-Banque:A001  -1000.00 EUR
2026-01-31 * "Trésorerie" ^t
  Assets:55:5500-Banque:COOP  1000.00 EUR
  Assets:9:960-Liaison:COOP  -1000.00 EUR
2026-02-10 * "Solde de sortie payé" ^exit-A001
  Liabilities:48:489-Dettes:COOP  900.00 EUR
  Assets:55:5500-Banque:COOP  -900.00 EUR
"""
OPERATING = """
2026-01-31 * "Candidat" "Indemnité"
  Expenses:64:643-Indemnites:A001  500.00 EUR
  Assets:55:5500-Banque:A001  -500.00 EUR
"""
TWICE = """
2026-01-14 * "Client A" "Payé deux fois" ^F1
  Assets:55:5500-Banque:A001  300.00 EUR
  Assets:40:400-Clients:A001  -300.00 EUR
2026-01-15 * "Bois SA" "Achat"
  invoice: "B1"
  Expenses:60:600-Achats:A001  50.00 EUR
  Liabilities:44:440-Fournisseurs:A001  -50.00 EUR
2026-01-16 * "Bois SA" "Payé deux fois"
  invoice: "B1"
  Liabilities:44:440-Fournisseurs:A001  100.00 EUR
  Assets:55:5500-Banque:A001  -100.00 EUR
"""
DIRECT_PURCHASE = """
2026-01-12 * "Bois SA" "Achat direct de cette vente" ^F1
  invoice: "B-1"
  Expenses:60:600-Achats:A001  300.00 EUR
  Liabilities:44:440-Fournisseurs:A001  -300.00 EUR
2026-01-20 * "Bois SA" "Paiement"
  invoice: "B-1"
  Liabilities:44:440-Fournisseurs:A001  300.00 EUR
  Assets:55:5500-Banque:A001  -300.00 EUR
"""
ADVANCE = """
2026-01-10 * "Client" "Acompte" ^AC1
  invoice: "AC1"
  Assets:40:400-Clients:A001  605.00 EUR
  Liabilities:46:460-Acomptes:A001  -500.00 EUR
  Liabilities:45:451-TVA:A001  -105.00 EUR
2026-02-10 * "Client" "Facture finale" ^F2
  invoice: "F2"
  Assets:40:400-Clients:A001  1815.00 EUR
  Liabilities:46:460-Acomptes:A001  500.00 EUR
  Income:70:700-Ventes:A001  -2000.00 EUR
  Liabilities:45:451-TVA:A001  -315.00 EUR
"""


@pytest.fixture
def ask(tmp_path: Path):
    """Give what a command prints of a ledger, written on the spot."""

    def asked(text: str, *command: str) -> str:
        ledger = tmp_path / "ledgers" / "main.beancount"
        ledger.parent.mkdir(exist_ok=True)
        write_text(ledger, HEAD + text)
        answer = CliRunner().invoke(main, ["--lang", "en", *command, "--ledger", str(ledger)])
        assert answer.exit_code == 0, answer.output
        return answer.stdout

    return asked


def report(ask, text: str, name: str, *options: str) -> dict[str, list[list[str]]]:
    """Give the tables of a report by their titles."""
    printed = ask(text, "report", name, "--format", "csv", *options)
    parts = [part.partition("\n") for part in printed.split("# ") if part]
    return {title: list(csv.reader(StringIO(body.strip()))) for title, _, body in parts}


def exported(ask, text: str, folder: Path, name: str) -> list[list[str]]:
    ask(text, "export", "A001", "--to", str(folder))
    return list(csv.reader(StringIO((folder / f"{name}.csv").read_text(encoding="utf-8-sig"))))[1:]


def test_the_certificate_counts_what_was_paid_on_leaving(ask):
    found = report(ask, SOLD.format(amount="1000.00") + LEFT, "benefit", "--unit", "A001", "--year", "2026")
    assert found["Sums paid"][1:] == [
        ["2026-02-10", "Solde de sortie payé", "exit-A001", "0.00", "900.00"],
        ["", "Total", "", "0.00", "900.00"],
    ]
    assert found["Booked, not paid"][-1][3:] == ["900.00", "0.00"]


def test_the_certificate_counts_what_the_terms_book_elsewhere(ask):
    terms = '2026-01-01 custom "activity-terms" "A001"\n  margin: "operating"\n'
    asked = ("report", "benefit", "--unit", "A001", "--year", "2026", "--format", "csv")
    printed = ask(terms + SOLD.format(amount="1000.00") + OPERATING, *asked)  # one table, and so without its title
    assert printed.splitlines()[1:] == ["2026-01-31,Indemnité,,500.00,500.00", ",Total,,500.00,500.00"]


def test_the_certificate_says_what_it_does_not_count(ask):
    """A payment under a link that another activity's grants bear too."""
    other = HEAD.split("plugin")[1]  # the same accounts, for A002
    both = "\n".join(line for line in other.splitlines()[1:] if "A001" in line).replace("A001", "A002")
    granted = "\n".join(
        f'2026-02-01 * "Indemnité" ^lot\n  Expenses:61:619-Indemnites:{unit}  {amount} EUR\n'
        f"  Assets:9:960-Liaison:{unit}  -{amount} EUR\n"
        f'2026-02-01 * "Indemnité" ^lot\n  Assets:9:960-Liaison:COOP  {amount} EUR\n'
        f"  Liabilities:48:489-Dettes:COOP  -{amount} EUR"
        for unit, amount in (("A001", "100.00"), ("A002", "60.00"))
    )
    paid = """
2026-02-02 * "Virement" ^lot
  Liabilities:48:489-Dettes:COOP  60.00 EUR
  Assets:55:5500-Banque:COOP  -60.00 EUR
"""
    found = report(ask, f"{both}\n{granted}\n{paid}", "benefit", "--unit", "A001", "--year", "2026")
    assert found["Sums paid"][1:] == [["", "Total", "", "0.00", "0.00"]]
    assert found["Paid under a shared link"][1][-1] == "60.00"


def test_what_was_paid_twice_has_a_minus_sign_wherever_it_is_shown(ask, tmp_path):
    text = SOLD.format(amount="300.00") + TWICE
    found = report(ask, text, "activity", "--unit", "A001", "--month", "2026-01")
    assert found["Open invoices: customers"][-1][-1] == "-300.00"
    assert found["Open invoices: suppliers"][-1][-1] == "-50.00"
    queried = list(csv.reader(StringIO(ask(text, "query", "open-items", "--format", "csv"))))
    assert {row[2]: row[6] for row in queried[1:]} == {"F1": "-300.00", "B1": "50.00"}  # as the accounts have it
    folder = tmp_path / "x"
    assert exported(ask, text, folder, "invoices")[0][-1] == "-300.00"
    names = {name: (folder / f"{name}.csv").read_text(encoding="utf-8-sig") for name in ("customers", "suppliers")}
    assert "Client A,1,300.00,300.00,-300.00," in names["customers"]
    assert "Bois SA,1,50.00,50.00,-50.00," in names["suppliers"]


def test_a_direct_purchase_paid_by_its_number_is_paid_everywhere(ask, tmp_path):
    text = SOLD.format(amount="1000.00") + DIRECT_PURCHASE
    found = report(ask, text, "activity", "--unit", "A001", "--month", "2026-01")
    assert [len(found[f"Open invoices: {who}"]) for who in ("customers", "suppliers")] == [1, 1]  # the headings
    assert len(ask(text, "query", "open-items", "--format", "csv").splitlines()) == 1
    assert [row[-1] for row in exported(ask, text, tmp_path / "x", "purchases")] == ["0.00"]
    planned = ask(text, "exit", "A001", "--outcome", "stopped", "--date", "2026-01-31")
    assert "630.00" in planned  # 1000.00 - 300.00 - 70.00: nothing is open that would stand in the way


def test_an_advance_and_its_invoice_are_two_documents(ask, tmp_path):
    rows = exported(ask, ADVANCE, tmp_path / "x", "invoices")
    assert [row[4:7] for row in rows] == [["500.00", "105.00", "605.00"], ["1500.00", "315.00", "1815.00"]]
    customers = (tmp_path / "x" / "customers.csv").read_text(encoding="utf-8-sig").splitlines()
    assert customers[1].startswith("Client,2,2000.00,2420.00,")


def test_the_reserves_call_nothing_the_cooperative_s_that_an_activity_earned(ask):
    found = report(ask, SOLD.format(amount="1000.00"), "reserves", "--year", "2026")
    title = "The cooperative's own, and its activities'"
    assert [row[1:] for row in found[title][1:]] == [
        ["100.00", "900.00", "1000.00"],  # the contribution alone is its own
        ["0.00", "1000.00", "1000.00"],
        ["100.00", "900.00", "1000.00"],
        ["100.00", "900.00", "1000.00"],
    ]
    assert found["Earned and not yet owed"][1:] == [["A001", "900.00", "900.00"]]
