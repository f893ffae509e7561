"""`beancoop report balance-sheet` and `income-statement`: which year, before or after, by which model, and whose."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal

import pytest
from beancoop_cli.main import main
from books import EXAMPLE
from click.testing import CliRunner

SUB_LEDGER = EXAMPLE.parent / "activities/A001/ledger.beancount"
HEAD = 'option "title" "C"\noption "operating_currency" "EUR"\noption "tolerance_multiplier" "0"\nplugin "beancoop"\n'
BOOKS = """
2025-01-01 open Assets:55:5500-Banque:COOP
2025-01-01 open Equity:11:1109-Apports:COOP
2025-01-01 open Income:70:700-Ventes:COOP
2025-01-02 * "Apports"
  Assets:55:5500-Banque:COOP    10000.00 EUR
  Equity:11:1109-Apports:COOP  -10000.00 EUR
2025-10-30 * "Vente 2025"
  Assets:55:5500-Banque:COOP      700.00 EUR
  Income:70:700-Ventes:COOP      -700.00 EUR
2026-03-30 * "Vente 2026"
  Assets:55:5500-Banque:COOP      300.00 EUR
  Income:70:700-Ventes:COOP      -300.00 EUR
"""
INVERTED = """
2025-01-01 open Assets:40:400-Clients:COOP
2025-03-01 * "Trop perçu"
  Assets:55:5500-Banque:COOP      250.00 EUR
  Assets:40:400-Clients:COOP     -250.00 EUR
"""
LATE = """
2026-01-02 open Equity:14:140-Reporte:COOP
2026-01-02 open Expenses:69:693-AReporter:COOP
2026-01-20 * "Affectation du résultat 2025"
  Expenses:69:693-AReporter:COOP  700.00 EUR
  Equity:14:140-Reporte:COOP     -700.00 EUR
"""
DECIDED = (
    BOOKS
    + '2025-01-01 open Income:74:740-Subsides:COOP\n2025-05-05 * "Subside"\n'
    + "  Assets:55:5500-Banque:COOP  55.00 EUR\n  Income:74:740-Subsides:COOP  -55.00 EUR\n"
    + LATE.replace("2026-01-20", "2026-02-20")
)
SHIFTED = '2025-01-01 custom "cooperative" "Les Sources SC"\n  enterprise: "0123456749"\n  year-start: "07-01"\n'


def run(name, *arguments, ledger=EXAMPLE, lang="en"):
    """Run a report."""
    return CliRunner().invoke(main, ["report", name, *map(str, arguments), "--ledger", str(ledger), "--lang", lang])


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Give a small ledger in which the result of 2025 is appropriated, but for 55.00, and that of 2026 is not."""
    return kept(tmp_path_factory.mktemp("small"), DECIDED)


def rows(content):
    """Give the amounts of all tables by code, the first column and the one of the year before."""
    lines = [line for line in csv.reader(io.StringIO(content)) if len(line) > 2]
    amounts = {line[1]: [Decimal(each) for each in line[2:]] for line in lines if line[1] != "Codes"}
    heads = [line for line in lines if line[1] == "Codes"]
    return amounts, heads


def kept(folder, text):
    """Write a ledger."""
    path = folder / "main.beancount"
    path.write_text(HEAD + text, encoding="utf-8")
    return path


def said(result):
    """Give what was told on standard error, on one line."""
    return re.sub(r"[\s│]+", " ", result.stderr)


@pytest.mark.parametrize("name", ["balance-sheet", "income-statement"])
def test_days_that_cut_a_financial_year_are_refused(tmp_path, name):
    ledger = kept(tmp_path, BOOKS)
    result = run(name, "--from", "2025-07-01", "--until", "2026-06-30", ledger=ledger)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "2025-07-01 to 2026-06-30 cuts a financial year" in said(result)
    assert "2025 (2025-01-01 - 2025-12-31), 2026 (2026-01-01 - 2026-12-31)" in said(result)
    shifted = kept(tmp_path, SHIFTED + BOOKS)
    for days in (("--from", "2025-07-01", "--until", "2026-06-30"), ("--year", "2026")):
        result = run(name, *days, "--format", "csv", ledger=shifted)
        assert result.exit_code == 0, result.output
        amounts, heads = rows(result.stdout)
        assert amounts["9905"][0] == 1000
        assert heads[0][2] == ("2026-06-30" if name == "balance-sheet" else "Financial year 2026")
    assert run(name, "--year", "2026", "--from", "2025-07-01", "--until", "2026-06-30", ledger=shifted).exit_code == 2


def test_other_reports_may_cut_a_year(tmp_path):
    ledger = kept(tmp_path, SHIFTED + BOOKS)
    assert run("trial-balance", "--from", "2025-08-01", "--until", "2026-02-28", ledger=ledger).exit_code == 0
    text = run("trial-balance", "--year", "2026", ledger=ledger).stdout
    assert '<p class="period">Financial year 2026</p>' in text


def test_the_year_so_far_is_the_financial_year(tmp_path):
    ledger = kept(tmp_path, SHIFTED + BOOKS)
    assert "From 1 July 2025 to 31 March 2026" in run("income-statement", ledger=ledger).stdout.replace("\xa0", " ")


def test_a_year_that_the_first_one_takes_up_is_no_year(tmp_path):
    first = '2024-01-01 custom "cooperative" "C"\n  first-year: 2024-01-01\n  first-year-end: 2025-12-31\n'
    result = run("journal", "--year", "2024", ledger=kept(tmp_path, first + BOOKS))
    assert result.exit_code == 2
    assert "No financial year of this cooperative ends in 2024" in said(result)
    assert run("income-statement", "--year", "2025", ledger=tmp_path / "main.beancount").exit_code == 0


def test_two_years_of_one_number_are_refused(tmp_path):
    first = '2025-01-01 custom "cooperative" "C"\n  first-year: 2025-01-01\n  first-year-end: 2025-06-30\n'
    result = CliRunner().invoke(main, ["check", "--ledger", str(kept(tmp_path, first + BOOKS)), "--lang", "en"])
    assert result.exit_code == 1
    assert "so that both would be 2025" in result.stdout + result.stderr


def test_the_example_before_and_after_the_meeting_of_2026():
    before, _ = rows(run("balance-sheet", "--year", "2025", "--format", "csv").stdout)
    after, _ = rows(run("balance-sheet", "--year", "2025", "--after-appropriation", "--format", "csv").stdout)
    assert (before["14"], before["9905"], before["13"]) == (
        [Decimal("10446.80")],
        [Decimal("9166.50")],
        [Decimal("19420.40")],
    )
    assert (after["14"], after["13"], after["47/48"]) == (
        [Decimal("13165.30")],
        [Decimal("24820.40")],
        [Decimal("1048.00")],
    )
    assert "9905" not in after
    assert before["20/58"] == after["20/58"] == after["10/49"]
    now, heads = rows(run("balance-sheet", "--year", "2026", "--format", "csv").stdout)
    assert heads[0][2:] == ["2026-12-31", "2025-12-31"]
    assert now["14"] == [Decimal("13165.30"), Decimal("13165.30")]  # the year before, after its appropriation
    assert now["9905"] == [Decimal("74446.42"), 0]


def test_a_month_is_compared_with_what_was_decided_by_then(small):
    for month, carried, apart in (("2026-01", 755, 755), ("2026-02", 755, 0)):
        amounts, heads = rows(run("balance-sheet", "--month", month, "--format", "csv", ledger=small).stdout)
        assert heads[0][3] == "2025-12-31"
        assert amounts["14"] == [carried, carried - apart]
        assert amounts.get("9905", [0, 0])[1] == apart


def test_a_year_of_which_nothing_was_decided_has_no_accounts_after(small, tmp_path):
    for name in ("balance-sheet", "income-statement"):
        result = run(name, "--year", "2026", "--after-appropriation", "--to", tmp_path / "x.html", ledger=small)
        assert result.exit_code == 1
        assert "The result of 2026 has not been appropriated" in said(result)
        assert "[BC365]" in result.stderr
        assert not (tmp_path / "x.html").exists()
    assert run("income-statement", "--year", "2025", "--after-appropriation", ledger=small).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["balance-sheet", "--after-appropriation"], "name it, as in --year 2026"),
        (["balance-sheet", "--after-appropriation", "--month", "2025-12"], "name it, as in --year 2025"),
        (["journal", "--after-appropriation"], "are of the annual accounts alone"),
        (["reserves", "--model", "micro"], "leave them out of reserves"),
        (["balance-sheet", "--model", "full"], "'full' is not one of"),
    ],
)
def test_misuse_is_told(small, arguments, told):
    result = run(*arguments, ledger=small)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in said(result)


@pytest.mark.parametrize("name", ["balance-sheet", "income-statement"])
def test_both_models_give_the_same_figures_and_say_which_they_are(small, name):
    micro, abridged = (run(name, "--year", "2025", "--model", model, ledger=small) for model in ("micro", "abridged"))
    assert "micro model for companies without capital (m87)" in micro.stdout
    assert "abridged model for companies without capital (m81)" in abridged.stdout
    figures = [
        run(name, "--year", "2025", "--model", model, "--format", "csv", ledger=small).stdout
        for model in ("micro", "abridged")
    ]
    assert figures[0] == figures[1]
    assert run(name, "--year", "2025", ledger=small).stdout == abridged.stdout


def test_the_accounts_say_whose_they_are_and_that_they_are_not_the_filing(tmp_path):
    ledger = kept(tmp_path, SHIFTED + BOOKS)
    page = run("balance-sheet", "--year", "2026", ledger=ledger, lang="fr").stdout.replace(
        "\N{RIGHT SINGLE QUOTATION MARK}", "'"
    )
    facts = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page))
    assert facts["Société"] == "Les Sources SC"
    assert facts["Numéro d'entreprise"] == "0123.456.749"
    assert facts["Forme légale"] == "Société coopérative (SC)"
    assert {"…" * 12} == {facts[each] for each in ("Siège", "Agréée comme entreprise sociale", "Assemblée générale du")}
    assert "Ceci n'est pas le dépôt" in page
    assert re.findall("<li>(.*)</li>", page)[0] == "Règles d'évaluation"
    undeclared = kept(tmp_path, BOOKS)
    facts = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", run("balance-sheet", ledger=undeclared).stdout))
    assert (facts["Company"], facts["Enterprise number"]) == ("C", "…" * 12)


def test_what_was_turned_is_said(tmp_path):
    ledger = kept(tmp_path, BOOKS + INVERTED)
    text = run("balance-sheet", "--year", "2025", "--format", "csv", ledger=ledger).stdout
    assert "# Balances against the side of their account" in text
    assert '"Customers, COOP: under 46",400,250.00' in text
    assert rows(text)[0]["46"] == [Decimal(250)]


def test_what_was_never_appropriated_is_named(small, tmp_path):
    page = run("balance-sheet", "--year", "2026", ledger=kept(tmp_path, BOOKS)).stdout
    assert "Of the result of 2025, 700.00 has not been appropriated; it is part of 14." in page
    assert "The year before is shown before its appropriation: none is written." in page
    page = run("balance-sheet", "--year", "2026", ledger=small).stdout
    assert "The year before is shown after its appropriation." in page
    assert "Of the result of 2025, 55.00 has not been appropriated; it is part of 14." in page


def test_the_table_of_appropriations_stands_in_the_year_and_not_in_a_month(small):
    amounts, heads = rows(run("income-statement", "--year", "2025", "--format", "csv").stdout)
    assert [amounts[code][0] for code in ("9906", "(9905)", "14P", "791/2", "691/2", "(14)", "794", "694/7")] == list(
        map(Decimal, ("19613.30", "9166.50", "10446.80", "0", "5400.00", "13165.30", "0", "1048.00"))
    )
    assert len(heads) == 2
    month = rows(run("income-statement", "--month", "2025-10", "--format", "csv", ledger=small).stdout)
    assert "9906" not in month[0]
    unit = rows(run("income-statement", "--year", "2025", "--unit", "COOP", "--format", "csv", ledger=small).stdout)
    assert "9906" not in unit[0]
    assert "9900 holds 55.00 of 71/74" in run("income-statement", "--year", "2025", ledger=small).stdout
    undecided = run("income-statement", "--year", "2026", ledger=small)
    assert "No general meeting has decided on it yet" in undecided.stdout


def test_the_balance_sheet_of_one_unit_is_the_same_alone_and_in_the_whole(tmp_path):
    whole = run("balance-sheet", "--unit", "A001", "--year", "2025", "--format", "csv")
    alone = run("balance-sheet", "--unit", "A001", "--year", "2025", "--format", "csv", ledger=SUB_LEDGER)
    assert whole.exit_code == alone.exit_code == 0
    assert whole.stdout == alone.stdout
    amounts, _ = rows(whole.stdout)
    assert amounts["20/58"] == amounts["10/49"]
    assert amounts["95"][0] < 0  # what was levied on it
    result = run("balance-sheet", "--all", "--year", "2025", "--to", tmp_path / "new")
    assert result.exit_code == 0, result.output
    page = (tmp_path / "new/balance-sheet-A001-2025.html").read_text(encoding="utf-8")
    assert "What one unit owes another within the company is 960" in page
    assert "<li>" not in page


def test_a_file_says_that_it_is_after_the_appropriation(small, tmp_path):
    run("balance-sheet", "--year", "2025", "--after-appropriation", "--format", "csv", "--to", tmp_path, ledger=small)
    assert [path.name for path in tmp_path.iterdir()] == ["balance-sheet-2025-after-appropriation.csv"]


def test_accounts_are_closed_once_what_they_rest_on_is(tmp_path):
    ledger = kept(tmp_path, 'include "coop/*.beancount"\n')
    (tmp_path / "coop").mkdir()
    book = tmp_path / "coop/books.beancount"
    entries = BOOKS.replace("2025-01-02", "2025-10-02").replace("2026-03-30", "2026-01-10")
    book.write_text(entries, encoding="utf-8")

    def close(month):
        words = ["close", month, "--today", "2026-06-01", "--ledger", str(ledger), "--lang", "en"]
        result = CliRunner().invoke(main, words)
        assert result.exit_code == 0, result.output

    def standing(*arguments):
        page = run(*arguments, "--year", "2025", ledger=ledger).stdout
        return re.search('<p class="standing (.*)">(.*)</p>', page).groups()

    for month in ("2025-10", "2025-11", "2025-12"):
        close(month)
    assert standing("balance-sheet")[0] == "provisional"
    close("2025")
    assert standing("balance-sheet")[0] == "closed"
    undecided = ("provisional", "Provisional: closed, but the result has not been appropriated yet")
    assert standing("income-statement") == undecided
    book.write_text(entries + LATE, encoding="utf-8")
    for words in (["income-statement"], ["balance-sheet", "--after-appropriation"]):
        assert standing(*words)[1] == "Provisional: not closed yet, figures may still change"
    close("2026-01")
    for words in (["income-statement"], ["balance-sheet", "--after-appropriation"], ["balance-sheet"]):
        assert standing(*words)[0] == "closed"
    assert standing("income-statement")[1] == standing("balance-sheet", "--after-appropriation")[1]


def test_a_sub_ledger_alone_has_nothing_to_appropriate_nor_to_sign():
    page = run("income-statement", "--year", "2025", ledger=SUB_LEDGER).stdout
    assert "9905" in page
    for word in ("9906", "Signatures", "Seat"):
        assert word not in page


def test_a_cooperative_without_activities_draws_nothing_for_all_of_them(tmp_path):
    words = ("--all", "--after-appropriation", "--year", "2025", "--to", tmp_path / "new")
    result = run("balance-sheet", *words, ledger=kept(tmp_path, BOOKS))
    assert (result.exit_code, result.stdout) == (0, "")
    assert list((tmp_path / "new").iterdir()) == []
