"""`beancoop import`, as the accountant types it, on the example cooperative."""

from __future__ import annotations

import datetime
import re
import shutil
from pathlib import Path

import pytest
from beancoop_cli.main import main
from click.testing import CliRunner
from coda_writer import Line, Paper, coda

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
    assert "To decide" in " ".join(re.sub(r"\x1b\[[0-9;]*m|[┃\n]", " ", result.stdout).split())
    assert "Already" not in result.stdout
    assert "━" in result.stdout
    assert STATEMENT in result.stdout


class TestTwoHundredFiles:
    """Statements of 200 days, of which each third moves something and one is cut short."""

    @pytest.fixture
    def inbox(self, tmp_path, monkeypatch):
        made = ["init", str(tmp_path / "new"), "--start", "2026-01-01", "--iban", "BE68 5390 0754 7034"]
        assert CliRunner().invoke(main, made).exit_code == 0
        monkeypatch.chdir(tmp_path / "new")
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("COLUMNS", "80")
        inbox, balance, day = Path("inbox"), 0, datetime.date(2026, 1, 2)
        inbox.mkdir()
        for number in range(1, 201):
            before, on = (f"{day - datetime.timedelta(back):%d%m%y}" for back in (1, 0))
            lines = (Line(1000 * number, booked=on, value=on, name="CLIENT"),) if number % 3 == 0 else ()
            paper = Paper(lines, old=balance, number=f"{number:03}", old_date=before, new_date=on)
            content = coda(paper)
            (inbox / f"releve-de-la-banque-{number:03}.cod").write_bytes(content[:300] if number == 101 else content)
            balance, day = balance + sum(one.amount for one in lines), day + datetime.timedelta(1)
        return inbox

    def table(self, *arguments):
        result = run(*arguments, "--today", "2026-09-30")
        drawn, _, told = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", result.stdout).partition("└")
        return result, drawn.splitlines(), told.splitlines()[1:]

    def test_a_person_reads_what_became_of_each(self, inbox):
        result, drawn, told = self.table(inbox, "--dry-run")
        assert result.exit_code == 1
        assert max(map(len, drawn)) <= 80
        names = [name for line in drawn for name in re.findall(r"inbox/releve-de-la-banque-\d{3}\.cod", line)]
        assert names == [f"inbox/releve-de-la-banque-{n:03}.cod" for n in range(1, 201) if n % 3 == 0 or n == 101]
        assert not any("…" in line or "Invoices" in line or "Already" in line for line in drawn)
        assert [line for line in drawn if "refused" in line and "101.cod" in line]
        assert told[0] == "200 files: 66 would be booked, 0 already there, 66 to decide, 1 refused."
        assert told[1] == "To decide (66):"
        assert len(told) == 1 + 1 + 66 + 1
        assert result.stderr.count("Refused, nothing of it booked") == 1

    def test_again_it_is_short(self, inbox):
        assert run(inbox, "--today", "2026-09-30").exit_code == 1
        _, drawn, told = self.table(inbox)
        assert sum("releve-de-la-banque" in line for line in drawn) == 1
        assert told == ["200 files: 0 booked, 66 already there, 0 to decide, 1 refused."]

    def test_in_french_at_eighty_columns_too(self, inbox, monkeypatch):
        monkeypatch.setenv("BEANCOOP_LANG", "fr")
        _, drawn, _ = self.table(inbox)
        assert not any("…" in line for line in drawn)


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
