"""What would be available if nothing more were sold: open invoices come in, and recurring costs go on.

It is a forecast, and says so: it knows of no sale to come, no new cost, and no customer who does not pay.

    available at the end of a month = available today
                                      + open invoices due by then
                                      - the months in between x recurring costs

A cost recurs where the same supplier or payee was booked on the same account in each of the last three whole months; it
goes on at their mean. Purchases that are sold on (60), depreciation (63) and appropriations (69) are no such costs.

Before, on 31 March, 1,000.00 are available, an invoice of 121.00 is due on 15 April, and a rent of 300.00 was booked in
January, February and March. After, 821.00 are forecast for April and 521.00 for May.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.accounts import parse_account
from beancoop.model.money import ZERO, amount_in, to_cent
from beancoop.model.months import Month, months_between
from beancoop.model.pcmn import RUNNING_COSTS
from beancoop.model.provenance import INVENTORY, OPENING
from beancoop.statements.available import available
from beancoop.statements.customers import owed

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from beancount.core.data import Transaction

    from beancoop.books.books import Books
    from beancoop.model.accounts import AccountName
    from beancoop.model.activity import Activity
    from beancoop.model.periods import Period

MONTHS = 3
"""The whole months in each of which a cost that recurs was booked."""
LONGEST = 18
"""Months that are forecast at most: an accompaniment lasts no longer (contract, section 1)."""


class Booked(NamedTuple):
    """What one entry booked of a cost that recurs; debits are positive."""

    entry: Transaction
    amount: Decimal


class Recurring(NamedTuple):
    """A cost that recurs.

    Attributes:
        payee: to whom it goes, "" where no name is written.
        account: the account it is booked on.
        booked: what was booked of it in the last three whole months.
        monthly: their mean, to the cent.

    """

    payee: str
    account: AccountName
    booked: Sequence[Booked]
    monthly: Decimal


class ForecastMonth(NamedTuple):
    """A month to come.

    Attributes:
        month: the month.
        is_first: whether it is the first, in which what is overdue is expected too.
        coming: the open invoices expected in it.
        costs: the recurring costs, negative.
        available: what would be available at its end.

    """

    month: Month
    is_first: bool
    coming: Decimal
    costs: Decimal
    available: Decimal


def window(today: datetime.date) -> tuple[Month, Month]:
    """Give the first and the last of the three whole months that are over on the day *today*, which may be the last."""
    month = Month.of(today)
    last = month if today == month.last_day else month.later(-1)
    return last.later(1 - MONTHS), last


def recurring(books: Books, unit: str, today: datetime.date) -> list[Recurring]:
    """Give the costs of *unit* that recur, by account and payee."""
    first, last = window(today)
    booked: defaultdict[tuple[AccountName, str], list[Booked]] = defaultdict(list)
    for entry in books.of(unit):
        if first <= Month.of(entry.date) <= last and entry.tags.isdisjoint((OPENING, INVENTORY)):
            for account, amount in _costs(entry, unit, books.currency):
                booked[account, entry.payee or ""].append(Booked(entry, amount))
    months = set(months_between(first, last))
    return [
        Recurring(payee, account, own, to_cent(sum((each.amount for each in own), ZERO) / MONTHS))
        for (account, payee), own in sorted(booked.items(), key=lambda each: (each[0][0].name, each[0][1]))
        if {Month.of(each.entry.date) for each in own} == months
    ]


def _costs(entry: Transaction, unit: str, currency: str) -> Iterator[tuple[AccountName, Decimal]]:
    for posting in entry.postings:
        account = parse_account(posting.account)
        if account is not None and account.unit == unit and account.number.startswith(RUNNING_COSTS):
            yield account, amount_in(posting, currency) or ZERO


def months_to_come(activity: Activity, today: datetime.date) -> Sequence[Month]:
    """Give the months after that of *today* up to the last in which the activity may sell; none while it is paused."""
    last = activity.last_day(today)
    return months_between(Month.of(today).later(1), Month.of(last))[:LONGEST] if last is not None else ()


def forecast(books: Books, activity: Activity, period: Period) -> list[ForecastMonth]:
    """Give the months to come of *activity*, as they look at the end of *period*; none where it has none left."""
    unit, today = activity.unit, period.today
    items = owed(books.items.at(period.end, unit))
    costs = to_cent(-sum((each.monthly for each in recurring(books, unit, today)), ZERO))
    left, due_by, found = available(books.sums, unit, period.end), ZERO, []
    for position, month in enumerate(months_to_come(activity, today)):
        due = to_cent(sum((item.amount for item in items if item.payable_by <= month.last_day), ZERO))
        left += due - due_by + costs
        found.append(ForecastMonth(month, position == 0, due - due_by, costs, left))
        due_by = due
    return found
