"""What the commands share: their ledger, their output and their exit statuses."""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from beancoop.model.accounts import COOP
from beancoop.words.language import mark
from beancoop.words.messages import error, phrase

from beancoop_cli.speaking import option

if TYPE_CHECKING:
    from collections.abc import Callable

    from beancoop.loading.ledger import Ledger

    Decorated = TypeVar("Decorated", bound=Callable[..., Any])

NO_LEDGER = error(
    "BC920", "{ledger} is not there. Go to the folder of the cooperative, or name its ledger with --ledger."
)
THE_STRUCTURE = error("BC921", "{unit} is the structure itself, which does not leave; name an activity.")
NO_ACTIVITY = error("BC922", "{ledger} declares no activity {unit}; it has: {known}.")
NO_ACTIVITIES = error("BC923", "{ledger} declares no activity at all, and so no {unit}.")
NO_UNIT = error("BC924", "{ledger} declares no unit {unit}; it has {known}.")
NOT_A_MONTH = error("BC925", "{text} is not a month; write it as in 2026-03.")
DOUBTFUL = phrase("The ledger has errors: these figures may be wrong.")

ledger_option = option(
    "--ledger",
    type=click.Path(path_type=Path),
    default=Path("ledgers/main.beancount"),
    show_default=True,
    metavar=mark("FILE"),
    callback=lambda _context, _parameter, path: _existing(path),
    help=mark("The ledger to work on: the cooperative's, or a sub-ledger alone."),
)


format_option = option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help=mark("For a person, or for a program."),
)
findings_option = option(
    "--format",
    "style",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help=mark("For a person, for a program, or for a forge."),
)


def day_option(name: str, purpose: str) -> Callable[[Decorated], Decorated]:
    """Give an option of a day: today, by the accountant's own clock, where none is named."""
    return option(
        name,
        type=click.DateTime(["%Y-%m-%d"]),
        metavar=mark("DATE"),
        default=lambda: datetime.date.today().isoformat(),  # noqa: DTZ011 - the accountant's own day
        help=purpose,
    )


def _existing(path: Path) -> Path:
    """Give the path as Beancount reads it: what goes up again does so by name, whatever a link on the way leads to."""
    named = Path(os.path.normpath(path))
    if not named.is_file():
        raise click.BadParameter(NO_LEDGER(ledger=named))
    return named


def check_unit(ledger: Ledger, unit: str) -> None:
    """Refuse a unit that is no activity of *ledger*.

    Raises:
        click.UsageError: it is the structure itself, or unknown.

    """
    from beancoop.model.register import read_register  # noqa: PLC0415 - whoever has a ledger has it already

    activities = read_register(ledger.entries, ledger.options).activities
    if unit == COOP:
        raise click.UsageError(THE_STRUCTURE(unit=COOP))
    if not activities:
        raise click.UsageError(NO_ACTIVITIES(ledger=ledger.path, unit=unit))
    if unit not in activities:
        raise click.UsageError(NO_ACTIVITY(ledger=ledger.path, unit=unit, known=[*activities]))
