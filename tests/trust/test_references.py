"""A bank reference is believed only where it belongs (contract, section 8; case trust/i01-bank-ref)."""

from __future__ import annotations

import pytest
from camt_writer import Detail, Entry, Paper, camt
from trust.lab import laboratory

REFERENCE = "camt/BE68539007547034/EUR/2026-02-15/R1"
CLAIM = f"""2026-02-15 * "Client Deux" "Je réclame le mouvement d'A002"
  bank-ref: "{REFERENCE}"
  Assets:55:5500-Banque:A001              2420.00 EUR
  Assets:40:400-Clients:A001             -2420.00 EUR
"""
RULE = """[[movement]]
name = "Fidèle"
when = { text = "fidèle" }
then = { unit = "A002" }
"""


@pytest.fixture
def lab(tmp_path):
    return laboratory(tmp_path / "lab")


@pytest.fixture
def bring(lab, tmp_path):
    def act(text="A002-2026-0001", *options):
        entry = Entry(
            "2420.00",
            booked="2026-02-15",
            value="2026-02-15",
            reference="R1",
            details=(Detail(name="Client Deux", text=text),),
        )
        file = tmp_path / "fevrier.xml"
        file.write_bytes(camt(Paper((entry,), old_date="2026-02-14", new_date="2026-02-15")))
        return lab.run("import", file, *options)

    return act


def bank(lab, unit):
    return lab.folder(unit) / "books/bank-2026.beancount"


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_a_reference_in_another_unit_s_books_is_told_and_nothing_booked(lab, bring, options):
    lab.write(CLAIM)
    line = lab.book().read_text(encoding="utf-8").splitlines().index(CLAIM.splitlines()[0]) + 1
    result = bring("A002-2026-0001", *options)
    assert result.exit_code == 1
    assert "To decide (1):" in result.stdout
    assert f"{lab.book()}:{line}" in result.stdout
    assert str(bank(lab, "A002")) in result.stdout
    assert "[BC1243]" in result.stdout
    assert not bank(lab, "A002").exists()
    assert REFERENCE in lab.book().read_text(encoding="utf-8")


def test_once_the_claim_is_taken_out_it_is_booked_where_it_belongs(lab, bring):
    before = lab.book().read_text(encoding="utf-8")
    lab.write(CLAIM)
    assert bring().exit_code == 1
    lab.book().write_text(before, encoding="utf-8")
    assert bring().exit_code == 0
    assert REFERENCE in bank(lab, "A002").read_text(encoding="utf-8")
    again = bring()
    assert (again.exit_code, "To decide" in again.stdout) == (0, False)


def test_a_link_to_the_other_s_invoice_is_no_proof(lab, bring):
    lab.write(CLAIM.replace("d'A002\"", "d'A002\" ^A002-2026-0001"))
    assert bring().exit_code == 1


def test_what_a_rule_gives_to_another_is_told(lab, bring):
    (lab.main.parent / "rules.toml").write_text(RULE, encoding="utf-8")
    lab.write(CLAIM)
    result = bring("du client fidèle")
    assert (result.exit_code, "rule Fidèle" in result.stdout) == (1, True)


def test_a_month_that_is_closed_since_changes_nothing(lab, bring):
    lab.write(CLAIM)
    for month in ("2026-01", "2026-02"):
        assert lab.run("close", month, "--today", "2026-03-02").exit_code == 0
    assert bring().exit_code == 1


@pytest.mark.parametrize("text", ["merci", "A001-2026-0001"])
def test_what_nothing_gives_to_another_is_hers(lab, bring, text):
    lab.write(CLAIM)
    result = bring(text)
    assert (result.exit_code, "1 already there" in result.stdout) == (0, True)


def test_what_waited_and_was_decided_since_is_not_told(lab, bring):
    assert bring("merci").exit_code == 0
    path = lab.main.parent / "coop/bank-2026.beancount"
    text = path.read_text(encoding="utf-8")
    mine = text[: text.index("2026-02-16")].replace(":COOP", ":A001").replace("499-CompteAttente", "400-Clients")
    lab.write(mine[mine.index("2026-02-15") :].replace("Liabilities:40", "Assets:40").replace("Assets:49", "Assets:40"))
    path.write_text(text[text.index("2026-02-16") :], encoding="utf-8")
    result = bring("merci")
    assert (result.exit_code, "To decide" in result.stdout) == (0, False)


def test_what_waits_with_the_structure_is_not_told(lab, bring):
    assert bring("merci").exit_code == 0
    (lab.main.parent / "rules.toml").write_text(RULE.replace("fidèle", "merci"), encoding="utf-8")
    assert bring("merci").exit_code == 0
