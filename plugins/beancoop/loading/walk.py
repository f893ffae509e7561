"""The files of a ledger, as its includes name them in the folder as it is now."""

from __future__ import annotations

import os
import stat
from collections import deque
from os import path
from typing import TYPE_CHECKING, NamedTuple

from beancount.core.data import new_metadata
from beancount.loader import LoadError

from beancoop.loading.includes import matching
from beancoop.loading.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from beancount.core.data import BeancountError

    from beancoop.loading.shelf import Shelf

ENCRYPTED = (".gpg", ".asc")


class Walked(NamedTuple):
    """The files of a ledger, the first being its own, in the order in which they are read, and what is wrong so far.

    Attributes:
        files: the files.
        included_by: for each, the one that includes it; "" for the first.
        errors: what is wrong.

    """

    files: dict[str, Shelf]
    included_by: dict[str, str]
    errors: list[BeancountError]


def walk(root: str, shelf_of: Callable[[str], Shelf | None]) -> Walked:
    """Read the ledger *root* and whatever it includes, each file once.

    Args:
        root: the absolute path of its main file.
        shelf_of: gives what a file holds; None where there is none of that name.

    Raises:
        Unknown: a file is encrypted or no plain file, or *root* is not there.

    """
    files: dict[str, Shelf] = {}
    included_by: dict[str, str] = {}
    errors: list[BeancountError] = []
    waiting = deque([(path.normpath(root), "")])
    while waiting:
        filename, includer = waiting.popleft()
        if filename.endswith(ENCRYPTED):
            raise Unknown("an encrypted file")
        if filename in files:
            errors.append(_error(f'Duplicate filename parsed: "{filename}"'))
        elif (shelf := shelf_of(filename)) is None:
            if not files:
                raise Unknown("no ledger")
            errors.append(_error(f'File "{filename}" does not exist'))
        else:
            files[filename] = shelf
            included_by[filename] = includer
            errors += shelf.header.errors
            for name in shelf.header.option("include"):
                found = matching(filename, name)
                if not found:
                    errors.append(_error(f'File glob "{name}" does not match any files'))
                waiting += ((each, filename) for each in found)
    return Walked(files, included_by, errors)


def read(filename: str) -> bytes | None:
    """Read a file; None where there is none.

    Raises:
        Unknown: it is no plain file.

    """
    try:
        descriptor = os.open(filename, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a pipe would wait for a writer
    except (OSError, ValueError):
        if path.exists(filename):
            raise
        return None
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise Unknown("no plain file")
        with open(descriptor, "rb", buffering=0, closefd=False) as file:
            return file.readall()
    finally:
        os.close(descriptor)


def _error(message: str) -> LoadError:
    return LoadError(new_metadata("<load>", 0), message)
