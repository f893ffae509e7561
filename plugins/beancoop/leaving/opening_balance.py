"""The opening balance of someone's own books, from what her activity held when she left.

What goes with the trade opens her books: fixed assets, stocks, what customers owe and suppliers are owed, advances
received, and what is spread over time. What the cooperative keeps, as the one company and taxable person, does not:
VAT, bank accounts, its own other claims and debts, reserves; nor does class 9, which exists inside the company alone.
What passes from one legal person to the other, and by which deed, is for the two to agree: this is a proposal.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, NamedTuple

from beancount.core import data
from beancount.core.amount import Amount

from beancoop.books.open_items import DUE, INVOICE, PARTY, SINCE, open_items
from beancoop.books.sums import Sums
from beancoop.leaving.flat_books import sides
from beancoop.model.accounts import COOP, parse_account
from beancoop.model.money import ZERO
from beancoop.model.pcmn import (
    ACCRUALS,
    ADVANCES_RECEIVED,
    CUSTOMERS,
    FIXED_ASSETS,
    INTERNAL,
    STOCKS,
    SUPPLIERS,
    SUSPENSE,
    TREASURY,
    VAT_PAYABLE,
    VAT_RECEIVABLE,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from beancoop.books.open_items import Item
    from beancoop.model.accounts import AccountName, RootNames

GOES = "goes"
FATES = {
    **dict.fromkeys((FIXED_ASSETS, STOCKS, CUSTOMERS, SUPPLIERS, ADVANCES_RECEIVED, ACCRUALS), GOES),
    SUSPENSE: "suspense",
    VAT_RECEIVABLE: "vat",
    VAT_PAYABLE: "vat",
    TREASURY: "treasury",
    INTERNAL: "internal",
}
"""What becomes of an account, by the longest PCMN number it begins with; what is not named stays with the company."""

STAYS = "company"
OWN_FUNDS = "100-Apport"
"""What balances the opening: what she brings into her own books."""

_LONGEST = 3


class Carried(NamedTuple):
    """An account of the balance sheet, and what becomes of it; amounts in the operating currency.

    Attributes:
        account: the whole name of the account.
        number: its PCMN number.
        label: what people call it.
        debit: its balance where it has received more, else None.
        credit: its balance where it has given more, else None.
        fate: GOES, or why it stays: one of the values of FATES, or STAYS.

    """

    account: str
    number: str
    label: str
    debit: Decimal | None
    credit: Decimal | None
    fate: str


def carried(entries: Sequence[data.Directive], currency: str, roots: RootNames) -> list[Carried]:
    """Give each account of the balance sheet that *entries*, which are in order of dates, leave with a balance."""
    sums = Sums(entries, currency)
    results = (roots.income, roots.expenses)
    lines = [
        Carried(name, account.name.number, account.name.label, *sides(balance), fate_of(account.name.number))
        for name, account in sums.accounts.items()
        if account.name.root not in results and (balance := account.series.before(datetime.date.max))
    ]
    return sorted(lines, key=lambda line: (line.number, line.account))


def fate_of(number: str) -> str:
    """Say what becomes of an account of that PCMN number."""
    return next((FATES[number[:length]] for length in range(_LONGEST, 0, -1) if number[:length] in FATES), STAYS)


def opening_balance(
    entries: Sequence[data.Directive], currency: str, roots: RootNames, day: datetime.date, narration: str
) -> list[data.Directive]:
    """Give the entries that open her own books on *day*: what customers and suppliers still owe and are owed, singly.

    Her accounts have the same names, without a unit. Nothing is given where nothing goes.
    """
    items = open_items(entries, currency)
    parts: list[Part] = []
    for line in carried(entries, currency, roots):
        name = parse_account(line.account)
        if line.fate == GOES and name is not None:
            parts += _parts(name, (line.debit or ZERO) - (line.credit or ZERO), items)
    if not parts:
        return []
    balance = sum((part.amount for part in parts), ZERO)
    own_funds = parse_account(roots.account("equity", OWN_FUNDS, COOP))
    if balance and own_funds is not None:
        parts.append(Part(own_funds.parent, -balance, {}))
    opens = [
        data.Open(_meta(), day, account, None, None)  # type: ignore[arg-type]  # any currency
        for account in sorted({part.account for part in parts})
    ]
    postings = [
        data.Posting(part.account, Amount(part.amount, currency), None, None, None, {**_meta(), **part.facts})
        for part in parts
    ]
    return [*opens, data.Transaction(_meta(), day, "*", None, narration, frozenset(), frozenset(), postings)]


class Part(NamedTuple):
    """What opens an account, or one invoice of it, with what is known of it."""

    account: str
    amount: Decimal
    facts: dict[str, object]


def _parts(name: AccountName, balance: Decimal, items: Sequence[Item]) -> Iterator[Part]:
    if not name.number.startswith((CUSTOMERS, SUPPLIERS)):
        yield Part(name.parent, balance, {})
        return
    for item in items:
        if item.account == name.name:
            facts = {INVOICE: item.name, PARTY: item.payee, SINCE: item.date, DUE: item.due}
            yield Part(name.parent, item.amount, {key: value for key, value in facts.items() if value})


def _meta() -> data.Meta:
    return data.new_metadata("<opening>", 0)
