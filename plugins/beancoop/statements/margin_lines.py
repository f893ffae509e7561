"""The contribution explained: each posting that counts, with the rate it bears."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancoop.accounts import parse_account
from beancoop.contribution import DIRECT, OPERATING, Margins
from beancoop.money import amount_in

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from beancount.core.data import Posting, Transaction

    from beancoop.accounts import AccountName
    from beancoop.activity import Activity
    from beancoop.register import Register


class MarginLine(NamedTuple):
    """A posting that counts in the margin.

    Attributes:
        transaction: its entry.
        account: its account.
        amount: what it adds to the margin, or takes off.
        rate: the share of it that is contributed: that of the invoice it belongs to.

    """

    transaction: Transaction
    account: AccountName
    amount: Decimal
    rate: Decimal


class _Explained(Margins):
    """Keeps the postings that the contribution is counted on, instead of their sums."""

    def __init__(self, activity: Activity, register: Register) -> None:
        super().__init__(activity, register)
        self.lines: list[MarginLine] = []

    def post_direct(self, transaction: Transaction, posting: Posting) -> None:
        account, amount = parse_account(posting.account), amount_in(posting, self.currency)
        if account is not None and amount is not None:
            rate = self._rate(transaction) if self.only_rate is None else self.only_rate
            self.lines.append(MarginLine(transaction, account, -amount, rate))


def margin_lines(activity: Activity, register: Register, entries: Iterable[Transaction]) -> list[MarginLine]:
    """Give the postings of the margin of *activity* among its *entries*, which are in the order of dates."""
    explained = _Explained(activity, register)
    for entry in entries:
        for posting in entry.postings:
            account = parse_account(posting.account)
            if account and account.unit == activity.unit and account.number.startswith((*DIRECT, *OPERATING)):
                explained.watch(account.number)(entry, posting)
    return explained.lines
