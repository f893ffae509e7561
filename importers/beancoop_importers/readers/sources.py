"""From a file on disk to the statements or the invoice in it, by what the file holds and not by its name."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from beancoop.words.messages import error

from beancoop_importers.model.faults import EMPTY, NOT_THERE, TOO_BIG, UNREADABLE
from beancoop_importers.model.invoice import Received
from beancoop_importers.model.statement import MAX_BYTES, Refused
from beancoop_importers.readers import camt, coda, csv, einvoice, mt940, ofx

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from beancoop_importers.model.invoice import Invoice
    from beancoop_importers.model.statement import Statement

ARCHIVE = error("BC704", "this is an archive; unpack it, and import the files that were in it.")
UNKNOWN_FORMAT = error(
    "BC705",
    "this is no bank statement and no e-invoice this program reads; ask the bank for the file named CODA, "
    "version 2, or CAMT.053, and the supplier for an invoice through Peppol.",
)


HEAD_BYTES = 4096
"""How much of a file tells its format."""


class _Format(NamedTuple):
    recognises: Callable[[bytes], bool]
    read: Callable[[bytes], tuple[Statement, ...]]


def _is_csv_of(name: str, head: bytes) -> bool:
    return csv.format_of(head) == name


_FORMATS = {
    "coda": _Format(coda.recognises, coda.read),
    "camt": _Format(camt.recognises, camt.read),
    **{name: _Format(partial(_is_csv_of, name), csv.read) for name in csv.FORMATS},
    "ofx": _Format(ofx.recognises, ofx.read),
    "mt940": _Format(mt940.recognises, mt940.read),
}
_ZIP = b"PK\x03\x04"


class Contents(NamedTuple):
    """What a file holds: statements of a bank, or an e-invoice."""

    statements: tuple[Statement, ...] = ()
    invoice: Received | None = None


def read_head(path: Path) -> bytes:
    """Give the first bytes of a file, none where it is no ordinary file or cannot be read."""
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except OSError:
        return b""


def format_of(head: bytes) -> str | None:
    """Name the bank's format a file that begins so means to be of, None where no reader knows it."""
    return next((name for name, known in _FORMATS.items() if known.recognises(head)), None)


def is_invoice(head: bytes) -> bool:
    """Tell whether a file that begins so means to be an e-invoice; a statement may quote what looks like one."""
    return einvoice.recognises(head) and format_of(head) is None


def read_file(path: Path) -> Contents:
    """Read a file of any known format.

    Raises:
        Refused: the file cannot be opened, is too big, of no known format, or its reader refuses it.

    """
    content = _content(path)
    if is_invoice(content[:HEAD_BYTES]):
        return Contents(invoice=Received(einvoice.read(content), content))
    return Contents(_statements(content))


def read_statements(path: Path) -> tuple[Statement, ...]:
    """Read a bank file of any known format; raises as `read_file` does."""
    return _statements(_content(path))


def read_invoice(path: Path) -> Invoice:
    """Read an e-invoice; raises as `read_file` does."""
    return einvoice.read(_content(path))


def _content(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise Refused(NOT_THERE())
        if (size := path.stat().st_size) > MAX_BYTES:
            raise Refused(TOO_BIG(size=Decimal(size), most=Decimal(MAX_BYTES)))
        content = path.read_bytes()
    except OSError as error:
        raise Refused(UNREADABLE(reason=error.strerror or str(error))) from error
    if not content.strip():
        raise Refused(EMPTY())
    return content


def _statements(content: bytes) -> tuple[Statement, ...]:
    if name := format_of(content[:HEAD_BYTES]):
        return _FORMATS[name].read(content)
    if content.startswith(_ZIP):
        raise Refused(ARCHIVE(), 1)
    raise Refused(
        UNKNOWN_FORMAT(),
        1,
    )
