"""What `check` and `vat drift` find of a filed return that no longer agrees with the books."""

from __future__ import annotations

import pytest
from filing_books import OWED, Cooperative, purchase, sale

DUE = "2026-04-20"


@pytest.fixture
def filed(tmp_path) -> Cooperative:
    made = Cooperative(tmp_path)
    made.write(sale("2026-01-15", "1000.00", "210.00"))
    made.write(purchase("2026-02-03", "400.00", "84.00"))
    assert made.file("2026-Q1", DUE).status == 0
    assert made.run("check").status == 0
    assert made.vat("drift", "2026-Q1").status == 0
    return made


def refused(cooperative: Cooperative, code: str) -> str:
    """Both commands tell it, and no return is filed on top of it."""
    check, drift = cooperative.run("check"), cooperative.vat("drift", "2026-Q1")
    assert (check.status, drift.status) == (1, 1)
    assert code in check.err
    assert code in drift.err
    before = cooperative.files()
    assert cooperative.file("2026-Q2", "2026-07-20").status == 1
    assert cooperative.files() == before
    return check.err


CHANGES = [
    ("2026-01-15", "2026-01-16"),
    ("2026-01-15", "2026-05-16"),
    ('"Facture"', '"Facture" ^autre'),
    ('2026-01-15 * "Facture"', '2026-01-15 * "Facture"\n  vat: "S21"'),
    ("Assets:40:400-Clients:A001  1210", "Assets:55:5500-Banque:A001  1210"),
    ("Expenses:60:600-MatieresPremieres:A001  400.00", "Expenses:60:600-MatieresPremieres:A001  399.00"),
]


@pytest.mark.parametrize(("before", "after"), CHANGES, ids=["date", "period", "link", "code", "account", "amount"])
def test_a_change_of_what_was_counted_is_refused_with_file_and_line(filed, before, after):
    filed.change(before, after)
    if "399" in after:
        filed.change("A001  -484.00", "A001  -483.00")
    assert "coop/vat/2026-Q1.csv:" in refused(filed, "BC1066")


FREE = [
    ('"Facture"', '"Client" "Autres mots"'),
    ('"Facture"', '"Facture" #tag'),
    ('* "Facture"', '* "Facture"\n  document: "facture.pdf"'),
    ("1210.00 EUR", "1210 EUR"),
]


@pytest.mark.parametrize(("before", "after"), FREE, ids=["words", "tag", "document", "zeros"])
def test_what_is_free_changes_nothing(filed, before, after):
    filed.change(before, after)
    assert filed.vat("drift", "2026-Q1").status == 0
    assert "BC10" not in filed.run("check").err


ADJUSTED = f"""2026-03-31 * "Correction"
  vat: "ADJ-STATE"
  {OWED}:A001  -5.00 EUR
  Expenses:64:640-Taxes:A001  5.00 EUR
"""


NEWS = [
    sale("2026-03-31", "10.00", "2.10"),
    sale("2026-03-31", "-10.00", "-2.10"),
    sale("2026-03-31", "10.00", "0"),
    ADJUSTED,
]


@pytest.mark.parametrize("text", NEWS, ids=["sale", "credit note", "undecided", "correction"])
def test_a_sale_or_a_correction_dated_in_a_filed_period_is_refused_at_its_line(filed, text):
    ledger = filed.ledgers / "activities/A001/ledger.beancount"
    if "640-Taxes" in text and "640-Taxes:" not in ledger.read_text():
        ledger.write_text(ledger.read_text() + "2026-01-01 open Expenses:64:640-Taxes:A001\n")
    line = filed.write(text)
    assert f"books/2026.beancount:{line}: " in refused(filed, "BC1068")


def test_the_default_code_of_an_account_cannot_change_what_was_counted(filed):
    ledger = filed.ledgers / "activities/A001/ledger.beancount"
    opened = "2026-01-01 open Expenses:60:600-MatieresPremieres:A001\n"
    assert opened in ledger.read_text()
    ledger.write_text(ledger.read_text().replace(opened, f'{opened}  vat: "ND"\n'))
    refused(filed, "BC1067")


FILES = [
    ("coop/vat/2026-Q1.xml", "1000.00", "1001.00", "BC1062"),
    ("coop/vat/2026-Q1.csv", ",1000.00", ",1001.00", "BC1065"),
    ("coop/vat/2026-Q1.csv", ",S21,03,", ",S21,03", "BC1061"),
    ("coop/vat-2026.beancount", "grid-03: 1000.00", "grid-03: 1001.00", "BC1065"),
    ("coop/vat-2026.beancount", "grid-03: 1000.00", "grid-03: 1001.00", "BC1063"),
    ("coop/vat-2026.beancount", '\n  sha256: "', '\n  sha256: "00', "BC1064"),
    ("coop/vat-2026.beancount", "-126.00 EUR", "-125.00 EUR", "BC1069"),
]


@pytest.mark.parametrize(("name", "before", "after", "code"), FILES, ids=[f"{each[3]}-{each[0]}" for each in FILES])
def test_files_directive_and_ledger_that_disagree_are_refused(filed, name, before, after, code):
    path = filed.ledgers / name
    text = path.read_text()
    assert before in text
    if code == "BC1069":
        text = text.replace("960-Liaison:COOP                  126.00", "960-Liaison:COOP                  125.00")
    changed = text.replace(before, after, 1)
    if after.endswith('"00'):
        start = changed.index('\n  sha256: "') + len('\n  sha256: "')
        changed = changed[:start] + "0" * 64 + changed[start + 66 :]
    path.write_text(changed)
    check, drift = filed.run("check"), filed.vat("drift", "2026-Q1")
    assert (check.status, drift.status) == (1, 1)
    assert code in drift.err


@pytest.mark.parametrize("name", ["2026-Q1.xml", "2026-Q1.csv"])
def test_a_file_that_is_gone_is_told(filed, name):
    (filed.ledgers / "coop/vat" / name).unlink()
    refused(filed, "BC1060")


def test_a_second_return_that_replaces_nothing_is_told(filed):
    path = filed.ledgers / "coop/vat-2026.beancount"
    text = path.read_text()
    path.write_text(text + text[text.index("2026-04-20 custom") :])
    for suffix in ("xml", "csv"):
        folder = filed.ledgers / "coop/vat"
        (folder / f"2026-Q1.2.{suffix}").write_bytes((folder / f"2026-Q1.{suffix}").read_bytes())
    refused(filed, "BC1073")


def test_what_was_never_filed_has_no_drift(filed):
    done = filed.vat("drift", "2026-Q2")
    assert (done.status, "BC1078" in done.err) == (1, True)


@pytest.mark.parametrize(
    "line",
    [
        b"a,1,A001,S21,03,1e999999\n",
        b"a,1,A001,S21,03,NaN\n",
        b"a,1e3,A001,S21,03,1.00\n",
        b'"' + b"a" * 200000,
        b"\xff\n",
    ],
)
def test_a_line_that_nobody_wrote_is_told_and_ends_in_no_traceback(tmp_path, line):
    cooperative = Cooperative(tmp_path)
    cooperative.write(sale("2026-01-15", "1000.00", "210.00"))
    assert cooperative.file("2026-Q1", "2026-04-20").status == 0
    table = cooperative.ledgers / "coop/vat/2026-Q1.csv"
    number = table.read_bytes().count(b"\n") + 1
    table.write_bytes(table.read_bytes() + line)
    told = cooperative.vat("drift", "2026-Q1")
    assert told.status == 1
    assert f"2026-Q1.csv:{number}: " in told.err
    assert "[BC1061]" in told.err
    assert cooperative.vat("return", "2026-Q2").status == 0
