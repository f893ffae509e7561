"""The axis of amounts: lines at round amounts that hold all that is drawn, whatever its size.

All is counted in Decimal: an amount that no float holds is drawn like any other.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.money import ZERO
from beancoop.words import formats
from beancoop.words.language import SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LINES = 5  # about so many
_STEPS = (1, 2, 5, 10)
_LONGEST = 8  # signs of an amount on the axis
_CENT = Decimal("0.01")
_THOUSAND = 3  # digits
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Scale(NamedTuple):
    """Where amounts stand: the lowest line, the highest, and how far one is from the next."""

    low: Decimal
    high: Decimal
    step: Decimal

    @classmethod
    def of(cls, amounts: Iterable[Decimal]) -> Scale:
        """Let zero, and all *amounts*, stand between lines at round amounts."""
        known = [ZERO, *amounts]
        low, high = min(known), max(known)
        rough = max((high - low) / _LINES, _CENT) if low < high else Decimal(1)
        power = Decimal(1).scaleb(rough.adjusted())
        step = next(each * power for each in _STEPS if each * power >= rough)
        first, last = (low / step).to_integral_value(ROUND_FLOOR), (high / step).to_integral_value(ROUND_CEILING)
        return cls(first * step, last * step or (step if not first else ZERO), step)

    def share(self, amount: Decimal) -> float:
        """Give how far above the lowest line an amount stands: 0 there, 1 at the highest."""
        return float((amount - self.low) / (self.high - self.low))

    @property
    def lines(self) -> Sequence[Decimal]:
        """The amounts of the lines."""
        first, last = int(self.low / self.step), int(self.high / self.step)
        return [each * self.step for each in range(first, last + 1)]

    def _thousands(self) -> int:
        """Give the power of ten that the axis leaves out, so that its amounts stay short."""
        longest = max(len(formats.number(each, SOURCE, 0)) for each in (self.low, self.high))
        digits = max(0, longest - _LONGEST)
        return -(-digits // (_THOUSAND + 1)) * _THOUSAND  # a group of three has a sign before it

    def texts(self, language: str) -> list[tuple[Decimal, str]]:
        """Write the amounts of the lines, in the unit of `unit`."""
        left_out = self._thousands()
        digits = 0 if self.step >= 1 else 2
        return [(each, formats.number(each.scaleb(-left_out), language, digits)) for each in self.lines]

    def unit(self, currency: str) -> str:
        """Say what the amounts on the axis are: the *currency*, or so many thousands of it."""
        left_out = self._thousands()
        return f"{currency} \N{MULTIPLICATION SIGN} 10{str(left_out).translate(_RAISED)}" if left_out else currency
