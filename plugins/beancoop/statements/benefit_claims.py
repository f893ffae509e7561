"""Whose a charge or a debt to a candidate is, and which entries are one operation (see `benefit`)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from beancoop.books.open_items import item_names, names_or_party
from beancoop.model.accounts import parse_account
from beancoop.model.money import ZERO, amount_in
from beancoop.model.ownership import touches
from beancoop.model.pcmn import (
    ACCRUED_CHARGES,
    ALLOWANCES,
    LIAISON,
    OTHER_DEBTS,
    REMUNERATION,
    RESULT,
    ROUNDING_CHARGES,
    SUNDRY_DEBTS,
    THIRD_PARTIES,
    TREASURY,
    VAT,
    WAGES_DUE,
    WITHHELD,
)
from beancoop.model.provenance import OPENING, exit_link
from beancoop.vat import law

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from beancount.core.data import Posting, Transaction

    from beancoop.books.books import Books
    from beancoop.model.accounts import AccountName
    from beancoop.model.register import Register

CHARGES = (ALLOWANCES, REMUNERATION, ROUNDING_CHARGES)
"""What an activity grants its candidate is booked here, unless `exit` was told another account."""
DEBTS = SUNDRY_DEBTS
"""Where what is owed to a candidate stands, in her books or in the structure's."""
_HANDED_ON = (WAGES_DUE, OTHER_DEBTS, ACCRUED_CHARGES)  # where a debt to a candidate that passes through 960 may stand
_OTHERS = (*VAT, *WITHHELD)
_RESULTS = RESULT


class Part(NamedTuple):
    """A posting that may concern a candidate: a charge, a debt, or a tax withheld; debits are positive."""

    transaction: Transaction
    posting: Posting
    account: AccountName
    amount: Decimal
    is_charge: bool = False


class Operation(NamedTuple):
    """An entry, or those of one day under one link through 960: two sides of one thing.

    Attributes:
        entries: its transactions.
        parts: its charges and its postings on class 4.
        withheld: its postings on 453 and 454.
        paid_out: what leaves the treasuries, all units together.

    """

    entries: Sequence[Transaction]
    parts: Sequence[Part]
    withheld: Sequence[Part]
    paid_out: Decimal

    @property
    def concerns_somebody(self) -> bool:
        """Whether there is anything that could be a candidate's."""
        return bool(self.parts)


def operations(books: Books) -> list[Operation]:
    """Give the operations of a ledger that may concern a candidate, by date."""
    found = (_operation(books, each) for _, day in groupby(books.of(None), _day) for each in _together(day))
    return [operation for operation in found if operation.concerns_somebody]


def _day(entry: Transaction) -> object:
    return entry.date


def _together(day: Iterable[Transaction]) -> list[list[Transaction]]:
    """Put the entries of a day that pass through 960 under one link together; each other entry stands alone."""
    groups: list[list[Transaction]] = []
    by_link: dict[str, list[Transaction]] = {}
    for entry in day:
        if entry.links and touches(entry, LIAISON):
            group = [entry]
            for link in sorted(entry.links):
                other = by_link.get(link)
                if other is not None and other is not group:
                    other += group
                    groups[:] = [each for each in groups if each is not group]
                    group = other
            if len(group) == 1:
                groups.append(group)
            by_link |= {link: group for each in group for link in each.links}
        else:
            groups.append([entry])
    return groups


def _operation(books: Books, entries: Sequence[Transaction]) -> Operation:
    parts, withheld, paid_out = [], [], ZERO
    for entry in entries:
        if OPENING in entry.tags:  # what the books kept before have paid is not told by a balance
            continue
        for part in parts_of(entry, books.currency):
            number = part.account.number
            if number.startswith(TREASURY):
                paid_out -= part.amount
            elif number.startswith(WITHHELD):
                withheld.append(part)
            elif part.is_charge or (number.startswith(THIRD_PARTIES) and not number.startswith(VAT)):
                parts.append(part)
    return Operation(entries, parts, withheld, paid_out)


def parts_of(entry: Transaction, currency: str) -> list[Part]:
    """Give the postings of an entry to units' accounts, with what they are worth."""
    own = [
        Part(entry, posting, account, amount_in(posting, currency) or ZERO)
        for posting in entry.postings
        if (account := parse_account(posting.account)) and account.unit
    ]
    return [part._replace(is_charge=_is_charge(part, own)) for part in own]


def _is_charge(part: Part, own: Sequence[Part]) -> bool:
    number, unit = part.account.number, part.account.unit or ""
    if exit_link(unit) in part.transaction.links and number.startswith(_RESULTS):
        return any(each.account.number.startswith(LIAISON) for each in own)
    if not number.startswith(CHARGES):
        return False
    is_small = number.startswith(ROUNDING_CHARGES) and abs(part.amount) <= law.tolerance("rounding")
    return not is_small or all(each is part or not each.account.number.startswith(_RESULTS) for each in own)


@dataclass(slots=True)
class _Debt:
    unit: str
    amount: Decimal


class Claims:
    """Who may claim a charge or a debt: the links of each activity, and the debts that grants have opened."""

    def __init__(self, register: Register, entries: Iterable[Operation]) -> None:
        """Note the links and the debts of every grant, whatever its day: a sum may be paid before it is booked."""
        self._activities = register.activities
        self._currency = register.currency
        self._links: defaultdict[str, set[str]] = defaultdict(set)
        for unit in self._activities:
            self._links[exit_link(unit)].add(unit)
        self._exits: Mapping[str, str] = {exit_link(unit): unit for unit in self._activities}
        self._debts: defaultdict[tuple[str, str], list[_Debt]] = defaultdict(list)
        for operation in entries:
            self._note(operation)

    def _note(self, operation: Operation) -> None:
        handed_on: list[tuple[str, Transaction, Decimal]] = []
        for entry in operation.entries:
            own = parts_of(entry, self._currency)
            grants = [part for part in own if part.is_charge and part.account.unit in self._activities]
            for unit in sorted({part.account.unit or "" for part in grants}):
                for link in {name for part in grants for name in item_names(entry, part.posting)}:
                    self._links[link].add(unit)
                for part in own:
                    if part.account.unit == unit:
                        self._open(unit, part)
                if passed := _passed(own, unit):
                    handed_on.append((unit, entry, passed))
        self._hand_on(operation, handed_on)

    def _hand_on(self, operation: Operation, grants: Sequence[tuple[str, Transaction, Decimal]]) -> None:
        """Note the debts that stand on the other side of 960: one entry for a grant, or one for all of them."""
        sides = [
            entry for entry in operation.entries if grants and not any(entry is granting for _, granting, _ in grants)
        ]
        for unit, granting, passed in grants:
            facing = [side for side in sides if _passed(parts_of(side, self._currency)) == -passed]
            facing.sort(key=lambda side: side.narration != granting.narration)
            for side in facing[:1]:
                for part in parts_of(side, self._currency):
                    if side.narration == granting.narration or part.account.number.startswith(_HANDED_ON):
                        self._open(unit, part)
                sides.remove(side)
        total = sum((passed for _, _, passed in grants), ZERO)
        for side in sides:
            own = parts_of(side, self._currency)
            for part in own:
                if total and _passed(own) == -total and part.account.number.startswith(_HANDED_ON):
                    for unit, _, passed in grants:
                        self._open(unit, part._replace(amount=passed))

    def _open(self, unit: str, part: Part) -> None:
        number = part.account.number
        if part.amount < ZERO and number.startswith(THIRD_PARTIES) and not number.startswith(_OTHERS):
            debt = _Debt(unit, -part.amount)
            for name in names_or_party(part.transaction, part.posting):
                self._debts[part.account.name, name].append(debt)

    def shares(self, part: Part) -> Mapping[str, Decimal | None]:
        """Give whose a part is, and how much of it; None where several activities could claim it."""
        unit = part.account.unit or ""
        if part.is_charge and unit in self._activities:
            return {unit: part.amount}
        debts = self._debts_under(part)
        owners = {debt.unit for debt in debts} or self._claimants(part)
        if not owners:
            return {}
        if len(owners) > 1:
            owners = (
                {unit} & owners or {self._exits[link] for link in part.transaction.links & self._exits.keys()} or owners
            )
        if len(owners) == 1:
            (owner,) = owners
            _settle([debt for debt in debts if debt.unit == owner], part.amount)
            return {owner: part.amount}
        if part.amount == sum((debt.amount for debt in debts), ZERO):  # all of them are paid what they were owed
            paid: defaultdict[str, Decimal | None] = defaultdict(lambda: ZERO)
            for debt in debts:
                paid[debt.unit] = (paid[debt.unit] or ZERO) + debt.amount
                debt.amount = ZERO
            return paid
        return dict.fromkeys(sorted(owners))

    def _debts_under(self, part: Part) -> list[_Debt]:
        names = names_or_party(part.transaction, part.posting)
        found = {id(debt): debt for name in names for debt in self._debts.get((part.account.name, name), ())}
        return list(found.values())

    def _claimants(self, part: Part) -> set[str]:
        """Give the activities under whose links a debt on 489, or a charge of the structure, stands."""
        if not part.is_charge and not part.account.number.startswith(DEBTS):
            return set()
        names = item_names(part.transaction, part.posting)
        return {unit for name in names for unit in self._links.get(name, ())}


def _passed(own: Iterable[Part], unit: str | None = None) -> Decimal:
    """Give what entries pass through 960, of one *unit* or of all."""
    through = (
        part.amount for part in own if part.account.number.startswith(LIAISON) and unit in {None, part.account.unit}
    )
    return sum(through, ZERO)


def _settle(debts: Iterable[_Debt], amount: Decimal) -> None:
    """Take what is paid from the oldest debts."""
    for debt in debts:
        part = min(debt.amount, max(amount, ZERO))
        debt.amount -= part
        amount -= part
