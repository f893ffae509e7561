"""`beancoop exit`, as a person types it; what it settles is tested with the core."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from beancoop_cli.main import main
from click.testing import CliRunner

EXAMPLE = Path(__file__).parents[2] / "ledgers"
PAID = """
2026-09-05 * "Épicerie coopérative Hoyoux SC" "Paiement" ^A004-2026-0012
  Assets:55:5500-Banque:A004   192.39 EUR
  Assets:40:400-Clients:A004  -192.39 EUR
2026-09-05 * "École communale de Vyle" "Paiement" ^A004-2026-0013
  Assets:55:5500-Banque:A004   127.20 EUR
  Assets:40:400-Clients:A004  -127.20 EUR
"""
A004 = ("exit", "A004", "--outcome", "stopped", "--date", "2026-08-31")


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def ledgers(tmp_path, monkeypatch):
    """Copy the example, and go there."""
    shutil.copytree(EXAMPLE, tmp_path / "ledgers")
    monkeypatch.chdir(tmp_path)
    return Path("ledgers")


def files(ledgers):
    return {path: path.read_text() for path in ledgers.rglob("*.beancount")}


def test_open_invoices_are_listed_and_nothing_is_written(ledgers):
    before = files(ledgers)
    for options in ((), ("--write",)):
        result = run(*A004, *options)
        assert result.exit_code == 1
        lines = result.stderr.splitlines()
        assert lines[0].startswith("ledgers/activities/A004/books/2026.beancount:385: 192.39 EUR of A004-2026-0012")
        assert lines[-1] == "A004 is not settled. These are still open. [BC902]"
    assert files(ledgers) == before


def test_an_exit_is_shown_then_written_then_exported(ledgers):
    book = ledgers / "activities/A004/books/2026.beancount"
    book.write_text(book.read_text() + PAID)
    before = files(ledgers)
    shown = run(*A004)
    assert shown.exit_code == 0, shown.output
    assert files(ledgers) == before
    assert "A004 would be settled on 2026-09-05. 2,493.47 EUR are due to its entrepreneur." in shown.stdout
    assert "Nothing is written yet" in shown.stdout
    written = run(*A004, "--write")
    assert written.exit_code == 0, written.output
    after = files(ledgers)
    new = [path for path in after if path not in before]
    assert sorted(map(str, new)) == [
        "ledgers/activities/A004/closed/exit.beancount",
        "ledgers/coop/exit-A004.beancount",
    ]
    changed = [path for path in after if path in before and after[path] != before[path]]
    assert [path.name for path in sorted(changed)] == ["ledger.beancount", "terms.beancount"]
    assert 'custom "activity-exit" "A004"' in (ledgers / "activities/A004/terms.beancount").read_text()
    for path in (*new, *changed):
        for line in filter(None, path.read_text().splitlines()[1:]):
            assert line in shown.stdout or line in before.get(path, "")
    checked = run("check")
    assert (checked.exit_code, checked.stderr) == (0, "")
    again = run(*A004, "--write")
    assert (again.exit_code, "settled already" in again.stderr) == (1, True)
    exported = run("export", "A004", "--to", "A004")
    assert exported.exit_code == 0, exported.output
    assert len(Path("A004/opening-balance.csv").read_text().splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("exit", "COOP", "--outcome", "stopped", "--date", "2026-08-31"),
        ("exit", "A099", "--outcome", "stopped", "--date", "2026-08-31"),
        ("exit", "A004", "--outcome", "retired", "--date", "2026-08-31"),
        ("exit", "A004", "--outcome", "stopped", "--date", "31/08/2026"),
        ("exit", "A004", "--outcome", "stopped"),
        *((*A004, "--account", stem) for stem in ("550-Banque", "620", "x-Y", "950-Contribution", "18-Rien", "-6")),
    ],
)
def test_what_makes_no_sense_is_misuse(arguments):
    result = run(*arguments, "--ledger", EXAMPLE / "main.beancount")
    assert result.exit_code == 2
    assert "Error:" in result.stderr


def test_an_exit_by_hand_leaves_only_accounts_to_close(ledgers):
    result = run("exit", "A001", "--outcome", "independent", "--date", "2026-06-30")
    assert result.exit_code == 0, result.output
    assert " * " not in result.stdout
    assert result.stdout.count(" close ") == 17
    assert "A001 would be settled on 2026-08-31. Nothing is due to its entrepreneur, or by." in result.stdout


def test_what_an_opening_brought_in_as_earned_is_owed_on_leaving_too(tmp_path, monkeypatch):
    """1,405.00 on 14 of her books, and a sale of 100.00 less the contribution; the 14 stays with her result."""
    monkeypatch.chdir(tmp_path)
    assert run("init", ".", "--start", "2026-01-01").exit_code == 0
    Path("opening.csv").write_text("unit;account;balance\nA001;5500;1.405,00\nA001;140;-1.405,00\n")
    assert run("open-books", "opening.csv", "--write").exit_code == 0
    with Path("ledgers/activities/A001/books/2026.beancount").open("a") as book:
        book.write(
            '\n2026-02-02 * "Client" "Vente"\n  Assets:55:5500-Banque:A001   100.00 EUR\n'
            "  Income:70:700-VentesPrestations:A001   -100.00 EUR\n"
        )
    written = run("exit", "A001", "--outcome", "stopped", "--date", "2026-03-31", "--write")
    assert written.exit_code == 0, written.output
    assert "1,495.00 EUR are due to its entrepreneur." in written.stdout
    checked = run("check")
    assert checked.exit_code == 0, checked.output
