"""`beancoop exit`: the account of an activity settled, for review or written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from beancoop import RULES
from beancoop.leaving.exit import CannotLeaveError, Departure, Leaving, plan_exit, write_exit
from beancoop.loading.ledger import load_ledger
from beancoop.model.directives import OUTCOMES
from beancoop.model.money import ZERO
from beancoop.model.pcmn import roots_for
from beancoop.storage.atomic import ConflictError
from beancoop.storage.printing import as_text

from beancoop_cli.common import FINDINGS, check_unit, leave, ledger_option, print_findings

if TYPE_CHECKING:
    import datetime
    from pathlib import Path


def _stems(_context: click.Context, _parameter: click.Parameter, stems: tuple[str, ...]) -> tuple[str, ...]:
    for stem in stems:
        number, _, label = stem.partition("-")
        if not (label and number.isdigit() and number[0] in "467" and roots_for(number)):
            message = (
                f"{stem} is not an account of class 4, 6 or 7; write its number and label, as in 620-Remunerations."
            )
            raise click.BadParameter(message)
    return stems


@click.command("exit")
@click.argument("unit")
@click.option("--outcome", type=click.Choice(OUTCOMES), required=True, help="What its entrepreneur leaves for.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Its last day.")
@ledger_option
@click.option(
    "--account",
    "accounts",
    multiple=True,
    callback=_stems,
    help="Of class 6 or 7, such as 620-Remunerations: what bears the balance due; of class 4: where it is owed.",
)
@click.option("--write", is_flag=True, help="Write it, instead of showing it.")
def leave_with(  # noqa: PLR0913 - one parameter an option
    unit: str, outcome: str, day: datetime.datetime, ledger: Path, accounts: tuple[str, ...], *, write: bool
) -> None:
    """Settle the account of the activity UNIT, which leaves: its exit, and the entries that bring it to zero.

    VAT, treasury and what else it holds pass to the cooperative; the rest is what its entrepreneur is owed, or owes.
    Nothing is written without --write, and nothing at all as long as something is open.
    """
    leaving = Leaving(unit, day.date(), outcome, accounts)
    loaded = load_ledger(ledger)
    check_unit(loaded, unit)
    try:
        departure = write_exit(ledger, leaving, RULES) if write else plan_exit(loaded, leaving, RULES)
    except CannotLeaveError as refused:
        print_findings(refused.findings)
        click.echo(f"{unit} is not settled. {refused}", err=True)
        leave(FINDINGS)
    except (ConflictError, OSError, UnicodeDecodeError) as error:
        click.echo(f"{unit} is not settled. {error}", err=True)
        leave(FINDINGS)
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
        click.echo("To look at before:" if not written else "To look at:")
        print_findings(departure.remarks, err=False)
    verb = "is" if written else "would be"
    number, currency = departure.due
    if number:
        due = f"{abs(number)} {currency} are due {'to' if number > ZERO else 'by'} its entrepreneur"
    else:
        due = "nothing is due to its entrepreneur, or by"
    click.echo(f"{unit} {verb} settled on {departure.day}: {due}.")
    if not written:
        click.echo("Nothing is written yet; look at it, then add --write.")
