"""Each invariant of a cooperative's books is told, alone and in its place, when one change breaks it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from beancoop_cli.main import main
from beancount import loader
from beancount.core.data import Transaction
from beancount.parser import printer
from click.testing import CliRunner
from evidence.clean_books import found
from evidence.hledger_evidence import beancount_balances
from evidence.random_books import drawn
from evidence.red_twins import NOT_IN_THE_CONTRACT, TWINS, ClosedTwin, Link, Twin
from evidence.row import Row
from strategies import header

if TYPE_CHECKING:
    from collections.abc import Iterator

LEDGERS = Path(__file__).parents[2] / "ledgers"


class Told(NamedTuple):
    """What `beancoop check` says: its exit status, and each finding as (file, line, message)."""

    status: int
    findings: list[tuple[str, int, str]]


def check(ledger: Path) -> Told:
    """Run `beancoop check`."""
    result = CliRunner().invoke(main, ["check", "--format", "json", "--ledger", str(ledger)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    findings = json.loads(result.stdout)
    root = ledger.parent
    return Told(
        result.exit_code,
        [(os.path.relpath(one["file"], root), one["line"], one["message"]) for one in findings],
    )


@cache
def closed_books() -> tempfile.TemporaryDirectory[str]:
    """Make the books whose first two months are closed, once."""
    folder = tempfile.TemporaryDirectory()
    ledger = found(Path(folder.name))
    for month in ("2026-01", "2026-02"):
        result = CliRunner().invoke(main, ["close", month, "--today", "2026-06-01", "--ledger", str(ledger)])
        assert result.exit_code == 0, result.output
    return folder


def lay(root: Path, *, closed: bool) -> Path:
    """Lay the clean books out under *root*; gives their main ledger."""
    if closed:
        shutil.copytree(closed_books().name, root, dirs_exist_ok=True)
        return root / "main.beancount"
    return found(root)


def failure(twin: Twin | Link, root: Path) -> str:
    """Break the books under *root* as *twin* says; gives what is wrong with what is told of it, or nothing."""
    ledger = lay(root, closed=isinstance(twin, ClosedTwin))
    twin.apply(root)
    told = check(ledger)
    place = twin.where or twin.file, twin.line(root)
    if told.status == 1 and [one[:2] for one in told.findings] == [place] and twin.words in told.findings[0][2]:
        return ""
    return f"{twin.rule}, {twin.name}: expected {place} {twin.words!r}, told {told}"


def printed_again(text: str) -> str:
    """Load a ledger and print all that came of it, injected entries too."""
    entries, errors, _ = loader.load_string(text)
    assert errors == [], errors
    return "\n".join([header(), 'plugin "beancoop"', *map(printer.format_entry, entries)])


def is_idempotent(text: str) -> bool:
    """Say whether loading what a load gave adds nothing and changes no balance."""
    first, _, _ = loader.load_string(text)
    again, errors, _ = loader.load_string(printed_again(text))
    counts = [sum(isinstance(entry, Transaction) for entry in entries) for entries in (first, again)]
    return not errors and counts[0] == counts[1] and beancount_balances(first) == beancount_balances(again)


def report(ledger: Path, disorder: str) -> bytes:
    """Print the contributions in a process whose sets and dictionaries come in an order of their own."""
    script = "import sys; from beancoop_cli.main import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", script, "contributions", "--format", "json", "--ledger", str(ledger)]
    return subprocess.run(
        command, env={**os.environ, "PYTHONHASHSEED": disorder, "TZ": "Asia/Tokyo"}, capture_output=True, check=True
    ).stdout


def rows() -> Iterator[Row]:
    """Break the books in every way, then look at the invariants that hold for any books."""
    failures = []
    for twin in TWINS:
        with tempfile.TemporaryDirectory() as folder:
            failures += filter(None, [failure(twin, Path(folder))])
    rules = sorted({twin.rule for twin in TWINS}, key=lambda rule: (rule[0], len(rule), rule))
    yield Row(
        promise="Each invariant has its error (I1 to I23)",
        tried=f"{len(TWINS)} ledgers, each one change away from books without fault, for {', '.join(rules)}",
        result=f"{len(TWINS) - len(failures)} told alone, at the line, in the right words {'; '.join(failures)}",
        mark=f"{len(TWINS)}; outside the contract: {', '.join(NOT_IN_THE_CONTRACT)}",
        is_held=not failures,
    )
    greens = []
    for closed in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            greens.append(check(lay(Path(folder), closed=closed)))
    yield Row(
        promise="Books without fault pass",
        tried="the books before the change, at the edge of what is allowed, open and closed",
        result=f"{sum(len(one.findings) for one in greens)} findings",
        mark="0",
        is_held=all(one == Told(0, []) for one in greens),
    )
    ledgers = [book.text("beancoop") for book in drawn(100, 16)]
    kept = sum(map(is_idempotent, ledgers))
    yield Row(
        promise="Loading what a load gave adds nothing (I16)",
        tried=f"{len(ledgers)} random books printed with their levies and loaded again",
        result=f"{kept} the same",
        mark=f"{len(ledgers)}",
        is_held=kept == len(ledgers),
    )
    reports = {report(LEDGERS / "main.beancount", disorder) for disorder in ("0", "1", "2", "3")}
    yield Row(
        promise="The same books give the same bytes (I23)",
        tried="the example's contributions, 4 times, each with other orders of hashing",
        result=f"{len(reports)} different reports",
        mark="1",
        is_held=len(reports) == 1,
    )
