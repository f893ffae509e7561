"""The `beancoop` command."""

from __future__ import annotations

import click
from beancoop.words.language import mark

from beancoop_cli.purposes import PURPOSES
from beancoop_cli.speaking import Deferred, Option, Program

PLACES = {
    "account": "accounts:account",
    "activity": "scaffolding:activity",
    "cache": "caching:cache",
    "check": "check:check",
    "close": "closing:close",
    "contributions": "contributions:contributions",
    "decide": "deciding:decide",
    "depreciate": "depreciating:depreciate",
    "doctor": "doctor:doctor",
    "exit": "leaving:leave_with",
    "export": "exporting:export",
    "gate": "gating:gate",
    "import": "importing:import_statements",
    "init": "scaffolding:init",
    "open-books": "opening:open_books",
    "people": "people:people",
    "query": "querying:query",
    "report": "reporting:report",
    "serve": "serving:serve",
    "vat": "vat:vat",
}
"""Where each command is: its module, which is imported when the command is asked for, and its name there."""


@click.group(cls=Program, help=mark("Keep the books of a coopérative d'activités in plain text."))
@click.version_option(
    package_name="beancoop", message="%(prog)s %(version)s", cls=Option, help=mark("Show the version and exit.")
)
def main() -> None:
    """Run one of the commands."""


for name, place in PLACES.items():
    main.add_command(Deferred(name, f"beancoop_cli.{place}", help=PURPOSES[name]))
