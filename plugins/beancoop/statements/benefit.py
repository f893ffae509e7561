"""The certificate of the sums paid to one candidate: each with its date, its amount and what it was for.

Whoever receives unemployment benefit declares the advantage drawn from an activity in a cooperative (form C1 of the
National Employment Office). A sum is paid on the day it leaves a treasury, hers or the cooperative's; what is booked
without leaving one, such as a charge accrued at the end of a year, is listed apart. Which account the terms, `exit` or
an accountant chose changes nothing (contract, section 10).

What is hers:

- what the books of her activity grant: charges on 619, 620 or 643, and the account that bears the balance of her exit;
- what settles such a grant: the debt it opened, in her books or, passed on through 960, in the structure's; and what
  stands on 489, or on a charge of the structure, under a link of hers.

A link is hers where an entry of her activity that grants bears it, and `exit-A001` always. What several activities
could claim is nobody's, unless it settles what all of them were owed; it is told, and not counted. So no sum is in two
certificates.

Before, on 31 January, A001 leaves and is owed 900.00; after, on 10 February, the structure has paid:

    2026-01-31 * "Solde de sortie" ^exit-A001
      Expenses:61:619-Indemnites:A001     900.00 EUR
      Assets:9:960-Liaison:A001          -900.00 EUR
    2026-01-31 * "Solde de sortie" ^exit-A001
      Assets:9:960-Liaison:COOP           900.00 EUR
      Liabilities:48:489-Dettes:COOP     -900.00 EUR
    2026-02-10 * "Solde de sortie payé" ^exit-A001
      Liabilities:48:489-Dettes:COOP      900.00 EUR
      Assets:55:5500-Banque:COOP         -900.00 EUR

The certificate of A001 then has 900.00 booked on 31 January, and 900.00 paid on 10 February.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.money import ZERO
from beancoop.statements.benefit_claims import Claims, Operation, Part, operations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal

    from beancount.core.data import Transaction

    from beancoop.books.books import Books
    from beancoop.model.periods import Span


class Sum(NamedTuple):
    """An entry that grants or pays a candidate something.

    Attributes:
        transaction: the entry; of several that are one operation through 960, the first that concerns her.
        granted: the charge it books for her.
        paid: what of it leaves a treasury: less than is granted where something is withheld.
        shared: what it pays that another activity could claim as well; no part of `paid`.

    """

    transaction: Transaction
    granted: Decimal
    paid: Decimal
    shared: Decimal = ZERO


class Certificate(NamedTuple):
    """The sums of one activity in a period.

    Attributes:
        paid: those that left a treasury, by date.
        booked: charges for her that paid nothing.
        shared: what was paid under links that she shares with another activity: not counted.

    """

    paid: Sequence[Sum]
    booked: Sequence[Sum]
    shared: Sequence[Sum]

    @property
    def total(self) -> Decimal:
        """What was paid to her in all."""
        return sum((each.paid for each in self.paid), ZERO)


def certificate(books: Books, unit: str, span: Span) -> Certificate:
    """Give the sums paid to the candidate of the activity *unit* in *span*, from the treasury of any unit."""
    own = [each for each in _sums(books).get(unit, ()) if span.first <= each.transaction.date <= span.last]
    return Certificate(
        [each for each in own if each.paid],
        [each for each in own if each.granted and not each.paid],
        [each for each in own if each.shared],
    )


@lru_cache(maxsize=1)  # the certificates of all activities are asked for one after the other
def _sums(books: Books) -> Mapping[str, Sequence[Sum]]:
    """Give the sums of every activity of a ledger, by date."""
    found: defaultdict[str, list[Sum]] = defaultdict(list)
    entries = operations(books)
    claims = Claims(books.register, entries)
    for operation in entries:
        for unit, each in _paid(operation, claims):
            found[unit].append(each)
    return found


class _Due(NamedTuple):
    """What an operation books for one activity: in charges, and in all, debts settled and taxes withheld included."""

    first: Transaction
    granted: Decimal
    amount: Decimal


def _paid(operation: Operation, claims: Claims) -> Iterator[tuple[str, Sum]]:
    """Share out what leaves the treasury in one operation among those whom it concerns."""
    hers: defaultdict[str, list[Part]] = defaultdict(list)
    claimed: defaultdict[str, list[Part]] = defaultdict(list)
    for part in operation.parts:
        for unit, amount in claims.shares(part).items():
            if amount is None:
                claimed[unit].append(part)
            else:
                hers[unit].append(part._replace(amount=amount))
    out = operation.paid_out
    dues = {unit: _due(parts, operation) for unit, parts in hers.items()}
    is_all_theirs = bool(out) and sum((due.amount for due in dues.values()), ZERO) == out
    for unit, due in dues.items():
        paid = due.amount if is_all_theirs else _least(due.amount, out) if out else ZERO
        is_clear = is_all_theirs or len(dues) == 1
        yield unit, Sum(due.first, due.granted, *((paid, ZERO) if is_clear else (ZERO, paid)))
    for unit, parts in claimed.items():
        if out:
            amount = sum((part.amount for part in parts), ZERO)
            yield unit, Sum(parts[0].transaction, ZERO, ZERO, _least(amount, out))


def _due(own: Sequence[Part], operation: Operation) -> _Due:
    entries = {id(part.transaction) for part in own}
    withheld = (part.amount for part in operation.withheld if id(part.transaction) in entries)
    return _Due(
        own[0].transaction,
        sum((part.amount for part in own if part.is_charge), ZERO),
        sum((part.amount for part in own), ZERO) + sum(withheld, ZERO),
    )


def _least(due: Decimal, out: Decimal) -> Decimal:
    """Give what of *out*, the money that left, is what was *due*; both are negative where money comes back.

    What she keeps of money that comes in has been paid to her too.
    """
    if due > ZERO:
        return min(due, out) if out > ZERO else due
    return max(due, out) if out < ZERO else ZERO
