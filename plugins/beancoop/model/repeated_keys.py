"""Keys that a directive's text holds twice: Beancount keeps the last and says nothing of the others.

They are looked for in the text itself, which is read by the same rules as Beancount's own (a text in quotes may go on
over several lines; what follows a semicolon is a comment). Where there is no text to read, nothing is repeated.
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from beancount.core.data import Custom

_LINE = re.compile(r'(?:"(?:\\.|[^"\\])*"|;[^\n]*|[^\n";])*(?:\n|$)', re.DOTALL)
_CUSTOM = re.compile(r'\d{4}[-/]\d\d?[-/]\d\d?\s+custom\s+"([^"]*)"')
_BLANK = frozenset((" ", "\t", "\r", "\n"))
_PLACE = ("filename", "lineno")
_KEY = re.compile(r"\s+([a-z][\w-]*):")


class _File:
    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")

    @cached_property
    def starts(self) -> list[int]:
        """Where each line begins."""
        return list(accumulate((len(line) + 1 for line in self.lines), initial=0))


class Sources:
    """The files in which directives stand, each read once.

    Only a ledger's own *files* are read: a directive may carry metadata that feigns another.
    """

    def __init__(self, files: Iterable[str]) -> None:
        """Start with none read."""
        self._own = frozenset(files)
        self._files: dict[str, _File] = {}

    def repeated_keys(self, entry: Custom) -> Iterator[tuple[str, int]]:
        """Give each key that stands in *entry* again, with the line on which it does."""
        file, line = entry.meta["filename"], entry.meta["lineno"]
        if file not in self._own or type(line) is not int:
            return
        source = self._file(file)
        if not 0 < line <= len(source.lines) or _ends_with_its_keys(entry, source.lines):
            return
        at = source.starts[line - 1]
        head = _CUSTOM.match(source.text, at)
        if head is None or head[1] != entry.type:  # the file is no longer the one that was loaded
            return
        seen: set[str] = set()
        for key, line_of_key in _keys(source.text, at, line):
            if key in seen:
                yield key, line_of_key
            seen.add(key)

    def _file(self, name: str) -> _File:
        if name not in self._files:
            self._files[name] = _File(_read(name))
        return self._files[name]


def _ends_with_its_keys(entry: Custom, lines: list[str]) -> bool:
    """Say whether a directive has no more lines than keys: most have, and are not read again."""
    own = [value for key, value in entry.meta.items() if key not in _PLACE]
    after = entry.meta["lineno"] + len(own)
    while after < len(lines) - 1 and not lines[after]:  # an empty line holds no key
        after += 1
    is_last = after >= len(lines) or lines[after][:1] not in _BLANK
    return is_last and not any(isinstance(value, str) and "\n" in value for value in own)


def _keys(text: str, at: int, line: int) -> Iterator[tuple[str, int]]:
    """Give the keys below the line that begins at *at*, up to the next directive."""
    while at < len(text):
        end = _end_of_line(text, at)
        line += text.count("\n", at, end)
        at = end
        if text[at : at + 1] not in _BLANK:
            return
        if key := _KEY.match(text, at):
            yield key[1], line


def _end_of_line(text: str, at: int) -> int:
    """Give where a line ends, with the lines that a text in quotes goes on over; of one left open, the first."""
    if found := _LINE.match(text, at):
        return found.end()
    return text.find("\n", at) + 1 or len(text)


def _read(name: str) -> str:
    try:
        return Path(name).read_bytes().decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""
