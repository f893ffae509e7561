"""What an activity holds, and what it is levied, in a ledger as it would load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.books.inventories import holdings
from beancoop.contribution.rule import read_levies
from beancoop.model.accounts import parse_account
from beancoop.model.pcmn import CARRIED

if TYPE_CHECKING:
    from decimal import Decimal

    from beancount.core.inventory import Inventory

    from beancoop.model.accounts import AccountName, RootNames
    from beancoop.model.months import Month
    from beancoop.rules.dry_run import DryRun


def held(books: DryRun, unit: str) -> dict[str, Inventory]:
    """Give what the accounts of the unit's balance sheet hold: all that does not bear its result."""
    return {
        account: inventory
        for account, inventory in holdings(books.entries).items()
        if (name := parse_account(account)) and name.unit == unit and not bears_result(books.register.roots, name)
    }


def bears_result(roots: RootNames, name: AccountName) -> bool:
    """Say whether an account bears what an activity made: classes 6 and 7, their like in class 9, and 14.

    What an opening brought in on 14 was earned as well, and never leaves the unit: what is owed for it is a charge.
    """
    return name.root in (roots.income, roots.expenses) or name.number.startswith(CARRIED)


def levied(books: DryRun, unit: str) -> dict[Month, Decimal]:
    """Give what the unit is levied, month by month."""
    levies = read_levies(books.entries, books.ledger.options)[unit]
    return {levy.month: levy.levy for levy in levies if levy.levy}
