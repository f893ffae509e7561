"""Questions to the books in BQL, one a file: `queries/NAME.bql`.

A query begins with SELECT, so that it only reads, and carries a first comment that says in a sentence what it shows.
Where its text has the parameter `%(unit)s`, it is of one unit.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import beanquery

from beancoop.model.findings import Refusal
from beancoop.words.messages import error
from beancoop.words.system import reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from beancoop.loading.ledger import Ledger

_SENTENCE = re.compile(r"/\*(.*?)\*/", re.DOTALL)
_SELECT = re.compile(r"select\b", re.IGNORECASE)


NO_SELECT = error("BC1321", "{query}: a query begins with SELECT, its comments stand behind; correct the file.")
OF_ONE_UNIT = error("BC1322", "{query} is of one unit; say which, as in --unit A001.")
OF_THE_WHOLE = error("BC1323", "{query} is of the whole ledger; leave --unit out, or name a sub-ledger.")
NO_TEXT = error("BC1325", "{query} is not UTF-8 text; save it again in that encoding.")
NO_ANSWER = error("BC1324", "{query}: Beancount cannot answer this query: {reason}. Correct the file.")


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
            Refusal: not BQL, not a SELECT, or without the unit it needs.

        """
        if not _SELECT.match(self.text):
            raise Refusal(NO_SELECT(query=self.path))
        if self.is_of_one_unit and unit is None:
            raise Refusal(OF_ONE_UNIT(query=self.path.stem))
        if unit is not None and not self.is_of_one_unit:
            raise Refusal(OF_THE_WHOLE(query=self.path.stem))
        # a connection of its own: those that are shared mix up the answers of threads
        source = {"entries": ledger.entries, "errors": [], "options": ledger.options}
        connection = beanquery.connect("beancount:", **source)  # type: ignore[no-untyped-call]
        try:
            cursor = connection.execute(self.text, {"unit": unit})
            rows = cursor.fetchall()
        except (beanquery.Error, ArithmeticError, LookupError, TypeError, ValueError, re.error) as failed:
            raise Refusal(NO_ANSWER(query=self.path, reason=failed)) from failed
        return Answer([Column(each.name, each.datatype) for each in cursor.description], rows)


def find_queries(folders: Iterable[Path]) -> dict[str, Query]:
    """Read the queries of *folders* by name; where two have the same, that of the first folder stands.

    Raises:
        Refusal: a file that cannot be read, or is not text.

    """
    found: dict[str, Query] = {}
    for path in (path for folder in folders for path in folder.glob("*.bql")):
        try:
            found.setdefault(path.stem, Query(path, path.read_text(encoding="utf-8").strip()))
        except UnicodeDecodeError:
            raise Refusal(NO_TEXT(query=path)) from None
        except OSError as failed:
            raise Refusal(reason(failed)) from failed
    return dict(sorted(found.items()))
