"""Years of a cooperative, each from a seed, with all that goes wrong in one, against the oracle."""

from __future__ import annotations

import resource
import sys
import tempfile
from collections import Counter
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from evidence.row import Row
from simulation import SeedFailedError, simulate

if TYPE_CHECKING:
    from collections.abc import Iterator

SEEDS = 200
SECONDS, CORES = 300, 2


def live(seed: int) -> tuple[Counter[str], str]:
    """Live one year; give how often each thing happened, and why it failed, or ""."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            happened = simulate(seed, Path(folder))
        except SeedFailedError as error:
            return Counter(), str(error)
    return Counter(" ".join(one.split()[:2]) for one in happened if ": " in one), ""


def rows() -> Iterator[Row]:
    """Live all years, on both cores."""
    with get_context("fork").Pool(CORES) as pool:
        lived = pool.map(live, range(1, SEEDS + 1), chunksize=1)
        pool.close()
        pool.join()  # only what has ended is in the time used
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = (used.ru_utime + used.ru_stime) / CORES
    failed = [why for _, why in lived if why]
    kinds = sum((happened for happened, _ in lived), Counter())
    for why in failed:
        print(why, file=sys.stderr)  # noqa: T201
    kinds.subtract({kind: number for kind, number in kinds.items() if kind.endswith("none")})
    again = [why.splitlines()[-1] for why in failed[:1]]
    yield Row(
        promise="A year of a cooperative is as an oracle without Beancount says, whatever goes wrong",
        tried=f"{SEEDS} seeds, {kinds.total()} faults of {len(+kinds)} kinds",
        result="; ".join([f"{len(failed)} seeds failed", *again, f"{seconds:.0f} s of CPU on each of {CORES} cores"]),
        mark=f"0 of {SEEDS}, {SECONDS} s",
        is_held=not failed and seconds <= SECONDS,
    )
