"""The reports of a year: one small cooperative whose reports are kept and compared byte by byte, and what they tell.

What stands in `year_reports`, by hand: the desks of 3000.00 have lost 36 of 60 months, 1800.00, 600.00 of them in 2026;
the saw of 1000.00 has lost 8 of 36, 222.22. The result is 3000.00 less 300.00 - 120.00 of goods, 1200.00 of rent and
822.22: 797.78. Assets of 9027.78 less debts of 930.00 and the reserve of 2800.00 leave 5297.78. VAT of 630.00 - 210.00
is due on 25 January, the open invoice of 1210.00 on the 19th, the wholesaler's 300.00 in February. A001 has earned
3000.00, less 300.00 contributed and 222.22. A month's average of goods is 25.00, of rent 100.00, of sales 250.00. A
dividend of 300.00 on 4500.00 paid up is 200.00 to who has 3000.00, of which 6 % are 180.00 after tax and 257.14 before.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
from pathlib import Path

import pytest
from beancoop_cli.main import main
from click.testing import CliRunner

KEPT = Path(__file__).parent / "year_reports"
ASKED = {
    "assets": ("--year", "2026"),
    "shares-register": ("--date", "2026-12-31", "--dividend", "300"),
    "distribution-test": ("--date", "2026-12-31", "--dividend", "300,00"),
    "inventory-book": ("--year", "2026"),
    "special-report": ("--year", "2026"),
}


def run(name, *arguments, ledger=KEPT / "main.beancount", style="csv", language="en"):
    given = ["report", name, *arguments, "--ledger", str(ledger), "--format", style, "--lang", language]
    return CliRunner().invoke(main, given)


def tables(name, *arguments, ledger, status=0):
    """Give the tables of a report by title, as rows."""
    result = run(name, *arguments, ledger=ledger)
    assert result.exit_code == status, result.output
    found = {}
    for part in result.stdout.split("# ")[1:]:
        title, _, rows = part.partition("\n")
        found[title.strip()] = [row for row in csv.reader(io.StringIO(rows)) if row]
    return found, re.sub(r"\s+", " ", result.stderr)


@pytest.fixture
def ledger(tmp_path):
    """Give a copy of the small year, to be changed."""
    shutil.copytree(KEPT, tmp_path / "coop")
    return tmp_path / "coop/main.beancount"


def change(path, *pairs):
    text = path.read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", ASKED)
def test_each_report_of_the_year_reports_is_as_it_was_checked(name, language):
    result = run(name, *ASKED[name], language=language)
    assert result.exit_code == 0, result.output
    assert result.stdout_bytes == (KEPT / f"{name}.{language}.csv").read_bytes()


@pytest.mark.parametrize("name", ASKED)
def test_each_is_a_page_and_a_workbook_too(name):
    page = run(name, *ASKED[name], style="html")
    assert (page.exit_code, page.stdout[:15]) == (0, "<!DOCTYPE html>")
    assert run(name, *ASKED[name], style="xlsx").stdout_bytes[:2] == b"PK"


def test_what_the_register_of_assets_has_and_the_ledger_has_not_is_told(ledger):
    change(ledger, ('    asset: "COOP-01"\n\n2026-12-31', "\n2026-12-31"))
    found, told = tables("assets", "--year", "2026", ledger=ledger, status=1)
    assert ["24x9", "Written down so far", "1200.00", "1800.00", "600.00"] in found["Agreement with the ledger"]
    assert ["2026-12-31", "COOP", "2409", "Amortissements 2026", "-600.00"] in found["Of no asset"]
    assert "Register and ledger do not agree" in told
    assert found["In use"][3][-1] == "600.00"  # still to be booked


def test_what_is_wrong_with_an_asset_is_told_on_the_report(ledger):
    change(ledger, ("    life: 3\n", "    life: 0\n"))
    _, told = tables("assets", "--year", "2026", ledger=ledger, status=1)
    assert "[BC381]" in told


def test_an_asset_that_left_stands_apart_and_one_unit_alone(ledger):
    sale = (
        '2026-12-31 * "Vente"\n  Assets:23:230-InstallationsMachinesOutillage:A001  -1000.00 EUR\n'
        '    asset: "A001-01"\n  Assets:23:2309-Amortissements:A001  222.22 EUR\n    asset: "A001-01"\n'
        "  Assets:55:5500-Banque:A001  777.78 EUR\n"
    )
    change(
        ledger,
        (
            "2027-01-01 balance Assets:55:5500-Banque            5510.00",
            f"{sale}2027-01-01 balance Assets:55:5500-Banque  6287.78",
        ),
    )
    found, _ = tables("assets", "--year", "2026", "--unit", "A001", ledger=ledger)
    assert found["Left in the year"][1][5:] == ["2026-12-31", "1000.00", "0.00", "222.22", "777.78"]
    assert [row[0] for row in found["In use"]] == ["Asset"]
    assert [row[-1] for row in found["Agreement with the ledger"][1:]] == ["0.00", "0.00", "0.00"]


def test_without_fixed_assets_the_table_is_empty(ledger):
    found, _ = tables("assets", "--year", "2026", "--unit", "A002", ledger=ledger)
    assert {title: len(rows) for title, rows in found.items()} == {"In use": 1, "Agreement with the ledger": 1}


def test_a_year_of_its_own_is_asked_for_by_its_number(ledger):
    change(
        ledger,
        ('  enterprise: "0123456749"\n', '  enterprise: "0123456749"\n  year-start: "07-01"\n'),
        (" #inventory", ""),
    )
    found, _ = tables("assets", "--year", "2026", ledger=ledger)
    assert found["In use"][-1][6:] == ["4000.00", "1200.00", "0.00", "2800.00", "0.00"]  # caught up six months later
    found, _ = tables("special-report", "--year", "2027", ledger=ledger)
    assert found["Means of the year"][1][1] == "1000.00"


def test_a_register_of_shares_that_differs_or_is_missing_is_told(ledger):
    register = ledger.parent / "coop/shares.csv"
    change(register, ("2,500.00", "1,250.00"))
    found, told = tables("shares-register", "--year", "2026", ledger=ledger, status=1)
    assert found["Agreement with the ledger"][1] == ["1109", "4250.00", "4500.00", "250.00"]
    assert found["Days on which they differ"][1] == ["2026-03-10", "1109", "250.00", "500.00", "250.00"]
    assert "Register and ledger do not agree" in told
    change(register, ("date,", "day,"))
    _, told = tables("special-report", "--year", "2026", ledger=ledger, status=1)
    assert "[BC396]" in told
    register.unlink()
    found, told = tables("shares-register", "--year", "2026", ledger=ledger, status=1)
    assert "There is no register of shares; begin one in" in told
    assert found["Members"] == [["Member", "Number of shares", "Paid up", "Net at most", "Gross at most"]]


def test_a_dividend_above_what_a_member_may_have_is_shown(ledger):
    rows = tables("shares-register", "--date", "2026-12-31", "--dividend", "450.00", ledger=ledger)[0]["Members"]
    assert rows[1] == ["M001", "12", "3000.00", "180.00", "257.14", "300.00", "42.86"]
    change(ledger.parent / "coop/shares.csv", ("M00", "COOP-M"))  # nobody's shares are those of COOP alone
    assert len(tables("shares-register", "--date", "2026-12-31", "--dividend", "1", ledger=ledger)[0]["Members"]) == 5


def test_what_is_nobodys_gets_no_dividend(ledger):
    change(ledger.parent / "coop/shares.csv", ("M001,subscribed,A,12", "COOP,subscribed,,0"))
    rows = tables("shares-register", "--date", "2026-12-31", "--dividend", "100", ledger=ledger)[0]["Members"]
    assert rows[1] == ["COOP", "0", "3000.00", "0.00", "0.00", "0.00", ""]
    assert rows[-1][5] == "100.00"
    change(
        ledger.parent / "coop/shares.csv",
        ("M002,subscribed,A,4", "COOP,subscribed,,0"),
        ("M004,subscribed,A,2", "COOP,subscribed,,0"),
    )
    rows = tables("shares-register", "--date", "2026-12-31", "--dividend", "100", ledger=ledger)[0]["Members"]
    assert rows[1][5] == "0.00"


def test_without_a_dividend_none_is_proposed(ledger):
    found, _ = tables("distribution-test", "--date", "2026-12-31", ledger=ledger)
    assert found["Results of the tests"][1][:2] == ["Net assets after the dividend (6:115)", "5297.78"]


def test_invoices_that_are_due_later_are_named_among_what_is_assumed(ledger):
    change(ledger, ("due: 2027-02-28", "due: 2028-02-28"))
    found, _ = tables("distribution-test", "--date", "2026-12-31", ledger=ledger)
    assert found["What is assumed"][-1] == ["Open invoices due after these months, -300.00 EUR, are left out."]


def test_with_nothing_earned_the_list_is_empty(ledger):
    found, _ = tables("distribution-test", "--date", "2026-01-31", ledger=ledger)
    assert len(found["Earned by activities, not owed to their entrepreneurs yet"]) == 1


def test_a_result_of_another_year_and_commitments_are_told_in_the_inventory_book(ledger):
    change(
        ledger,
        (
            "2026-03-10 *",
            "2026-01-01 open Assets:00:000-Garanties:COOP\n2026-01-01 open Equity:01:010-Garants:COOP\n2026-03-10 *",
        ),
    )
    with ledger.open("a") as file:
        file.write(
            '2026-12-31 * "Garantie"\n  Assets:00:000-Garanties:COOP  10.00 EUR\n'
            "  Equity:01:010-Garants:COOP  -10.00 EUR\n"
        )
    found, _ = tables("inventory-book", "--year", "2027", ledger=ledger)
    assert found["Equity and liabilities"][-2][1:] == [
        "Results of other years, not appropriated yet",
        "",
        "",
        "",
        "",
        "",
        "797.78",
    ]
    assert [row[0] for row in found["Rights and commitments (0)"]] == ["Account", "000", "", "010", ""]
    assert "Income and charges of the year" not in found


def test_books_without_a_bank_have_no_table_of_banks(tmp_path):
    path = tmp_path / "main.beancount"
    path.write_text(
        'option "operating_currency" "EUR"\noption "tolerance_multiplier" "0"\nplugin "beancoop"\n'
        "2026-01-01 open Assets:57:570-Caisse:COOP\n2026-01-01 open Equity:13:133-Reserves:COOP\n"
        '2026-01-01 * "Reprise" #opening\n  Assets:57:570-Caisse:COOP  1.00 EUR\n'
        "  Equity:13:133-Reserves:COOP  -1.00 EUR\n"
    )
    assert "Bank accounts" not in tables("inventory-book", "--year", "2026", ledger=path)[0]
    found, _ = tables("special-report", "--year", "2026", ledger=path)
    assert found["Reserves (13, 1119)"][1][2:] == ["1.00", "1.00"]
    path.write_text(path.read_text().replace("13:133-Reserves", "14:140-Reporte"))
    assert len(tables("special-report", "--year", "2026", ledger=path)[0]["Reserves (13, 1119)"]) == 1


def test_the_use_of_a_profit_is_told_by_account(ledger):
    with ledger.open("a") as file:
        file.write(
            "2026-01-01 open Expenses:69:6921-DotationReserves:COOP\n"
            '2027-05-15 * "Assemblée générale"\n  appropriates: 2026\n'
            "  Expenses:69:6921-DotationReserves:COOP  700.00 EUR\n"
            "  Equity:13:1311-ReserveIndisponible:COOP  -700.00 EUR\n"
        )
    rows = tables("special-report", "--year", "2026", ledger=ledger)[0]["Use of the profit"]
    assert rows[2][1:] == ["6921", "700.00"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--date", "2026-12-31", "--year", "2026"], "BC938"),
        (["--date", "tomorrow"], "tomorrow"),
        (["--dividend", "much"], "BC1409"),
        (["--dividend", "-5"], "BC1409"),
    ],
)
def test_misuse_says_what_to_do(arguments, said):
    result = run("distribution-test", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_a_report_of_a_month_is_of_no_day():
    assert "BC949" in run("committee", "--date", "2026-02-10").stderr
