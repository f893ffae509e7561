"""What a check tells: one line, a place and a message."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from beancount.core.data import BeancountError


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

    @classmethod
    def of(cls, error: BeancountError) -> Finding:
        """Take over an error of a load, Beancount's own included."""
        source = error.source or {}
        message = " ".join(error.message.partition("Traceback (most recent call last)")[0].split())
        return cls(str(source.get("filename", "<ledger>")), int(source.get("lineno", 0)), message)
