"""Small files that are read again where they have changed, and written by one at a time."""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

T = TypeVar("T")
_PRIVATE = 0o600


class Reread(Generic[T]):
    """What a small file says now: it is read at each question, and understood again where its bytes have changed.

    Its time and size alone would not do: an edit within one tick of the clock may leave both as they were.
    """

    def __init__(self, file: Path, understand: Callable[[bytes], T]) -> None:
        """Read nothing yet."""
        self._file, self._understand = file, understand
        self._lock = threading.Lock()
        self._known: tuple[bytes, T] | None = None

    def now(self) -> T:
        """Give what it says.

        Raises:
            OSError: it cannot be read.
            Exception: whatever *understand* raises, at each question until it is put right.

        """
        content = self._file.read_bytes()
        with self._lock:
            if self._known is None or self._known[0] != content:
                self._known = content, self._understand(content)
            return self._known[1]


def make_private(file: Path, content: bytes = b"") -> None:
    """Create *file* with *content* where there is none; in any case let nobody but its owner read it.

    Raises:
        OSError: it cannot be made, or is somebody else's.

    """
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, _PRIVATE)
        with os.fdopen(descriptor, "wb") as made:
            made.write(content)
    file.chmod(_PRIVATE)


@contextlib.contextmanager
def one_writer(file: Path) -> Iterator[None]:
    """Let one process at a time, and one thread of it, change *file*, or what stands beside it.

    Raises:
        OSError: the lock, a file beside it, cannot be made.

    """
    lock = file.with_name(f".{file.name}.lock")
    make_private(lock)
    descriptor = os.open(lock, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
