"""Bank files and e-invoices into the ledger: each whole or not at all, nothing twice, no silence about what is odd.

First everything is thought through in memory (`plan`); then the files of the ledger are replaced, in one step; then the
ledger is loaded again, and what it does not hold is taken back (`commit`).
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from beancoop.model.findings import Finding, Refusal
from beancoop.storage.commit import to_be_written
from beancoop.words.messages import phrase

from beancoop_importers.ingest.commit import NotShownError, commit, new_findings, not_written
from beancoop_importers.ingest.dates import refuse_unlikely
from beancoop_importers.ingest.ledger import load_whole
from beancoop_importers.ingest.plan import Plan
from beancoop_importers.ingest.results import Result, Source, Watch, unwatched
from beancoop_importers.invoices.purposes import purposes_by
from beancoop_importers.model.statement import Refused
from beancoop_importers.readers.sources import Contents, read_file
from beancoop_importers.rules.rulebook import RULES_FILE, read_rules

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from beancoop_importers.invoices.booking import PurposeOf


READING = phrase("Reading")


def import_files(  # noqa: PLR0913 - what a run is told
    ledger: Path,
    files: Sequence[Path],
    purpose_of: PurposeOf | None = None,
    *,
    dry_run: bool = False,
    watch: Watch = unwatched,
    today: datetime.date | None = None,
) -> list[Result]:
    """Book bank files and e-invoices into the ledger whose main file is *ledger*, after the rules beside it.

    A file that is refused is left out whole and stops no other. Importing a file again adds nothing.

    Args:
        ledger: the main file.
        files: what was received.
        purpose_of: says what an item of an invoice is for, in place of the rules; else the supplier's history does.
        dry_run: tell what would be done, and write nothing.
        watch: is shown what takes time.
        today: the day beyond which nothing is booked; None to book whatever the dates.

    Returns:
        One result per file, in the order given.

    """
    sources = [_read(file, today) for file in watch(files, READING())]
    rules_file = ledger.parent / RULES_FILE
    try:
        rules = read_rules(rules_file)
    except Refused as refused:
        return [Result(source.file, refusal=refused.within(rules_file)) for source in sources]
    try:
        with to_be_written(ledger, load_whole) as loaded:
            plan = partial(Plan, loaded, rules, purpose_of or purposes_by(rules.invoices))
            return _book(plan, sources, watch, dry_run=dry_run)
    except Refused as refused:
        return [Result(source.file, refusal=refused.within(ledger)) for source in sources]
    except Refusal as refusal:
        return [Result(source.file, refusal=Finding(str(ledger), 1, refusal.message)) for source in sources]
    except OSError as failed:
        return [Result(source.file, refusal=Finding(str(ledger), 1, not_written(failed))) for source in sources]


def _book(
    begin: Callable[[Mapping[Path, str]], Plan], sources: Sequence[Source], watch: Watch, *, dry_run: bool
) -> list[Result]:
    """Book what can be booked: what a file of the ledger cannot take is left out, and the rest thought over again."""
    barred: dict[Path, str] = {}
    while True:
        plan = begin(barred)
        results = plan.take(sources, watch)
        try:
            changes = plan.changes()
            if dry_run or not changes:
                return results
            after = commit(plan.ledger, changes, plan.written)
        except Refused as refused:
            barred |= {line.target: refused.message for line in plan.lines}
        except NotShownError as error:
            barred |= error.faults  # never the same one again, so this ends
        else:
            news = new_findings(plan.ledger, after)
            return [_with_findings(result, news) for result in results]


def _read(file: Path, today: datetime.date | None) -> Source:
    try:
        contents = read_file(file)
        if today:
            refuse_unlikely(contents, today)
        return Source(file, contents, None)
    except Refused as refused:
        return Source(file, Contents(), refused)


def _with_findings(result: Result, news: Mapping[str, Sequence[Finding]]) -> Result:
    """Add what Beancount finds in the ledger's changed files, and did not find before."""
    found = [text for path in result.targets for text in news.get(str(path), ())]
    return replace(result, warnings=(*result.warnings, *found))
