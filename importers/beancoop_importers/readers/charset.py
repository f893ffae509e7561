"""From the bytes of a bank file that is no XML to its text.

Where neither a standard nor the bank names a character set, the bytes must tell: UTF-8 where it is valid and gives
lines of the format's width; else the code page of old DOS programs where it shows its own French letters and none of
Windows'; else Windows' Western European one. A set that a file does name is believed where the bytes are not UTF-8.
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from beancoop_importers.model.faults import EMPTY
from beancoop_importers.model.statement import Refused, refuse_too_big

if TYPE_CHECKING:
    from collections.abc import Callable

_END_OF_FILE = b"\x1a"  # what DOS programs put after the last line
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_NAMED = re.compile(r"(?:(?:windows-?|cp)?(?P<page>[0-9]{3,4})|(?:iso-?)?8859-?(?P<part>[2-9]|1[0-6]))", re.IGNORECASE)
_DOS_LETTERS = frozenset(b"\x82\x87\x88\x8a")  # é ç ê è; what they are for Windows no bank writes
_WINDOWS_LETTERS = frozenset(range(0xE0, 0x100))
_WINDOWS = "".join(
    # Five bytes are undefined there; they read as in ISO 8859-1, and the booking takes control characters out.
    bytes([byte]).decode("cp1252") if byte not in b"\x81\x8d\x8f\x90\x9d" else chr(byte)
    for byte in range(256)
)


def read_lines(data: bytes, fits: Callable[[str], bool]) -> list[str]:
    """Give the lines of *data*, *fits* telling whether a line has the format's width.

    Line ends may be those of any system, and may be missing at the end.

    Raises:
        Refused: the file is empty, or longer than any statement.

    """
    refuse_too_big(data)
    body = data.removeprefix(codecs.BOM_UTF8).rstrip(_END_OF_FILE + b"\r\n")
    if not body.strip():
        raise Refused(EMPTY())
    body = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if body.isascii():
        return body.decode("ascii").split("\n")
    return _as_utf8(body, fits) or as_code_page(body).split("\n")


def _as_utf8(body: bytes, fits: Callable[[str], bool]) -> list[str] | None:
    try:
        lines = body.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        return None
    return lines if all(map(fits, lines)) else None


def as_code_page(body: bytes) -> str:
    """Decode what is no UTF-8 by the letters it uses: the code page of DOS programs, or that of Windows."""
    used = set(body)
    if used & _DOS_LETTERS and not used & _WINDOWS_LETTERS:
        return body.decode("cp850")
    return codecs.charmap_decode(body, "strict", _WINDOWS)[0]


def text_of(data: bytes, named: str) -> str:
    """Give the text of *data*, whose character set is called *named*, perhaps wrongly; line ends become those of Unix.

    Raises:
        Refused: the file is longer than any statement.

    """
    refuse_too_big(data)
    return _decoded(data.rstrip(_END_OF_FILE), named).replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes, named: str) -> str:
    if encoding := _UTF16.get(data[:2]):
        return data[2:].decode(encoding, "replace")
    body = data.removeprefix(codecs.BOM_UTF8)
    with suppress(UnicodeDecodeError):
        return body.decode("utf-8")
    if match := _NAMED.fullmatch(named):
        with suppress(UnicodeDecodeError, LookupError):
            return body.decode(f"cp{match['page']}" if match["page"] else f"iso8859-{match['part']}")
    return codecs.charmap_decode(body, "strict", _WINDOWS)[0]
