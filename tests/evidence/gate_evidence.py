"""The gate: sub-ledgers that attack, and sub-ledgers of every day, through `beancoop check` itself."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from beancoop.gate.check import check_gate
from beancoop.loading.ledger import load_ledger
from beancoop_cli.main import main
from click.testing import CliRunner
from evidence.row import Row
from gate.corpus import ATTACKS, BOOK, LEDGER, RUNS_CODE, write_honest, write_tracer
from gate.honest import HONEST
from gate.mutants import mutants

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gate.corpus import Attack

SECONDS_A_FILE = 0.3
FILES = 2
"""Those of each sub-ledger here."""

MUTANTS, AT_ONCE = 20_000, 2_500

MAIN = """option "operating_currency" "EUR"
option "tolerance_multiplier" "0"
plugin "beancoop"
include "activities/*/ledger.beancount"
"""
LOAD = "import sys; from beancount import loader; loader.load_file(sys.argv[1])"


class Outcome(NamedTuple):
    """What became of the attacks."""

    refused: int
    executed: int
    slowest: float


def rows() -> Iterator[Row]:
    """Lay each attack and each honest sub-ledger in a cooperative of its own, and check it."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        write_tracer(root, root / "trace")
        sys.path.insert(0, str(root))
        try:
            outcome = _attack(root)
        finally:
            sys.path.remove(str(root))
        without = sum(_is_executed_without(attack, root / f"without-{n}") for n, attack in enumerate(RUNS_CODE))
        accepted, slowest = _welcome(root)
        ends, loaded, failures = _damage(root)
    attacks, honest = len(ATTACKS), len(HONEST)
    yield Row(
        "a hostile sub-ledger is refused",
        f"{attacks} attacks",
        f"{outcome.refused} at file and line",
        "all, of at least 52",
        outcome.refused == attacks >= 52,
    )
    yield Row(
        "nothing of it is executed",
        f"{attacks} attacks; without the gate {without} of {len(RUNS_CODE)} run at a mere load",
        f"{outcome.executed} executed",
        "0",
        outcome.executed == 0 < without,
    )
    yield Row(
        "an honest sub-ledger is let through, and loads",
        f"{honest}, in French, Dutch and German",
        f"{accepted} accepted",
        "all, of at least 20",
        accepted == honest >= 20,
    )
    seconds = max(outcome.slowest, slowest) / FILES
    yield Row(
        "the gate is quick",
        f"{attacks + honest} sub-ledgers of {FILES} files, one by one",
        f"{seconds:.2f} s of a processor for a file, at worst",
        f"{SECONDS_A_FILE} s",
        seconds <= SECONDS_A_FILE,
    )
    yield Row(
        "no damaged book ends the program",
        f"{MUTANTS:,} damaged books; the {loaded:,} let through then loaded",
        f"{ends} ended the gate, {failures} the load",
        "0 and 0",
        ends == failures == 0 < loaded,
    )


def _attack(root: Path) -> Outcome:
    refused = executed = 0
    slowest = 0.0
    trace = root / "trace"
    for number, attack in enumerate(ATTACKS):
        folder = root / str(number) / "activities" / "A001"
        attack.lay(folder, trace)
        main_file = folder.parents[1] / "main.beancount"
        main_file.write_text(MAIN)
        start = _processor_seconds()
        findings = _check(main_file)
        slowest = max(slowest, _processor_seconds() - start)
        place = os.path.normpath(folder / attack.file)
        refused += any(
            (f["file"], f["line"]) == (place, attack.line) and attack.words in f["message"] for f in findings
        )
        executed += trace.exists()
        trace.unlink(missing_ok=True)
    return Outcome(refused, executed, slowest)


def _welcome(root: Path) -> tuple[int, float]:
    """Give how many honest sub-ledgers pass gate and load, and the time of the slowest at the gate.

    Only what a book may be is asked here, not whether it is finished: of an amount left out `check` tells afterwards.
    """
    accepted = 0
    slowest = 0.0
    for number, honest in enumerate(HONEST):
        folder = root / f"honest-{number}" / "activities" / "A001"
        honest.lay(folder)
        start = _processor_seconds()
        findings = check_gate([folder])
        slowest = max(slowest, _processor_seconds() - start)
        accepted += not findings and not load_ledger(folder / LEDGER).findings
    return accepted, slowest


def _damage(root: Path) -> tuple[int, int, int]:
    """Give how many damaged books ended the gate's child, how many it let through, and whether loading these failed."""
    ends = loaded = failures = 0
    for batch in range(MUTANTS // AT_ONCE):
        folder = root / f"damaged-{batch}" / "activities" / "A001"
        write_honest(folder)
        for number, book in enumerate(mutants(AT_ONCE, seed=batch)):
            (folder / f"books/{number}.beancount").write_bytes(book)
        findings = check_gate([folder])
        ends += sum("Reading this file" in finding.message or "was not read" in finding.message for finding in findings)
        for refused in {finding.file for finding in findings}:
            Path(refused).unlink()
        loaded += len(list(folder.glob("books/*.beancount")))
        command = [sys.executable, "-c", LOAD, str(folder / LEDGER)]
        failures += subprocess.run(command, capture_output=True, check=False).returncode != 0
    return ends, loaded, failures


def _check(ledger: Path) -> list[dict]:
    """Give the findings of `beancoop check`."""
    result = CliRunner().invoke(main, ["check", "--ledger", str(ledger), "--format", "json"])
    findings = json.loads(result.stdout)
    assert result.exit_code == bool(findings), result.output
    return findings


def _processor_seconds() -> float:
    """Give what this process and its children have used so far; unlike the clock, it does not count others' work."""
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _is_executed_without(attack: Attack, root: Path) -> bool:
    """Say whether Beancount alone, asked to load the sub-ledger or the book, runs what the attack brings."""
    trace = root / "trace"
    attack.lay(root / "A001", trace)
    write_tracer(root, trace)
    environment = {**os.environ, "PYTHONPATH": str(root)}
    environment.pop("BEANCOUNT_DISABLE_LOAD_CACHE", None)
    for file in (BOOK, LEDGER):
        command = [sys.executable, "-c", LOAD, str(root / "A001" / file)]
        subprocess.run(command, env=environment, capture_output=True, check=False)
    return trace.exists()
