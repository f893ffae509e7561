"""Amounts of money: rounded once, half up, to the cent."""

from __future__ import annotations

from decimal import MAX_PREC, ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancount.core.data import Posting

ZERO = Decimal(0)
CENT = Decimal("0.01")
NOTHING = Decimal("0.00")
_WIDE = Context(prec=MAX_PREC)  # a slip of the finger may be longer than the usual 28 digits


def to_cent(amount: Decimal) -> Decimal:
    """Round *amount* half up (away from zero) to the cent.

    >>> to_cent(Decimal("57.645")), to_cent(Decimal("-0.005"))
    (Decimal('57.65'), Decimal('-0.01'))
    """
    return amount.quantize(CENT, ROUND_HALF_UP, _WIDE) or NOTHING  # not -0.00


def shared_out(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Share *amount* out by *weights*, each share to the cent and the odd cents on the largest.

    >>> shared_out(Decimal("10.00"), [Decimal(1), Decimal(1), Decimal(1)])
    [Decimal('3.34'), Decimal('3.33'), Decimal('3.33')]
    """
    total = sum(weights, ZERO)
    shares = [to_cent(amount * weight / total) if total else ZERO for weight in weights]
    largest = max(range(len(weights)), key=lambda index: abs(weights[index]))
    shares[largest] += amount - sum(shares, ZERO)
    return shares


def amount_in(posting: Posting, currency: str) -> Decimal | None:
    """Give what *posting* is worth in *currency*, unrounded, or None where nothing says so.

    Units in that currency count as they are; others at the posting's own price, whatever their cost
    (contract, section 5).
    """
    units, price = posting.units, posting.price
    if units is None or units.number is None:
        return None
    if units.currency == currency:
        return units.number
    if price is None or price.number is None or price.currency != currency:
        return None
    return units.number * price.number
