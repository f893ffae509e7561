"""The cooperative's pages in Fava, and Fava safe to show (`beancoop_fava.serve`).

2026-01-01 custom "fava-extension" "beancoop_fava"
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from beancoop import RULES
from beancoop.ledger import Ledger
from beancoop.proof import unproved

from beancoop_fava import page  # as a module: Fava makes a page of each class it finds in this one
from beancoop_fava.activities import Activities, Row, Total, total
from beancoop_fava.adapter import insert_in
from beancoop_fava.equity import Equity
from beancoop_fava.inserting import places
from beancoop_fava.purses import Purses
from beancoop_fava.texts import mark

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from beancoop.period import Period
    from beancount.core.data import Directives

    from beancoop_fava.adapter import FavaLedger
    from beancoop_fava.equity import Group

STATES = {
    "future": mark("Not started"),
    "active": mark("Active"),
    "paused": mark("Paused"),
    "ended": mark("Time over"),
    "independent": mark("Left: self-employed"),
    "employed": mark("Left: employed"),
    "cooperative": mark("Left: another cooperative"),
    "jobseeker": mark("Left: job seeker"),
    "stopped": mark("Left: stopped"),
}


PARTS = {
    "shares": mark("Shares"),
    "unavailable": mark("Unavailable reserves, indivisible"),
    "available": mark("Other reserves, indivisible"),
    "carried": mark("Result carried forward"),
    "other": mark("Other equity"),
}
NET_ASSETS = {
    "assets": mark("Assets"),
    "provisions": mark("Provisions and deferred taxes (16)"),
    "debts": mark("Debts (17, 42 to 48, 492, 493)"),
    "formation": mark("Formation expenses not written off (20)"),
    "research": mark("Research not written off (210)"),
    "revaluation": mark("Revaluation surpluses (12)"),
    "unavailable": mark("Unavailable equity (111, 131)"),
    "net": mark("Net assets that may be distributed"),
}


class Activites(page.Page):
    """The page "Activités": one row per activity, facts only."""

    def __init__(self, ledger: FavaLedger, config: str | None = None) -> None:
        """Take no configuration; what is given all the same is told after the load, since raising stops Fava."""
        super().__init__(ledger)
        self._unwanted = config
        self.activities: Activities | None = None

    @property
    def report_title(self) -> str:  # type: ignore[override]
        """The title, in the reader's language."""
        return self.text(mark("Activities"))

    def after_load_file(self) -> None:
        """Add the ledger up. What goes wrong becomes an error of the ledger: raising would stop Fava."""
        self.activities = None
        if self._unwanted is not None:
            self.tell(f"beancoop_fava takes no configuration; remove {self._unwanted!r} from its line.")
        entries = cast("Directives", self.ledger.all_entries)
        try:
            self.activities = Activities(entries, self.ledger.options)
            errors, options = cast("Any", self.ledger.errors), cast("Any", self.ledger.options)
            loaded = Ledger(Path(self.ledger.beancount_file_path), entries, errors, options)
            for finding in unproved(loaded, RULES):
                self.tell(finding.message)
            insert_in(self.ledger, places(loaded))
        except Exception as error:  # noqa: BLE001 - whatever it is, Fava must go on
            self.tell(f"The page of the activities cannot be made from this ledger: {error!r}.")

    def rows(self) -> Sequence[Row]:
        """Give the rows for the time filter of the request."""
        return list(self.activities.rows(self.period())) if self.activities else []

    def total(self, rows: Sequence[Row]) -> Total:
        """Give the last row."""
        return total(rows)

    def state(self, row: Row) -> str:
        """Name the state of an activity in the reader's language."""
        return self.text(STATES[row.state])


class Reserves(page.Page):
    """The page "Réserves": the equity and where it comes from, as figures."""

    def __init__(self, ledger: FavaLedger, config: str | None = None) -> None:  # noqa: ARG002 - the first page tells it
        """Start with nothing loaded."""
        super().__init__(ledger)
        self.equity: Equity | None = None

    @property
    def report_title(self) -> str:  # type: ignore[override]
        """The title, in the reader's language."""
        return self.text(mark("Reserves"))

    def after_load_file(self) -> None:
        """Add the ledger up. What goes wrong becomes an error of the ledger: raising would stop Fava."""
        self.equity = None
        try:
            self.equity = Equity(cast("Directives", self.ledger.all_entries), self.ledger.options)
        except Exception as error:  # noqa: BLE001 - whatever it is, Fava must go on
            self.tell(f"The page of the reserves cannot be made from this ledger: {error!r}.")

    def part(self, group: Group) -> str:
        """Name a part of the equity in the reader's language."""
        return self.text(PARTS[group.key])

    def net_assets(self, period: Period) -> Sequence[tuple[str, Decimal]]:
        """Give the figures of the net assets, each with its name in the reader's language."""
        figures = self.equity.net_assets(period) if self.equity else []
        return [(self.text(NET_ASSETS[key]), amount) for key, amount in figures]


class Tresorerie(page.Page):
    """The page "Trésorerie": the bank accounts, the units' shares of them, and what waits."""

    def __init__(self, ledger: FavaLedger, config: str | None = None) -> None:  # noqa: ARG002 - the first page tells it
        """Start with nothing loaded."""
        super().__init__(ledger)
        self.purses: Purses | None = None

    @property
    def report_title(self) -> str:  # type: ignore[override]
        """The title, in the reader's language."""
        return self.text(mark("Treasury"))

    def after_load_file(self) -> None:
        """Add the ledger up. What goes wrong becomes an error of the ledger: raising would stop Fava."""
        self.purses = None
        try:
            self.purses = Purses(cast("Directives", self.ledger.all_entries), self.ledger.options)
        except Exception as error:  # noqa: BLE001 - whatever it is, Fava must go on
            self.tell(f"The page of the treasury cannot be made from this ledger: {error!r}.")
