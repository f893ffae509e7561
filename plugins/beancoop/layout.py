"""Where the books of each unit are kept (contract, section 3)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from beancoop.accounts import COOP
from beancoop.atomic import Change, read_text
from beancoop.text import as_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beancount.core.data import Directive

    from beancoop.accounts import RootNames
    from beancoop.ledger import Ledger
    from beancoop.register import Register


def book(ledger: Ledger, register: Register, unit: str, name: str) -> Path | None:
    """Give the file *name* among the books of *unit*, whether or not it exists yet.

    An activity's books are in `books/` beside the file that declares it, the structure's in `coop/` beside the main
    ledger. None where the ledger reads no file of that folder, and so would not read this one.
    """
    folder = _folder(ledger, register, unit)
    return folder / name if folder and any(file.parent == folder for file in ledger.files) else None


def book_to_write(ledger: Ledger, register: Register, unit: str, name: str) -> Path:
    """Give the file *name* among the books of *unit*; where the ledger would not read it, the one that declares it."""
    if path := book(ledger, register, unit, name):
        return path
    activity = register.activities.get(unit)
    return Path(activity.entry.meta["filename"]) if activity else ledger.path


def addition(path: Path, title: str, entries: Iterable[Directive], roots: RootNames) -> Change:
    """Give the change that writes *entries* at the end of the file at *path*; a new one begins with *title*.

    Raises:
        OSError: the file cannot be read.

    """
    before = read_text(path)
    if before is None:
        text = "".join(f"{line}\n" for line in (f"; {title}", *roots.option_lines()))
    else:
        text = before if before.endswith("\n") or not before else f"{before}\n"
    return Change(path, before, text + "".join(f"\n{as_text(entry)}" for entry in entries))


def _folder(ledger: Ledger, register: Register, unit: str) -> Path | None:
    if unit == COOP:
        return ledger.path.parent / "coop"
    activity = register.activities.get(unit)
    return Path(activity.entry.meta["filename"]).parent / "books" if activity else None
