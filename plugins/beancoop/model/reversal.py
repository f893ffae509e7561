"""What takes an entry back: its exact negative."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

    from beancount.core.data import Transaction


def moved_by(transaction: Transaction, sign: int = 1) -> tuple[tuple[str, str, Decimal], ...]:
    """Give what a transaction moves: account, currency and amount of each posting, in one order.

    With a *sign* of -1, what its exact negative would move.
    """
    return tuple(
        sorted(
            (posting.account, posting.units.currency, sign * posting.units.number)
            for posting in transaction.postings
            if posting.units is not None and posting.units.number is not None
        )
    )
