"""The commands, as a person types them."""

from __future__ import annotations

import csv
import io
import json
import os
import resource
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest
from beancoop_cli.main import main
from click.testing import CliRunner

EXAMPLE = Path(__file__).parents[2] / "ledgers"


def run(*arguments):
    """Run a command in this process."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture(params=["en", "fr"])
def cooperative(request, tmp_path, monkeypatch):
    """Make a new cooperative, and go there."""
    result = run("init", tmp_path / "coop", "--roots", request.param, "--start", "2026-01-05")
    assert result.exit_code == 0, result.output
    monkeypatch.chdir(tmp_path / "coop")
    return Path.cwd()


def test_a_new_cooperative_is_ready_to_load(cooperative):
    result = run("check")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "in its 1 sub-ledger alone" in result.stdout


def test_init_does_not_touch_what_is_there(cooperative):
    result = run("init", cooperative)
    assert result.exit_code == 2
    assert "is there already" in result.stderr


def test_a_new_cooperative_says_its_name_and_number(tmp_path):
    new = tmp_path / "new"
    assert run("init", new, "--name", "Les Sources SC", "--enterprise", "BE 0999.888.767").exit_code == 0
    main = new / "ledgers/main.beancount"
    assert 'custom "cooperative" "Les Sources SC"\n  enterprise: "0999888767"\n' in main.read_text()
    assert run("check", "--ledger", main).exit_code == 0


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [
        ("--name", 'x"\nplugin "os', "BC996"),
        ("--name", " ", "BC996"),
        ("--enterprise", "0999888766", "BC997"),
        ("--enterprise", "été", "BC997"),
    ],
)
def test_a_wrong_name_or_number_of_a_cooperative_is_misuse(option, value, code, tmp_path):
    result = run("init", tmp_path / "new", option, value)
    assert (result.exit_code, code in result.stderr) == (2, True)
    assert not (tmp_path / "new").exists()


def test_a_new_activity_is_part_of_the_cooperative(cooperative):
    result = run("activity", "A014", "--iban", "BE68 5390 0754 7034", "--trade", "Vélos", "--start", "2026-02-01")
    assert result.exit_code == 0, result.output
    assert run("check").exit_code == 0
    folder = cooperative / "ledgers/activities/A014"
    assert 'iban: "BE68 5390 0754 7034"' in (folder / "ledger.beancount").read_text()
    assert 'trade: "Vélos"' in (folder / "terms.beancount").read_text()


@pytest.mark.parametrize("unit", ["a014", "COOP", "14", "A 14", "A014/..", ""])
def test_a_wrong_code_is_misuse(cooperative, unit):
    assert run("activity", unit).exit_code == 2
    assert [path.name for path in (cooperative / "ledgers/activities").iterdir()] == ["A001"]


def test_an_activity_that_is_there_is_left_alone(cooperative):
    before = (cooperative / "ledgers/activities/A001/ledger.beancount").read_text()
    assert run("activity", "A001").exit_code == 2
    assert (cooperative / "ledgers/activities/A001/ledger.beancount").read_text() == before


def test_hostile_options_do_not_reach_the_ledger(cooperative):
    assert run("activity", "A014", "--trade", 'x"\nplugin "os').exit_code == 2
    assert run("activity", "A014", "--iban", 'BE"\n').exit_code == 2
    assert not (cooperative / "ledgers/activities/A014").exists()


def test_an_iban_with_wrong_digits_is_told(cooperative):
    result = run("activity", "A014", "--iban", "BE69539007547034")
    assert result.exit_code == 0
    assert "not a valid IBAN" in result.stderr


def test_an_activity_that_main_does_not_include_is_told(cooperative):
    main_file = cooperative / "ledgers/main.beancount"
    main_file.write_text(main_file.read_text().replace("activities/*/", "activities/A001/"))
    result = run("activity", "A014")
    assert result.exit_code == 1
    assert "does not include it" in result.output


def test_findings_give_exit_status_1_with_file_and_line(cooperative):
    ledger = cooperative / "ledgers/activities/A001/terms.beancount"
    ledger.write_text(ledger.read_text().replace('"activity" "A001"', '"activity" "A001"\n  rate: 2'))
    result = run("check")
    assert result.exit_code == 1
    line = next(number for number, text in enumerate(ledger.read_text().splitlines(), 1) if '"activity"' in text)
    assert f"ledgers/activities/A001/terms.beancount:{line}: " in result.stderr
    assert "1 finding." in result.stderr


def test_findings_as_json_and_for_a_forge(cooperative):
    book = cooperative / "ledgers/activities/A001/books/2026.beancount"
    book.write_text(book.read_text() + 'plugin "os"\n')
    line = len(book.read_text().splitlines())
    result = run("check", "--format", "json")
    assert result.exit_code == 1
    (finding,) = json.loads(result.stdout)
    assert (finding["line"], Path(finding["file"]).name, finding["code"]) == (line, "2026.beancount", "BC622")
    result = run("check", "--format", "github")
    assert result.exit_code == 1
    assert result.stdout.startswith(
        f"::error file=ledgers/activities/A001/books/2026.beancount,line={line},title=BC622::"
    )


def test_the_gate_comes_before_any_load(cooperative, tmp_path):
    trace = tmp_path / "trace"
    (tmp_path / "tracer.py").write_text(f"open({str(trace)!r}, 'w').close()\n__plugins__ = ()\n")
    ledger = cooperative / "ledgers/activities/A001/ledger.beancount"
    ledger.write_text('plugin "tracer"\n' + ledger.read_text())
    program = "import sys; from beancoop_cli.main import main; sys.path.insert(0, sys.argv.pop(1)); main()"
    child = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path), "check"], capture_output=True, text=True, check=False
    )
    assert child.returncode == 1
    assert 'take "tracer" away' in child.stderr
    assert not trace.exists()


def test_a_ledger_without_the_plugin_is_a_finding(cooperative):
    main_file = cooperative / "ledgers/main.beancount"
    main_file.write_text(main_file.read_text().replace('plugin "beancoop"', ""))
    result = run("check")
    assert result.exit_code == 1
    assert 'has no line: plugin "beancoop"' in result.stderr


@pytest.mark.parametrize(("slip", "code"), [("2026-01-05 price EUR 1/0 USD\n", "BC927"), ('plugin ""\n', "BC928")])
def test_what_ends_the_load_ends_no_check(cooperative, slip, code):
    main_file = cooperative / "ledgers/main.beancount"
    main_file.write_text(main_file.read_text() + slip)
    result = run("check")
    assert result.exit_code == 1
    assert f"[{code}]" in result.stderr


@pytest.mark.parametrize("slip", ['plugin ""\n', '2026-01-05 event "a" "b"\n  lineno: "x"\n2026-01-05 event "c" "d"\n'])
def test_what_beancount_fails_on_is_told_by_each_command(cooperative, slip):
    main_file = cooperative / "ledgers/main.beancount"
    main_file.write_text(main_file.read_text() + slip)
    for command in ("check", "contributions", "report"):
        result = run(command, *(["balance-sheet"] if command == "report" else []))
        assert result.exit_code == 1, result.output
        assert isinstance(result.exception, SystemExit)
        assert "main.beancount:" in result.stderr


def test_a_refusal_of_the_load_is_told_where_it_is(cooperative):
    books = cooperative / "ledgers/coop/2026.beancount"
    lines = books.read_text().count("\n")
    books.write_text(f'{books.read_text()}2026-01-05 * "x"\n  Assets:55:5500-Banque:COOP  0 X {{{{5.00 EUR}}}}\n')
    result = run("check")
    assert result.exit_code == 1
    assert f"coop/2026.beancount:{lines + 2}:" in result.stderr
    assert "[BC066]" in result.stderr


def test_what_may_not_be_limited_is_not(cooperative, monkeypatch):
    """Where less memory is allowed already, the system refuses to allow more."""

    def refuse(*_):
        raise ValueError

    monkeypatch.setattr(resource, "setrlimit", refuse)
    assert run("check", "--ledger", cooperative / "ledgers/main.beancount").exit_code == 0


def test_an_include_of_what_is_no_file_is_told_wherever_it_stands(cooperative):
    coop = cooperative / "ledgers/coop"
    (coop / "more").mkdir()
    os.mkfifo(coop / "more/pipe.beancount")
    assert run("check").exit_code == 0  # nothing reads it
    (coop / "2026.beancount").write_text('include "apart.beancount"\ninclude "%s.beancount"\n' % ("x" * 300))
    (coop / "apart.beancount").write_text('; x\ninclude "more/*.beancount"\n')
    result = run("check")
    assert result.exit_code == 1
    assert "coop/apart.beancount:2:" in result.stderr
    assert "[BC926]" in result.stderr
    (coop / "apart.beancount").write_text('include "more/\\pipe.beancount"\n')
    assert "coop/apart.beancount:1:" in run("check").stderr
    (coop / "apart.beancount").write_text('; x\ninclude "more/*.beancount"\n')
    (coop / "more/pipe.beancount").unlink()
    (coop / "more/x.beancount").write_text('include "/dev/zero"\n')
    assert "coop/more/x.beancount:1:" in run("check").stderr


def test_whoever_interrupts_a_check_sees_no_traceback(cooperative, tmp_path):
    begun = tmp_path / "begun"
    (tmp_path / "waiter.py").write_text(f"import time\nopen({str(begun)!r}, 'w').close()\ntime.sleep(60)\n")
    main_file = cooperative / "ledgers/main.beancount"
    main_file.write_text(main_file.read_text() + 'plugin "waiter"\n')
    program = "import sys; from beancoop_cli.main import main; sys.path.insert(0, sys.argv.pop(1)); main()"
    words = [sys.executable, "-c", program, str(tmp_path), "check"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, start_new_session=True) as checking:
        while not begun.exists() and checking.poll() is None:
            time.sleep(0.01)
        os.killpg(checking.pid, signal.SIGINT)
        assert "Traceback" not in checking.stderr.read()
    assert checking.returncode == 1


def test_a_plugin_that_leaves_ends_no_check(cooperative, tmp_path, monkeypatch):
    (tmp_path / "leaver.py").write_text("import sys\n__plugins__ = ['leave']\ndef leave(*_):\n    sys.exit(0)\n")
    monkeypatch.syspath_prepend(tmp_path)
    main_file = cooperative / "ledgers/main.beancount"
    main_file.write_text(main_file.read_text() + 'plugin "leaver"\n')
    result = run("check")
    assert result.exit_code == 1
    assert "[BC927]" in result.stderr


@pytest.mark.parametrize("command", ["check", "contributions", "report", "serve", "import"])
def test_a_ledger_that_is_not_there_is_misuse(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run(command, *(["x.cod"] if command == "import" else []))
    assert result.exit_code == 2
    assert "ledgers/main.beancount is not there" in result.stderr


@pytest.mark.parametrize(
    "command",
    ["", "init", "activity", "check", "close", "contributions", "exit", "export", "import", "query", "report", "serve"],
)
def test_every_command_has_help(command):
    result = run(*command.split(), "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage:")


TABLE = """
2026-01-20 * "Facture"
  Assets:40:400-Clients:A001                2050.00 EUR
  Income:70:700-VentesPrestations:A001     -2050.00 EUR
2026-02-20 * "Facture"
  Assets:40:400-Clients:A001                 576.45 EUR
  Income:70:700-VentesPrestations:A001      -576.45 EUR
2026-03-20 * "Sous-traitance"
  Expenses:60:603-SousTraitance:A001         420.00 EUR
  Liabilities:44:440-Fournisseurs:A001      -420.00 EUR
2026-04-20 * "Facture"
  Assets:40:400-Clients:A001                1000.00 EUR
  Income:70:700-VentesPrestations:A001     -1000.00 EUR
"""
FIRST = ("2050.00 2050.00 205.00 0.00 205.00", "576.45 2626.45 262.65 205.00 57.65")
ROWS = {
    "refund": [*FIRST, "-420.00 2206.45 220.65 262.65 -42.00", "1000.00 3206.45 320.65 220.65 100.00"],
    "carry": [*FIRST, "-420.00 2206.45 220.65 262.65 0.00", "1000.00 3206.45 320.65 262.65 58.00"],
}


@pytest.mark.parametrize("negative", ["refund", "carry"])
@pytest.mark.parametrize("ledger", ["main.beancount", "activities/A001/ledger.beancount"])
def test_the_acceptance_table_of_the_contract(tmp_path, negative, ledger):
    assert run("init", tmp_path, "--start", "2026-01-05").exit_code == 0
    folder = tmp_path / "ledgers/activities/A001"
    book = folder / "books/2026.beancount"
    book.write_text(book.read_text() + TABLE)
    main_file = folder / "terms.beancount"
    declared = '"activity" "A001"'
    main_file.write_text(main_file.read_text().replace(declared, f'{declared}\n  negative: "{negative}"'))
    arguments = ("contributions", "--ledger", tmp_path / "ledgers" / ledger, "--format")
    result = run(*arguments, "json")
    assert result.exit_code == 0, result.stderr
    rows = json.loads(result.stdout)
    assert [row["period"] for row in rows] == ["2026-01", "2026-02", "2026-03", "2026-04"]
    keys = ("margin", "cumulative", "due", "levied", "levy")
    assert [" ".join(row[key] for key in keys) for row in rows] == ROWS[negative]
    assert {row["closed"] for row in rows} == {False}
    table = list(csv.DictReader(io.StringIO(run(*arguments, "csv").stdout)))
    assert table == [{**row, "closed": "false"} for row in rows]
    text = run(*arguments, "text").stdout.splitlines()
    assert [line.replace(",", "").split()[2:7] for line in text[1:]] == [row.split() for row in ROWS[negative]]


def test_contributions_of_a_ledger_with_errors_are_shown_and_doubted(cooperative):
    book = cooperative / "ledgers/activities/A001/books/2026.beancount"
    book.write_text(book.read_text() + '2026-01-10 custom "activty" "A001"\n')
    result = run("contributions")
    assert result.exit_code == 1
    assert "A001" in result.stdout
    assert "these figures may be wrong" in result.stderr


def test_the_example_has_no_finding():
    result = run("check", "--ledger", EXAMPLE / "main.beancount")
    assert (result.exit_code, result.stderr) == (0, "")


def test_each_sub_ledger_of_the_example_levies_the_same_alone():
    def rows(ledger):
        result = run("contributions", "--ledger", ledger, "--format", "json")
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)

    whole = rows(EXAMPLE / "main.beancount")
    alone = [row for folder in sorted((EXAMPLE / "activities").iterdir()) for row in rows(folder / "ledger.beancount")]
    assert alone == whole
    assert len({row["unit"] for row in whole}) == 8
    assert sum(Decimal(row["levy"]) for row in whole if row["unit"] == "A001") == Decimal(
        [row["due"] for row in whole if row["unit"] == "A001"][-1]
    )
