"""A damaged bank file is never booked as if it were sound: cut, lines swapped, signs turned, figures changed.

`python tests/evidence/bank_files_evidence.py` tries every such damage of every public file, in a quarter of an hour.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "importers")]

from damage import EVERY, FORMATS, KINDS, damages, fates, sampled  # noqa: E402
from evidence.row import Row  # noqa: E402
from test_damage import sound  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

EACH = 100
"""Damages of each kind tried on each file; of most files that is all there are."""


def rows(each: int | None = EACH) -> Iterator[Row]:
    """Try *each* of the damages of a kind, or all."""
    for name, marks in FORMATS.items():
        found: Counter[str] = Counter()
        paths = sound(name)
        for path in paths:
            content = path.read_bytes()
            every = (damage for kind in KINDS for damage in damages(content, marks, kind))
            found += fates(name, content, sampled(content, marks, each, path.name) if each else every)
        told = f", {found['told']:,} told to be unproved" if found["told"] else ""
        yield Row(
            promise=f"A damaged {name.upper()} file is not booked as if it were sound",
            tried=f"{found.total():,} damages of {len(paths)} public files: cut at each {EVERY}th byte, lines swapped,"
            " a sign turned, a figure changed",
            result=f"{found['refused']:,} refused, {found['same'] + found['nothing']:,} the same money{told}, "
            f"{found['BOOKED']} booked",
            mark="0 booked",
            is_held=bool(paths) and not found["BOOKED"],
        )


if __name__ == "__main__":
    for row in rows(None):
        sys.stdout.write(f"{row.promise}: {row.tried}: {row.result}\n")
        sys.stdout.flush()
