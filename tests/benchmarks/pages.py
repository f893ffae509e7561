"""What each page of ours costs the server, beside Fava's own income statement, in one run.

    python tests/benchmarks/pages.py                                        # 500 activities, 100,000 transactions
    python tests/benchmarks/pages.py --activities 50 --transactions 4       # 50 activities, 2,000 transactions

Every page is asked for in turn, once as its first reader does and then again; nothing but the server runs.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from beancoop_fava import PAGES
from beancoop_fava.server.fava_app import LedgerApp
from generate import add_size_options, generate, positive, size_of
from werkzeug.test import Client

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from beancoop_fava.pages.fava_api import FavaExtensionBase

OURS = {
    "Activités": ("extension/Activites/",),
    "Autonomie": ("extension/Autonomie/?unit={unit}",),
    "Réserves": ("extension/Reserves/",),
    "Suivi": ("extension/Suivi/",),
    "Trésorerie": ("extension/Tresorerie/",),
    "TVA": ("extension/TVA/",),
    "Écritures": ("extension/Ecritures/?numbers=70&sign=-1",),
    "Écritures, a month": ("extension/Ecritures/?numbers=70&sign=-1&from=2026-03-01&until=2026-03-31",),
    "Activités, chosen": ("extension/Activites/?only=overdue&search=0",),
}
FAVA = {"Fava: income statement": ("income_statement/", "api/income_statement")}
"""What a reader's browser asks for to show it: the page around, and the figures."""

TIMES = {"everything": "", "one month": "2026-03"}


class Cost(NamedTuple):
    """What a page costs, in CPU seconds, and how large it is, in kB."""

    first: float
    warm: float
    size: float


def ask(client: Client, slug: str, paths: Sequence[str], when: str) -> tuple[float, int]:
    """Ask for all that a page is made of."""
    spent, size = 0.0, 0
    for path in paths:
        sign = "&" if "?" in path else "?"
        address = f"/{slug}/{path}{sign}time={when}" if when else f"/{slug}/{path}"
        start = time.process_time()
        answer = client.get(address)
        spent += time.process_time() - start
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status}")
        size += len(answer.get_data())
    return spent, size


def measure(client: Client, slug: str, pages: Mapping[str, Sequence[str]], when: str, runs: int) -> dict[str, Cost]:
    """Ask for each page in turn, *runs* times after the first."""
    spent: dict[str, list[float]] = {name: [] for name in pages}
    sizes: dict[str, int] = {}
    for _ in range(runs + 1):
        for name, paths in pages.items():
            seconds, sizes[name] = ask(client, slug, paths, when)
            spent[name].append(seconds)
    return {name: Cost(own[0], statistics.median(own[1:]), sizes[name] / 1000) for name, own in spent.items()}


def timed(page: type[FavaExtensionBase]) -> Callable[[], float]:
    """Time what a page does after a load; give what tells it."""
    spent: list[float] = []
    run = page.after_load_file

    def after_load_file(self: FavaExtensionBase) -> None:
        start = time.process_time()
        run(self)
        spent.append(time.process_time() - start)

    page.after_load_file = after_load_file  # type: ignore[method-assign]
    return lambda: sum(spent)


def as_text(when: str, costs: Mapping[str, Cost]) -> str:
    """Write a table in Markdown, each page beside Fava's own."""
    (fava,) = FAVA
    lines = [f"| {when} | first, s | warm, s | warm / Fava's | kB |", "|---|---|---|---|---|"]
    for name, cost in costs.items():
        ratio = cost.warm / costs[fava].warm
        lines.append(f"| {name} | {cost.first:.3f} | {cost.warm:.3f} | {ratio:.2f} | {cost.size:.0f} |")
    return "\n".join(lines)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add_size_options(parser)
    parser.add_argument("--runs", type=positive, default=7)
    arguments = parser.parse_args()
    size = size_of(arguments)
    with tempfile.TemporaryDirectory() as folder:
        ledger = generate(Path(folder) / "ledgers", size)
        added = [timed(page) for page in PAGES]
        start = time.process_time()
        client = Client(LedgerApp(ledger, lambda: None, PAGES))
        loaded = time.process_time() - start
        slug = client.get("/").headers["Location"].strip("/").partition("/")[0]
        unit = min(path.name for path in (ledger.parent / "activities").iterdir())
        pages = {**FAVA, **{name: [path.format(unit=unit) for path in paths] for name, paths in OURS.items()}}
        count = size.activities * size.months * size.transactions
        sys.stdout.write(f"{size.activities} activities, {count} transactions; load {loaded:.1f} s, ")
        sys.stdout.write(f"of which our pages {sum(each() for each in added):.1f} s\n")
        for name, when in TIMES.items():
            sys.stdout.write(f"\n{as_text(name, measure(client, slug, pages, when, arguments.runs))}\n")


if __name__ == "__main__":
    main()
