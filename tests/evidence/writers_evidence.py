"""Two processes write one file at once, and a third one reads it: nothing is lost, and nothing is seen half written."""

from __future__ import annotations

import tempfile
import time
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from beancoop.storage.atomic import read_text
from beancoop.storage.step import Change, ConflictError, apply_changes, one_writer
from evidence.row import Row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.synchronize import Event

WRITERS, WRITES, READS = 2, 60, 1000
PADDING = "." * 2000
END = "; fin\n"
_fork = get_context("fork")


class Race(NamedTuple):
    """What came of a race.

    Attributes:
        written: how many lines were written.
        lost: how many of them are not in the file.
        reads: how often the file was read meanwhile.
        torn: how many of the reads found it otherwise than whole.

    """

    written: int
    lost: int
    reads: int
    torn: int


def write(path: Path, writer: int, writes: int, *, locks: bool) -> None:
    """Put lines in front of the end, one at a time, each as soon as nothing stands in the way.

    With *locks*, one process at a time, as the commands do; without, a write that meets another's is tried again.
    """
    for number in range(writes):
        while True:
            try:
                if locks:
                    with one_writer(path.parent):
                        _add(path, f"{writer} {number} {PADDING}\n")
                else:
                    _add(path, f"{writer} {number} {PADDING}\n")
                break
            except ConflictError:
                time.sleep(0.0005)


def _add(path: Path, line: str) -> None:
    before = read_text(path)
    assert before is not None
    apply_changes([Change(path, before, before.removesuffix(END) + line + END)])


def read(path: Path, done: Event, reads: int, counts) -> None:
    """Read until the writers have ended, and at least *reads* times; count what was read, and what was not whole."""
    while not done.is_set() or counts[0] < reads:
        lines = path.read_text().splitlines(keepends=True)
        whole = lines[-1:] == [END] and all(line.endswith(f"{PADDING}\n") for line in lines[:-1])
        counts[0] += 1
        counts[1] += not whole


def race(writes: int = WRITES, reads: int = READS, *, locks: bool = True) -> Race:
    """Let them run against each other."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "livre.beancount"
        path.write_text(END)
        done, counts = _fork.Event(), _fork.Array("i", 2)
        reader = _fork.Process(target=read, args=(path, done, reads, counts))
        writers = [
            _fork.Process(target=write, args=(path, writer, writes), kwargs={"locks": locks})
            for writer in range(WRITERS)
        ]
        for process in (reader, *writers):
            process.start()
        for process in writers:
            process.join()
        done.set()
        reader.join()
        assert not any(process.exitcode for process in (reader, *writers))
        there = {tuple(line.split()[:2]) for line in path.read_text().splitlines()[:-1]}
        meant = {(str(writer), str(number)) for writer in range(WRITERS) for number in range(writes)}
        return Race(len(meant), len(meant - there), counts[0], counts[1])


def rows() -> Iterator[Row]:
    """Race once, at full length."""
    found = race()
    yield Row(
        promise="Two writers lose nothing, and a reader sees whole files (R8)",
        tried=f"{WRITERS} x {WRITES} writes to one file, {found.reads:,} reads meanwhile",
        result=f"{found.lost}/{found.written} lost, {found.torn} torn reads",
        mark=f"0/{WRITERS * WRITES}, 0 torn of {READS:,}",
        is_held=found.lost == found.torn == 0 and found.reads >= READS,
    )
