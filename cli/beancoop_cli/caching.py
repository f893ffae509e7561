"""`beancoop cache`: what earlier runs have remembered."""

from __future__ import annotations

import click
from beancoop.loading.cache import clear, held
from beancoop.words.language import mark
from beancoop.words.messages import phrase

from beancoop_cli.purposes import PURPOSES
from beancoop_cli.speaking import command, option

HOLDS = phrase("{folder}: {count} file, {size} kB.", "{folder}: {count} files, {size} kB.")
_KILO = 1000


@command(help=PURPOSES["cache"])
@option("--clear", "take_away", is_flag=True, help=mark("Take it away."))
def cache(*, take_away: bool) -> None:
    """Show it, after it was taken away if so asked."""
    folder, count, size = clear() if take_away else held()
    click.echo(HOLDS(folder=str(folder), count=count, size=-(-size // _KILO)))
