"""What is told an accountant who wrote something that cannot be accepted: findings, errors of a load, refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.beancount_messages import recognised
from beancoop.words.messages import Text, code_of, in_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from beancount.core.data import BeancountError, Directive, Meta


class BeancoopError(NamedTuple):
    """One error of a load, in the shape Beancount, bean-check and Fava expect.

    Attributes:
        source: metadata holding the `filename` and `lineno` of the user's own text.
        message: what is wrong, what was expected and what to do.
        entry: the directive concerned, or None.

    """

    source: Meta
    message: str
    entry: Directive | None

    @property
    def order(self) -> tuple[str, int, str]:
        """What errors are sorted by: file, line and message, whatever the reader's language."""
        return self.source["filename"], self.source["lineno"], in_source(self.message)


class Finding(NamedTuple):
    """Something wrong at a place of the user's own text.

    Attributes:
        file: the file, as the ledger names it.
        line: its line, from 1; 0 where the whole file is meant.
        message: what is wrong, what was expected and what to do.

    """

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        """Write `file:line: message`, on one line."""
        return f"{self.file}:{self.line}: {self.message}"

    @property
    def code(self) -> str:
        """The code of the error; "" for one of Beancount's that has none."""
        return code_of(self.message)

    @property
    def order(self) -> tuple[str, int, str]:
        """What findings are sorted by: file, line and message, whatever the reader's language."""
        return self.file, self.line, in_source(self.message)

    @classmethod
    def at(cls, entry: Directive, message: str) -> Finding:
        """Point at a directive."""
        return cls.where(entry.meta, message)

    @classmethod
    def where(cls, meta: Meta, message: str) -> Finding:
        """Point at what bears metadata: a directive, or one posting of it."""
        return cls(str(meta["filename"]), int(meta["lineno"]), message)

    @classmethod
    def of(cls, error: BeancountError) -> Finding:
        """Take over an error of a load, Beancount's own included."""
        source = error.source or {}
        return cls(str(source.get("filename", "<ledger>")), int(source.get("lineno", 0)), as_told(error.message))


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Give findings by file, line and message, each once, in the same order whatever the reader's language."""
    return sorted(set(findings), key=lambda finding: finding.order)


def news(before: Iterable[Finding], after: Iterable[Finding]) -> list[Finding]:
    """Give what is found now and was not before; lines may have moved, so that files and messages are compared."""
    known = {(finding.file, finding.message) for finding in before}
    return [finding for finding in after if (finding.file, finding.message) not in known]


class Refusal(Exception):  # noqa: N818 - what was asked for is refused; the program did not err
    """What was asked for is not done, and nothing is written; where places are concerned, the findings name them."""

    def __init__(self, message: str, findings: Sequence[Finding] = ()) -> None:
        """Say why in one sentence, and point at the places concerned."""
        super().__init__(message)
        self.message = message
        self.findings = findings


def as_told(message: str) -> str:
    """Give a message as people are to read it: on one line, and one of Beancount's as ours where it is known."""
    if isinstance(message, Text):
        return message
    return recognised(message) or " ".join(message.partition("Traceback (most recent call last)")[0].split())


def place(meta: Meta) -> str:
    """Give `file:line` for a message that points at a second place."""
    return f"{meta['filename']}:{meta['lineno']}"
