"""`beancoop contributions`: what each activity owes for each month."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click
from beancoop.contribution.rule import read_levies
from beancoop.loading.ledger import load_ledger
from beancoop.presentation.files import rows_as_csv
from rich.console import Console
from rich.table import Table

from beancoop_cli.common import FINDINGS, leave, ledger_option, print_findings

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path

    from beancoop.contribution.levy import Levy

COLUMNS = ("unit", "period", "margin", "cumulative", "due", "levied", "levy", "closed")


@click.command()
@ledger_option
@click.option("--format", "style", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True)
def contributions(ledger: Path, style: str) -> None:
    """Show the contribution of each activity month by month, one row each.

    `levied` is what was levied before the month's own `levy`; amounts are in the operating currency.
    """
    loaded = load_ledger(ledger)
    levies = [levy for months in read_levies(loaded.entries, loaded.options).values() for levy in months]
    {"text": _print_text, "json": _print_json, "csv": _print_csv}[style](levies)
    if loaded.errors:
        print_findings(loaded.findings)
        click.echo("The ledger has errors: these figures may be wrong.", err=True)
        leave(FINDINGS)


def _row(levy: Levy) -> dict[str, Any]:
    amounts: dict[str, Decimal] = {name: getattr(levy, name) for name in COLUMNS[2:7]}
    return {"unit": levy.unit, "period": str(levy.month), **amounts, "closed": levy.closed}


def _print_json(levies: list[Levy]) -> None:
    click.echo(json.dumps([_row(levy) for levy in levies], indent=2, default=str))


def _print_csv(levies: list[Levy]) -> None:
    rows = ({**_row(levy), "closed": str(levy.closed).lower()} for levy in levies)
    click.echo(rows_as_csv([COLUMNS, *(row.values() for row in rows)], end="\n"), nl=False)


def _print_text(levies: list[Levy]) -> None:
    table = Table(box=None, pad_edge=False)
    for name in COLUMNS:
        table.add_column(name, justify="right" if name in COLUMNS[2:7] else "left", no_wrap=True)
    for levy in levies:
        row = _row(levy)
        table.add_row(*(str(row[name]) for name in COLUMNS[:7]), "yes" if levy.closed else "no")
    Console(width=120 if not Console().is_terminal else None).print(table)
