"""What stands in the cells of a bank's table: amounts, days, accounts, references; each read one way or refused.

An amount is never read by what the rest of its file or column looks like: banks mix decimal commas and points in one
file. What can be read in two ways (`1,234`, `1.234`) is refused.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from decimal import Decimal

from beancoop.words.messages import error

from beancoop_importers.model.faults import NO_AMOUNT, NO_DATE, TWO_WAYS
from beancoop_importers.model.identifiers import account_key, creditor_reference, ogm, printed_ogm
from beancoop_importers.model.statement import Refused, Structured

NO_IBAN = error(
    "BC795",
    "{written} is no account number; expected an IBAN; download the file again from the bank, and open it in no "
    "other program.",
)
NO_CURRENCY = error(
    "BC796",
    "{written} is no currency; expected a code such as EUR; download the file again from the bank, and open it "
    "in no other program.",
)


TWO_PLACES = frozenset({2})
UP_TO_TWO_PLACES = frozenset({0, 1, 2})
_NEITHER_LETTER_NOR_FIGURE = re.compile(r"[^a-z0-9]+")
_FORMS = tuple(
    re.compile(
        rf"(?P<sign>[+-]?) ?(?:(?P<whole>[0-9]{{0,15}})|(?P<grouped>[0-9]{{1,3}}(?:{thousands}[0-9]{{3}}){{1,4}}))"
        rf"(?:{point}(?P<cents>[0-9]{{1,2}}))?"
    )
    for point, thousands in ((",", r"\."), (r"\.", ","))
)
_TWO_WAYS = re.compile(r"[+-]? ?[0-9]{1,3}[.,][0-9]{3}")
_DAY = re.compile(r"(?P<day>[0-9]{1,2})(?P<sign>[/.-])(?P<month>[0-9]{1,2})(?P=sign)(?P<year>[0-9]{4})")
_SHORT_DAY = re.compile(r"(?P<day>[0-9]{2})/(?P<month>[0-9]{2})/(?P<year>[0-9]{2})")  # Belfius, at times
_CENTURY = 2000
_ISO_DAY = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_YEARS = range(1950, 2200)  # beyond, a date is a slip, and calendars end
_CURRENCY = re.compile(r"[A-Z]{3}")
_ACCOUNT = re.compile(r"BE[0-9]{14}|(?!BE)[A-Z]{2}[0-9]{2}[A-Z0-9]{9,30}")
_OTHER_ACCOUNT = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{5,30}|[0-9]{5,34}")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_SIGNS = re.compile(r"[^A-Za-z0-9]+")


def fold(text: str) -> str:
    """Give *text* as it is compared: without case, accents, signs and double blanks.

    >>> fold("Nº de  SÉQUENCE"), fold("Date d'exécution")
    ('no de sequence', 'date d execution')
    """
    letters = (one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return " ".join(_NEITHER_LETTER_NOR_FIGURE.split("".join(letters).casefold())).strip()


def amount_of(text: str, places: frozenset[int], line: int) -> Decimal:
    """Read an amount; *places* is how many decimals the bank writes.

    Raises:
        Refused: it is no amount, or one that can be read in two ways.

    """
    written = text.strip()
    if _TWO_WAYS.fullmatch(written):
        raise Refused(TWO_WAYS(written=repr(written)), line)
    for form in _FORMS:
        if match := form.fullmatch(written):
            whole, cents = match["whole"], match["cents"] or ""
            if len(cents) in places and (cents or whole):  # thousands without cents could be decimals
                figures = whole if whole is not None else _SIGNS.sub("", match["grouped"])
                return Decimal(f"{match['sign']}{figures or 0}.{cents or 0}") + Decimal("0.00")  # never -0.00
    raise Refused(NO_AMOUNT(written=repr(written[:40]), example="-1234,50"), line)


def is_day(text: str) -> bool:
    """Tell whether a text is written as a date is."""
    return any(form.fullmatch(text) for form in (_DAY, _ISO_DAY, _SHORT_DAY))


def day_of(text: str, line: int, *, short: bool = False) -> datetime.date:
    """Read a date: day, month and year, in this order, or as ISO 8601 has it; where *short*, two figures tell the year.

    Raises:
        Refused: it is none.

    """
    written = text.strip()
    match = _DAY.fullmatch(written) or _ISO_DAY.fullmatch(written) or (_SHORT_DAY.fullmatch(written) if short else None)
    try:
        day = datetime.date(_year_of(match["year"]), int(match["month"]), int(match["day"])) if match else None
    except ValueError:
        day = None
    if day is None or day.year not in _YEARS:
        raise Refused(NO_DATE(written=repr(written[:40]), example="31/01/2026"), line)
    return day


def _year_of(figures: str) -> int:
    return int(figures) + (_CENTURY if len(figures) == 2 else 0)  # noqa: PLR2004 - figures of a short year


def currency_of(text: str, line: int) -> str:
    """Read the code of a currency (ISO 4217).

    Raises:
        Refused: it is none.

    """
    code = text.strip()
    if not _CURRENCY.fullmatch(code):
        raise Refused(NO_CURRENCY(written=repr(code[:40])), line)
    return code


def own_account(text: str, line: int) -> str:
    """Give the holder's account as `identifiers.account_key` writes it.

    Raises:
        Refused: it is no account number; one figure too few would be another account.

    """
    key = account_key(text)
    if not _ACCOUNT.fullmatch(key):
        raise Refused(NO_IBAN(written=repr(text.strip()[:40])), line)
    return key


def other_account(text: str) -> str:
    """Give the other party's account normalised; "" for a text that is none."""
    key = account_key(_SIGNS.sub("", text))
    return key if _OTHER_ACCOUNT.fullmatch(key) else ""


def bic_of(text: str) -> str:
    """Give the identifier of a bank; "" for a text that is none."""
    code = text.strip()
    return code if _BIC.fullmatch(code) else ""


def structured_of(column: str, free: str) -> Structured | None:
    """Read a structured communication: the bank's own column of them, else an OGM printed in the free text."""
    written = column.strip()
    if value := ogm(_SIGNS.sub("", written)):
        return Structured("ogm", value)
    if value := creditor_reference(written):
        return Structured("rf", value)
    if written:
        return Structured("csv-structured", written)
    printed = printed_ogm(free)
    return Structured("ogm", printed) if printed else None
