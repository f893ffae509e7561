"""The elements of an OFX file, whether it is written as SGML (OFX 1), where values are not closed, or as XML (OFX 2).

Banks mix the two, so one reader takes both: a tag followed by text is a value, closed or not; one with others within
it is to be closed. Nothing is expanded or fetched, and a document type is refused.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from beancoop.words.messages import error

from beancoop_importers.model.faults import DOCTYPE, NO_STATEMENT
from beancoop_importers.model.lines import Line, rows_of
from beancoop_importers.model.statement import Refused
from beancoop_importers.readers.charset import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOT_CLOSED = error("BC774", "{tag} is not closed; the file is damaged or incomplete; download it again from the bank.")
STRAY_TEXT = error(
    "BC775",
    "something stands after {tag}, where nothing belongs; the file is damaged or incomplete; download it again "
    "from the bank.",
)
CLOSES_NOTHING = error(
    "BC776",
    "{tag} closes nothing; the file is damaged or incomplete; download it again from the bank.",
)


_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9._]*)(?:\s[^<>]*?)?(/?)>")
_DECLARATION = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_CHARACTER = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});")
_CHARSET = re.compile(rb"""CHARSET:\s*([A-Za-z0-9_-]+)|<\?xml[^>]*\bencoding=["']([A-Za-z0-9._-]+)""")
_HEAD = 1000  # bytes in which the character set is named
_ROOT = "OFX"
_BLANK = " \t\n\0"
_CLOSED = frozenset(
    {
        *(
            _ROOT,
            "BANKMSGSRSV1",
            "STMTTRNRS",
            "STMTRS",
            "BANKACCTFROM",
            "CREDITCARDMSGSRSV1",
            "CCSTMTTRNRS",
            "CCSTMTRS",
        ),
        *("CCACCTFROM", "STMTTRN", "LEDGERBAL", "AVAILBAL"),
    }
)
"""What holds others and must be closed; any other tag without text may be a value that is empty."""


_ROWS = frozenset({"STMTRS", "CCSTMTRS", "STMTTRN", "STMTTRNP"})
"""What comes several times, and is counted in a file without line breaks."""


@dataclass(slots=True)
class Element:
    """A tag: its name in capitals, its line in the file, its text if it is a value, and what is within it."""

    name: str
    line: int
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def child(self, *path: str) -> Element | None:
        """Give the first descendant down a path of names, None where there is none."""
        found: Element | None = self
        for name in path:
            found = next((one for one in found.children if one.name == name), None) if found else None
        return found

    def value(self, *path: str) -> str:
        """Give the text of `child`, "" where there is none."""
        found = self.child(*path)
        return found.text if found else ""

    def within(self, *names: str) -> Iterator[Element]:
        """Give every descendant of these names, in the order of the file."""
        left = self.children[::-1]
        while left:
            one = left.pop()
            if one.name in names:
                yield one
            left += one.children[::-1]


def parse(data: bytes) -> Element:
    """Give the root of an OFX file.

    Raises:
        Refused: it is too big, has a document type, or is not closed to its end.

    """
    match = _CHARSET.search(data[:_HEAD])
    text = text_of(data, (match[1] or match[2]).decode("ascii") if match else "")
    if declared := _DECLARATION.search(text):
        raise Refused(
            DOCTYPE(),
            text.count("\n", 0, declared.start()) + 1,
        )
    text = _put(text, "<!--", "-->", lambda comment: "\n" * comment.count("\n"))
    return _root(_put(text, "<![CDATA[", "]]>", lambda literal: html.escape(literal, quote=False)))


def _put(text: str, start: str, end: str, instead_of: Callable[[str], str]) -> str:
    """Replace what stands between *start* and *end*, both included."""
    parts: list[str] = []
    at = 0
    while (begin := text.find(start, at)) >= 0:
        stop = text.find(end, begin)
        if stop < 0:
            raise Refused(NOT_CLOSED(tag=start), text.count("\n", 0, begin) + 1)
        parts += (text[at:begin], instead_of(text[begin + len(start) : stop]))
        at = stop + len(end)
    return "".join((*parts, text[at:]))


def _root(text: str) -> Element:
    """Put the tags of *text* within each other, and give the outermost, which must be closed, and be all there is."""
    tags = list(_TAG.finditer(text))
    first = next((at for at, tag in enumerate(tags) if tag[2].upper() == _ROOT), None)
    if first is None:
        raise Refused(NO_STATEMENT(format="OFX"), 1)
    outermost = Element("", 0)
    open_ones, places = [outermost], _Places()
    line, at, valued = 1, 0, ""
    for tag, after in zip(tags[first:], [*tags[first + 1 :], None], strict=True):
        line += text.count("\n", at, tag.start())
        at = tag.start()
        name = tag[2].upper()
        said = text[tag.end() : after.start() if after else len(text)].strip(_BLANK)
        if tag[1] and name == valued:
            valued = ""
        elif tag[1]:
            valued = ""
            _close(open_ones, name, line)
        else:
            place = places.of(name, line, open_ones[-1])
            element = Element(name, place, _CHARACTER.sub(lambda one: html.unescape(one[0]), said))
            open_ones[-1].children.append(element)
            valued = name if said else ""
            if not said and not tag[3]:
                open_ones.append(element)
            continue
        if said or (after and len(open_ones) == 1):
            raise Refused(STRAY_TEXT(tag=f"</{name}>"), line)
    if len(open_ones) > 1:
        raise Refused(NOT_CLOSED(tag=f"<{_ROOT}>"), text.count("\n") + 1)
    return outermost.children[0]


class _Places:
    """Tells the place of each element as it is opened."""

    def __init__(self) -> None:
        self._counted: Counter[tuple[int, str]] = Counter()
        self._before = 0  # the line of the element opened before

    def of(self, name: str, line: int, parent: Element) -> Line:
        """Give its line, with the rows it stands in where the line does not tell them."""
        outer = rows_of(parent.line) if line == parent.line else ""
        shared, self._before = line == self._before, line
        if name not in _ROWS:
            return Line(line, outer)
        self._counted[id(parent), name] += 1
        own = f"{name} {self._counted[id(parent), name]}"
        return Line(line, f"{outer}, {own}".removeprefix(", ") if shared else "")


def _close(open_ones: list[Element], name: str, line: int) -> None:
    """Close the last element of that name; those opened since, and not closed, are empty values beside each other."""
    place = next((at for at in range(len(open_ones) - 1, 0, -1) if open_ones[at].name == name), 0)
    if not place:
        raise Refused(CLOSES_NOTHING(tag=f"</{name}>"), line)
    for empty in open_ones[place + 1 :]:
        if empty.name in _CLOSED:
            raise Refused(NOT_CLOSED(tag=f"<{empty.name}>"), empty.line)
        open_ones[place].children += empty.children
        empty.children = []
    del open_ones[place:]
