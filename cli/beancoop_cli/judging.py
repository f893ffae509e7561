"""What `beancoop check` finds in the ledgers, in the process that loads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.loading.ledger import load_ledger
from beancoop.storage.layout import LEDGER_FILE
from beancoop.words.language import mark

from beancoop_cli.judged import Judged
from beancoop_cli.judging_one import judge_one
from beancoop_cli.judging_parts import look_at_parts
from beancoop_cli.progress import progress, status
from beancoop_cli.speaking import told

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from beancoop.closing.anchor import Anchors
    from beancoop.model.findings import Finding
    from beancoop.model.register import Register

    from beancoop_cli.judged import Before

_PROGRESS, _WHOLE = mark("Sub-ledgers"), mark("The whole ledger")


def judge(ledger: Path, folders: Sequence[Path], kept: Anchors | None, before: Before) -> Judged:
    """Judge each sub-ledger alone and the cooperative's *ledger*, which is loaded where its parts do not tell.

    Args:
        ledger: the main ledger.
        folders: those of the sub-ledgers.
        kept: the anchors that closings have printed, to compare with the seals; None where none are known.
        before: what earlier checks have found.

    """
    findings: list[Finding] = []
    good: list[Path] = []
    for folder in progress(folders, told(_PROGRESS)):
        found = judge_one(load_ledger(folder / LEDGER_FILE, lasting=False))
        findings += found
        if not found:
            good.append(folder)
    sound = [*before.sound, *good]
    seen = look_at_parts(ledger, sound, before) if before.sound and not findings else None
    if seen and before.knows(seen.hash) and not (kept and _differ(kept, seen.register)):
        return Judged([], good, lasting=True, whole=seen.hash)
    from beancoop_cli.judging_whole import judge_whole  # noqa: PLC0415 - seldom needed, and knows VAT

    with status(told(_WHOLE)):
        wrong, lasts = judge_whole(ledger, sound, kept)
        if findings or wrong:
            return Judged([*findings, *wrong], good, lasting=False, whole=None)
        seen = seen or look_at_parts(ledger, sound, before)
    return Judged([], good, lasts, seen.hash if seen else None)


def _differ(kept: Anchors, register: Register) -> bool:
    from beancoop.closing.anchor import check_anchors  # noqa: PLC0415 - seldom asked for

    return bool(check_anchors(kept, register))
