"""Load the text of a ledger as a test writes it: options in front, accounts opened behind."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from beancount import loader
from beancount.core.data import Open, Transaction
from beancount.core.getters import get_entry_accounts
from beancount.parser import parser

OPTIONS = """option "operating_currency" "EUR"
option "tolerance_multiplier" "0"
"""


class Loaded(NamedTuple):
    """What a load gave."""

    entries: list
    errors: list
    options: dict

    @property
    def told(self) -> list[tuple[int, str]]:
        """The errors as (line, message), in order."""
        return sorted((error.source["lineno"], error.message) for error in self.errors)

    @property
    def levies(self) -> list[Transaction]:
        """The contributions, written or injected."""
        return [entry for entry in self.entries if isinstance(entry, Transaction) and "contribution" in entry.tags]


def load(ledger: str, plugin: str | None = "beancoop", options: str = OPTIONS) -> Loaded:
    """Load *ledger*, its lines numbered from 1; what it uses without opening it is opened in 2020."""
    entries, _, _ = parser.parse_string(ledger)
    opened = {entry.account for entry in entries if isinstance(entry, Open)}
    used = {account for entry in entries for account in get_entry_accounts(entry)}
    behind = [f"2020-01-01 open {account}" for account in sorted(used - opened)]
    if plugin:
        behind.append(f'plugin "{plugin}"')
    return Loaded(*loader.load_string("\n".join([ledger, *behind, options])))


def sale(date: str, amount: str, unit: str = "A001", links: str = "") -> str:
    """Write a sale of *amount* euro before tax; a credit note where it is negative."""
    return f"""{date} * "Vente" {links}
  Assets:40:400-Clients:{unit}  {amount} EUR
  Income:70:700-VentesPrestations:{unit}  {-Decimal(amount)} EUR
"""


def purchase(date: str, amount: str, unit: str = "A001", number: str = "603-SousTraitance", links: str = "") -> str:
    """Write a purchase of *amount* euro before tax, on credit."""
    return f"""{date} * "Achat" {links}
  Expenses:{number[:2]}:{number}:{unit}  {amount} EUR
  Liabilities:44:440-Fournisseurs:{unit}  {-Decimal(amount)} EUR
"""
