"""Tables as CSV (RFC 4180, UTF-8), with true decimals, and guarded against texts that a spreadsheet would run.

A spreadsheet takes a text that begins with `=`, `+`, `-` or `@` for a formula (CWE-1236), also where blanks stand
before it or the sign is one of full width; and a ledger's texts are strangers'. In CSV such a text gets an apostrophe
before it. Every table that leaves the program as CSV goes through here; in XLSX a text is stored as one.
"""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from beancoop.words.formats import decimal_point

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from beancoop.presentation.section import Table, Value

CSV = "text/csv"

_RUNS = re.compile(r"[\t\r\n]|[\s\x00-\x1f]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


_BYTE_ORDER_MARK = "\ufeff"
"""By it a spreadsheet knows that a file is UTF-8."""


class Form(NamedTuple):
    """How a file separates cells, and the digits of a fraction from the others."""

    separator: str = ","
    point: str = "."


PLAIN = Form()
"""As programs read it."""


def form_of(language: str) -> Form:
    """Give the form that a spreadsheet set to *language* opens as a table: a semicolon where the comma is decimal."""
    point = decimal_point(language)
    return Form("," if point == "." else ";", point)


def guarded(text: str) -> str:
    """Put an apostrophe before *text* where a spreadsheet would run it."""
    return f"'{text}" if _RUNS.match(text) else text


def guarded_csv(table: str) -> str:
    """Guard the cells of a table that somebody else has written as CSV, all but its numbers."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in csv.reader(io.StringIO(table, newline="")):
        writer.writerow(cell if _NUMBER.fullmatch(cell) else guarded(cell) for cell in row)
    return out.getvalue()


def as_csv(table: Table) -> bytes:
    """Give a table as CSV: commas, decimal points, dates as 2026-03-31."""
    rows = ([value for value, _kind in row] for row in table.values())
    return rows_as_csv(chain([table.headings], rows)).encode()


def all_as_csv(tables: Sequence[Table]) -> bytes:
    """Give the tables one after the other, each under its title where there are several, an empty line between."""
    if len(tables) == 1:
        return as_csv(tables[0])
    return b"\r\n".join(f"# {table.title}\r\n".encode() + as_csv(table) for table in tables)


def for_spreadsheet(table: Table, language: str, below: Iterable[Iterable[Value]] = ()) -> bytes:
    """Give a table, and rows *below* it, as CSV that a spreadsheet set to *language* opens as a table by itself.

    Its separator and its decimal sign are those of the language, days stay as 2026-03-31, and a byte order mark
    says that it is UTF-8.
    """
    rows = ([value for value, _kind in row] for row in table.values())
    text = rows_as_csv(chain([table.headings], rows, below), form=form_of(language))
    return (_BYTE_ORDER_MARK + text).encode()


def rows_as_csv(rows: Iterable[Iterable[Value]], end: str = "\r\n", form: Form = PLAIN) -> str:
    """Give rows of values as CSV, each line with that *end*; numbers stay numbers, and no text runs."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=form.separator, lineterminator=end)
    writer.writerows([plain(value, form.point) for value in row] for row in rows)
    return out.getvalue()


def plain(value: Value, point: str = PLAIN.point) -> str:
    """Write a value as a cell of CSV, with that decimal *point*."""
    if value is None:
        return ""
    if isinstance(value, str):
        return guarded(value)
    return f"{value:f}".replace(".", point) if isinstance(value, Decimal) else str(value)
