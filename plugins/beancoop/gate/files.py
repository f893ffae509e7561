"""Which files a sub-ledger's folder may hold: plain ones, that lead nowhere else and that nothing runs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from beancoop.gate.lexical import INVISIBLE, MARKUP
from beancoop.model.findings import Finding
from beancoop.storage.layout import is_left_alone
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from beancoop.words.messages import Text

BOOK = ".beancount"
DISHONEST_NAME = error("BC611", "The name {name} holds invisible characters or markup; rename the file.")
NO_PLAIN_FILE = error("BC612", "A link or special file leads out of the sub-ledger; put a plain file here.")
PROGRAM = error("BC613", "A program has no place in a sub-ledger; take the file away.")
NO_BOOK = error(
    "BC614", "Only a ledger file may have a name that ends with {suffix}, in small letters; rename this one."
)
HIDDEN = error("BC615", "A hidden file has no place in a sub-ledger; take it away.")
LONG_PATH = error(
    "BC616", "With its folders, this name has more than {most} characters; shorten it, or move what it names up."
)

MAX_PATH = 500
"""Bytes, from the sub-ledger's folder: what every system can open, and no program stumbles over by recursion."""

_OF_PYTHON = (".py", ".pyc", ".pyd", ".pyw", ".so", ".dll", ".pth", ".picklecache")
_AT_A_CLICK = (
    *(".exe", ".scr", ".pif", ".msi", ".bat", ".cmd", ".ps1", ".vbs", ".vbe", ".js", ".jse", ".wsf", ".hta", ".lnk"),
    *(".jar", ".sh", ".command", ".desktop"),
)
"""What a desktop runs when somebody opens it, as an accountant opens an invoice."""
_PROGRAMS = (*_OF_PYTHON, *_AT_A_CLICK)


def is_own_file(folder: Path, path: Path) -> bool:
    """Say whether *path* is a plain file of *folder*, reached by no link of either kind."""
    plain = path.is_file() and not path.is_symlink() and path.stat().st_nlink == 1
    return plain and path.resolve().is_relative_to(folder.resolve())


def paths_in(folder: Path, longest: int = MAX_PATH, but: str = "") -> Iterator[Path]:
    """Give all that *folder* holds, however deep; links are not followed, nor what is too far down or named *but*."""
    waiting = [folder]
    while waiting:
        for path in waiting.pop().iterdir():
            name = path.relative_to(folder)
            if str(name) != but:
                yield path
                if is_folder(path) and len(os.fsencode(name)) <= longest:
                    waiting.append(path)


def is_folder(path: Path) -> bool:
    """Say whether *path* is a folder, and no link to one."""
    return path.is_dir() and not path.is_symlink()


def survey(folder: Path) -> tuple[list[Finding], list[Path]]:
    """Give what the *folder* may not hold, and the ledger files whose text is to be judged.

    A name that could itself deceive a reader or his terminal is told by that of the folder, in ASCII.
    """
    findings: list[Finding] = []
    books: list[Path] = []
    for path in sorted(paths_in(folder)):
        name = str(path.relative_to(folder))
        if not _is_honest(name):
            findings.append(Finding(str(folder), 0, DISHONEST_NAME(name=ascii(name))))
        elif len(os.fsencode(name)) > MAX_PATH:
            findings.append(Finding(str(path), 0, LONG_PATH(most=MAX_PATH)))
        elif refusal := _judge(folder, path):
            findings.append(Finding(str(path), 0, refusal))
        elif path.suffix == BOOK:
            books.append(path)
    return findings, books


def _is_honest(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:  # bytes that are not UTF-8
        return False
    return not (INVISIBLE.search(name) or MARKUP.search(name) or "\n" in name or "\t" in name)


def _judge(folder: Path, path: Path) -> Text | None:
    """Say what is wrong with *path*, if anything."""
    suffix = path.suffix.lower()
    if path.is_symlink() or not (path.is_dir() or is_own_file(folder, path)):
        return NO_PLAIN_FILE()
    if suffix in _PROGRAMS or path.name == "__pycache__":
        return PROGRAM()
    if suffix == BOOK and (path.is_dir() or path.suffix != BOOK):
        return NO_BOOK(suffix=BOOK)
    if path.name.startswith(".") and not is_left_alone(path):
        return HIDDEN()
    return None
