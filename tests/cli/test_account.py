"""`beancoop account`: one more account, where the others are, or a reason why not and nothing written."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from beancoop.loading.ledger import load_ledger
from beancoop.model.months import Month
from beancoop.model.register import read_register
from beancoop_cli.main import main
from click.testing import CliRunner
from closings import close_month

SALE = """
2026-01-20 * "Client" "Facture" ^F1
  Assets:40:400-Clients:A001                121.00 EUR
  Income:70:700-VentesPrestations:A001     -100.00 EUR
  Liabilities:45:451-TVAPayer:A001          -21.00 EUR
"""
LEDGER, COOP = Path("ledgers/activities/A001/ledger.beancount"), Path("ledgers/coop/accounts.beancount")


def run(*arguments, language="en"):
    return CliRunner().invoke(main, [str(argument) for argument in arguments], env={"BEANCOOP_LANG": language})


@pytest.fixture
def cooperative(tmp_path, monkeypatch):
    assert run("init", tmp_path / "coop", "--start", "2026-01-05").exit_code == 0
    monkeypatch.chdir(tmp_path / "coop")
    return Path.cwd()


def opens():
    ledger = load_ledger(Path("ledgers/main.beancount"))
    assert ledger.findings == []
    return read_register(ledger.entries, ledger.options).opens


def texts():
    return {path: path.read_bytes() for path in sorted(Path("ledgers").rglob("*")) if path.is_file()}


def refused(*arguments, language="en"):
    """Run what must be refused; give what is told, and see that nothing was written."""
    before = texts()
    result = run("account", *arguments, language=language)
    assert (result.exit_code, result.stdout) == (1, ""), result.output
    assert texts() == before
    return result.stderr


def test_an_account_opens_under_the_charts_name_beside_the_others(cooperative):
    result = run("account", "6150", "A001")
    assert result.exit_code == 0, result.output
    line = LEDGER.read_text().splitlines().index("2026-01-05 open Expenses:61:6150-Deplacements:A001")
    assert f"{LEDGER}:{line + 1}" in result.stdout
    assert "Travel and missions" in result.stdout
    assert LEDGER.read_text().splitlines()[line - 1].endswith("615-Deplacements:A001")
    assert opens()["Expenses:61:6150-Deplacements:A001"].date == datetime.date(2026, 1, 5)
    assert run("check").exit_code == 0


def test_the_structures_account_stands_in_its_own_file(cooperative):
    assert run("account", "617", "COOP", "--date", "2026-02-01").exit_code == 0
    assert "2026-02-01 open Expenses:61:617-PersonnelInterimaire:COOP\n" in COOP.read_text()


@pytest.mark.parametrize(
    ("number", "label", "account"),
    [
        ("700", "VentesAtelier", "Income:70:700-VentesAtelier:A001"),
        ("6139", "Frais de déplacement à l'étranger", "Expenses:61:6139-FraisDeplacementEtranger:A001"),
        ("7300", "Dons", "Income:73:7300-Dons:A001"),
        ("6131", "", "Expenses:61:6131-ServicesDivers:A001"),
        ("0990", "", "Equity:09:0990-Conversions:A001"),
    ],
)
def test_an_account_is_called_as_one_says_or_as_the_number_it_subdivides(cooperative, number, label, account):
    result = run("account", number, "A001", *(["--label", label] if label else []))
    assert result.exit_code == 0, result.output
    assert account in opens()


def test_a_sub_ledger_alone_takes_an_account_too(cooperative):
    assert run("account", "6150", "A001", "--ledger", LEDGER).exit_code == 0
    assert "Expenses:61:6150-Deplacements:A001" in opens()


def test_metadata_currency_and_line_ends_of_the_neighbours_are_kept(cooperative):
    text = LEDGER.read_text()
    last = "2026-01-05 open Expenses:61:615-Deplacements:A001"
    text = text.replace(f"{last}\n", f'{last}      EUR ; usual\n  note: "train"\n')
    LEDGER.write_bytes(text.replace("\n", "\r\n").encode())
    assert run("account", "6150", "A001").exit_code == 0
    begun = "2026-01-05 open Expenses:61:6150-Deplacements:A001"
    expected = f'{last}      EUR ; usual\r\n  note: "train"\r\n{begun.ljust(len(last) + 6)}EUR\r\n'
    assert expected.encode() in LEDGER.read_bytes()
    assert opens()["Expenses:61:6150-Deplacements:A001"].currencies == ["EUR"]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "nearest"), ("fr", "plus proches"), ("nl", "dichtstbijzijnde"), ("de", "nächsten")],
)
def test_an_unknown_number_is_refused_with_the_nearest_in_four_languages(cooperative, language, words):
    told = refused("494", "COOP", language=language)
    assert words in told
    assert "[BC281]" in told
    assert all(number in told for number in ("491", "492", "493"))
    told = refused("7300", "A001", language=language)
    assert "[BC280]" in told
    assert "--label" in told


def test_an_account_that_is_open_is_told_with_its_place(cooperative):
    line = next(n for n, text in enumerate(LEDGER.read_text().splitlines(), 1) if ":700-VentesPrestations:" in text)
    assert f"ledger.beancount:{line}. [BC282]" in refused("700", "A001")
    assert "[BC282]" in refused("700", "A001", "--label", "VentesPrestations")


def test_a_unit_without_books_here_is_refused(cooperative):
    assert "it has those of COOP, A001. [BC283]" in refused("6150", "A009")
    assert "[BC283]" in refused("6150", "COOP", "--ledger", LEDGER)


@pytest.mark.parametrize("language", ["en", "fr", "nl", "de"])
def test_a_closed_month_keeps_its_seal(cooperative, language):
    book = Path("ledgers/activities/A001/books/2026.beancount")
    book.write_text(book.read_text() + SALE)
    close_month(Path("ledgers/main.beancount"), Month(2026, 1), datetime.date(2026, 2, 3))
    told = refused("6150", "A001", "--date", "2026-01-31", language=language)
    assert "[BC285]" in told
    assert "2026-02-01" in told
    assert "[BC284]" in refused("6150", "A001", "--date", "2026-01-04", language=language)
    assert run("account", "6150", "A001", language=language).exit_code == 0
    assert opens()["Expenses:61:6150-Deplacements:A001"].date == datetime.date(2026, 2, 1)
    assert run("check").exit_code == 0


def test_a_label_that_says_nothing_is_refused(cooperative):
    assert "[BC286]" in refused("6150", "A001", "--label", "«»")


def test_what_makes_the_ledger_wrong_is_taken_back(cooperative):
    """The contribution's account must be open from the first levy on; one opened later is an error of the load."""
    lines = LEDGER.read_text().splitlines(keepends=True)
    LEDGER.write_text("".join(line for line in lines if "950-Contribution" not in line))
    book = Path("ledgers/activities/A001/books/2026.beancount")
    book.write_text(book.read_text() + SALE)
    assert opens()
    assert "[BC288]" in refused("950", "A001", "--date", "2026-03-01")
    assert run("account", "950", "A001").exit_code == 0


@pytest.mark.parametrize("number", ["6", "6150-X", "-1", "٦١", "1234567", ""])
def test_what_is_no_number_is_misuse(cooperative, number):
    assert run("account", "--", number, "A001").exit_code == 2
