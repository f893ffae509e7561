"""Fava's queries, whose tables can be downloaded whatever their columns hold."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from beancoop.presentation.delimited import rows_as_csv
from beanquery.numberify import numberify_results
from fava.core.query_shell import QueryShell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancoop.presentation.section import Value


class Queries(QueryShell):
    """The queries of a ledger."""

    def query_to_file(self, entries: Sequence[Any], query_string: str, result_format: str) -> tuple[str, io.BytesIO]:
        """Give a query's name and table; Fava knows no cell but texts, numbers and dates."""
        try:
            return super().query_to_file(entries, query_string, result_format)
        except TypeError:
            result: Any = self.shell.run(entries, query_string)
            context: Any = self.ledger.options["dcontext"]
            numberify: Any = numberify_results
            columns, rows = numberify(result.description, result.fetchall(), context.build())
            table = [[column.name for column in columns], *([_cell(value) for value in row] for row in rows)]
            return "query_result", io.BytesIO(rows_as_csv(table).encode())


def _cell(value: Any) -> Value:  # noqa: ANN401 - whatever a query may give
    if isinstance(value, set | frozenset):
        return " ".join(sorted(map(str, value)))
    return value if value is None else str(value)
