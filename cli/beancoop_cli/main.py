"""The `beancoop` command."""

from __future__ import annotations

import click
from beancoop.words.language import mark

from beancoop_cli.accounts import account
from beancoop_cli.check import check
from beancoop_cli.closing import close
from beancoop_cli.contributions import contributions
from beancoop_cli.deciding import decide
from beancoop_cli.depreciating import depreciate
from beancoop_cli.exporting import export
from beancoop_cli.gating import gate
from beancoop_cli.importing import import_statements
from beancoop_cli.leaving import leave_with
from beancoop_cli.opening import open_books
from beancoop_cli.querying import query
from beancoop_cli.reporting import report
from beancoop_cli.scaffolding import activity, init
from beancoop_cli.serving import serve
from beancoop_cli.speaking import Option, Program
from beancoop_cli.vat import vat


@click.group(cls=Program, help=mark("Keep the books of a coopérative d'activités in plain text."))
@click.version_option(
    package_name="beancoop", message="%(prog)s %(version)s", cls=Option, help=mark("Show the version and exit.")
)
def main() -> None:
    """Run one of the commands."""


for command in (
    init,
    activity,
    account,
    check,
    gate,
    close,
    depreciate,
    contributions,
    open_books,
    leave_with,
    export,
    import_statements,
    decide,
    query,
    report,
    serve,
    vat,
):
    main.add_command(command)
