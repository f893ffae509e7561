"""All that is written for one reader: texts of the catalogue, amounts, dates and periods, in one language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from beancoop.model.pcmn.chart import label
from beancoop.words import formats
from beancoop.words.language import mark
from beancoop.words.messages import Template, filled

if TYPE_CHECKING:
    import datetime
    from decimal import Decimal

    from beancoop.words.formats import CalendarMonth

YEAR = mark("Financial year {year}")
BETWEEN = mark("From {first} to {last}")
ON = mark("On {day}")


class Days(Protocol):
    """The days of a statement, as `model.periods.Span` has them."""

    @property
    def first(self) -> datetime.date:
        """The first."""

    @property
    def last(self) -> datetime.date:
        """The last, which still counts."""

    @property
    def is_month(self) -> bool:
        """Whether they are a month."""

    @property
    def quarter(self) -> tuple[int, int] | None:
        """The year and the quarter they are; None where they are no quarter."""

    @property
    def year(self) -> int | None:
        """The number of the financial year they are; None where they are none."""


_ACCOUNT_NUMBERS = re.compile(r" \([1-9]\d*(?:(?:, | \w+ )[1-9]\d*)*\)")
"""The numbers of accounts behind their name: ` (411, 451)`, ` (61 to 69)`."""


class Words:
    """One of the LANGUAGES."""

    def __init__(self, language: str, *, numbered: bool = True) -> None:
        """Write in *language*, and where *numbered* say the numbers of accounts behind their names."""
        self.language = language
        self._numbered = numbered

    def t(self, message: str | Template, **values: object) -> str:
        """Translate *message*, and put *values*, written in the language, in the places that it names in braces."""
        template = message if isinstance(message, Template) else Template(message)
        sentence = template.sentence(values, self.language)
        return filled(sentence if self._numbered else _ACCOUNT_NUMBERS.sub("", sentence), values, self.language)

    def account(self, number: str, own: str) -> str:
        """Say what to call an account: the chart's label where *own* is the chart's word for it, else *own*."""
        return label(number, own, self.language)

    def amount(self, amount: Decimal) -> str:
        """Write an amount with its cents."""
        return formats.number(amount, self.language)

    def rate(self, rate: Decimal) -> str:
        """Write a share of 1 that was agreed in per cent, with all its digits."""
        return formats.rate(rate, self.language)

    def share(self, share: Decimal) -> str:
        """Write a share of 1 that was computed in per cent, to a tenth."""
        return formats.share(share, self.language)

    def day(self, day: datetime.date | None) -> str:
        """Write a date in figures."""
        return formats.day(day, self.language) if day else formats.NOTHING

    def long_day(self, day: datetime.date) -> str:
        """Write a date in words."""
        return formats.day_in_words(day, self.language)

    def month(self, month: CalendarMonth) -> str:
        """Write a month in words."""
        return formats.month_in_words(month.first_day, self.language)

    def span(self, span: Days) -> str:
        """Write the days of a statement in words."""
        if span.year is not None:
            return self.t(YEAR, year=span.year)
        if span.is_month:
            return formats.month_in_words(span.first, self.language)
        if span.quarter:
            return formats.quarter_in_words(span.first, self.language)
        return self.t(BETWEEN, first=self.long_day(span.first), last=self.long_day(span.last))

    def days(self, span: Days) -> str:
        """Write the days of a statement over a column: in words where they have a name, else in figures."""
        is_named = span.year is not None or span.is_month or span.quarter
        return self.span(span) if is_named else f"{self.day(span.first)} {formats.NOTHING} {self.day(span.last)}"

    def on(self, day: datetime.date) -> str:
        """Write the day on which balances are told."""
        return self.t(ON, day=self.long_day(day))
