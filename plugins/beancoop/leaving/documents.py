"""The supporting documents of one unit: those of its own folder that name no other."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from beancoop.gate.files import BOOK, is_own_file, paths_in
from beancoop.leaving.searching import text_of
from beancoop.model.findings import Finding
from beancoop.storage.layout import is_left_alone
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from beancount.core.data import Document

    from beancoop.leaving.redaction import Discretion
    from beancoop.model.activity import Activity
    from beancoop.words.messages import Text

BOOKS, PAPERS = "books", "documents"
"""The folders of entries and of documents."""

NOT_HER_OWN = error(
    "BC1302",
    "{document} is left out: it is no plain file of her own folder, and may hold what is others'. Look at it; what is "
    "hers, hand to her yourself.",
)
NAME_TELLS = error(
    "BC1303",
    "{document} is left out: its name tells of another unit. Look at it; what is hers, hand to her yourself.",
)
TEXT_TELLS = error(
    "BC1304",
    "{document} is left out: its text tells of another unit. Look at it; what is hers, hand to her yourself.",
)
NOT_SEARCHED = error(
    "BC1390",
    "{document} is left out: what it holds cannot be searched for other units. Look at it; what is hers, hand to her "
    "yourself.",
)

_DATED = re.compile(r"(\d{4}-\d\d-\d\d)\b")


class Documents(NamedTuple):
    """The documents that go along.

    Attributes:
        files: for each path in the new folder, the file to be copied.
        entries: their directives, which name them from the folder of the entries.
        remarks: what was left out, and why.

    """

    files: Mapping[str, Path]
    entries: Sequence[Document]
    remarks: Sequence[Finding]


def find_papers(
    directives: Sequence[Document],
    activity: Activity,
    home: Path | None,
    is_asked: Callable[[datetime.date], bool],
    discretion: Discretion,
) -> Documents:
    """Choose among the documents that *directives* name, and those that lie in the folder of documents unnamed.

    Args:
        directives: her `document` directives.
        activity: whose they are.
        home: her folder, where the ledger has one for her.
        is_asked: whether a day is asked for; a file that no directive names tells its day by its name, if at all.
        discretion: what may not be named.

    """
    base = home or Path(activity.entry.meta["filename"]).parent
    chosen: dict[Path, str] = {}
    entries: list[Document] = []
    remarks: list[Finding] = []
    for entry in directives:
        if not is_asked(entry.date):
            continue
        path = Path(entry.filename)
        if refusal := _refusal(path, base, discretion):
            remarks.append(Finding.at(entry, refusal))
            continue
        name = chosen.setdefault(path, _free(path, base, chosen))
        clean, replaced = discretion.entry(entry._replace(filename=f"../{name}"))
        remarks += (each.told_at(entry) for each in replaced)
        entries.append(clean)
    named = {Path(entry.filename) for entry in directives}
    for path in _unnamed(home, named, is_asked):
        if refusal := _refusal(path, base, discretion):
            remarks.append(Finding(str(path), 0, refusal))
        else:
            chosen.setdefault(path, _free(path, base, chosen))
    return Documents({name: path for path, name in chosen.items()}, entries, remarks)


def _unnamed(home: Path | None, named: set[Path], is_asked: Callable[[datetime.date], bool]) -> Iterator[Path]:
    folder = home / PAPERS if home else None
    if folder is None or not folder.is_dir():
        return
    for path in sorted(paths_in(folder)):
        if path not in named and not path.is_dir() and not is_left_alone(path):
            day = _day(path)
            if day is None or is_asked(day):
                yield path


def _day(path: Path) -> datetime.date | None:
    match = _DATED.match(path.name)
    try:
        return datetime.date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None


def _refusal(path: Path, base: Path, discretion: Discretion) -> Text | None:
    """Say why a document does not go along, or None where it does."""
    if not is_own_file(base, path) or path.suffix == BOOK:
        return NOT_HER_OWN(document=path.name)
    if discretion.names_another(path.name):
        return NAME_TELLS(document=path.name)
    searched = text_of(path.read_bytes())
    if searched is None:
        return NOT_SEARCHED(document=path.name)
    return TEXT_TELLS(document=path.name) if discretion.hints_at_another(searched) else None


def _free(path: Path, base: Path, chosen: Mapping[Path, str]) -> str:
    """Give a path for a document in the new folder: as it was in her folder of documents, else by its own name."""
    own = base / PAPERS
    name = path.relative_to(own) if path.is_relative_to(own) else Path(path.name)
    taken, number, free = set(chosen.values()), 1, name
    while (found := f"{PAPERS}/{free.as_posix()}") in taken:
        number += 1
        free = name.with_name(f"{name.stem}-{number}{name.suffix}")
    return found
