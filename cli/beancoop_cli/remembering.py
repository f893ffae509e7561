"""What `beancoop check` found good, and need not look at again as long as not one byte of it has changed.

Only good answers are remembered: a hash of all that was read, and of the program that read it. A sub-ledger is
remembered by its folder, the whole by the folder of the cooperative and the anchors; where the whole reaches outside
that folder it is not remembered.
"""

from __future__ import annotations

import glob
import os
from typing import TYPE_CHECKING

from beancoop.loading import cache
from beancoop.loading.folder import Look

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_HASH = 32
_MOST = 1 << 14
"""Hashes that are kept: those of the newest checks of a large cooperative."""


class Memory:
    """The hashes of what was found good in one cooperative."""

    def __init__(self, ledger: Path) -> None:
        """Read them, if there are any."""
        path = os.path.abspath(ledger)  # noqa: PTH100 - links stay links
        is_itself = os.path.expandvars(path) == path and not glob.has_magic(path)  # or Beancount reads it otherwise
        self._slot = cache.Slot.of("check", path, "beancoop", "beancoop_cli") if cache.is_on() and is_itself else None
        held = (self._slot.read() if self._slot else None) or b""
        # A dict, since each of 500 sub-ledgers is looked for among thousands; its order is that of their age.
        self._good = dict.fromkeys(held[start : start + _HASH] for start in range(0, len(held), _HASH))
        self._look = Look()

    def hash_of(self, folder: Path, *beside: bytes) -> bytes | None:
        """Give what a folder, and something beside it, is remembered by; None where it is not to be.

        The folder of the cooperative is asked for first: those of its sub-ledgers are read with it.
        """
        path = os.path.abspath(folder)  # noqa: PTH100
        content = self._look.content_of(path) if self._slot else None
        return None if content is None else cache.hashed(os.fsencode(path), content, *beside)

    def hash_beside(self, folder: Path, inside: Iterable[Path], files: Iterable[str]) -> bytes | None:
        """Give a hash of what a folder holds, of some of it the names alone; None where that says too little."""
        left_out = {*map(os.path.abspath, inside), *map(os.path.abspath, files)}
        return self._look.content_beside(os.path.abspath(folder), left_out) if self._slot else None  # noqa: PTH100

    def names(self) -> bytes:
        """Give a hash of the names of what may be part of a ledger."""
        return self._look.names()

    def digest_of(self, file: str) -> bytes | None:
        """Give what a file is known by that was read, as the loader knows it; else None."""
        return self._look.digest_of(file)

    def is_untouched(self, folder: Path) -> bool:
        """Say whether a folder has been all the time what its hash was made of."""
        return self._look.is_untouched(os.path.abspath(folder))  # noqa: PTH100

    def knows(self, hashed: bytes | None) -> bool:
        """Say whether it was found good before."""
        return hashed is not None and hashed in self._good

    def remember(self, good: Iterable[bytes]) -> None:
        """Remember what was found good, and forget what was so the longest ago."""
        kept = [*dict.fromkeys([*good, *self._good])][:_MOST]
        if self._slot and kept != [*self._good]:
            self._good = dict.fromkeys(kept)
            self._slot.write(b"".join(kept))
