"""The figures of the page *Réserves*, which the core adds up."""

from beancoop.equity import CostYear, Dividend, Equity, Group, ReserveYear

__all__ = ["CostYear", "Dividend", "Equity", "Group", "ReserveYear"]
