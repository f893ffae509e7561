"""Write a file whole or not at all.

A ledger half written loads without a word, so every file the program writes goes through here: a temporary
file in the same folder, flushed to the disk, then renamed over the old one, then the folder flushed too.
A kill at any moment leaves the old file or the new one. Two programs do not write at once, and neither writes over
what it has not read. What takes several files is done in one step: what a kill leaves half done, the next program that
writes takes back.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import tempfile
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

UNDO_FILE = ".beancoop-undo"
"""In the folder of the ledger while several files are replaced: what they held."""

_LEDGER_FILES = ".beancount"  # nothing else is put back, whoever wrote that file
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


class Change(NamedTuple):
    """A file to be replaced: what it held when it was read (None: it was not there), and what it is to hold."""

    path: Path
    before: str | None
    after: str


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


def apply_changes(changes: Sequence[Change]) -> None:
    """Replace the files in order; when one fails, those before it are put back.

    Raises:
        ConflictError: a file is not as it was when it was read.
        OSError: a file could not be written.

    """
    done: list[Change] = []
    try:
        for change in changes:
            _refuse_conflict(change)
            done.append(change)
            write_text(change.path, change.after)
    except BaseException:
        undo_changes(done)
        raise


def _refuse_conflict(change: Change) -> None:
    if read_text(change.path) != change.before:
        raise ConflictError(f"{change.path} was changed by someone else meanwhile; nothing was written, try again.")


def undo_changes(changes: Sequence[Change]) -> None:
    """Put the files back as they were, the last one first."""
    for change in reversed(changes):
        if change.before is None:
            change.path.unlink(missing_ok=True)
        elif read_text(change.path) != change.before:
            write_text(change.path, change.before)


@contextlib.contextmanager
def one_step(folder: Path, changes: Sequence[Change]) -> Iterator[None]:
    """Replace the files in order, and put them back unless the block ends well: all of them or none.

    To be used by the one writer in *folder*: what a kill leaves half done, the next writer puts back. A file may be
    changed more than once, each time from what the change before made of it.

    Raises:
        ConflictError: a file is not as it was when it was read.
        OSError: a file could not be written.

    """
    undo = folder / UNDO_FILE
    write_text(undo, _undo_text(folder, changes))
    try:
        apply_changes(changes)
        try:
            yield
            undo.unlink()  # from here on the step is done
        except BaseException:
            undo_changes(changes)
            raise
    except BaseException:
        if not any(read_text(change.path) == change.after != change.before for change in changes):
            undo.unlink()
        raise
    with contextlib.suppress(OSError):  # where a power cut brings the file back, so it brings the step's beginning
        _flush_folder(folder)


def _undo_text(folder: Path, changes: Sequence[Change]) -> str:
    """Write down what each file holds now, and how to recognise what it is to hold."""
    files: dict[str, dict[str, object]] = {}
    for change in changes:
        name = os.path.relpath(change.path, folder)
        states = files.setdefault(name, {"before": change.before, "after": []})["after"]
        assert isinstance(states, list)  # noqa: S101
        states.append(_digest(change.after))
    return json.dumps(files, ensure_ascii=False, indent=1)


def _digest(text: str | None) -> str:
    return hashlib.sha256((text or "").encode()).hexdigest()


def _take_back(folder: Path) -> None:
    """Put back the files of a step that a kill interrupted.

    Raises:
        ConflictError: one of them was changed since; none is touched then.
        OSError: one of them could not be read or written.

    """
    undo = folder / UNDO_FILE
    text = read_text(undo)
    if text is None:
        return
    try:
        files = {folder / name: (state["before"], state["after"]) for name, state in json.loads(text).items()}
    except (ValueError, AttributeError, KeyError, TypeError):
        raise ConflictError(
            f"{undo} is not as a stopped program leaves it; look at the ledger, and delete it."
        ) from None
    for path, (before, after) in files.items():
        now = read_text(path)
        if now != before and (_digest(now) not in after or path.suffix != _LEDGER_FILES):
            raise ConflictError(
                f"A program was stopped while it wrote {len(files)} files, and {path} was changed since. {undo} says "
                "what they held; put them right, delete that file, and try again."
            )
    undo_changes([Change(path, before, "") for path, (before, _) in files.items()])
    undo.unlink()
    _flush_folder(folder)


@contextlib.contextmanager
def one_writer(folder: Path) -> Iterator[None]:
    """Keep any other program of ours from writing to the ledger in *folder* for as long as the block lasts.

    What a program that was killed left half done there is taken back first.

    Raises:
        ConflictError: another one is writing, or what was left half done was changed since.
        OSError: what was left half done cannot be taken back.

    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConflictError(f"Another program is writing to {folder}; wait until it has finished.") from None
        _take_back(folder)
        yield
    finally:
        os.close(descriptor)
