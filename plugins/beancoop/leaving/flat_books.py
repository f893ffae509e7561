"""The books handed over as flat tables for a spreadsheet: a row for each posting, a row for each account.

The journal and the trial balance of the law (`statements.journal`, `statements.trial_balance`) go by PCMN number and
financial year; here whoever leaves gets every posting as it stands, with the whole name of its account.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancount.core.data import Transaction

from beancoop.model.accounts import parse_account
from beancoop.model.money import NOTHING, ZERO, amount_in

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable
    from decimal import Decimal

    from beancount.core.data import Directive


class JournalLine(NamedTuple):
    """A posting in the journal; amounts in the operating currency.

    Attributes:
        entry: the number of its entry, from 1.
        date: the entry's day.
        payee: the other party.
        narration: what happened.
        account: the whole name of the account.
        number: its PCMN number.
        label: what people call it.
        debit: what it receives, None where it gives.
        credit: what it gives, None where it receives.
        original: the amount in its own currency, where that is another.
        links: what binds the entry to others, invoices above all.
        tags: what marks the entry: `contribution`, `provisional`.

    """

    entry: int
    date: datetime.date
    payee: str
    narration: str
    account: str
    number: str
    label: str
    debit: Decimal | None
    credit: Decimal | None
    original: str
    links: str
    tags: str


class BalanceLine(NamedTuple):
    """An account in the trial balance; amounts in the operating currency.

    Attributes:
        account: the whole name of the account.
        number: its PCMN number.
        label: what people call it.
        debit: all it received.
        credit: all it gave.
        debit_balance: what it received more than it gave, None where it did not.
        credit_balance: what it gave more than it received, None where it did not.

    """

    account: str
    number: str
    label: str
    debit: Decimal
    credit: Decimal
    debit_balance: Decimal | None
    credit_balance: Decimal | None


def journal(entries: Iterable[Directive], currency: str) -> list[JournalLine]:
    """Give the journal of *entries*, which are in order of dates."""
    transactions = (entry for entry in entries if isinstance(entry, Transaction))
    return [line for position, entry in enumerate(transactions, 1) for line in _lines(position, entry, currency)]


def _lines(position: int, entry: Transaction, currency: str) -> Iterable[JournalLine]:
    for posting in entry.postings:
        amount = amount_in(posting, currency) or NOTHING
        yield JournalLine(
            position,
            entry.date,
            entry.payee or "",
            entry.narration or "",
            posting.account,
            *_number_and_label(posting.account),
            amount if amount >= ZERO else None,
            -amount if amount < ZERO else None,
            str(posting.units) if posting.units is not None and posting.units.currency != currency else "",
            " ".join(sorted(entry.links)),
            " ".join(sorted(entry.tags)),
        )


def trial_balance(lines: Iterable[JournalLine]) -> list[BalanceLine]:
    """Add up the *lines* of a journal, by PCMN number."""
    totals: dict[tuple[str, str, str], tuple[Decimal, Decimal]] = {}
    for line in lines:
        key = line.number, line.label, line.account
        debit, credit = totals.get(key, (NOTHING, NOTHING))
        totals[key] = debit + (line.debit or NOTHING), credit + (line.credit or NOTHING)
    return [
        BalanceLine(account, number, label, debit, credit, *sides(debit - credit))
        for (number, label, account), (debit, credit) in sorted(totals.items())
    ]


def sides(balance: Decimal) -> tuple[Decimal | None, Decimal | None]:
    """Give a balance as its debit or its credit, the other being None; both are where it is zero."""
    return (balance if balance > ZERO else None), (-balance if balance < ZERO else None)


def _number_and_label(account: str) -> tuple[str, str]:
    name = parse_account(account)
    return (name.number, name.label) if name else ("", account)
