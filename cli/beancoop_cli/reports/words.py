"""What a report says in the reader's language: French by default, Dutch, German and English.

The texts in the code are English, and translated by the one catalogue. The names of the rubrics of the annual
accounts are those of the National Bank's models.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from beancoop.model.money import to_cent
from beancoop.model.months import Month
from beancoop.words.language import LANGUAGES, catalogue, mark

if TYPE_CHECKING:
    import datetime
    from decimal import Decimal

    from beancoop.model.periods import Span

_LOCALES = {"fr": "fr_BE", "nl": "nl_BE", "de": "de_BE", "en": "en_GB"}
"""As each language is written in Belgium, where Unicode's data know it."""

__all__ = ["LANGUAGES", "NOTHING", "Words", "mark"]

NOTHING = "\N{EN DASH}"
_HUNDRED = 100


class Words:
    """One language."""

    def __init__(self, language: str) -> None:
        """Speak one of the LANGUAGES."""
        self.language = language
        self.locale = _LOCALES[language]
        self._catalogue = catalogue(language)

    def t(self, message: str, **values: object) -> str:
        """Translate *message*, and put *values* in the places that it names in braces."""
        text = self._catalogue.gettext(message)
        return text.format(**values) if values else text

    def amount(self, amount: Decimal) -> str:
        """Write an amount with its cents."""
        return str(format_decimal(to_cent(amount), "#,##0.00", locale=self.locale))

    def rate(self, rate: Decimal) -> str:
        """Write a share of 1 in per cent, with the digits it has."""
        percent = (rate * _HUNDRED).normalize()
        return f"{format_decimal(percent, '#,##0.######', locale=self.locale)}\N{NO-BREAK SPACE}%"

    def share(self, share: Decimal) -> str:
        """Write a share of 1 in per cent, to a tenth."""
        return f"{format_decimal(share * _HUNDRED, '#,##0.0', locale=self.locale)}\N{NO-BREAK SPACE}%"

    def day(self, day: datetime.date | None) -> str:
        """Write a date in figures, as on an invoice."""
        return format_date(day, "dd/MM/yyyy", locale=self.locale) if day else NOTHING

    def long_day(self, day: datetime.date) -> str:
        """Write a date in words."""
        text = str(format_date(day, "long", locale=self.locale))
        return text.replace("1 ", "1er ", 1) if self.language == "fr" and day.day == 1 else text

    def month(self, month: Month) -> str:
        """Write a month in words."""
        return str(format_skeleton("yMMMM", month.first_day, locale=self.locale))

    def span(self, span: Span) -> str:
        """Write the days of a statement in words."""
        if span.is_month:
            return self.month(Month.of(span.first))
        if span.quarter:
            return str(format_date(span.first, "QQQQ yyyy", locale=self.locale))
        if span.is_year:
            return self.t("Financial year {year}", year=span.first.year)
        return self.t("From {first} to {last}", first=self.long_day(span.first), last=self.long_day(span.last))

    def days(self, span: Span) -> str:
        """Write the days of a statement over a column: in words where they have a name, else in figures."""
        is_named = span.is_month or span.quarter or span.is_year
        return self.span(span) if is_named else f"{self.day(span.first)} {NOTHING} {self.day(span.last)}"

    def on(self, day: datetime.date) -> str:
        """Write the day on which balances are told."""
        return self.t("On {day}", day=self.long_day(day))
