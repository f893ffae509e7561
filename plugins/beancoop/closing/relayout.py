"""Move what stands in the wrong file of a sub-ledger to where it belongs (contract, section 3).

A directive is moved as it is written, with the comment lines right above it. What was moved is proved by loading before
and after: the same directives in the same units' books, and the same errors, or everything is put back.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from beancount.parser import parser

from beancoop.closing.seal import canonical, lines_by_unit
from beancoop.gate.places import BOOKS, CLOSED, FOLLOW_UP, LEDGER, TERMS, misplaced, room_of, rooms_for
from beancoop.model.accounts import RootNames
from beancoop.model.findings import Finding, Refusal
from beancoop.storage.atomic import read_text
from beancoop.storage.commit import commit_changes, to_be_written
from beancoop.storage.layout import sub_ledgers
from beancoop.storage.step import Change
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from beancount.core.data import Directive

    from beancoop.loading.ledger import Ledger

_SUFFIX = "*.beancount"
_TITLES = {TERMS: "ce que la coopérative décide", CLOSED: "contributions et clôtures", BOOKS: "écritures"}
_INCLUDES = (TERMS, FOLLOW_UP, f"{CLOSED}/*.beancount", f"{BOOKS}/*.beancount")

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
        Refusal: a directive cannot be moved as it is, or the ledger says something else afterwards; nothing is changed.
        ConflictError: another program is writing.
        OSError: a file could not be read or written.

    """
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
        for change in changes:
            if _is_emptied(change):
                change.path.unlink()
        return Relayout(moved, [change.path for change in changes])


def _said(ledger: Ledger) -> tuple[dict[str, list[str]], Counter[str]]:
    """Give what a ledger says, whatever the files: the directives of each unit, and the errors."""
    lines = {unit: [line.text for line in each] for unit, each in lines_by_unit(ledger.entries, ledger.options).items()}
    return lines, Counter(finding.message for finding in ledger.findings)


def _plan(folder: Path, roots: RootNames) -> tuple[int, list[Change]]:
    """Give how many directives of a sub-ledger move, and the files that change."""
    texts = {path: read_text(path) or "" for path in sorted(folder.rglob(_SUFFIX)) if path.is_file()}
    before = dict[Path, str | None](texts)
    moved = 0
    for path in list(texts):
        blocks = _misplaced(path, texts[path], room_of(folder, path))
        for block in blocks:
            target = _target(folder, block.entry)
            texts.setdefault(target, _header(folder, target, roots))
            before.setdefault(target, None)
            texts[target] = f"{texts[target].rstrip()}\n\n{_text(before[path] or '', block)}\n"
        moved += len(blocks)
        texts[path] = _without(texts[path], blocks)
    for path in (folder / TERMS, folder / CLOSED / "contributions.beancount"):
        if path not in texts and (path.name == TERMS or not any(each.parent == path.parent for each in texts)):
            texts[path], before[path] = _header(folder, path, roots), None
    ledger = folder / LEDGER
    texts[ledger] = _including(folder, texts[ledger], texts)
    changed = [Change(path, before[path], text) for path, text in texts.items() if text != before[path]]
    return moved, sorted(changed, key=lambda change: change.path == ledger)


def _misplaced(path: Path, text: str, room: str) -> list[Block]:
    """Find each directive of a file that has to move, with its lines.

    Raises:
        Refusal: one of them cannot be told from what stands around it.

    """
    entries, _, _ = parser.parse_string(text, report_filename=str(path))
    lines = text.splitlines()
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
    return "\n".join(text.splitlines()[block.first : block.end])


def _without(text: str, blocks: Sequence[Block]) -> str:
    gone = {number for block in blocks for number in range(block.first, block.end)}
    kept: list[str] = []
    for number, line in enumerate(text.splitlines()):
        if number not in gone and not (not line.strip() and kept and not kept[-1].strip() and gone):
            kept.append(line)
    return "\n".join(kept).rstrip() + "\n" if gone else text


def _target(folder: Path, entry: Directive) -> Path:
    room = rooms_for(entry)[0]
    if room == BOOKS:
        return folder / BOOKS / f"{entry.date.year}.beancount"
    if room == CLOSED:
        return folder / CLOSED / f"contributions-{entry.date.year}.beancount"
    return folder / room


def _header(folder: Path, path: Path, roots: RootNames) -> str:
    room = path.name if path.parent == folder else path.parent.name
    return "".join(f"{line}\n" for line in (f"; {folder.name} : {_TITLES.get(room, room)}", *roots.option_lines()))


def _including(folder: Path, text: str, texts: Iterable[Path]) -> str:
    """Give the ledger's text with an include for each room that has a file, and none for a file that is gone."""
    rooms = {path.relative_to(folder).as_posix() for path in texts}
    lines = [line for line in text.splitlines() if not _leads_nowhere(line, folder, rooms)]
    present = "\n".join(lines)
    missing = [
        pattern
        for pattern in _INCLUDES
        if f'include "{pattern}"' not in present and any(Path(room).match(pattern) for room in rooms)
    ]
    if not missing and len(lines) == len(text.splitlines()):
        return text
    return present.rstrip() + "\n\n" + "".join(f'include "{pattern}"\n' for pattern in missing)


def _leads_nowhere(line: str, folder: Path, rooms: Iterable[str]) -> bool:
    if not line.startswith("include "):
        return False
    pattern = line.split('"')[1] if line.count('"') > 1 else ""
    return not any(Path(room).match(pattern) for room in rooms if room_of(folder, folder / room)) and bool(pattern)


def _is_emptied(change: Change) -> bool:
    """Say whether a file that is none of a sub-ledger's has nothing left in it but comments and options."""
    folder = change.path.parent
    entries, _, _ = parser.parse_string(str(change.after))
    return not entries and folder.name not in {BOOKS, CLOSED} and change.path.name not in {LEDGER, TERMS, FOLLOW_UP}
