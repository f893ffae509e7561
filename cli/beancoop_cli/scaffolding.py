"""`beancoop init` and `beancoop activity`: new books, ready to load."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from beancoop.model.accounts import BEANCOUNTS_OWN, COOP, UNIT, RootNames, parse_account
from beancoop.model.pcmn import BANKS
from beancoop.model.register import read_register
from beancoop.storage import scaffold
from beancoop.words.language import mark
from beancoop.words.messages import error, phrase
from beancoop.words.system import reason
from beancoop_importers.model.identifiers import belgian_number, belgian_number_holds
from stdnum import iban as ibans

from beancoop_cli.common import day_option, ledger_option
from beancoop_cli.purposes import PURPOSES
from beancoop_cli.reading import read_ledger
from beancoop_cli.speaking import argument, command, option
from beancoop_cli.telling import FINDINGS, leave, print_findings

if TYPE_CHECKING:
    import datetime

    from beancoop.loading.ledger import Ledger

THERE_ALREADY = error("BC953", "{folder} is there already, and nothing in it was changed; choose another name.")
NOT_A_CODE = error("BC954", "{unit} is not a code for an activity: capital letters, digits and dashes, as in A014.")
NOT_A_TRADE_NAME = error("BC955", "A trade name holds no quotes, backslashes or line ends.")
NOT_A_NAME = error("BC996", "A name of a cooperative is not empty, and holds no quotes, backslashes or line ends.")
NOT_AN_ENTERPRISE = error(
    "BC997", "{number} is no Belgian enterprise number: ten digits, the last two of which check the others."
)
NOT_AN_IBAN = error("BC956", "{iban} is not an IBAN: letters, digits and blanks.")
WRONG_IBAN = error(
    "BC957",
    "Warning: {iban} is not a valid IBAN, its check digits do not agree; correct it if it is a slip.",
)
NOT_INCLUDED = error("BC958", "{created} is ready, but {ledger} does not include it; add: {line}")
COOPERATIVE_READY = phrase("{ledger} is ready. Next: {commands}")
ACTIVITY_READY = phrase("{created} is ready, and part of {ledger}.")

start_option = day_option("--start", mark("The first day of the books; today, where none is named."))
iban_option = option("--iban", metavar="IBAN", default=None, help=mark("The IBAN of the bank account."))


@command(help=PURPOSES["init"])
@argument("folder", metavar=mark("FOLDER"), type=click.Path(path_type=Path))
@option("--roots", type=click.Choice(["en", "fr"]), default="en", show_default=True, help=mark("Names of the roots."))
@start_option
@iban_option
@option("--name", metavar=mark("NAME"), default=scaffold.NAME, help=mark("The cooperative's name."))
@option(
    "--enterprise",
    metavar=mark("NUMBER"),
    default="",
    help=mark("The cooperative's enterprise number, by which e-invoices are known as its own."),
)
def init(  # noqa: PLR0913 - one for each option
    folder: Path, roots: str, start: datetime.datetime, *, iban: str | None, name: str, enterprise: str
) -> None:
    """Write the folder."""
    ledgers = folder / "ledgers"
    names = scaffold.FRENCH if roots == "fr" else BEANCOUNTS_OWN
    if not name.strip() or not _is_quotable(name):
        raise click.UsageError(NOT_A_NAME())
    settings = scaffold.Settings(start.date(), names, iban, name=name, enterprise=_digits(enterprise))
    _warn_of_wrong_iban(iban)
    try:
        scaffold.create_cooperative(ledgers, "A001", settings)
        scaffold.create_repository_files(folder)
    except FileExistsError:
        raise click.UsageError(THERE_ALREADY(folder=ledgers)) from None
    except OSError as failed:
        raise click.UsageError(reason(failed)) from None
    commands = f"cd {folder} && beancoop check && beancoop serve"
    click.echo(COOPERATIVE_READY(ledger=ledgers / "main.beancount", commands=commands))


@command(help=PURPOSES["activity"])
@argument("unit", metavar=mark("UNIT"))
@ledger_option
@start_option
@iban_option
@option("--trade", metavar=mark("NAME"), default="", help=mark("The activity's public trade name."))
def activity(unit: str, ledger: Path, start: datetime.datetime, iban: str | None, trade: str) -> None:
    """Write the folder, and see whether the cooperative's ledger takes it in."""
    if UNIT.fullmatch(unit) is None or unit == COOP:
        raise click.UsageError(NOT_A_CODE(unit=unit))
    if not _is_quotable(trade):
        raise click.UsageError(NOT_A_TRADE_NAME())
    _warn_of_wrong_iban(iban)
    folder = ledger.parent / "activities" / unit
    loaded = read_ledger(ledger)
    roots = RootNames.of(loaded.options)
    settings = scaffold.Settings(start.date(), roots, iban, trade, _shared_bank(loaded))
    try:
        scaffold.create_activity(folder, settings)
    except FileExistsError:
        raise click.UsageError(THERE_ALREADY(folder=folder)) from None
    except OSError as failed:
        raise click.UsageError(reason(failed)) from None
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
    after = read_ledger(ledger)
    if str(created.resolve()) not in after.options["include"]:
        line = f'include "{created.relative_to(ledger.parent).as_posix()}"'
        click.echo(NOT_INCLUDED(created=created, ledger=ledger, line=line))
        leave(FINDINGS)
    news = [finding for finding in after.findings if finding not in before.findings]
    print_findings(news)
    click.echo(ACTIVITY_READY(created=created, ledger=ledger))
    if news:
        leave(FINDINGS)


def _is_quotable(text: str) -> bool:
    """Say whether a text can stand in quotes as it is."""
    return not any(character in text for character in '"\\\n')


def _digits(enterprise: str) -> str:
    """Give the ten digits of an enterprise number, however it is written; "" where none is."""
    digits = belgian_number(enterprise)
    if enterprise and not belgian_number_holds(digits):
        raise click.UsageError(NOT_AN_ENTERPRISE(number=enterprise))
    return digits


def _warn_of_wrong_iban(iban: str | None) -> None:
    """Warn of a slip in an IBAN; the books can be made all the same, and the line corrected."""
    if iban is not None and not all(character.isalnum() or character == " " for character in iban):
        raise click.UsageError(NOT_AN_IBAN(iban=iban))
    if iban is not None and not ibans.is_valid(iban, check_country=False):
        click.echo(WRONG_IBAN(iban=iban), err=True)
