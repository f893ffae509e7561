"""`beancoop depreciate`: what assets lose in a year, shown or written, or a reason why not and nothing written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from beancoop.loading.ledger import load_ledger
from beancoop.model.provenance import settles
from beancoop.model.register import read_register
from beancoop_cli.main import main
from click.testing import CliRunner

TODAY = ("--today", "2027-03-01")
MAIN = Path("ledgers/main.beancount")
OWN, COOP = Path("ledgers/activities/A001"), Path("ledgers/coop")
BUY = """
2026-03-12 * "Outillage Renard" "Scie à ruban"
  Assets:{account}:A001   1000.00 EUR
    asset: "A001-01"
    life: 3
  Liabilities:44:440-Fournisseurs:A001   -1000.00 EUR
"""
SAW = BUY.format(account="23:230-InstallationsMachinesOutillage")
SAW_OPEN = "2026-01-05 open Assets:23:230-InstallationsMachinesOutillage:A001\n"


def run(*arguments, language="en"):
    return CliRunner().invoke(main, [str(argument) for argument in arguments], env={"BEANCOOP_LANG": language})


@pytest.fixture
def cooperative(tmp_path, monkeypatch):
    assert run("init", tmp_path / "coop", "--start", "2026-01-05").exit_code == 0
    monkeypatch.chdir(tmp_path / "coop")
    return Path.cwd()


def add(path, text):
    path.write_text((path.read_text() if path.exists() else "") + text)


def texts():
    return {path: path.read_bytes() for path in sorted(Path("ledgers").rglob("*")) if path.is_file()}


def opened():
    ledger = load_ledger(MAIN)
    assert ledger.findings == []
    return read_register(ledger.entries, ledger.options).opens


def refused(*arguments, status=1):
    before = texts()
    result = run("depreciate", *TODAY, *arguments)
    assert result.exit_code == status, result.output
    assert texts() == before
    return re.sub(r"\s+", " ", result.stderr)


def test_it_shows_what_it_would_write_and_writes_the_same_once(cooperative):
    add(OWN / "books/2026.beancount", SAW_OPEN + SAW)
    before = texts()
    shown = run("depreciate", "2026", *TODAY)
    assert shown.exit_code == 0, shown.output
    assert texts() == before
    entry = (
        '2026-12-31 * "Amortissements 2026" #inventory\n'
        "  Expenses:63:630-DotationsAmortissements:A001                       277.78 EUR\n"
        '    asset: "A001-01"\n'
        "  Assets:23:2309-AmortissementsInstallationsMachinesOutillage:A001  -277.78 EUR\n"
        '    asset: "A001-01"\n'
    )
    assert entry in shown.stdout
    assert "1 asset would be written down by 277.78 EUR for 2026." in shown.stdout
    written = run("depreciate", "2026", *TODAY, "--write")
    assert written.stdout == "1 asset is written down by 277.78 EUR for 2026.\n"
    assert (OWN / "books/inventory-2026.beancount").read_text() == f"; A001 : inventaire 2026\n\n{entry}"
    assert run("check").exit_code == 0
    after = texts()
    again = run("depreciate", "2026", *TODAY, "--write")
    assert (again.exit_code, again.stdout) == (0, "Nothing is left to write down for 2026.\n")
    assert texts() == after
    assert "333,33 EUR pour 2027" in run("depreciate", "2027", "--today", "2028-03-01", language="fr").stdout


def test_years_that_were_forgotten_are_caught_up(cooperative):
    add(OWN / "books/2026.beancount", SAW_OPEN + SAW)
    assert "611.11 EUR for 2027" in run("depreciate", "2027", "--today", "2028-03-01").stdout


def test_accounts_are_opened_where_the_others_are(cooperative):
    add(
        OWN / "books/2026.beancount",
        "2026-01-05 open Assets:20:200-Constitution:A001\n" + BUY.format(account="20:200-Constitution"),
    )
    add(COOP / "2026.beancount", BUY.format(account="24:241-MaterielRoulant").replace("A001", "COOP"))
    add(COOP / "accounts.beancount", "2026-01-05 open Assets:24:241-MaterielRoulant:COOP\n")
    assert "Expenses:63:6300-" not in (OWN / "ledger.beancount").read_text()
    shown = run("depreciate", "2026", *TODAY)
    assert "2026-01-05 open Assets:24:2419-AmortissementsMaterielRoulant:COOP" in shown.stdout
    assert run("depreciate", "2026", *TODAY, "--write").exit_code == 0
    names = opened()
    assert "Assets:20:2009-AmortissementsFraisConstitution:A001" in names
    assert "Assets:24:2419-AmortissementsMaterielRoulant:COOP" in names
    assert (
        "2026-01-05 open Assets:24:2419-AmortissementsMaterielRoulant:COOP" in (COOP / "accounts.beancount").read_text()
    )
    assert "2009-AmortissementsFraisConstitution:A001" in (OWN / "ledger.beancount").read_text()
    assert (COOP / "inventory-2026.beancount").is_file()
    assert run("check").exit_code == 0
    units = [each.unit for each in map(unit_of, filter(settles, load_ledger(MAIN).entries))]
    assert sorted(units) == ["A001", "COOP"]


def unit_of(entry):
    """Give what each inventory entry is about: all its postings are of one unit."""
    (unit,) = {posting.account.rpartition(":")[2] for posting in entry.postings}
    return type("Of", (), {"unit": unit})


def test_an_account_opened_in_a_closed_year_breaks_no_seal(cooperative):
    add(
        OWN / "books/2026.beancount",
        "2026-01-05 open Assets:24:241-MaterielRoulant:A001\n" + BUY.format(account="24:241-MaterielRoulant"),
    )
    for month in range(1, 13):
        result = run("close", f"2026-{month:02}", "--today", "2027-01-15", "--force")
        assert result.exit_code == 0, result.output
    assert run("depreciate", "2026", *TODAY, "--write").exit_code == 0
    line = "2026-12-31 open Assets:24:2419-AmortissementsMaterielRoulant:A001"
    assert f"{line}\n" in (OWN / "ledger.beancount").read_text()
    assert run("check").exit_code == 0
    assert run("close", "2026", "--today", "2027-01-15", "--force").exit_code == 0
    assert run("check").exit_code == 0


def test_the_account_that_holds_it_already_goes_on_holding_it(cooperative):
    add(
        OWN / "books/2026.beancount",
        SAW_OPEN + "2026-01-05 open Assets:23:2399-Amortis:A001\n" + SAW + '2026-06-30 * "Amortissement du semestre"\n'
        "  Expenses:63:630-DotationsAmortissements:A001  100.00 EUR\n"
        '  Assets:23:2399-Amortis:A001  -100.00 EUR\n    asset: "A001-01"\n',
    )
    shown = run("depreciate", "2026", *TODAY).stdout
    assert "Assets:23:2399-Amortis:A001                   -177.78 EUR" in shown


def test_a_year_of_its_own_ends_on_its_own_day(cooperative):
    add(OWN / "books/2026.beancount", SAW_OPEN + SAW)
    main_text = MAIN.read_text()
    declared = re.search(r'(?m)^\S+ custom "cooperative" .*\n', main_text)
    assert declared
    MAIN.write_text(main_text.replace(declared[0], declared[0] + '  year-start: "07-01"\n'))
    assert load_ledger(MAIN).findings == []
    shown = run("depreciate", "2026", *TODAY).stdout  # March to June: 4 months of 36
    assert "2026-06-30" in shown
    assert "111.11 EUR for 2026" in shown


def test_a_sub_ledger_alone_is_written_down_alike(cooperative):
    add(OWN / "books/2026.beancount", SAW_OPEN + SAW)
    ledger = OWN / "ledger.beancount"
    assert run("depreciate", "2026", *TODAY, "--ledger", ledger, "--write").exit_code == 0
    assert "Amortissements 2026" in (OWN / "books/inventory-2026.beancount").read_text()
    assert run("depreciate", "2026", *TODAY).stdout == "Nothing is left to write down for 2026.\n"


def test_books_in_one_file_take_accounts_and_entries(tmp_path):
    path = tmp_path / "main.beancount"
    path.write_text(
        'option "operating_currency" "EUR"\noption "tolerance_multiplier" "0"\nplugin "beancoop"\n'
        '2026-01-05 custom "activity" "A001"\n2026-01-05 open Assets:23:230-Machines:A001\n'
        "2026-01-05 open Liabilities:44:440-Fournisseurs:A001\n" + BUY.format(account="23:230-Machines")
    )
    assert run("depreciate", "2026", *TODAY, "--ledger", path, "--write").exit_code == 0
    text = path.read_text()
    assert text.count("open ") == 4
    assert text.index("2309-") < text.index("Amortissements 2026")
    assert load_ledger(path).findings == []


def test_what_is_wrong_with_the_register_is_told_and_nothing_written(cooperative):
    add(OWN / "books/2026.beancount", SAW_OPEN + SAW + SAW)
    told = refused("2026", "--write")
    assert "[BC383]" in told
    assert "Nothing is written down for 2026. The register of fixed assets is not right" in told
    assert "2026.beancount" in told


def test_a_year_to_come_and_what_is_no_year_are_refused(cooperative):
    add(OWN / "books/2026.beancount", SAW_OPEN + SAW)
    assert "BC390" in refused("2027", "--today", "2026-12-31")
    assert "BC937" in refused("26", status=2)
    assert "BC937" in refused("next", status=2)


@pytest.mark.parametrize("unit", ["A001", "COOP"])
def test_a_sealed_year_is_refused_while_something_is_due(cooperative, unit):
    add(OWN / "books/2026.beancount", SAW_OPEN + SAW)
    add(COOP / "2026.beancount", f'2026-12-31 custom "closed" "2026" "{unit}"\n  levied-in: "2027-01"\n')
    assert "2026 of A001 is sealed, and A001-01 is not written down in it" in refused("2026", "--write")


def test_an_account_that_opens_too_late_is_told(cooperative):
    late = "2027-01-01 open Assets:24:2419-AmortissementsMaterielRoulant:A001\n"
    van = "2026-01-05 open Assets:24:241-MaterielRoulant:A001\n"
    add(OWN / "books/2026.beancount", late + van + BUY.format(account="24:241-MaterielRoulant"))
    assert "BC393" in refused("2026", "--write")


def test_what_the_ledger_does_not_take_is_not_written(cooperative):
    """The account is closed before the year ends: another of its number cannot be opened under its name."""
    add(
        OWN / "books/2026.beancount",
        "2026-01-05 open Assets:24:241-MaterielRoulant:A001\n"
        + BUY.format(account="24:241-MaterielRoulant")
        + '2026-05-01 * "Reprise"\n  Expenses:63:630-DotationsAmortissements:A001  1.00 EUR\n'
        '  Assets:24:2489-Ancien:A001  -1.00 EUR\n    asset: "A001-01"\n'
        '2026-05-02 * "Correction"\n  Expenses:63:630-DotationsAmortissements:A001  -1.00 EUR\n'
        '  Assets:24:2489-Ancien:A001  1.00 EUR\n    asset: "A001-01"\n',
    )
    add(
        OWN / "ledger.beancount",
        "2026-01-05 open Assets:24:2489-Ancien:A001\n2026-06-01 close Assets:24:2489-Ancien:A001\n",
    )
    assert "BC394" in refused("2026")
    assert "BC394" in refused("2026", "--write")


def test_a_file_that_is_not_read_is_told_and_taken_back(cooperative):
    add(OWN / "books/2026.beancount", SAW_OPEN + SAW)
    ledger = OWN / "ledger.beancount"
    ledger.write_text(ledger.read_text().replace('include "books/*.beancount"', 'include "books/2026.beancount"'))
    assert load_ledger(MAIN).findings == []
    assert "BC395" in refused("2026", "--write")
