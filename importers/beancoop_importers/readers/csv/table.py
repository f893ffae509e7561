"""From the bytes of a CSV file to its records, each with the line it begins on.

Belgian banks write quotation marks as text in unquoted fields, or quote whole fields; both are read. A field quoted
over several lines counts only where the record then has as many fields as the header: a stray quotation mark swallows
no movements.
"""

from __future__ import annotations

import codecs
import csv
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from beancoop_importers.model.faults import TOO_BIG
from beancoop_importers.model.statement import MAX_BYTES, Refused
from beancoop_importers.readers.charset import as_code_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LONGEST_RECORD = 100  # lines; no bank's text has as many
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_QUOTE = '"'


class Record(NamedTuple):
    """A row of the table: the line or row it begins on, and its fields."""

    line: int
    cells: list[str]

    @property
    def blank(self) -> bool:
        """Whether it says nothing."""
        return not any(cell.strip() for cell in self.cells)


def lines_of(data: bytes) -> list[str]:
    """Give the lines of a file in UTF-8, UTF-16 or a code page, their ends those of any system.

    Raises:
        Refused: the file is longer than any statement.

    """
    if len(data) > MAX_BYTES:
        raise Refused(TOO_BIG(size=Decimal(len(data)), most=Decimal(MAX_BYTES)))
    text = _decoded(data).removeprefix("\ufeff").rstrip("\r\n\x1a")
    if "\n" not in text:
        return text.split("\r")  # KBC
    return text.replace("\r\n", "\n").split("\n")


def _decoded(data: bytes) -> str:
    if encoding := _UTF16.get(data[:2]):
        return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 3 and error.reason == "unexpected end of data":  # the head of a file
            return data[: error.start].decode("utf-8")
        return as_code_page(data)


def record_at(lines: Sequence[str], at: int, delimiter: str, width: int = 0) -> tuple[Record, int]:
    """Give the record that begins at `lines[at]`, and how many lines it takes; *width* is the header's, 0 before it."""
    line = lines[at]
    plain = Record(at + 1, line.split(delimiter))
    if not line.startswith(_QUOTE) and f"{delimiter}{_QUOTE}" not in line:
        return plain, 1
    ahead = (f"{one}\n" for one in lines[at : at + _LONGEST_RECORD])
    reader = csv.reader(ahead, delimiter=delimiter, strict=True)
    try:
        quoted = Record(at + 1, next(reader))
    except csv.Error:
        return plain, 1
    if len(quoted.cells) == width or (reader.line_num == 1 and len(plain.cells) != width):
        return quoted, reader.line_num
    return plain, 1


def records(lines: Sequence[str], at: int, delimiter: str, width: int) -> Iterator[Record]:
    """Give the records from `lines[at]` on that say something."""
    while at < len(lines):
        record, taken = record_at(lines, at, delimiter, width)
        at += taken
        if not record.blank:
            yield record
