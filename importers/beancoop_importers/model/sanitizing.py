"""Text from a bank is a stranger's text: what of it may stand in a ledger.

It is printed in journals, pages and terminals. Control, bidirectional and invisible characters go; `<` becomes a
quotation mark that no browser takes for a tag; the numbers of payment cards keep their last four figures.
"""

from __future__ import annotations

import re
import unicodedata

from stdnum import luhn

from beancoop_importers.model.identifiers import iban_holds

_LONGEST = 2000  # characters; beyond, a line of the ledger becomes slow to read for people and programs
_SPACES = frozenset({"Cc", "Zl", "Zp", "Zs"})
_GONE = frozenset({"Cf", "Cs", "Co", "Cn"})
_LESS_THAN = "\u2039"  # single left-pointing angle quotation mark
_CARD_FIGURES = range(13, 20)
_HIDDEN_ENOUGH = 3
_SEPARATORS = str.maketrans("", "", " .-")
_NUMBER = re.compile(
    r"(?P<iban>\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b)"
    r"|(?P<masked>(?<![0-9A-Za-z*])[0-9]{4}(?=[0-9 .-]{0,20}[Xx*])(?:[ .-]?[0-9Xx*]){8,15}(?![0-9Xx*]))"
    r"|(?<![0-9])(?<!\b[A-Z]{2})"  # right after a country's letters it is an account
    r"(?P<card>[0-9]{13,19}|[0-9]{4}(?:[ .-][0-9]{4}){3}|[0-9]{4}[ .-][0-9]{6}[ .-][0-9]{5})"
    r"(?P<tail>[ .-][0-9]{1,3}(?![0-9]))?(?![0-9])"
)


def clean(text: str) -> str:
    """Give *text* as it may stand in a ledger: one line, visible, harmless, without a card's number."""
    line = plain(text)
    return _shorten(mask_cards(line[: 2 * _LONGEST]))  # masked before it is cut: half a card's number shows too much


def plain(text: str) -> str:
    """Give *text* on one line, visible and harmless, but whole: for a number that must stay the number it is."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(map(_visible, text))
    return " ".join(text.replace("<", _LESS_THAN).split())


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category in _SPACES:
        return " "
    return "" if category in _GONE else character


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def mask_cards(text: str) -> str:
    """Hide the numbers of payment cards: Luhn-valid ones (ISO/IEC 7812), and ones already half hidden.

    An IBAN whose check digits hold stays whole, whatever its figures.

    >>> mask_cards("CARTE 4111 1111 1111 1111 LE 02/03"), mask_cards("BE68 5390 0754 7034")
    ('CARTE ****1111 LE 02/03', 'BE68 5390 0754 7034')
    """
    parts: list[str] = []
    done = at = 0
    while match := _NUMBER.search(text, at):
        if account := _account(match["iban"] or ""):
            at = match.start() + len(account)
        elif card := _card(match):
            parts += (text[done : match.start()], f"****{_last_figures(card)}")
            done = at = match.start() + len(card)
        else:
            at = match.start() + 1  # a card may begin inside what looked like another number
    return "".join((*parts, text[done:]))


def _account(text: str) -> str:
    """Give the IBAN *text* begins with; words that follow may look like more of it."""
    while text and not iban_holds(text):
        text = text.rpartition(" ")[0]
    return text


def _card(match: re.Match[str]) -> str:
    """Give what of the match is a card's number, "" where nothing is."""
    if masked := match["masked"]:
        if sum(masked.count(sign) for sign in "Xx*") >= _HIDDEN_ENOUGH:
            return masked
        return ""
    card, tail = match["card"] or "", match["tail"] or ""
    return next((text for text in (card + tail, card) if _is_card(text)), "")


def _is_card(text: str) -> bool:
    figures = text.translate(_SEPARATORS)
    return len(figures) in _CARD_FIGURES and bool(luhn.is_valid(figures))


def _last_figures(card: str) -> str:
    last = card.translate(_SEPARATORS)[-4:]
    return last.lstrip("Xx*") if last[-1].isdecimal() else ""
