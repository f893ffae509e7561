"""How a command tells what it found or refuses: for an accountant, a program or a forge, with an exit status."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from beancoop.model.findings import Refusal
from beancoop.words.messages import plain
from beancoop.words.system import reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import NoReturn

    from beancoop.model.findings import Finding
    from beancoop.words.messages import Text

FINDINGS = 1
"""Exit status of a command that has something to report; misuse gives 2, as click does."""


def print_findings(findings: Iterable[Finding], style: str = "text", *, err: bool = True) -> None:
    """Print findings as an accountant, a program or a forge reads them.

    text: one `file:line: message [code]` a line, on standard error unless told otherwise. json: a list of objects, on
    standard output. github: workflow commands, on standard output, which the forge shows at the line of the change,
    under the code.
    """
    if style == "json":
        import json  # noqa: PLC0415 - seldom asked for

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
