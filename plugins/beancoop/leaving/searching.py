"""The text of a document, to be searched: in bytes that keep ASCII, in UTF-16, packed (gzip), or an office file."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

_BINARY = re.compile(r"[\x00-\x08\x0e-\x1f]")
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_TAG = re.compile(r"<[^<>]*>")
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF")
"""What shows pages rather than text: scans and printed invoices, which nobody searches by their bytes."""
MOST = 50_000_000
"""Bytes that a document may unpack to."""
_DEEPEST = 2


def text_of(raw: bytes, depth: int = 0) -> str | None:
    """Give the text in *raw*, of a spreadsheet all its parts; None where it cannot be searched."""
    try:
        if raw.startswith(_PICTURES):
            return raw.decode("latin-1")
        if raw.startswith((_GZIP, _ZIP)):
            return _unpacked(raw, depth) if depth < _DEEPEST else None
        text = raw.decode("utf-16") if raw.startswith(_UTF16) else raw.decode("latin-1")  # codes are of ASCII
    except (UnicodeDecodeError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError):
        return None
    return None if _BINARY.search(text) else text


def _unpacked(raw: bytes, depth: int) -> str | None:
    if raw.startswith(_GZIP):
        machine = zlib.decompressobj(wbits=31)
        inside = machine.decompress(raw, MOST)
        return text_of(inside, depth + 1) if machine.eof and not machine.unused_data else None
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        if sum(part.file_size for part in archive.infolist()) > MOST:
            return None
        texts = [(part.filename, text_of(archive.read(part), depth + 1)) for part in archive.infolist()]
    found = [text for _, text in texts if text is not None]
    # a word of a spreadsheet may be cut by the tags within it
    whole = [*(name for name, _ in texts), *found, *(_TAG.sub("", text) for text in found)]
    return "\n".join(whole) if len(found) == len(texts) else None
