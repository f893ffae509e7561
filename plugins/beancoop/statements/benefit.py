"""The certificate of the sums paid to one candidate: each with its date, its amount and what it was for.

Whoever receives unemployment benefit declares the advantage drawn from an activity in a cooperative (form C1 of the
National Employment Office). A sum is paid on the day it leaves the treasury; what is booked without leaving it, such as
a charge accrued at the end of a year, is listed apart, so that both together are what the account says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.accounts import parse_account
from beancoop.model.money import ZERO, amount_in
from beancoop.model.pcmn import ALLOWANCES, TREASURY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount.core.data import Transaction

    from beancoop.books.books import Books
    from beancoop.model.periods import Span


class Sum(NamedTuple):
    """An entry that grants or pays the candidate something.

    Attributes:
        transaction: the entry.
        granted: what it books on 619.
        paid: what of it leaves the treasury: less than is granted where something is withheld.

    """

    transaction: Transaction
    granted: Decimal
    paid: Decimal


class Certificate(NamedTuple):
    """The sums of one activity in a period.

    Attributes:
        paid: those that left the treasury, by date.
        booked: entries on 619 that paid nothing.

    """

    paid: Sequence[Sum]
    booked: Sequence[Sum]


def certificate(books: Books, unit: str, span: Span) -> Certificate:
    """Give the sums paid to the candidate of the activity *unit* in *span*.

    An entry that pays out what another one under the same link has granted earlier pays the candidate too.
    """
    granted_under: set[str] = set()
    found: list[Sum] = []
    for entry in books.of(unit):
        granted, out = _moved(books, unit, entry, ALLOWANCES), -_moved(books, unit, entry, TREASURY)
        if granted:
            granted_under |= entry.links
            paid = min(granted, out) if granted > ZERO and out > ZERO else max(granted, out) if out < ZERO else ZERO
            found.append(Sum(entry, granted, paid))
        elif out and entry.links & granted_under:
            found.append(Sum(entry, ZERO, out))
    own = [each for each in found if span.first <= each.transaction.date <= span.last]
    return Certificate([each for each in own if each.paid], [each for each in own if not each.paid])


def _moved(books: Books, unit: str, entry: Transaction, number: str) -> Decimal:
    amounts = (
        amount_in(posting, books.currency) or ZERO
        for posting in entry.postings
        if (account := parse_account(posting.account)) and account.unit == unit and account.number.startswith(number)
    )
    return sum(amounts, ZERO)
