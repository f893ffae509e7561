"""A table as it is read: its cells written in the reader's language, for a page or a report to lay out."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.months import Month
from beancoop.presentation.section import AMOUNTS, TEXTS
from beancoop.words import formats
from beancoop.words.formats import NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from beancoop.presentation.section import Cell, Kind, Row, Style, Table, Value

_LOOKS: Mapping[Kind, str] = {"text": "", "code": "code", "piece": "code", "month": "code", "day": "num day"}
"""The classes a cell has in the page's style, by what it is; any other is a number."""


class DrawnCell(NamedTuple):
    """A cell: its text, where it leads, what it is sorted by, how many columns it spans, what it is, its heading."""

    text: str
    href: str
    order: str
    span: int
    kind: Kind
    heading: str = ""

    @property
    def look(self) -> str:
        """Its classes on a page."""
        return _LOOKS.get(self.kind, "num")

    @property
    def is_hidden(self) -> bool:
        """Whether Fava hides it when it is asked to."""
        return self.kind in AMOUNTS


class DrawnRow(NamedTuple):
    """A row, as `section.Row` has it."""

    cells: Sequence[DrawnCell]
    style: Style
    level: int
    anchor: str


class Drawn(NamedTuple):
    """The rows of a table, and its foot."""

    rows: Sequence[DrawnRow]
    foot: DrawnRow | None


def draw(table: Table, language: str, nothing: str = NOTHING) -> Drawn:
    """Write the cells of *table*, and *nothing* in those where there is nothing to tell."""

    def row(each: Row) -> DrawnRow:
        cells = [
            _cell(cell, cell.kind or column.kind, language, nothing, column.heading)
            for cell, column in table.placed(each)
        ]
        if each.style == "again":
            cells[: table.once] = [cell._replace(text="") for cell in cells[: table.once]]
        return DrawnRow(cells, each.style, each.level, each.anchor)

    return Drawn([row(each) for each in table.rows], row(table.foot) if table.foot else None)


def draw_cell(cell: Cell, language: str) -> DrawnCell:
    """Write one cell that stands by itself."""
    return _cell(cell, cell.kind or "text", language, NOTHING)


def _cell(cell: Cell, kind: Kind, language: str, nothing: str, heading: str = "") -> DrawnCell:
    text = _text(cell.value, kind, language, nothing) if cell.text is None else cell.text
    order = "" if kind in TEXTS else _order(cell.value, kind)
    return DrawnCell(text, cell.href, order, cell.span, kind, heading)


def _order(value: Value, kind: Kind) -> str:
    """Give what a figure is sorted by, where that is not the text that is shown; nothing comes before a number of 0."""
    return ("-1" if kind == "count" else "") if value is None else str(value)


def _text(value: Value, kind: Kind, language: str, nothing: str) -> str:
    if isinstance(value, Decimal):
        return _figure(value, kind, language)
    if value is None:
        return nothing
    if isinstance(value, Month):
        return formats.month(value.first_day, language)
    if isinstance(value, datetime.date):
        return formats.day(value, language)
    return str(value)


def _figure(value: Decimal, kind: Kind, language: str) -> str:
    if kind == "share":
        return formats.share(value, language)
    if kind == "rate":
        return formats.rate(value, language)
    return formats.number(value, language, None if kind == "exact" else 2)
