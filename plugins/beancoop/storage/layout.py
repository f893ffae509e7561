"""Where the books of each unit are kept (contract, section 3)."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from beancoop.model.accounts import COOP
from beancoop.model.findings import Finding, Refusal
from beancoop.storage.atomic import TEMPORARY
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Collection

    from beancoop.loading.ledger import Ledger
    from beancoop.model.register import Register

ACTIVITIES = "activities"
LEDGER_FILE = "ledger.beancount"
TERMS_FILE = "terms.beancount"
"""What the cooperative decides about an activity."""
CLOSED = "closed"
"""The folder of a sub-ledger that the cooperative's commands write."""
BOOKS, DOCUMENTS = "books", "documents"
"""The folders of a sub-ledger that are the entrepreneur's own."""

NOT_READ = error("BC517", "There is no room here for what is closed: the ledger does not read {folder}; run: {command}")


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
    return folder.parent / DOCUMENTS


def book_to_write(ledger: Ledger, register: Register, unit: str, name: str) -> Path:
    """Give the file *name* among the books of *unit*; where the ledger would not read it, the one that declares it."""
    if path := book(ledger, register, unit, name):
        return path
    activity = register.activities.get(unit)
    return Path(activity.entry.meta["filename"]) if activity else ledger.path


def closed_file(ledger: Ledger, register: Register, unit: str, name: str) -> Path:
    """Give the file *name* among what the cooperative's commands write in the books of *unit*.

    An activity's is in `closed/` beside the file that declares it, the structure's in `coop/`; where the activity is
    declared in the cooperative's ledger itself, that one.

    Raises:
        Refusal: the ledger reads no file of that folder, and so would not read this one.

    """
    if unit == COOP:
        return book_to_write(ledger, register, COOP, name)
    declared = declaring(register, unit)
    if declared == ledger.path:
        return declared
    folder = declared.parent / CLOSED
    if folder not in ledger.folders:
        why = NOT_READ(folder=f"{CLOSED}/*.beancount", command="beancoop check --fix-layout")
        raise Refusal(why, [Finding.at(register.activities[unit].entry, why)])
    return folder / name


def home_of(name: str, folders: Collection[str]) -> str | None:
    """Give the one of some *folders*, absolute as the file is, in which a file stands, however deep."""
    folder = os.path.dirname(name)  # noqa: PTH120 - thousands of names are asked for
    while folder not in folders:
        above = os.path.dirname(folder)  # noqa: PTH120
        if above == folder:
            return None
        folder = above
    return folder


def declaring(register: Register, unit: str) -> Path:
    """Give the file that declares an activity: the `terms.beancount` of its folder, where it has one of its own."""
    return Path(register.activities[unit].entry.meta["filename"])


def ledger_of(ledger: Ledger, register: Register, unit: str) -> Path:
    """Give the file that opens and closes the accounts of an activity: `ledger.beancount` beside the one above."""
    declared = declaring(register, unit)
    beside = declared.with_name(LEDGER_FILE)
    return beside if beside in ledger.files else declared


def _folder(ledger: Ledger, register: Register, unit: str) -> Path | None:
    if unit == COOP:
        return ledger.path.parent / "coop"
    activity = register.activities.get(unit)
    return Path(activity.entry.meta["filename"]).parent / BOOKS if activity else None


_LEFT_ALONE = re.compile(
    r"\.gitkeep|\.DS_Store"
    r"|\.~lock\..+#|\..+\.sw[a-p]"  # what LibreOffice and Vim lay beside an open file
    rf"|{TEMPORARY}"
)


def is_left_alone(path: Path) -> bool:
    """Say whether *path* is named as a hidden file that editors and file managers make, and that nothing reads."""
    return _LEFT_ALONE.fullmatch(path.name) is not None


def sub_ledgers(main: Path) -> list[Path]:
    """Give the folder of each sub-ledger of the cooperative whose ledger is *main*, in order.

    Where *main* is itself the ledger of a sub-ledger, that is the one.
    """
    folder = main.absolute().parent
    if main.name == LEDGER_FILE and folder.parent.name == ACTIVITIES:
        return [main.parent]
    activities = main.parent / ACTIVITIES
    return sorted(path for path in activities.iterdir() if not is_left_alone(path)) if activities.is_dir() else []
