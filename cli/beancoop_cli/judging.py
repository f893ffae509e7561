"""What `beancoop check` finds in the ledgers once they are loaded, in the process that loads them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from beancoop import RULES
from beancoop.closing.anchor import check_anchors
from beancoop.closing.checklist import check_pieces
from beancoop.closing.documents import named_documents
from beancoop.closing.proved import proved_units
from beancoop.closing.soundness import check_closed
from beancoop.contribution.rule import orphaned
from beancoop.loading import load_file
from beancoop.loading.comparison import first_difference
from beancoop.loading.folder import VERSIONS
from beancoop.loading.ledger import load_ledger
from beancoop.loading.load import load_stock
from beancoop.model.findings import Finding
from beancoop.model.register import read_register
from beancoop.rules.proof import unproved
from beancoop.rules.written_amounts import inexact
from beancoop.storage.layout import LEDGER_FILE
from beancoop.vat.drift import check_returns
from beancoop.vat.preparing import VatDesk
from beancoop.words.language import mark
from beancoop.words.messages import error

from beancoop_cli.judged import Judged
from beancoop_cli.progress import progress
from beancoop_cli.speaking import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from beancoop.closing.anchor import Anchors
    from beancoop.loading.ledger import Ledger
    from beancoop.model.register import Register

_PROGRESS = mark("Sub-ledgers")
LOADS_DIFFER = error(
    "BC585",
    "{where}: Beancount loads {stock}, and beancoop {other}. That is a mistake of this program: set BEANCOOP_LOADER to "
    '"stock", and report it with this ledger.',
)


def judge(ledger: Path, folders: Sequence[Path], kept: Anchors | None, sound: Sequence[Path]) -> Judged:
    """Load the cooperative's *ledger* and each sub-ledger alone, and give what is wrong in them.

    Args:
        ledger: the main ledger.
        folders: those of the sub-ledgers.
        kept: the anchors that closings have printed, to compare with the seals; None where none are known.
        sound: the folders of further sub-ledgers, in which nothing was found before and nothing has changed since.

    """
    whole = load_ledger(ledger)
    register = read_register(whole.entries, whole.options)
    findings = [
        *_check(whole, proved_units(whole, register, sound)),
        *check_pieces(whole.entries),
        *check_returns(VatDesk(whole, register)),
    ]
    if kept:
        findings += check_anchors(kept, register)
    good = []
    for folder in progress(folders, told(_PROGRESS)):
        found = _check(load_ledger(folder / LEDGER_FILE))
        findings += found
        if not found:
            good.append(folder)
    return Judged(findings, good, not findings and _lasts(whole, register))


def compare_loads(ledgers: Iterable[Path]) -> Iterator[Finding]:
    """Load each ledger in both ways, and tell the first difference in it, if there is one."""
    for ledger in dict.fromkeys(each.absolute() for each in ledgers):
        if found := first_difference(load_stock(ledger), load_file(ledger)):
            yield Finding(str(ledger), 1, LOADS_DIFFER(where=found.where, stock=found.one, other=found.other))


def _lasts(whole: Ledger, register: Register) -> bool:
    """Say whether the hash of the ledger's folder covers all that was read, and no closing under way was let pass."""
    folder = os.path.join(whole.path.parent, "")  # noqa: PTH118 - names as they are written
    of_git = os.path.join(folder, VERSIONS)  # noqa: PTH118 - as above
    names = map(os.path.normpath, _named(whole))
    covered = all(name.startswith(folder) and not name.startswith(of_git) for name in names)
    return covered and next(orphaned(register), None) is None


def _named(whole: Ledger) -> Iterator[str]:
    yield from whole.options["include"]
    for entry in whole.entries:
        yield from map(str, named_documents(entry))


def _check(ledger: Ledger, proved: AbstractSet[str] = frozenset()) -> list[Finding]:
    """Give what is wrong in a ledger: errors, inexact amounts, closed months, and what no plugin has looked at."""
    closed = check_closed(ledger.entries, ledger.options, proved)
    return [*ledger.findings, *inexact(ledger), *closed, *unproved(ledger, RULES)]
