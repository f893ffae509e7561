"""Change closed months of the example in every way: what changes the books is found, what does not raises no alarm."""

from __future__ import annotations

import copy
import datetime
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from beancoop.closing.seal import check_seals, digest_of_units, digests, line_of, lines_by_unit
from beancoop.loading.collector import without_collector
from beancoop.loading.ledger import load_ledger
from beancoop.model.accounts import COOP
from beancoop.model.months import Month
from beancoop.model.register import read_register
from closings import close_month
from evidence.blocks import EDITS, NEUTRAL, Block, blocks, shift_amounts
from evidence.row import Row

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))
from generate import Size, generate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from beancoop.closing.seal import SealedLine
    from beancoop.loading.ledger import Ledger

LEDGERS = Path(__file__).parents[2] / "ledgers"
TODAY = datetime.date(2027, 1, 1)
FIRST, LAST = Month(2025, 1), Month(2026, 6)
SECONDS = 5


class Outcome(NamedTuple):
    """What came of some changes: how many, and those whose answer was the wrong one."""

    tried: int
    wrong: list[str]


class Closed:
    """A copy of the example, its months closed."""

    def __init__(self, folder: Path, last: Month = LAST) -> None:
        """Close every month up to *last*."""
        self.main = Path(shutil.copytree(LEDGERS, folder / "ledgers")) / "main.beancount"
        self.last, month = last, FIRST
        while month <= last:
            close_month(self.main, month, TODAY)
            month = month.next()
        homes = [self.main.parent / "coop", *sorted(self.main.parent.glob("activities/*"))]
        self.books = {home.name: sorted(home.rglob("*.beancount")) for home in homes}
        self.units = [unit for unit in self.books if self.sealed(unit)]
        assert self.alarms() == []

    def copied(self, folder: Path) -> Closed:
        """Give the same in another folder, to be changed apart."""
        other = copy.copy(self)
        other.main = Path(shutil.copytree(self.main.parent, folder / "ledgers")) / self.main.name
        home = self.main.parent
        other.books = {
            unit: [other.main.parent / path.relative_to(home) for path in paths] for unit, paths in self.books.items()
        }
        return other

    def alarms(self, unit: str | None = None) -> list[str]:
        """Say what is wrong with the seals, a second one of a month included; nothing else that a load finds.

        Of the sub-ledger of *unit*, loaded alone; of all where there is none, as the structure has none of its own.
        """
        alone = self.main.parent / f"activities/{unit}/ledger.beancount"
        ledger = load_ledger(alone if alone.exists() else self.main)
        wrong = check_seals(ledger.entries, ledger.options)
        declared = [each.message for each in read_register(ledger.entries, ledger.options).errors]
        return [*declared, *(each.message for each in wrong)]

    def sealed(self, unit: str) -> list[Block]:
        """Give the directives of a unit that are sealed.

        The structure's last seal is left out: without it the month is open again, as before the closing's last step.
        What only git can tell, git tells.
        """
        found = [block for path in self.books[unit] for block in blocks(path) if block.date <= self.last.last_day]
        return [block for block in found if f'"closed" "{self.last}" "{COOP}"' not in block.text]

    def with_changes(self, changes: dict[Path, str], unit: str | None = None) -> list[str]:
        """Say what the seals say of the ledger, or of a sub-ledger, with *changes*, which are then taken back."""
        before = {path: path.read_text(encoding="utf-8") if path.exists() else None for path in changes}
        for path, text in changes.items():
            path.write_text(text, encoding="utf-8")
        try:
            return self.alarms(unit)
        finally:
            for path, text in before.items():
                path.unlink() if text is None else path.write_text(text, encoding="utf-8")


def try_edits(closed: Closed, number: int, seed: int = 1) -> Outcome:
    """Make *number* edits of closed months, each unit and each kind of edit in turn; wrong is what is not found."""
    draw, wrong = random.Random(seed), []
    for turn in range(number):
        unit, edit = closed.units[turn % len(closed.units)], EDITS[turn % len(EDITS)]
        found = closed.sealed(unit)
        applied = _applied(found, edit, draw) or _applied(found, shift_amounts, draw)
        assert applied, f"no edit applies to any of {len(found)} directives of {unit}"
        block, text = applied
        if not closed.with_changes({block.path: block.replaced(text)}):
            wrong.append(f"{edit.__name__} at {block.path}:\n{block.text}\n{text}")
    return Outcome(number, wrong)


def _applied(found: Sequence[Block], change: Callable, draw: random.Random) -> tuple[Block, str] | None:
    """Give a directive to which the change applies, and its new text; None where there is none."""
    for block in draw.sample(found, len(found)):
        text = change(block.text, draw)
        if text is not None and text != block.text:
            return block, text
    return None


def try_neutral(closed: Closed, number: int, seed: int = 2) -> Outcome:
    """Write closed months *number* times in another way, file by file; wrong is what raises an alarm."""
    draw, wrong = random.Random(seed), []
    ways = (*NEUTRAL, shuffle, move, split, swap)
    for turn in range(number):
        way, unit = ways[turn % len(ways)], closed.units[turn % len(closed.units)]
        path = draw.choice([path for path in closed.books[unit] if "20" in path.name and len(list(blocks(path))) > 1])
        changes = {path: _each(path, way, draw)} if way in NEUTRAL else way(path, draw)
        assert all(
            text != (path.read_text(encoding="utf-8") if path.exists() else "") for path, text in changes.items()
        )
        wrong += [f"{way.__name__} of {path}: {alarm}" for alarm in closed.with_changes(changes)]
    return Outcome(number, wrong)


def _each(path: Path, way: Callable, draw: random.Random) -> str:
    """Write every directive of a file in another way."""
    return _without(path) + "\n".join(way(block.text, draw) or block.text for block in blocks(path))


def _without(path: Path, taken: Sequence[Block] | None = None) -> str:
    """Give the text of a file without some of its directives, or any."""
    text = path.read_text(encoding="utf-8")
    for block in reversed(list(blocks(path)) if taken is None else taken):
        text = text[: block.start] + text[block.start + len(block.text) :]
    return text + "\n"


def shuffle(path: Path, draw: random.Random) -> dict[Path, str]:
    """Put the directives of a file in another order."""
    found = list(blocks(path))
    return {path: _without(path) + "\n".join(block.text for block in draw.sample(found, len(found)))}


def move(path: Path, draw: random.Random) -> dict[Path, str]:
    """Move one directive to a new file."""
    block = draw.choice(list(blocks(path)))
    return {path: _without(path, [block]), path.with_name("ailleurs.beancount"): block.text}


def split(path: Path, draw: random.Random) -> dict[Path, str]:
    """Deal the directives out to two files."""
    found = list(blocks(path))
    half = sorted(draw.sample(found, len(found) // 2), key=lambda block: block.start)
    return {path: _without(path, half), path.with_name("moitié.beancount"): "\n".join(block.text for block in half)}


def swap(path: Path, _: random.Random) -> dict[Path, str]:
    """Exchange what two files of a folder hold."""
    other = next(one for one in sorted(path.parent.glob("*.beancount")) if one not in {path, path.parent})
    return {path: other.read_text(encoding="utf-8"), other: path.read_text(encoding="utf-8")}


def reseal(ledger: Ledger) -> int:
    """Give the seals of a generated ledger the hashes that `close` would; say how many directives they seal."""
    seals = read_register(ledger.entries, ledger.options).seals
    lines = {
        unit: [line for line in of_unit if not line.is_seal]
        for unit, of_unit in lines_by_unit(ledger.entries, ledger.options).items()
    }
    previous = dict.fromkeys(seals, "")
    sealed = dict.fromkeys(seals, 0)
    for month in sorted(seals[COOP]):
        for unit in sorted(seals, key=lambda unit: (unit == COOP, unit)):  # the structure's is over all the others
            seal = seals[unit][month]
            ((_, digest),) = digests(sorted(lines[unit]), [month])
            seal.meta.update(entries=type(seal.meta["entries"])(digest.entries), sha256=digest.sha256)
            seal.meta["previous"], previous[unit] = previous[unit], digest.sha256
            if unit == COOP:
                seal.meta["units"] = digest_of_units(previous)
            lines[unit].append(line_of(seal))
            sealed[unit] = digest.entries
    return sum(sealed.values())


class Times(NamedTuple):
    """CPU seconds that sealing and verifying take, and over how many directives."""

    entries: int
    sealing: float
    verifying: float


def measure(folder: Path, size: Size) -> Times:
    """Seal and verify a generated ledger."""
    ledger = load_ledger(generate(folder, size))
    assert ledger.errors == []
    assert check_seals(ledger.entries, ledger.options)  # the generator's hashes are feigned
    entries = reseal(ledger)

    def timed(work: Callable[[], object]) -> float:
        with without_collector():
            start = time.process_time()
            work()
            return time.process_time() - start

    def seal() -> dict[str, Sequence[SealedLine]]:
        lines = lines_by_unit(ledger.entries, ledger.options)
        return {unit: list(digests(each, [max(months)])) for unit, months in seals.items() for each in [lines[unit]]}

    def verify() -> None:
        assert check_seals(ledger.entries, ledger.options) == []

    seals = read_register(ledger.entries, ledger.options).seals
    return Times(entries, timed(seal), timed(verify))


def rows() -> Iterator[Row]:
    """Change the example, and take the time of a large ledger."""
    with tempfile.TemporaryDirectory() as folder:
        closed = Closed(Path(folder))
        found = f"in {len(closed.units)} units' books, closed to {closed.last}"
        edits, neutral = try_edits(closed, 300), try_neutral(closed, 70)
    yield Row(
        promise="A change to a closed month is found (R5)",
        tried=f"{edits.tried} edits of {len(EDITS)} kinds {found}",
        result=f"{edits.tried - len(edits.wrong)}/{edits.tried} found{_first(edits)}",
        mark="300/300",
        is_held=not edits.wrong,
    )
    yield Row(
        promise="Another way of writing raises no alarm (R5)",
        tried=f"{neutral.tried} times order, comments, spacing, zeros, files {found}",
        result=f"{len(neutral.wrong)}/{neutral.tried} false alarms{_first(neutral)}",
        mark="0/60",
        is_held=not neutral.wrong,
    )
    with tempfile.TemporaryDirectory() as folder:
        times = measure(Path(folder) / "ledgers", Size(activities=400, months=12))
    yield Row(
        promise="Seals are fast (R5)",
        tried=f"{times.entries:,} sealed entries",
        result=f"sealed in {times.sealing:.1f} s, verified in {times.verifying:.1f} s (CPU)",
        mark=f"100,000 entries, {SECONDS} s each",
        is_held=times.entries >= 100_000 and max(times.sealing, times.verifying) <= SECONDS,
    )


def _first(outcome: Outcome) -> str:
    return f"; {outcome.wrong[0]}" if outcome.wrong else ""
