"""Where the books of each unit are kept (contract, section 3)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from beancoop.accounts import COOP

if TYPE_CHECKING:
    from beancoop.ledger import Ledger
    from beancoop.register import Register


def book(ledger: Ledger, register: Register, unit: str, name: str) -> Path | None:
    """Give the file *name* among the books of *unit*, whether or not it exists yet.

    An activity's books are in `books/` beside the file that declares it, the structure's in `coop/` beside the main
    ledger. None where the ledger reads no file of that folder, and so would not read this one.
    """
    folder = _folder(ledger, register, unit)
    return folder / name if folder and any(file.parent == folder for file in ledger.files) else None


def documents(ledger: Ledger, register: Register, unit: str) -> Path:
    """Give the folder of the supporting documents of *unit*, whether or not it exists yet: that of its books' sibling.

    An activity's is beside the file that declares it, the structure's in `coop/`.
    """
    folder = _folder(ledger, register, unit)
    if folder is None or unit == COOP:
        return ledger.path.parent / "coop" / "documents"
    return folder.parent / "documents"


def _folder(ledger: Ledger, register: Register, unit: str) -> Path | None:
    if unit == COOP:
        return ledger.path.parent / "coop"
    activity = register.activities.get(unit)
    return Path(activity.entry.meta["filename"]).parent / "books" if activity else None
