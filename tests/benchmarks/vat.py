"""What a VAT return costs, beside a load of the same ledger by Beancount.

    python tests/benchmarks/vat.py                        # 500 activities, 100,000 transactions, 5 runs: some minutes
    python tests/benchmarks/vat.py --activities 50        # a tenth of it

Loads and returns alternate, and each figure is the least of the runs, in CPU seconds of this process. A return is made
from nothing but the loaded ledger: its directives are read, its entries derived, its controls run. The second pair of
figures is of the next quarter once the first is filed, when late purchases are looked for among what was counted.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from beancoop.loading.ledger import load_ledger
from beancoop.loading.load import load_stock
from beancoop.vat.filed import FOLDER, as_csv, digest, file_name, rows_of
from beancoop.vat.periods import VatPeriod
from beancoop.vat.preparing import VatDesk
from generate import add_size_options, generate, positive, size_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from beancoop.loading.ledger import Ledger

    Result = TypeVar("Result")

TARGET = 0.10
"""The most that a return may take of a load by Beancount, as the loads of this program were when the mark was set."""
COOPERATIVE = '\n2026-01-01 custom "cooperative" "Coopérative"\n  enterprise: "0999888767"\n'


class Cost(NamedTuple):
    """CPU seconds of a load and of a return, the least of the runs, and how many transactions the return counts."""

    load: float
    made: float
    counted: int


def timed(work: Callable[[], Result]) -> tuple[float, Result]:
    """Do some *work*, and give how long this process was at it."""
    gc.collect()
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def make(ledger: Ledger, period: VatPeriod) -> int:
    """Make a return, and give how many transactions it counts."""
    desk = VatDesk(ledger)
    made = desk.prepare(period)
    desk.obstacles(period, made)
    return len(made.counted)


def measure(main: Path, period: VatPeriod, runs: int) -> Cost:
    """Load the ledger and make a return, several times over."""
    loads, returns, counted = [], [], 0
    ledger = load_ledger(main, lasting=False)
    for _ in range(runs):
        spent, _ = timed(partial(load_stock, str(main)))
        loads.append(spent)
        spent, counted = timed(partial(make, ledger, period))
        returns.append(spent)
    return Cost(min(loads), min(returns), counted)


def freeze(main: Path, period: VatPeriod) -> None:
    """Write what is left of a filed return, without its settlement: the generated seals would refuse a real filing."""
    rows = rows_of(VatDesk(load_ledger(main, lasting=False)).prepare(period).counted)
    beside = main.parent / "coop" / FOLDER
    beside.mkdir()
    (beside / file_name(period, 1, "csv")).write_text(as_csv(rows), encoding="utf-8")
    directive = f'2026-11-30 custom "vat-return" "{period}"\n  grid-71: 0.00 EUR\n  sha256: "{digest(rows)}"\n'
    (main.parent / "coop" / "vat-2026.beancount").write_text(directive, encoding="utf-8")


def show(title: str, cost: Cost) -> None:
    """Print a line of figures."""
    share = cost.made / cost.load
    sys.stdout.write(
        f"{title:34} load {cost.load:6.2f} s   return {cost.made:6.3f} s of {cost.counted} transactions   "
        f"share {share:.3f} (target {TARGET:.2f})\n"
    )


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add_size_options(parser)
    parser.add_argument("--runs", type=positive, default=5)
    arguments = parser.parse_args()
    gc.disable()
    first, second = (VatPeriod.parse(f"2026-Q{quarter}") for quarter in (1, 2))
    assert first is not None
    assert second is not None
    with tempfile.TemporaryDirectory() as folder:
        ledger = generate(Path(folder) / "ledgers", size_of(arguments))
        with ledger.open("a", encoding="utf-8") as file:
            file.write(COOPERATIVE)
        show(str(second), measure(ledger, second, arguments.runs))
        freeze(ledger, first)
        show(f"{second}, with {first} filed", measure(ledger, second, arguments.runs))


if __name__ == "__main__":
    main()
