"""`beancoop serve`: the books in a browser, safe to show."""

from __future__ import annotations

from pathlib import Path

import click
from beancoop.words.language import mark
from beancoop_server.app import DEFAULT_BIND, MisuseError, run

from beancoop_cli.common import ledger_option
from beancoop_cli.purposes import PURPOSES
from beancoop_cli.speaking import command, option


@command(help=PURPOSES["serve"])
@ledger_option
@option(
    "--people",
    metavar=mark("FILE"),
    type=click.Path(path_type=Path),
    help=mark("A TOML file that says who sees which ledger; each person then sees her own and nothing else."),
)
@option(
    "--bind",
    metavar=mark("ADDRESS"),
    default=DEFAULT_BIND,
    show_default=True,
    help=mark("ADDRESS:PORT of this machine, or unix:PATH."),
)
@option(
    "--write",
    is_flag=True,
    help=mark(
        "For accountants, without --people one at this machine: the editor, “+” and the import page write, and tell "
        "what they wrote."
    ),
)
def serve(ledger: Path, people: Path | None, bind: str, *, write: bool) -> None:
    """Serve until interrupted."""
    try:
        run(ledger, people_file=people, bind=bind, writes=write)
    except MisuseError as misuse:
        raise click.UsageError(str(misuse)) from None
