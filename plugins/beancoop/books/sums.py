"""What every account moved, added up once per load: any balance, of any period, is then two look-ups away.

Pages and statements read their figures here, so that none of them goes over the entries again.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from beancount.core.data import Transaction

from beancoop.model.accounts import parse_account
from beancoop.model.money import ZERO, amount_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from beancount.core.data import Directive

    from beancoop.model.accounts import AccountName


class Series:
    """Amounts by date, to be added in the order of dates, whose sum over any period is two look-ups away."""

    def __init__(self) -> None:
        """Start at zero."""
        self._days: list[datetime.date] = []
        self._sums: list[Decimal] = []

    def add(self, day: datetime.date, amount: Decimal) -> None:
        """Add *amount* on *day*."""
        total = (self._sums[-1] if self._sums else ZERO) + amount
        if self._days and self._days[-1] == day:
            self._sums[-1] = total
        else:
            self._days.append(day)
            self._sums.append(total)

    def before(self, day: datetime.date) -> Decimal:
        """Give the sum of what is dated before *day*; of all, where that is the calendar's last."""
        return self._upto(bisect_left(self._days, day) if day < datetime.date.max else len(self._days))

    def within(self, begin: datetime.date, end: datetime.date) -> Decimal:
        """Give the sum of what is dated from *begin* to the day before *end*."""
        return self.before(end) - self._upto(bisect_left(self._days, begin))

    def _upto(self, position: int) -> Decimal:
        return self._sums[position - 1] if position else ZERO

    def days(self) -> Iterator[tuple[datetime.date, Decimal]]:
        """Give each day on which something was added, with the sum at its end."""
        return zip(self._days, self._sums, strict=True)


class Account(NamedTuple):
    """An account of the contract's form with postings, and its amounts.

    Attributes:
        name: its name, taken apart.
        series: what it moved.
        foreign: the part of that which is in other currencies, at the price of the postings.

    """

    name: AccountName
    series: Series
    foreign: Series

    def held(self, end: datetime.date) -> Decimal:
        """Give what it holds in the ledger's own currency alone, as a bank counts it, at the beginning of the day."""
        return self.series.before(end) - self.foreign.before(end)


class Sums:
    """The accounts of one loaded ledger that have postings; amounts in one currency, unrounded, signed as posted.

    Units in that currency count as they are, others at their own price (`money.amount_in`); what neither says counts
    for nothing. Accounts whose names are not of the contract's form have no part in it.
    """

    def __init__(self, entries: Iterable[Directive], currency: str) -> None:
        """Add up *entries*, which are in the order of dates, as the loader gives them."""
        found: dict[str, Account | None] = {}
        for entry in entries:
            if not isinstance(entry, Transaction):
                continue
            for posting in entry.postings:
                name = posting.account
                if name not in found:
                    found[name] = _account(name)
                if account := found[name]:
                    amount = amount_in(posting, currency) or ZERO
                    account.series.add(entry.date, amount)
                    if posting.units is not None and posting.units.currency != currency:
                        account.foreign.add(entry.date, amount)
        self.accounts: Mapping[str, Account] = {name: found[name] for name in sorted(found) if found[name]}  # type: ignore[misc]
        self._of_unit: defaultdict[str | None, list[Account]] = defaultdict(list)
        self._found: dict[tuple[tuple[str, ...], str | None], list[Account]] = {}  # the same are asked for again
        for account in self.accounts.values():
            self._of_unit[account.name.unit].append(account)

    def of(self, *numbers: str, unit: str | None = None) -> Sequence[Account]:
        """Give the accounts whose PCMN number begins with one of *numbers*, of one *unit* or of all."""
        if (numbers, unit) not in self._found:
            among = self.accounts.values() if unit is None else self._of_unit.get(unit, ())
            self._found[numbers, unit] = [account for account in among if account.name.number.startswith(numbers)]
        return self._found[numbers, unit]

    def balance(self, end: datetime.date, *numbers: str, unit: str | None = None) -> Decimal:
        """Give what the accounts of those numbers hold together at the beginning of the day *end*."""
        return sum((account.series.before(end) for account in self.of(*numbers, unit=unit)), ZERO)

    def held(self, end: datetime.date, *numbers: str, unit: str | None = None) -> Decimal:
        """Give what `balance` gives, without what is in other currencies."""
        return sum((account.held(end) for account in self.of(*numbers, unit=unit)), ZERO)

    def moved(self, begin: datetime.date, end: datetime.date, *numbers: str, unit: str | None = None) -> Decimal:
        """Give what the accounts of those numbers moved together from *begin* to the day before *end*."""
        return sum((account.series.within(begin, end) for account in self.of(*numbers, unit=unit)), ZERO)


def _account(name: str) -> Account | None:
    parsed = parse_account(name)
    return Account(parsed, Series(), Series()) if parsed else None
