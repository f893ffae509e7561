"""Do what a message says: a text with a mistake, the finding, and the act that its remedy names.

An act changes the text of the file at the finding's own line, with words taken out of the message wherever it gives
them; afterwards nothing may be found any more.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from beancoop.model.findings import Finding

Act = Callable[[list[str], "Finding"], list[str]]
"""From the lines of the file and what was found to the lines afterwards."""


class Remedy(NamedTuple):
    """A mistake and what its message says to do.

    Attributes:
        code: the code of the finding.
        wrong: what is written, below the books of the test.
        act: what the message says.
        also: the codes of what the same mistake brings about besides, and which goes with it.

    """

    code: str
    wrong: str
    act: Act
    also: frozenset[str] = frozenset()


def named(pattern: str, finding: Finding) -> str:
    """Give what the message itself proposes, as its first group."""
    match = re.search(pattern, finding.message)
    assert match, (pattern, finding.message)
    return match[1]


def swap(old: str, new: str = "", *, said: str = "") -> Act:
    """Write *new*, or what the message says at *said*, in place of *old* on the line found or just below it."""

    def act(lines: list[str], finding: Finding) -> list[str]:
        right = new.replace("{said}", named(said, finding)) if said else new
        at = _with(lines, finding, old)
        return [*lines[:at], lines[at].replace(old, right, 1), *lines[at + 1 :]]

    return act


def take_out(word: str = "") -> Act:
    """Take out the line found, or the one below it with *word*."""

    def act(lines: list[str], finding: Finding) -> list[str]:
        at = _with(lines, finding, word)
        return [*lines[:at], *lines[at + 1 :]]

    return act


def take_entry_out(lines: list[str], finding: Finding) -> list[str]:
    """Take out the directive found, with all that is indented below it."""
    at = finding.line - 1
    end = next((each for each in range(at + 1, len(lines)) if not lines[each].startswith((" ", "\t"))), len(lines))
    return [*lines[:at], *lines[end:]]


def add(said: str, before: str = "{said}") -> Act:
    """Add what the message says at *said* to the end of the file."""
    return lambda lines, finding: [*lines, before.replace("{said}", named(said, finding))]


def write(text: str) -> Act:
    """Add *text*, where the message says in words what to write."""
    return lambda lines, _: [*lines, *text.splitlines()]


def add_below(said: str, indent: str = "  ") -> Act:
    """Add what the message says at *said* below the line found."""
    return lambda lines, finding: [
        *lines[: finding.line],
        indent + named(said, finding),
        *lines[finding.line :],
    ]


def in_place(said: str) -> Act:
    """Write what the message says at *said* in place of the line found."""
    return lambda lines, finding: [*lines[: finding.line - 1], named(said, finding), *lines[finding.line :]]


def _with(lines: list[str], finding: Finding, word: str) -> int:
    from_there = [*range(max(finding.line - 1, 0), len(lines)), *range(finding.line - 1)]
    return next(at for at in from_there if word in lines[at])
