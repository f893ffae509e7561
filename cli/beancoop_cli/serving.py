"""`beancoop serve`: the books in a browser, safe to show."""

from __future__ import annotations

from pathlib import Path

import click
from beancoop_fava.server.app import DEFAULT_BIND, MisuseError, run

from beancoop_cli.common import ledger_option


@click.command()
@ledger_option
@click.option(
    "--people",
    type=click.Path(path_type=Path),
    help="A TOML file that says who sees which ledger; each person then sees her own and nothing else.",
)
@click.option("--bind", default=DEFAULT_BIND, show_default=True, help="ADDRESS:PORT of this machine, or unix:PATH.")
def serve(ledger: Path, people: Path | None, bind: str) -> None:
    """Show the books in Fava, read-only, at http://127.0.0.1:5000.

    With --people, an authenticating proxy in front names the person in a header.
    """
    try:
        run(ledger, people_file=people, bind=bind)
    except MisuseError as error:
        raise click.UsageError(str(error)) from None
