"""`beancoop doctor`: what is missing, on this machine and in these books, each with what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from beancoop.words.language import mark
from beancoop.words.messages import phrase, plain

from beancoop_cli.common import format_option, ledger_option
from beancoop_cli.examining import books, machine, program
from beancoop_cli.examining.patient import Patient
from beancoop_cli.purposes import PURPOSES
from beancoop_cli.speaking import command, option
from beancoop_cli.telling import FINDINGS, leave

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from beancoop_cli.examining.patient import Remark

EXAMINATIONS: tuple[Callable[[Patient], Iterable[Remark]], ...] = (
    program.packages,
    program.pango,
    program.languages,
    machine.clock,
    machine.room,
    machine.permissions,
    machine.secrets,
    machine.cache,
    books.history,
    books.state,
)
"""In the order in which they are told."""

HEALTHY = phrase("Nothing is missing.")
MISSING = phrase("{count} thing to put right.", "{count} things to put right.")
_SIGNS = {True: "ok", False: "!!"}


@command(help=PURPOSES["doctor"])
@ledger_option
@option(
    "--people",
    metavar=mark("FILE"),
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=mark("The file that says who sees which ledger: who may read it, and the passwords beside it?"),
)
@format_option
def doctor(ledger: Path, people: Path | None, style: str) -> None:
    """Examine, and tell."""
    patient = Patient(ledger.absolute(), people)
    remarks = [remark for examine in EXAMINATIONS for remark in examine(patient)]
    wrong = [remark for remark in remarks if not remark.is_fine]
    if style == "json":
        click.echo(json.dumps([_fields(remark) for remark in remarks], ensure_ascii=False, indent=2))
    else:
        for remark in remarks:
            click.echo(f"{_SIGNS[remark.is_fine]}  {remark.text}")
        click.echo(MISSING(count=len(wrong)) if wrong else HEALTHY())
    if wrong:
        leave(FINDINGS)


def _fields(remark: Remark) -> dict[str, str | bool]:
    return {"fine": remark.is_fine, "code": remark.text.code, "message": plain(remark.text)}
