"""`beancoop close`: a month's levies written as text, and every unit's books sealed."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, cast

import click
from beancoop import RULES
from beancoop.closing.anchor import anchor_of
from beancoop.closing.checklist import checklist
from beancoop.closing.close import close_month, rehearse_closing
from beancoop.loading.ledger import load_ledger
from beancoop.model.months import Month
from beancoop.storage.printing import as_text
from beancoop.words.language import mark
from beancoop.words.messages import error, phrase
from rich.console import Console

from beancoop_cli.common import NOT_A_MONTH, ledger_option
from beancoop_cli.speaking import argument, command, option
from beancoop_cli.telling import refusals_told

if TYPE_CHECKING:
    from pathlib import Path

    from beancoop.storage.commit import Writing
    from beancount.core import data


TO_COME = error("BC998", "{day} is still to come: it is {clock} by the clock. Correct --today, or add --force.")
NOT_CLOSED = phrase("{month} is not closed.")
CLOSING = phrase("Closing {month}: loading, writing, loading again ...")
CLOSED = phrase("{month} is closed; seals written: {seals}, entries written: {entries}.")
WOULD_BE_CLOSED = phrase("{month} would be closed; seals to write: {seals}, entries to write: {entries}.")
TO_LOOK_AT = phrase("To look at:")


def _month(_context: click.Context, _parameter: click.Parameter, text: str) -> Month:
    month = Month.parse(text)
    if month is None:
        raise click.BadParameter(NOT_A_MONTH(text=text))
    return month


@command(
    help=mark(
        "Close MONTH, such as 2026-03: write its contributions, and seal the books of every unit.\n\n"
        "All of it, or nothing. A closed month stays as it is: a mistake in it is corrected by a new entry in an open "
        "month."
    )
)
@argument("month", metavar=mark("MONTH"), callback=_month)
@ledger_option
@option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar=mark("DATE"),
    default=lambda: datetime.date.today().isoformat(),  # noqa: DTZ011 - the accountant's own day
    help=mark("The day on which the month must be over; today, where none is named."),
)
@option("--force", is_flag=True, help=mark("Believe a day that is still to come."))
@option("--dry-run", is_flag=True, help=mark("Show the checklist and what would be written; write nothing."))
def close(month: Month, ledger: Path, today: datetime.datetime, *, force: bool, dry_run: bool) -> None:
    """Close it, or show how it would be closed."""
    name = str(month)
    clock = datetime.date.today()  # noqa: DTZ011 - the accountant's own day
    if today.date() > clock and not force:
        raise click.UsageError(TO_COME(day=today.date(), clock=clock))
    with refusals_told(NOT_CLOSED(month=name)):
        if dry_run:
            closings = _rehearse(ledger, month, today.date())
        else:
            with Console(stderr=True).status(CLOSING(month=name)):
                closings = close_month(ledger, month, today.date())
    levies = sum(len(closing.entries) - 1 for closing in closings)
    done = WOULD_BE_CLOSED if dry_run else CLOSED
    click.echo(done(month=name, seals=len(closings), entries=levies))
    if not dry_run:
        click.echo(anchor_of(month, cast("data.Custom", closings[-1].entries[-1])))


def _rehearse(path: Path, month: Month, today: datetime.date) -> list[Writing]:
    """Show the checklist, and what the closing would write."""
    ledger = load_ledger(path)
    for finding in checklist(ledger, month):
        click.echo(f"{TO_LOOK_AT()} {finding}")
    closings = rehearse_closing(ledger, month, today, RULES)
    for closing in closings:
        click.echo(f"\n; {closing.path}")
        for entry in closing.entries:
            click.echo(as_text(entry))
    return closings
