"""How figures and dates are written in the reader's language."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from babel import Locale
from babel.dates import format_date, format_skeleton

if TYPE_CHECKING:
    import datetime

    from beancoop.months import Month


_WIDE = Context(prec=10_000)  # a slip of the finger may be longer than the usual 28 digits


class _Signs(NamedTuple):
    point: str
    group: str


@cache
def _signs(language: str) -> _Signs:
    symbols = Locale.parse(language).number_symbols["latn"]
    return _Signs(symbols["decimal"], symbols["group"])


def number(amount: Decimal, language: str, digits: int | None = 2) -> str:
    """Write a number with that many digits after the point, or with all it has (None), at least four.

    The same as Babel's `format_decimal` writes, a page of 500 activities at once.
    """
    if digits is None:
        exponent = amount.normalize().as_tuple().exponent
        digits = max(4, -exponent) if isinstance(exponent, int) else 4
    rounded = amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, _WIDE)
    point, group = _signs(language)
    return f"{rounded:,.{digits}f}".translate({ord(","): group, ord("."): point})


def share(part: Decimal, language: str) -> str:
    """Write a share of 1 to a tenth of a per cent."""
    return f"{number(part * 100, language, 1)} %"


@cache
def day(date: datetime.date, language: str) -> str:
    """Write a date."""
    return format_date(date, "medium", locale=language)


@cache
def month(of: Month, language: str) -> str:
    """Write a month and its year."""
    return str(format_skeleton("yMMM", of.first_day, locale=language))
