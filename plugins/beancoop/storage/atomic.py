"""Write a file whole or not at all.

A ledger half written loads without a word, so every file the program writes goes through here: a temporary
file in the same folder, flushed to the disk, then renamed over the old one, then the folder flushed too.
A kill at any moment leaves the old file or the new one, and may leave a temporary file, which `sweep` takes away.
"""

from __future__ import annotations

import contextlib
import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

TEMPORARY = r"\..+\.(beancount|csv|xml|pdf)\.[a-z0-9_]{8}"
"""The name of a book or document of ours while it is written: a regular expression."""

_NEW_FILE_MODE = 0o666
_SWEPT = re.compile(rf"{TEMPORARY}|\.\.beancoop-\w+\.[a-z0-9_]{{8}}")


def write_text(path: Path, text: str) -> None:
    """Replace the file at *path*, or create it, with *text* in UTF-8; see `write_bytes`."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, content: bytes) -> None:
    """Replace the file at *path*, or create it, with *content*.

    The permissions of an existing file are kept; those of a new one follow the process's umask. A symbolic
    link is followed, so that the link stays a link.

    Raises:
        OSError: the file could not be written; what stood there before still stands.

    """
    target = path.resolve()
    with naming(target):
        _replace(target, content)


@contextlib.contextmanager
def naming(target: Path) -> Iterator[None]:
    """Have a failure name the file that was to be written, not the temporary one beside it, or none at all."""
    try:
        yield
    except OSError as failed:
        failed.filename = str(target)
        raise


def _replace(target: Path, content: bytes) -> None:
    import tempfile  # noqa: PLC0415 - most of what starts writes nothing

    mode = target.stat().st_mode if target.exists() else _NEW_FILE_MODE & ~_umask()
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(descriptor, mode)
            os.fsync(descriptor)
        os.rename(temporary, target)  # noqa: PTH104 - the one call that replaces a file at once
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)  # noqa: PTH108
        raise
    flush_folder(target.parent)


def _umask() -> int:
    """Give the process's umask, which can only be read by setting it."""
    umask = os.umask(0)
    os.umask(umask)
    return umask


def flush_folder(folder: Path) -> None:
    """Make the renaming itself durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_text(path: Path) -> str | None:
    """Read a file whole, its line ends as they are; None where there is none.

    Raises:
        OSError: it cannot be read.
        UnicodeDecodeError: it is not UTF-8.

    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return None


def read_bytes(path: Path) -> bytes | None:
    """Read a file whole; None where there is none.

    Raises:
        OSError: it cannot be read.

    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def sweep(folders: Iterable[Path]) -> None:
    """Take away the temporary files that writers which were killed left in *folders*; for the one writer alone."""
    for folder in set(folders):
        with contextlib.suppress(OSError):  # they harm nobody, and the next writer comes by again
            for path in folder.iterdir():
                if _SWEPT.fullmatch(path.name) and path.is_file():
                    path.unlink()
