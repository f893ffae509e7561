"""What a command costs from its first line to its last, beside an empty program that imports click.

    python tests/benchmarks/startup.py --runs 10

CPU seconds of whole processes and those they start, all in turn; the least of the runs. Nothing fails here.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from generate import positive

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

EXAMPLE = Path(__file__).parents[2] / "ledgers"
LEDGER = ["--ledger", str(EXAMPLE / "main.beancount")]

TARGET = 1.5
"""What `--help` may cost, of an empty program."""

EMPTY, HELP, STOCK = "import click", "beancoop --help", "bean-check -C"
PROGRAM = "import sys; from beancoop_cli.main import main; sys.argv[0] = 'beancoop'; main()"
COMMANDS = {
    HELP: ["--help"],
    "beancoop check --help": ["check", "--help"],
    "beancoop check": ["check", *LEDGER],
    "beancoop contributions": ["contributions", *LEDGER],
    "beancoop contributions --format csv": ["contributions", "--format", "csv", *LEDGER],
    "beancoop close --dry-run": ["close", "2026-08", "--dry-run", *LEDGER],
    "beancoop report trial-balance": ["report", "trial-balance", *LEDGER],
    "beancoop import --dry-run": ["import", "--dry-run", str(EXAMPLE / "statements"), *LEDGER],
    "beancoop query": ["query", *LEDGER],
    "beancoop serve --help": ["serve", "--help"],
}


def programs(python: str) -> dict[str, list[str]]:
    """Give the command line of each program, by the name it is told under."""
    stock = "import sys; from beancount.scripts.check import main; main()"
    ours = {name: [python, "-c", PROGRAM, *arguments] for name, arguments in COMMANDS.items()}
    return {EMPTY: [python, "-c", "import click"], STOCK: [python, "-c", stock, "-C", LEDGER[1]], **ours}


def cpu_of(command: Sequence[str], environment: Mapping[str, str]) -> float:
    """Run *command*, and give the seconds that it and its children took of a processor."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, capture_output=True, env=environment, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(python: str, runs: int) -> dict[str, float]:
    """Run all programs in turn, after one round that leaves their bytecode behind; give the least of each."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    commands = programs(python)
    rounds = []
    for number in range(runs + 1):
        sys.stderr.write(f"round {number} of {runs}\n")
        rounds.append({name: cpu_of(command, environment) for name, command in commands.items()})
    return {name: min(each[name] for each in rounds[1:]) for name in commands}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=positive, default=10)
    parser.add_argument("--python", default=sys.executable, help="the interpreter of the environment to measure")
    asked = parser.parse_args()
    least = measure(asked.python, asked.runs)
    sys.stdout.write(f"{'CPU seconds, least of ' + str(asked.runs):40}{'s':>8}{'ratio':>8}\n")
    for name, seconds in least.items():
        sys.stdout.write(f"{name:40}{seconds:8.3f}{seconds / least[EMPTY]:8.2f}\n")
    sys.stdout.write(f"Target: {HELP} at most {TARGET} times an empty program that imports click.\n")


if __name__ == "__main__":
    main()
