"""Public bank files are read right or refused for a reason, and never booked as if sound once they are damaged.

Damage is a file cut, lines swapped, a sign turned or a figure changed.

`python tests/evidence/bank_files_evidence.py` tries every such damage of every public file, in a quarter of an hour.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

os.environ["BEANCOOP_LANG"] = "en"  # what a refusal says is compared word for word
HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "importers")]

import test_corpus_mt940  # noqa: E402
import test_corpus_ofx  # noqa: E402
from damage import EVERY, FORMATS, KINDS, damages, fates, sampled  # noqa: E402
from evidence.row import Row  # noqa: E402
from test_damage import sound  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

EACH = 100
"""Damages of each kind tried on each file; of most files that is all there are."""


JUDGES = {"mt940": test_corpus_mt940, "ofx": test_corpus_ofx}


def rows(each: int | None = EACH) -> Iterator[Row]:
    """Read every public file; try *each* of the damages of a kind, or all."""
    yield from _samples()
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


def _samples() -> Iterator[Row]:
    for name, judge in JUDGES.items():
        found = Counter(judge.verdict(*sample.values).kind for sample in judge.SAMPLES)
        yield Row(
            promise=f"What is read of a public {name.upper()} file is what another reader finds",
            tried=f"{found.total()} files",
            result=f"{found['read']} read with exactly its facts, {found['refused']} refused for a reason they bear "
            f"out, {found['WRONG']} wrong",
            mark="0 wrong",
            is_held=found.total() > 0 and not found["WRONG"],
        )


if __name__ == "__main__":
    for row in rows(None):
        sys.stdout.write(f"{row.promise}: {row.tried}: {row.result}\n")
        sys.stdout.flush()
