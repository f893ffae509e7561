"""Touch every entry of the example's closed months, sub-ledger by sub-ledger: what its own seals say of it, alone.

Each is edited, given another entry beside it, deleted and re-dated, and each entry of an open month is dated into a
closed one: that is found. Each is moved to another file and re-indented: that is not complained of. A sub-ledger is
loaded without the cooperative, as its entrepreneur loads it; the structure's books, of which a sample is enough, with
all the others, for they are a part of the main ledger. So is a sub-ledger's last seal, whose absence alone is an open
month and only the structure's seal tells.
"""

from __future__ import annotations

import random
import tempfile
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from evidence.blocks import EDITS, Block, add_entry, blocks, delete, double, indent, re_date
from evidence.row import Row
from evidence.seals_evidence import Closed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CORES = 2
STRUCTURE = 75
"""How many of the structure's entries are touched: each of these loads is one of the whole cooperative."""


def edit(text: str, draw: random.Random) -> str:
    """Change what one entry says."""
    ways = [way for way in EDITS if way not in {delete, double, re_date, add_entry}]
    changed = (way(text, draw) for way in draw.sample(ways, len(ways)))
    return next(new for new in changed if new not in {None, text})


def add(text: str, draw: random.Random) -> str:
    """Write another entry of the same day: a transaction, or where there is none to imitate the same thing again."""
    return add_entry(text, draw) or double(text, draw)


ACTS = {"edited": edit, "added": add, "deleted": delete, "re-dated": re_date}
NEW_FILE = "ailleurs.beancount"


class Tally(NamedTuple):
    """What came of touching the closed months of one unit.

    Attributes:
        unit: whose books they are.
        entries: how many of its entries were touched.
        changed: how often one was changed.
        missed: the changes that nothing told of.
        rewritten: how often one was only written elsewhere or otherwise.
        alarms: the complaints that this raised.

    """

    unit: str
    entries: int
    changed: int
    missed: list[str]
    rewritten: int
    alarms: list[str]


def touch(closed: Closed, unit: str, sample: int | None = None) -> Tally:
    """Touch *sample* entries of a unit, or all of them, in every way."""
    draw = random.Random(f"{unit} of the example")
    sealed = closed.sealed(unit)
    chosen = sealed if sample is None else draw.sample(sealed, min(sample, len(sealed)))
    changes = [(name, block, act(block.text, draw)) for block in chosen for name, act in ACTS.items()]
    changes += [("back-dated", block, _dated_into(sealed, block, draw)) for block in _open(closed, unit)[:sample]]
    missed = [
        f"{name} at {block.path}:\n{block.text}\n{text}"
        for name, block, text in changes
        if not closed.with_changes({block.path: block.replaced(text)}, _reader(closed, unit, block))
    ]
    ways = [way(block, draw) for block in chosen for way in (_moved, _indented)]
    alarms = [alarm for way in ways for alarm in closed.with_changes(way, unit)]
    return Tally(unit, len(chosen), len(changes), missed, len(ways), alarms)


def _open(closed: Closed, unit: str) -> list[Block]:
    """Give the transactions of a unit that no month closed so far holds."""
    found = [block for path in closed.books[unit] for block in blocks(path)]
    return [block for block in found if block.date > closed.last.last_day and block.text[11] in "*!"]


def _dated_into(sealed: Sequence[Block], block: Block, draw: random.Random) -> str:
    return f"{draw.choice(sealed).date}{block.text[10:]}"


def _reader(closed: Closed, unit: str, block: Block) -> str | None:
    """Give the unit whose ledger must tell of a change, or None for the whole cooperative."""
    return None if f'"closed" "{closed.last}"' in block.text else unit


def _moved(block: Block, _: random.Random) -> dict[Path, str]:
    folder = block.path.parent
    home = folder / "books" if (folder / "books").is_dir() else folder
    return {block.path: block.replaced(""), home / NEW_FILE: block.text}


def _indented(block: Block, draw: random.Random) -> dict[Path, str]:
    return {block.path: block.replaced(indent(block.text, draw))}


def _in_a_copy(closed: Closed, unit: str) -> Tally:
    with tempfile.TemporaryDirectory() as folder:
        return touch(closed.copied(Path(folder)), unit, STRUCTURE if unit == "coop" else None)


def tallies(closed: Closed) -> list[Tally]:
    """Touch every unit's books, on both cores."""
    with get_context("fork").Pool(CORES) as pool:
        return pool.starmap(_in_a_copy, [(closed, unit) for unit in closed.units], chunksize=1)


def rows() -> Iterator[Row]:
    """Touch them, and count."""
    with tempfile.TemporaryDirectory() as folder:
        closed = Closed(Path(folder))
        found = tallies(closed)
    entries = sum(each.entries for each in found)
    where = f"{entries:,} entries of {len(found) - 1} sub-ledgers, each alone, and of the structure"
    yield _row(
        "Editing, adding, deleting or re-dating an entry of a closed month is found, in each sub-ledger (R5)",
        f"{where}, each in {len(ACTS)} ways; those of open months back-dated",
        [(each.changed, each.missed) for each in found],
        ("found", "all, at least 300 in each"),
        least=300,
    )
    yield _row(
        "Moving an entry to another file or re-indenting it is not complained of (R5)",
        f"{where}, each in 2 ways",
        [(each.rewritten, each.alarms) for each in found],
        ("without complaint", "all, at least 60 in each"),
        least=60,
    )


def _row(
    promise: str, tried: str, counts: Sequence[tuple[int, list[str]]], words: tuple[str, str], *, least: int
) -> Row:
    total, wrong = sum(number for number, _ in counts), [one for _, each in counts for one in each]
    fewest, most = min(number for number, _ in counts), max(number for number, _ in counts)
    each = f"{fewest} to {most:,} in each"
    return Row(
        promise,
        tried,
        f"{total - len(wrong):,}/{total:,} {words[0]}, {each}{''.join(f'; {one}' for one in wrong[:1])}",
        words[1],
        is_held=not wrong and fewest >= least,
    )
