"""What each account holds, position by position: units, costs and all currencies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount.core.data import Transaction
from beancount.core.inventory import Inventory

from beancoop.model.periods import precedes

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from beancount.core.data import Directive


def holdings(entries: Iterable[Directive], end: datetime.date | None = None) -> dict[str, Inventory]:
    """Give what is on each account at the beginning of the day *end* (None: after all); empty accounts are left out."""
    found: dict[str, Inventory] = {}
    for entry in entries:
        if isinstance(entry, Transaction) and precedes(entry.date, end):
            for posting in entry.postings:
                found.setdefault(posting.account, Inventory()).add_position(posting)
    return {account: found[account] for account in sorted(found) if not found[account].is_empty()}
