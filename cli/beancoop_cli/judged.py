"""What `beancoop check` finds, as it passes from the process that loads."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from beancoop.model.findings import Finding


class Judged(NamedTuple):
    """What is wrong in the ledgers of a cooperative, and what of the rest may be remembered.

    Attributes:
        findings: what is wrong.
        sound: the folders of the sub-ledgers in which nothing is, each alone.
        lasting: whether what was found of the whole follows from its folder alone, and so holds as long as that does.

    """

    findings: list[Finding]
    sound: list[Path]
    lasting: bool
