"""A report as what it says: titles, facts and sections in the reader's language, before it is drawn in any format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from beancoop.presentation.section import Section, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancoop.presentation.section import Column, Row


def section(title: str, columns: Sequence[Column], rows: Sequence[Row], note: str = "", *, once: int = 0) -> Section:
    """Make a section of one table, with a *note* under it.

    Args:
        title: what it shows.
        columns: its columns.
        rows: its rows.
        note: a sentence under it, or "".
        once: how many of the first columns are shown only once in lines of the same entry.

    """
    return Section(title, table=Table("", title, columns, rows, caption=note, once=once))


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
        blanks: what is left to be filled in by hand, after the tables.

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
    blanks: Sequence[str] = ()

    @property
    def tables(self) -> list[Table]:
        """The tables of its sections, those without rows as well."""
        return [each.table for each in self.sections if each.table]
