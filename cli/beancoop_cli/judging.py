"""What `beancoop check` finds in the ledgers once they are loaded, in the process that loads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop import RULES
from beancoop.closing.anchor import check_anchors
from beancoop.closing.checklist import check_pieces
from beancoop.closing.soundness import check_closed
from beancoop.loading.ledger import load_ledger
from beancoop.model.register import read_register
from beancoop.rules.proof import unproved
from beancoop.rules.written_amounts import inexact
from beancoop.storage.layout import LEDGER_FILE
from beancoop.vat.drift import check_returns
from beancoop.vat.preparing import VatDesk
from beancoop.words.language import mark

from beancoop_cli.progress import progress
from beancoop_cli.speaking import told

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from beancoop.closing.anchor import Anchors
    from beancoop.loading.ledger import Ledger
    from beancoop.model.findings import Finding

_PROGRESS = mark("Sub-ledgers")


def judge(ledger: Path, folders: Sequence[Path], kept: Anchors | None) -> list[Finding]:
    """Load the cooperative's *ledger* and each sub-ledger alone, and give what is wrong in them.

    Args:
        ledger: the main ledger.
        folders: those of the sub-ledgers.
        kept: the anchors that closings have printed, to compare with the seals; None where none are known.

    """
    whole = load_ledger(ledger)
    findings = [*_check(whole), *check_pieces(whole.entries), *check_returns(VatDesk(whole))]
    if kept:
        findings += check_anchors(kept, read_register(whole.entries, whole.options))
    for path in progress([folder / LEDGER_FILE for folder in folders], told(_PROGRESS)):
        findings += _check(load_ledger(path))
    return findings


def _check(ledger: Ledger) -> list[Finding]:
    """Give what is wrong in a ledger: errors, inexact amounts, closed months, and what no plugin has looked at."""
    closed = check_closed(ledger.entries, ledger.options)
    return [*ledger.findings, *inexact(ledger), *closed, *unproved(ledger, RULES)]
