"""What is shown to a person: sections of text, chart and table, of which pages, reports and files are drawn.

A figure is written once, as a value in a column that says what it is: what is read, downloaded and compared to the
books are the same cells.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from beancoop.model.money import to_cent
from beancoop.model.months import Month
from beancoop.presentation.charts import Chart, Series, bars, curve

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from beancoop.presentation.charts import Clock

__all__ = ["Chart", "Series", "bars", "curve"]
"""What is drawn stands in `charts`, and is found here too, beside the section that holds it."""

Value: TypeAlias = str | int | Decimal | datetime.date | Month | None
Kind: TypeAlias = Literal["text", "code", "piece", "money", "exact", "hours", "share", "rate", "count", "day", "month"]
"""How a value is written: a text, one that is not broken, references, an amount to the cent, one with all its digits,
hours, a share of 1 that was computed and one that was agreed, a number of things, a day, a month."""
Style: TypeAlias = Literal["line", "again", "part", "total"]

TEXTS: tuple[Kind, ...] = ("text", "code", "piece", "month")
"""What is aligned to the left; the rest are figures."""

AMOUNTS: tuple[Kind, ...] = ("money", "exact", "share", "rate")
"""What Fava hides when it is asked to."""

SHARES: tuple[Kind, ...] = ("share", "rate")

_A_TENTH = Decimal("0.1")


class Column(NamedTuple):
    """A heading, and what stands below it.

    Attributes:
        heading: as a reader sees it.
        kind: what stands below it.
        day: the day that the heading is, where it is one: files for machines write it as 2026-03-31.

    """

    heading: str
    kind: Kind = "text"
    day: datetime.date | None = None

    @property
    def is_figure(self) -> bool:
        """Whether it is aligned to the right."""
        return self.kind not in TEXTS

    @property
    def is_number(self) -> bool:
        """Whether it is sorted as a number, and not as a text or a date."""
        return self.kind not in (*TEXTS, "day")

    @property
    def heading_in_files(self) -> str:
        """Its heading where a day is ISO, and a share a number of per cent, without the sign."""
        if self.day is not None:
            return self.day.isoformat()
        return f"{self.heading} (%)" if self.kind in SHARES else self.heading


class Cell(NamedTuple):
    """A value of which there is more to say than that it is one.

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
    """A row of a table.

    Attributes:
        cells: its cells; a value that leads nowhere stands by itself.
        style: "line"; "again", of the same entry as the line above; "part", a subtotal; "total".
        level: how deep its first cell stands.
        anchor: lets a link lead to it.

    """

    cells: Sequence[Cell | Value]
    style: Style = "line"
    level: int = 0
    anchor: str = ""


class Table(NamedTuple):
    """Rows under headings.

    Attributes:
        key: its name in the address of its download.
        title: what it is, which also names its sheet.
        columns: its columns.
        rows: its rows.
        foot: its last row, which stays last however the others are sorted.
        caption: a sentence on what it holds.
        is_sortable: whether its headings sort it.
        once: how many of the first columns are shown only once in lines of the same entry.

    """

    key: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    foot: Row | None = None
    caption: str = ""
    is_sortable: bool = False
    once: int = 0

    def placed(self, row: Row) -> Iterator[tuple[Cell, Column]]:
        """Give the cells of *row*, each with the column it begins in."""
        position = 0
        for each in row.cells:
            cell = each if isinstance(each, Cell) else Cell(each)
            yield cell, self.columns[position]
            position += cell.span

    @property
    def headings(self) -> list[str]:
        """Its headings, as its files have them."""
        return [column.heading_in_files for column in self.columns]

    @property
    def headings_in_sheets(self) -> list[str]:
        """Its headings where a share is one, shown in per cent."""
        return [column.day.isoformat() if column.day else column.heading for column in self.columns]

    def values(self) -> Iterator[list[tuple[Value, Kind]]]:
        """Give its rows as its files have them: rounded as they are shown, shares in per cent, nothing spanned.

        Raises:
            ValueError: a row has not as many cells as there are columns.

        """
        for row in self.rows if self.foot is None else [*self.rows, self.foot]:
            values: list[tuple[Value, Kind]] = []
            for cell, column in self.placed(row):
                kind = cell.kind or column.kind
                values += [(_rounded(cell.value, kind), kind), *[(None, kind)] * (cell.span - 1)]
            if len(values) != len(self.columns):
                raise ValueError(f"A row of {self.title!r} has {len(values)} cells, not {len(self.columns)}.")
            yield values


class Choice(NamedTuple):
    """A way to look at a chart: its name, its address, and whether it is the one that is shown."""

    text: str
    href: str
    is_shown: bool


class Section(NamedTuple):
    """A part of a page or of a report: a title, a sentence, a chart and a table, each of which may be missing.

    Where a table has no rows, *empty* is said in its place. A *total* is what the whole of it comes to. Those of
    one *fold* stand together under that heading, and a page shows them when asked.
    """

    title: str = ""
    text: str = ""
    chart: Chart | Clock | None = None
    choices: Sequence[Choice] = ()
    table: Table | None = None
    empty: str = ""
    total: Cell | None = None
    fold: str = ""

    @property
    def has_rows(self) -> bool:
        """Whether it has a table to show."""
        return self.table is not None and bool(self.table.rows)


def _rounded(value: Value, kind: Kind) -> Value:
    if not isinstance(value, Decimal):
        return value
    if kind in {"money", "hours"}:
        return to_cent(value)
    if kind == "share":
        return (value * 100).quantize(_A_TENTH)
    return (value * 100).normalize() if kind == "rate" else value
