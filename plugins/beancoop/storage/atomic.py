"""Write a file whole or not at all.

A ledger half written loads without a word, so every file the program writes goes through here: a temporary
file in the same folder, flushed to the disk, then renamed over the old one, then the folder flushed too.
A kill at any moment leaves the old file or the new one. Two programs do not write at once, and neither writes over
what it has not read. What takes several files is done in one step: what a kill leaves half done, the next program that
writes takes back.
"""

from __future__ import annotations

import base64
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
        if not any(_read_as(change) == change.after != change.before for change in changes):
            undo.unlink()
        raise
    with contextlib.suppress(OSError):  # where a power cut brings the file back, so it brings the step's beginning
        flush_folder(folder)


def _undo_text(folder: Path, changes: Sequence[Change]) -> str:
    """Write down what each file holds now, and how to recognise what it is to hold."""
    files: dict[str, list[object]] = {}
    for change in changes:
        states = files.setdefault(os.path.relpath(change.path, folder), [_written_down(change.before)])
        states.append(hashlib.sha256(_as_bytes(change.after)).hexdigest())
    return json.dumps(files, ensure_ascii=False, indent=1)


def _written_down(content: str | bytes | None) -> str | list[str] | None:
    """Give text as it is, and the bytes of a document as the one element of a list, in base 64."""
    return [base64.b64encode(content).decode()] if isinstance(content, bytes) else content


def _as_bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


class _Undo(NamedTuple):
    """What a file held before a step that was not ended, and the digests of what the step made of it."""

    path: Path
    before: bytes | None
    after: tuple[str, ...]

    @classmethod
    def read(cls, folder: Path, name: str, states: list[str | list[str] | None]) -> _Undo:
        before = base64.b64decode(states[0][0]) if isinstance(states[0], list) else states[0]
        return cls(folder / name, None if before is None else _as_bytes(before), tuple(map(str, states[1:])))

    def can_be_done(self, folder: Path) -> bool:
        """Tell whether the file is as the step found or made it; nothing outside of the ledger's folder is touched."""
        now = read_bytes(self.path)
        made = hashlib.sha256(now or b"").hexdigest() in self.after and self.path.resolve().is_relative_to(folder)
        return now == self.before or made


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
        files = [_Undo.read(folder, name, states) for name, states in json.loads(text).items()]
    except (ValueError, AttributeError, LookupError, TypeError):
        raise ConflictError(
            f"{undo} is not as a stopped program leaves it; look at the ledger, and delete it."
        ) from None
    for file in files:
        if not file.can_be_done(folder.resolve()):
            raise ConflictError(
                f"A program was stopped while it wrote {len(files)} files, and {file.path} was changed since. {undo} "
                "says what they held; put them right, delete that file, and try again."
            )
    undo_changes([Change(file.path, file.before, b"") for file in files])
    undo.unlink()
    flush_folder(folder)


def is_being_written(folder: Path) -> bool:
    """Say whether a program that lives is writing to the ledger in *folder* right now; this one counts too."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


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
