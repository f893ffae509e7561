"""The journal, the general ledger and the central journal: all entries, in the order of dates, three ways.

Books are kept in the order of dates, without blanks or gaps, and centralised by month (Code de droit économique, art.
III.84 and III.88). Entries are numbered from 1 in each financial year. Those of a day come in an order that depends on
what is written alone, as in the seals: moving an entry to another file changes no number.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from beancoop.closing.canonical import canonical
from beancoop.model.accounts import parse_account
from beancoop.model.money import ZERO, amount_in
from beancoop.model.months import Month
from beancoop.model.ownership import sealed_in, units_of
from beancoop.model.provenance import is_injected
from beancoop.statements.trial_balance import is_of, opening, turnovers, year_begin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from beancount.core.data import Transaction

    from beancoop.books.books import Books
    from beancoop.model.accounts import AccountName
    from beancoop.model.periods import Span

_PIECE = "piece"


class Posted(NamedTuple):
    """A posting of an entry; debits are positive."""

    account: AccountName
    amount: Decimal


class Entry(NamedTuple):
    """An entry of the journal.

    Attributes:
        number: its place in the journal of its year, from 1.
        units: whose it is, separated by blanks.
        transaction: the entry itself.
        lines: its postings, those of the unit whose journal it is.

    """

    number: int
    units: str
    transaction: Transaction
    lines: Sequence[Posted]

    @property
    def piece(self) -> str:
        """The number of its supporting piece, else the links it shares with other entries; "" without either."""
        return piece_of(self.transaction)

    @property
    def text(self) -> str:
        """What it says of itself: the other party and what it is about."""
        return ", ".join(filter(None, (self.transaction.payee, self.transaction.narration)))

    @property
    def is_provisional(self) -> bool:
        """Whether no file holds it: it is the contribution of a month that is still open."""
        return is_injected(self.transaction)


def piece_of(transaction: Transaction) -> str:
    """Give the number of an entry's supporting piece, else the links it shares with others; "" without either."""
    return str(transaction.meta.get(_PIECE) or " ".join(sorted(transaction.links)))


class Movement(NamedTuple):
    """A posting in the account it belongs to, and what the account holds after it; debits are positive."""

    entry: Entry
    amount: Decimal
    balance: Decimal


class LedgerAccount(NamedTuple):
    """One PCMN number of the general ledger."""

    number: str
    label: str
    opening: Decimal
    movements: Sequence[Movement]

    @property
    def closing(self) -> Decimal:
        """What it holds at the end."""
        return self.movements[-1].balance if self.movements else self.opening


class Centralised(NamedTuple):
    """What one PCMN number was debited and credited with in a month."""

    month: Month
    number: str
    label: str
    debit: Decimal
    credit: Decimal


def journal(books: Books, span: Span, unit: str | None = None) -> Iterator[Entry]:
    """Give the entries of *span*, of one *unit* or of all; numbers are those of that unit's journal, or of all."""
    days = groupby(books.within(year_begin(books, span), span, unit), key=lambda entry: entry.date)
    year, number = 0, 0
    for day, group in days:
        if (of_day := books.register.cooperative.year_of(day)) != year:
            year, number = of_day, 0
        entries = list(group)
        if day >= span.first:
            entries.sort(key=lambda entry: (sealed_in(entry) or "", canonical(entry)))
            for position, entry in enumerate(entries, 1):
                yield _entry(number + position, entry, books.currency, unit)
        number += len(entries)


def _entry(number: int, entry: Transaction, currency: str, unit: str | None) -> Entry:
    lines = [
        Posted(account, amount_in(posting, currency) or ZERO)
        for posting in entry.postings
        if is_of(account := parse_account(posting.account), unit)
    ]
    return Entry(number, " ".join(sorted(units_of(entry))), entry, lines)


def general_ledger(books: Books, span: Span, unit: str | None = None) -> Iterator[LedgerAccount]:
    """Give the accounts that move in *span* or hold something at its beginning, by PCMN number."""
    posted: defaultdict[str, list[tuple[Entry, Decimal]]] = defaultdict(list)
    for entry in journal(books, span, unit):
        for line in entry.lines:
            posted[line.account.number].append((entry, line.amount))
    for number in sorted({account.name.number for account in books.sums.of("", unit=unit)}):
        first = opening(books, span, number, unit)
        if first or posted[number]:
            yield LedgerAccount(number, books.labels[number], first, list(_running(first, posted[number])))


def _running(balance: Decimal, posted: Sequence[tuple[Entry, Decimal]]) -> Iterator[Movement]:
    for entry, amount in posted:
        balance += amount
        yield Movement(entry, amount, balance)


def centralisation(books: Books, span: Span, unit: str | None = None) -> Iterator[Centralised]:
    """Give, for each month, what each PCMN number was debited and credited with: the central journal."""
    months = groupby(books.within(span.first, span, unit), key=lambda entry: Month.of(entry.date))
    for month, entries in months:
        for number, moved in sorted(turnovers(entries, books.currency, unit).items()):
            yield Centralised(month, number, books.labels[number], *moved)
