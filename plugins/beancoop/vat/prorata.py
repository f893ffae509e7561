"""What a mixed taxable person may deduct: the general prorata that a year's turnover gives (CTVA art. 46, § 1).

Sales exempt without deduction (art. 44) make the whole company mixed, whichever activity made them. What is booked on
411 is what was deducted; the prorata says what it should have been, and is declared with the next year's first return.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.money import ZERO, to_cent
from beancoop.vat import law
from beancoop.vat.law import SALE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beancoop.vat.parts import Declared

_WHOLE = 100


class Prorata(NamedTuple):
    """The turnover of a year by what it gives the right to; amounts in EUR, without VAT, credit notes taken off.

    Attributes:
        year: the calendar year.
        deductible: sales with the right to deduct: taxed, at zero rate, owed by the customer, abroad.
        exempt: sales without it.

    """

    year: int
    deductible: Decimal
    exempt: Decimal

    @property
    def numerator(self) -> int:
        """Sales with the right to deduct, rounded up; never below zero."""
        return _rounded_up(self.deductible)

    @property
    def denominator(self) -> int:
        """All sales, rounded up."""
        return _rounded_up(self.deductible + self.exempt)

    @property
    def percent(self) -> int:
        """The general prorata, rounded up to the unit; none of it where nothing was sold in all.

        >>> Prorata(2025, Decimal("86401.00"), Decimal("13590.00")).percent
        87
        """
        if not self.denominator:
            return 0
        return min(_WHOLE, -(-_WHOLE * self.numerator // self.denominator))


def prorata_of(declared: Iterable[Declared], year: int) -> Prorata | None:
    """Give the prorata of the sales of a *year*; None where none is exempt, and all may be deducted.

    What is outside of VAT counts on neither side, nor do fixed assets that are sold.
    """
    sums = {False: ZERO, True: ZERO}
    has_exempt = False
    for each in declared:
        for coded in each.coded:
            if coded.code.side == SALE and not coded.code.is_outside and not coded.base.role.is_investment:
                sums[coded.code.is_exempt] -= coded.amount
                has_exempt = has_exempt or coded.code.is_exempt
    return Prorata(year, to_cent(sums[False]), to_cent(sums[True])) if has_exempt else None


def _rounded_up(amount: Decimal) -> int:
    step = Decimal(law.data()["prorata"]["step"])
    return max(0, int((amount / step).to_integral_value(ROUND_CEILING) * step))
