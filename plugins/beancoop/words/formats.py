"""How figures, dates and months are written in the reader's language.

In a table and in a message a date is in figures, as on an invoice; in a title it is in words. Babel, which knows the
languages, is imported where something is written in words: what only has figures does not wait for it.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

from beancoop.words.language import SOURCE

if TYPE_CHECKING:
    import datetime

NOTHING = "\N{EN DASH}"
"""What stands where there is nothing to tell."""

_WIDE = Context(prec=10_000)  # a slip of the finger may be longer than the usual 28 digits
_BETWEEN = {"de": "."}  # a day and its month; any other language has a slash, as Belgium writes


@runtime_checkable
class CalendarMonth(Protocol):
    """All that is known of a month here: words stand below the model, where it is made."""

    @property
    def first_day(self) -> datetime.date:
        """The first of the month."""


class _Signs(NamedTuple):
    point: str
    group: str


_SIGNS = {
    "fr": _Signs(",", "\N{NARROW NO-BREAK SPACE}"),
    "nl": _Signs(",", "."),
    "de": _Signs(",", "."),
    SOURCE: _Signs(".", ","),
}
"""Unicode CLDR 49, number symbols (latn): a command need not wait for Babel to write an amount; a test compares."""


def decimal_point(language: str) -> str:
    """Give the sign between the whole and the fraction of a number."""
    return _SIGNS[language].point


def number(amount: Decimal, language: str, digits: int | None = 2) -> str:
    """Write a number with that many digits after the point, or with all it has (None), at least four.

    The same as Babel's `format_decimal` writes, a page of 500 activities at once.
    """
    if digits is None:
        digits = max(4, _digits(amount.normalize()))
    rounded = amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, _WIDE) or Decimal(0)  # not -0.00
    point, group = _SIGNS[language]
    return f"{rounded:,.{digits}f}".translate({ord(","): group, ord("."): point})


def as_written(amount: Decimal, language: str) -> str:
    """Write a number with the digits it has, none rounded away."""
    return number(amount, language, _digits(amount)) if amount.is_finite() else str(amount)


def _digits(amount: Decimal) -> int:
    """Count the digits after the point."""
    exponent = amount.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def share(part: Decimal, language: str) -> str:
    """Write a share of 1 that was computed, to a tenth of a per cent."""
    return _percent(part * 100, language, 1)


def rate(part: Decimal, language: str) -> str:
    """Write a share of 1 that was agreed, with all its digits: a rate is never rounded."""
    percent = part * 100
    return _percent(percent, language, max(1, _digits(percent.normalize())))


def _percent(percent: Decimal, language: str, digits: int) -> str:
    return f"{number(percent, language, digits)}\N{NO-BREAK SPACE}%"


def day(date: datetime.date, language: str) -> str:
    """Write a date in figures; in English, where day and month change places, as ISO 8601 does."""
    if language == SOURCE:
        return date.isoformat()
    sign = _BETWEEN.get(language, "/")
    return f"{date.day:02}{sign}{date.month:02}{sign}{date.year:04}"


def day_in_words(date: datetime.date, language: str) -> str:
    """Write a date as a title has it."""
    text = _dated(date, "long", language)
    return text.replace("1 ", "1er ", 1) if language == "fr" and date.day == 1 else text


@cache
def month(day: datetime.date, language: str) -> str:
    """Write the month of a day as a table has it, shortened."""
    return _skeleton(day, "yMMM", language)


def month_in_words(day: datetime.date, language: str) -> str:
    """Write the month of a day as a sentence or a title has it."""
    return _skeleton(day, "yMMMM", language)


def quarter_in_words(day: datetime.date, language: str) -> str:
    """Write the quarter of a day."""
    return _dated(day, "QQQQ yyyy", language)


def _dated(date: datetime.date, pattern: str, language: str) -> str:
    from babel.dates import format_date  # noqa: PLC0415

    return str(format_date(date, pattern, locale=_locale(language)))


def _skeleton(date: datetime.date, skeleton: str, language: str) -> str:
    from babel.dates import format_skeleton  # noqa: PLC0415

    return str(format_skeleton(skeleton, date, locale=_locale(language)))


def _locale(language: str) -> str:
    return "en_GB" if language == SOURCE else language  # the day before the month, as in the other languages
