"""What an activity holds, and what it is levied, in a ledger as it would load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.books.inventories import holdings
from beancoop.contribution.rule import read_levies
from beancoop.model.accounts import parse_account

if TYPE_CHECKING:
    from decimal import Decimal

    from beancount.core.inventory import Inventory

    from beancoop.model.months import Month
    from beancoop.rules.dry_run import DryRun


def held(books: DryRun, unit: str) -> dict[str, Inventory]:
    """Give what the accounts of the unit's balance sheet hold: all but class 6, 7 and their like in class 9."""
    results = (books.register.roots.income, books.register.roots.expenses)
    return {
        account: inventory
        for account, inventory in holdings(books.entries).items()
        if (name := parse_account(account)) and name.unit == unit and name.root not in results
    }


def levied(books: DryRun, unit: str) -> dict[Month, Decimal]:
    """Give what the unit is levied, month by month."""
    levies = read_levies(books.entries, books.ledger.options)[unit]
    return {levy.month: levy.levy for levy in levies if levy.levy}
