"""Write, load, judge, take back: how every command changes a ledger.

The ledger is the judge: it is loaded again with what was written, and where it does not say what was meant, or the
judge itself fails, every file is as before.

The files of the activities go first, the structure's last. Somebody may load the ledger while it is being written, or
after a kill, before the next writer has taken the step back; what they find is half of it. The entry of an activity
without the structure's is the half that does the least harm: the structure's side of a written levy is supplied in
memory until it is written, a seal that the structure has not closes nothing and is told, and an exit that has one side
is completed by another. The structure's without the activity's would be a claim on nobody, and its seal would vouch for
seals that are not there: it is the moment at which the step counts.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from beancoop.loading.ledger import Ledger, load_ledger
from beancoop.model.accounts import COOP, RootNames
from beancoop.model.findings import Refusal
from beancoop.storage.atomic import read_text, sweep
from beancoop.storage.printing import as_text
from beancoop.storage.step import Change, one_step, one_writer
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from beancount.core.data import Directive

    from beancoop.model.findings import Finding

NOT_AS_MEANT = error("BC510", "What was written did not load as it was meant, and was taken back.")


@contextmanager
def to_be_written(path: Path, load: Callable[[Path], Ledger] = load_ledger) -> Iterator[Ledger]:
    """Load the ledger at *path*, to which nobody else of ours writes for as long as the block lasts.

    Raises:
        ConflictError: another program is writing, or what one left half done was changed since.
        OSError: what one left half done cannot be taken back.

    """
    with one_writer(path.parent):
        ledger = load(path)
        sweep(ledger.folders)
        yield ledger


def commit_changes(
    ledger: Ledger,
    changes: Sequence[Change],
    judge: Callable[[Ledger], Sequence[Finding]],
    load: Callable[[Path], Ledger] = load_ledger,
) -> Ledger:
    """Make *changes* in one step, and give the ledger as it is then.

    Args:
        ledger: as it was when the changes were thought out, see `to_be_written`.
        changes: in the order in which they are written.
        judge: gives what is wrong with the ledger as it is then; what it gives or raises takes all of them back.
        load: loads the ledger.

    Raises:
        Refusal: the judge has found something; or not all could be taken back, which the next writer does.
        ConflictError: somebody else has changed a file meanwhile.
        OSError: a file could not be written.

    """
    with one_step(ledger.path.parent, changes):
        after = load(ledger.path)
        if findings := judge(after):
            raise Refusal(NOT_AS_MEANT(), findings)
    return after


class Writing(NamedTuple):
    """Entries to be written at the end of a file, in the books of one unit."""

    unit: str
    path: Path
    entries: Sequence[Directive]


def commit_entries(
    ledger: Ledger,
    writings: Sequence[Writing],
    title: str,
    judge: Callable[[Ledger], Sequence[Finding]],
    beside: Sequence[Change] = (),
) -> Ledger:
    """Write entries, the structure's last; a new file begins with its unit and *title* (see `commit_changes`).

    What the entries speak of, such as documents, is written *beside* them, and first.
    """
    return commit_changes(ledger, [*beside, *changes_of(writings, title, RootNames.of(ledger.options))], judge)


def changes_of(
    writings: Sequence[Writing], title: str, roots: RootNames, earlier: Mapping[Path, tuple[str, str]] | None = None
) -> list[Change]:
    """Give one change for each file that entries go to; one that holds entries of the structure is among the last.

    Args:
        writings: the entries.
        title: what a new file begins with, after its unit.
        roots: the names of the roots, which a new file says too.
        earlier: files that are changed otherwise in the same step: what they held, and what they are to hold before
            the entries come to their end.

    """
    before: dict[Path, str | None] = {path: held for path, (held, _) in (earlier or {}).items()}
    after: dict[Path, str] = {path: meant for path, (_, meant) in (earlier or {}).items()}
    for unit, path, entries in writings:
        if path not in before:
            before[path] = read_text(path)
            after[path] = _begun(before[path], f"{unit} : {title}", roots)
        after[path] += "".join(f"\n{as_text(entry)}" for entry in entries)
    structures = {writing.path for writing in writings if writing.unit == COOP}
    return [Change(path, before[path], after[path]) for path in sorted(after, key=structures.__contains__)]


def _begun(text: str | None, title: str, roots: RootNames) -> str:
    """Give what a file holds, ended by a line end, or what a new one begins with."""
    if text is None:
        return "".join(f"{line}\n" for line in (f"; {title}", *roots.option_lines()))
    return text if text.endswith("\n") or not text else f"{text}\n"
