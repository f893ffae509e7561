"""A table of a page: what is shown, what is downloaded and what is compared to the books are the same cells."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from beancoop.model.months import Month
from beancoop.presentation.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from beancoop.presentation.table import Cell as Plain

    Points: TypeAlias = Iterable[tuple[datetime.date, Decimal]]


Value: TypeAlias = str | int | Decimal | datetime.date | Month | None
Kind: TypeAlias = Literal["text", "code", "money", "exact", "hours", "share", "count", "day", "month"]
"""How a value is written: a text, one that is not broken, an amount to the cent, one with all its digits, hours, a
share of 1, a number of things, a day, a month."""

TEXTS: tuple[Kind, ...] = ("text", "code", "month")
"""What is aligned to the left; the rest are figures."""

AMOUNTS: tuple[Kind, ...] = ("money", "exact", "share")
"""What Fava hides when it is asked to."""

_A_TENTH = Decimal("0.1")


class Column(NamedTuple):
    """A heading, and what stands below it."""

    heading: str
    kind: Kind = "text"

    @property
    def is_figure(self) -> bool:
        """Whether it is aligned to the right."""
        return self.kind not in TEXTS

    @property
    def is_number(self) -> bool:
        """Whether it is sorted as a number, and not as a text or a date."""
        return self.kind not in (*TEXTS, "day")


class Cell(NamedTuple):
    """A value.

    Attributes:
        value: what it is; None where there is nothing to tell.
        href: where it leads.
        kind: what it is, where that is not what its column holds.
        span: over how many columns it goes.
        text: what is shown in its place.

    """

    value: Value
    href: str = ""
    kind: Kind | None = None
    span: int = 1
    text: str | None = None


class Row(NamedTuple):
    """A row; a sum stands out, and an anchor lets a link lead to it."""

    cells: Sequence[Cell]
    is_sum: bool = False
    anchor: str = ""


class Grid(NamedTuple):
    """A table.

    Attributes:
        key: its name in the address of its download.
        title: what it is.
        columns: its columns.
        rows: its rows.
        foot: its last row, which stays last however the others are sorted.
        caption: a sentence on what it holds.
        is_sortable: whether its headings sort it.

    """

    key: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    foot: Row | None = None
    caption: str = ""
    is_sortable: bool = False

    def placed(self, row: Row) -> Iterable[tuple[Cell, Column]]:
        """Give the cells of *row*, each with the column it begins in."""
        position = 0
        for cell in row.cells:
            yield cell, self.columns[position]
            position += cell.span

    def table(self) -> Table:
        """Give it as it is downloaded: the same cells, as values."""
        rows = self.rows if self.foot is None else [*self.rows, self.foot]
        return Table(self.title, [_heading(column) for column in self.columns], [self._values(row) for row in rows])

    def _values(self, row: Row) -> list[Plain]:
        values: list[Plain] = []
        for cell, column in self.placed(row):
            values += [_plain(cell.value, cell.kind or column.kind), *[None] * (cell.span - 1)]
        return values


class Choice(NamedTuple):
    """A way to look at a chart: its name, its address, and whether it is the one that is shown."""

    text: str
    href: str
    is_shown: bool


class Section(NamedTuple):
    """A part of a page: a title, a sentence, a chart and a table, each of which may be missing.

    Where a table has no rows, *empty* is said in its place.
    """

    title: str = ""
    text: str = ""
    chart: Chart | None = None
    choices: Sequence[Choice] = ()
    grid: Grid | None = None
    empty: str = ""

    @property
    def has_rows(self) -> bool:
        """Whether it has a table to show."""
        return self.grid is not None and bool(self.grid.rows)


def _heading(column: Column) -> str:
    return f"{column.heading} (%)" if column.kind == "share" else column.heading


def _plain(value: Value, kind: Kind) -> Plain:
    if isinstance(value, Month):
        return str(value)
    if kind == "share" and isinstance(value, Decimal):
        return (value * 100).quantize(_A_TENTH)
    return value


Chart: TypeAlias = "dict[str, Any]"


def bars(label: str, currency: str, points: Points) -> Chart:
    """Draw a bar for each amount, above the last day it counts."""
    data = [
        {"date": str(day), "balance": {currency: amount}, "account_balances": {}, "budgets": {}}
        for day, amount in points
    ]
    return {"type": "bar", "label": label, "data": data}


def curve(label: str, currency: str, points: Points) -> Chart:
    """Draw a line through what is held from each day on."""
    return {
        "type": "balances",
        "label": label,
        "data": [{"date": str(day), "balance": {currency: amount}} for day, amount in points],
    }
