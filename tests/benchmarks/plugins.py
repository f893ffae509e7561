"""What the suite adds to the time of a load, beside what the machine's own noise adds.

    python tests/benchmarks/plugins.py --activities 500 --months 10 --transactions 20 --runs 5

Each run loads the ledger in turn without its plugin line, with it, and without it again, in fresh processes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from beancoop.storage.atomic import write_text
from generate import PLUGIN_LINE, Size, add_size_options, generate, positive, size_of
from one_load import Load

if TYPE_CHECKING:
    from collections.abc import Iterable

TARGET = 0.05  # of a bare load
BARE, SUITE, AGAIN = "bare", "with the suite", "bare again"
MEASURED = (
    f"CPU seconds, garbage collector off, each load in a fresh process, {BARE} / {SUITE} / {AGAIN} in turn; "
    "the least of the runs"
)


class Result(NamedTuple):
    """The benchmark's figures: CPU seconds, or a share of a bare load where so named."""

    size: Size
    runs: int
    entries: int
    injected: int
    bare: float
    suite: float
    functions: dict[str, float]
    inside: float
    inside_share: float
    target_share: float
    alone: dict[str, float]
    noise_ratio: float
    noise_spread: float
    injected_cost: float
    injected_share: float
    suite_ratio: float
    peak_mb_bare: float
    peak_mb_suite: float


def say(text: str) -> None:
    """Tell the progress, apart from the result."""
    sys.stderr.write(f"{text}\n")


def load_afresh(ledger: Path) -> Load:
    """Load *ledger* in a new process; stop the benchmark where it does not load clean."""
    command = [sys.executable, str(Path(__file__).with_name("one_load.py")), str(ledger)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{ledger}: the load failed\n{done.stderr}")
    load = Load(**json.loads(done.stdout))
    if load.errors:
        sys.exit(f"{ledger}: a ledger with errors is no measure; the first ones:\n" + "\n".join(load.errors))
    return load


def without_suite(main: Path) -> Path:
    """Write beside *main* the same ledger without its plugin line."""
    bare = main.with_name("bare.beancount")
    write_text(bare, main.read_text(encoding="utf-8").replace(PLUGIN_LINE, ""))
    return bare


def run(main: Path, runs: int) -> dict[str, list[Load]]:
    """Load the ledger three ways in turn, *runs* times."""
    bare = without_suite(main)
    loads: dict[str, list[Load]] = {BARE: [], SUITE: [], AGAIN: []}
    for number in range(1, runs + 1):
        for name, ledger in ((BARE, bare), (SUITE, main), (AGAIN, bare)):
            load = load_afresh(ledger)
            loads[name].append(load)
            say(f"run {number}/{runs}, {name}: {load.load:.3f} s")
    return loads


def least(tables: Iterable[dict[str, float]]) -> dict[str, float]:
    """Give for each name its least time."""
    found: dict[str, float] = {}
    for table in tables:
        for name, spent in table.items():
            found[name] = min(spent, found.get(name, spent))
    return found


def summarise(size: Size, loads: dict[str, list[Load]]) -> Result:
    """Work the figures out."""
    first, again = (min(one.load for one in loads[name]) for name in (BARE, AGAIN))
    all_bare = [*loads[BARE], *loads[AGAIN]]
    bare = min(first, again)
    suite = min(one.load for one in loads[SUITE])
    inside = min(sum(one.functions.values()) for one in loads[SUITE])
    injected_cost = min(one.tail for one in loads[SUITE]) - min(one.tail for one in all_bare)
    return Result(
        size=size,
        runs=len(loads[SUITE]),
        entries=loads[BARE][0].entries,
        injected=loads[SUITE][0].injected,
        bare=bare,
        suite=suite,
        functions=least(one.functions for one in loads[SUITE]),
        inside=inside,
        inside_share=inside / bare,
        target_share=TARGET,
        alone=least(one.alone for one in loads[SUITE]),
        noise_ratio=again / first,
        noise_spread=max(one.load for one in all_bare) / bare,
        injected_cost=injected_cost,
        injected_share=injected_cost / bare,
        suite_ratio=suite / bare,
        peak_mb_bare=min(one.peak_mb for one in all_bare),
        peak_mb_suite=min(one.peak_mb for one in loads[SUITE]),
    )


def line(label: str, figure: str, remark: str = "") -> str:
    """Lay one figure out."""
    return f"{label:<46}{figure:>10}  {remark}".rstrip()


def as_text(result: Result) -> str:
    """Lay the figures out for a reader."""
    size = result.size
    shares = {name: f"{spent / result.bare:7.2%} of a bare load" for name, spent in result.alone.items()}
    return "\n".join(
        [
            f"{size.activities} activities x {size.months} months x {size.transactions} transactions a month",
            f"{result.entries} entries, and {result.injected} injected; {result.runs} runs",
            MEASURED,
            "",
            line("bare load", f"{result.bare:.3f} s", f"{result.peak_mb_bare:.0f} MB"),
            line("load with the suite", f"{result.suite:.3f} s", f"{result.peak_mb_suite:.0f} MB"),
            "",
            line(
                "(a) inside the plugin functions",
                f"{result.inside:.3f} s",
                f"{result.inside_share:7.2%} of a bare load; target: {result.target_share:.0%}",
            ),
            *(line(f"      {name}", f"{spent:.3f} s") for name, spent in result.functions.items()),
            "    each plugin named alone, on the same entries:",
            *(line(f"      {name}", f"{spent:.3f} s", shares[name]) for name, spent in result.alone.items()),
            "",
            line(
                "(b) two bare loads, second over first",
                f"{result.noise_ratio:.3f}",
                f"worst bare load over the best: {result.noise_spread:.3f}",
            ),
            "",
            line(
                "(c) sorting, balancing, validating what is new",
                f"{result.injected_cost:.3f} s",
                f"{result.injected_share:7.2%} of a bare load",
            ),
            "    from the end of the plugins to the end of the load, with the suite minus without",
            line(
                "(a) + (c), from the whole loads",
                f"{result.suite_ratio - 1:.2%}",
                "load with the suite over bare, less 1",
            ),
        ]
    )


def as_json(result: Result) -> str:
    """Give the figures to a program."""
    figures: dict[str, Any] = result._asdict() | {"size": result.size._asdict(), "measured": MEASURED}
    return json.dumps(figures, indent=2)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add_size_options(parser)
    parser.add_argument("--runs", type=positive, default=5)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    arguments = parser.parse_args()
    size = size_of(arguments)
    with tempfile.TemporaryDirectory() as folder:
        say(f"generating {size.activities} x {size.months} x {size.transactions} transactions")
        ledger = generate(Path(folder) / "ledgers", size)
        result = summarise(size, run(ledger, arguments.runs))
    sys.stdout.write((as_json(result) if arguments.json else as_text(result)) + "\n")


if __name__ == "__main__":
    main()
