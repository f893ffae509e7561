"""The accounts of a unit that an invoice is posted to, found by their PCMN number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.model.accounts import COOP, parse_account
from beancoop.model.pcmn import roots_for
from beancoop.vat.operation import CODE
from beancoop.words.messages import error
from beancount.core import data

from beancoop_importers.model.statement import Refused

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from beancoop.model.accounts import AccountName
    from beancoop.model.pcmn import Root
    from beancoop.model.register import Register

    from beancoop_importers.bank.accounts import Registry

NOT_OPEN = error("BC850", "{account} is not open on {day}; correct its dates, or open another of that number.")
NO_ACCOUNT = error("BC851", "{unit} has no account {account}; open it, or name it in full, such as 601-Fournitures.")
TOO_EARLY = error("BC852", "{unit} begins on {first}, and this is dated {day}; book it by hand where it belongs.")


class UnitAccounts:
    """Finds accounts in a ledger, and says which must be opened first."""

    def __init__(self, registry: Registry, register: Register) -> None:
        """Know the accounts that are open."""
        self._registry = registry
        self._register = register
        self._of_unit: dict[str, list[AccountName]] = {}
        self.add(registry.opens.values())

    def add(self, entries: Iterable[data.Directive]) -> None:
        """Know those that *entries* open too."""
        for entry in entries:
            if isinstance(entry, data.Open):
                self._registry.opens.setdefault(entry.account, entry)
                if (name := parse_account(entry.account)) and name.unit:
                    self._of_unit.setdefault(name.unit, []).append(name)

    def find(self, unit: str, stem: str, day: datetime.date) -> str:
        """Give the account of *unit* with the number of *stem*, whatever its label; *stem* itself where it has none.

        An account of that very number, else the only one whose number begins with it. A stem may be a number alone
        where there is such an account.

        Raises:
            Refused: it has one, which is not open on *day*; or it has none, and *stem* is a number alone.

        """
        number, _, label = stem.partition("-")
        found = self._numbered(unit, number, label)
        usable = [name.name for name in found if self._registry.is_open(name.name, day)]
        if usable:
            return usable[0]
        if found:
            raise Refused(NOT_OPEN(account=found[0].name, day=day))
        if not label or not (roots := roots_for(number)):
            raise Refused(NO_ACCOUNT(unit=unit, account=stem))
        return self._registry.roots.account(_usual(roots), stem, unit)

    def vat_of(self, account: str) -> str:
        """Give the `vat:` on the `open` of an account, "" without."""
        opened = self._registry.opens.get(account)
        return str(opened.meta.get(CODE, "")) if opened else ""

    def _numbered(self, unit: str, number: str, label: str) -> list[AccountName]:
        ours = self._of_unit.get(unit, [])
        exact = [name for name in ours if name.number == number]
        if labelled := [name for name in exact if name.label == label]:
            return labelled
        longer = [name for name in ours if name.number.startswith(number)]
        return exact or (longer if len(longer) == 1 else [])

    def to_open(self, accounts: Iterable[str], unit: str, day: datetime.date, filename: str) -> list[data.Open]:
        """Open those of *accounts* that nobody has opened, from the unit's first open month or its own first day.

        Raises:
            Refused: *day* lies before that.

        """
        missing = [account for account in dict.fromkeys(accounts) if account not in self._registry.opens]
        closed = self._register.last_closed(unit)
        first = max(self._begin(unit, day), closed.next().first_day) if closed else self._begin(unit, day)
        if missing and day < first:
            raise Refused(TOO_EARLY(unit=unit, first=first, day=day))
        meta = data.new_metadata(filename, 0)
        return [data.Open(meta, first, account, None, None) for account in missing]  # type: ignore[arg-type]

    def _begin(self, unit: str, day: datetime.date) -> datetime.date:
        if activity := self._register.activities.get(unit):
            return activity.start
        days = [self._registry.opens[name.name].date for name in self._of_unit.get(COOP, [])]
        return min(days, default=day)


def _usual(roots: tuple[Root, ...]) -> Root:
    return roots[0]
