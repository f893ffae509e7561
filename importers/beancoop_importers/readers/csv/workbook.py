"""The first sheet of an XLSX workbook as records of text, nothing in it being trusted.

An XLSX file is a ZIP archive of XML files: its members are looked at before anything is unpacked, and none may have a
document type. Numbers are binary fractions there; each is given as the shortest decimal that is that number.
"""

from __future__ import annotations

import datetime
import io
import warnings
import zipfile
from decimal import Decimal
from typing import TYPE_CHECKING

from beancoop.words.messages import error

from beancoop_importers.model.faults import DOCTYPE
from beancoop_importers.model.statement import MAX_BYTES, Refused
from beancoop_importers.readers.csv.table import Record
from beancoop_importers.readers.xml import find_doctype

if TYPE_CHECKING:
    from collections.abc import Iterator

DAMAGED = error(
    "BC797",
    "the workbook is damaged or incomplete ({reason}); download it again from the bank, and open it in no other "
    "program.",
)
TOO_MUCH = error(
    "BC798",
    "the workbook holds more than a statement can: more than {most} bytes, {parts} parts or {rows} rows; ask the bank "
    "for shorter periods.",
)


_ZIP = b"PK\x03\x04"
_NAME_AT = 30  # where in a member's header its name begins
_FIRST_MEMBERS = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/")
_MOST_MEMBERS = 500
_MOST_ROWS, _MOST_COLUMNS = 100_000, 50  # no export has as many; a cell may say that it is the millionth


def is_workbook(head: bytes) -> bool:
    """Tell whether a file that begins so is an Office document, and no other archive."""
    return head.startswith(_ZIP) and head[_NAME_AT:].startswith(_FIRST_MEMBERS)


def sheet_records(data: bytes) -> list[Record]:
    """Give the rows of the first sheet that say something, dates as 31/01/2026 and numbers with a decimal point.

    Raises:
        Refused: it is no workbook, is damaged, or would take more than a bank's export can.

    """
    from openpyxl import load_workbook  # noqa: PLC0415 - slow to load, and few banks send a workbook

    try:
        _look_inside(data)
        with warnings.catch_warnings(action="ignore"):  # about styles
            workbook = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
            sheet = workbook.worksheets[0]
            sheet.reset_dimensions()  # Argenta's say that there is one cell
            return list(_records(sheet.iter_rows(max_col=_MOST_COLUMNS, values_only=True)))
    except Refused:
        raise
    except Exception as error:  # zipfile and openpyxl meet damage with whatever they stumble over
        raise Refused(
            DAMAGED(reason=type(error).__name__),
            1,
        ) from error


def _look_inside(data: bytes) -> None:
    """Refuse a workbook that would unpack to too much, or that has a document type."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        unpacked = sum(member.file_size for member in members)
        if len(members) > _MOST_MEMBERS or unpacked > MAX_BYTES:
            raise Refused(
                TOO_MUCH(most=Decimal(MAX_BYTES), parts=_MOST_MEMBERS, rows=Decimal(_MOST_ROWS)),
                1,
            )
        if any(find_doctype(archive.read(member)) >= 0 for member in members):
            raise Refused(
                DOCTYPE(),
                1,
            )


def _records(rows: Iterator[tuple[object, ...]]) -> Iterator[Record]:
    for number, row in enumerate(rows, 1):
        if number > _MOST_ROWS:
            raise Refused(TOO_MUCH(most=Decimal(MAX_BYTES), parts=_MOST_MEMBERS, rows=Decimal(_MOST_ROWS)), 1)
        record = Record(number, [_text(value) for value in row])
        if not record.blank:
            yield record


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case datetime.date():
            return value.strftime("%d/%m/%Y")
        case float():
            return f"{Decimal(repr(value)):f}"
        case _:
            return str(value)
