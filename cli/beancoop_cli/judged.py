"""What `beancoop check` finds, as it passes from the process that loads."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from beancoop.model.findings import Finding


class Before(NamedTuple):
    """What earlier checks have found.

    Attributes:
        sound: the folders of the sub-ledgers in which nothing was found, and nothing has changed since.
        hash_beside: gives a hash of what the folder of the cooperative holds, of its sub-ledgers and of some files the
            names alone; None where it says too little.
        names: a hash of the names of the files that may be part of the ledger.
        digest_of: gives what a file is known by that was read for those hashes; else None.
        knows: says of a hash whether what it stands for was found good.

    """

    sound: Sequence[Path]
    hash_beside: Callable[[Iterable[str]], bytes | None]
    names: bytes
    digest_of: Callable[[str], bytes | None]
    knows: Callable[[bytes], bool]


class Judged(NamedTuple):
    """What is wrong in the ledgers of a cooperative, and what of the rest may be remembered.

    Attributes:
        findings: what is wrong.
        sound: the folders of the sub-ledgers in which nothing is, each alone.
        lasting: whether what was found of the whole follows from its folder alone, and so holds as long as that does.
        whole: where nothing is wrong in the whole, a hash of what that follows from beside its parts; None where its
            parts do not tell.

    """

    findings: list[Finding]
    sound: list[Path]
    lasting: bool
    whole: bytes | None
