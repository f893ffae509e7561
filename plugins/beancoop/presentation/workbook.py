"""Tables as a workbook (XLSX, ECMA-376), with true decimals, days, months and shares, and no text that runs."""

from __future__ import annotations

import datetime
import io
import re
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from beancoop.model.months import Month
from beancoop.presentation.delimited import plain
from beancoop.presentation.section import SHARES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from beancoop.presentation.section import Kind, Table, Value

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

ROWS = 1_048_576
"""How many rows a sheet may have; those of a longer table go on in another."""

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_CREATED = datetime.datetime(1980, 1, 1)  # noqa: DTZ001 - the hour leaves no trace: the same tables, the same bytes
_FORMATS: Mapping[Kind, str] = {"share": "0.0%", "rate": "0.0#####%", "exact": "#,##0.00########"}
_AMOUNT, _DAY, _MONTH = "#,##0.00", "yyyy-mm-dd", "yyyy-mm"
_FIRST_DAY = datetime.date(1900, 3, 1)
"""Before it a spreadsheet's days are not those of the calendar."""
_WIDTHS = range(8, 60)  # characters
_LONGEST = 32_767  # characters a cell can hold
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NAME_LENGTH = 31  # characters a spreadsheet allows in the name of a sheet
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\s]")
_RESERVED = "history"


def workbook(tables: Sequence[Table]) -> bytes:
    """Give tables as one workbook, a sheet each; the same tables always give the same bytes.

    Amounts, days and shares are numbers there, a month is its first day, and texts are stored as texts.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 - of all forms of a report, this one alone needs it

    out = io.BytesIO()
    book = Workbook(out, _OPTIONS)
    book.set_properties({"created": _CREATED})
    formats = _Formats(book)
    names: list[str] = []
    for table in tables:
        for rows in _sheets(table):
            names.append(sheet_name(table.title, names))
            _write(book.add_worksheet(names[-1]), table, rows, formats)
    book.close()
    return out.getvalue()


def sheet_name(title: str, others: Iterable[str] = ()) -> str:
    """Name a sheet after *title*, as a spreadsheet allows, and unlike *others* whatever their capitals."""
    taken = {_RESERVED, *(each.lower() for each in others)}
    plain = _NOT_IN_NAMES.sub(" ", _NOT_XML.sub(" ", title))
    name, copy = _cut(plain, ""), 1
    while not name or name.lower() in taken:
        copy += 1
        name = _cut(plain, f" ({copy})")
    return name


def _cut(title: str, ending: str) -> str:
    return (title[: _NAME_LENGTH - len(ending)].strip("' ") + ending).strip()


def _sheets(table: Table) -> Iterator[Sequence[Sequence[tuple[Value, Kind]]]]:
    """Share the rows of a table out over the sheets they need, below a row of headings."""
    rows = table.values()
    yield list(islice(rows, ROWS - 1))
    while more := list(islice(rows, ROWS - 1)):
        yield more


class _Formats:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[str, Format] = {}
        self.heading: Format = book.add_format({"bold": True})

    def number(self, pattern: str) -> Format:
        if pattern not in self._made:
            self._made[pattern] = self._book.add_format({"num_format": pattern})
        return self._made[pattern]


def _write(sheet: Worksheet, table: Table, rows: Sequence[Sequence[tuple[Value, Kind]]], formats: _Formats) -> None:
    sheet.freeze_panes(1, 0)
    for position, heading in enumerate(table.headings_in_sheets):
        longest = max(map(len, map(plain, [heading, *(row[position][0] for row in rows)])))
        sheet.set_column(position, position, min(max(longest + 2, _WIDTHS.start), _WIDTHS.stop))
        sheet.write_string(0, position, _text(heading), formats.heading)
    for number, row in enumerate(rows, 1):
        for position, (value, kind) in enumerate(row):
            _put(sheet, (number, position), value, kind, formats)


def _put(sheet: Worksheet, place: tuple[int, int], value: Value, kind: Kind, formats: _Formats) -> None:
    written: Any = value
    day = value.first_day if isinstance(value, Month) else value
    if value is None:
        return
    if isinstance(value, Decimal) and value.is_finite():
        written = value / 100 if kind in SHARES else value
        sheet.write_number(*place, written, formats.number(_FORMATS.get(kind, _AMOUNT)))
    elif isinstance(value, int):
        sheet.write_number(*place, value)
    elif isinstance(day, datetime.date) and day >= _FIRST_DAY:
        written = day
        sheet.write_datetime(*place, written, formats.number(_MONTH if isinstance(value, Month) else _DAY))
    else:
        sheet.write_string(*place, _text(str(value)))


def _text(text: str) -> str:
    """Leave out of a text what XML cannot hold, and what XlsxWriter would take for runs of formatted text."""
    plain = _NOT_XML.sub("", text)[:_LONGEST]
    return f" {plain[: _LONGEST - 1]}" if plain.startswith("<r>") and plain.endswith("</r>") else plain
