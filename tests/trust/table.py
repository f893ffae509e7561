"""The table of attacks as it is today: `python tests/trust/table.py` tries every row."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if __name__ == "__main__":
    os.environ["BEANCOUNT_DISABLE_LOAD_CACHE"] = "1"
    os.environ["BEANCOOP_LANG"] = "en"
    tests = Path(__file__).parents[1]
    sys.path[:0] = [str(tests), str(tests / "importers")]

from trust.attacks import ATTACKS, IMPORT, Attack
from trust.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HEAD = ("attack", "stopped by", "code")


def table(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Write rows under their heads, in columns."""
    cells = [HEAD, *rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEAD))]
    for row in cells:
        yield " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def tried(attack: Attack, trial: Trial) -> tuple[str, str, str]:
    """Try one row; give what stopped it, and the code that says so."""
    trial.propose(attack.lay)
    verdict = trial.judge(imports=attack.by == IMPORT)
    code = attack.code if verdict.has(attack) else ", ".join(sorted({each.code for each in verdict.told}))
    return attack.name, verdict.by or f"nothing: {attack.gap}", code


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        here = Trial(Path(folder), setattr)
        print(*table(tried(attack, here) for attack in ATTACKS), sep="\n")  # noqa: T201
