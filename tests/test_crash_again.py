"""Every other command that writes several files: killed, or out of room, the same command again ends the work."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

import pytest
from beancoop.loading.ledger import load_ledger
from beancoop_cli.main import main
from click.testing import CliRunner
from coda_writer import IBAN, Line, Paper, coda
from evidence.crash_evidence import files
from evidence.faults import Disk, killed_at

STEP = 13
SALE = """
2026-03-12 * "Commune de Huy" "Facture A001-2026-0001" ^A001-2026-0001
  Assets:40:400-Clients:A001               1210.00 EUR
  Income:70:700-VentesPrestations:A001    -1000.00 EUR
  Liabilities:45:451-TVAPayer:A001         -210.00 EUR
"""
OPENING = "unit;account;balance\nCOOP;5500;500,00\nCOOP;140;-500,00\nA002;5500;100,00\nA002;140;-100,00\n"
COMMANDS = {
    "exit": ("exit", "A001", "--outcome", "independent", "--date", "2026-03-31", "--write"),
    "vat file": ("vat", "file", "2026-Q1", "--today", "2026-04-20"),
    "open-books": ("open-books", "{folder}/opening.csv", "--date", "2026-01-01", "--write"),
    "decide": ("decide", "--unit", "COOP"),
    "close": ("close", "2026"),
}
TYPED = {"decide": "613\nn\n"}


def run(folder: Path, name: str):
    words = [word.format(folder=folder) for word in COMMANDS[name]]
    at = ["--ledger", str(folder / "ledgers/main.beancount")]
    where = words[:2] + at + words[2:] if name == "vat file" else [words[0], *at, *words[1:]]
    return CliRunner().invoke(main, where, input=TYPED.get(name, ""))


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """Make a cooperative with an invoice that is paid, and a movement that waits."""
    folder = tmp_path_factory.mktemp("start")
    ledger = folder / "ledgers/main.beancount"
    paid = Line(1_210_000, booked="160326", value="160326", communication="A001-2026-0001", name="Commune de Huy")
    cost = Line(-30_000, sequence=2, booked="170326", value="170326", communication="Assurance", name="Ethias")
    (folder / "releve.cod").write_bytes(coda(Paper((paid, cost), old=0, old_date="311225", new_date="170326")))
    (folder / "opening.csv").write_text(OPENING)

    def do(*words: object) -> None:
        result = CliRunner().invoke(main, [str(word) for word in words])
        assert result.exit_code == 0, result.output

    do("init", folder, "--start", "2026-01-01", "--iban", IBAN, "--enterprise", "0999888767")
    do("activity", "A002", "--start", "2026-01-01", "--ledger", ledger)
    with (folder / "ledgers/activities/A001/books/2026.beancount").open("a") as books:
        books.write(SALE)
    return folder, lambda: do("import", folder / "releve.cod", "--ledger", ledger)


def end_a_year_in_march(folder: Path) -> None:
    """Decide what waits, and close the months of a year that ends with March."""
    main_file = folder / "ledgers/main.beancount"
    text = main_file.read_text()
    main_file.write_text(text.replace("  vat-period:", '  year-start: "04-01"\n  vat-period:', 1))
    assert run(folder, "decide").exit_code == 0
    for month in ("2026-01", "2026-02", "2026-03"):
        result = CliRunner().invoke(main, ["close", "--ledger", str(main_file), month])
        assert result.exit_code == 0, result.output


@pytest.fixture(params=COMMANDS)
def trial(request, start, tmp_path):
    """Give a folder to start from, the name of the command, and the files of an undisturbed run."""
    folder, bring = start
    if request.param != "open-books" and not list(folder.rglob("bank-2026.beancount")):
        bring()
    begun = Path(shutil.copytree(folder, tmp_path / "begun"))
    if request.param == "open-books":
        for path in begun.rglob("bank-2026.beancount"):
            path.unlink()
    if request.param == "close":
        end_a_year_in_march(begun)
    ended = Path(shutil.copytree(begun, tmp_path / "ended"))
    with Disk() as disk:
        result = run(ended, request.param)
    assert result.exit_code == 0, result.output
    assert files(ended / "ledgers") != files(begun / "ledgers")
    return begun, request.param, files(ended / "ledgers"), len(disk.touches)


def again(folder: Path, name: str, ended: dict[Path, bytes], number: int) -> None:
    """Give the same command again; where it says that the work is done, it is."""
    result = run(folder, name)
    assert result.exception is None or isinstance(result.exception, SystemExit), (number, result.exception)
    assert files(folder / "ledgers") == ended, (number, result.output)
    assert load_ledger(folder / "ledgers/main.beancount").findings == []


def test_a_kill_is_made_good_by_the_same_command(trial, tmp_path):
    begun, name, ended, touches = trial
    assert touches > 8
    for number in range(1, touches + 1, STEP):
        folder = Path(shutil.copytree(begun, tmp_path / f"kill-{number}"))
        assert killed_at(number, partial(run, folder, name)), number
        again(folder, name, ended, number)


def test_a_full_disk_is_told_and_made_good(trial, tmp_path):
    begun, name, ended, touches = trial
    for number in range(1, touches + 1, STEP):
        folder = Path(shutil.copytree(begun, tmp_path / f"full-{number}"))
        with Disk(number.__eq__):
            result = run(folder, name)
        assert result.exception is None or isinstance(result.exception, SystemExit), (number, result.exception)
        left = files(folder / "ledgers")
        assert left in (files(begun / "ledgers"), ended), (number, result.output)
        again(folder, name, ended, number)
