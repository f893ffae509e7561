"""Move what stands in the wrong file of a sub-ledger to where it belongs (contract, section 3).

A directive is moved as it is written, with the comment lines right above it. What was moved is proved by loading before
and after: the same directives in the same units' books, and the same errors, or everything is put back.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from beancount.parser import parser

from beancoop.closing.canonical import canonical
from beancoop.closing.seal import lines_by_unit
from beancoop.gate.check import check_gate
from beancoop.gate.places import FOLLOW_UP, LEDGER, OF_PLACE, TERMS, misplaced, room_of, rooms_for
from beancoop.model.accounts import RootNames
from beancoop.model.findings import Finding, Refusal
from beancoop.storage.atomic import read_text
from beancoop.storage.commit import commit_changes, to_be_written
from beancoop.storage.layout import BOOKS, CLOSED, sub_ledgers
from beancoop.storage.scaffold import CLOSED_TITLE
from beancoop.storage.step import Change
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from beancount.core.data import Directive

    from beancoop.loading.ledger import Ledger

_SUFFIX = "*.beancount"
_TITLES = {
    TERMS: "ce que la coopérative décide",
    FOLLOW_UP: "heures d'accompagnement",
    CLOSED: CLOSED_TITLE,
    BOOKS: "écritures",
}
_ORDER = (TERMS, FOLLOW_UP, CLOSED, BOOKS)
_INCLUDE = re.compile(r'include\s+"([^"]*)"')

NOT_YET = error("BC682", "A sub-ledger holds what no move would mend; correct that first.")
UNCLEAR = error(
    "BC680",
    "Where this directive ends cannot be told, or a pushtag or pushmeta stands around it; move it by hand to {where}.",
)
NOT_THE_SAME = error(
    "BC681",
    "After the move the ledger did not say the same as before; nothing was changed. Move the directives by hand.",
)


class Block(NamedTuple):
    """A directive as it is written.

    Attributes:
        file: its file.
        first: its first line, comments right above it included, from 0.
        end: the line after its last.
        entry: the directive.

    """

    file: Path
    first: int
    end: int
    entry: Directive


class Relayout(NamedTuple):
    """What has been moved.

    Attributes:
        moved: how many directives.
        files: the files written or taken away.

    """

    moved: int
    files: Sequence[Path]


def fix_layout(main: Path) -> Relayout:
    """Put every directive of the sub-ledgers of *main* in its file: all of it, or nothing.

    Raises:
        Refusal: the gate finds something else, a directive cannot be moved as it is, or the ledger says something else
            afterwards; nothing is changed.
        ConflictError: another program is writing.
        OSError: a file could not be read or written.

    """
    if wrong := [each for each in check_gate(sub_ledgers(main)) if each.code not in OF_PLACE]:
        raise Refusal(NOT_YET(), wrong)
    with to_be_written(main) as before:
        roots = RootNames.of(before.options)
        moved, changes = 0, list[Change]()
        for folder in sub_ledgers(main):
            count, wanted = _plan(folder.absolute(), roots)
            moved += count
            changes += wanted
        if not changes:
            return Relayout(0, ())

        def judge(after: Ledger) -> tuple[()]:
            if _said(before) != _said(after):
                raise Refusal(NOT_THE_SAME(), after.findings)
            return ()

        commit_changes(before, changes, judge)
        for folder in sub_ledgers(main):
            for change in changes:
                if change.path.is_relative_to(folder.absolute()) and _is_emptied(folder.absolute(), change):
                    change.path.unlink()
        return Relayout(moved, [change.path for change in changes])


def _said(ledger: Ledger) -> tuple[dict[str, list[str]], Counter[str]]:
    """Give what a ledger says, whatever the files: the directives of each unit, and the errors."""
    lines = {unit: [line.text for line in each] for unit, each in lines_by_unit(ledger.entries, ledger.options).items()}
    return lines, Counter(finding.message for finding in ledger.findings)


def _plan(folder: Path, roots: RootNames) -> tuple[int, list[Change]]:
    """Give how many directives of a sub-ledger move, and the files that change, its ledger last."""
    before = {path: read_text(path) or "" for path in sorted(folder.rglob(_SUFFIX)) if path.is_file()}
    texts = dict(before)
    blocks = [block for path, text in before.items() for block in _misplaced(path, text, room_of(folder, path))]
    for path, text in before.items():
        texts[path] = _without(text, [block for block in blocks if block.file == path])
    for block in sorted(blocks, key=lambda block: block.entry.date):
        target = _target(folder, block.entry)
        text = texts.get(target) or _header(folder, target, roots)
        texts[target] = _with(text, _text(before[block.file], block))
    for path in _first_files(folder, before):
        texts.setdefault(path, _header(folder, path, roots))
    ledger = folder / LEDGER
    texts[ledger] = _including(folder, texts[ledger], texts)
    changed = [Change(path, before.get(path), text) for path, text in texts.items() if text != before.get(path)]
    return len(blocks), sorted(changed, key=lambda change: change.path == ledger)


def _first_files(folder: Path, texts: Mapping[Path, str]) -> Iterator[Path]:
    """Give the files that a sub-ledger cannot be without, since an include that matches nothing is an error."""
    entries = (entry for text in texts.values() for entry in parser.parse_string(text)[0])
    year = min((entry.date.year for entry in entries), default=2000)
    yield folder / TERMS
    for room, name in ((CLOSED, f"contributions-{year}.beancount"), (BOOKS, f"{year}.beancount")):
        if not any(room_of(folder, path) == room for path in texts):
            yield folder / room / name


def _misplaced(path: Path, text: str, room: str) -> list[Block]:
    """Find each directive of a file that has to move, with its lines.

    Raises:
        Refusal: one of them cannot be told from what stands around it.

    """
    entries, _, _ = parser.parse_string(text, report_filename=str(path))
    lines = text.split("\n")
    starts = sorted(entry.meta["lineno"] - 1 for entry in entries)
    return [_block(path, lines, entry, starts) for entry in entries if misplaced(entry, room)]


def _block(path: Path, lines: Sequence[str], entry: Directive, starts: Sequence[int]) -> Block:
    first = entry.meta["lineno"] - 1
    following = next((start for start in starts if start > first), len(lines))
    end = first + 1
    while end < following and lines[end][:1] in {" ", "\t"} and lines[end].strip():
        end += 1
    while not _is_alone(lines[first:end], entry):
        end += 1
        if end > following:
            unclear = UNCLEAR(where=rooms_for(entry)[0])
            raise Refusal(unclear, [Finding(str(path), first + 1, unclear)])
    while first > 0 and lines[first - 1].startswith(";"):
        first -= 1
    return Block(path, first, end, entry)


def _is_alone(lines: Iterable[str], entry: Directive) -> bool:
    entries, errors, _ = parser.parse_string("\n".join(lines) + "\n")
    return not errors and len(entries) == 1 and canonical(entries[0]) == canonical(entry)


def _text(text: str, block: Block) -> str:
    return "\n".join(text.split("\n")[block.first : block.end])


def _with(text: str, block: str) -> str:
    """Give *text* with a block at its end; what takes one line each stands together."""
    ended = text.rstrip()
    last = ended.rpartition("\n")[2]
    together = "\n" not in block and last[:1].isdigit() and last.split()[1:2] == block.split()[1:2]
    return "".join((ended, "\n" if together else "\n\n", block, "\n"))


def _without(text: str, blocks: Sequence[Block]) -> str:
    """Give *text* without the blocks, and without the second of two empty lines around one."""
    if not blocks:
        return text
    gone = {number for block in blocks for number in range(block.first, block.end)}
    kept: list[str] = []
    closes_up = False
    for number, line in enumerate(text.split("\n")):
        if number in gone:
            closes_up = not kept or not kept[-1].strip()
        elif not (closes_up and not line.strip()):
            kept.append(line)
            closes_up = False
    return "\n".join(kept).rstrip() + "\n"


def _target(folder: Path, entry: Directive) -> Path:
    rooms = rooms_for(entry)
    room = FOLLOW_UP if FOLLOW_UP in rooms else rooms[0]
    if room == BOOKS:
        return folder / BOOKS / f"{entry.date.year}.beancount"
    if room == CLOSED:
        return folder / CLOSED / f"contributions-{entry.date.year}.beancount"
    return folder / room


def _header(folder: Path, path: Path, roots: RootNames) -> str:
    room = path.name if path.parent == folder else path.parent.name
    return "".join(f"{line}\n" for line in (f"; {folder.name} : {_TITLES.get(room, room)}", *roots.option_lines()))


def _including(folder: Path, text: str, files: Iterable[Path]) -> str:
    """Give the ledger's text with an include for each file that it has to read, where the first include stands.

    A line that includes only files of no room is taken away.
    """
    rooms = [path.relative_to(folder) for path in files if room_of(folder, path) not in {"", LEDGER}]
    lines = [line for line in text.split("\n") if not _leads_nowhere(line, rooms)]
    patterns = [pattern for line in lines if (pattern := _included(line))]
    missing = [room for room in rooms if not any(room.match(pattern) for pattern in patterns)]
    wanted = [_pattern(room, rooms, missing) for room in sorted(missing, key=_place)]
    at = next((number for number, line in enumerate(lines) if _included(line)), None)
    includes = [f'include "{pattern}"' for pattern in dict.fromkeys(wanted)]
    if at is None:
        return "\n".join([*lines, *includes, ""]) if includes else "\n".join(lines)
    return "\n".join([*lines[:at], *includes, *lines[at:]])


def _included(line: str) -> str:
    """Give what a line includes; "" where it is no include."""
    match = _INCLUDE.match(line)
    return match[1] if match else ""


def _leads_nowhere(line: str, rooms: Iterable[Path]) -> bool:
    pattern = _included(line)
    return bool(pattern) and not any(room.match(pattern) for room in rooms)


def _pattern(room: Path, rooms: Iterable[Path], missing: Sequence[Path]) -> str:
    """Give the include of a file: that of its whole folder where no other line reads some of it."""
    beside = [each for each in rooms if each.parent == room.parent]
    whole = room.parent != Path() and all(each in missing for each in beside)
    return f"{room.parent.as_posix()}/{_SUFFIX}" if whole else room.as_posix()


def _place(room: Path) -> tuple[int, str]:
    return next((number for number, name in enumerate(_ORDER) if room.parts[0] == name), len(_ORDER)), room.as_posix()


def _is_emptied(folder: Path, change: Change) -> bool:
    """Say whether a file in none of a sub-ledger's rooms has nothing left but options: a comment is somebody's word."""
    if room_of(folder, change.path):
        return False
    lines = str(change.after).split("\n")
    return all(not line.strip() or line.startswith("option ") for line in lines)
