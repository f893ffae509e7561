"""The characters and the words of a ledger file: what a reader cannot see, and what Beancount cannot survive.

Beancount's lexer is safe on any bytes; its parser is not: it computes, and a division by zero ends the process. So the
words are judged before anything is computed.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, NamedTuple

from beancount.parser import _parser  # type: ignore[attr-defined]  # compiled
from beancount.parser.lexer import LexBuilder

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_LINE = 5_000
MAX_DIGITS = 20
MAX_DEPTH = 10
MAX_TEXT_LINES = 64

INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but tabs and line ends
    "\u00ad\u0600-\u0605\u061c\u06dd\u070f\u08e2\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001-\U000e007f"
    "\u115f\u1160\u3164\uffa0]"  # letters without a shape
)
"""Unicode's format characters (category Cf), separators of lines, and control characters."""

MARKUP = re.compile("<[A-Za-z/!?]")
"""What opens an element on a web page; a text such as "Devis < 5 pages" does not."""


class Remark(NamedTuple):
    """Something wrong on a line, from 1."""

    line: int
    message: str


def judge_characters(raw: bytes) -> list[Remark]:
    """Judge a file's bytes: UTF-8 text that shows all it holds, on lines a person can read."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return [Remark(line, "The file is not UTF-8 text; save it again as UTF-8.")]
    remarks: list[Remark] = []
    for number, line_text in enumerate(text.split("\n"), 1):
        if len(line_text) > MAX_LINE:
            remarks.append(Remark(number, f"The line has more than {MAX_LINE:,} characters; shorten it."))
        elif match := INVISIBLE.search(line_text.removesuffix("\r")):
            message = f"The line holds the invisible character U+{ord(match[0]):04X}; take it out."
            remarks.append(Remark(number, message))
    return remarks


def judge_words(raw: bytes) -> Iterator[Remark]:
    """Judge a file's words: texts as they are once their escapes are undone, and sums that can be worked out."""
    depth = 0
    divides = False
    for kind, line, written, value in _parser.Parser(LexBuilder()).lex(io.BytesIO(raw)):
        if divides and not (kind == "NUMBER" and value):
            yield Remark(line, "A division is by a number other than zero alone; write its result instead.")
        divides = kind == "SLASH"
        if kind == "STRING":
            yield from _judge_string(line, value)
        elif len(written) > MAX_DIGITS and written[:1].isdigit():
            yield Remark(line, f"A number has more than {MAX_DIGITS} digits; write the amount that is meant.")
        elif kind == "LPAREN":
            depth += 1
            if depth == MAX_DEPTH + 1:
                yield Remark(line, f"More than {MAX_DEPTH} parentheses are open; write the result of the sum instead.")
        elif kind in {"RPAREN", "EOL"}:
            depth = max(0, depth - 1) if kind == "RPAREN" else 0


def _judge_string(line: int, value: str) -> Iterator[Remark]:
    """Judge a text; *line* is the one on which it ends."""
    if match := INVISIBLE.search(value.replace("\r\n", "\n")):
        yield Remark(line, f"The text holds the invisible character U+{ord(match[0]):04X}; take it out.")
    if value.count("\n") > MAX_TEXT_LINES:
        yield Remark(line, f"A text has more than {MAX_TEXT_LINES} lines; look for a quotation mark that is missing.")
    if MARKUP.search(value):
        yield Remark(line, 'The text holds "<" before a letter, as web pages do; put a blank after it.')
