"""`beancoop account`: one more account of a unit, called as the chart of accounts calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from beancoop.model.pcmn.chart import label as label_of
from beancoop.storage.new_account import open_account
from beancoop.words import language as languages
from beancoop.words.language import mark
from beancoop.words.messages import error, phrase

from beancoop_cli.common import ledger_option
from beancoop_cli.purposes import PURPOSES
from beancoop_cli.speaking import argument, command, option
from beancoop_cli.telling import refusals_told

if TYPE_CHECKING:
    import datetime
    from pathlib import Path

NOT_A_NUMBER = error("BC289", "{text} is not a number of the chart of accounts: two to six digits, as in 6150.")
OPENED = phrase("{account} ({label}) is open from {day}, at {place}.")
_LONGEST = 6


def _number(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    if not (text.isascii() and text.isdigit() and 1 < len(text) <= _LONGEST):
        raise click.BadParameter(NOT_A_NUMBER(text=text))
    return text


@command(help=PURPOSES["account"])
@argument("number", metavar=mark("NUMBER"), callback=_number)
@argument("unit", metavar=mark("UNIT"))
@option("--label", metavar=mark("NAME"), default="", help=mark("What it is called, where not as in the chart."))
@option(
    "--date",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    metavar=mark("DATE"),
    help=mark("From when it is open."),
)
@ledger_option
def account(number: str, unit: str, label: str, day: datetime.datetime | None, ledger: Path) -> None:
    """Open it, or say why not."""
    with refusals_told(None):
        opened = open_account(ledger, number, unit, label, day.date() if day else None)
    word = opened.account.split(":")[2].partition("-")[2]
    named = label_of(number, word, languages.current())
    file = ledger.parent / opened.file.relative_to(ledger.absolute().parent)
    click.echo(OPENED(account=opened.account, label=named, day=opened.day, place=f"{file}:{opened.line}"))
