"""The characters and the words of a ledger file: what a reader cannot see, and what Beancount cannot survive.

Beancount's lexer is safe on any bytes; its parser is not: it computes, and a division by zero ends the process. So the
words are judged before anything is computed.
"""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from beancount.parser import _parser  # type: ignore[attr-defined]  # compiled
from beancount.parser.lexer import LexBuilder

from beancoop.words.messages import error, in_source

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_LINE = 5_000
MAX_DIGITS = 20
MAX_DEPTH = 10
MAX_TEXT_LINES = 64

_PICTURES = "[\ufe0f\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]"
INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but tabs and line ends
    "\u00ad\u0600-\u0605\u061c\u06dd\u070f\u08e2\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001-\U000e007f"
    "\u115f\u1160\u3164\uffa0]"  # letters without a shape
    f"|(?<!{_PICTURES})\u200d|\u200d(?!{_PICTURES})"
)
"""Unicode's format characters (category Cf), separators of lines, and control characters.

What joins two pictures to one, as a woman and an ear of rice to a farmer, is let through between them.
"""

MARKUP = re.compile("<[A-Za-z/!?]")
"""What opens an element on a web page; a text such as "Devis < 5 pages" does not."""


NOT_UTF8 = error("BC601", "The file is not UTF-8 text; save it again as UTF-8.")
LONG_LINE = error("BC602", "The line has more than {most} characters; shorten it.")
INVISIBLE_ON_LINE = error("BC603", "The line holds the invisible character {character}; take it out.")
DIVISION = error("BC604", "A division is by a number other than zero alone; write its result instead.")
MANY_DIGITS = error("BC605", "A number has more than {most} digits; write the amount that is meant.")
DEEP_SUM = error("BC606", "More than {most} parentheses are open; write the result of the sum instead.")
INVISIBLE_IN_TEXT = error("BC607", "The text holds the invisible character {character}; take it out.")
LONG_TEXT = error("BC608", "A text has more than {most} lines; look for a quotation mark that is missing.")
MARKUP_IN_TEXT = error("BC609", 'The text holds "<" before a letter, as web pages do; put a blank after it.')


class Remark(NamedTuple):
    """Something wrong on a line, from 1, in words of ours or of Beancount's parser."""

    line: int
    message: str

    @property
    def order(self) -> tuple[int, str]:
        """What remarks are sorted by, whatever the reader's language."""
        return self.line, in_source(self.message)


def judge_characters(raw: bytes) -> list[Remark]:
    """Judge a file's bytes: UTF-8 text that shows all it holds, on lines a person can read."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as failed:
        line = raw.count(b"\n", 0, failed.start) + 1
        return [Remark(line, NOT_UTF8())]
    lines = text.split("\n")
    if not INVISIBLE.search(text.replace("\r\n", "\n")) and max(map(len, lines)) <= MAX_LINE:
        return []  # as nearly all books are, sooner than line by line
    remarks: list[Remark] = []
    for number, line_text in enumerate(lines, 1):
        if len(line_text) > MAX_LINE:
            remarks.append(Remark(number, LONG_LINE(most=Decimal(MAX_LINE))))
        elif match := INVISIBLE.search(line_text.removesuffix("\r")):
            remarks.append(Remark(number, INVISIBLE_ON_LINE(character=_name_of(match[0]))))
    return remarks


def judge_words(raw: bytes) -> Iterator[Remark]:
    """Judge a file's words: texts as they are once their escapes are undone, and sums that can be worked out."""
    depth = 0
    divides = False
    for kind, line, written, value in _parser.Parser(LexBuilder()).lex(io.BytesIO(raw)):
        if divides and not (kind == "NUMBER" and value):
            yield Remark(line, DIVISION())
        divides = kind == "SLASH"
        if kind == "STRING":
            yield from _judge_string(line, value)
        elif len(written) > MAX_DIGITS and written[:1].isdigit():
            yield Remark(line, MANY_DIGITS(most=MAX_DIGITS))
        elif kind == "LPAREN":
            depth += 1
            if depth == MAX_DEPTH + 1:
                yield Remark(line, DEEP_SUM(most=MAX_DEPTH))
        elif kind in {"RPAREN", "EOL"}:
            depth = max(0, depth - 1) if kind == "RPAREN" else 0


def _judge_string(line: int, value: str) -> Iterator[Remark]:
    """Judge a text; *line* is the one on which it ends."""
    if match := INVISIBLE.search(value.replace("\r\n", "\n")):
        yield Remark(line, INVISIBLE_IN_TEXT(character=_name_of(match[0])))
    if value.count("\n") > MAX_TEXT_LINES:
        yield Remark(line, LONG_TEXT(most=MAX_TEXT_LINES))
    if MARKUP.search(value):
        yield Remark(line, MARKUP_IN_TEXT())


def _name_of(character: str) -> str:
    return f"U+{ord(character):04X}"
