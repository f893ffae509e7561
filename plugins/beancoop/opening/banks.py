"""What the bank accounts hold when the books open, to be asserted: the bank says of it what the old books say, or not.

Beancount asserts at the beginning of a day, so that of an opening is of the day after. Where something else has moved
on the account until then, nothing is asserted: statements are there, and they assert.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, NamedTuple

from beancount.core.data import Transaction

from beancoop.model.accounts import COOP, parse_account
from beancoop.model.money import ZERO
from beancoop.model.ownership import sealed_in
from beancoop.model.pcmn import BANKS
from beancoop.model.provenance import OPENING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from beancount.core.data import Directive

    from beancoop.model.register import Register
    from beancoop.opening.balances import Opening

_ONE_DAY = datetime.timedelta(days=1)
_IBAN = "iban"


class BankBalance(NamedTuple):
    """What a bank account holds at the beginning of a day, and in whose books that is asserted."""

    unit: str
    account: str
    day: datetime.date
    amount: Decimal


def bank_balances(
    entries: Sequence[Directive], register: Register, openings: Sequence[Opening], *, is_whole: bool
) -> Iterator[BankBalance]:
    """Give what is to be asserted of each bank account that *openings* bring in.

    That of an account that units share is what all of them hold: it is known where the table is of the whole, or where
    its units are opened one by one, with the last of them.
    """
    for bank, day in _days(register, openings).items():
        until = [each for each in entries if isinstance(each, Transaction) and each.date <= day]
        before = [each for each in until if OPENING in each.tags]
        opened = {sealed_in(each) for each in before} | {opening.unit for opening in openings}
        if any(_moves(each, bank) for each in until if OPENING not in each.tags):
            continue
        if is_whole or _shares(register, bank) <= opened:
            own = (
                part.amount for one in openings if one.day <= day for part in one.parts if _is_of(part.account, bank)
            )
            name = parse_account(bank)
            unit = name.unit if name and name.unit else COOP
            yield BankBalance(unit, bank, day + _ONE_DAY, _sum(before, bank) + sum(own, ZERO))


def _days(register: Register, openings: Sequence[Opening]) -> dict[str, datetime.date]:
    """Give the bank accounts, each with the day of its first opening."""
    days: dict[str, datetime.date] = {}
    for opening in openings:
        for part in opening.parts:
            if bank := _bank(register, part.account):
                days[bank] = min(opening.day, days.get(bank, opening.day))
    return days


def _bank(register: Register, account: str) -> str | None:
    """Give the bank account that a unit's share or own account is: the one whose balance the bank's statements say."""
    name = parse_account(account)
    if name is None or name.chapter != BANKS:
        return None
    if name.parent in register.opens:
        return name.parent
    return account if account in register.opens and _IBAN in register.opens[account].meta else None


def _moves(entry: Transaction, bank: str) -> bool:
    return any(_is_of(posting.account, bank) for posting in entry.postings)


def _is_of(account: str, bank: str) -> bool:
    """Say whether an account is that bank account, or a unit's share of it."""
    return account == bank or account.startswith(f"{bank}:")


def _sum(entries: Iterable[Transaction], bank: str) -> Decimal:
    postings = (each for entry in entries for each in entry.postings if _is_of(each.account, bank))
    return sum((each.units.number or ZERO for each in postings if each.units), ZERO)


def _shares(register: Register, bank: str) -> set[str | None]:
    """Give the units that hold a share of a bank account; none of an account of one unit's own."""
    names = (parse_account(account) for account in register.opens if account.startswith(f"{bank}:"))
    return {name.unit for name in names if name}
