"""What is wrong in the whole cooperative once it is loaded."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from beancoop.closing.anchor import check_anchors
from beancoop.closing.checklist import check_pieces
from beancoop.closing.documents import named_documents
from beancoop.closing.proved import proved_units
from beancoop.contribution.rule import orphaned
from beancoop.loading.folder import SUFFIX
from beancoop.loading.includes import searched, written_in
from beancoop.loading.ledger import load_ledger
from beancoop.model.provenance import SUITE
from beancoop.model.register import read_register
from beancoop.vat.drift import check_returns
from beancoop.vat.preparing import VatDesk

from beancoop_cli.judging_one import judge_one
from beancoop_cli.judging_parts import is_inside

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from beancoop.closing.anchor import Anchors
    from beancoop.loading.ledger import Ledger
    from beancoop.model.findings import Finding
    from beancoop.model.register import Register


def judge_whole(ledger: Path, sound: Sequence[Path], kept: Anchors | None) -> tuple[list[Finding], bool]:
    """Load the cooperative's *ledger*; give what is wrong, and whether that it is good follows from its folder alone.

    Args:
        ledger: the main ledger.
        sound: the folders of the sub-ledgers in which, loaded alone, nothing is.
        kept: the anchors that closings have printed, to compare with the seals; None where none are known.

    """
    whole = load_ledger(ledger)
    register = read_register(whole.entries, whole.options)
    findings = [
        *judge_one(whole, proved_units(whole, register, sound)),
        *check_pieces(whole.entries),
        *check_returns(VatDesk(whole, register)),
        *(check_anchors(kept, register) if kept else ()),
    ]
    return findings, not findings and _lasts(whole, register)


def _lasts(whole: Ledger, register: Register) -> bool:
    """Say whether the hash of the ledger's folder covers all that was read, and no closing under way was let pass."""
    named = [os.path.normpath(path) for entry in whole.entries for path in named_documents(entry)]
    files = whole.options["include"]
    included = [searched(file, name) for file in files for _, name in written_in(file)]
    documents = [searched(whole.path, folder) for folder in whole.options["documents"]]
    return (
        {name for name, _ in whole.options["plugin"]} == {SUITE}  # another may change, too
        and str(whole.path) in files  # one that is encrypted is not
        and is_inside(whole.path.parent, [*files, *included, *documents, *named])
        and all(each.endswith(SUFFIX) for each in included)  # one that is encrypted is among no files
        and next(orphaned(register), None) is None
    )
