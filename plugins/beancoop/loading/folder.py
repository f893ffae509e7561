"""What folders hold, in one hash each."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from beancoop.loading.cache import hashed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

GIT = ".git"
"""What git keeps in a folder: with each commit it changes."""

SUFFIX = ".beancount"
"""What the names end in of the files of a ledger."""

_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_PIECE = 1 << 20

_SETTLED = 2_000_000_000
"""Nanoseconds after which a further change shows in a file's times, however coarse the clock of its disk (FAT)."""

_stamp: Callable[[os.stat_result], tuple[int, ...]] = attrgetter(
    *("st_dev", "st_ino", "st_mode", "st_nlink", "st_size", "st_mtime_ns", "st_ctime_ns")
)
"""Gives what the system says of a file or a folder, of which something changes with every change of it."""


class _Seen(NamedTuple):
    """A file or a folder as it was read: what the system said of it just before, and the hash or the names it held."""

    stamp: tuple[int, ...]
    changed: int
    names: int
    held: bytes | tuple[bytes, ...]

    @classmethod
    def of(cls, found: os.stat_result, held: bytes | tuple[bytes, ...]) -> _Seen:
        """Give what was held by what the system says this of."""
        return cls(_stamp(found), found.st_ctime_ns, found.st_nlink, held)


class Look:
    """What stands in some folders, each file read once.

    A folder has one hash of all that it holds, however deep: names, kinds and what is in each file. It is put together
    from those of the folders in it, so that whoever looks at a cooperative has looked at its sub-ledgers.
    """

    def __init__(self) -> None:
        """Look anew."""
        self._begun = time.time_ns()
        self._seen: dict[bytes, _Seen] = {}
        self._contents: dict[bytes, bytes | None] = {}

    def content_of(self, folder: str) -> bytes | None:
        """Give a hash of all that a folder holds.

        Of what git keeps of it counts that it is there, and no more. None where that says too little: a link leads
        elsewhere, and what is no plain file holds what it likes.
        """
        path = os.fsencode(folder)
        if path not in self._contents:
            content = self._look_at(path, GIT.encode())  # the gate refuses one in a sub-ledger
            if content is not None and os.path.islink(path):  # as it does a sub-ledger that is a link
                self._contents[path] = hashed(b"link", content)
        return self._contents[path]

    def content_beside(self, folder: str, left_out: Collection[str]) -> bytes | None:
        """Give a hash of what a folder that was looked at holds; of some folders and files the names alone count."""
        names = frozenset(map(os.fsencode, left_out))
        path = os.fsencode(folder)
        return None if self._contents.get(path) is None else self._beside(path, names)

    def _beside(self, path: bytes, left_out: Collection[bytes]) -> bytes:
        if path in left_out or path not in self._seen:  # what git keeps
            return b""
        held = self._seen[path].held
        if not isinstance(held, tuple):
            return self._told(path)
        if not any(each.startswith(path + b"/") for each in left_out):
            return self._contents[path] or b""
        return hashed(*(part for name in held for part in (name, self._beside(path + b"/" + name, left_out))))

    def digest_of(self, file: str) -> bytes | None:
        """Give what a file that was read is known by, as the loader knows it; None where none was."""
        seen = self._seen.get(os.fsencode(file))
        return seen.held if seen is not None and isinstance(seen.held, bytes) else None

    def names(self) -> bytes:
        """Give a hash of the names of all that was seen and may be part of a ledger, in the order of includes."""
        return hashed(*(path for path in self._seen if path.endswith(SUFFIX.encode())))

    def is_untouched(self, folder: str) -> bool:
        """Say whether all that was seen of a folder has stood there ever since; one of content None never has.

        The system is asked, and no file read: what is written gets another time of change (`st_ctime`), which no
        program can set. That is surer than to read again, since what was changed and changed back holds the same
        bytes. Only what had just been changed when it was read is read again: a further change within the same tick of
        the clock would not show.
        """
        path = os.fsencode(folder)
        try:
            return self._contents.get(path) is not None and self._stands(path)
        except (OSError, RecursionError):
            return False

    def _look_at(self, folder: bytes, passed_over: bytes = b"") -> bytes | None:
        try:
            found = self._content(folder, passed_over)
        except (OSError, RecursionError):  # what lies as deep as that the gate refuses
            found = None
        self._contents[folder] = found
        return found

    def _content(self, folder: bytes, passed_over: bytes) -> bytes | None:
        """Hash name, kind and content of each thing there; look into every folder in any case.

        They come in the order in which the system lists them, which is that of the files of an include.

        Raises:
            OSError: something cannot be read.

        """
        found = os.stat(folder)
        with os.scandir(folder) as listed:
            entries = list(listed)
        self._seen[folder] = _Seen.of(found, tuple(sorted(each.name for each in entries)))
        parts: list[bytes] = []
        known = True
        for each in entries:
            content: bytes | None
            if each.name == passed_over:
                content = b""
            elif each.is_dir(follow_symlinks=False):
                content = self._contents.get(each.path) or self._look_at(each.path)
            else:
                is_read = each.is_file(follow_symlinks=False) and self._read(each.path) is not None
                content = self._told(each.path) if is_read else None
            if content is None:
                known = False
            else:
                parts += (each.name, content)
        return hashed(*parts) if known else None

    def _told(self, path: bytes) -> bytes:
        """Give the hash of a file that was read, and the number of its names: the gate refuses one of several."""
        seen = self._seen[path]
        assert isinstance(seen.held, bytes)  # noqa: S101 - a file, not a folder
        return b"file %d " % seen.names + seen.held

    def _read(self, path: bytes) -> bytes | None:
        """Give a hash of a file; None where something else has taken its place.

        Raises:
            OSError: it cannot be read.

        """
        descriptor = os.open(path, _FLAGS)
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                return None
            state = hashlib.sha256()  # as `cache.digest`
            left = found.st_size
            while piece := os.read(descriptor, min(left + 1, _PIECE)):
                state.update(piece)
                left -= len(piece)
                if not left:  # one byte more was asked for, and was not there
                    break
        finally:
            os.close(descriptor)
        self._seen[path] = _Seen.of(found, state.digest())
        return state.digest()

    def _stands(self, path: bytes) -> bool:
        """Say whether a file or a folder has not been touched since it was seen, nor anything that was seen in it.

        Raises:
            OSError: it is gone, or cannot be read.

        """
        seen = self._seen[path]
        names = seen.held if isinstance(seen.held, tuple) else None
        if _stamp(os.stat(path, follow_symlinks=names is not None)) != seen.stamp:
            return False
        if names is None:
            return self._is_settled(seen) or self._read(path) == seen.held
        if not self._is_settled(seen) and tuple(sorted(os.listdir(path))) != names:
            return False
        return all(self._stands(each) for name in names if (each := path + b"/" + name) in self._seen)

    def _is_settled(self, seen: _Seen) -> bool:
        return seen.changed < self._begun - _SETTLED
