"""At which rates the bases of a sale give the VAT that is booked."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MOST = 8
"""Bases of one sale that are tried one by one: four rates each make 65,536 ways."""

_HUNDRED = Decimal(100)


def ways(
    amounts: Sequence[Decimal], tax: Decimal, percents: Sequence[Decimal], tolerance: Decimal
) -> Sequence[tuple[Decimal, ...]]:
    """Give the ways in which a rate for each of *amounts* gives *tax*, within *tolerance* for each amount.

    Two ways in which the same total stands at each rate are one, and only the first two that differ are given. Where
    there are more than MOST amounts, one rate for all is tried alone, and given where no other mix can be meant.
    """
    slack = tolerance * len(amounts)
    if len(amounts) > MOST:
        total = sum(amounts, Decimal(0))
        same = [(percent,) * len(amounts) for percent in percents if abs(total * percent / _HUNDRED - tax) <= slack]
        return same if len(same) != 1 or not _may_mix(amounts, same[0][0], percents) else []
    if len(amounts) == 1 and amounts[0]:
        return [(percent,) for percent in percents if abs(amounts[0] * percent / _HUNDRED - tax) <= slack][:2]
    found: dict[tuple[Decimal, ...], tuple[Decimal, ...]] = {}
    for way in _search(amounts, tax, percents, slack):
        found.setdefault(_totals(amounts, way, percents), way)
        if len(found) > 1:
            break
    return list(found.values())


def _may_mix(amounts: Iterable[Decimal], percent: Decimal, percents: Sequence[Decimal]) -> bool:
    """Say whether another mix of rates could give the same: never at the highest rate, nor at the lowest."""
    return percent not in (max(percents), min(percents)) or any(amount < 0 for amount in amounts)


def _search(
    amounts: Sequence[Decimal], tax: Decimal, percents: Sequence[Decimal], slack: Decimal
) -> Iterator[tuple[Decimal, ...]]:
    """Try the rates of the first amount, then those of the rest, as long as the rest can still give the tax."""
    if not amounts:
        if abs(tax) <= slack:
            yield ()
        return
    ends = [sorted((amount * min(percents), amount * max(percents))) for amount in amounts]
    least, most = (sum(side, Decimal(0)) / _HUNDRED for side in zip(*ends, strict=True))
    if not least - slack <= tax <= most + slack:
        return
    for percent in percents:
        for rest in _search(amounts[1:], tax - amounts[0] * percent / _HUNDRED, percents, slack):
            yield (percent, *rest)


def _totals(amounts: Sequence[Decimal], way: Sequence[Decimal], percents: Sequence[Decimal]) -> tuple[Decimal, ...]:
    return tuple(
        sum((amount for amount, rate in zip(amounts, way, strict=True) if rate == percent), Decimal(0))
        for percent in percents
    )
