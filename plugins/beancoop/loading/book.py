"""Booking what can be booked by itself.

Beancount books a ledger from its first day to its last, since what is sold at cost comes out of what was bought before.
A transaction without costs, of which every currency is written, asks nothing of the days before it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from beancount.core.amount import Amount
from beancount.core.interpolate import AUTOMATIC_TOLERANCES, infer_tolerances
from beancount.core.number import MISSING, ZERO
from beancount.ops.validation import validate_check_transaction_balances
from beancount.parser import booking, booking_full

from beancoop.loading.encoding import heard, said
from beancoop.loading.parse import FINEST, MOST_DIGITS
from beancoop.loading.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from beancount.core.data import Transaction

_CENT = Decimal("0.01")
_CENTS = (-2,)


class Settings(NamedTuple):
    """The options that booking depends on, to the digit, and hashable."""

    multiplier: str
    defaults: tuple[tuple[str, str], ...]
    from_cost: bool
    precise: bool

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Settings:
        """Take them from a ledger's options."""
        return cls(
            str(options["tolerance_multiplier"]),
            tuple((currency, str(number)) for currency, number in options["inferred_tolerance_default"].items()),
            options["infer_tolerance_from_cost"],
            options["use_precise_interpolation"],
        )

    @property
    def options(self) -> dict[str, Any]:
        """Give them as Beancount reads them."""
        return {
            "tolerance_multiplier": Decimal(self.multiplier),
            "inferred_tolerance_default": {currency: Decimal(number) for currency, number in self.defaults},
            "infer_tolerance_from_cost": self.from_cost,
            "use_precise_interpolation": self.precise,
        }


class Booker:
    """Books transactions one by one under the same settings.

    What is tolerated in a transaction is, in Beancount, a dict of its own, which refuses most of what would change it;
    here those that say the same are one, made by Beancount for the first of them.
    """

    def __init__(self, settings: Settings) -> None:
        """Start with nothing learned."""
        self.settings = settings
        self._options = settings.options
        if self._options["tolerance_multiplier"] < 0:
            raise Unknown("a negative tolerance")
        self._tolerances: dict[tuple[str, tuple[int, ...]], Any] = {}
        self._shared: dict[tuple[Any, ...], Any] = {}

    def book(self, entry: Transaction) -> tuple[Transaction, bool]:
        """Book a transaction, in place where it is a common one, and tell whether it balances.

        Raises:
            Unknown: it cannot be booked by itself, or not at all.

        """
        currency = None
        total = ZERO
        in_cents = True
        postings = entry.postings
        for _, units, cost, price, _, _ in postings:
            if cost is not None or price is not None or type(units) is not Amount:
                return self._book_alone(entry)
            number, one_currency = units
            if type(number) is not Decimal or one_currency != (currency or one_currency):
                return self._book_alone(entry)
            currency = one_currency
            total += number
            if in_cents and not number.same_quantum(_CENT):
                in_cents = False
        if type(currency) is not str:
            return self._book_alone(entry)
        digits = _CENTS if in_cents else _decimals(postings)
        tolerances = self._tolerances.get((currency, digits))
        if tolerances is None:
            tolerances = self._learn(currency, digits, postings)
        entry.meta[AUTOMATIC_TOLERANCES] = tolerances
        return entry, not total or self._balances(entry)

    def intact(self) -> bool:
        """Tell whether nobody has written into the tolerances that were handed out."""
        return all(said(each) == told for told, each in self._shared.items())

    def tolerances(self, told: tuple[Any, ...]) -> Any:  # noqa: ANN401 - Beancount's
        """Give the one dict of tolerances that says this."""
        found = self._shared.get(told)
        if found is None:
            found = self._shared[told] = heard(told)
        return found

    def _learn(self, currency: str, digits: tuple[int, ...], postings: list[Any]) -> Any:  # noqa: ANN401 - Beancount's
        told = said(infer_tolerances(postings, self._options))
        found = self._tolerances[currency, digits] = self.tolerances(told)
        return found

    def _balances(self, entry: Transaction) -> bool:
        return not validate_check_transaction_balances([entry], self._options)

    def _book_alone(self, entry: Transaction) -> tuple[Transaction, bool]:
        if any(_asks_for_history(posting) for posting in entry.postings):
            raise Unknown("a lot, or an amount without currency")
        booked, errors, _ = booking_full._book([entry], self._options, {})  # noqa: SLF001 - see decision 0011
        if errors or len(booked) != 1 or booking.validate_missing_eliminated(booked, self._options):
            raise Unknown("what cannot be booked")
        (done,) = booked
        if not all(is_countable(posting.units.number) for posting in done.postings):
            raise Unknown("a number beyond counting")
        done.meta[AUTOMATIC_TOLERANCES] = self.tolerances(said(done.meta[AUTOMATIC_TOLERANCES]))
        return done, self._balances(done)


def _decimals(postings: list[Any]) -> tuple[int, ...]:
    """Give the exponents of the numbers that have decimals."""
    return tuple(each for posting in postings if (each := _exponent(posting.units.number)) < 0)


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def _asks_for_history(posting: Any) -> bool:  # noqa: ANN401 - a posting with parts that are missing
    units, price = posting.units, posting.price
    if posting.cost is not None or units is None:
        return True
    if units is MISSING:
        return price is not None
    return units.currency is MISSING or (price is not None and (price is MISSING or price.currency is MISSING))


def is_countable(number: Decimal) -> bool:
    """Tell whether sums with this number are exact in any order."""
    return not number or (number.adjusted() < MOST_DIGITS and _exponent(number) >= -FINEST)
