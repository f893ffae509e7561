"""`beancoop close`: a month's levies written as text, or a year settled, and every unit's books sealed."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, cast

import click
from beancoop import RULES
from beancoop.closing import sealing
from beancoop.closing.anchor import anchor_of
from beancoop.closing.checklist import checklist
from beancoop.closing.close import plan_closing
from beancoop.model.months import Month
from beancoop.model.periods import parse_year
from beancoop.model.seals import levied_in
from beancoop.storage.printing import as_text
from beancoop.words.language import mark
from beancoop.words.messages import error, phrase

from beancoop_cli.common import day_option, ledger_option
from beancoop_cli.progress import status
from beancoop_cli.purposes import PURPOSES
from beancoop_cli.reading import read_ledger
from beancoop_cli.speaking import argument, command, option
from beancoop_cli.telling import refusals_told

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from beancoop.closing.sealing import Plan
    from beancoop.loading.ledger import Ledger
    from beancoop.model.findings import Finding
    from beancoop.storage.commit import Writing
    from beancount.core import data


TO_COME = error("BC998", "{day} is still to come: it is {clock} by the clock. Correct --today, or add --force.")
NOT_A_PERIOD = error("BC897", "{text} is neither a month, as in 2026-03, nor a financial year, as in 2026.")
NOT_CLOSED = phrase("{month} is not closed.")
CLOSING = phrase("Closing {month}: loading, writing, loading again ...")
CLOSED = phrase("{month} is closed; seals written: {seals}, entries written: {entries}.")
WOULD_BE_CLOSED = phrase("{month} would be closed; seals to write: {seals}, entries to write: {entries}.")
LEVIED_IN = phrase("What settles {year} changes the contribution in {month}.")
PROPOSED = phrase("Entries that would say so, for the books of each unit; nothing of it is written:")
TO_LOOK_AT = phrase("To look at:")


def _period(_context: click.Context, _parameter: click.Parameter, text: str) -> Month | int:
    period = Month.parse(text) or parse_year(text)
    if period is None:
        raise click.BadParameter(NOT_A_PERIOD(text=text))
    return period


@command(help=PURPOSES["close"])
@argument("period", metavar=mark("PERIOD"), callback=_period)
@ledger_option
@day_option("--today", mark("The day on which the period must be over; today, where none is named."))
@option("--force", is_flag=True, help=mark("Believe a day that is still to come."))
@option("--dry-run", is_flag=True, help=mark("Show the checklist and what would be written; write nothing."))
def close(period: Month | int, ledger: Path, today: datetime.datetime, *, force: bool, dry_run: bool) -> None:
    """Close it, or show how it would be closed."""
    name = str(period)
    clock = datetime.date.today()  # noqa: DTZ011 - the accountant's own day
    if today.date() > clock and not force:
        raise click.UsageError(TO_COME(day=today.date(), clock=clock))
    plan = _plan(period, today.date())
    with refusals_told(NOT_CLOSED(month=name)):
        if dry_run:
            closings = _rehearse(ledger, period, plan)
        else:
            with status(CLOSING(month=name)):
                closings = sealing.close(ledger, plan)
    levies = sum(len(closing.entries) - 1 for closing in closings)
    done = WOULD_BE_CLOSED if dry_run else CLOSED
    click.echo(done(month=name, seals=len(closings), entries=levies))
    seal = cast("data.Custom", closings[-1].entries[-1])
    if not isinstance(period, Month):
        click.echo(LEVIED_IN(year=name, month=levied_in(seal)))
    if not dry_run:
        click.echo(anchor_of(period, seal))


def _plan(period: Month | int, today: datetime.date) -> Plan:
    if isinstance(period, Month):
        return lambda ledger: plan_closing(ledger, period, today)
    from beancoop.year.close import plan_year_closing  # noqa: PLC0415 - eleven closings of twelve need no year

    return lambda ledger: plan_year_closing(ledger, period, today)


def _show(found: Sequence[Finding]) -> None:
    for finding in found:
        click.echo(f"{TO_LOOK_AT()} {finding}")


def _show_year(ledger: Ledger, year: int) -> None:
    """Show the checklist of a year, and the entries that its books may want: nobody writes them unasked."""
    from beancoop.books.books import Books  # noqa: PLC0415 - of a year alone, as below
    from beancoop.year.checklist import year_checklist  # noqa: PLC0415
    from beancoop.year.proposals import proposals  # noqa: PLC0415

    books = Books(ledger)
    _show(year_checklist(books, year))
    proposed = list(proposals(books, year))
    if proposed:
        click.echo(f"\n; {PROPOSED()}")
    for entry in proposed:
        click.echo(f"\n{as_text(entry)}".rstrip())


def _rehearse(path: Path, period: Month | int, plan: Plan) -> list[Writing]:
    """Show the checklist, and what the closing would write."""
    ledger = read_ledger(path)
    if isinstance(period, Month):
        _show(checklist(ledger, period))
    else:
        _show_year(ledger, period)
    closings = sealing.rehearse(ledger, plan, RULES)
    for closing in closings:
        click.echo(f"\n; {closing.path}")
        for entry in closing.entries:
            click.echo(as_text(entry))
    return closings
