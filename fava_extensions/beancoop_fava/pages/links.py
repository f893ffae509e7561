"""Where a figure leads: to the entries it is made of, on a page of our own whose total is the figure.

The address says what the figure means (`beancoop.statements.meaning`): whose it is, of which accounts and days.
"""

from __future__ import annotations

import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, cast
from urllib.parse import quote, quote_plus

from beancoop.model.months import Month
from beancoop.model.periods import Span
from beancoop.statements.meaning import Meaning

from beancoop_fava.pages.addresses import written
from beancoop_fava.pages.fava_api import hash_entry

if TYPE_CHECKING:
    from typing import Any

    from beancoop.model.periods import Period
    from beancoop.statements.meaning import Rule
    from beancount.core.data import Directive

ENTRIES = "Ecritures"
"""The page that shows what a figure is made of."""


class Links:
    """The addresses of one ledger's pages, for one request."""

    def __init__(self, base: str, time: str, period: Period | None = None) -> None:
        """Begin each address with *base*, keep the *time* filter of the reader, and count what *period* holds."""
        self._base = base
        self._time = time
        self._since = None if period is None or period.begin == datetime.date.min else period.begin
        self._until = None if period is None or period.end == datetime.date.max else period.last

    def during(self, time: str) -> Links:
        """Give the addresses of the same pages in another time."""
        return Links(self._base, time)

    def _to(self, page: str, parameters: dict[str, str]) -> str:
        query = "&".join(f"{name}={_quoted(value)}" for name, value in parameters.items())
        return f"{self._base}{page}/?{query}" if query else f"{self._base}{page}/"

    def _timed(self, parameters: dict[str, str], time: str | None = None) -> dict[str, str]:
        time = self._time if time is None else time
        return {**parameters, "time": time} if time else parameters

    def page(self, name: str, **parameters: str) -> str:
        """Lead to another of our pages."""
        kept = {each: value for each, value in parameters.items() if value}
        return self._to(f"extension/{name}", self._timed(kept))

    def table(self, name: str, key: str, **parameters: str) -> str:
        """Lead to a table of another of our pages, which is shown even where it is folded."""
        return f"{self.page(name, **parameters, open=key)}#{key}"

    def accounts(self, account_filter: str) -> str:
        """Lead to the accounts that Fava keeps under an account filter."""
        return self._to("trial_balance", self._timed({"account": account_filter}))

    def account(self, name: str) -> str:
        """Lead to one account, in the reader's time. Fava's router reads a colon as it is, and no `%3A`."""
        return self._to(f"account/{quote(name, safe=':')}", self._timed({}))

    def to(self, meaning: Meaning, page: int = 1) -> str:
        """Lead to the entries of a figure; of many, to one *page* of them, from 1."""
        further = {"page": str(page)} if page > 1 else {}
        return self._to(f"extension/{ENTRIES}", self._timed({**written(meaning), **further}))

    def held(self, **parts: Any) -> str:  # noqa: ANN401 - the fields of a Meaning
        """Lead to what makes up a figure of the end of the period, with all that came before."""
        return self.to(Meaning(**{"until": self._until, **parts}))

    def within(self, **parts: Any) -> str:  # noqa: ANN401 - the fields of a Meaning
        """Lead to what makes up a figure of the period."""
        return self.to(Meaning(**{"since": self._since, "until": self._until, **parts}))

    def of_entry(self, rule: Rule, entry: Directive, unit: str = "", **parts: Any) -> str:  # noqa: ANN401 - of a Meaning
        """Lead to what one entry adds to a figure."""
        own = {"since": entry.date, "until": entry.date, "entry": hash_entry(cast("Any", entry))}
        return self.to(Meaning(rule, unit, **{**own, **parts}))

    def meetings(self, month: Month | None = None) -> str:
        """Lead to the meetings as Fava's journal shows them, in the reader's time or of one *month*."""
        return self._to("journal", self._timed({"filter": 'type:"^meeting$"'}, str(month) if month else None))


@lru_cache(maxsize=1 << 14)  # a page of 500 activities asks for thousands, and its next reader for the same
def _quoted(value: str) -> str:
    return quote_plus(value)


def as_filter(span: Span) -> str:
    """Write days as Fava's time filter reads them; a financial year that is a calendar year as one."""
    if span.year is not None and span[:2] == Span.of_year(span.year)[:2]:
        return f"{span.year:04}"
    if span.is_month:
        return str(Month.of(span.first))
    return f"{span.quarter[0]:04}-Q{span.quarter[1]}" if span.quarter else f"{span.first} - {span.last}"
