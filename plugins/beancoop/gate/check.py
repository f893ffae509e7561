"""The gate: what a sub-ledger may hold, judged before anything of it is executed.

Loading a ledger runs the plugins it names, follows its includes wherever they lead, and a division by zero in an
amount ends the process. So the files are looked at first (`gate.files`), and their text is then parsed, without being
loaded, in a child process with limits (`gate.child`), against a list of what is allowed: the unit's own accounts and
directives, includes inside its own folder, and the options and the one plugin of the scaffold.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from beancoop.gate import child
from beancoop.gate.files import survey
from beancoop.gate.forked import run_forked
from beancoop.gate.places import NO_TERMS, TERMS
from beancoop.model.accounts import COOP, is_unit
from beancoop.model.findings import Finding, in_order
from beancoop.storage.layout import LEDGER_FILE
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from beancoop.gate.child import Request
    from beancoop.words.messages import Text

NO_LEDGER = error("BC651", "A sub-ledger needs a file {file}; add it.")
NO_FOLDER = error("BC652", "Only the folders of sub-ledgers belong here; take {name} away.")
NO_UNIT = error("BC653", "A sub-ledger's folder has the code of its activity for a name, as in A014; take {name} away.")
ENDS_THE_PROGRAM = error(
    "BC654", "Reading this file ends the program (status {status}); take out what Beancount cannot read."
)
TAKES_TOO_LONG = error("BC655", "Reading this file takes too long; take out what Beancount cannot read.")
NOT_READ = error("BC656", "This file was not read, since others ended the program; correct those first.")

SECONDS_A_CHILD = 15
"""Beyond what its limits allow it for a file, and a second for each file."""

MOST_FAILURES = 5
"""Children that may fail: with more, the proposal is not a slip, and what it costs to read it must end."""

_KEPT_VARIABLES = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""What the interpreter may need to start. The rest of the environment may hold secrets, and is kept from the child."""


def check_gate(folders: Iterable[Path], *, forked: bool = False) -> list[Finding]:
    """Judge the files and the text of each sub-ledger *folder*, named after its unit; nothing of it is loaded or run.

    Args:
        folders: those of the sub-ledgers.
        forked: whether the child is to be a copy of this process, which has one thread (see `gate.forked`).

    Returns:
        What must change before the sub-ledgers may be loaded, by file and line; nothing where they may.

    """
    findings: list[Finding] = []
    books: list[tuple[Path, Path]] = []
    for folder in folders:
        if refusal := _judge_folder(folder):
            findings.append(refusal)
            continue
        found, files = survey(folder)
        findings += found
        books += [(folder, file) for file in files]
        if folder / LEDGER_FILE not in files:
            findings.append(Finding(str(folder), 0, NO_LEDGER(file=LEDGER_FILE)))
        if folder / TERMS not in files:
            findings.append(Finding(str(folder), 0, NO_TERMS()))
    return in_order([*findings, *_read(books, forked=forked)])


def _judge_folder(folder: Path) -> Finding | None:
    """Refuse what is no folder of an activity: its name says whose accounts it may hold."""
    if folder.is_symlink() or not folder.is_dir():
        template = NO_FOLDER
    elif not is_unit(folder.absolute().name) or folder.absolute().name == COOP:
        template = NO_UNIT
    else:
        return None
    return Finding(str(folder.parent), 0, template(name=ascii(folder.name)))


def _read(books: list[tuple[Path, Path]], *, forked: bool) -> Iterator[Finding]:
    """Have the files read by one child; where one of them ends it, that file is refused and another child goes on."""
    for _ in range(MOST_FAILURES):
        if not books:
            return
        answers, failure = _run_child(books, forked=forked)
        for (_, path), answer in zip(books, answers, strict=False):
            yield from (Finding(str(path), line, message) for line, message in answer)
        books = books[len(answers) :]
        if books:
            yield Finding(str(books[0][1]), 0, failure)
            books = books[1:]
    for _, path in books:
        yield Finding(str(path), 0, NOT_READ())


def _run_child(books: list[tuple[Path, Path]], *, forked: bool) -> tuple[list[list[tuple[int, str]]], Text]:
    """Give what the child found in each file that it read to the end, and how it failed if it did."""
    run = run_forked if forked else _run_afresh
    printed, status = run([(str(folder), str(path)) for folder, path in books], SECONDS_A_CHILD + len(books))
    whole_lines = printed.split(b"\n")[:-1]  # what follows the last line end was cut short
    failure = TAKES_TOO_LONG() if status is None else ENDS_THE_PROGRAM(status=status)
    return [child.received(line) for line in whole_lines], failure


def _run_afresh(request: Request, seconds: float) -> tuple[bytes, int | None]:
    """Start a child; give what it printed and the status it ended with, None where it took too long."""
    import subprocess  # noqa: PLC0415 - a copy of this process, which `check` asks for, needs none

    command = [sys.executable, "-I", "-X", "utf8", "-m", child.__name__]
    environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    asked = json.dumps(request).encode()
    try:
        ended = subprocess.run(  # noqa: S603 - our own module
            command, input=asked, capture_output=True, env=environment, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as expired:
        return expired.stdout or b"", None
    return ended.stdout, ended.returncode
