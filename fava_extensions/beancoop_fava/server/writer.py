"""What an accountant writes in the browser: judged as the commands judge, and taken back where it must not stand.

Three kinds of files (contract, section 3): everyday books, which are written; what the cooperative decides, which is
written when she has said so; and what only commands write, which is not. Whatever is written, the ledger is loaded
again: what would change a closed month or break the gate is taken back, and what would bring another error is taken
back too, unless she has said that she wants it (two entries that mirror each other in two files are wrong in between).
"""

from __future__ import annotations

import hashlib
import json
import re
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from beancoop.closing.soundness import check_closed
from beancoop.gate.check import check_gate
from beancoop.gate.readable import check_readable
from beancoop.loading.ledger import load_ledger
from beancoop.model.accounts import COOP
from beancoop.model.findings import Refusal, in_order, news
from beancoop.rules.written_amounts import left_out
from beancoop.storage.commit import commit_changes, to_be_written
from beancoop.storage.layout import ACTIVITIES, BOOKS, CLOSED, DOCUMENTS, LEDGER_FILE, sub_ledgers
from beancoop.storage.step import UNDO_FILE
from beancoop.vat.drift import check_returns
from beancoop.vat.preparing import VatDesk
from beancoop.words.messages import error, phrase

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from beancoop.loading.ledger import Ledger
    from beancoop.model.findings import Finding
    from beancoop.storage.step import Change
    from beancoop.words.messages import Template, Text

OF_COMMANDS = error(
    "BC1550", "{file} is written by the commands alone (close, exit, vat file); nothing was written. Undo your change."
)
CLOSED_MONTH = error(
    "BC1551",
    "Nothing was written: a closed month would no longer be as it was closed. Date a correction in an open month.",
)
NOT_ALLOWED = error("BC1552", "Nothing was written: the ledger would hold what it may not, or could not be read.")
LEAVES_FOLDER = error("BC1553", "Nothing was written: the ledger would read {file}, outside its own folder.")
DECIDED = phrase("{file} holds what the cooperative decides, not everyday entries. Change it all the same?")
WORSE = phrase(
    "With this the ledger has {count} finding that it had not. Write it all the same?",
    "With this the ledger has {count} findings that it had not. Write it all the same?",
)

_WRITTEN_BY_COMMANDS = re.compile(r"(contributions|vat|closed|exit)-[0-9]{4}\.beancount")
_MOST_TOLD = 5


class Kind(Enum):
    """How a file of a ledger may be written in the browser."""

    EVERYDAY = "everyday"
    DECIDED = "decided"
    OF_COMMANDS = "of commands"


class QuestionError(Exception):
    """What was asked for is written when the accountant has said so.

    Attributes:
        message: the question, with the findings it is about.
        token: what says yes to this question about this change, and to no other.

    """

    def __init__(self, question: Text, findings: Sequence[Finding], changes: Sequence[Change]) -> None:
        """Ask *question* about *changes*."""
        super().__init__(question)
        self.message = listed(question, findings)
        about = [[str(change.path), str(change.before), str(change.after)] for change in changes]
        asked = [question.inside("en"), about, [each.code for each in findings]]
        self.token = hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def listed(message: str, findings: Sequence[Finding]) -> str:
    """Give a message with the first of the findings it is about, one a line."""
    told = [str(finding) for finding in findings[:_MOST_TOLD]]
    return "\n".join([message, *told, *(["..."] if len(findings) > _MOST_TOLD else [])])


def unit_of(main: Path, file: Path) -> str:
    """Give the unit whose file it is, in the ledger whose main file is *main*: the structure where it is no other's."""
    parts = file.relative_to(main.parent).parts
    if is_alone(main):
        return main.parent.name
    return parts[1] if parts[0] == ACTIVITIES and len(parts) > 2 else COOP  # noqa: PLR2004 - activities/A001/...


def is_alone(main: Path) -> bool:
    """Tell whether *main* is the ledger of one sub-ledger."""
    return main.name == LEDGER_FILE and main.parent.parent.name == ACTIVITIES


def kind_of(main: Path, file: Path) -> Kind:
    """Tell how *file* may be written, in the ledger whose main file is *main*.

    Raises:
        ValueError: it stands outside the ledger's folder.

    """
    parts = file.relative_to(main.parent).parts
    if is_alone(main):
        own = parts
    elif parts[0] == ACTIVITIES:
        own = parts[2:]
    elif _WRITTEN_BY_COMMANDS.fullmatch(file.name):
        return Kind.OF_COMMANDS
    else:
        return Kind.DECIDED if file == main else Kind.EVERYDAY
    if own[0] == CLOSED:
        return Kind.OF_COMMANDS
    return Kind.EVERYDAY if own[0] in {BOOKS, DOCUMENTS} else Kind.DECIDED


class Written(NamedTuple):
    """A file that was written, and the unit whose it is."""

    unit: str
    file: Path


def write(now: Ledger, changes: Sequence[Change], confirmed: Collection[str]) -> list[Written]:
    """Write *changes* to a ledger, as it was loaded *now*; give what was written.

    Args:
        now: the ledger, in which nothing has changed since it was loaded.
        changes: the files; what each held is what it must still hold.
        confirmed: the tokens of the questions that the accountant has said yes to.

    Raises:
        QuestionError: she has to say yes first; nothing is written.
        Refusal: it may not be written; nothing is. A `ConflictError` where somebody else was quicker.
        OSError: a file could not be written; nothing is.

    """
    _refuse_commands_own(now.path, changes)

    def ask(question: Text, findings: Sequence[Finding] = ()) -> None:
        asked = QuestionError(question, findings, changes)
        if asked.token not in confirmed:
            raise asked

    for change in changes:
        if kind_of(now.path, change.path) is Kind.DECIDED:
            ask(DECIDED(file=_named(now.path, change.path)))

    def judge(after: Ledger) -> Sequence[Finding]:
        _refuse(CLOSED_MONTH, news(_closed(now), _closed(after)))
        if found := news(_wrong(now), _wrong(after)):
            ask(WORSE(count=len(found)), found)
        return ()

    with to_be_written(now.path, lambda _path: now):
        commit_changes(now, changes, judge, _load)
    return [Written(unit_of(now.path, change.path), change.path) for change in changes]


def _refuse_commands_own(main: Path, changes: Sequence[Change]) -> None:
    for change in changes:
        if kind_of(main, change.path) is Kind.OF_COMMANDS:
            raise Refusal(OF_COMMANDS(file=_named(main, change.path)))


def _named(main: Path, file: Path) -> str:
    return str(file.relative_to(main.parent))


def _load(path: Path) -> Ledger:
    """Load what was written, once it is known to hold nothing that runs or ends the program."""
    undo = str(path.parent / UNDO_FILE)  # the writer's own, beside the ledger for as long as it writes
    gate = [each for each in check_gate(sub_ledgers(path)) if each.file != undo]
    _refuse(NOT_ALLOWED, gate or check_readable(path))
    after = load_ledger(path)
    for file in sorted(after.files):
        if not file.resolve().is_relative_to(path.parent.resolve()):
            raise Refusal(LEAVES_FOLDER(file=file))
    return after


def _refuse(message: Template, findings: Sequence[Finding]) -> None:
    if findings:
        raise Refusal(message(), findings)


def _closed(ledger: Ledger) -> list[Finding]:
    return check_closed(ledger.entries, ledger.options)


def _wrong(ledger: Ledger) -> list[Finding]:
    """Give what is wrong and may be so for a while: errors, amounts left out, and what differs from filed returns."""
    return in_order([*ledger.findings, *left_out(ledger), *check_returns(VatDesk(ledger))])
