"""What an imported e-invoice said of its VAT: `vat-1: "S 21 100.00 21.00"`, one line for each category and rate."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from beancoop.vat.law import Law

_PREFIX = "vat-"
_BY_RATE = "rate"
_PARTIES = ("supplier", "customer", "party-vat")
_ABROAD = re.compile(r"(?!BE)[A-Z]{2}")


class Said(NamedTuple):
    """A line of an e-invoice's summary of VAT.

    Attributes:
        category: as EN 16931 calls it (BT-118).
        percent: the rate (BT-119).
        base: what it is counted on (BT-116).
        tax: the VAT (BT-117).

    """

    category: str
    percent: Decimal
    base: Decimal
    tax: Decimal

    def code(self, law: Law, side: str, *, is_abroad: bool) -> str | None:
        """Give the code it means on that side; None where the category alone does not tell.

        Args:
            law: what holds.
            side: sold or bought.
            is_abroad: whether the other party is known to be of another country.

        """
        if is_abroad and self.category in law.domestic:
            return None
        name = law.categories.get((self.category, side))
        if name != _BY_RATE:
            return name
        found = law.rates.get(self.percent)
        return found.name if found else None


def said(meta: Mapping[str, object]) -> Sequence[Said]:
    """Read the lines in their order; nothing where one of them cannot be read."""
    if not any(key.startswith(_PREFIX) for key in meta):
        return []
    try:
        keys = sorted((int(key[len(_PREFIX) :]), key) for key in meta if _is_line(key))
        return [_line(str(meta[key])) for _, key in keys]
    except (ValueError, InvalidOperation):
        return []


def is_abroad(meta: Mapping[str, object]) -> bool:
    """Say whether the other party goes by the VAT number of another country."""
    return any(_ABROAD.match(str(meta[key])) for key in _PARTIES if key in meta)


def _is_line(key: str) -> bool:
    return key.startswith(_PREFIX) and key[len(_PREFIX) :].isdecimal()


def _line(text: str) -> Said:
    category, percent, base, tax = text.split()
    numbers = Decimal(percent), Decimal(base), Decimal(tax)
    if not all(number.is_finite() for number in numbers):
        raise ValueError(text)
    return Said(category, *numbers)
