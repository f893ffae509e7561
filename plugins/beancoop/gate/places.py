"""Who may say what: which directive may stand in which file of a sub-ledger (contract, section 3).

In a folder `activities/A001/`, `books/` and `documents/` are the entrepreneur's, and everything else is the
cooperative's. So a change to `books/` alone can change neither her terms, nor what she was levied, nor what is closed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from beancount.core import data

from beancoop.model import directives as d
from beancoop.model.ownership import touches
from beancoop.model.pcmn import CONTRIBUTION
from beancoop.storage.layout import BOOKS, CLOSED, DOCUMENTS, LEDGER_FILE, TERMS_FILE
from beancoop.words.messages import error

if TYPE_CHECKING:
    from pathlib import Path, PurePath

    from beancoop.words.messages import Text

LEDGER, TERMS, FOLLOW_UP = LEDGER_FILE, TERMS_FILE, "follow-up.beancount"

OWN = (BOOKS, DOCUMENTS)
"""The folders that are the entrepreneur's own."""

CONTRIBUTION_TAG = "contribution"
_SETTLEMENT = re.compile(r"exit-.+|vat-\d{4}-(Q[1-4]|\d\d)")
"""What binds the entries that `exit` and `vat file` write."""
_TERMS = (d.ACTIVITY, d.TERMS, d.PAUSE, d.RESUME, d.EXIT)
_OF_LEDGER = ("vat", "iban")
"""Metadata of an `open` that only the cooperative writes."""

ELSEWHERE = error("BC660", "{what} belongs in {where}; move it there, or run: beancoop check --fix-layout")
LEVIED_BY_HAND = error(
    "BC661",
    "What was levied or settled stands in closed/, where beancoop close, exit and vat file write it, and nobody else "
    "does; take this entry away.",
)
NO_PLACE = error(
    "BC662",
    "This file is none of those that a sub-ledger has; run: beancoop check --fix-layout, or, where no include reads "
    "it, move by hand what it holds.",
)
NO_TERMS = error(
    "BC663",
    "The sub-ledger has no file terms.beancount, which alone says what the cooperative decides; run: beancoop check "
    "--fix-layout",
)

OF_PLACE = frozenset(each.code for each in (ELSEWHERE, LEVIED_BY_HAND, NO_PLACE, NO_TERMS))
"""The codes of the findings that moving directives mends."""


def room_of(folder: Path, file: Path) -> str:
    """Give the room of a sub-ledger that *file* is in: the file's own name, or `books` and so on; "" for none."""
    parts = file.relative_to(folder).parts
    if len(parts) == 1:
        return parts[0] if parts[0] in (LEDGER, TERMS, FOLLOW_UP) else ""
    return parts[0] if parts[0] in (CLOSED, BOOKS) else ""


def misplaced(entry: data.Directive, room: str) -> Text | None:
    """Say where *entry* belongs, if it may not stand in that *room*."""
    if room == "":
        return NO_PLACE()
    if room != CLOSED and _is_levied(entry):
        return LEVIED_BY_HAND()
    rooms = rooms_for(entry)
    return None if room in rooms else ELSEWHERE(what=_named(entry), where=" / ".join(map(_written, rooms)))


def unfit_for(room: str, what: str) -> Text | None:
    """Say where *what*, an option, a plugin or an include, belongs, if it may not stand in that *room*."""
    if room == "":
        return NO_PLACE()
    return None if room == LEDGER else ELSEWHERE(what=what, where=LEDGER)


def rooms_for(entry: data.Directive) -> tuple[str, ...]:
    """Give the rooms in which a directive may stand, the usual one first."""
    if isinstance(entry, data.Custom):
        return _rooms_for_custom(entry.type)
    if isinstance(entry, data.Close):
        return (LEDGER,)
    if isinstance(entry, data.Open):
        return (LEDGER,) if any(key in entry.meta for key in _OF_LEDGER) else (LEDGER, BOOKS, CLOSED)
    if _is_levied(entry):
        return (CLOSED,)
    return BOOKS, CLOSED


def _rooms_for_custom(kind: str) -> tuple[str, ...]:
    if kind in _TERMS:
        return (TERMS,)
    if kind == d.CLOSED:
        return (CLOSED,)
    return TERMS, FOLLOW_UP


def _is_levied(entry: data.Directive) -> bool:
    """Say whether a transaction is of what `close`, `exit` and `vat file` write alone."""
    if not isinstance(entry, data.Transaction):
        return False
    if CONTRIBUTION_TAG in entry.tags or any(_SETTLEMENT.fullmatch(link) for link in entry.links):
        return True
    return touches(entry, CONTRIBUTION)


def _named(entry: data.Directive) -> str:
    if isinstance(entry, data.Custom):
        return f'custom "{entry.type}"'
    if isinstance(entry, data.Open):
        return " ".join(["open", *(f"{key}:" for key in _OF_LEDGER if key in entry.meta)])
    return type(entry).__name__.lower()


def _written(room: str) -> str:
    return room if room.endswith(".beancount") else f"{room}/"


def is_own(path: PurePath) -> bool:
    """Say whether a path within a sub-ledger's folder is the entrepreneur's own."""
    return len(path.parts) > 1 and path.parts[0] in OWN
