"""A ledger with entries that are not written yet, as it would load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount.core import data
from beancount.ops import balance, validation

from beancoop.model.findings import Finding, in_order
from beancoop.model.provenance import is_injected
from beancoop.model.register import read_register
from beancoop.rules import engine
from beancoop.rules.part import Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancoop.loading.ledger import Ledger


class DryRun:
    """The ledger as it would load.

    Attributes:
        ledger: the ledger as it is.
        entries: its entries and the new ones, with the contributions that follow from them.
        register: its register.
        findings: what our rules find in it.

    """

    def __init__(self, ledger: Ledger, rules: Sequence[type[engine.Rule]], new: Sequence[data.Directive]) -> None:
        """Add *new* entries to *ledger*, and run the *rules*."""
        self.ledger = ledger
        written = [entry for entry in ledger.entries if not is_injected(entry)]
        written = sorted([*written, *new], key=data.entry_sortkey)
        first = read_register(written, ledger.options)
        added, errors = engine.judge(rules, first, Part.whole(written))
        self.entries = sorted([*written, *added], key=data.entry_sortkey)
        self.register = read_register(self.entries, ledger.options)
        self.findings = in_order(map(Finding.of, (*first.errors, *errors)))

    def wrong(self) -> list[Finding]:
        """Give what a load would tell: of our rules, of balances, and of accounts that are not open."""
        checked, errors = balance.check(self.entries, self.ledger.options)
        errors += validation.validate(checked, self.ledger.options)
        return in_order([*self.findings, *map(Finding.of, errors)])
