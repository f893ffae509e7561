"""The treasury: each bank account beside what the bank says, the units' shares of it, and what waits on 499.

Added up once per load; amounts are in the operating currency, to the cent.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from beancoop.accounts import parse_account
from beancoop.money import ZERO, amount_in, to_cent
from beancoop.register import read_register
from beancount.core.data import Balance, Transaction

from beancoop_fava.activities import TREASURY, Series

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal

    from beancoop.period import Period
    from beancount.core.data import Directive


WAITING = "499"


class Share(NamedTuple):
    """What a unit holds of a bank account at the end of the period."""

    unit: str
    amount: Decimal


class Bank(NamedTuple):
    """A bank account: one that is opened with an IBAN.

    Attributes:
        account: its name in the ledger.
        iban: as written where it is opened.
        asserted: what the last `balance` directive of the period says; None without one.
        on: the date of that directive, which speaks of the beginning of the day; None without one.
        held: the sum of the units' shares at that moment.
        difference: `held` minus `asserted`.
        shares: the units' shares at the end of the period, those that are not zero.
        total: their sum.

    """

    account: str
    iban: str
    asserted: Decimal | None
    on: datetime.date | None
    held: Decimal | None
    difference: Decimal | None
    shares: Sequence[Share]
    total: Decimal


class Waiting(NamedTuple):
    """A posting to 499 since that account of the unit was last at zero."""

    entry: Transaction
    unit: str
    amount: Decimal


class Room(NamedTuple):
    """How far an activity's treasury, all its class 5 accounts, is above the lowest it may go.

    Attributes:
        unit: its code.
        treasury: at the end of the period.
        overdraft: how far below zero it may go, by the terms in force.
        room: the sum of both.

    """

    unit: str
    treasury: Decimal
    overdraft: Decimal
    room: Decimal


class Purses:
    """The treasury of one loaded ledger."""

    def __init__(self, entries: Sequence[Directive], options: Mapping[str, Any]) -> None:
        """Add up *entries*, which are in the order of dates, as the loader gives them."""
        self._register = read_register(entries, options)
        self._accounts: defaultdict[str, Series] = defaultdict(Series)
        self._units: defaultdict[str, Series] = defaultdict(Series)
        self._asserted: defaultdict[str, list[Balance]] = defaultdict(list)
        self._waiting: defaultdict[str, list[Waiting]] = defaultdict(list)
        for entry in entries:
            if isinstance(entry, Transaction):
                self._add(entry)
            elif isinstance(entry, Balance) and entry.amount.currency == self.currency:
                self._asserted[entry.account].append(entry)

    @property
    def currency(self) -> str:
        """The currency of all amounts."""
        return self._register.currency

    def _add(self, entry: Transaction) -> None:
        for posting in entry.postings:
            account = parse_account(posting.account)
            if account is None or account.unit is None:
                continue
            if account.number.startswith(TREASURY):
                units = posting.units
                if units is not None and units.number is not None and units.currency == self.currency:
                    self._accounts[account.name].add(entry.date, units.number)
                    self._units[account.unit].add(entry.date, units.number)
            elif account.number.startswith(WAITING):
                amount = amount_in(posting, self.currency) or ZERO
                self._waiting[account.name].append(Waiting(entry, account.unit, amount))

    def banks(self, period: Period) -> list[Bank]:
        """Give the accounts opened with an IBAN, by name."""
        opens = sorted(self._register.opens.items())
        return [self._bank(name, str(opened.meta["iban"]), period) for name, opened in opens if "iban" in opened.meta]

    def _bank(self, name: str, iban: str, period: Period) -> Bank:
        own = {each: series for each, series in self._accounts.items() if each == name or each.startswith(f"{name}:")}
        shares = [Share(each.rpartition(":")[2], to_cent(own[each].before(period.end))) for each in sorted(own)]
        total = sum((share.amount for share in shares), ZERO)
        shares = [share for share in shares if share.amount]
        last = next((each for each in reversed(self._asserted[name]) if each.date <= period.end), None)
        if last is None or last.amount.number is None:
            return Bank(name, iban, None, None, None, None, shares, total)
        held = to_cent(sum((series.before(last.date) for series in own.values()), ZERO))
        asserted = last.amount.number
        return Bank(name, iban, asserted, last.date, held, held - asserted, shares, total)

    def waiting(self, period: Period) -> list[Waiting]:
        """Give what waits on 499 at the end of the period, the oldest first."""
        found = [each for items in self._waiting.values() for each in _since_zero(items, period.end)]
        return sorted(found, key=lambda each: (each.entry.date, each.unit))

    def rooms(self, period: Period) -> list[Room]:
        """Give the activities, the one nearest to its overdraft first."""
        return sorted(self._rooms(period), key=lambda row: (row.room, row.unit))

    def _rooms(self, period: Period) -> Iterator[Room]:
        for unit, activity in self._register.activities.items():
            treasury = to_cent(self._units[unit].before(period.end))
            overdraft = to_cent(activity.terms_on(period.today).overdraft)
            yield Room(unit, treasury, overdraft, treasury + overdraft)


def _since_zero(items: Sequence[Waiting], end: datetime.date) -> list[Waiting]:
    found: list[Waiting] = []
    balance = ZERO
    for each in items:
        if each.entry.date >= end:
            break
        balance += each.amount
        found.append(each)
        if balance == ZERO:
            found = []
    return found
