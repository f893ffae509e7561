"""`beancoop exit`: the account of an activity settled, for review or written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from beancoop import RULES
from beancoop.leaving.exit import Departure, Leaving, plan_exit, write_exit
from beancoop.model.directives import OUTCOMES
from beancoop.model.money import ZERO
from beancoop.model.pcmn import roots_for
from beancoop.storage.printing import as_text
from beancoop.words.language import mark
from beancoop.words.messages import error, phrase
from beancount.core.amount import Amount

from beancoop_cli.common import check_unit, ledger_option
from beancoop_cli.purposes import PURPOSES
from beancoop_cli.reading import read_ledger
from beancoop_cli.speaking import argument, command, option
from beancoop_cli.telling import print_findings, refusals_told

if TYPE_CHECKING:
    import datetime
    from pathlib import Path

    from beancoop.words.messages import Text


NO_SUCH_ACCOUNT = error(
    "BC935", "{stem} is not an account of class 4, 6 or 7; write its number and label, as in 620-Remunerations."
)
NOT_SETTLED = phrase("{unit} is not settled.")
SETTLED = phrase("{unit} is settled on {day}.")
WOULD_BE_SETTLED = phrase("{unit} would be settled on {day}.")
DUE_TO = phrase("{amount} are due to its entrepreneur.")
DUE_BY = phrase("{amount} are due by its entrepreneur.")
NOTHING_DUE = phrase("Nothing is due to its entrepreneur, or by.")
BEFORE = phrase("To look at before:")
AFTER = phrase("To look at:")
NOT_YET = phrase("Nothing is written yet; look at it, then add --write.")


def _stems(_context: click.Context, _parameter: click.Parameter, stems: tuple[str, ...]) -> tuple[str, ...]:
    for stem in stems:
        number, _, label = stem.partition("-")
        if not (label and number.isdigit() and number[0] in "467" and roots_for(number)):
            raise click.BadParameter(NO_SUCH_ACCOUNT(stem=stem))
    return stems


@command("exit", help=PURPOSES["exit"])
@argument("unit", metavar=mark("UNIT"))
@option("--outcome", type=click.Choice(OUTCOMES), required=True, help=mark("What its entrepreneur leaves for."))
@option(
    "--date",
    "day",
    metavar=mark("DATE"),
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    help=mark("Its last day."),
)
@ledger_option
@option(
    "--account",
    "accounts",
    metavar=mark("ACCOUNT"),
    multiple=True,
    callback=_stems,
    help=mark("Of class 6 or 7, such as 620-Remunerations: what bears the balance due; of class 4: where it is owed."),
)
@option("--write", is_flag=True, help=mark("Write it, instead of showing it."))
def leave_with(  # noqa: PLR0913 - one parameter an option
    unit: str, outcome: str, day: datetime.datetime, ledger: Path, accounts: tuple[str, ...], *, write: bool
) -> None:
    """Write the exit, or show what would be written."""
    leaving = Leaving(unit, day.date(), outcome, accounts)
    loaded = read_ledger(ledger)
    check_unit(loaded, unit)
    with refusals_told(NOT_SETTLED(unit=unit)):
        departure = write_exit(ledger, leaving, RULES) if write else plan_exit(loaded, leaving, RULES)
    if not write:
        _show(departure)
    _tell(departure, unit, written=write)


def _show(departure: Departure) -> None:
    for writing in departure.writings:
        click.echo(f"; {writing.path}\n")
        for entry in writing.entries:
            click.echo(as_text(entry))


def _tell(departure: Departure, unit: str, *, written: bool) -> None:
    if departure.remarks:
        click.echo(AFTER() if written else BEFORE())
        print_findings(departure.remarks, err=False)
    outcome = SETTLED if written else WOULD_BE_SETTLED
    click.echo(f"{outcome(unit=unit, day=departure.day)} {_due(departure.due)}")
    if not written:
        click.echo(NOT_YET())


def _due(due: Amount) -> Text:
    number, currency = due
    if not number:
        return NOTHING_DUE()
    return (DUE_TO if number > ZERO else DUE_BY)(amount=Amount(abs(number), currency))
