"""What the pages share: the reader's language, how amounts and dates are written, and the period shown."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, cast

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from beancoop.period import Period
from beancount.core.data import new_metadata
from flask import request

from beancoop_fava.adapter import FavaExtensionBase, FavaExtensionError, g, hash_entry
from beancoop_fava.texts import catalogue, language_of

if TYPE_CHECKING:
    from decimal import Decimal

    from beancount.core.data import Directive


class Page(FavaExtensionBase):
    """A page of facts in the reader's language."""

    NOTHING = "\N{EN DASH}"

    def tell(self, message: str) -> None:
        """Add an error to those of the ledger."""
        source = new_metadata(self.ledger.beancount_file_path, 0)
        self.ledger.extensions.errors.append(FavaExtensionError(source, message, None))

    @property
    def language(self) -> str:
        """The reader's language: what Fava's own option says, else what the browser asks for."""
        return language_of(request, self.ledger.fava_options.language)

    def text(self, message: str) -> str:
        """Translate *message* into the reader's language."""
        return catalogue(self.language).gettext(message)

    def amount(self, amount: Decimal) -> str:
        """Write an amount as the reader's language does, always with its cents."""
        return format_decimal(amount, "#,##0.00", locale=self.language)

    def percentage(self, share: Decimal | None) -> str:
        """Write a share of 1 as the reader's language does, to a tenth of a per cent."""
        return self.NOTHING if share is None else format_percent(share, "#,##0.0 %", locale=self.language)

    def day(self, day: datetime.date | None) -> str:
        """Write a date as the reader's language does."""
        return format_date(day, "medium", locale=self.language) if day else self.NOTHING

    def period(self) -> Period:
        """Read Fava's time filter; without one, everything counts and today is today."""
        today = datetime.datetime.now().astimezone().date()
        chosen = g.filtered.date_range
        if chosen is None:
            return Period(datetime.date.min, datetime.date.max, today)
        return Period(chosen.begin, chosen.end, min(today, chosen.end_inclusive))

    @staticmethod
    def context(entry: Directive) -> str:
        """Give the link by which Fava shows *entry* and its place in the books."""
        return f"#context-{hash_entry(cast('Any', entry))}"
