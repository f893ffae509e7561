"""A report as what it says: titles, facts and tables in the reader's language, before it is drawn in any format."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from beancoop.model.money import to_cent
from beancoop.presentation.table import Table

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    Cell: TypeAlias = str | int | Decimal | datetime.date | None

Kind: TypeAlias = Literal["text", "piece", "code", "amount", "rate", "date", "count"]
Style: TypeAlias = Literal["line", "again", "part", "total"]

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


class Column(NamedTuple):
    """A heading, and what stands under it."""

    title: str
    kind: Kind = "text"


class Row(NamedTuple):
    """A row of a table.

    Attributes:
        cells: one for each column.
        style: "line"; "again", of the same entry as the line above; "part", a subtotal; "total".
        level: how deep its first cell stands.

    """

    cells: Sequence[Cell]
    style: Style = "line"
    level: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """A table and what is said about it.

    Attributes:
        title: what it shows.
        columns: its columns.
        rows: its rows.
        note: a sentence under it, or "".
        once: how many of the first columns are shown only once in lines of the same entry.

    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    note: str = ""
    once: int = 0

    def table(self) -> Table:
        """Give it as a table of plain cells, amounts rounded to the cent, for CSV and XLSX."""
        rows = [tuple(map(_plain, row.cells, self.columns)) for row in self.rows]
        return Table(clean(self.title), [clean(column.title) for column in self.columns], rows)


class Fact(NamedTuple):
    """A name and what there is to say."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """A report.

    Attributes:
        name: what its file is called, without an ending.
        language: of its texts, such as "fr".
        title: what it is.
        entity: whose books it is drawn from.
        period: the days it is of, in words.
        standing: whether the books may still change, in words.
        is_closed: whether they may not.
        facts: what is said before the tables.
        sections: the tables.
        notes: sentences at the end.
        doubts: why its figures may be wrong; empty where nothing says so.
        is_wide: whether its pages lie on their side.

    """

    name: str
    language: str
    title: str
    entity: str
    period: str
    standing: str
    is_closed: bool
    sections: Sequence[Section]
    facts: Sequence[Fact] = ()
    notes: Sequence[str] = ()
    doubts: Sequence[str] = ()
    is_wide: bool = False


def _plain(cell: Cell, column: Column) -> Cell:
    if isinstance(cell, str):
        return clean(cell)
    return to_cent(cell) if isinstance(cell, Decimal) and column.kind == "amount" else cell
