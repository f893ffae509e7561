"""Where something stands in a file: its line, and its rows where several begin on one line.

Banks and invoicing programs write XML and OFX on a single line as often as not. Its number then tells nothing, and a
person finds the row by its place among its likes: `Ntry 3` is the third `<Ntry>`.
"""

from __future__ import annotations

from typing import Self


class Line(int):
    """A line of a file, from 1; written `12`, or `1 (Stmt 1, Ntry 3)` where the line does not tell the row.

    Attributes:
        rows: the rows it stands in, the outermost first; "" where the line tells.

    """

    rows: str

    def __new__(cls, line: int, rows: str = "") -> Self:
        """Keep the rows beside the line."""
        made = super().__new__(cls, line)
        made.rows = rows
        return made

    def __str__(self) -> str:
        """Write it as a finding shows it, behind the name of the file."""
        return f"{int(self)} ({self.rows})" if self.rows else super().__repr__()


def rows_of(line: int) -> str:
    """Give the rows that a line alone does not tell, "" where it does."""
    return line.rows if isinstance(line, Line) else ""
