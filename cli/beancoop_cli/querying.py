"""`beancoop query`: the questions one often asks of the books."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from beancoop.books.query import QueryError, find_queries
from beancoop.loading.ledger import load_ledger
from beancoop.model.accounts import COOP
from beancoop.model.register import read_register
from beancoop.presentation.files import rows_as_csv

from beancoop_cli.common import FINDINGS, leave, ledger_option, print_findings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from beancoop.books.query import Answer, Query
    from beancoop.loading.ledger import Ledger
    from beancoop.presentation.section import Value

_SHIPPED = (Path(__file__).parent / "queries", Path(__file__).parents[2] / "queries")
"""Where the queries that come with the program are: in the installed package, or at the root of a checkout."""


@click.command()
@click.argument("name", required=False)
@ledger_option
@click.option("--unit", help="The unit, for a query that is of one.")
@click.option("--format", "style", type=click.Choice(["text", "csv", "json"]), default="text", show_default=True)
def query(name: str | None, ledger: Path, unit: str | None, style: str) -> None:
    """Ask the books the query NAME; without NAME, list the queries.

    A query is a file NAME.bql, in the folder `queries` beside that of the ledger or among those of the program.
    """
    try:
        queries = find_queries((ledger.absolute().parent.parent / "queries", *_SHIPPED))
        if name is None:
            click.echo(_listed(queries))
            return
        chosen = _chosen(queries, name)
        loaded = load_ledger(ledger)
        _check_unit(loaded, unit)
        answer = chosen.run(loaded, unit)
    except QueryError as error:
        raise click.UsageError(str(error)) from None
    click.echo({"text": _text, "csv": _csv, "json": _json}[style](answer), nl=False)
    if loaded.errors:
        print_findings(loaded.findings)
        click.echo("The ledger has errors: these figures may be wrong.", err=True)
        leave(FINDINGS)


def _chosen(queries: Mapping[str, Query], name: str) -> Query:
    if name not in queries:
        raise QueryError(f"There is no query {name}. There are:\n{_listed(queries)}")
    return queries[name]


def _listed(queries: Mapping[str, Query]) -> str:
    width = max(map(len, queries), default=0)
    return "\n".join(f"{name:{width}}  {each.sentence}".rstrip() for name, each in queries.items())


def _check_unit(ledger: Ledger, unit: str | None) -> None:
    register = read_register(ledger.entries, ledger.options)
    if unit is not None and not register.knows(unit):
        raise QueryError(f"{ledger.path} declares no unit {unit}; it has {', '.join([COOP, *register.activities])}.")


def _plain(value: Any) -> str:  # noqa: ANN401 - whatever a query gives
    """Write a value as text, decimals with all their digits."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, (set, frozenset)):
        return " ".join(sorted(map(str, value)))
    return str(value)


def _text(answer: Answer) -> str:
    """Lay the answer out in columns, amounts to the right; what is not printable does not reach the terminal."""
    is_number = [column.kind in {Decimal, int} for column in answer.columns]
    lines = [[column.name for column in answer.columns], *(list(map(_printable, row)) for row in answer.rows)]
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    return "".join(f"{_aligned(cells, widths, is_number)}\n" for cells in lines)


def _aligned(cells: Sequence[str], widths: Sequence[int], is_number: Sequence[bool]) -> str:
    pairs = zip(cells, widths, is_number, strict=True)
    return "  ".join(cell.rjust(width) if right else cell.ljust(width) for cell, width, right in pairs).rstrip()


def _printable(value: Any) -> str:  # noqa: ANN401
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in _plain(value))


def _csv(answer: Answer) -> str:
    """Write comma-separated values (RFC 4180)."""
    names = [column.name for column in answer.columns]
    return rows_as_csv([names, *(map(_cell, row) for row in answer.rows)], end="\n")


def _cell(value: Any) -> Value:  # noqa: ANN401
    return value if isinstance(value, (Decimal, int)) else _plain(value)


def _json(answer: Answer) -> str:
    """Write a list of objects; amounts are strings, since a JSON number may lose digits."""
    names = [column.name for column in answer.columns]
    rows = [dict(zip(names, map(_value, row), strict=True)) for row in answer.rows]
    return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"


def _value(value: Any) -> str | int | bool | None:  # noqa: ANN401
    return value if value is None or isinstance(value, (bool, int)) else _plain(value)
