"""Cut a closed book off at every byte, and change every byte of it: what alters the books does not pass in silence."""

from __future__ import annotations

import random
import tempfile
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from beancoop.closing.seal import check_seals, lines_by_unit
from beancoop.gate.child import judge_file
from beancoop.loading.ledger import load_ledger
from evidence.row import Row
from evidence.seals_evidence import Closed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

CORES = 2
UNIT, BOOK = "A007", "books/2025.beancount"  # all its months are closed
LIKELY = b'0123456789-+/., \n"#^*:;ABCabc'
"""What a slip of the finger puts in the place of a figure or a letter."""


class Tally(NamedTuple):
    """What came of damaging one book, a byte at a time.

    Attributes:
        told: how often `check` said so: the gate, the load or the seals.
        harmless: how often the book said the same as before, as without its last line end.
        silent: where the books were altered and nothing told.

    """

    told: int
    harmless: int
    silent: list[str]

    def __add__(self, other: Tally) -> Tally:  # type: ignore[override]  # not one after the other, as tuples are
        """Sum up."""
        return Tally(self.told + other.told, self.harmless + other.harmless, [*self.silent, *other.silent])


def cut(content: bytes, at: int) -> bytes:
    """Leave what comes before."""
    return content[:at]


def change(content: bytes, at: int) -> bytes:
    """Put another byte in the place of one."""
    chance = random.Random(at)
    others = LIKELY if chance.random() < 0.5 else bytes(range(256))
    return content[:at] + bytes([chance.choice([each for each in others if each != content[at]])]) + content[at + 1 :]


def damage(closed: Closed, way: Callable[[bytes, int], bytes], places: Iterable[int], unit: str = UNIT) -> Tally:
    """Damage a unit's book in one way, at each place in turn; check it, alone, as `beancoop check` does."""
    folder = closed.main.parent / f"activities/{unit}"
    path = folder / BOOK
    content, sound = path.read_bytes(), _meaning(folder)
    told = harmless = 0
    silent = []
    for at in places:
        path.write_bytes(way(content, at))
        if judge_file(folder, path) or (meaning := _meaning(folder)) is None:
            told += 1
        elif meaning == sound:
            harmless += 1
        else:
            silent.append(f"byte {at}")
    path.write_bytes(content)
    return Tally(told, harmless, silent)


def _meaning(folder: Path) -> dict | None:
    """Give what the sub-ledger says; None where something is found wrong with it."""
    ledger = load_ledger(folder / "ledger.beancount")
    is_told = ledger.findings or check_seals(ledger.entries, ledger.options)
    return None if is_told else lines_by_unit(ledger.entries, ledger.options)


def _in_a_copy(closed: Closed, way: Callable[[bytes, int], bytes], first: int) -> Tally:
    """Damage every byte from *first* on, as many apart as there are cores."""
    with tempfile.TemporaryDirectory() as name:
        copy = closed.copied(Path(name))
        size = (copy.main.parent / f"activities/{UNIT}/{BOOK}").stat().st_size
        return damage(copy, way, range(first, size, CORES))


def rows() -> Iterator[Row]:
    """Damage every byte in both ways."""
    with tempfile.TemporaryDirectory() as folder, get_context("fork").Pool(CORES) as pool:
        closed = Closed(Path(folder))
        for way, what in ((cut, "cut off at"), (change, "another byte in the place of")):
            parts = pool.starmap(_in_a_copy, [(closed, way, first) for first in range(CORES)])
            tally = sum(parts[1:], parts[0])
            number = tally.told + tally.harmless + len(tally.silent)
            yield Row(
                promise="Damage to a closed book is seen (R4)",
                tried=f"a closed year of {UNIT}, {what} each of its {number:,} bytes",
                result=f"{len(tally.silent)} silent{''.join(f'; {one}' for one in tally.silent[:1])}; "
                f"{tally.told:,} told, {tally.harmless:,} alter nothing",
                mark="0 silent",
                is_held=not tally.silent and tally.told > number / 2,
            )
