"""The references a payment carries: what in its communication names an invoice exactly.

A Belgian structured communication (OGM) and a creditor reference (ISO 11649) have check digits and are known as such
wherever they stand. A number or link of an invoice is a whole word of the text, of five characters or more of which one
is a figure: `7` or `Solde` could stand in any text. Upper and lower case are the same, since banks change them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from beancoop_importers.model.identifiers import creditor_reference, ogm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancoop_importers.model.statement import Movement, Structured

_EXACT = frozenset({"ogm", "rf"})
_TOLD_AS_TEXT = frozenset({"camt-scor", "camt-reference"})  # a creditor's own reference without check digits
_SHORTEST = 5
_FIGURE = re.compile(r"[0-9]")
_WORD = re.compile(r"[\w./-]+")
_AROUND = "._/-"
_OGM = re.compile(r"(?<![\w/])([0-9]{3})([ ./-]{0,3})([0-9]{4})[ ./-]{0,3}([0-9]{5})(?![\w/])")
_PRINTED = re.compile(r"(?:\+{3}|\*{3})[^+*]{0,30}(?:\+{3}|\*{3})|(?<![\w/])[0-9]{3}/[0-9]{4}/[0-9]{5}(?![\w/])")


class References(NamedTuple):
    """What a payment names.

    Attributes:
        exact: structured communications as `+++090/9337/55493+++` and creditor references, check digits right.
        meant: those of them that can be nothing else: structured by the bank, or written as a communication is.
        words: words of the text that may be numbers of invoices.
        wrong: what is written as a structured communication is, and whose check digits are wrong.

    """

    exact: tuple[str, ...]
    meant: frozenset[str]
    words: tuple[str, ...]
    wrong: tuple[str, ...]


def word_key(text: str) -> str:
    """Give the form in which a number of an invoice is looked up, "" where it is too poor to be recognised."""
    return text.casefold() if len(text) >= _SHORTEST and _FIGURE.search(text) else ""


def references_of(movement: Movement) -> References:
    """Read what *movement* names."""
    return references_in(movement.communication, movement.structured)


def references_in(text: str, structured: Structured | None) -> References:
    """Read what a communication names: its free *text*, and what is *structured* beside it."""
    exact: dict[str, None] = {}
    meant: set[str] = set()
    if structured and structured.kind in _EXACT:
        exact[structured.value] = None
        meant.add(structured.value)
    elif structured and structured.kind in _TOLD_AS_TEXT:
        text = f"{text} {structured.value}"
    printed = [match[0] for match in _PRINTED.finditer(text)]
    communications = [(one, _ogm(one)) for one in printed if _figures(one)]
    meant |= {value for _, value in communications if value}
    for value in (*(value for _, value in communications), *_in_text(text)):
        if value:
            exact[value] = None
    words = dict.fromkeys(filter(None, (word_key(word.strip(_AROUND)) for word in _WORD.findall(text))))
    return References(
        tuple(exact), frozenset(meant), tuple(words), tuple(one for one, value in communications if not value)
    )


def _in_text(text: str) -> Iterator[str | None]:
    for match in _OGM.finditer(text):
        yield ogm("".join(match.group(1, 3, 4)))
    for word in _WORD.findall(text):
        yield creditor_reference(word.strip(_AROUND))


def _figures(text: str) -> str:
    return "".join(_FIGURE.findall(text))


def _ogm(printed: str) -> str | None:
    return ogm(_figures(printed))
