"""Levies the cooperative's contribution at the end of each month that is not closed.

Before:

    2026-01-05 custom "activity" "A001"
    2026-01-05 open Assets:55:5500-Banque:COOP
    2026-01-20 * "Facture 1"
      Assets:40:400-Clients:A001                2480.50 EUR
      Income:70:700-VentesPrestations:A001     -2050.00 EUR
      Liabilities:45:451-TVAPayer:A001          -430.50 EUR

After, besides what was there:

    2026-01-05 open Expenses:9:950-Contribution:A001
    2026-01-05 open Assets:9:960-Liaison:A001
    2026-01-05 open Expenses:9:950-Contribution:COOP
    2026-01-05 open Assets:9:960-Liaison:COOP
    2026-01-31 * "Contribution A001 2026-01" #contribution #provisional ^contribution-2026-01
      unit: "A001"
      period: "2026-01"
      margin: 2050.00 EUR
      cumulative: 2050.00 EUR
      due: 205.00 EUR
      Expenses:9:950-Contribution:A001           205.00 EUR
      Assets:9:960-Liaison:A001                 -205.00 EUR
    2026-01-31 * "Contribution A001 2026-01" #contribution #provisional ^contribution-2026-01
      unit: "A001"
      period: "2026-01"
      margin: 2050.00 EUR
      cumulative: 2050.00 EUR
      due: 205.00 EUR
      Assets:9:960-Liaison:COOP                  205.00 EUR
      Expenses:9:950-Contribution:COOP          -205.00 EUR
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from beancoop.contribution.rule import Contribution
from beancoop.rules import engine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancount.core.data import Directives

    from beancoop.model.findings import BeancoopError

__plugins__ = ("contribution",)


def contribution(entries: Directives, options: dict[str, Any]) -> tuple[Directives, Sequence[BeancoopError]]:
    """Add the levies of the open months; entries already there are left as they are."""
    return engine.run_plugin(__name__, (Contribution,), entries, options)
