"""Where a figure leads: to the entries behind it, in Fava's own pages, one click away."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from beancoop.model.periods import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from beancoop.books.sums import Sums
    from beancoop.model.months import Month

_PLAIN = re.compile(r"[\w -]+")
"""What Fava's filter takes for itself, and no quote nor sign of a regular expression."""


class Links:
    """The addresses of one ledger's pages, for one request."""

    def __init__(self, base: str, time: str) -> None:
        """Begin each address with *base*, and keep the *time* filter of the reader."""
        self._base = base
        self._time = time

    def during(self, time: str) -> Links:
        """Give the addresses of the same pages in another time."""
        return Links(self._base, time)

    def _to(self, page: str, **parameters: str) -> str:
        query = "&".join(f"{name}={_quoted(value)}" for name, value in parameters.items() if value)
        return f"{self._base}{page}/?{query}" if query else f"{self._base}{page}/"

    def page(self, name: str, **parameters: str) -> str:
        """Lead to another of our pages."""
        return self._to(f"extension/{name}", **parameters, time=self._time)

    def accounts(self, account_filter: str) -> str:
        """Lead to the accounts that Fava keeps under an account filter."""
        return self._to("trial_balance", account=account_filter, time=self._time)

    def account(self, name: str) -> str:
        """Lead to one account, in the reader's time."""
        return self._to(f"account/{quote(name)}", time=self._time)

    def balance(self, sums: Sums, numbers: Sequence[str], unit: str | None = None, root: str = "") -> str:
        """Lead to what the accounts of those PCMN numbers, under a *root* or any, hold: where there is one, to it."""
        names = [each.name.name for each in sums.of(*numbers, unit=unit) if root in {"", each.name.root}]
        return self.account(names[0]) if len(names) == 1 else self._entries(numbers, unit, self._time, root)

    def several(self, names: Sequence[str]) -> str:
        """Lead to those accounts."""
        if len(names) == 1:
            return self.account(names[0])
        return self._to("journal", account=f"^({'|'.join(map(re.escape, names))})$", time=self._time)

    def moved(self, numbers: Iterable[str], unit: str | None = None, during: str | None = None) -> str:
        """Lead to the entries that move the accounts of those numbers, in the reader's time or *during* another."""
        return self._entries(numbers, unit, self._time if during is None else during)

    def _entries(self, numbers: Iterable[str], unit: str | None, time: str, root: str = "") -> str:
        return self._to("journal", account=_accounts(tuple(numbers), unit, root), time=time)

    def directives(self, kind: str, *values: str, during: str | None = None) -> str:
        """Lead to the directives of one of our kinds that have all those values, in the reader's time or another."""
        wanted = [f'type:"^{kind}$"', *(f"values:\"'{value}'\"" for value in values if _PLAIN.fullmatch(value))]
        return self._to("journal", filter=" ".join(wanted), time=self._time if during is None else during)


@lru_cache(maxsize=1 << 14)  # a page of 500 activities asks for thousands, and its next reader for the same
def _quoted(value: str) -> str:
    return quote_plus(value)


@lru_cache(maxsize=1 << 14)
def _accounts(numbers: tuple[str, ...], unit: str | None, root: str) -> str:
    """Write the account filter of Fava, a regular expression, for those numbers of one unit or of all."""
    below = f"^{re.escape(root)}:[^:]*" if root else ""
    whose = f":{re.escape(unit)}$" if unit else ""
    return f"{below}:({'|'.join(numbers)})[0-9]*-[^:]*{whose}"


def during(first: Month, last: Month | None = None) -> str:
    """Write a month, or several, as Fava's time filter reads it."""
    return f"{first} - {last}" if last else str(first)


def days(span: Span) -> str:
    """Write the days of a statement as Fava's time filter reads them."""
    whole = Span.of_year(span.first.year)
    return str(span.first.year) if span[:2] == whole[:2] else f"{span.first} - {span.last}"
