"""Texts that can be printed: a ledger's texts are strangers', and what is read must be what is there."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from beancoop.presentation.section import Cell, Row, Table, Value

_UNSAID = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
_DIRECTIONS = frozenset(map(chr, (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))))
"""Marks that turn the direction of writing: what follows them could be read as another amount than it is."""


def clean(text: str) -> str:
    """Replace what cannot be printed, or would turn the writing round, by the sign for it."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if each in _DIRECTIONS or unicodedata.category(each) in _UNSAID else each
        for each in text
    )


def clean_table(table: Table) -> Table:
    """Clean all texts of a table without links."""
    columns = [column._replace(heading=clean(column.heading)) for column in table.columns]
    rows = [_clean_row(row) for row in table.rows]
    return table._replace(title=clean(table.title), columns=columns, rows=rows)


def _clean_row(row: Row) -> Row:
    return row._replace(cells=[_clean_cell(cell) for cell in row.cells])


def _clean_cell(cell: Cell | Value) -> Cell | Value:
    return clean(cell) if isinstance(cell, str) else cell
