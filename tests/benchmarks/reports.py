"""How long the monthly statements of all activities take, as pages and as PDF.

    python tests/benchmarks/reports.py --activities 500 --months 10 --transactions 20

The ledger is loaded once and added up once; pages are laid out on every core. Each line has the seconds of the clock,
and those of all processors together, of one run: on a quiet machine with two cores, half as many as those.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from beancoop.books.books import Books
from beancoop.loading.ledger import load_ledger
from beancoop.model.months import Month
from beancoop.model.periods import Span
from beancoop.presentation.texts import Words
from beancoop_cli.reports.catalogue import REPORTS
from beancoop_cli.reports.making import Request, document
from beancoop_cli.reports.many import render_all
from generate import add_size_options, generate, size_of
from rich.progress import track

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    Result = TypeVar("Result")


def timed(what: str, work: Callable[[], Result]) -> Result:
    """Do some *work*, and print how long it took: by the clock, and on all processors."""
    start, spent = time.perf_counter(), _spent()
    result = work()
    clock, processors = time.perf_counter() - start, _spent() - spent
    sys.stdout.write(f"  {what:20} {clock:8.1f} s {processors:8.1f} CPU s\n")
    return result


def _spent() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def measure(ledger: Path, formats: list[str]) -> None:
    """Draw up the statements of the last month that has entries."""
    books = Books(timed("load", lambda: load_ledger(ledger)))
    timed("check the seals", lambda: books.broken_seals)
    assert books.last_day is not None
    span, words = Span.of_month(Month.of(books.last_day)), Words("fr")
    requests = [Request("activity", books, span, unit, words) for unit in books.register.activities]
    documents = timed("figures", lambda: [document(request, REPORTS["activity"].make(request)) for request in requests])
    for style in formats:
        made = track(render_all(documents, style), style, total=len(documents), transient=True)
        pages = timed(style, lambda made=made: [len(content) for content in made])  # type: ignore[misc]
        sys.stdout.write(f"  {'':20} {len(pages)} files, {sum(pages) / len(pages) / 1000:.0f} kB each\n")


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add_size_options(parser)
    parser.add_argument("--format", dest="formats", action="append", choices=["html", "pdf", "csv", "xlsx"])
    arguments = parser.parse_args()
    size = size_of(arguments)
    with tempfile.TemporaryDirectory() as folder:
        ledger = generate(Path(folder) / "ledgers", size)
        entries = size.activities * size.months * size.transactions
        sys.stdout.write(f"{size.activities} activities, {entries} transactions, {os.cpu_count()} cores\n")
        measure(ledger, arguments.formats or ["html", "pdf"])


if __name__ == "__main__":
    main()
