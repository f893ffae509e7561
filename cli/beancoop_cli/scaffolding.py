"""`beancoop init` and `beancoop activity`: new books, ready to load."""

from __future__ import annotations

import datetime
from pathlib import Path

import click
from beancoop.loading.ledger import Ledger, load_ledger
from beancoop.model.accounts import BEANCOUNTS_OWN, COOP, UNIT, RootNames, parse_account
from beancoop.model.pcmn import BANKS
from beancoop.model.register import read_register
from beancoop.storage import scaffold
from stdnum import iban as ibans

from beancoop_cli.common import FINDINGS, leave, ledger_option, print_findings

start_option = click.option(
    "--start",
    type=click.DateTime(["%Y-%m-%d"]),
    default=lambda: datetime.date.today().isoformat(),  # noqa: DTZ011 - the accountant's own day
    show_default="today",
    help="The first day of the books.",
)
iban_option = click.option("--iban", default=None, help="The IBAN of the bank account.")


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--roots", type=click.Choice(["en", "fr"]), default="en", show_default=True, help="Names of the roots.")
@start_option
@iban_option
def init(folder: Path, roots: str, start: datetime.datetime, iban: str | None) -> None:
    """Create a new cooperative in DIR, ready to load, with one activity, A001.

    Its books are in DIR/ledgers, where the other commands look for them from DIR.
    """
    ledgers = folder / "ledgers"
    names = scaffold.FRENCH if roots == "fr" else BEANCOUNTS_OWN
    _warn_of_wrong_iban(iban)
    try:
        # the IBAN is that of the shared account; the first activity holds a share of it
        scaffold.create_cooperative(ledgers, "A001", scaffold.Settings(start.date(), names, iban))
    except FileExistsError:
        raise click.UsageError(f"{ledgers} is there already; choose another folder.") from None
    except OSError as error:
        raise click.UsageError(f"{ledgers} cannot be created: {error.strerror}.") from None
    click.echo(f"{ledgers / 'main.beancount'} is ready. Next: cd {folder} && beancoop check && beancoop serve")


@click.command()
@click.argument("unit")
@ledger_option
@start_option
@iban_option
@click.option("--trade", default="", help="The activity's public trade name.")
def activity(unit: str, ledger: Path, start: datetime.datetime, iban: str | None, trade: str) -> None:
    """Create the sub-ledger of UNIT, such as A014, beside the cooperative's ledger.

    With --iban it has a bank account of its own; otherwise a share of the cooperative's.
    """
    if UNIT.fullmatch(unit) is None or unit == COOP:
        raise click.UsageError(f"{unit} is not a code for an activity: capital letters, digits and dashes, as in A014.")
    if any(character in trade for character in '"\\\n'):
        raise click.UsageError("A trade name holds no quotes, backslashes or line ends.")
    _warn_of_wrong_iban(iban)
    folder = ledger.parent / "activities" / unit
    loaded = load_ledger(ledger)
    roots = RootNames.of(loaded.options)
    settings = scaffold.Settings(start.date(), roots, iban, trade, _shared_bank(loaded))
    try:
        scaffold.create_activity(folder, settings)
    except FileExistsError:
        raise click.UsageError(f"{folder} is there already; nothing was changed.") from None
    except OSError as error:
        raise click.UsageError(f"{folder} cannot be created: {error.strerror}.") from None
    _confirm(ledger, folder, loaded)


def _shared_bank(loaded: Ledger) -> str:
    """Give the bank account whose shares the units hold: the parent that is open, the one with an IBAN first."""
    opens = read_register(loaded.entries, loaded.options).opens
    parents = [
        ("iban" not in opened.meta, account)
        for account, opened in opens.items()
        if (name := parse_account(account)) and name.unit is None and name.chapter == BANKS
    ]
    return min(parents)[1].rpartition(":")[2] if parents else scaffold.SHARED_BANK


def _confirm(ledger: Path, folder: Path, before: Ledger) -> None:
    """Say what was made, and whether the cooperative's ledger takes it in."""
    created = folder / "ledger.beancount"
    after = load_ledger(ledger)
    if str(created.resolve()) not in after.options["include"]:
        click.echo(
            f'{created} is ready, but {ledger} does not include it; add: include "activities/*/ledger.beancount"'
        )
        leave(FINDINGS)
    news = [finding for finding in after.findings if finding not in before.findings]
    print_findings(news)
    click.echo(f"{created} is ready, and part of {ledger}.")
    if news:
        leave(FINDINGS)


def _warn_of_wrong_iban(iban: str | None) -> None:
    """Warn of a slip in an IBAN; the books can be made all the same, and the line corrected."""
    if iban is not None and not all(character.isalnum() or character == " " for character in iban):
        raise click.UsageError(f"{iban} is not an IBAN: letters, digits and blanks.")
    if iban is not None and not ibans.is_valid(iban, check_country=False):
        click.echo(
            f"Warning: {iban} is not a valid IBAN, its check digits do not agree; correct it if it is a slip.", err=True
        )
