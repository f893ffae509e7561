"""From the bytes of a bank file made of lines of one width to its lines.

Neither the Febelfin standard nor the banks name a character set, so the bytes must tell: UTF-8 where it is valid
and gives lines of the right width; else the code page of old DOS programs where it shows its own French letters
and none of Windows'; else Windows' Western European one.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from beancoop_importers.statement import MAX_BYTES, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

_END_OF_FILE = b"\x1a"  # what DOS programs put after the last line
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
    if len(data) > MAX_BYTES:
        raise Refused(
            f"the file holds {len(data):,} bytes, more than the {MAX_BYTES:,} a statement file may hold; "
            "ask the bank for shorter periods."
        )
    body = data.removeprefix(codecs.BOM_UTF8).rstrip(_END_OF_FILE + b"\r\n")
    if not body.strip():
        raise Refused("the file is empty; download it again from the bank.")
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
