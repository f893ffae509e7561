"""From the money in the bank to what of it is hers to spend.

What an activity holds is not all its own: VAT waits in it for the State, deposits for the customers who paid them
before there was anything to invoice, and suppliers, employees and the cooperative wait for their due. So what is
available is the bank, less the net VAT, the deposits (46), the suppliers, what is owed on wages (453 to 455), and the
contribution due. That is due through the current account with the cooperative, 960, which also holds what else passes
between them: a starting advance, a service between activities. What comes to her, VAT to be paid back or a claim on the
cooperative, cannot be spent before it is there, and counts for nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.money import ZERO, to_cent
from beancoop.model.pcmn import ADVANCES_RECEIVED, LIAISON, SUPPLIERS, TREASURY, VAT, WAGES_DUE, WITHHELD
from beancoop.model.periods import day_after

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping
    from decimal import Decimal

    from beancoop.books.sums import Sums
    from beancoop.model.periods import Period

STEPS: Mapping[str, tuple[str, ...]] = {
    "bank": (TREASURY,),
    "vat": VAT,
    "deposits": (ADVANCES_RECEIVED,),
    "suppliers": (SUPPLIERS,),
    "wages": (*WITHHELD, WAGES_DUE),
    "current": (LIAISON,),
}
"""The steps, and the PCMN numbers of each."""


class Step(NamedTuple):
    """A step from the bank to what is available.

    Attributes:
        key: its key in STEPS.
        numbers: the PCMN numbers it adds up.
        amount: what it adds, to the cent; negative for what is owed.

    """

    key: str
    numbers: tuple[str, ...]
    amount: Decimal


def steps(sums: Sums, unit: str, end: datetime.date) -> list[Step]:
    """Give the steps for *unit* at the beginning of the day *end*; their sum is what is available."""
    return [Step(key, numbers, to_cent(_amount(sums, unit, end, key))) for key, numbers in STEPS.items()]


def by_day(sums: Sums, unit: str, period: Period) -> list[tuple[datetime.date, Decimal]]:
    """Give what *unit* has to spend at the end of each day of the period on which it changes."""
    numbers = [number for own in STEPS.values() for number in own]
    days = {day for account in sums.of(*numbers, unit=unit) for day, _ in account.series.days() if period.holds(day)}
    found: list[tuple[datetime.date, Decimal]] = []
    for day in sorted(days):
        amount = available(sums, unit, day_after(day))
        if not found or found[-1][1] != amount:
            found.append((day, amount))
    return found


def _amount(sums: Sums, unit: str, end: datetime.date, key: str) -> Decimal:
    if key == "bank":
        return sums.held(end, *STEPS[key], unit=unit)
    return min(ZERO, sums.balance(end, *STEPS[key], unit=unit))


def available(sums: Sums, unit: str, end: datetime.date) -> Decimal:
    """Give what *unit* has to spend at the beginning of the day *end*, to the cent."""
    return sum((step.amount for step in steps(sums, unit, end)), ZERO)
