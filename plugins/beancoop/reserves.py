"""Reserves are indivisible, and dividends stay under the ceiling of an approved social enterprise.

Reserves (13x and 1119) may be debited against reserves, the result carried forward (14x) or the absorption of a loss
(792) alone. Dividends (694 and 471) of a calendar year stay within 6 % of the paid-up shares (110x and 111x): art. 8:5
of the Code des sociétés et des associations, royal decree of 8 January 1962, art. 1.

Before:

    2026-06-30 * "Partage interdit"
      Equity:13:1311-ReserveIndisponible:COOP      500.00 EUR
      Assets:55:5500-Banque:COOP                  -500.00 EUR

After, as errors:

    line 2: Equity:13:1311-ReserveIndisponible:COOP is debited against Assets:55:5500-Banque:COOP. Reserves are
        indivisible: they may be debited against reserves (13x, 1119), the result (14x) or the absorption of a loss
        (792) alone. [BC341]
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from beancount.core.amount import Amount
from beancount.core.convert import get_weight

from beancoop.model.accounts import AccountName, parse_account
from beancoop.model.findings import BeancoopError
from beancoop.model.money import ZERO, amount_in, to_cent
from beancoop.model.pcmn import (
    CARRIED,
    DIVIDENDS,
    DIVIDENDS_DUE,
    FROM_RESERVES,
    OTHER_UNAVAILABLE_SHARES,
    RESERVES,
    SHARES,
)
from beancoop.rules import engine
from beancoop.words.messages import error, phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancount.core.data import Directives, Posting, Transaction

    from beancoop.model.register import Register

__plugins__ = ("reserves",)

RESERVE_DEBITED = error(
    "BC341",
    "{account} is debited against {others}. Reserves are indivisible: they may be debited against reserves (13x, "
    "1119), the result (14x) or the absorption of a loss (792) alone.",
)
PER_CENT = phrase("{number}%")
TOO_MUCH_DIVIDEND = error(
    "BC342",
    "Dividends of {year} come to {distributed}; the ceiling is {share} of the paid-up shares of {shares}, "
    "{ceiling}. Reduce the distribution.",
)

INDIVISIBLE = (RESERVES, OTHER_UNAVAILABLE_SHARES)
AGAINST_RESERVES = (*INDIVISIBLE, CARRIED, FROM_RESERVES)

DIVIDEND_CEILINGS = ((datetime.date(1962, 1, 19), Decimal("0.06")),)
"""The ceilings on dividends by the date they came into force, as a share of the paid-up shares."""


class Reserves(engine.Rule):
    """Judges, once the ledger has been read, the transactions on equity and dividends: few, and taken whole."""

    numbers = (*INDIVISIBLE, *SHARES, DIVIDENDS, DIVIDENDS_DUE)

    def __init__(self, register: Register) -> None:
        """Start with nothing seen."""
        super().__init__(register)
        self.seen: dict[int, Transaction] = {}

    def watch(self, _: AccountName) -> engine.Poster | None:
        """Watch reserves, shares and dividends."""
        return self._keep

    def _keep(self, transaction: Transaction, _: Posting) -> None:
        self.seen[id(transaction)] = transaction

    def finish(self, _: engine.Reading) -> engine.Outcome:
        """Give the forbidden debits, then the dividends above the ceiling."""
        transactions = [*self.seen.values()]
        return (), [
            *(error for each in transactions for error in _forbidden(each)),
            *self._excessive(transactions),
        ]

    def _excessive(self, transactions: list[Transaction]) -> Iterator[BeancoopError]:
        """Follow shares and dividends in time; the first distribution of a year above the ceiling is told."""
        shares, distributed, year = ZERO, ZERO, 0
        for transaction in transactions:
            if transaction.date.year != year:
                distributed, year = ZERO, transaction.date.year
            shares -= self._sum(transaction, SHARES)
            expense, due = self._sum(transaction, (DIVIDENDS,)), -self._sum(transaction, (DIVIDENDS_DUE,))
            amount = expense or max(due, ZERO)  # a debit of 471 alone is its payment
            distributed += amount
            rate = _ceiling(transaction.date)
            if amount > ZERO and distributed > rate * shares:
                yield BeancoopError(transaction.meta, self._told(year, distributed, rate, shares), transaction)

    def _told(self, year: int, distributed: Decimal, rate: Decimal, shares: Decimal) -> str:
        currency = self.register.currency
        return TOO_MUCH_DIVIDEND(
            year=year,
            distributed=Amount(distributed, currency),
            share=PER_CENT(number=f"{rate * 100:.0f}"),
            shares=Amount(shares, currency),
            ceiling=Amount(to_cent(rate * shares), currency),
        )

    def _sum(self, transaction: Transaction, numbers: tuple[str, ...]) -> Decimal:
        amounts = (
            amount_in(posting, self.register.currency)
            for posting in transaction.postings
            if _number(posting).startswith(numbers)
        )
        return sum((amount for amount in amounts if amount is not None), ZERO)


def _number(posting: Posting) -> str:
    account = parse_account(posting.account)
    return account.number if account else ""


def _ceiling(day: datetime.date) -> Decimal:
    return max((since, rate) for since, rate in DIVIDEND_CEILINGS if since <= day or since == DIVIDEND_CEILINGS[0][0])[
        1
    ]


def _forbidden(transaction: Transaction) -> Iterator[BeancoopError]:
    """Tell of a transaction that takes more from reserves than what may receive them is credited with."""
    lost: dict[str, Decimal] = {}
    debited: Posting | None = None
    against: set[str] = set()
    for posting in transaction.postings:
        number, weight = _number(posting), get_weight(posting)
        amount = weight.number or ZERO
        if amount > ZERO and number.startswith(INDIVISIBLE):
            debited = debited or posting
            lost[weight.currency] = lost.get(weight.currency, ZERO) + amount
        elif amount < ZERO and number.startswith(AGAINST_RESERVES):
            lost[weight.currency] = lost.get(weight.currency, ZERO) + amount
        elif amount < ZERO:
            against.add(posting.account)
    if debited is not None and against and max(lost.values()) > ZERO:
        message = RESERVE_DEBITED(account=debited.account, others=sorted(against))
        yield BeancoopError(debited.meta or transaction.meta, message, transaction)


def reserves(entries: Directives, options: dict[str, Any]) -> tuple[Directives, list[BeancoopError]]:
    """Check reserves and dividends; adds nothing."""
    return engine.run_plugin(__name__, (Reserves,), entries, options)
