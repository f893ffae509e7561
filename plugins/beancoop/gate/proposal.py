"""A proposal beside what stands: who may change what, judged with nothing of the proposal executed.

Both are checkouts, and everything in them counts but `.git`. An entrepreneur's proposal may differ in the `books/` and
`documents/` of her own sub-ledger alone; whatever else differs is the cooperative's to approve.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from beancoop.gate.check import check_gate
from beancoop.gate.files import MAX_PATH, is_folder, paths_in
from beancoop.gate.places import is_own
from beancoop.model.findings import Finding, in_order
from beancoop.storage.layout import ACTIVITIES, sub_ledgers
from beancoop.words.messages import error

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
"""How a path differs."""

_LEFT_OUT = ".git"
_CHUNK = 1 << 20
_RUNS = stat.S_IXUSR
"""The one right to be run that git keeps."""

LONGEST = 2 * MAX_PATH
"""Bytes of a path, beyond which a folder is not looked into and is refused itself."""

NOT_HERS = error(
    "BC670", "{by} may change books/ and documents/ of her own sub-ledger alone; the cooperative changes this."
)
NO_PLAIN_FILE = error("BC671", "This is a link or a special file; a proposal holds plain files and folders alone.")
MAY_BE_RUN = error("BC673", "This file has the right to be run; take it away: chmod a-x.")
NO_SUCH_UNIT = error("BC672", "There is no sub-ledger of {by} in what stands; the cooperative opens it first.")


class Change(NamedTuple):
    """A path that differs.

    Attributes:
        path: from the checkout's top.
        owner: the unit whose own it is; "" where it is the cooperative's.
        kind: how it differs.

    """

    path: PurePosixPath
    owner: str
    kind: str


def changes(base: Path, proposal: Path, ledger: PurePosixPath) -> list[Change]:
    """Give what differs between two checkouts, by path.

    Args:
        base: what stands.
        proposal: what is proposed.
        ledger: the cooperative's ledger in either, from its top.

    """
    before, after = _survey(base), _survey(proposal)
    found = []
    for name in sorted(before | after):
        if name not in before or name not in after:
            kind = ADDED if name in after else REMOVED
        elif _same(base / name, proposal / name):
            continue
        else:
            kind = CHANGED
        path = PurePosixPath(name)
        found.append(Change(path, _owner(path, ledger), kind))
    return found


def judge(base: Path, proposal: Path, ledger: PurePosixPath, by: str | None) -> tuple[list[Change], list[Finding]]:
    """Give what a proposal changes, and what stands against it.

    What is no plain file is refused wherever it stands, since git writes links that lead anywhere. The text of the
    sub-ledgers is judged by the gate, in a child process that loads nothing.
    """
    found = changes(base, proposal, ledger)
    odd = [each for each in found if each.kind != REMOVED and not _is_plain(proposal / each.path)]
    findings = [Finding(shown(each.path), 0, NO_PLAIN_FILE()) for each in odd]
    runs = [each for each in found if each.owner and each.kind != REMOVED and _may_be_run(proposal / each.path)]
    findings += [Finding(shown(each.path), 0, MAY_BE_RUN()) for each in runs]
    if by is not None:
        if by not in {folder.name for folder in sub_ledgers(base / ledger)}:
            findings.append(Finding(shown(ledger.parent / ACTIVITIES), 0, NO_SUCH_UNIT(by=shown(by))))
        findings += [Finding(shown(each.path), 0, NOT_HERS(by=shown(by))) for each in found if each.owner != by]
    if not findings and found:
        findings = [_relative(finding, proposal) for finding in check_gate(_judged(proposal, ledger, by))]
    return found, in_order(findings)


def shown(name: object) -> str:
    """Give a name that is the proposer's to choose as a terminal, a forge and a program can show it."""
    text = str(name)
    return text if text.isprintable() else ascii(text)


def _judged(proposal: Path, ledger: PurePosixPath, by: str | None) -> list[Path]:
    """Give the sub-ledgers whose text is judged: hers, or every one."""
    folders = sub_ledgers(proposal.absolute() / ledger)
    return folders if by is None else [folder for folder in folders if folder.name == by]


def _owner(path: PurePosixPath, ledger: PurePosixPath) -> str:
    """Give the unit whose own *path* is, "" for the cooperative."""
    activities = ledger.parent / ACTIVITIES
    if path == activities or not path.is_relative_to(activities):
        return ""
    unit, *rest = path.relative_to(activities).parts
    return unit if is_own(PurePosixPath(*rest)) else ""


def _survey(top: Path) -> set[str]:
    """Give the path of each file, link and special file of a checkout; folders count by what they hold."""
    paths = [path for path in paths_in(top, LONGEST, but=_LEFT_OUT) if not is_folder(path) or _is_far_down(path, top)]
    return {path.relative_to(top).as_posix() for path in paths}


def _is_far_down(path: Path, top: Path) -> bool:
    """Say whether what a folder holds was not looked at."""
    return len(os.fsencode(path.relative_to(top))) > LONGEST


def _may_be_run(path: Path) -> bool:
    return _is_plain(path) and bool(path.lstat().st_mode & _RUNS)


def _is_plain(path: Path) -> bool:
    return stat.S_ISREG(path.lstat().st_mode)


def _same(one: Path, other: Path) -> bool:
    """Say whether two paths are the same: kind, right to be run, and content; a link by where it leads."""
    first, second = one.lstat(), other.lstat()
    if (stat.S_IFMT(first.st_mode), first.st_mode & _RUNS) != (stat.S_IFMT(second.st_mode), second.st_mode & _RUNS):
        return False
    if stat.S_ISLNK(first.st_mode):
        return one.readlink() == other.readlink()
    if not stat.S_ISREG(first.st_mode):
        return False
    return first.st_size == second.st_size and _same_bytes(one, other)


def _same_bytes(one: Path, other: Path) -> bool:
    with one.open("rb") as first, other.open("rb") as second:
        while block := first.read(_CHUNK):
            if block != second.read(_CHUNK):
                return False
        return not second.read(1)


def _relative(finding: Finding, proposal: Path) -> Finding:
    path = Path(finding.file)
    absolute = proposal.absolute()
    return finding._replace(file=str(path.relative_to(absolute))) if path.is_relative_to(absolute) else finding
