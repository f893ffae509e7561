"""`beancoop depreciate`: what fixed assets lose in a year, for review or written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from beancoop import RULES
from beancoop.model.money import ZERO
from beancoop.storage.printing import as_text
from beancoop.words.language import mark
from beancoop.words.messages import phrase
from beancoop.year.depreciation import plan_depreciation, write_depreciation
from beancount.core.amount import Amount

from beancoop_cli.common import day_option, ledger_option
from beancoop_cli.periods import NOT_A_YEAR, YEAR_FORM
from beancoop_cli.purposes import PURPOSES
from beancoop_cli.reading import read_ledger
from beancoop_cli.speaking import argument, command, option
from beancoop_cli.telling import refusals_told, relative

if TYPE_CHECKING:
    import datetime
    from pathlib import Path

    from beancoop.year.depreciation import Depreciation

NOT_WRITTEN_DOWN = phrase("Nothing is written down for {year}.")
NOTHING_DUE = phrase("Nothing is left to write down for {year}.")
WRITTEN_DOWN = phrase(
    "{count} asset is written down by {amount} for {year}.", "{count} assets are written down by {amount} for {year}."
)
WOULD_BE = phrase(
    "{count} asset would be written down by {amount} for {year}.",
    "{count} assets would be written down by {amount} for {year}.",
)
NOT_YET = phrase("Nothing is written yet; look at it, then add --write.")


def _year(_context: click.Context, _parameter: click.Parameter, text: str) -> int:
    if not YEAR_FORM.fullmatch(text):
        raise click.BadParameter(NOT_A_YEAR(text=text))
    return int(text)


@command(help=PURPOSES["depreciate"])
@argument("year", metavar=mark("YEAR"), callback=_year)
@ledger_option
@day_option("--today", mark("The day by which the year must have begun; today, where none is named."))
@option("--write", is_flag=True, help=mark("Write it, instead of showing it."))
def depreciate(year: int, ledger: Path, today: datetime.datetime, *, write: bool) -> None:
    """Write the entries, or show what would be written."""
    with refusals_told(NOT_WRITTEN_DOWN(year=str(year))):
        if write:
            planned = write_depreciation(ledger, year, today.date(), RULES)
        else:
            planned = plan_depreciation(read_ledger(ledger), year, today.date(), RULES)
    if not planned.shares:
        click.echo(NOTHING_DUE(year=str(year)))
        return
    if not write:
        _show(planned)
    amount = Amount(sum((share.amount for share in planned.shares), ZERO), planned.currency)
    done = WRITTEN_DOWN if write else WOULD_BE
    click.echo(done(count=len(planned.shares), amount=amount, year=str(year)))
    if not write:
        click.echo(NOT_YET())


def _show(planned: Depreciation) -> None:
    for path, opened in planned.opens:
        click.echo(f"; {relative(str(path))}\n\n{as_text(opened)}")
    for writing in planned.writings:
        click.echo(f"; {relative(str(writing.path))}\n")
        for entry in writing.entries:
            click.echo(as_text(entry))
