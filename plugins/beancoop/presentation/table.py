"""A table as a file: CSV (RFC 4180, UTF-8) and XLSX (ECMA-376), with true decimals and no text that runs.

A spreadsheet takes a text that begins with `=`, `+`, `-` or `@` for a formula, and a ledger's texts are strangers': in
CSV such a text gets an apostrophe before it, in XLSX it is stored as a text.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from openpyxl.cell import Cell as XlsxCell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

    Cell: TypeAlias = str | int | Decimal | datetime.date | None

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_FORMULA = re.compile(r"[=+\-@\t\r]")
_TITLE_LENGTH = 31  # characters a spreadsheet allows in the name of a sheet
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\']")
_AMOUNT, _DAY = "#,##0.00", "yyyy-mm-dd"
_WIDTHS = range(8, 60)  # characters
_PROPERTIES = "docProps/core.xml"
_HOUR, _NO_HOUR = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), b"1980-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings.

    Attributes:
        title: what the table is, which also names the sheet.
        head: the headings, one per column.
        rows: the cells, a Decimal being an amount of money; None is an empty cell.

    """

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]

    def csv(self) -> bytes:
        """Give it as CSV: commas, decimal points, dates as 2026-03-31."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(map(_plain, self.head))
        writer.writerows([map(_plain, row) for row in self.rows])
        return out.getvalue().encode()

    def xlsx(self) -> bytes:
        """Give it as a workbook of one sheet, amounts and dates being numbers there; the hour leaves no trace in it."""
        return workbook([self])


def workbook(tables: Sequence[Table]) -> bytes:
    """Give several tables as one workbook, a sheet each; the same tables always give the same bytes."""
    book = Workbook(write_only=True)
    for table in tables:
        sheet = book.create_sheet(_NOT_IN_TITLES.sub(" ", table.title)[:_TITLE_LENGTH])
        sheet.freeze_panes = "A2"
        for position, width in enumerate(_widths(table), 1):
            sheet.column_dimensions[get_column_letter(position)].width = width
        sheet.append([_cell(sheet, heading, bold=True) for heading in table.head])
        for row in table.rows:
            sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return _undated(out)


def _undated(book: io.BytesIO) -> bytes:
    """Take the hour of writing out of a workbook, so that the same tables give the same bytes."""
    out = io.BytesIO()
    with ZipFile(book) as dated, ZipFile(out, "w", ZIP_DEFLATED) as undated:
        for name in dated.namelist():
            content = dated.read(name)
            if name == _PROPERTIES:
                content = _HOUR.sub(_NO_HOUR, content)
            undated.writestr(ZipInfo(name), content, ZIP_DEFLATED)  # an entry is of 1980 unless told otherwise
    return out.getvalue()


def _plain(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if _FORMULA.match(value) else value
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _cell(sheet: WriteOnlyWorksheet, value: Cell, *, bold: bool = False) -> XlsxCell:
    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell = WriteOnlyCell(sheet, cast("Any", value))
    if isinstance(value, str):
        cell.data_type = "s"  # never a formula
    elif isinstance(value, Decimal):
        cell.number_format = _AMOUNT
    elif value is not None and not isinstance(value, int):
        cell.number_format = _DAY
    if bold:
        cell.font = Font(bold=True)
    return cell


def _widths(table: Table) -> list[int]:
    longest = [max(map(len, map(_plain, column))) for column in zip(table.head, *table.rows, strict=True)]
    return [min(max(width + 2, _WIDTHS.start), _WIDTHS.stop) for width in longest]


_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def without_formulas(table: str) -> str:
    """Put an apostrophe before the cells that a spreadsheet would take for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in csv.reader(io.StringIO(table)):
        writer.writerow(f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell for cell in row)
    return out.getvalue()
