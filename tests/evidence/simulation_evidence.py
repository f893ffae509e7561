"""Years of a cooperative, each from a seed, with all that goes wrong in one, against the oracle."""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from evidence.row import Row
from simulation import SeedFailedError, simulate

if TYPE_CHECKING:
    from collections.abc import Iterator

SEEDS = 200
SECONDS = 300


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
    start = time.monotonic()
    with get_context("fork").Pool(2) as pool:
        lived = pool.map(live, range(1, SEEDS + 1), chunksize=1)
    seconds = time.monotonic() - start
    failed = [why for _, why in lived if why]
    kinds = sum((happened for happened, _ in lived), Counter())
    for why in failed:
        print(why, file=sys.stderr)  # noqa: T201
    kinds.subtract({kind: number for kind, number in kinds.items() if kind.endswith("none")})
    yield Row(
        promise="A year of a cooperative is as an oracle without Beancount says, whatever goes wrong",
        tried=f"{SEEDS} seeds, {kinds.total()} faults of {len(+kinds)} kinds",
        result=f"{len(failed)} seeds failed, {seconds:.0f} s{''.join(f'; {why.splitlines()[-1]}' for why in failed[:1])}",  # noqa: E501
        mark=f"0 of {SEEDS}, {SECONDS} s on two free cores",
        is_held=not failed,
    )
