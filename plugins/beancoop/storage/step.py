"""Several files replaced in one step, by one program at a time.

Two programs do not write at once, and neither writes over what it has not read. What takes several files is done whole
or not at all: what goes wrong is put back, and what a kill leaves half done, the next program that writes takes back.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import hashlib
import json
import os
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, overload

from beancoop.model.findings import Refusal
from beancoop.storage import atomic
from beancoop.storage.atomic import flush_folder, naming, read_bytes, sweep
from beancoop.words.messages import error
from beancoop.words.system import reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

UNDO_FILE = ".beancoop-undo"
"""In the folder of the ledger while several files are replaced: what they held."""

CHANGED_MEANWHILE = error("BC511", "{file} was changed by someone else meanwhile; nothing was written, try again.")
NOT_TAKEN_BACK = error(
    "BC512",
    "What was written in part could not be taken back: {reason} Put that right; the next command that writes to this "
    "ledger takes it back first, with the help of {undo}.",
)
CHANGED_AFTER = error("BC516", "{file} was changed by someone else after it was written.")
NO_UNDO_FILE = error("BC513", "{undo} is not as a stopped program leaves it; look at the ledger, and delete it.")
CHANGED_SINCE = error(
    "BC514",
    "A program was stopped while it wrote {count} file, and {file} was changed since. {undo} says what it held; put it "
    "right, delete {undo}, and try again.",
    "A program was stopped while it wrote {count} files, and {file} was changed since. {undo} says what they held; put "
    "them right, delete {undo}, and try again.",
)
ANOTHER_WRITES = error("BC515", "Another program is writing to {folder}; wait until it has finished.")


class Change(NamedTuple):
    """A file to be replaced: what it held when it was read (None: it was not there), and what it is to hold.

    A ledger's file is given as text, a supporting document as bytes.
    """

    path: Path
    before: str | bytes | None
    after: str | bytes


class ConflictError(Refusal):
    """A file is no longer as it was read, or another program is writing: who comes again later may be let through."""


def apply_changes(changes: Sequence[Change]) -> None:
    """Replace the files in order, in folders made where needed; when one fails, those before it are put back.

    Raises:
        ConflictError: a file is not as it was when it was read.
        OSError: a file could not be written, or put back.

    """
    done: list[Change] = []
    try:
        _apply(changes, done)
    except BaseException:
        undo_changes(done)
        raise


def _apply(changes: Sequence[Change], done: list[Change]) -> None:
    """Replace the files in order, and note each in *done* before it is touched."""
    for change in changes:
        if read_bytes(change.path) != _as_bytes(change.before):
            raise ConflictError(CHANGED_MEANWHILE(file=change.path))
        done.append(change)
        if not change.path.parent.is_dir():
            with naming(change.path):
                change.path.parent.mkdir(parents=True)
        _write(change.path, change.after)


def _write(path: Path, content: str | bytes) -> None:
    if isinstance(content, bytes):
        atomic.write_bytes(path, content)
    else:
        atomic.write_text(path, content)


def undo_changes(changes: Sequence[Change]) -> None:
    """Put the files back as they were, the last one first, up to one that cannot be put back.

    Those before it stay as well: the beginning of a step is the half that does no harm, and its end without its
    beginning is not.

    Raises:
        ConflictError: a file is neither as the changes found it nor as they made it, and is left as it is.
        OSError: a file could not be put back.

    """
    _put_back([_Undo.read(path, states) for path, states in _states(changes).items()])


def take_back_step(folder: Path, changes: Sequence[Change]) -> None:
    """Put the files of a step that was done back as they were, all of them.

    To be used by the one writer in *folder*: what a kill or a full disk leaves half put back, the next writer ends.

    Raises:
        ConflictError: a file was changed since, and all are left as they are.
        OSError: a file could not be put back.

    """
    files = [_Undo.read(path, states) for path, states in _states(changes).items()]
    for file in files:
        file.refuse_foreign()
    undo = folder / UNDO_FILE
    atomic.write_text(undo, _undo_text(folder, changes))
    _put_back(files)
    undo.unlink()
    flush_folder(folder)


@contextlib.contextmanager
def one_step(folder: Path, changes: Sequence[Change]) -> Iterator[None]:
    """Replace the files in order, and put them back unless the block ends well: all of them or none.

    To be used by the one writer in *folder*: what a kill leaves half done, the next writer puts back. A file may be
    changed more than once, each time from what the change before made of it.

    Raises:
        ConflictError: a file is not as it was when it was read; all is as before.
        OSError: a file could not be written; all is as before.
        Refusal: not all could be put back; the next writer does it.

    """
    undo = folder / UNDO_FILE
    atomic.write_text(undo, _undo_text(folder, changes))
    done: list[Change] = []
    try:
        _apply(changes, done)
        yield
        undo.unlink()  # from here on the step is done
    except BaseException:
        try:
            undo_changes(done)
            undo.unlink()
        except (ConflictError, OSError) as failed:
            why = failed.message if isinstance(failed, ConflictError) else reason(failed)
            raise Refusal(NOT_TAKEN_BACK(reason=why, undo=undo)) from failed
        raise
    with contextlib.suppress(OSError):  # where a power cut brings the file back, so it brings the step's beginning
        flush_folder(folder)


_States: TypeAlias = list[str | list[str] | None]
"""What a file held (a text as it is, the bytes of a document as the one element of a list, in base 64; None where it
was not there), and the digest of each content that it was given since."""


def _states(changes: Sequence[Change]) -> dict[Path, _States]:
    """Write down what each file holds now, and how to recognise what it is to hold."""
    files: dict[Path, _States] = {}
    for change in changes:
        states = files.setdefault(change.path, [_written_down(change.before)])
        states.append(hashlib.sha256(_as_bytes(change.after)).hexdigest())
    return files


def _undo_text(folder: Path, changes: Sequence[Change]) -> str:
    files = {os.path.relpath(path, folder): states for path, states in _states(changes).items()}
    return json.dumps(files, ensure_ascii=False, indent=1)


def _written_down(content: str | bytes | None) -> str | list[str] | None:
    return [base64.b64encode(content).decode()] if isinstance(content, bytes) else content


@overload
def _as_bytes(content: str | bytes) -> bytes: ...
@overload
def _as_bytes(content: str | bytes | None) -> bytes | None: ...
def _as_bytes(content: str | bytes | None) -> bytes | None:
    return content.encode() if isinstance(content, str) else content


class _Undo(NamedTuple):
    """What a file held before a step that was not ended, and the digests of what the step made of it."""

    path: Path
    before: bytes | None
    after: tuple[str, ...]

    @classmethod
    def read(cls, path: Path, states: _States) -> _Undo:
        before = base64.b64decode(states[0][0]) if isinstance(states[0], list) else states[0]
        return cls(path, _as_bytes(before), tuple(map(str, states[1:])))

    @property
    def is_ours(self) -> bool:
        """Whether the file is as the step found or made it."""
        now = read_bytes(self.path)
        return now == self.before or hashlib.sha256(now or b"").hexdigest() in self.after

    def refuse_foreign(self) -> None:
        """See that nobody else has changed the file.

        Raises:
            ConflictError: somebody has.

        """
        if not self.is_ours:
            raise ConflictError(CHANGED_AFTER(file=self.path))

    def put_back(self) -> None:
        """Have the file hold what it held, and let it alone where it does.

        Raises:
            ConflictError: somebody else has changed it, and it is left as it is.
            OSError: it cannot be read or written.

        """
        self.refuse_foreign()
        if read_bytes(self.path) != self.before:
            if self.before is None:
                self.path.unlink()
            else:
                atomic.write_bytes(self.path, self.before)


def _put_back(files: Sequence[_Undo]) -> None:
    """Put the files back, the last one first, up to one that cannot be."""
    for file in reversed(files):
        file.put_back()


def _take_back(folder: Path) -> None:
    """Put back the files of a step that a kill interrupted, and take away what it was writing.

    Raises:
        ConflictError: one of them was changed since; none is touched then.
        OSError: one of them could not be read or written.

    """
    undo = folder / UNDO_FILE
    content = read_bytes(undo)
    if content is None:
        return
    try:
        files = [_Undo.read(folder / name, states) for name, states in json.loads(content).items()]
    except (ValueError, AttributeError, LookupError, TypeError):
        raise ConflictError(NO_UNDO_FILE(undo=undo)) from None
    for file in files:
        if not (file.is_ours and _is_inside(folder, file)):
            raise ConflictError(CHANGED_SINCE(count=len(files), file=file.path, undo=undo))
    _put_back(files)
    sweep(file.path.resolve().parent for file in files)
    undo.unlink()
    flush_folder(folder)


def _is_inside(folder: Path, file: _Undo) -> bool:
    """Say whether a file lies in the ledger's folder, or need not be touched."""
    return file.path.resolve().is_relative_to(folder.resolve()) or read_bytes(file.path) == file.before


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

    What a program that was killed left half done there is taken back first, and its temporary files are taken away.

    Raises:
        ConflictError: another one is writing, or what was left half done was changed since.
        OSError: what was left half done cannot be taken back.

    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConflictError(ANOTHER_WRITES(folder=folder)) from None
        _take_back(folder)
        sweep([folder])
        yield
    finally:
        os.close(descriptor)
