"""Which ledger account a bank statement belongs to, and against what its movements are booked.

The ledger says it itself: the `open` of a bank account carries `iban:`. A unit's account receives its movements; a
parent shared by the units (contract, section 2) carries the assertions, its children the movements: COOP's, until
something tells whose they are (`routing`). The other side of a movement that nothing explains is 499, the suspense
account of the same unit.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.accounts import COOP, RootNames, parse_account
from beancoop.model.findings import place
from beancoop.model.pcmn import BANKS, SUSPENSE
from beancoop.words.messages import error
from beancount.core import data

from beancoop_importers.model.identifiers import account_key
from beancoop_importers.model.postings import family
from beancoop_importers.model.statement import Refused

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping, Sequence

    from beancoop_importers.model.statement import Statement

NO_UNIT = error(
    "BC1200",
    "{account} ({place}) carries {iban} but its name says no unit; expected a name such as {example}.",
)
CARRIED_TWICE = error("BC1201", "{accounts} both carry account {iban}; leave `iban:` on one of them.")
OTHER_CURRENCY = error(
    "BC1202",
    "the ledger knows {iban} as {account} ({place}), but not in {currency}; add that currency to its `open`, or "
    "open an account for it.",
)
UNKNOWN = error(
    "BC1203",
    "no account of the ledger carries {iban}; open one with that metadata: {example} with, below it, {metadata}.",
)
WITHOUT_IBAN = error(
    "BC1248",
    "no account of the ledger carries {iban}; if it is {account}, add below its `open` ({place}): {metadata}. If it "
    "is another, open it: {example} with, below it, the same.",
)
NO_SUSPENSE = error(
    "BC1204",
    "unit {unit} has no account 499 open from {first} to {last}, where unexplained movements wait; add: {example}",
)
NOT_OPEN = error(
    "BC1205",
    "{account}, which receives the movements, is not open on {day}; correct its dates, or add: {example}",
)


IBAN = "iban"
_FIRST_BANK = 5500
_SUSPENSE = "499-CompteAttente"


class BankAccount(NamedTuple):
    """Where one bank account stands in the ledger.

    Attributes:
        opened: its `open`, which carries the IBAN; balances are asserted on it.
        share: the account that receives the movements: itself, or its COOP child.
        unit: whose books the movements go to.
        suspense: the unit's account for what is not yet explained; opened by the import where the unit has none.

    """

    opened: data.Open
    share: str
    unit: str
    suspense: str

    @property
    def shared(self) -> bool:
        """Whether the units share it."""
        return self.share != self.opened.account

    @property
    def family(self) -> str:
        """The name that the shares of all units have in common."""
        return family(self.share)


class Registry:
    """The bank accounts of one ledger."""

    def __init__(self, entries: Sequence[data.Directive], options: Mapping[str, object]) -> None:
        """Find them among the ledger's `open` directives."""
        self.roots = RootNames.of(options)
        currencies = options.get("operating_currency")
        self.operating: tuple[str, ...] = tuple(currencies) if isinstance(currencies, list) else ()
        self.opens: dict[str, data.Open] = {}
        self.closes: dict[str, data.Close] = {}
        self.by_iban: dict[str, list[data.Open]] = {}
        self.suspense: dict[str, list[data.Open]] = {}
        for entry in entries:
            if isinstance(entry, data.Open):
                self._opened(entry)
            elif isinstance(entry, data.Close):
                self.closes[entry.account] = entry

    def _opened(self, opened: data.Open) -> None:
        self.opens[opened.account] = opened
        name = parse_account(opened.account)
        if name and name.unit and name.number == SUSPENSE:
            self.suspense.setdefault(name.unit, []).append(opened)
        if isinstance(iban := opened.meta.get(IBAN), str):
            self.by_iban.setdefault(account_key(iban), []).append(opened)

    @property
    def own(self) -> dict[str, str]:
        """The unit of each account that is one unit's own, by its number."""
        names = {iban: parse_account(found[0].account) for iban, found in self.by_iban.items() if len(found) == 1}
        return {iban: name.unit for iban, name in names.items() if name and name.unit}

    @property
    def accounts(self) -> frozenset[str]:
        """The accounts that carry an IBAN."""
        return frozenset(opened.account for found in self.by_iban.values() for opened in found)

    def find(self, statement: Statement) -> BankAccount:
        """Give the place of the statement's account in the ledger.

        Raises:
            Refused: the ledger does not know the account, names it twice, or lacks an account the booking needs.

        """
        opened = self._holder(statement)
        name = parse_account(opened.account)
        if name is None:
            raise Refused(
                NO_UNIT(
                    account=opened.account,
                    place=place(opened.meta),
                    iban=statement.iban,
                    example=f"{self.roots.assets}:55:5500-Banque:{COOP}",
                ),
                statement.first_line,
            )
        days = sorted({movement.booked for movement in statement.movements})
        return self._bank(opened, f"{name.parent}:{name.unit or COOP}", name.unit or COOP, days, statement.first_line)

    def share(self, bank: BankAccount, unit: str, day: datetime.date, line: int) -> BankAccount:
        """Give the place of *unit*'s share of a shared account, for a movement of *day*.

        Raises:
            Refused: an account that the booking needs is not open then.

        """
        return self._bank(bank.opened, f"{bank.opened.account}:{unit}", unit, [day], line)

    def is_open(self, account: str, day: datetime.date) -> bool:
        """Tell whether something of *day* may be posted; Beancount lets nothing be after the day of the `close`."""
        opened, closed = self.opens.get(account), self.closes.get(account)
        return opened is not None and opened.date <= day and (closed is None or day <= closed.date)

    def _bank(self, opened: data.Open, share: str, unit: str, days: Sequence[datetime.date], line: int) -> BankAccount:
        suspense = self._suspense(unit, days, line)
        self._usable(share, days, line)
        return BankAccount(opened, share, unit, suspense)

    def _holder(self, statement: Statement) -> data.Open:
        named = self.by_iban.get(statement.iban, [])
        found = [one for one in named if statement.currency in (one.currencies or self.operating)]
        if len(found) == 1:
            return found[0]
        if found:
            places = [f"{one.account} ({place(one.meta)})" for one in found]
            raise Refused(
                CARRIED_TWICE(accounts=places, iban=statement.iban),
                statement.first_line,
            )
        if named:
            raise Refused(
                OTHER_CURRENCY(
                    iban=statement.iban,
                    account=named[0].account,
                    place=place(named[0].meta),
                    currency=statement.currency,
                ),
                statement.first_line,
            )
        said = {"iban": statement.iban, "example": self._example(statement), "metadata": f'{IBAN}: "{statement.iban}"'}
        if unnamed := self._without_iban(statement):
            text = WITHOUT_IBAN(**said, account=unnamed.account, place=place(unnamed.meta))
            raise Refused(text, statement.first_line)
        raise Refused(UNKNOWN(**said), statement.first_line)

    def _without_iban(self, statement: Statement) -> data.Open | None:
        """Give the account that the units share, where its `open` says no IBAN yet."""
        for account, opened in self.opens.items():
            name = parse_account(account)
            shared = name is not None and name.unit is None and name.chapter == BANKS
            if shared and IBAN not in opened.meta and statement.currency in (opened.currencies or self.operating):
                return opened
        return None

    def _example(self, statement: Statement) -> str:
        """Give the `open` of an account whose number and name nobody has."""
        day = min((movement.booked for movement in statement.movements), default=statement.new_date)
        taken = {name.number for name in map(parse_account, self.opens) if name}
        number = next(number for number in map(str, count(_FIRST_BANK)) if number not in taken)
        account = f"{self.roots.assets}:55:{number}-Banque:{COOP}"
        return f"{day or statement.old_date} open {account} {statement.currency}"

    def _suspense(self, unit: str, days: Sequence[datetime.date], line: int) -> str:
        for opened in self.suspense.get(unit, []):
            if all(self.is_open(opened.account, day) for day in days):
                return opened.account
        if unit not in self.suspense or not days:
            return self.roots.account("assets", _SUSPENSE, unit)
        raise Refused(
            NO_SUSPENSE(
                unit=unit,
                first=days[0],
                last=days[-1],
                example=f"{days[0]} open {self.roots.account('assets', _SUSPENSE, unit)}",
            ),
            line,
        )

    def _usable(self, account: str, days: Sequence[datetime.date], line: int) -> None:
        for day in days if account in self.opens else ():  # the import opens what nobody has
            if not self.is_open(account, day):
                raise Refused(
                    NOT_OPEN(account=account, day=day, example=f"{day} open {account}"),
                    line,
                )
