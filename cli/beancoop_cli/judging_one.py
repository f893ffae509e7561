"""What is wrong in one ledger once it is loaded, be it the whole or a sub-ledger alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop import RULES
from beancoop.closing.soundness import check_closed
from beancoop.rules.proof import unproved
from beancoop.rules.written_amounts import inexact

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from beancoop.loading.ledger import Ledger
    from beancoop.model.findings import Finding


def judge_one(ledger: Ledger, proved: AbstractSet[str] = frozenset()) -> list[Finding]:
    """Give what is wrong in a ledger: errors, inexact amounts, closed months, and what no plugin has looked at.

    Args:
        ledger: the ledger.
        proved: the units whose seals are known to hold, see `closing.proved`.

    """
    closed = check_closed(ledger.entries, ledger.options, proved)
    return [*ledger.findings, *inexact(ledger), *closed, *unproved(ledger, RULES)]
