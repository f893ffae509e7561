"""What a cell of the table says: an amount, a day, an account, a communication; None where it is none of these.

Nothing is guessed: `1,234` may be a thousand or a little more than one, and is no amount.
"""

from __future__ import annotations

import datetime
import re
from contextlib import suppress
from decimal import Decimal

_PLAIN = re.compile(r"[0-9]{1,15}(?:[.,][0-9]{1,2})?")
_GROUPED = re.compile(
    r"[0-9]{1,3}(?:(?P<by>[., '\u2019\u00a0\u202f])[0-9]{3})(?:(?P=by)[0-9]{3}){0,3}(?P<cents>[.,][0-9]{1,2})?"
)
_DAYS = (
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"),
    re.compile(r"(?P<day>[0-9]{1,2})(?P<by>[/.-])(?P<month>[0-9]{1,2})(?P=by)(?P<year>[0-9]{4})"),
)
_OGM = re.compile(r"[0-9]{12}")
_OGM_SIGNS = re.compile(r"[+*/\s]")
_ACCOUNT = re.compile(r"(?P<number>[0-9]{2,6})(?:-(?P<label>[A-Z0-9][A-Za-z0-9-]*))?")
_YEARS = range(1950, 2200)  # beyond, a date is a slip


def read_amount(text: str) -> Decimal | None:
    """Read an amount of at most two decimals.

    >>> read_amount("1.234,56"), read_amount("-12.5"), read_amount("605,00-"), read_amount("1,234")
    (Decimal('1234.56'), Decimal('-12.50'), Decimal('-605.00'), None)
    """
    sign, figures = _signed(text)
    if _PLAIN.fullmatch(figures):
        number = Decimal(figures.replace(",", "."))
    elif (match := _GROUPED.fullmatch(figures)) and _is_plain(match["by"], match["cents"] or ""):
        whole = figures.removesuffix(match["cents"] or "").replace(match["by"], "")
        number = Decimal(f"{whole}{(match['cents'] or '').replace(',', '.')}")
    else:
        return None
    return (sign * number).quantize(Decimal("0.01")) + 0  # never -0.00


def _signed(text: str) -> tuple[int, str]:
    """Take the sign from before or behind the figures."""
    if text.startswith(("-", "\u2212")):
        return -1, text[1:].strip()
    if text.endswith("-"):
        return -1, text[:-1].strip()
    return 1, text.removeprefix("+").strip()


def _is_plain(by: str, cents: str) -> bool:
    """Say whether what parts the thousands cannot be what parts the cents."""
    return by not in ".," or (bool(cents) and cents[0] != by)


def read_day(text: str) -> datetime.date | None:
    """Read a day, written as in 2026-01-31 or 31/01/2026.

    >>> read_day("2026-01-31") == read_day("31/01/2026") == read_day("31.1.2026"), read_day("31/02/2026")
    (True, None)
    """
    for form in _DAYS:
        if (match := form.fullmatch(text)) and int(match["year"]) in _YEARS:
            with suppress(ValueError):
                return datetime.date(int(match["year"]), int(match["month"]), int(match["day"]))
    return None


def read_account(text: str) -> tuple[str, str] | None:
    """Read an account: its PCMN number, and its label or "".

    >>> read_account("400"), read_account("5500-Banque"), read_account("Banque")
    (('400', ''), ('5500', 'Banque'), None)
    """
    match = _ACCOUNT.fullmatch(text)
    return (match["number"], match["label"] or "") if match else None


def read_communication(text: str) -> tuple[str, str] | None:
    """Give the metadata by which a payment is known by its communication; None where its check digits are wrong.

    >>> read_communication("090/9337/55493"), read_communication("+++090/9337/55494+++"), read_communication("Merci")
    (('ogm', '+++090/9337/55493+++'), None, ('communication', 'Merci'))
    """
    figures = _OGM_SIGNS.sub("", text)
    if _OGM.fullmatch(figures):
        holds = (int(figures[:10]) % 97 or 97) == int(figures[10:])
        return ("ogm", f"+++{figures[:3]}/{figures[3:7]}/{figures[7:]}+++") if holds else None
    key = "".join(text.split()).upper()
    from stdnum import iso11649  # noqa: PLC0415 - only now: whoever reads an amount here need not wait for it

    if iso11649.is_valid(key):
        return "rf", key
    return "communication", text
