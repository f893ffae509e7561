"""How figures and dates are written in the reader's language."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    import datetime


_WIDE = Context(prec=10_000)  # a slip of the finger may be longer than the usual 28 digits


@runtime_checkable
class CalendarMonth(Protocol):
    """All that is known of a month here: words stand below the model, where it is made."""

    @property
    def first_day(self) -> datetime.date:
        """The first of the month."""


class _Signs(NamedTuple):
    point: str
    group: str


@cache
def _signs(language: str) -> _Signs:
    from babel import Locale  # noqa: PLC0415 - a program that writes no figure need not wait for it

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


def as_written(amount: Decimal, language: str) -> str:
    """Write a number with the digits it has, none rounded away."""
    exponent = amount.as_tuple().exponent
    return number(amount, language, max(0, -exponent)) if isinstance(exponent, int) else str(amount)


def share(part: Decimal, language: str) -> str:
    """Write a share of 1 to a tenth of a per cent."""
    return f"{number(part * 100, language, 1)} %"


@cache
def day(date: datetime.date, language: str) -> str:
    """Write a date."""
    from babel.dates import format_date  # noqa: PLC0415

    return str(format_date(date, "medium", locale=language))


@cache
def month(of: CalendarMonth, language: str) -> str:
    """Write a month and its year."""
    from babel.dates import format_skeleton  # noqa: PLC0415

    return str(format_skeleton("yMMM", of.first_day, locale=language))


_BETWEEN = {"fr": "/", "nl": "/", "de": "."}


def day_in_figures(date: datetime.date, language: str) -> str:
    """Write a date in figures, as on an invoice; in English, where day and month change places, as ISO 8601 does."""
    sign = _BETWEEN.get(language)
    return f"{date.day:02}{sign}{date.month:02}{sign}{date.year:04}" if sign else date.isoformat()


def month_in_words(of: CalendarMonth, language: str) -> str:
    """Write a month within a sentence; in English, beside dates of ISO 8601, as that does."""
    from babel.dates import format_skeleton  # noqa: PLC0415

    return str(format_skeleton("yMMMM", of.first_day, locale=language)) if language in _BETWEEN else str(of)
