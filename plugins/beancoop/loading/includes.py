"""What files include, as their text says it: where nothing has been loaded yet, and of what a load does not tell."""

from __future__ import annotations

import glob
import os
import re
from pathlib import Path

_WORDS = re.compile(
    r'^[*:#!&?%][^\n]*|;[^\n]*|\binclude[ \t\r]*"(?P<name>(?:\\.|[^"\\])*)"|"(?:\\.|[^"\\])*"', re.MULTILINE | re.DOTALL
)
"""Comments and texts, in which nothing is included, and includes, as Beancount's lexer tells them apart."""
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "b": "\b"}


def written_in(file: str | Path) -> list[tuple[int, str]]:
    """Give what stands for files in the includes of a file, a name or a pattern, each with its line.

    Raises:
        OSError: the file cannot be read.

    """
    text = Path(file).read_text(encoding="utf-8", errors="replace")
    found = (each for each in _WORDS.finditer(text) if each["name"] is not None) if "include" in text else ()
    return [(text.count("\n", 0, each.start()) + 1, _meant(each["name"])) for each in found]


def _meant(written: str) -> str:
    return _ESCAPED.sub(lambda found: _CONTROLS.get(found[1], found[1]), written)


def searched(file: str | Path, name: str) -> str:
    """Give where Beancount looks for what a file includes under a name or a pattern, which may yet come to be there."""
    path = os.path.join(os.path.dirname(file), name)
    return path if ".." in name.split("/") else os.path.normpath(path)


def matching(file: str | Path, name: str) -> list[str]:
    """Give what is there now, folders and pipes among it, in the order in which Beancount reads it."""
    return [os.path.normpath(each) for each in glob.glob(os.path.join(os.path.dirname(file), name), recursive=True)]
