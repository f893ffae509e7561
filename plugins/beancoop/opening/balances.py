"""The balances of one unit: each account once, its open invoices one by one, the whole exactly zero."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from beancount.core.amount import Amount

from beancoop.books.open_items import INVOICE
from beancoop.model.findings import Finding, Refusal
from beancoop.model.money import ZERO
from beancoop.model.pcmn import CONTRIBUTION, CUSTOMERS, LIAISON, SUPPLIERS
from beancoop.opening.accounts import account_of
from beancoop.words.messages import error

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal
    from pathlib import Path

    from beancoop.model.register import Register
    from beancoop.opening.table import Item, Line

LEVIED = error(
    "BC1421", "950 is never opened; take this line out, and add its amount to the result brought forward (14)."
)
NO_ITEMS = error("BC1422", "{account} is no customer's or supplier's account (40, 44); empty the cells of the invoice.")
BALANCE_TWICE = error("BC1423", "The balance of {account} is said already, at line {line}; keep one of the two.")
INVOICE_TWICE = error(
    "BC1426",
    "An invoice {invoice} is open on {account} already, at line {line}; keep one of the two, or write the party before "
    "the number of each.",
)
ITEMS_DIFFER = error(
    "BC1424",
    "The open invoices of {account} come to {items}, and its balance is {balance}, a difference of {difference}. Add "
    "the invoice that is missing, or correct the balance.",
)
NOT_ZERO = error(
    "BC1425",
    "The balances of {unit} come to {sum}, and not to zero. Add the account that is missing; what {unit} owes the rest "
    "of the company, or is owed, stands on {liaison}, with the same amount on the other side in the other's books.",
)


class Part(NamedTuple):
    """What opens an account, or one open invoice of it.

    Attributes:
        place: the line of the table.
        account: the account.
        amount: debits positive.
        facts: the metadata of the posting.

    """

    place: Finding
    account: str
    amount: Decimal
    facts: Mapping[str, object]


class Opening(NamedTuple):
    """The opening of one unit.

    Attributes:
        unit: whose it is.
        day: its day.
        path: the file that takes it.
        parts: what is on which account.

    """

    unit: str
    day: datetime.date
    path: Path
    parts: Sequence[Part]


@dataclass(slots=True)
class _Account:
    """What the table says of one account."""

    name: str
    sign: int
    balance: Line | None = None
    items: dict[str, tuple[Line, Item]] = field(default_factory=dict)

    def parts(self) -> Iterator[Part]:
        """Give the invoices, or the balance where there are none."""
        for number, (line, item) in self.items.items():
            yield Part(line.place, self.name, self.sign * item.amount, {INVOICE: number, **item.facts})
        if self.balance is not None and not self.items:
            yield Part(self.balance.place, self.name, self.balance.balance or ZERO, {})


def balances(register: Register, unit: str, lines: Sequence[Line]) -> list[Part]:
    """Give what opens the books of *unit*, in the order of the accounts' numbers; nothing where all is zero.

    Raises:
        Refusal: something in the lines is not as it has to be; all of it is told.

    """
    accounts: dict[str, _Account] = {}
    wrong: list[Finding] = []
    for line in lines:
        try:
            _take(register, accounts, line)
        except Refusal as refused:
            wrong.append(line.place._replace(message=refused.message))
    wrong += filter(None, (_difference(register, each) for each in accounts.values()))
    ordered = sorted(accounts.values(), key=lambda each: each.name.split(":")[2])
    parts = [part for each in ordered for part in each.parts() if part.amount]
    if not wrong and (left := sum((part.amount for part in parts), ZERO)):
        liaison = f"{LIAISON}-Liaison"
        text = NOT_ZERO(unit=unit, sum=Amount(left, register.currency), liaison=liaison)
        wrong.append(lines[0].place._replace(message=text))
    if wrong:
        raise Refusal(wrong[0].message, wrong)
    return parts


def _take(register: Register, accounts: dict[str, _Account], line: Line) -> None:
    """Add a line to its account."""
    name = account_of(register, line)
    number = name.split(":")[2]
    if number.startswith(CONTRIBUTION):
        raise Refusal(LEVIED())
    account = accounts.setdefault(name, _Account(name, -1 if number.startswith(SUPPLIERS) else 1))
    if line.balance is not None:
        if account.balance is not None:
            raise Refusal(BALANCE_TWICE(account=name, line=account.balance.place.line))
        account.balance = line
    if line.item is not None:
        if not number.startswith((CUSTOMERS, SUPPLIERS)):
            raise Refusal(NO_ITEMS(account=name))
        invoice = line.item.number
        if invoice in account.items:
            raise Refusal(INVOICE_TWICE(invoice=invoice, account=name, line=account.items[invoice][0].place.line))
        account.items[invoice] = line, line.item


def _difference(register: Register, account: _Account) -> Finding | None:
    """Tell where the invoices of an account do not make its balance."""
    if account.balance is None or not account.items:
        return None
    balance = account.balance.balance or ZERO
    items = account.sign * sum((item.amount for _, item in account.items.values()), ZERO)
    if items == balance:
        return None
    told = {"items": items, "balance": balance, "difference": balance - items}
    amounts = {key: Amount(number, register.currency) for key, number in told.items()}
    return account.balance.place._replace(message=ITEMS_DIFFER(account=account.name, **amounts))
