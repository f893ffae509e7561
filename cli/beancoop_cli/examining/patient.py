"""What is examined, and what an examination says."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from beancoop.words.messages import Text


class Patient(NamedTuple):
    """What is examined.

    Attributes:
        ledger: the cooperative's main file, absolute.
        people: the file that says who sees what; None where none is named.

    """

    ledger: Path
    people: Path | None

    @property
    def folder(self) -> Path:
        """The folder of the ledger."""
        return self.ledger.parent


class Remark(NamedTuple):
    """What one examination says: a fact, or, with a code, what is wrong and what to do."""

    text: Text

    @property
    def is_fine(self) -> bool:
        """Whether nothing needs to be done."""
        return not self.text.code
