"""Books that begin in the middle: one transaction that brings every account to what it held.

All accounts are brought forward, those of classes 6 and 7 too: the cooperative's ledger has no closing entries, and the
contribution is counted on all margins since the start. So every balance after it is the cooperative's own.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from beancount.core import data
from beancount.core.amount import Amount

from beancoop.books.inventories import holdings
from beancoop.exact import residuals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beancoop.model.accounts import RootNames

CONVERSIONS = "0990-Conversions"
"""Where another currency stands against the one it was changed for: off the balance sheet, in class 0."""

_ONE_DAY = datetime.timedelta(days=1)


def opening(
    before: Iterable[data.Transaction], begin: datetime.date, narration: str, roots: RootNames, unit: str
) -> list[data.Directive]:
    """Give the entries that open books on the day *begin* with what *before* left; none where it left nothing.

    The transaction is dated the day before, so that a balance asserted on the first day holds, and sums to zero in each
    currency.
    """
    day = begin - _ONE_DAY
    postings = [
        data.Posting(account, position.units, position.cost, None, None, None)
        for account, inventory in holdings(before).items()
        for position in sorted(inventory.get_positions())
    ]
    if not postings:
        return []
    transaction = data.Transaction(_meta(), day, "*", None, narration, frozenset(), frozenset(), postings)
    changed = residuals(transaction)
    if not changed:
        return [transaction]
    account = roots.account("equity", CONVERSIONS, unit)
    postings += [
        data.Posting(account, Amount(-total, currency), None, None, None, None)
        for currency, total in sorted(changed.items())
    ]
    return [data.Open(_meta(), day, account, None, None), transaction]  # type: ignore[arg-type]  # any currency


def _meta() -> data.Meta:
    return data.new_metadata("<opening>", 0)
