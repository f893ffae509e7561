"""A table as a page shows it: its cells written in the reader's language."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.months import Month
from beancoop.presentation.grid import AMOUNTS, TEXTS
from beancoop.words import formats as writing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from beancoop.presentation.grid import Cell, Grid, Kind, Row, Value

NOTHING = "\N{EN DASH}"
_LOOKS: Mapping[Kind, str] = {"text": "", "code": "code", "month": "code", "day": "num day"}
"""The classes a cell has in the page's style, by what it is; any other is a number."""


class DrawnCell(NamedTuple):
    """A cell: its text, where it leads, what it is sorted by, and how it looks."""

    text: str
    href: str
    order: str
    span: int
    look: str
    is_hidden: bool


class DrawnRow(NamedTuple):
    """A row, which may be a sum, and may have an anchor."""

    cells: Sequence[DrawnCell]
    is_sum: bool
    anchor: str


class Drawn(NamedTuple):
    """The rows of a table, and its foot."""

    rows: Sequence[DrawnRow]
    foot: DrawnRow | None


def draw(grid: Grid, language: str) -> Drawn:
    """Write the cells of *grid*."""

    def row(each: Row) -> DrawnRow:
        cells = [_cell(cell, cell.kind or column.kind, language) for cell, column in grid.placed(each)]
        return DrawnRow(cells, each.is_sum, each.anchor)

    return Drawn([row(each) for each in grid.rows], row(grid.foot) if grid.foot else None)


def _cell(cell: Cell, kind: Kind, language: str) -> DrawnCell:
    text = _text(cell.value, kind, language) if cell.text is None else cell.text
    order = "" if kind in TEXTS else _order(cell.value, kind)
    return DrawnCell(text, cell.href, order, cell.span, _LOOKS.get(kind, "num"), kind in AMOUNTS)


def _order(value: Value, kind: Kind) -> str:
    """Give what a figure is sorted by, where that is not the text that is shown; nothing comes before a number of 0."""
    return ("-1" if kind == "count" else "") if value is None else str(value)


def _text(value: Value, kind: Kind, language: str) -> str:
    if isinstance(value, Decimal):
        return _figure(value, kind, language)
    if value is None:
        return NOTHING
    if isinstance(value, Month):
        return writing.month(value, language)
    if isinstance(value, datetime.date):
        return writing.day(value, language)
    return str(value)


def _figure(value: Decimal, kind: Kind, language: str) -> str:
    if kind == "share":
        return writing.share(value, language)
    return writing.number(value, language, None if kind == "exact" else 2)
