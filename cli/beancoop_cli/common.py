"""What the commands share: their ledger, their output and their exit statuses."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from beancoop.model.accounts import COOP
from beancoop.model.register import read_register

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import NoReturn

    from beancoop.loading.ledger import Ledger
    from beancoop.model.findings import Finding

FINDINGS = 1
"""Exit status of a command that has something to report; misuse gives 2, as click does."""

ledger_option = click.option(
    "--ledger",
    type=click.Path(path_type=Path),
    default=Path("ledgers/main.beancount"),
    show_default=True,
    callback=lambda _context, _parameter, path: _existing(path),
    help="The ledger to work on: the cooperative's, or a sub-ledger alone.",
)


def _existing(path: Path) -> Path:
    if not path.is_file():
        message = f"{path} is not there. Go to the folder of the cooperative, or name its ledger with --ledger."
        raise click.BadParameter(message)
    return path


def check_unit(ledger: Ledger, unit: str) -> None:
    """Refuse a unit that is no activity of *ledger*.

    Raises:
        click.UsageError: it is the structure itself, or unknown.

    """
    activities = read_register(ledger.entries, ledger.options).activities
    if unit == COOP:
        raise click.UsageError(f"{COOP} is the structure itself, which does not leave; name an activity.")
    if unit not in activities:
        known = ", ".join(activities) or "none"
        raise click.UsageError(f"{ledger.path} declares no activity {unit}; it has: {known}.")


def print_findings(findings: Iterable[Finding], style: str = "text", *, err: bool = True) -> None:
    """Print findings as an accountant, a program or a forge reads them.

    text: one `file:line: message` a line, on standard error unless told otherwise. json: a list of objects, on
    standard output. github: workflow commands, on standard output, which the forge shows at the line of the change.
    """
    if style == "json":
        click.echo(json.dumps([finding._asdict() for finding in findings], ensure_ascii=False, indent=2))
    elif style == "github":
        for finding in findings:
            message = _escaped(finding.message)
            place = f"file={_escaped(_relative(finding.file), ',:')},line={max(finding.line, 1)}"
            click.echo(f"::error {place}::{message}")
    else:
        for finding in findings:
            click.echo(finding._replace(file=_relative(finding.file)), err=err)


def _relative(file: str) -> str:
    """Name a file from here where it lies below."""
    try:
        return str(Path(file).relative_to(Path.cwd()))
    except ValueError:
        return file


def _escaped(text: str, also: str = "") -> str:
    """Escape what ends a property or a message in a workflow command."""
    for character in "%\r\n" + also:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def leave(status: int) -> NoReturn:
    """End the program with *status*."""
    sys.exit(status)
