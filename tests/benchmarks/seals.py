"""Seals of closed months, chained like real ones.

Only ``beancoop close`` writes hashes that ``beancoop check`` accepts. A load compares no hash, and a benchmark
must not depend on the code that computes them, so these are hashes of the directives' plain text.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from directives import Directive, custom, period

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence


def digest(texts: Iterable[str]) -> str:
    """Give one SHA-256 over several texts."""
    return hashlib.sha256("\n\n".join(texts).encode()).hexdigest()


class Seals:
    """The seals of one unit, one after the other."""

    def __init__(self, unit: str) -> None:
        self._unit = unit
        self._entries = 0
        self.last = ""

    def close(self, date: dt.date, directives: Sequence[Directive], metadata: Iterable[str] = ()) -> Directive:
        """Seal *directives*, those written since the last seal, at *date*, the last day of a month."""
        self._entries += len(directives)
        previous, self.last = self.last, digest((self.last, *(one.text for one in directives)))
        seal = custom(
            date,
            "closed",
            f'"{period(date)}"',
            f'"{self._unit}"',
            metadata=(
                f"entries: {self._entries}",
                f'sha256: "{self.last}"',
                f'previous: "{previous}"',
                *metadata,
            ),
        )
        self._entries += 1
        return seal
