"""What must be in order before anything official is written, and after: what `check` finds of closed books.

A ledger's errors, its gate, the amounts it leaves out, its seals, the documents sealed with them, and the levies of
closed months recomputed. A sub-ledger alone gives no other levy than the whole: what its seals alone would close, the
structure's having closed nothing, is an error already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from beancoop.closing.levied import check_levies
from beancoop.closing.seal import check_seals
from beancoop.contribution.rule import orphaned
from beancoop.gate.check import check_gate
from beancoop.model.findings import Finding, Refusal
from beancoop.model.register import read_register
from beancoop.rules.written_amounts import left_out
from beancoop.storage.layout import sub_ledgers
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from beancount.core.data import Directive

    from beancoop.loading.ledger import Ledger

LEDGER_HAS_ERRORS = error("BC501", "The ledger has errors; correct them first.")
CLOSED_WAS_CHANGED = error("BC502", "A closed month was changed; take that back first.")
GATE_REFUSES = error("BC509", "A sub-ledger holds what it may not; correct it first.")


def check_closed(
    entries: list[Directive], options: Mapping[str, Any], proved: AbstractSet[str] = frozenset()
) -> list[Finding]:
    """Check the seals, but those of the units *proved*, and under those that hold, what was levied."""
    seals = check_seals(entries, options, proved)
    return [*seals, *check_levies(entries, options, seals)]


def wrong_in(ledger: Ledger) -> list[Finding]:
    """Give what is wrong with a ledger when something was written to it."""
    return [*ledger.findings, *left_out(ledger), *check_closed(ledger.entries, ledger.options)]


def refuse_what_is_wrong(ledger: Ledger) -> None:
    """Let nothing be written to a ledger that is not in order already.

    Raises:
        Refusal: it has errors, a sub-ledger holds what it may not, or a closed month was changed.

    """
    orphans = map(Finding.of, orphaned(read_register(ledger.entries, ledger.options)))
    if wrong := [*ledger.findings, *(each for each in orphans if each not in ledger.findings), *left_out(ledger)]:
        raise Refusal(LEDGER_HAS_ERRORS(), wrong)
    if refused := check_gate(sub_ledgers(ledger.path)):
        raise Refusal(GATE_REFUSES(), refused)
    if broken := check_closed(ledger.entries, ledger.options):
        raise Refusal(CLOSED_WAS_CHANGED(), broken)
