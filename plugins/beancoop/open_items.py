"""What customers still owe and what suppliers are still owed: invoices not settled, in whole or in part.

An item is what one unit's customer (class 40) or supplier (class 44) account holds under one name. A posting goes to
the item it names by its own `invoice:`, else by its transaction's links, else by the transaction's `invoice:`, else by
the payee: what is paid without saying for what settles that party's oldest debt first. The open amounts of an account
always add up to its balance: nothing is left out for want of a name.

Before:

    2026-03-02 * "Pharmacie Neuve Voie" "Comptoir" ^A001-2026-0007
      Assets:40:400-Clients:A001                 1210.00 EUR
      Income:70:700-VentesPrestations:A001      -1000.00 EUR
      Liabilities:45:451-TVAPayer:A001           -210.00 EUR
    2026-03-20 * "Pharmacie Neuve Voie" "Acompte" ^A001-2026-0007
      Assets:55:5500-Banque:A001                  500.00 EUR
      Assets:40:400-Clients:A001                 -500.00 EUR

Then, at the end of March, one item is open: A001, `A001-2026-0007`, of 2026-03-02, 1210.00 invoiced, 710.00 open.
"""

from __future__ import annotations

import datetime
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from beancount.core.data import Transaction

from beancoop.accounts import parse_account
from beancoop.money import ZERO, amount_in

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from beancount.core.data import Directive, Posting

CUSTOMERS, SUPPLIERS = "40", "44"
INVOICE = "invoice"
"""The metadata that names the invoice a transaction or a posting belongs to."""
DUE = "due"
"""The metadata that names the day an invoice is to be paid by."""

_PAYEE = "\0"  # no link and no text of a ledger begins so


class Item(NamedTuple):
    """An invoice, or what else stands open under one name.

    Attributes:
        unit: whose it is.
        account: the customer or supplier account.
        name: the invoice's number or link; "" for what only the payee tells.
        payee: the other party as its first entry names it, "" where it does not.
        entry: the entry that opened it.
        date: that entry's day, from which it grows old.
        due: the day it is to be paid by, where the entry says so (`due:`), else None.
        invoiced: what was asked for under this name; positive where the other party owes it.
        amount: what is open of it; positive where the other party owes it, negative where it is owed.

    """

    unit: str
    account: str
    name: str
    payee: str
    entry: Transaction
    date: datetime.date
    due: datetime.date | None
    invoiced: Decimal
    amount: Decimal

    def age(self, today: datetime.date) -> int:
        """Give its days since the day it was to be paid by, else since its own day."""
        return (today - (self.due or self.date)).days


@dataclass(slots=True)
class _Open:
    entry: Transaction
    invoiced: Decimal
    amount: Decimal


def _settle(items: deque[_Open], amount: Decimal) -> Decimal:
    """Settle the oldest items of the other sign, and give what is left over."""
    while amount and items and (items[0].amount > 0) != (amount > 0):
        first = items[0]
        if abs(first.amount) > abs(amount):
            first.amount += amount
            return ZERO
        amount += first.amount
        items.popleft()
    return amount


def open_items(
    entries: Iterable[Directive], currency: str, end: datetime.date | None = None, unit: str | None = None
) -> list[Item]:
    """Give what is open at the beginning of the day *end* (None: after all), of one *unit* or of all; oldest first.

    Args:
        entries: in the order of dates, as the loader gives them.
        currency: the currency of all amounts (see `money.amount_in`).
        end: the first day that does not count.
        unit: the only unit asked for.

    """
    open_by_name: defaultdict[tuple[str, str], deque[_Open]] = defaultdict(deque)
    for entry in entries:
        if not isinstance(entry, Transaction):
            continue
        if end is not None and entry.date >= end:
            break
        for posting in entry.postings:
            if _is_asked(posting.account, unit):
                _post(open_by_name, entry, posting, amount_in(posting, currency) or ZERO)
    items = [_item(account, name, one) for (account, name), found in open_by_name.items() for one in found]
    return sorted(items, key=lambda item: (item.date, item.unit, item.account, item.name, item.payee))


def _is_asked(account: str, unit: str | None) -> bool:
    name = parse_account(account)
    if name is None or name.unit is None or not name.number.startswith((CUSTOMERS, SUPPLIERS)):
        return False
    return unit in {None, name.unit}


def _post(
    open_by_name: defaultdict[tuple[str, str], deque[_Open]], entry: Transaction, posting: Posting, amount: Decimal
) -> None:
    """Give a posting to its names: each settles what it can, the first takes what is left."""
    names = _names(entry, posting)
    for name in names:
        amount = _settle(open_by_name[posting.account, name], amount)
    if amount:
        open_by_name[posting.account, names[0]].append(_Open(entry, amount, amount))


def item_names(entry: Transaction, posting: Posting) -> list[str]:
    """Give the names a customer's or supplier's posting may go by; none where only the payee tells whose it is."""
    if posting.meta and (name := posting.meta.get(INVOICE)):
        return [str(name)]
    if entry.links:
        return sorted(entry.links)
    if name := entry.meta.get(INVOICE):
        return [str(name)]
    return []


def _names(entry: Transaction, posting: Posting) -> list[str]:
    return item_names(entry, posting) or [f"{_PAYEE}{entry.payee or ''}"]


def _item(account: str, name: str, one: _Open) -> Item:
    parsed = parse_account(account)
    due = one.entry.meta.get(DUE)
    return Item(
        unit=(parsed.unit if parsed else None) or "",
        account=account,
        name="" if name.startswith(_PAYEE) else name,
        payee=one.entry.payee or "",
        entry=one.entry,
        date=one.entry.date,
        due=due if isinstance(due, datetime.date) else None,
        invoiced=one.invoiced,
        amount=one.amount,
    )
