"""Writing what an import has planned: in one step, proved by loading the ledger again, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.model.findings import Finding, Refusal
from beancoop.storage.commit import commit_changes
from beancoop.storage.step import Change, ConflictError
from beancoop.words.messages import Text, error
from beancoop.words.system import reason

from beancoop_importers.bank.booking import REFERENCE
from beancoop_importers.bank.known import KnownEntries
from beancoop_importers.ingest.ledger import load_whole
from beancoop_importers.invoices.known import InvoiceBooks
from beancoop_importers.model.statement import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from beancoop.loading.ledger import Ledger
    from beancount.core import data

NOT_WRITTEN = error("BC1221", "the ledger cannot be written: {reason}")
NOT_INCLUDED = error(
    "BC1222", "{file} is not included by {ledger}; make it, empty, where it is not there, include it, and import again."
)


class NotShownError(Refusal):
    """What was written is not what the ledger shows.

    Attributes:
        faults: why, by the file that was written.

    """

    def __init__(self, faults: Mapping[Path, str]) -> None:
        """Keep the reasons."""
        super().__init__(next(iter(faults.values())))
        self.faults = faults


def commit(
    ledger: Ledger, changes: Sequence[Change], written: Iterable[tuple[data.Transaction, Sequence[Path]]]
) -> Ledger:
    """Write *changes* and load the ledger again; *written* names each movement or invoice and the files it went to.

    Returns:
        The ledger as it is now.

    Raises:
        NotShownError: the ledger does not show what was written; all is as before.
        Refusal: not all could be taken back, see `commit_changes`.

    """

    def judge(after: Ledger) -> tuple[()]:
        if faults := _missing(ledger, after, written):
            raise NotShownError(faults)
        return ()

    targets = [change.path for change in changes]
    try:
        return commit_changes(ledger, changes, judge, load_whole)
    except (Refused, ConflictError) as refused:
        raise NotShownError(dict.fromkeys(targets, refused.message)) from None
    except OSError as failed:
        raise NotShownError(dict.fromkeys(targets, not_written(failed))) from None


def not_written(failed: OSError) -> Text:
    """Say that the ledger could not be written, which file of it, and why."""
    return NOT_WRITTEN(reason=reason(failed))


def _missing(
    ledger: Ledger, after: Ledger, written: Iterable[tuple[data.Transaction, Sequence[Path]]]
) -> dict[Path, str]:
    """Give the files whose new transactions the ledger does not show."""
    books, invoices = KnownEntries(after.entries, ()), InvoiceBooks(after.entries)
    files = set(after.files)
    faults: dict[Path, str] = {}
    for entry, targets in written:
        if not _shows(books.holds if REFERENCE in entry.meta else invoices.holds_entry, entry):
            for path in [path for path in targets if path not in files] or targets:
                faults[path] = NOT_INCLUDED(file=path, ledger=ledger.path)
    return faults


def _shows(holds: Callable[[data.Transaction], bool], entry: data.Transaction) -> bool:
    try:
        return holds(entry)
    except Refused:  # part of it alone
        return False


def new_findings(before: Ledger, after: Ledger) -> dict[str, list[Finding]]:
    """Give what the load finds now and did not find before, by the file it is found in."""
    known = set(map(Finding.of, before.errors))
    found: dict[str, list[Finding]] = {}
    for finding in map(Finding.of, after.errors):
        if finding not in known:
            found.setdefault(finding.file, []).append(finding)
    return found
