"""Questions to the books in BQL, one a file: `queries/NAME.bql`.

A query begins with SELECT, so that it only reads, and carries a first comment that says in a sentence what it shows.
Where its text has the parameter `%(unit)s`, it is of one unit.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import beanquery

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from beancoop.loading.ledger import Ledger

_SENTENCE = re.compile(r"/\*(.*?)\*/", re.DOTALL)
_SELECT = re.compile(r"select\b", re.IGNORECASE)


class QueryError(Exception):
    """A query that cannot be run; the text says which, why, and what to do."""


class Column(NamedTuple):
    """A column of an answer: its name, and the type of what it holds."""

    name: str
    kind: type


class Answer(NamedTuple):
    """What a query gives: amounts are decimals, as exact as the books."""

    columns: Sequence[Column]
    rows: Sequence[tuple[Any, ...]]


class Query(NamedTuple):
    """A query as its file has it.

    Attributes:
        path: its file.
        text: its BQL.

    """

    path: Path
    text: str

    @property
    def sentence(self) -> str:
        """What it shows, as its first comment says; "" without one."""
        found = _SENTENCE.search(self.text)
        return " ".join(found[1].split()) if found else ""

    @property
    def is_of_one_unit(self) -> bool:
        """Whether it asks for a unit."""
        return "%(unit)s" in self.text

    def run(self, ledger: Ledger, unit: str | None = None) -> Answer:
        """Ask *ledger*, of *unit* where the query is of one.

        Raises:
            QueryError: not BQL, not a SELECT, or without the unit it needs.

        """
        if not _SELECT.match(self.text):
            raise QueryError(f"{self.path}: a query begins with SELECT, its comments stand behind; correct the file.")
        if self.is_of_one_unit and unit is None:
            raise QueryError(f"{self.path.stem} is of one unit; say which, as in --unit A001.")
        if unit is not None and not self.is_of_one_unit:
            raise QueryError(f"{self.path.stem} is of the whole ledger; leave --unit out, or name a sub-ledger.")
        # a connection of its own: those that are shared mix up the answers of threads
        source = {"entries": ledger.entries, "errors": [], "options": ledger.options}
        connection = beanquery.connect("beancount:", **source)  # type: ignore[no-untyped-call]
        try:
            cursor = connection.execute(self.text, {"unit": unit})
            rows = cursor.fetchall()
        except (beanquery.Error, ArithmeticError, LookupError, TypeError, ValueError, re.error) as error:
            raise QueryError(f"{self.path}: Beancount cannot answer this query: {error}. Correct the file.") from error
        return Answer([Column(each.name, each.datatype) for each in cursor.description], rows)


def find_queries(folders: Iterable[Path]) -> dict[str, Query]:
    """Read the queries of *folders* by name; where two have the same, that of the first folder stands.

    Raises:
        QueryError: a file that cannot be read.

    """
    found: dict[str, Query] = {}
    for path in (path for folder in folders for path in folder.glob("*.bql")):
        try:
            found.setdefault(path.stem, Query(path, path.read_text(encoding="utf-8").strip()))
        except (OSError, UnicodeDecodeError) as error:
            raise QueryError(f"{path}: cannot be read as UTF-8 text: {error}.") from error
    return dict(sorted(found.items()))
