r"""Regular expressions that a stranger's text cannot slow down.

Of Python's syntax they keep characters, `.`, classes such as `[0-9]` and `\d`, fixed counts such as `{4}`, `\b`, `^`,
`$`, alternatives `|` and `.*` for anything between. Without groups and other repeats, nothing is ever tried twice: each
piece between two `.*` has one length, and the first place where it stands is as good as any later one.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from beancoop.model.findings import Refusal
from beancoop.words.messages import error

LONG = error("BC1285", "it has {length} characters, more than {most}.")
NOT_ALLOWED = error(
    "BC1286",
    "{sign} is not allowed; write characters, classes such as [0-9] or \\d, counts such as {{4}}, .* and |, and a "
    "backslash before a sign that stands for itself.",
)
EVERYWHERE = error("BC1287", "it would be found in every text.")
NO_EXPRESSION = error("BC1288", "it is no regular expression ({reason}).")


LONGEST = 200
"""Characters a pattern may have."""

_TOKEN = re.compile(
    r"(?P<piece>(?:\\[dwsDWS]|\\[^\w\s]|\[\^?(?:\\[dwsDWS]|\\[^\w\s]|[^\\\[\]])+\]|\.(?!\*)|[^\\\[\](){}|*+?.^$])"
    r"(?:\{[0-9]{1,2}\})?|\\b|\^|\$)|(?P<gap>\.\*)|(?P<or>\|)"
)


class Pattern(NamedTuple):
    """A compiled pattern: it is found where the pieces of one alternative follow one another."""

    alternatives: tuple[tuple[re.Pattern[str], ...], ...]

    def found_in(self, text: str) -> bool:
        """Tell whether *text* holds it."""
        plain = _without_accents(text)
        return any(_follow(pieces, plain) for pieces in self.alternatives)


def _follow(pieces: tuple[re.Pattern[str], ...], text: str) -> bool:
    at = 0
    for piece in pieces:
        match = piece.search(text, at)
        if match is None:
            return False
        at = match.end()
    return True


def fold(text: str) -> str:
    """Give *text* without accents and capitals, which banks drop or change."""
    return _without_accents(text).casefold()


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    return "".join(part for part in unicodedata.normalize("NFKD", text) if not unicodedata.combining(part))


def compile_pattern(text: str) -> Pattern:
    r"""Compile a pattern; accents and capitals make no difference.

    Raises:
        Refusal: it is longer than `LONGEST`, or uses what is not allowed.

    >>> compile_pattern(r"abo.*n° \d{4}").found_in("Abonnement annuel, N° 2026")
    True

    """
    if len(text) > LONGEST:
        raise Refusal(LONG(length=len(text), most=LONGEST))
    alternatives: list[list[str]] = [[""]]
    plain, at = _without_accents(text), 0
    while at < len(plain):
        token = _TOKEN.match(plain, at)
        if token is None:
            raise Refusal(NOT_ALLOWED(sign=repr(plain[at : at + 10])))
        at = token.end()
        if token["or"]:
            alternatives.append([""])
        elif token["gap"]:
            alternatives[-1].append("")
        else:
            alternatives[-1][-1] += token["piece"]
    if not all(map(any, alternatives)):
        raise Refusal(EVERYWHERE())
    try:
        return Pattern(tuple(tuple(re.compile(piece, re.IGNORECASE) for piece in each) for each in alternatives))
    except re.error as error:
        raise Refusal(NO_EXPRESSION(reason=error)) from None
