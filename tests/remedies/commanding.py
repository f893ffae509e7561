"""Give a command that is refused, do what its message says, and give it again."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.findings import Finding
from beancoop_cli.main import main
from click.testing import CliRunner
from remedies.doing import named

if TYPE_CHECKING:
    from collections.abc import Callable

LEDGERS = Path("ledgers")
MAIN, COOP, ACCOUNTS = LEDGERS / "main.beancount", LEDGERS / "coop/2026.beancount", LEDGERS / "coop/accounts.beancount"
A001 = LEDGERS / "activities/A001"
BOOK, OWN, TERMS = A001 / "books/2026.beancount", A001 / "ledger.beancount", A001 / "terms.beancount"
LATER = ("--today", "2026-09-30")
EXIT = ("exit", "A001", "--outcome", "stopped", "--date", "2026-06-30")


class Trial(NamedTuple):
    """A command that is refused, and what its message says to do.

    Attributes:
        code: the code of the refusal.
        command: what is asked for.
        then: does what the message says, and gives the command to be given then; None for the same again.
        lay: what makes it wrong, where it is not the command itself.

    """

    code: str
    command: tuple[str, ...]
    then: Callable[[str], tuple[str, ...] | None]
    lay: Callable[[], object] = lambda: None


def run(*arguments: str):
    result = CliRunner().invoke(main, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def done(*arguments: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 0, result.output


def said(pattern: str, message: str) -> str:
    return named(pattern, Finding("", 0, message))


def again(command: tuple[str, ...], old: str, new: str = "", pattern: str = ""):
    """Give the command once more, with *new*, or what the message says, in place of *old*."""
    return lambda message: tuple(
        said(pattern, message) if one == old and pattern else new if one == old else one for one in command
    )


def more(command: tuple[str, ...], *options: str):
    """Give the command once more, with options that the message names."""

    def then(message: str) -> tuple[str, ...]:
        assert all(option in message for option in options if option.startswith("--")), message
        return (*command, *options)

    return then


def run_it(pattern: str = r"(beancoop [^\n]*?) \["):
    """Give the command that the message writes out, and then the first one again."""

    def then(message: str) -> None:
        done(*shlex.split(said(pattern, message))[1:])

    return then


def instead(pattern: str):
    """Give the command that the message writes out, in place of the first one."""
    return lambda message: tuple(shlex.split(said(pattern, message))[1:])


def append(file: Path, text: str):
    def lay() -> None:
        with file.open("a") as opened:
            opened.write(f"\n{text}")

    return lay


def replace(file: Path, old: str, new: str):
    def lay(*_: object) -> None:
        text = file.read_text()
        assert old in text, (file, old)
        file.write_text(text.replace(old, new))

    return lay


def numbered() -> None:
    """Write the enterprise number."""
    replace(MAIN, '; enterprise: "0xxxxxxxxx"', 'enterprise: "0999888767"')()


def both(*steps):
    return lambda *_: [step() for step in steps][-1] and None


def closed(*months: str):
    return lambda: [done("close", month, *LATER) for month in months]


def line_from(pattern: str, file: Path, first: bool = False):
    """Write the line that the message gives into a file."""

    def then(message: str) -> None:
        text, line = file.read_text(), said(pattern, message)
        file.write_text(f"{line}\n{text}" if first else f"{text}\n{line}\n")

    return then


def try_it(trial: Trial) -> None:
    """See the refusal, do what it says, and see that nothing is refused any more."""
    trial.lay()
    refused = run(*trial.command)
    told = set(re.findall(r"\[(BC\d+)\]", refused.output))
    assert (refused.exit_code in {0, 1, 2}, trial.code in told) == (True, True), refused.output[:500]
    line = next(line for line in " ".join(refused.output.split(" \n")).splitlines() if f"[{trial.code}]" in line)
    wanted = trial.then(line) or trial.command
    result = run(*wanted)
    assert result.exit_code == 0, (wanted, result.output[:500])
    assert not re.search(r"\[BC", result.stderr), result.stderr[:500]
