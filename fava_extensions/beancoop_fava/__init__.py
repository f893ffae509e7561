"""The cooperative's page in Fava, and Fava safe to show (`beancoop_fava.serve`).

2026-01-01 custom "fava-extension" "beancoop_fava"
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from babel.dates import format_date
from babel.numbers import format_decimal
from beancoop import RULES
from beancoop.ledger import Ledger
from beancoop.proof import unproved
from beancount.core.data import new_metadata
from flask import request

from beancoop_fava.activities import Activities, Period, Row, Total, total
from beancoop_fava.adapter import FavaExtensionBase, FavaExtensionError, FavaLedger, g
from beancoop_fava.texts import catalogue, language_of, mark

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount.core.data import Directives

STATES = {
    "future": mark("Not started"),
    "active": mark("Active"),
    "paused": mark("Paused"),
    "ended": mark("Time over"),
    "independent": mark("Left: self-employed"),
    "employed": mark("Left: employed"),
    "cooperative": mark("Left: another cooperative"),
    "jobseeker": mark("Left: job seeker"),
    "stopped": mark("Left: stopped"),
}


class Activites(FavaExtensionBase):
    """The page "Activités": one row per activity, facts only."""

    NOTHING = "\N{EN DASH}"

    def __init__(self, ledger: FavaLedger, config: str | None = None) -> None:
        """Take no configuration; what is given all the same is told after the load, since raising stops Fava."""
        super().__init__(ledger)
        self._unwanted = config
        self.activities: Activities | None = None

    @property
    def report_title(self) -> str:  # type: ignore[override]
        """The title, in the reader's language."""
        return self.text(mark("Activities"))

    def after_load_file(self) -> None:
        """Add the ledger up. What goes wrong becomes an error of the ledger: raising would stop Fava."""
        self.activities = None
        if self._unwanted is not None:
            self._tell(f"beancoop_fava takes no configuration; remove {self._unwanted!r} from its line.")
        entries = cast("Directives", self.ledger.all_entries)
        try:
            self.activities = Activities(entries, self.ledger.options)
            errors, options = cast("Any", self.ledger.errors), cast("Any", self.ledger.options)
            loaded = Ledger(Path(self.ledger.beancount_file_path), entries, errors, options)
            for finding in unproved(loaded, RULES):
                self._tell(finding.message)
        except Exception as error:  # noqa: BLE001 - whatever it is, Fava must go on
            self._tell(f"The page of the activities cannot be made from this ledger: {error!r}.")

    def _tell(self, message: str) -> None:
        source = new_metadata(self.ledger.beancount_file_path, 0)
        self.ledger.extensions.errors.append(FavaExtensionError(source, message, None))

    def rows(self) -> Sequence[Row]:
        """Give the rows for the time filter of the request."""
        return list(self.activities.rows(_period())) if self.activities else []

    def total(self, rows: Sequence[Row]) -> Total:
        """Give the last row."""
        return total(rows)

    @property
    def language(self) -> str:
        """The reader's language: what Fava's own option says, else what the browser asks for."""
        return language_of(request, self.ledger.fava_options.language)

    def text(self, message: str) -> str:
        """Translate *message* into the reader's language."""
        return catalogue(self.language).gettext(message)

    def state(self, row: Row) -> str:
        """Name the state of an activity in the reader's language."""
        return self.text(STATES[row.state])

    def amount(self, amount: Decimal) -> str:
        """Write an amount as the reader's language does, always with its cents."""
        return format_decimal(amount, "#,##0.00", locale=self.language)

    def day(self, day: datetime.date | None) -> str:
        """Write a date as the reader's language does."""
        return format_date(day, "medium", locale=self.language) if day else self.NOTHING


def _period() -> Period:
    """Read Fava's time filter; without one, everything counts and today is today."""
    today = datetime.datetime.now().astimezone().date()
    chosen = g.filtered.date_range
    if chosen is None:
        return Period(datetime.date.min, datetime.date.max, today)
    return Period(chosen.begin, chosen.end, min(today, chosen.end_inclusive))
