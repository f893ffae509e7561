"""What the commands share: their ledger, their output and their exit statuses."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from beancoop.model.accounts import COOP
from beancoop.model.findings import Refusal
from beancoop.model.register import read_register
from beancoop.words.language import mark
from beancoop.words.messages import error, phrase, plain
from beancoop.words.system import reason

from beancoop_cli.speaking import option

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import NoReturn

    from beancoop.loading.ledger import Ledger
    from beancoop.model.findings import Finding
    from beancoop.words.messages import Text

FINDINGS = 1
"""Exit status of a command that has something to report; misuse gives 2, as click does."""

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


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise click.BadParameter(NO_LEDGER(ledger=path))
    return path


def check_unit(ledger: Ledger, unit: str) -> None:
    """Refuse a unit that is no activity of *ledger*.

    Raises:
        click.UsageError: it is the structure itself, or unknown.

    """
    activities = read_register(ledger.entries, ledger.options).activities
    if unit == COOP:
        raise click.UsageError(THE_STRUCTURE(unit=COOP))
    if not activities:
        raise click.UsageError(NO_ACTIVITIES(ledger=ledger.path, unit=unit))
    if unit not in activities:
        raise click.UsageError(NO_ACTIVITY(ledger=ledger.path, unit=unit, known=[*activities]))


def print_findings(findings: Iterable[Finding], style: str = "text", *, err: bool = True) -> None:
    """Print findings as an accountant, a program or a forge reads them.

    text: one `file:line: message [code]` a line, on standard error unless told otherwise. json: a list of objects, on
    standard output. github: workflow commands, on standard output, which the forge shows at the line of the change,
    under the code.
    """
    if style == "json":
        click.echo(json.dumps([fields(finding) for finding in findings], ensure_ascii=False, indent=2))
    elif style == "github":
        for finding in findings:
            click.echo(_workflow_command(finding))
    else:
        for finding in findings:
            click.echo(finding._replace(file=relative(finding.file)), err=err)


def fields(finding: Finding) -> dict[str, str | int]:
    """Give a finding as a program reads it: the code apart from the message."""
    return {"file": finding.file, "line": finding.line, "code": finding.code, "message": plain(finding.message)}


def _workflow_command(finding: Finding) -> str:
    """Write a finding as a forge's workflow command (GitHub, "Workflow commands", setting an error message)."""
    title = f",title={finding.code}" if finding.code else ""
    place = f"file={_escaped(relative(finding.file), ',:')},line={max(finding.line, 1)}{title}"
    return f"::error {place}::{_escaped(plain(finding.message))}"


def relative(file: str) -> str:
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


@contextmanager
def refusals_told(outcome: Text | None = None) -> Iterator[None]:
    """Tell why what was asked for is not done, and leave with the status of findings.

    Args:
        outcome: the sentence that says what is not done, told first.

    """
    try:
        yield
    except Refusal as refused:
        print_findings(refused.findings)
        why = str(refused)
    except (OSError, UnicodeDecodeError) as failed:
        why = reason(failed)
    else:
        return
    click.echo(f"{outcome} {why}" if outcome else why, err=True)
    leave(FINDINGS)


def leave(status: int) -> NoReturn:
    """End the program with *status*."""
    sys.exit(status)
