"""Writing what an import has planned: in one step, proved by loading the ledger again, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from beancoop.storage.step import Change, ConflictError, one_step

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


class NotShownError(Exception):
    """What was written is not what the ledger shows.

    Attributes:
        faults: why, by the file that was written.

    """

    def __init__(self, faults: Mapping[Path, str]) -> None:
        """Keep the reasons."""
        super().__init__()
        self.faults = faults


def commit(
    ledger: Ledger, changes: Sequence[Change], written: Iterable[tuple[data.Transaction, Sequence[Path]]]
) -> Ledger:
    """Write *changes* and load the ledger again; *written* names each movement or invoice and the files it went to.

    Returns:
        The ledger as it is now.

    Raises:
        NotShownError: the ledger does not show what was written; all is as before.

    """
    targets = [change.path for change in changes]
    try:
        with one_step(ledger.path.parent, changes):
            after = load_whole(ledger.path)
            if faults := _missing(ledger, after, written):
                raise NotShownError(faults)
    except (Refused, ConflictError) as refused:
        reason = refused.message if isinstance(refused, Refused) else str(refused)
        raise NotShownError(dict.fromkeys(targets, reason)) from None
    except OSError as error:
        reason = f"{error.filename or 'the ledger'} cannot be written: {error.strerror or error}."
        raise NotShownError(dict.fromkeys(targets, reason)) from None
    return after


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
                faults[path] = f"{path} is not included by {ledger.path}; include it, and import again."
    return faults


def _shows(holds: Callable[[data.Transaction], bool], entry: data.Transaction) -> bool:
    try:
        return holds(entry)
    except Refused:  # part of it alone
        return False


def new_findings(before: Ledger, after: Ledger) -> dict[str, list[str]]:
    """Give what the load finds now and did not find before, by the file it is found in."""
    known = {text for _, text in _findings(before.errors)}
    found: dict[str, list[str]] = {}
    for source, text in _findings(after.errors):
        if text not in known:
            found.setdefault(source, []).append(text)
    return found


def _findings(errors: Iterable[Any]) -> Iterable[tuple[str, str]]:
    for error in errors:
        source = error.source or {}
        file = str(source.get("filename"))
        yield file, f"{file}:{source.get('lineno')}: {error.message}"
