"""The folder of the user's cache.

What is there may be lost, stale, cut, altered or foreign, and then is as if it were not there.

Nothing is read or written unless the folder is the user's own and closed to everybody else; each file likewise. A file
begins with a hash of what makes it valid and a checksum of the rest.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import time
from contextlib import contextmanager, suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLE = "BEANCOOP_CACHE"
OFF = "no"

MOST_BYTES = 1 << 30
MOST_FILES = 1 << 12
"""Beyond these, what was used the longest ago goes."""

_MAGIC = b"beancoop cache 1\n"
_HASH = 32
_HEAD = len(_MAGIC) + 2 * _HASH
_NAME = "beancoop"
_SUFFIX = ".cache"
_NEW = ".new"
_PRIVATE = 0o700
_OLD_SECONDS = 3600
"""After which what a program that was killed left behind is taken away."""

_OF_VERSION = {"beancount": ("__init__.py", "VERSION"), "stdnum": ("__init__.py",), "dateutil": ("_version.py",)}
"""The files that hold the versions of what answers follow from beside Python and this program."""


class Held(NamedTuple):
    """What the cache holds: where, how many files, how many bytes."""

    folder: Path
    files: int
    size: int


def is_on() -> bool:
    """Say whether anything may be remembered at all."""
    return os.environ.get(VARIABLE) != OFF


@contextmanager
def switched_off() -> Iterator[None]:
    """Remember nothing, here and in the programs that are started, for as long as the block lasts."""
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = OFF
    try:
        yield
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before


def place() -> Path:
    """Give where the folder is, or would be (XDG Base Directory Specification, section 3)."""
    home = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (home if home.is_absolute() else Path(os.path.expanduser("~/.cache"))) / _NAME


def read(name: str, valid: bytes) -> bytes | None:
    """Give what was written under a name, if it is valid still; None for whatever else is there.

    Args:
        name: of letters and digits.
        valid: the hash, of 32 bytes, that it was written with.

    """
    with suppress(OSError), _opened(name) as file:
        head, body = file.read(_HEAD), file.read()
        if head == _MAGIC + valid + digest(body):
            _note_use(file)
            return body
    return None


def read_part(name: str, valid: bytes, start: int, size: int = -1) -> bytes | None:
    """Give a part of what was written under a name, to its end where no size is given.

    Only the program that wrote it is checked: whoever asks has to know a hash of the part.
    """
    with suppress(OSError), _opened(name) as file:
        if file.read(_HEAD).startswith(_MAGIC + valid):
            _note_use(file)
            file.seek(_HEAD + start)
            return file.read(size)
    return None


def write(name: str, valid: bytes, body: bytes) -> None:
    """Write something under a name, whole or not at all; without a sound where that is not possible."""
    with suppress(OSError), _folder(create=True) as folder:
        new = f"{name}-{os.urandom(8).hex()}{_NEW}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            with open(os.open(new, flags, 0o600, dir_fd=folder), "wb") as file:
                os.fchmod(file.fileno(), 0o600)  # whatever the umask
                file.write(_MAGIC + valid + digest(body))
                file.write(body)
            os.replace(new, name + _SUFFIX, src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            with suppress(OSError):
                os.unlink(new, dir_fd=folder)
            raise
        _prune(folder)


class Slot(NamedTuple):
    """Where something of one path is kept, for as long as the programs that worked it out are the same.

    Attributes:
        name: of the file.
        valid: what makes it valid.

    """

    name: str
    valid: bytes

    @classmethod
    def of(cls, kind: str, path: str, *packages: str) -> Slot:
        """Give the slot of a *kind* of thing that some packages of ours work out of a path."""
        of_path = os.fsencode(path)
        return cls(f"{kind}-{hashed(of_path).hex()[:32]}", hashed(program(*packages), of_path))

    def read(self) -> bytes | None:
        """Give what was written there; None for whatever else is there."""
        return read(self.name, self.valid)

    def part(self, start: int, size: int = -1) -> bytes | None:
        """Give a part of it, of which the caller knows a hash; to its end where no size is given."""
        return read_part(self.name, self.valid, start, size)

    def write(self, body: bytes) -> None:
        """Write something there, whole or not at all."""
        write(self.name, self.valid, body)


def held() -> Held:
    """Look at what is there."""
    files = size = 0
    with suppress(OSError), _folder(create=False) as folder:
        for _, found in _listed(folder):
            files += 1
            size += found.st_size
    return Held(place(), files, size)


def clear() -> Held:
    """Take all of it away; give what is left."""
    with suppress(OSError), _folder(create=False) as folder:
        for name, _ in _listed(folder):
            with suppress(OSError):  # another program was quicker, or it is no file
                os.unlink(name, dir_fd=folder)
    return held()


@contextmanager
def _folder(*, create: bool) -> Iterator[int]:
    """Open the folder, if it is one that nobody else can look or write into.

    Raises:
        OSError: it is not, or it is not there.

    """
    path = place()
    if not path.is_absolute():  # whoever runs this has no home
        raise FileNotFoundError(path)
    if create and not os.path.lexists(path):
        path.parent.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        with suppress(FileExistsError):  # another program was quicker
            path.mkdir(mode=_PRIVATE)
            path.chmod(_PRIVATE)  # whatever the umask
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        found = os.fstat(descriptor)
        if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o777 != _PRIVATE:
            raise PermissionError(path)
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    """Open a file of the user's own.

    Raises:
        OSError: it is not, or it cannot be read.

    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with _folder(create=False) as folder, open(os.open(name + _SUFFIX, flags, dir_fd=folder), "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise PermissionError(name)
        yield file


def _note_use(file: BinaryIO) -> None:
    with suppress(OSError):  # a disk that cannot be written can be read
        os.utime(file.fileno())


def _listed(folder: int) -> list[tuple[str, os.stat_result]]:
    """Give the files of ours with what is known of them, the one used last first."""
    found = []
    for name in os.listdir(folder):
        if name.endswith((_SUFFIX, _NEW)):
            with suppress(FileNotFoundError):
                found.append((name, os.stat(name, dir_fd=folder, follow_symlinks=False)))
    return sorted(found, key=lambda each: each[1].st_mtime_ns, reverse=True)


def _prune(folder: int) -> None:
    size = 0
    for number, (name, found) in enumerate(_listed(folder), start=1):
        size += found.st_size
        left_behind = name.endswith(_NEW) and found.st_mtime < time.time() - _OLD_SECONDS
        if left_behind or (number > 1 and (number > MOST_FILES or size > MOST_BYTES)):
            with suppress(OSError):  # another program was quicker, or it is no file
                os.unlink(name, dir_fd=folder)


def digest(body: bytes) -> bytes:
    """Give what some bytes are known by; most processors have instructions for SHA-256, and none for BLAKE2."""
    return hashlib.sha256(body).digest()


def hashed(*parts: bytes) -> bytes:
    """Give one hash, of 32 bytes, over several parts, each with its length."""
    return digest(b"".join(each for part in parts for each in (len(part).to_bytes(8, "big"), part)))


def program(*packages: str) -> bytes:
    """Give a hash of what works out the answers: Python, some libraries, and the files of some packages of ours."""
    parts = [sys.version.encode(), repr(sys.implementation.cache_tag).encode()]
    return hashed(*parts, *map(_library, _OF_VERSION), *map(_package, packages))


@cache
def _library(name: str) -> bytes:
    """Hash what a library says of its version; to import it for that would cost more than all else does."""
    found = find_spec(name)
    assert found is not None and found.origin is not None  # noqa: S101, PT018 - it is a dependency
    home = Path(found.origin).parent
    return hashed(*(path.read_bytes() for name in _OF_VERSION[name] if (path := home / name).is_file()))


@cache
def _package(name: str) -> bytes:
    """Hash the files of a package, but the catalogues as translators edit them, which no program reads."""
    home = os.path.dirname(sys.modules[name].__file__ or "")
    parts = []
    for folder, folders, names in os.walk(home):
        folders[:] = sorted(each for each in folders if each != "__pycache__")
        for each in sorted(names):
            if not each.endswith(".po"):
                path = os.path.join(folder, each)
                parts += [path.removeprefix(home).encode(), Path(path).read_bytes()]
    return hashed(*parts)
