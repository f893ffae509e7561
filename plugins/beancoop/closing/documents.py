"""The supporting documents that entries name: sealed with them, and compared with the files (contract, section 6).

A document is named by a `document` directive, or by metadata whose key begins with `document`, on an entry or on a
posting, relative to the file that says it. Where the directive says the document's own `sha256:`, as an import does,
that word is sealed as any other, and the file is compared with it: a document that was replaced is told by name. Of any
other document the seal takes the SHA-256 of the file as it is.
"""

from __future__ import annotations

import hashlib
import os
import stat
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from beancount.core import data

from beancoop.gate.syntax import DOCUMENT
from beancoop.model.findings import Finding
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SAID = "sha256"

REPLACED = error(
    "BC526",
    "{document} is not the document that was written down here: its sha256 is another. Put back the one that was; a "
    "new one is a new entry.",
)
GONE = error("BC527", "{document} is named here, and there is no such file; put it there, or take its name out.")


def sealed_documents(entry: data.Directive) -> list[list[str]]:
    """Give what a seal says of the documents of *entry*: the name of each, and its SHA-256 in hexadecimal.

    "" stands for a file that is not there; a document whose own `sha256:` the entry says is left out.
    """
    return [[path.name, _sha256(path)] for path in _unsaid(entry)]


def named_documents(entry: data.Directive) -> Iterator[Path]:
    """Give where the documents are that *entry* names."""
    if isinstance(entry, data.Document):
        yield Path(entry.filename)
    else:
        yield from _unsaid(entry)


def check_documents(entries: Iterable[data.Directive]) -> list[Finding]:
    """Compare each document whose `sha256:` an entry says with the file; one that is not there at all is told too."""
    return [
        Finding.at(entry, REPLACED(document=Path(entry.filename).name))
        for entry in entries
        if isinstance(entry, data.Document) and SAID in entry.meta and entry.meta[SAID] != _sha256(Path(entry.filename))
    ]


def missing_documents(entries: Iterable[data.Directive]) -> list[Finding]:
    """Tell of each document that metadata name and that is not there; of `document` directives Beancount does."""
    return [
        Finding.at(entry, GONE(document=path.name))
        for entry in entries
        if not isinstance(entry, data.Document)
        for path in _unsaid(entry)
        if not _sha256(path)
    ]


def _unsaid(entry: data.Directive) -> Iterator[Path]:
    """Give where the documents are that *entry* names without their SHA-256."""
    if isinstance(entry, data.Document):
        if SAID not in entry.meta:
            yield Path(entry.filename)
        return
    named = _named(entry.meta)
    for posting in entry.postings if isinstance(entry, data.Transaction) else ():
        named += _named(posting.meta or {})
    if named:
        folder = Path(str(entry.meta.get("filename", ""))).parent
        yield from (Path(os.path.normpath(folder / name)) for name in named)  # as Beancount does in a directive


def _named(meta: Mapping[str, Any]) -> list[str]:
    """Give the names of documents that metadata hold, by their keys."""
    keys = [key for key in meta if key.startswith(DOCUMENT)]
    return [meta[key] for key in sorted(keys) if isinstance(meta[key], str) and meta[key]]


def _sha256(path: Path) -> str:
    """Give the SHA-256 of a file, in hexadecimal; "" where there is none that can be read to its end."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            return ""
        return _of_content(path, found.st_size, found.st_ctime_ns, found.st_ino)
    except (OSError, ValueError):  # a name may hold what no file's does
        return ""


@lru_cache(maxsize=1 << 14)  # the whole and each sub-ledger alone ask for the same files
def _of_content(path: Path, _size: int, _changed: int, _number: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
