"""Write a file whole or not at all.

A ledger half written loads without a word, so every file the program writes goes through here: a temporary
file in the same folder, flushed to the disk, then renamed over the old one, then the folder flushed too.
A kill at any moment leaves the old file or the new one.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_NEW_FILE_MODE = 0o666


def write_text(path: Path, text: str) -> None:
    """Replace the file at *path*, or create it, with *text* in UTF-8.

    The permissions of an existing file are kept; those of a new one follow the process's umask. A symbolic
    link is followed, so that the link stays a link.

    Raises:
        OSError: the file could not be written; what stood there before still stands.

    """
    target = path.resolve()
    mode = target.stat().st_mode if target.exists() else _NEW_FILE_MODE & ~_umask()
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fchmod(descriptor, mode)
            os.fsync(descriptor)
        os.rename(temporary, target)  # noqa: PTH104 - the one call that replaces a file at once
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)  # noqa: PTH108
        raise
    _flush_folder(target.parent)


def _umask() -> int:
    """Give the process's umask, which can only be read by setting it."""
    umask = os.umask(0)
    os.umask(umask)
    return umask


def _flush_folder(folder: Path) -> None:
    """Make the renaming itself durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
