"""Whose business a counterparty is, where the units share a bank account.

An account is known for one unit where it is that unit's own (its `open` carries `iban:`), or where somebody has decided
at least one earlier movement with it on this shared account and every decided one belongs to that unit. Decided is
what is flagged `*` and leaves nothing on 499. It tells the unit alone, never what the money is for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.model.accounts import parse_account
from beancoop.model.pcmn import SUSPENSE, TREASURY
from beancount.core.data import Transaction

from beancoop_importers.bank.booking import COUNTERPARTY_ACCOUNT, REFERENCE
from beancoop_importers.matching.overlay import Layered
from beancoop_importers.model.identifiers import account_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from beancount.core.data import Directive

_DECIDED = "*"


class Counterparties:
    """The other parties of a ledger's bank movements, by their account."""

    def __init__(self, entries: Iterable[Directive], own: Mapping[str, str]) -> None:
        """Take note of *entries*; *own* gives the unit of each account number that is a unit's own."""
        self._own = own
        self._units: Layered[str] = Layered()
        for entry in entries:
            if isinstance(entry, Transaction):
                self.add(entry)

    def fork(self) -> Counterparties:
        """Give a copy on which movements can be tried, and forgotten."""
        copy = object.__new__(Counterparties)
        copy._own, copy._units = self._own, self._units.fork()
        return copy

    def add(self, entry: Transaction) -> None:
        """Take note of a movement that has been booked."""
        other = entry.meta.get(COUNTERPARTY_ACCOUNT)
        names = [parse_account(posting.account) for posting in entry.postings]
        if REFERENCE not in entry.meta or not isinstance(other, str) or entry.flag != _DECIDED:
            return
        if any(name and name.number.startswith(SUSPENSE) for name in names):
            return
        for name in names:
            if name and name.unit and name.number.startswith(TREASURY):
                self._units.add_once(f"{name.parent} {account_key(other)}", name.unit)

    def unit_of(self, other: str, bank: str) -> str | None:
        """Give the one unit the account *other* is known for on the shared account *bank*, else None."""
        if not other:
            return None
        if unit := self._own.get(other):
            return unit
        units = set(self._units.get(f"{bank} {other}"))
        return units.pop() if len(units) == 1 else None
