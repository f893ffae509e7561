"""The trial balance: what each account of the PCMN held, was debited and credited with, and holds.

Income and charges begin at zero with each financial year. The ledger has no closing entries, so that what earlier
years made stands in one line of its own, until a general meeting appropriates it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple, TypeGuard

from beancoop.model.accounts import parse_account
from beancoop.model.money import ZERO, amount_in
from beancoop.model.pcmn import RESULT

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from beancount.core.data import Transaction

    from beancoop.books.books import Books
    from beancoop.model.accounts import AccountName
    from beancoop.model.periods import Span


class Turnover(NamedTuple):
    """What an account was debited and credited with; both positive."""

    debit: Decimal
    credit: Decimal

    def plus(self, amount: Decimal) -> Turnover:
        """Add a posting."""
        return Turnover(self.debit + amount, self.credit) if amount > 0 else Turnover(self.debit, self.credit - amount)


NO_TURNOVER = Turnover(ZERO, ZERO)


class TrialBalanceLine(NamedTuple):
    """One PCMN number; balances are positive where debits prevail."""

    number: str
    label: str
    opening: Decimal
    debit: Decimal
    credit: Decimal

    @property
    def closing(self) -> Decimal:
        """What it holds at the end."""
        return self.opening + self.debit - self.credit


class TrialBalance(NamedTuple):
    """The accounts of a period.

    Attributes:
        lines: by PCMN number, those that moved or hold something.
        earlier: what the years before made, as a balance: negative for a profit; part of the opening.

    """

    lines: Sequence[TrialBalanceLine]
    earlier: Decimal

    @property
    def difference(self) -> Decimal:
        """The sum of all balances: zero, unless something is counted in no currency of these books."""
        return self.earlier + sum((line.closing for line in self.lines), ZERO)


def is_of(account: AccountName | None, unit: str | None) -> TypeGuard[AccountName]:
    """Say whether an account has the contract's form, and is one of *unit*, where that is not None."""
    return account is not None and unit in {None, account.unit}


def turnovers(entries: Iterable[Transaction], currency: str, unit: str | None) -> Mapping[str, Turnover]:
    """Give what each PCMN number, of one *unit* or of all, was debited and credited with by *entries*."""
    found: defaultdict[str, Turnover] = defaultdict(lambda: NO_TURNOVER)
    for entry in entries:
        for posting in entry.postings:
            if is_of(account := parse_account(posting.account), unit):
                amount = amount_in(posting, currency) or ZERO
                found[account.number] = found[account.number].plus(amount)
    return found


def opening(books: Books, span: Span, number: str, unit: str | None = None) -> Decimal:
    """Give what the accounts of one PCMN number hold at the beginning of *span*."""
    accounts = [each.series for each in books.sums.of(number, unit=unit) if each.name.number == number]
    if number.startswith(RESULT):
        begin = year_begin(books, span)
        return sum((series.within(begin, span.first) for series in accounts), ZERO)
    return sum((series.before(span.first) for series in accounts), ZERO)


def trial_balance(books: Books, span: Span, unit: str | None = None) -> TrialBalance:
    """Draw up the trial balance of one *unit*, or of all, over *span*."""
    moved = turnovers(books.within(span.first, span, unit), books.currency, unit)
    numbers = sorted({account.name.number for account in books.sums.of("", unit=unit)})
    lines = (
        TrialBalanceLine(
            number, books.labels[number], opening(books, span, number, unit), *moved.get(number, NO_TURNOVER)
        )
        for number in numbers
    )
    kept = [line for line in lines if line.opening or line.debit or line.credit]
    return TrialBalance(kept, earlier_results(books, span, unit))


def earlier_results(books: Books, span: Span, unit: str | None = None) -> Decimal:
    """Give what the years before that of the first day made, as a balance: negative for a profit."""
    return books.sums.balance(year_begin(books, span), *RESULT, unit=unit)


def year_begin(books: Books, span: Span) -> datetime.date:
    """Give the first day of the financial year in which *span* begins."""
    return books.register.cooperative.year_with(span.first).first
