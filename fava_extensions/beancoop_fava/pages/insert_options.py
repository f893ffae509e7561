"""Where Fava adds what is entered or imported: in the books of the unit it is of, and of its year.

Left alone Fava adds everything to the main file, and a sub-ledger would not hold what is its own.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.accounts import COOP
from beancoop.model.register import read_register
from beancoop.storage.layout import book

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from beancoop.loading.ledger import Ledger

_YEAR = re.compile(r"(?:bank-)?([0-9]{4})")
_BANK = "bank-"


class Place(NamedTuple):
    """Where entries are added.

    Attributes:
        accounts: a pattern of the accounts they are on.
        after: the day after which they are dated.
        file: the file.
        line: the line, from 1, before which they go.

    """

    accounts: str
    after: datetime.date
    file: Path
    line: int


def places(ledger: Ledger) -> Iterator[Place]:
    """Give the places of each unit, the structure's with those of the accounts that no unit has."""
    register = read_register(ledger.entries, ledger.options)
    in_folder: defaultdict[Path, list[Path]] = defaultdict(list)
    for file in ledger.files:
        if _YEAR.fullmatch(file.stem):
            in_folder[file.parent].append(file)
    for unit in (COOP, *register.activities):
        folder = book(ledger, register, unit, "")
        if folder is None:
            continue
        pattern = rf"[^:]+:[0-9]+:[^:]+(:{COOP})?$" if unit == COOP else rf".*:{unit}$"
        for year, file in sorted(_by_year(in_folder[folder]).items()):
            lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
            if not lines or lines[-1].endswith("\n"):  # Fava would write on in the middle of the last line
                yield Place(pattern, datetime.date(year - 1, 12, 31), file, len(lines) + 1)


def _by_year(files: list[Path]) -> dict[int, Path]:
    """Give one file for each year: that of the bank where there is one."""
    years: dict[int, Path] = {}
    for file in sorted(files, key=lambda file: (file.stem.startswith(_BANK), file.name)):
        if (match := _YEAR.fullmatch(file.stem)) and int(match[1]) > datetime.MINYEAR:
            years[int(match[1])] = file
    return years
