"""The treasury: each bank account beside what the bank says, the units' shares of it, and what waits on 499.

Amounts are in the operating currency, to the cent; what an account holds in others has no part in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancount.core.data import Balance

from beancoop.books.sorting import BANK_REFERENCE
from beancoop.books.waiting import waiting
from beancoop.model.money import ZERO, to_cent
from beancoop.model.pcmn import TREASURY
from beancoop.model.periods import day_before, precedes

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from beancount.core.data import Directive

    from beancoop.books.books import Books
    from beancoop.books.sums import Account
    from beancoop.books.waiting import Waiting
    from beancoop.model.periods import Period


class Share(NamedTuple):
    """What a unit holds of a bank account, under that account's name, at the end of the period."""

    unit: str
    amount: Decimal
    account: str


class BankStatement(NamedTuple):
    """The last statement that was imported.

    Attributes:
        day: the day it closes on.
        reference: what the import calls it, without what all of this account's begin with.
        entry: what it brought last.

    """

    day: datetime.date
    reference: str
    entry: Directive


class Bank(NamedTuple):
    """A bank account: one that is opened with an IBAN.

    Attributes:
        account: its name in the ledger.
        iban: as written where it is opened.
        statement: the last statement imported by the end of the period; None without one.
        asserted: what the last `balance` directive of the period says; None without one.
        on: the date of that directive, which speaks of the beginning of the day; None without one.
        held: the sum of the units' shares at that moment.
        difference: `held` minus `asserted`.
        balance: that directive; None without one.
        shares: the units' shares at the end of the period, those that are not zero.
        total: their sum.

    """

    account: str
    iban: str
    statement: BankStatement | None
    asserted: Decimal | None
    on: datetime.date | None
    held: Decimal | None
    difference: Decimal | None
    balance: Balance | None
    shares: Sequence[Share]
    total: Decimal


class Headroom(NamedTuple):
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


class CashBalances:
    """The treasury of one loaded ledger."""

    def __init__(self, books: Books) -> None:
        """Read them when they are asked for."""
        self.books = books

    @property
    def currency(self) -> str:
        """The currency of all amounts."""
        return self.books.currency

    def banks(self, period: Period) -> list[Bank]:
        """Give the accounts opened with an IBAN, by name."""
        opens = sorted(self.books.register.opens.items())
        return [self._bank(name, str(opened.meta["iban"]), period) for name, opened in opens if "iban" in opened.meta]

    def _bank(self, name: str, iban: str, period: Period) -> Bank:
        own = list(self._shares_of(name))
        shares = [Share(one.name.unit or "", to_cent(one.held(period.end)), one.name.name) for one in own]
        total = sum((share.amount for share in shares), ZERO)
        shares = [share for share in shares if share.amount]
        statement = self._last_statement(iban, period.end)
        stated = reversed(self.books.sorted.asserted[name])
        last = next((each for each in stated if self._counts(each, period.end)), None)
        if last is None or last.amount.number is None:
            return Bank(name, iban, statement, None, None, None, None, None, shares, total)
        held = to_cent(sum((one.held(last.date) for one in own), ZERO))
        asserted = last.amount.number
        return Bank(name, iban, statement, asserted, last.date, held, held - asserted, last, shares, total)

    def _counts(self, balance: Balance, end: datetime.date) -> bool:
        return balance.date <= end and balance.amount.currency == self.currency

    def _shares_of(self, name: str) -> Iterator[Account]:
        """Give the account itself and its children, by name."""
        for each, account in self.books.sums.accounts.items():
            if account.name.unit is not None and (each == name or each.startswith(f"{name}:")):
                yield account

    def _last_statement(self, iban: str, end: datetime.date) -> BankStatement | None:
        found = [each for each in self.books.sorted.imported.get(_plain(iban), ()) if precedes(_closes_on(each), end)]
        if not found:
            return None
        last = max(found, key=_closes_on)
        reference = str(last.meta[BANK_REFERENCE]).partition("/")[2].partition("/")[2].partition("/")[2]
        return BankStatement(_closes_on(last), reference, last)

    def waiting(self, period: Period) -> list[Waiting]:
        """Give what waits on 499 at the end of the period, the oldest first."""
        return waiting(self.books.sorted.on_waiting, self.currency, period.end)

    def rooms(self, period: Period) -> list[Headroom]:
        """Give the activities, the one nearest to its overdraft first."""
        return sorted(self._rooms(period), key=lambda row: (row.room, row.unit))

    def _rooms(self, period: Period) -> Iterator[Headroom]:
        for unit, activity in self.books.activities.items():
            treasury = to_cent(self.books.sums.held(period.end, TREASURY, unit=unit))
            overdraft = to_cent(activity.terms_on(period.today).overdraft)
            yield Headroom(unit, treasury, overdraft, treasury + overdraft)


def _plain(iban: str) -> str:
    return "".join(iban.split()).upper()


def _closes_on(entry: Directive) -> datetime.date:
    """Give the day an entry speaks of: a balance is that of the evening before."""
    return day_before(entry.date) if isinstance(entry, Balance) else entry.date
