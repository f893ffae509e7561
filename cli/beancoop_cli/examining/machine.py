"""The machine: its clock, its disk, and who may write and read what."""

from __future__ import annotations

import datetime
import os
import shutil
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING

from beancoop.words.messages import error, phrase

from beancoop_cli.examining.patient import Remark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancoop_cli.examining.patient import Patient

RIGHT_CLOCK = phrase("The clock says {now}.")
WRONG_CLOCK = error(
    "BC1566", "The clock says {now}, and {file} was written at {then}: set the clock (on Debian: timedatectl)."
)
ROOM = phrase("{free} MB are free where the ledger is.")
NO_ROOM = error("BC1567", "Only {free} MB are free where the ledger is; make room, {least} MB at least.")
OURS_ALONE = phrase("Nobody but you and your group may write to the ledger.")
OPEN_TO_ALL = error(
    "BC1568",
    "Whoever uses this machine may change {file}; run: chmod -R o-w {folder}",
    "Whoever uses this machine may change {count} files, the first of them {file}; run: chmod -R o-w {folder}",
)
NOT_OURS = error("BC1569", "The folder of the ledger, {folder}, may not be written by you: nothing can be booked.")
PRIVATE = phrase("Who sees what, in {file}, is read by you alone.")
READ_BY_OTHERS = error("BC1570", "{file} says who may sign in, and others may read it; run: chmod 600 {file}")
CACHE = phrase("What is kept between two loads, in {folder}, is yours alone.")
NO_CACHE = error("BC1571", "{folder} is not a folder of yours alone; run: rm -rf {folder}")

_SLACK = 120
"""Seconds by which the clocks of two machines that share a disk may differ."""
_LEAST = 500
"""Megabytes that a year of documents and a copy of the books take, with some to spare."""
_PRIVATE = 0o077


def clock(patient: Patient) -> Iterator[Remark]:
    """Compare the clock with the newest file of the ledger."""
    now = time.time()
    newest = max(_files(patient.folder), key=lambda path: path.lstat().st_mtime)
    then = newest.lstat().st_mtime
    if then > now + _SLACK:
        yield Remark(WRONG_CLOCK(now=_told(now), file=newest, then=_told(then)))
    else:
        yield Remark(RIGHT_CLOCK(now=_told(now)))


def room(patient: Patient) -> Iterator[Remark]:
    """See what is free on the disk of the ledger."""
    free = shutil.disk_usage(patient.folder).free // 10**6
    yield Remark(ROOM(free=free) if free >= _LEAST else NO_ROOM(free=free, least=_LEAST))


def permissions(patient: Patient) -> Iterator[Remark]:
    """See who may write to the ledger."""
    opened = [path for path in _files(patient.folder) if _mode(path) & stat.S_IWOTH]
    if opened:
        yield Remark(OPEN_TO_ALL(count=len(opened), file=opened[0], folder=patient.folder))
    if not os.access(patient.folder, os.W_OK):
        yield Remark(NOT_OURS(folder=patient.folder))
    elif not opened:
        yield Remark(OURS_ALONE())


def secrets(patient: Patient) -> Iterator[Remark]:
    """See who may read the list of people and what is kept beside it, such as their passwords."""
    if patient.people is None:
        return
    kept = sorted(patient.people.parent.glob(f"{patient.people.stem}.*"))
    opened = [path for path in kept if _mode(path) & _PRIVATE]
    yield from (Remark(READ_BY_OTHERS(file=path)) for path in opened)
    if not opened:
        yield Remark(PRIVATE(file=patient.people))


def cache(_patient: Patient) -> Iterator[Remark]:
    """See whether what is kept between two loads is the user's alone."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "beancoop"
    if not folder.exists() and not folder.is_symlink():
        return
    state = folder.lstat()
    ours = stat.S_ISDIR(state.st_mode) and state.st_uid == os.geteuid() and not state.st_mode & _PRIVATE
    yield Remark((CACHE if ours else NO_CACHE)(folder=folder))


def _files(folder: Path) -> list[Path]:
    """Give the folder and all that is in it, version control apart."""
    return [folder, *(path for path in sorted(folder.rglob("*")) if ".git" not in path.parts and not path.is_symlink())]


def _mode(path: Path) -> int:
    return path.lstat().st_mode


def _told(moment: float) -> str:
    return datetime.datetime.fromtimestamp(moment, datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
