"""Where the books of each unit are kept (contract, section 3)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from beancoop.model.accounts import COOP
from beancoop.storage.atomic import TEMPORARY

if TYPE_CHECKING:
    from beancoop.loading.ledger import Ledger
    from beancoop.model.register import Register


def book(ledger: Ledger, register: Register, unit: str, name: str) -> Path | None:
    """Give the file *name* among the books of *unit*, whether or not it exists yet.

    An activity's books are in `books/` beside the file that declares it, the structure's in `coop/` beside the main
    ledger. None where the ledger reads no file of that folder, and so would not read this one.
    """
    folder = _folder(ledger, register, unit)
    return folder / name if folder in ledger.folders else None


def documents(ledger: Ledger, register: Register, unit: str) -> Path:
    """Give the folder of the supporting documents of *unit*, whether or not it exists yet: that of its books' sibling.

    An activity's is beside the file that declares it, the structure's in `coop/`.
    """
    folder = _folder(ledger, register, unit)
    if folder is None or unit == COOP:
        return ledger.path.parent / "coop" / "documents"
    return folder.parent / "documents"


def book_to_write(ledger: Ledger, register: Register, unit: str, name: str) -> Path:
    """Give the file *name* among the books of *unit*; where the ledger would not read it, the one that declares it."""
    if path := book(ledger, register, unit, name):
        return path
    activity = register.activities.get(unit)
    return Path(activity.entry.meta["filename"]) if activity else ledger.path


CLOSED = "closed"
"""The folder of a sub-ledger that the cooperative's commands write."""


def closed_file(ledger: Ledger, register: Register, unit: str, name: str) -> Path | None:
    """Give the file *name* among what the cooperative's commands write in the books of *unit*.

    An activity's is in `closed/` beside the file that declares it, the structure's in `coop/`; of a ledger in one file,
    that one. None where the ledger does not read that folder.
    """
    if unit == COOP:
        return book_to_write(ledger, register, COOP, name)
    declared = Path(register.activities[unit].entry.meta["filename"])
    if declared == ledger.path:
        return declared
    folder = declared.parent / CLOSED
    return folder / name if folder in ledger.folders else None


def _folder(ledger: Ledger, register: Register, unit: str) -> Path | None:
    if unit == COOP:
        return ledger.path.parent / "coop"
    activity = register.activities.get(unit)
    return Path(activity.entry.meta["filename"]).parent / "books" if activity else None


_LEFT_ALONE = re.compile(
    r"\.gitkeep|\.DS_Store"
    r"|\.~lock\..+#|\..+\.sw[a-p]"  # what LibreOffice and Vim lay beside an open file
    rf"|{TEMPORARY}"
)


def is_left_alone(path: Path) -> bool:
    """Say whether *path* is named as a hidden file that editors and file managers make, and that nothing reads."""
    return _LEFT_ALONE.fullmatch(path.name) is not None


ACTIVITIES = "activities"


LEDGER_FILE = "ledger.beancount"


def sub_ledgers(main: Path) -> list[Path]:
    """Give the folder of each sub-ledger of the cooperative whose ledger is *main*, in order.

    Where *main* is itself the ledger of a sub-ledger, that is the one.
    """
    folder = main.absolute().parent
    if main.name == LEDGER_FILE and folder.parent.name == ACTIVITIES:
        return [main.parent]
    activities = main.parent / ACTIVITIES
    return sorted(path for path in activities.iterdir() if not is_left_alone(path)) if activities.is_dir() else []
