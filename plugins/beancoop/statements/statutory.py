"""The statutory accounts by root and PCMN number, all units together.

Class 9 is internal to the company and has no part in them, nor have the rights and commitments of class 0.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from beancoop.model.money import ZERO, to_cent
from beancoop.model.pcmn import INTERNAL, OFF_BALANCE
from beancoop.model.periods import day_before, precedes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from beancoop.books.books import Books
    from beancoop.books.sums import Account
    from beancoop.model.periods import Period, Span

BEFORE_ALL = datetime.date.min


class Balances:
    """The accounts of one loaded ledger, sorted out once."""

    def __init__(self, books: Books) -> None:
        """Sort the accounts out by root."""
        kinds = {name: kind for kind, name in books.register.roots._asdict().items()}
        self._by_kind: dict[str, list[Account]] = {kind: [] for kind in kinds.values()}
        self._cooperative = books.register.cooperative
        days: set[datetime.date] = set()
        for account in books.sums.accounts.values():
            if account.name.unit is None or account.name.number.startswith((OFF_BALANCE, INTERNAL)):
                continue
            self._by_kind.setdefault(kinds.get(account.name.root, ""), []).append(account)
            days.update(day for day, _ in account.series.days())
        self._years = sorted(set(map(self._cooperative.year_of, days)))

    def of(self, kind: str) -> Iterable[Account]:
        """Give the accounts under a root, named as Beancount names it: "assets", "equity" and so on."""
        return self._by_kind.get(kind, [])

    def within(
        self, kind: str, numbers: tuple[str, ...], begin: datetime.date, end: datetime.date, but: tuple[str, ...] = ()
    ) -> Decimal:
        """Add up, from *begin* to the day before *end*, the numbers that begin with *numbers* and not with *but*."""
        amounts = (
            account.series.within(begin, end)
            for account in self.of(kind)
            if account.name.number.startswith(numbers) and not (but and account.name.number.startswith(but))
        )
        return to_cent(sum(amounts, ZERO))

    def until(self, kind: str, numbers: tuple[str, ...], end: datetime.date) -> Decimal:
        """Add up all that comes before *end*."""
        return self.within(kind, numbers, BEFORE_ALL, end)

    def years(self, period: Period) -> Iterator[Span]:
        """Give the financial years with entries, each as far as it is shown."""
        for number in self._years:
            year = self._cooperative.year(number)
            if precedes(year.first, period.end):
                yield year if precedes(year.last, period.end) else year._replace(last=day_before(period.end))
