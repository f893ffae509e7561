"""What a load costs beside Beancount's own, afresh and after an edit, in processes, commands and pages.

    python tests/benchmarks/loads.py                     # 10,000 and 100,000 transactions, 5 runs: half an hour
    python tests/benchmarks/loads.py --sizes 50          # 10,000 alone, some minutes
    python tests/benchmarks/loads.py --curve             # the cost at 10, 100, 500 and 1,000 activities, 1 run each

CPU seconds of whole processes and those they start, all works in turn, the least of the runs. Nothing fails here.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from beancount.core.data import Balance
from generate import Size, generate, positive
from loading_child import edit, load_stock
from startup import EMPTY, HELP, PROGRAM

sys.path.append(str(Path(__file__).parents[1]))

from evidence.hledger_journal import journal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

CHILD = Path(__file__).with_name("loading_child.py")
SIZES, CURVE = (50, 500), (10, 100, 500, 1000)
MONTHS, TRANSACTIONS = 10, 20
OF_STRUCTURE = "check of the structure's"
ALL_OPEN = ", all open"
STOCK_CHECK = "import sys; from beancount.scripts.check import main; main()"


class Cost(NamedTuple):
    """What a process took in CPU seconds, and what it says of itself, such as the most memory it had in MB."""

    cpu: float
    said: dict[str, float]

    @property
    def inside(self) -> float:
        """The seconds of what was asked, start-up left out."""
        return self.said["inside"]


class Work(NamedTuple):
    """Something to measure: a command line, what is done before each run, and why it cannot be run, if so."""

    command: list[str]
    before: Callable[[], object] = lambda: None
    lacking: str = ""


def run(command: list[str], cache: Path) -> Cost:
    """Run a command in a process of its own, and stop the benchmark where that fails."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"XDG_CACHE_HOME": str(cache), "BEANCOUNT_DISABLE_LOAD_CACHE": "1", "BEANCOOP_LANG": "en"}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as told:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=told)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            told.seek(0)
            sys.exit(f"{command[:4]} ended with {process.returncode}: {told.read()[-2000:].decode(errors='replace')}")
        out.seek(0)
        said = json.loads(out.read()) if str(CHILD) in command else {}
    return Cost(usage.ru_utime + usage.ru_stime, said)


class Bench:
    """One size of cooperative, on disk, and all that is done with it."""

    def __init__(self, folder: Path, size: Size) -> None:
        """Write the cooperative twice, its months closed but two and all open, and for hledger and ledger."""
        self.cache = folder / "cache"
        self.closed = generate(folder / "closed", size)
        self.open = generate(folder / "open", size._replace(open_months=size.months))
        self.hledger, self.ledger = folder / "hledger.journal", folder / "ledger.journal"
        entries = load_stock(self.closed)[0]
        self.hledger.write_text(journal(entries), encoding="utf-8")
        plain = journal(entry for entry in entries if not isinstance(entry, Balance)).splitlines(keepends=True)
        self.ledger.write_text("".join(line for line in plain if not line.startswith("commodity ")), encoding="utf-8")
        self.works = dict(self._works())

    def _works(self) -> Iterator[tuple[str, Work]]:
        python = sys.executable
        for name in ("stock", "cold"):
            yield name, Work([python, str(CHILD), name, str(self.closed)])
            yield f"{name}{ALL_OPEN}", Work([python, str(CHILD), name, str(self.open)])
        yield "first", Work([python, str(CHILD), "ours", str(self.closed)], self._forget)
        yield "warm", Work([python, str(CHILD), "ours", str(self.closed)])
        yield "stock again", Work([python, str(CHILD), "stock", str(self.closed)])
        for name in ("reload-stock", "reload-ours", "fava-stock", "fava-ours"):
            yield name, Work([python, str(CHILD), name, str(self.closed), str(book_of(self.closed))])
        change = partial(edit, book_of(self.open))
        yield "bean-check", Work([python, "-c", STOCK_CHECK, "-C", str(self.open)], change)
        check = [python, "-c", PROGRAM, "check", "--ledger", str(self.open)]
        yield "check", Work(check, change)
        yield OF_STRUCTURE, Work(check, partial(edit, max(self.open.parent.glob("coop/2*.beancount"))))  # of a year
        yield "hledger", Work(["hledger", "check", "-f", str(self.hledger)], lacking=lacking("hledger"))
        yield "ledger", Work(["ledger", "-f", str(self.ledger), "balance"], lacking=lacking("ledger"))
        yield EMPTY, Work([python, "-c", "import click"])
        yield HELP, Work([python, "-c", PROGRAM, "--help"])

    def _forget(self) -> None:
        """Take away what was kept of the ledger that `first` and `warm` load, and of no other."""
        shutil.rmtree(self.cache / "loads", ignore_errors=True)

    def measure(self, runs: int) -> dict[str, list[Cost]]:
        """Do all in turn, after one run of `check`, which leaves behind what it remembers."""
        costs: dict[str, list[Cost]] = {name: [] for name, work in self.works.items() if not work.lacking}
        run(self.works["check"].command, self.cache / "check")
        for number in range(1, runs + 1):
            for name, ran in costs.items():
                self.works[name].before()
                kept = "check" if name in {"check", OF_STRUCTURE} else "loads"
                ran.append(run(self.works[name].command, self.cache / kept))
                sys.stderr.write(f"run {number} of {runs}, {name}: {ran[-1].cpu:.2f} s\n")
        return costs


def lacking(program: str) -> str:
    """Say that a program is not here, if so."""
    return "" if shutil.which(program) else f"{program} is not installed here"


def book_of(main: Path) -> Path:
    """Give the file that is edited: the books of an activity in the middle, in a month that is open."""
    books = sorted(main.parent.glob("activities/*/books/*.beancount"))
    return books[len(books) // 2]


class Table:
    """The figures of one size, as lines of a table in Markdown."""

    def __init__(self, costs: Mapping[str, list[Cost]], works: Mapping[str, Work]) -> None:
        """Take the least of each work's runs."""
        self._works = works
        self.cpu = {name: min(cost.cpu for cost in ran) for name, ran in costs.items()}
        self.peak = self._least(costs, "peak")
        self.inside = self._least(costs, "inside")
        self.first = self._least(costs, "first")
        self.suite = self._least(costs, "suite")
        self.share = {
            name: min(cost.said["suite"] / (cost.inside - cost.said["suite"]) for cost in ran)
            for name, ran in costs.items()
            if "suite" in ran[0].said
        }
        stock = [cost.cpu for name in ("stock", "stock again") for cost in costs[name]]
        self.noise: tuple[float, float] = self.cpu["stock again"] / self.cpu["stock"], max(stock) / min(stock)

    @staticmethod
    def _least(costs: Mapping[str, list[Cost]], what: str) -> dict[str, float]:
        return {name: min(cost.said[what] for cost in ran) for name, ran in costs.items() if what in ran[0].said}

    def lines(self) -> Iterator[str]:
        """Write the table."""
        yield "| work | beside | s | s | ratio | mark |"
        yield "|---|---|---|---|---|---|"
        yield self._times("cold load", "cold", "stock", 3)
        yield self._times("cold load", "cold", "hledger", 1)
        yield self._times("cold load that is kept", "first", "stock", 3)
        yield self._times("warm load, new process", "warm", "stock", 10)
        yield self._times("`beancoop check` after an edit", "check", "bean-check", 40)
        yield self._times("`beancoop check` after an edit", "check", "ledger", 1)
        yield self._times("`beancoop check` after an edit of the structure's books", OF_STRUCTURE, "bean-check", 40)
        yield self._times("reload after an edit", "reload-ours", "reload-stock", 30, self.inside)
        yield self._times("the first in a process", "reload-ours", "reload-stock", 30, self.first)
        yield self._times("Fava's page after an edit", "fava-ours", "fava-stock", 20, self.inside)
        yield self._times("the first in a process", "fava-ours", "fava-stock", 20, self.first)
        for months, books, most in (("every month open", ALL_OPEN, 0.05), ("all closed but two", "", 0.03)):
            ours, stock = f"cold{books}", f"stock{books}"
            yield self._share(f"suite's share of a cold load, {months}", "the rest of it", self.share[ours], most)
            beside = self.suite[ours] / self.inside[stock]
            yield self._share(f"the same beside a stock load, {months}", "stock", beside, most)
        yield self._at_most("`beancoop --help`", HELP, EMPTY, self.cpu, 1.5)
        yield self._at_most("peak memory, MB, cold", "cold", "stock", self.peak, 1.2)
        yield self._at_most("peak memory, MB, kept", "first", "stock", self.peak, 1.2)
        yield self._at_most("peak memory, MB, warm", "warm", "stock", self.peak, 1.2)
        again, spread = self.noise
        yield f"Noise: two series of stock loads, second over first {again:.2f}; worst over best {spread:.2f}."

    def _times(self, what: str, ours: str, other: str, least: float, figures: Mapping[str, float] | None = None) -> str:
        if why := self._works[other].lacking:
            return f"| {what} | {other} | | | | {why} |"
        figures = figures or self.cpu
        mine, theirs = figures[ours], figures[other]
        return f"| {what} | {other} | {mine:.3f} | {theirs:.3f} | {theirs / mine:.1f} | at least {least} |"

    @staticmethod
    def _share(what: str, other: str, share: float, most: float) -> str:
        return f"| {what} | {other} | | | {share:.1%} | at most {most:.0%} |"

    def _at_most(self, what: str, ours: str, other: str, figures: Mapping[str, float], most: float) -> str:
        mine, theirs = figures[ours], figures[other]
        return f"| {what} | {other} | {mine:.3f} | {theirs:.3f} | {mine / theirs:.2f} | at most {most} |"


def show(size: Size, runs: int) -> None:
    """Measure one size, and print its table."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), size)
        table = Table(bench.measure(runs), bench.works)
    count = size.activities * size.months * size.transactions
    sys.stdout.write(f"\n{size.activities} activities, {count} transactions, CPU seconds, least of {runs}\n\n")
    sys.stdout.write("\n".join(table.lines()) + "\n")
    sys.stdout.flush()


def curve(activities: int) -> str:
    """Measure the loads of one size once, and give a line of the curve."""
    names = ("stock", "cold", "warm", "reload-ours", "check")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), Size(activities, MONTHS, TRANSACTIONS))
        bench.works = {name: bench.works[name] for name in ("first", *names)}
        costs = {name: ran[0] for name, ran in bench.measure(1).items()}
    figures = [costs[name].inside if name == "reload-ours" else costs[name].cpu for name in names]
    return f"| {activities} | {' | '.join(f'{seconds:.3f}' for seconds in figures)} |"


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", type=positive, nargs="+", default=SIZES, help="activities, of 200 transactions each")
    parser.add_argument("--runs", type=positive, default=5)
    parser.add_argument("--curve", type=positive, nargs="*", help="the cost at these sizes, in place of the table")
    asked = parser.parse_args()
    if asked.curve is not None:
        head = ("activities", "stock", "cold", "warm", "reload", "check after an edit")
        sys.stdout.write(f"| {' | '.join(head)} |\n|{'---|' * len(head)}\n")
        for activities in asked.curve or CURVE:
            sys.stdout.write(f"{curve(activities)}\n")
            sys.stdout.flush()
        return
    for activities in asked.sizes:
        show(Size(activities, MONTHS, TRANSACTIONS), asked.runs)


if __name__ == "__main__":
    main()
