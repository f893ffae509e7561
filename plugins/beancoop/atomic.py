"""Write a file whole or not at all.

A ledger half written loads without a word, so every file the program writes goes through here: a temporary
file in the same folder, flushed to the disk, then renamed over the old one, then the folder flushed too.
A kill at any moment leaves the old file or the new one. Two programs do not write at once, and neither writes over
what it has not read.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_NEW_FILE_MODE = 0o666


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


class Change(NamedTuple):
    """A file to be replaced: what it held when it was read (None: it was not there), and what it is to hold.

    A ledger's file is given as text, a supporting document as bytes.
    """

    path: Path
    before: str | bytes | None
    after: str | bytes


class ConflictError(Exception):
    """A file is no longer as it was read, or another program is writing; nothing was changed."""


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


def apply_changes(changes: Sequence[Change]) -> None:
    """Replace the files in order, in folders made where needed; when one fails, those before it are put back.

    Raises:
        ConflictError: a file is not as it was when it was read.
        OSError: a file could not be written.

    """
    done: list[Change] = []
    try:
        for change in changes:
            _refuse_conflict(change)
            done.append(change)
            if not change.path.parent.is_dir():
                change.path.parent.mkdir(parents=True)
            _write(change.path, change.after)
    except BaseException:
        undo_changes(done)
        raise


def _refuse_conflict(change: Change) -> None:
    if _read_as(change) != change.before:
        raise ConflictError(f"{change.path} was changed by someone else meanwhile; nothing was written, try again.")


def undo_changes(changes: Sequence[Change]) -> None:
    """Put the files back as they were, the last one first."""
    for change in reversed(changes):
        if change.before is None:
            change.path.unlink(missing_ok=True)
        elif _read_as(change) != change.before:
            _write(change.path, change.before)


def _read_as(change: Change) -> str | bytes | None:
    """Read what is there now, in the form the change is given in."""
    return read_bytes(change.path) if isinstance(change.after, bytes) else read_text(change.path)


def _write(path: Path, content: str | bytes) -> None:
    if isinstance(content, bytes):
        write_bytes(path, content)
    else:
        write_text(path, content)


@contextlib.contextmanager
def one_writer(folder: Path) -> Iterator[None]:
    """Keep any other program of ours from writing to the ledger in *folder* for as long as the block lasts.

    Raises:
        ConflictError: another one is writing.

    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConflictError(f"Another program is writing to {folder}; wait until it has finished.") from None
        yield
    finally:
        os.close(descriptor)
