"""The invoices and customers of a unit, from its entries.

An invoice is a transaction that puts on a customer's account (class 40) what a sale (class 70) asks for; a credit note
takes it back. What is open of it is what `open_items` says.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, NamedTuple

from beancount.core.data import Transaction

from beancoop.books.open_items import DUE, INVOICE, open_items
from beancoop.model.accounts import parse_account
from beancoop.model.money import NOTHING, ZERO, amount_in
from beancoop.model.pcmn import CUSTOMERS, SALES, VAT
from beancoop.model.provenance import OPENING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount.core.data import Directive


class Invoice(NamedTuple):
    """An invoice or a credit note, amounts in the operating currency; those of a credit note are negative.

    Attributes:
        date: its day.
        number: what it goes by, as `invoice:` or its links say.
        customer: the payee.
        subject: the narration.
        net: without tax.
        tax: value added tax.
        total: what the customer is asked for.
        due: the day it is to be paid by, where the books say so.
        open: what is still to be paid of it.

    """

    date: datetime.date
    number: str
    customer: str
    subject: str
    net: Decimal
    tax: Decimal
    total: Decimal
    due: datetime.date | None
    open: Decimal


class Customer(NamedTuple):
    """A customer, as payees name them; amounts in the operating currency.

    Attributes:
        customer: the name.
        invoices: how many invoices and credit notes.
        net: invoiced without tax, credit notes taken off.
        total: invoiced with tax, credit notes taken off.
        open: what is still to be paid of it.
        first: the day of the first one.
        last: the day of the last one.

    """

    customer: str
    invoices: int
    net: Decimal
    total: Decimal
    open: Decimal
    first: datetime.date
    last: datetime.date


def invoices(entries: Sequence[Directive], currency: str) -> list[Invoice]:
    """Give the invoices and credit notes among *entries*, which are in order of dates."""
    still_open: dict[int, Decimal] = {}
    for item in open_items(entries, currency):
        if _is_customers(item.account):
            still_open[id(item.entry)] = still_open.get(id(item.entry), ZERO) + item.amount
    return [
        _invoice(entry, currency, still_open.get(id(entry), NOTHING))
        for entry in entries
        if isinstance(entry, Transaction)
        and OPENING not in entry.tags
        and {CUSTOMERS, SALES} <= {_number(each.account)[:2] for each in entry.postings}
    ]


def customers(found: Sequence[Invoice]) -> list[Customer]:
    """Give the customers of invoices, which are in order of dates, by name."""
    by_name: dict[str, list[Invoice]] = {}
    for each in found:
        by_name.setdefault(each.customer, []).append(each)
    return [
        Customer(
            name,
            len(own),
            sum((each.net for each in own), NOTHING),
            sum((each.total for each in own), NOTHING),
            sum((each.open for each in own), NOTHING),
            own[0].date,
            own[-1].date,
        )
        for name, own in sorted(by_name.items())
    ]


def _invoice(entry: Transaction, currency: str, still_open: Decimal) -> Invoice:
    total = _sum(entry, currency, (CUSTOMERS,))
    tax = -_sum(entry, currency, VAT)
    due = entry.meta.get(DUE)
    return Invoice(
        entry.date,
        str(entry.meta.get(INVOICE) or " ".join(sorted(entry.links))),
        entry.payee or "",
        entry.narration or "",
        total - tax,
        tax,
        total,
        due if isinstance(due, datetime.date) else None,
        still_open,
    )


def _sum(entry: Transaction, currency: str, numbers: tuple[str, ...]) -> Decimal:
    amounts = (
        amount_in(posting, currency) or ZERO
        for posting in entry.postings
        if _number(posting.account).startswith(numbers)
    )
    return sum(amounts, NOTHING)


def _is_customers(account: str) -> bool:
    return _number(account).startswith(CUSTOMERS)


def _number(account: str) -> str:
    name = parse_account(account)
    return name.number if name else ""
