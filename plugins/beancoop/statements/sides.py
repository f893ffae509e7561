"""On which side of the balance sheet each balance stands: that of its account, or the other where it is against it.

Assets and debts are not set off against each other (royal decree of 29 April 2019, on annual accounts): a customer in
credit is owed an advance, a supplier in debit owes, an overdrawn bank account is a debt. Judged for each account of
each unit (contract, section 10), customers and suppliers by party where open items name one, and the shares of one bank
account (a parent with `iban:`) together. An account that is there to be taken off, such as 409, stays where it is.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.money import ZERO
from beancoop.model.pcmn import BALANCE_SHEET, SUSPENSE
from beancoop.model.pcmn.chart import known

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal

    from beancoop.model.accounts import AccountName
    from beancoop.statements.nbb import Rubrics
    from beancoop.statements.state import State

_IBAN = "iban"


class Turned(NamedTuple):
    """A balance against the side of its account.

    Attributes:
        account: the account; of the shares of one bank account, the first.
        unit: whose it is; None where units share it.
        code: the rubric under which it is shown.
        amount: what is shown there, positive.

    """

    account: AccountName
    unit: str | None
    code: str
    amount: Decimal


class Sides(NamedTuple):
    """The two sides of a balance sheet: what each rubric has itself, by code, as it is told; and what was turned."""

    assets: Mapping[str, Decimal]
    liabilities: Mapping[str, Decimal]
    turned: Sequence[Turned]


class _Balance(NamedTuple):
    account: AccountName
    unit: str | None
    amount: Decimal


def sides_of(state: State, rubrics: Rubrics) -> Sides:
    """Sort the balances of a state out."""
    sides: dict[str, defaultdict[str, Decimal]] = {
        "assets": defaultdict(lambda: ZERO),
        "liabilities": defaultdict(lambda: ZERO),
    }
    turned: defaultdict[tuple[AccountName, str | None, str], Decimal] = defaultdict(lambda: ZERO)
    for balance in _balances(state):
        is_asset = balance.account.root == state.books.register.roots.assets
        rubric = rubrics.of(balance.account.number, is_asset=is_asset)
        if rubric is None:
            continue
        code, part = rubric.code, rubric.part
        if _is_against(balance, is_asset=is_asset) and (across := rubric.across(balance.account.number)):
            code, part = across, "liabilities" if is_asset else "assets"
            turned[balance.account, balance.unit, code] += abs(balance.amount)
        told = rubrics.parts[part][code]
        sides[part][code] += balance.amount if told.is_debit else -balance.amount
    return Sides(
        sides["assets"], sides["liabilities"], [Turned(*key, amount) for key, amount in sorted(turned.items(), key=str)]
    )


def _is_against(balance: _Balance, *, is_asset: bool) -> bool:
    row = None if balance.account.number.startswith(SUSPENSE) else known(balance.account.number)
    is_usual = row is None or (row.side == "D") == is_asset
    return is_usual and (balance.amount < 0 if is_asset else balance.amount > 0)


def _balances(state: State) -> Iterator[_Balance]:
    opens = state.books.register.opens
    shares: defaultdict[str, list[_Balance]] = defaultdict(list)
    parties = _parties(state)
    for account in state.books.sums.of(*BALANCE_SHEET, unit=state.unit):
        name = account.name
        balance = _Balance(name, name.unit, state.held(account))
        parent = opens.get(name.parent)
        if parent is not None and _IBAN in parent.meta:
            shares[name.parent].append(balance)
            continue
        for amount in parties.get(name.name, ()):
            yield balance._replace(amount=amount)
        yield balance._replace(amount=balance.amount - sum(parties.get(name.name, ()), ZERO))
    for first, *others in shares.values():
        unit = None if others else first.unit
        yield _Balance(first.account, unit, first.amount + sum((share.amount for share in others), ZERO))


def _parties(state: State) -> Mapping[str, Sequence[Decimal]]:
    """Give what each party that has a name owes or is owed, by account."""
    found: defaultdict[str, defaultdict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for item in state.books.items.at(state.after, state.unit):
        if item.payee:
            found[item.account][item.payee] += item.amount
    return {account: list(each.values()) for account, each in found.items()}
