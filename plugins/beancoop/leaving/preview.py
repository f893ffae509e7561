"""What leaving today would mean: what an activity has, what it still has to settle, and what remains.

An activity's books balance by themselves, so what it has less what it owes is all it has earned and not spent.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from beancoop.contribution.explanation import explain
from beancoop.model.activity import Exit
from beancoop.model.directives import OUTCOMES
from beancoop.model.money import ZERO, to_cent
from beancoop.model.pcmn import (
    ACCRUALS,
    BALANCE_SHEET,
    CONTRIBUTION,
    CUSTOMERS,
    FIXED_ASSETS,
    LIAISON,
    OTHER_RECEIVABLES,
    SHORT_DEBTS,
    STOCKS,
    SUPPLIERS,
    SUSPENSE,
    TREASURY,
    VAT,
)
from beancoop.model.periods import precedes

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping
    from decimal import Decimal

    from beancoop.books.books import Books
    from beancoop.books.sums import Account

TAKES: Mapping[str, tuple[str, ...]] = {
    "treasury": (TREASURY,),
    "customers": (CUSTOMERS,),
    "stock": (STOCKS,),
    "equipment": (FIXED_ASSETS,),
}
"""What goes with her, and the PCMN numbers of each."""

SETTLES: Mapping[str, tuple[str, ...]] = {
    "suppliers": (SUPPLIERS,),
    "vat": VAT,
    "current": (LIAISON,),
    "waiting": (SUSPENSE,),
    "other": ("1", OTHER_RECEIVABLES, *(each for each in SHORT_DEBTS if each != SUPPLIERS), ACCRUALS),
}
"""What is to be settled first; a number is in the first part of the two that fits."""

_NUMBERS = {**TAKES, **SETTLES}


class Part(NamedTuple):
    """A part of what she has or settles: its key, its amount with the sign of what is hers, and its accounts."""

    key: str
    amount: Decimal
    accounts: tuple[str, ...]


class Leaving(NamedTuple):
    """What leaving would mean.

    Attributes:
        takes: the parts of TAKES that have an account.
        settles: the parts of SETTLES that have an account.
        contribution: what the contribution would change by: what is still to be levied, with a minus sign, or given
            back, because a month of exit settles what was carried.
        remains: the sum of all.

    """

    takes: tuple[Part, ...]
    settles: tuple[Part, ...]
    contribution: Decimal
    remains: Decimal


def leaving(books: Books, unit: str, end: datetime.date, today: datetime.date) -> Leaving:
    """Tell what leaving on *today* would mean, from the books before the day *end*."""
    held: dict[str, list[Account]] = {key: [] for key in _NUMBERS}
    for account in books.sums.of(*BALANCE_SHEET, LIAISON, unit=unit):
        held[_key_of(account.name.number)].append(account)
    parts = {
        key: Part(
            key,
            to_cent(sum((account.series.before(end) for account in own), ZERO)),
            tuple(account.name.name for account in own),
        )
        for key, own in held.items()
        if own
    }
    takes = tuple(parts[key] for key in TAKES if key in parts)
    settles = tuple(parts[key] for key in SETTLES if key in parts)
    contribution = _settled_at_exit(books, unit, end, today)
    return Leaving(takes, settles, contribution, sum((part.amount for part in (*takes, *settles)), contribution))


def _key_of(number: str) -> str:
    """Give the part a number is in: the longest beginning that fits."""
    fitting = [(len(begin), key) for key, numbers in _NUMBERS.items() for begin in numbers if number.startswith(begin)]
    return max(fitting, default=(0, "other"))[1]


def _settled_at_exit(books: Books, unit: str, end: datetime.date, today: datetime.date) -> Decimal:
    """Give what an exit on *today* gives back of the contribution, or with a minus sign still levies."""
    activity = books.activities[unit]
    if activity.exit is None:
        activity = replace(activity, exit=Exit(max(today, activity.start), OUTCOMES[0]))
    before = [entry for entry in books.of(unit) if precedes(entry.date, end)]
    months = explain(before, replace(books.register, activities={unit: activity}), unit)
    levied = books.sums.balance(end, CONTRIBUTION, unit=unit)
    return to_cent(levied - sum((each.levy.levy for each in months), ZERO))
