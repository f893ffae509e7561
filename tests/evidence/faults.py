"""A disk that fails on purpose: the n-th time the program touches it, the process ends, or there is no room left."""

from __future__ import annotations

import builtins
import errno
import io
import os
import stat
import sys
import traceback
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, NoReturn, Self
from unittest import mock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KILLED = 137
_FAULTY = 70
_CALLS = ("open", "rename", "replace", "fsync", "fchmod", "unlink", "mkdir", "rmdir")
_NEED_NO_ROOM = frozenset({"fchmod", "unlink", "rmdir"})


HALF_CLOSED = "BC404"
"""A seal that the cooperative's file does not yet bear out: what a killed closing says of itself, until run again."""


class Disk:
    """Stands between the program and the disk, inside a `with`: counts what changes something, and fails on demand.

    A write that fails has written half. Where the process ends, files that were written and not flushed to the disk
    keep half of their bytes, as after a power cut.

    Attributes:
        touches: what was done so far, by name, the failed one included.

    """

    def __init__(self, fails: Callable[[int], bool] = lambda _: False, *, kills: bool = False) -> None:
        """Fail at the touches whose number, from 1, *fails* names: end the process if *kills*, else be full."""
        self.touches: list[str] = []
        self._fails, self._kills = fails, kills
        self._unsynced: dict[int, int] = {}  # by inode, a descriptor of our own
        self._patches = ExitStack()
        self._open = open

    def __enter__(self) -> Self:
        """Take the place of the calls."""
        for name in _CALLS:
            call = partial(self._call, name, getattr(os, name))
            self._patches.enter_context(mock.patch.object(os, name, call))
        for module in (builtins, io):
            self._patches.enter_context(mock.patch.object(module, "open", self._opened))
        return self

    def __exit__(self, *_: object) -> None:
        """Give the calls back."""
        self._patches.close()
        for descriptor in self._unsynced.values():
            os.close(descriptor)

    def _touch(self, name: str, half: Callable[[], object] = lambda: None) -> None:
        self.touches.append(name)
        if self._fails(len(self.touches)) and (self._kills or name not in _NEED_NO_ROOM):
            half()
            if self._kills:
                self._die()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _die(self) -> NoReturn:
        for descriptor in self._unsynced.values():
            os.ftruncate(descriptor, os.fstat(descriptor).st_size // 2)
        os._exit(KILLED)

    def _call(self, name, real, *args, **kwargs):
        if name != "open" or args[1] & os.O_CREAT:
            self._touch(name)
        answer = real(*args, **kwargs)
        if name == "fsync" and (flushed := self._unsynced.pop(os.fstat(args[0]).st_ino, None)) is not None:
            os.close(flushed)
        return answer

    def _opened(self, file, mode="r", *args, **kwargs):
        """Open *file*; where it is to be written, its writes touch the disk."""
        if not set(mode) & set("wax+"):
            return self._open(file, mode, *args, **kwargs)
        if not isinstance(file, int):
            self._touch("open")
        stream = self._open(file, mode, *args, **kwargs)
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):  # a pipe to a child is not the disk
            return stream
        self._unsynced.setdefault(os.fstat(stream.fileno()).st_ino, os.dup(stream.fileno()))
        write, flush = stream.write, stream.flush

        def write_or_half(text):
            self._touch("write", lambda: (write(text[: len(text) // 2]), flush()))
            return write(text)

        def flush_or_fail() -> None:
            self._touch("flush")
            flush()

        stream.write, stream.flush = write_or_half, flush_or_fail
        return stream


def start(work: Callable[[], int]) -> int:
    """Do *work* in a child process, which ends with the status it gives; give the child's id."""
    child = os.fork()
    if child == 0:
        sys.settrace(None)  # what coverage counts dies with the child, and takes as long as the rest
        status = _FAULTY
        try:
            status = work()
        except BaseException:  # noqa: BLE001 - whatever happens, the child must not run on into the parent's work
            traceback.print_exc()
        finally:
            os._exit(status)
    return child


def status_of(child: int) -> int:
    """Wait for a child process to end, and give its status."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_at(number: int, command: Callable[[], object]) -> bool:
    """Run *command* in a child that ends at its *number*-th touch of the disk; say whether it came to that."""

    def work() -> int:
        with Disk(lambda touch: touch == number, kills=True):
            command()
        return 0

    status = status_of(start(work))
    assert status in {0, KILLED}, f"the child ended with {status}"
    return status == KILLED


def careless(path: Path, text: str) -> None:
    """Write as most programs do: what no test of ours may let pass."""
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
