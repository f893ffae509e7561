"""`beancoop contributions`: what each activity owes for each month."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click
from beancoop.contribution.levy import without_gap
from beancoop.contribution.rule import read_levies
from beancoop.presentation.delimited import rows_as_csv
from beancoop.words.formats import as_written
from beancoop.words.language import current, mark

from beancoop_cli.common import DOUBTFUL, ledger_option
from beancoop_cli.purposes import PURPOSES
from beancoop_cli.reading import read_ledger
from beancoop_cli.speaking import command, option, told
from beancoop_cli.telling import FINDINGS, leave, print_findings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal
    from pathlib import Path

    from beancoop.contribution.levy import Levy

COLUMNS = (
    mark("unit"),
    mark("period"),
    mark("margin"),
    mark("cumulative"),
    mark("due"),
    mark("levied"),
    mark("levy"),
    mark("closed"),
)
YES, NO = mark("yes"), mark("no")
_LONG = 24
"""Months without margin that a person is shown one by one; a date that is a slip makes thousands of them."""
_SILENCE = "\N{HORIZONTAL ELLIPSIS}"


@command(help=PURPOSES["contributions"])
@ledger_option
@option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    show_default=True,
    help=mark("For a person, for a program, or for a spreadsheet."),
)
def contributions(ledger: Path, style: str) -> None:
    """Print the table."""
    loaded = read_ledger(ledger)
    levies = [levy for rows in read_levies(loaded.entries, loaded.options).values() for levy in without_gap(rows)]
    {"text": _print_text, "json": _print_json, "csv": _print_csv}[style](levies)
    if loaded.errors:
        print_findings(loaded.findings)
        click.echo(DOUBTFUL(), err=True)
        leave(FINDINGS)


def _row(levy: Levy) -> dict[str, Any]:
    amounts: dict[str, Decimal] = {name: getattr(levy, name) for name in COLUMNS[2:7]}
    return {"unit": levy.unit, "period": str(levy.month), **amounts, "closed": levy.closed}


def _print_json(levies: list[Levy]) -> None:
    click.echo(json.dumps([_row(levy) for levy in levies], indent=2, default=str))


def _print_csv(levies: list[Levy]) -> None:
    rows = ({**_row(levy), "closed": str(levy.closed).lower()} for levy in levies)
    click.echo(rows_as_csv([COLUMNS, *(row.values() for row in rows)], end="\n"), nl=False)


def _telling(levies: Iterable[Levy]) -> Iterator[Levy | None]:
    """Give the levies, and None for the rest of a silence of years: the months that only repeat the one before."""
    for _, group in groupby(levies, _what_repeats):
        months = list(group)
        yield from months[:_LONG]
        if len(months) > _LONG:
            yield None


def _what_repeats(levy: Levy) -> tuple[object, ...]:
    return levy.unit, levy.cumulative, levy.due, bool(levy.margin or levy.levy), levy.closed


def _print_text(levies: list[Levy]) -> None:
    from rich.console import Console  # noqa: PLC0415 - of three forms, one is drawn
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=None, pad_edge=False)
    for name in COLUMNS:
        table.add_column(told(name), justify="right" if name in COLUMNS[2:7] else "left", no_wrap=True)
    for levy in _telling(levies):
        if levy is None:
            table.add_row(*[_SILENCE] * len(COLUMNS))
            continue
        amounts = (as_written(getattr(levy, name), current()) for name in COLUMNS[2:7])
        table.add_row(levy.unit, str(levy.month), *amounts, told(YES if levy.closed else NO))
    Console(width=120 if not Console().is_terminal else None).print(table)
