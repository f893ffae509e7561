"""`beancoop import`, as the accountant types it, on the example cooperative."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from beancoop_cli.main import main
from click.testing import CliRunner

EXAMPLE = Path(__file__).parents[2] / "ledgers"
STATEMENT = "2026-09-A003.cod"


@pytest.fixture
def cooperative(tmp_path, monkeypatch):
    shutil.copytree(EXAMPLE, tmp_path / "ledgers")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "ledgers"


def run(*arguments):
    return CliRunner().invoke(main, ["import", *map(str, arguments)])


def files(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_example_s_statement(cooperative):
    """The example's rules.toml and open invoices explain all of it but two movements."""
    result = run(f"ledgers/statements/{STATEMENT}")
    assert (result.exit_code, result.stderr) == (0, "")
    first, title, *rest = result.stdout.splitlines()
    assert first == (
        f"ledgers/statements/{STATEMENT}: 1 statement, 7 movements booked in "
        "ledgers/activities/A003/books/bank-2026.beancount, 0 already there, 3 to an invoice, 2 to decide."
    )
    assert title == "To decide (2):"
    assert rest == [
        f"ledgers/statements/{STATEMENT}:3: 2026-09-03 -212.45 EUR: nothing tells what it is for [BC1230]",
        f"ledgers/statements/{STATEMENT}:5: 2026-09-04 -229.90 EUR CUISINE COLLECTIVE DU HOYOUX: rule Cuisine agréée",
    ]
    assert CliRunner().invoke(main, ["check"]).exit_code == 0


def test_again_nothing_is_added(cooperative):
    run("ledgers/statements")
    before = files(cooperative)
    result = run("ledgers/statements")
    assert result.exit_code == 0
    assert "0 movements booked, 7 already there, 0 to an invoice, 0 to decide." in result.stdout
    assert "To decide" not in result.stdout
    assert files(cooperative) == before


def test_a_dry_run_reports_the_same_and_writes_nothing(cooperative):
    before = files(cooperative)
    dry = run("--dry-run", "ledgers/statements")
    assert dry.exit_code == 0
    assert files(cooperative) == before
    lines = dry.stdout.splitlines()
    assert lines[-1] == "Nothing was written: this was a dry run."
    assert run("ledgers/statements").stdout.splitlines() == [
        line.replace("would be booked", "booked") for line in lines[:-1]
    ]
    assert "7 movements would be booked in " in dry.stdout


def test_every_movement_is_explained(cooperative):
    lines = run("--explain", "ledgers/statements").stdout.splitlines()
    explained = [line for line in lines if "Assets:55:5501-Banque:A003" in line]
    assert len(explained) == 7
    assert explained[2] == (
        f"ledgers/statements/{STATEMENT}:8: 2026-09-10 +2,019.98 EUR CLUB D'ENTREPRISES HUY-WAREMME: * invoice: "
        "names A003-2026-0028 (+++003/2026/02823+++): "
        "Assets:55:5501-Banque:A003 +2,019.98, Assets:40:400-Clients:A003 -2,019.98"
    )
    assert ": * rule: rule Frais de compte: " in explained[5]
    assert ": ! waits: nothing tells what it is for [BC1230]: " in explained[0]


def test_a_folder_is_read_in_order_and_what_is_left_out_is_named(cooperative, tmp_path):
    inbox = cooperative / "inbox"
    (inbox / "mars").mkdir()
    (inbox / "mars/x.cod").write_text("")
    for name in ("b.cod", "a.cod"):
        (inbox / name).write_text("not a statement")
    shutil.copy(cooperative / "statements" / STATEMENT, inbox / "c.cod")
    result = run("ledgers/inbox")
    assert result.exit_code == 1
    told = result.stderr.splitlines()
    assert told[0] == "Passed over: ledgers/inbox/.gitkeep is hidden."
    assert told[1] == "Passed over: ledgers/inbox/mars is a folder; name it to import what is in it."
    assert [line.split(":")[1].strip() for line in told[2:]] == ["ledgers/inbox/a.cod", "ledgers/inbox/b.cod"]
    assert "ledgers/inbox/c.cod: 1 statement, 7 movements booked" in result.stdout


def test_a_file_that_is_named_twice_is_taken_once(cooperative):
    name = f"ledgers/statements/{STATEMENT}"
    assert run(name, "ledgers/statements", name).stdout.count("1 statement") == 1


def test_a_refused_file_is_a_finding(cooperative):
    result = run("ledgers/statements/none.cod")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Refused, nothing of it booked: ledgers/statements/none.cod:1: there is no such file" in result.stderr


def test_nothing_to_import_is_misuse(cooperative):
    assert run().exit_code == 2
    assert run("--ledger", "nowhere.beancount", "x").exit_code == 2


def test_a_broken_rules_file_imports_nothing(cooperative):
    rules = cooperative / "rules.toml"
    rules.write_text(rules.read_text() + '\n[[movement]]\nname = "x"\n')
    before = files(cooperative)
    result = run("ledgers/statements")
    assert result.exit_code == 1
    line = len(rules.read_text().splitlines()) - 1
    assert f"ledgers/rules.toml:{line}: the rule has no `when`" in result.stderr
    assert files(cooperative) == before


def test_a_person_at_a_terminal_sees_a_table(cooperative, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "160")
    result = run("ledgers/statements")
    assert result.exit_code == 0
    assert "To an invoice" in result.stdout
    assert "━" in result.stdout
    assert STATEMENT in result.stdout


@pytest.mark.parametrize("name", ["inbox", "import.py", "rules.toml"])
def test_a_new_cooperative_has_what_an_import_needs(tmp_path, monkeypatch, name):
    assert CliRunner().invoke(main, ["init", str(tmp_path / "new"), "--start", "2026-01-05"]).exit_code == 0
    assert (tmp_path / "new/ledgers" / name).exists()
    if name == "import.py":
        assert (tmp_path / "new/ledgers" / name).read_text() == (EXAMPLE / name).read_text()


@pytest.mark.parametrize(
    ("language", "booked", "waits"),
    [
        ("fr", "7 mouvements comptabilisés dans ", ": 03/09/2026 -212,45 EUR: rien ne dit pour quoi c’est [BC1230]"),  # noqa: RUF001
        ("nl", "7 verrichtingen geboekt in ", ": 03/09/2026 -212,45 EUR: niets zegt waarvoor het is [BC1230]"),
        ("de", "7 Bewegungen gebucht in ", ": 03.09.2026 -212,45 EUR: nichts sagt, wofür es ist [BC1230]"),
    ],
)
def test_it_speaks_the_language_of_who_reads(cooperative, monkeypatch, language, booked, waits):
    monkeypatch.setenv("BEANCOOP_LANG", language)
    summary, _, first, *_ = run(f"ledgers/statements/{STATEMENT}").stdout.splitlines()
    assert booked in summary
    assert first.endswith(waits)
