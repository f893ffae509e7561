"""What a general meeting made of a year's result: the entries that say so, and what they move.

An entry appropriates where it says `appropriates:` or moves 69 or 79; of which year, `reserves.appropriated_year` says.
What brings balances in (`#opening`) decides nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.accounts import parse_account
from beancoop.model.money import ZERO, amount_in
from beancoop.model.pcmn import APPROPRIATION
from beancoop.model.provenance import OPENING
from beancoop.reserves import appropriated_year

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from beancount.core.data import Transaction

    from beancoop.books.books import Books
    from beancoop.model.accounts import AccountName
    from beancoop.model.periods import Span


class Decision(NamedTuple):
    """An entry that appropriates, and the number of the financial year whose result it is."""

    entry: Transaction
    year: int

    def moves(self, currency: str) -> Iterator[tuple[AccountName, Decimal]]:
        """Give the accounts it moves, with their amounts; debits are positive."""
        for posting in self.entry.postings:
            account = parse_account(posting.account)
            if account is not None:
                yield account, amount_in(posting, currency) or ZERO

    def result(self, currency: str) -> Decimal:
        """Give how much of the result it appropriates: what 69 and 79 are debited with; negative for a loss."""
        moves = self.moves(currency)
        return sum((amount for account, amount in moves if account.number.startswith(APPROPRIATION)), ZERO)


def all_decisions(books: Books) -> Sequence[Decision]:
    """Give every entry that appropriates, in the order of dates."""
    return [
        Decision(each, appropriated_year(each, books.register))
        for each in books.sorted.appropriating
        if OPENING not in each.tags
    ]


def decisions(books: Books, year: Span) -> Sequence[Decision]:
    """Give the entries that appropriate the result of the financial *year*, wherever they are dated."""
    return [each for each in all_decisions(books) if each.year == year.year]
