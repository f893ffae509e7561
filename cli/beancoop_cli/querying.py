"""`beancoop query`: the questions one often asks of the books."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from beancoop.books.query import find_queries
from beancoop.model.accounts import COOP
from beancoop.model.findings import Refusal
from beancoop.model.register import read_register
from beancoop.presentation.delimited import rows_as_csv
from beancoop.words.formats import as_written, day
from beancoop.words.language import current, mark
from beancoop.words.messages import error

from beancoop_cli.common import DOUBTFUL, NO_UNIT, ledger_option
from beancoop_cli.purposes import PURPOSES
from beancoop_cli.reading import read_ledger
from beancoop_cli.speaking import argument, command, option, told
from beancoop_cli.telling import FINDINGS, leave, print_findings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from beancoop.books.query import Answer, Query
    from beancoop.loading.ledger import Ledger
    from beancoop.presentation.section import Value

_SHIPPED = (Path(__file__).parent / "queries", Path(__file__).parents[2] / "queries")
"""Where the queries that come with the program are: in the installed package, or at the root of a checkout."""


NO_QUERY = error("BC941", "There is no query {name}; there are: {known}.")

SENTENCES = (
    mark("What the cooperative levied on each activity, month by month, provisional levies included."),
    mark("The journal of one unit, posting by posting; say which with --unit."),
    mark("Customers (class 40) and suppliers (class 44) not settled, the longest without movement first."),
    mark("The treasury (class 5) of each unit, account by account, and the day it last moved."),
    mark("The trial balance: debits, credits and balance of each PCMN number, over all units."),
    mark("The VAT accounts (411 recoverable, 451 to be paid) of each unit: debits, credits and balance."),
)
"""What the queries that come with the program say of themselves, for the catalogue."""


@command(help=PURPOSES["query"])
@argument("name", metavar=mark("[NAME]"), required=False)
@ledger_option
@option("--unit", metavar=mark("UNIT"), help=mark("The unit, for a query that is of one."))
@option(
    "--format",
    "style",
    type=click.Choice(["text", "csv", "json"]),
    default="text",
    show_default=True,
    help=mark("For a person, for a spreadsheet, or for a program."),
)
def query(name: str | None, ledger: Path, unit: str | None, style: str) -> None:
    """Print the answer."""
    try:
        queries = find_queries((ledger.absolute().parent.parent / "queries", *_SHIPPED))
        if name is None:
            click.echo(_listed(queries))
            return
        chosen = _chosen(queries, name)
        loaded = read_ledger(ledger)
        _check_unit(loaded, unit)
        answer = chosen.run(loaded, unit)
    except Refusal as refused:
        raise click.UsageError(str(refused)) from None
    click.echo({"text": _text, "csv": _csv, "json": _json}[style](answer), nl=False)
    if loaded.errors:
        print_findings(loaded.findings)
        click.echo(DOUBTFUL(), err=True)
        leave(FINDINGS)


def _chosen(queries: Mapping[str, Query], name: str) -> Query:
    if name not in queries:
        raise click.UsageError(NO_QUERY(name=name, known=[*queries]))
    return queries[name]


def _listed(queries: Mapping[str, Query]) -> str:
    width = max(map(len, queries), default=0)
    return "\n".join(f"{name:{width}}  {told(each.sentence)}".rstrip() for name, each in queries.items())


def _check_unit(ledger: Ledger, unit: str | None) -> None:
    register = read_register(ledger.entries, ledger.options)
    if unit is not None and not register.knows(unit):
        raise click.UsageError(NO_UNIT(ledger=ledger.path, unit=unit, known=[COOP, *register.activities]))


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
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in _written(value))


def _written(value: Any) -> str:  # noqa: ANN401
    """Write a value as the language in force does."""
    if isinstance(value, Decimal):
        return as_written(value, current())
    return day(value, current()) if isinstance(value, datetime.date) else _plain(value)


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
