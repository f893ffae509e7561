"""The statement of an activity for its entrepreneur: her treasury, her margin, and what is still hers to spend.

It says nothing but what is dated up to its last day, so that the statement of a closed month is the same whenever it
is drawn up again.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from beancoop.books.open_items import Item, open_items
from beancoop.model.accounts import parse_account
from beancoop.model.money import ZERO, amount_in
from beancoop.model.months import Month, months_between
from beancoop.model.pcmn import SUPPLIERS, TREASURY, VAT
from beancoop.model.provenance import is_injected
from beancoop.statements.accompaniment import hours_of, meetings_of
from beancoop.statements.available import steps
from beancoop.statements.contributions import levy_of
from beancoop.statements.trial_balance import NO_TURNOVER, Turnover
from beancoop.statements.vat import owed_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from beancount.core.data import Transaction

    from beancoop.books.books import Books, Standing
    from beancoop.contribution.explanation import ExplainedLine
    from beancoop.contribution.levy import Levy
    from beancoop.model.accounts import AccountName
    from beancoop.model.activity import Activity, Terms
    from beancoop.model.periods import Span
    from beancoop.model.register import Register
    from beancoop.statements.available import Step
    from beancoop.statements.vat import Owed


_LONGEST_RETURN = 3
"""Months: the return before is filed in the first ones of the next."""


class AccountLine(NamedTuple):
    """What an account held, was debited and credited with, and holds; debits are positive."""

    account: AccountName
    opening: Decimal
    debit: Decimal
    credit: Decimal

    @property
    def closing(self) -> Decimal:
        """What it holds at the end."""
        return self.opening + self.debit - self.credit


class CashLine(NamedTuple):
    """A movement of the treasury.

    Attributes:
        transaction: its entry.
        account: the account it moves.
        amount: positive where money comes in.
        balance: the treasury after it, all accounts together.
        is_provisional: whether it is the contribution of a month that is still open.

    """

    transaction: Transaction
    account: AccountName
    amount: Decimal
    balance: Decimal
    is_provisional: bool


class KindHours(NamedTuple):
    """Hours of accompaniment of one kind: in the period, and since the start."""

    kind: str
    hours: Decimal
    total: Decimal


class ActivityStatement(NamedTuple):
    """All of it; amounts in the operating currency.

    Attributes:
        activity: whose it is.
        span: its days.
        standing: whether its books are closed.
        terms: those in force on the last day.
        state: as `Activity.state` says on the last day.
        last_day: the last day to sell, as known on the last day; None while a pause is running.
        months_left: whole months left to sell; None where the clock stands still or no longer matters.
        treasury: the class 5 accounts.
        cash: their movements.
        margin: the entries that the contribution of the period is counted on.
        bases: all margin since the start by the rate it bears: the contribution due is the sum of their products.
        levy: the contribution of the last month.
        vat: the accounts of value-added tax.
        returns: its part of the VAT returns, as known on the last day: from the one before the first day on.
        customers: what customers still owe on the last day.
        suppliers: what is still owed to suppliers on that day; negative amounts.
        available: from the money held to what may be spent, step by step.
        hours: the hours of accompaniment.
        meetings: how many meetings she came to in the period.

    """

    activity: Activity
    span: Span
    standing: Standing
    terms: Terms
    state: str
    last_day: datetime.date | None
    months_left: int | None
    treasury: Sequence[AccountLine]
    cash: Sequence[CashLine]
    margin: Sequence[ExplainedLine]
    bases: Sequence[tuple[Decimal, Decimal]]
    levy: Levy
    vat: Sequence[AccountLine]
    returns: Sequence[Owed]
    customers: Sequence[Item]
    suppliers: Sequence[Item]
    available: Sequence[Step]
    hours: Sequence[KindHours]
    meetings: int


def activity_statement(books: Books, unit: str, span: Span) -> ActivityStatement:
    """Draw up the statement of the activity *unit* over *span*."""
    activity = books.register.activities[unit]
    items = open_items(books.of(unit), books.currency, span.after, unit)
    explained = books.explained(unit)
    return ActivityStatement(
        activity=activity,
        span=span,
        standing=books.standing(span, unit),
        terms=activity.terms_on(span.last),
        state=activity.state(span.last),
        last_day=activity.last_day(span.last),
        months_left=activity.months_left(span.last),
        treasury=_accounts(books, unit, span, (TREASURY,)),
        cash=list(_cash(books, unit, span)),
        margin=[line for month in explained for line in month.lines if span.first <= line.counted <= span.last],
        bases=_bases(line for month in explained for line in month.lines if line.counted <= span.last),
        levy=levy_of(books, unit, Month.of(span.last)),
        vat=_accounts(books, unit, span, VAT),
        returns=_returns(books, unit, span),
        customers=[item for item in items if not _is_suppliers(item)],
        suppliers=[item for item in items if _is_suppliers(item)],
        available=steps(books.sums, unit, span.after),
        hours=_hours(books.register, unit, span),
        meetings=meetings_of(books.register, span.period, unit),
    )


def _bases(lines: Iterable[ExplainedLine]) -> list[tuple[Decimal, Decimal]]:
    found: defaultdict[Decimal, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        found[line.rate] += line.base
    return sorted(found.items())


def _is_suppliers(item: Item) -> bool:
    account = parse_account(item.account)
    return account is not None and account.number.startswith(SUPPLIERS)


def _accounts(books: Books, unit: str, span: Span, numbers: tuple[str, ...]) -> list[AccountLine]:
    """Give the accounts of those numbers that hold something or move."""
    moved: defaultdict[str, Turnover] = defaultdict(lambda: NO_TURNOVER)
    for entry in books.within(span.first, span, unit):
        for posting in entry.postings:
            moved[posting.account] = moved[posting.account].plus(amount_in(posting, books.currency) or ZERO)
    lines = (
        AccountLine(account.name, account.series.before(span.first), *moved[account.name.name])
        for account in books.sums.of(*numbers, unit=unit)
    )
    return [line for line in lines if any(line[1:])]


def _returns(books: Books, unit: str, span: Span) -> list[Owed]:
    months = months_between(Month.of(span.first).later(-_LONGEST_RETURN), Month.of(span.last))
    return [each for each in owed_by(books, unit, months, span.last) if not each.is_blank]


def _cash(books: Books, unit: str, span: Span) -> Iterator[CashLine]:
    balance = books.sums.balance(span.first, TREASURY, unit=unit)
    for entry in books.within(span.first, span, unit):
        for posting in entry.postings:
            account = parse_account(posting.account)
            if account and account.unit == unit and account.number.startswith(TREASURY):
                amount = amount_in(posting, books.currency) or ZERO
                balance += amount
                yield CashLine(entry, account, amount, balance, is_injected(entry))


def _hours(register: Register, unit: str, span: Span) -> list[KindHours]:
    now = hours_of(register, span.period, unit)
    ever = hours_of(register, span.period._replace(begin=datetime.date.min), unit)
    return [KindHours(kind, now.get(kind, ZERO), total) for kind, total in ever.items()]
