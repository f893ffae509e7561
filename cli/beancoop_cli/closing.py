"""`beancoop close`: a month's levies written as text, and every unit's books sealed."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import click
from beancoop.closing.checklist import checklist
from beancoop.closing.close import CannotCloseError, close_month, plan_closing
from beancoop.loading.ledger import load_ledger
from beancoop.model.months import Month
from beancoop.storage.atomic import ConflictError
from beancoop.storage.printing import as_text
from rich.console import Console

from beancoop_cli.common import FINDINGS, leave, ledger_option, print_findings

if TYPE_CHECKING:
    from pathlib import Path

    from beancoop.closing.close import UnitClosing


def _month(_context: click.Context, _parameter: click.Parameter, text: str) -> Month:
    month = Month.parse(text)
    if month is None:
        message = f"{text} is not a month; write it as in 2026-03."
        raise click.BadParameter(message)
    return month


@click.command()
@click.argument("month", callback=_month)
@ledger_option
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    default=lambda: datetime.date.today().isoformat(),  # noqa: DTZ011 - the accountant's own day
    show_default="today",
    help="The day on which the month must be over.",
)
@click.option("--dry-run", is_flag=True, help="Show the checklist and what would be written; write nothing.")
def close(month: Month, ledger: Path, today: datetime.datetime, *, dry_run: bool) -> None:
    """Close MONTH, such as 2026-03: write its contributions, and seal the books of every unit.

    All of it, or nothing. A closed month stays as it is: a mistake in it is corrected by a new entry in an open month.
    """
    try:
        if dry_run:
            closings = _rehearse(ledger, month, today.date())
        else:
            with Console(stderr=True).status(f"Closing {month}: loading, writing, loading again ..."):
                closings = close_month(ledger, month, today.date())
    except CannotCloseError as refused:
        print_findings(refused.findings)
        click.echo(f"{month} is not closed. {refused}", err=True)
        leave(FINDINGS)
    except (ConflictError, OSError, UnicodeDecodeError) as error:
        click.echo(f"{month} is not closed. {error}", err=True)
        leave(FINDINGS)
    verb = "would be" if dry_run else "is"
    levies = sum(len(closing.entries) - 1 for closing in closings)
    click.echo(f"{month} {verb} closed: {len(closings)} seals and {levies} entries written.")


def _rehearse(path: Path, month: Month, today: datetime.date) -> list[UnitClosing]:
    """Show the checklist, and what the closing would write."""
    ledger = load_ledger(path)
    for finding in checklist(ledger, month):
        click.echo(f"To look at: {finding}")
    closings = plan_closing(ledger, month, today)
    for closing in closings:
        click.echo(f"\n; {closing.path}")
        for entry in closing.entries:
            click.echo(as_text(entry))
    return closings
