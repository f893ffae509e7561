"""`beancoop open-books`: the balances of the programme used before, for review or written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from beancoop import RULES
from beancoop.opening.open_books import Asked, plan_opening, write_opening
from beancoop.storage.printing import as_text
from beancoop.words.language import mark
from beancoop.words.messages import phrase

from beancoop_cli.common import ledger_option
from beancoop_cli.purposes import PURPOSES
from beancoop_cli.reading import read_ledger
from beancoop_cli.speaking import argument, command, option
from beancoop_cli.telling import refusals_told, relative

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from beancoop.storage.commit import Writing

NOT_OPENED = phrase("No books are opened.")
OPENED = phrase("The books of {units} are open: {files}.")
WOULD_BE_OPENED = phrase("The books of {units} would be open: {files}.")
NOT_YET = phrase("Nothing is written yet; look at it, then add --write.")


@command("open-books", help=PURPOSES["open-books"])
@argument("file", metavar=mark("FILE"), type=click.Path(path_type=Path))
@option(
    "--date",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    metavar=mark("DATE"),
    help=mark("The day of the opening; the first of each unit's books, where none is named."),
)
@option("--unit", metavar=mark("UNIT"), default=None, help=mark("The only unit to open; its lines need not name it."))
@ledger_option
@option("--write", is_flag=True, help=mark("Write it, instead of showing it."))
def open_books(file: Path, day: datetime.datetime | None, unit: str | None, ledger: Path, *, write: bool) -> None:
    """Write the opening, or show what would be written."""
    asked = Asked(file, day.date() if day else None, unit)
    with refusals_told(NOT_OPENED()):
        writings = write_opening(ledger, asked, RULES) if write else plan_opening(read_ledger(ledger), asked, RULES)
    if not write:
        _show(writings)
    units = list(dict.fromkeys(writing.unit for writing in writings))
    files = list(dict.fromkeys(relative(str(writing.path)) for writing in writings))
    click.echo((OPENED if write else WOULD_BE_OPENED)(units=units, files=files))
    if not write:
        click.echo(NOT_YET())


def _show(writings: Sequence[Writing]) -> None:
    for writing in writings:
        click.echo(f"; {relative(str(writing.path))}\n")
        for entry in writing.entries:
            click.echo(as_text(entry))
