"""What a folder holds, in one hash."""

from __future__ import annotations

import hashlib
import os
import stat
from typing import TYPE_CHECKING

from beancoop.loading.cache import hashed

if TYPE_CHECKING:
    from collections.abc import Iterator


VERSIONS = ".git"
"""What git keeps there: with each commit it changes."""


def content_of(folder: str) -> bytes | None:
    """Give a hash of all that a folder holds, however deep: names, kinds and what is in each file.

    Of what git keeps of it counts that it is there, and no more. None where that says too little: a link leads
    elsewhere, and what is no plain file holds what it likes.
    """
    try:
        return hashed(*_parts(os.fsencode(folder), b""))
    except (OSError, ValueError):
        return None


def _parts(folder: bytes, name: bytes) -> Iterator[bytes]:
    """Give name, kind and content of each thing there, in a fixed order.

    Raises:
        OSError: something cannot be read.
        ValueError: something is neither a folder nor a plain file.

    """
    for each in sorted(os.scandir(folder), key=lambda entry: entry.name):
        path = name + b"/" + each.name
        if path == b"/" + VERSIONS.encode():
            yield path  # the gate refuses it in a sub-ledger
            continue
        if each.is_dir(follow_symlinks=False):
            yield path
            yield b"folder"
            yield from _parts(each.path, path)
            continue
        if not each.is_file(follow_symlinks=False):
            raise ValueError(path)
        with open(os.open(each.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise ValueError(path)
            yield path
            yield b"file %d" % found.st_nlink  # the gate refuses a file that has another name elsewhere
            yield hashlib.file_digest(file, "blake2b").digest()
