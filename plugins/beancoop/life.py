"""An activity sells only while it lives: from its start, outside its pauses, within its months, up to its exit.

Before:

    2026-01-05 custom "activity" "A001"
    2026-01-02 * "Facture trop tôt"
      Assets:40:400-Clients:A001                 100.00 EUR
      Income:70:700-VentesPrestations:A001      -100.00 EUR

After, as errors:

    line 2: A001 sells on 2026-01-02, before its start on 2026-01-05.

A credit note sells nothing, and may come later than the last day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from beancoop.model.findings import BeancoopError, place
from beancoop.model.money import ZERO
from beancoop.model.pcmn import SALES
from beancoop.rules import engine

if TYPE_CHECKING:
    from decimal import Decimal

    from beancount.core.data import Directives, Posting, Transaction

    from beancoop.model.accounts import AccountName
    from beancoop.model.activity import Activity
    from beancoop.model.register import Register

__plugins__ = ("life",)


class Life(engine.Rule):
    """Refuses sales (class 70, net of what the same transaction gives back) outside the days that may sell."""

    numbers = (SALES,)

    def __init__(self, register: Register) -> None:
        """Start with no sale seen."""
        super().__init__(register)
        self.outside: dict[int, tuple[Transaction, str, str, Decimal]] = {}

    def watch(self, account: AccountName) -> engine.Poster | None:
        """Watch class 70 of the activities."""
        activity = self.register.activities.get(account.unit or "")
        if activity is None:
            return None
        start, sure = activity.start, activity.sells_until()

        def post(transaction: Transaction, posting: Posting) -> None:
            if not start <= transaction.date <= sure and (reason := activity.why_no_sale(transaction.date)):
                self._add(transaction, posting, activity, reason)

        return post

    def _add(self, transaction: Transaction, posting: Posting, activity: Activity, reason: str) -> None:
        *_, sold = self.outside.get(id(transaction), (ZERO,))
        number = posting.units.number if posting.units else None
        self.outside[id(transaction)] = (transaction, activity.unit, reason, sold - (number or ZERO))

    def finish(self, _: engine.Reading) -> engine.Outcome:
        """Give an error for each sale outside."""
        return (), [
            BeancoopError(
                transaction.meta,
                f"{unit} sells on {transaction.date}, {reason}. Correct the date, or its directives at "
                f"{place(self.register.activities[unit].entry.meta)}.",
                transaction,
            )
            for transaction, unit, reason, sold in self.outside.values()
            if sold > ZERO
        ]


def life(entries: Directives, options: dict[str, Any]) -> tuple[Directives, list[BeancoopError]]:
    """Check the dates of sales; adds nothing."""
    return engine.run_plugin(__name__, (Life,), entries, options)
