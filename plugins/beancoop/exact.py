"""A transaction sums to exactly zero.

Beancount weighs an amount by its price or cost. Where these are in the amount's own currency, it would count as one sum
and weigh as another: money out of nothing.

Beancount lets pass what is smaller than its tolerance: half a cent a transaction adds up. Where the ledger says
`option "tolerance_multiplier" "0"`, as every scaffolded one does, Beancount itself is exact and this module has
nothing to do; elsewhere it checks in its stead.

Before, without that option:

    2026-01-10 * "Un demi-cent de trop"
      Expenses:60:601-Fournitures:COOP            10.00 EUR
      Assets:55:5500-Banque:COOP                 -10.005 EUR

After, as errors:

    line 1: This transaction sums to -0.005 EUR, not to zero; write its amounts to the exact cent. [BC210]
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from beancount.core.amount import Amount
from beancount.core.convert import get_weight

from beancoop.model.findings import BeancoopError
from beancoop.model.money import ZERO
from beancoop.rules import engine
from beancoop.words.messages import error

if TYPE_CHECKING:
    from beancount.core.data import Directives, Posting, Transaction

    from beancoop.model.accounts import AccountName
    from beancoop.model.register import Register
    from beancoop.rules.part import Column, Part

__plugins__ = ("exact",)

NOT_ZERO = error("BC210", "This transaction sums to {amounts}, not to zero; write its amounts to the exact cent.")

OWN_CURRENCY = error(
    "BC211",
    "{account} has {units} at a price or cost in {currency} itself; an amount is what it is: take the price away.",
)

_NOISE = Decimal("1E-15")
"""What a total price divided by its units and multiplied again may lose in 28 digits: not money."""


def residuals(transaction: Transaction) -> dict[str, Decimal]:
    """Give what *transaction* is out of balance by, in each currency; empty where it sums to zero."""
    sums: dict[str, Decimal] = {}
    for posting in transaction.postings:
        weight = get_weight(posting)
        if weight.number is not None:
            sums[weight.currency] = sums.get(weight.currency, ZERO) + weight.number
    return {currency: total for currency, total in sums.items() if abs(total) > _NOISE}


class Exact(engine.Rule):
    """Sums each transaction whole when its first posting is seen."""

    def __init__(self, register: Register) -> None:
        """Start with nothing seen."""
        super().__init__(register)
        self.current: Transaction | None = None
        self.errors: list[BeancoopError] = []

    def watch(self, _: AccountName, column: Column) -> engine.Poster | None:
        """Watch every account with a price; for the sums all of them, where Beancount is not exact already."""
        if self.register.tolerant:
            return self._post
        return self._weigh if column.is_priced else None

    def _weigh(self, transaction: Transaction, posting: Posting) -> None:
        """Tell of an amount that is priced in its own currency."""
        if posting.price is None and posting.cost is None:
            return
        units = posting.units
        values = (value for value in (posting.price, posting.cost) if value is not None)
        if units is not None and any(value.currency == units.currency for value in values):
            message = OWN_CURRENCY(account=posting.account, units=units, currency=units.currency)
            self.errors.append(BeancoopError(posting.meta or transaction.meta, message, transaction))

    def _post(self, transaction: Transaction, posting: Posting) -> None:
        self._weigh(transaction, posting)
        if transaction is self.current:
            return
        self.current = transaction
        if sums := residuals(transaction):
            amounts = [Amount(total, currency) for currency, total in sorted(sums.items())]
            self.errors.append(BeancoopError(transaction.meta, NOT_ZERO(amounts=amounts), transaction))

    def keep(self, _: Part) -> engine.Kept:
        """Give an error for each transaction that does not sum to zero."""
        return engine.Kept(None, self.errors)


def exact(entries: Directives, options: dict[str, Any]) -> tuple[Directives, list[BeancoopError]]:
    """Check that transactions sum to zero; adds nothing."""
    return engine.run_plugin(__name__, (Exact,), entries, options)
