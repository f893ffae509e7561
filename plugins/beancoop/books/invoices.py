"""The invoices and customers of a unit, and what it was invoiced itself, from its entries.

An invoice is a transaction that puts on a customer's account (400) what a sale (70) or an advance (46) asks for; on a
supplier's (440), what a purchase (60, 61) or an advance (406) does; or that bears a number (`invoice:`) of its own
(contract, section 10). A credit note takes it back. What money settles is no invoice, with or without a discount.
What is open is what `open_items` says, with its sign: what was paid twice stands beside its invoice, below zero.

Before, an advance of 500.00 is invoiced, then the whole of 2,000.00 less the advance:

    2026-01-10 * "Client" "Acompte" ^AC1
      Assets:40:400-Clients:A001          605.00 EUR
      Liabilities:46:460-Acomptes:A001   -500.00 EUR
      Liabilities:45:451-TVAPayer:A001   -105.00 EUR
    2026-02-10 * "Client" "Solde" ^F2
      Assets:40:400-Clients:A001         1815.00 EUR
      Liabilities:46:460-Acomptes:A001    500.00 EUR
      Income:70:700-Ventes:A001         -2000.00 EUR
      Liabilities:45:451-TVAPayer:A001   -315.00 EUR

After, two invoices: 500.00 and 1,500.00 without VAT, 605.00 and 1,815.00 with it.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, NamedTuple

from beancount.core.data import Transaction

from beancoop.books.open_items import DUE, INVOICE, item_names, open_items
from beancoop.model.accounts import parse_account
from beancoop.model.money import NOTHING, ZERO, amount_in
from beancoop.model.pcmn import (
    ADVANCES_PAID,
    ADVANCES_RECEIVED,
    INTERNAL,
    PURCHASES,
    SALES,
    SERVICES,
    TRADE_DEBTORS,
    TRADE_SUPPLIERS,
    TREASURY,
    VAT,
)
from beancoop.model.provenance import OPENING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from beancount.core.data import Directive

    from beancoop.books.open_items import Item


class Side(NamedTuple):
    """Who invoices whom.

    Attributes:
        party: how the number of the other party's account begins.
        bases: how those of what is sold or bought do.
        advances: and those of advances on it.
        sign: 1 where a debit of the other party asks for money, -1 where a credit does.

    """

    party: str
    bases: tuple[str, ...]
    advances: str
    sign: int

    def signed(self, amount: Decimal) -> Decimal:
        """Give *amount* with the sign that an invoice of this side has."""
        return amount if self.sign > 0 else -amount


SOLD = Side(TRADE_DEBTORS, (SALES,), ADVANCES_RECEIVED, 1)
BOUGHT = Side(TRADE_SUPPLIERS, (PURCHASES, SERVICES), ADVANCES_PAID, -1)


class Invoice(NamedTuple):
    """An invoice or a credit note, amounts in the operating currency; those of a credit note are negative.

    Attributes:
        date: its day.
        number: what it goes by, as `invoice:` or its links say.
        customer: the payee; of a purchase, the supplier.
        subject: the narration.
        net: without tax.
        tax: value added tax.
        total: what the customer is asked for.
        due: the day it is to be paid by, where the books say so.
        open: what is still to be paid of it; below zero, what is to be paid back.

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


class Documents(NamedTuple):
    """The invoices of one side, in the order of dates, and what is open beside them, with the sign of that side."""

    side: Side
    invoices: Sequence[Invoice]
    others: Sequence[Item]


class Customer(NamedTuple):
    """A customer or a supplier, as payees name them; amounts in the operating currency.

    Attributes:
        customer: the name.
        invoices: how many invoices and credit notes.
        net: invoiced without tax, credit notes taken off.
        total: invoiced with tax, credit notes taken off.
        open: what is still to be paid, of invoices or without one; below zero, what is to be paid back.
        first: the day of the first one; None without any.
        last: the day of the last one.

    """

    customer: str
    invoices: int
    net: Decimal
    total: Decimal
    open: Decimal
    first: datetime.date | None
    last: datetime.date | None


def documents(entries: Sequence[Directive], currency: str, side: Side = SOLD) -> Documents:
    """Give the invoices and credit notes of one *side* among *entries*, which are in order of dates."""
    made = [entry for entry in entries if isinstance(entry, Transaction) and is_invoice(entry, currency, side)]
    by_entry = {id(entry): place for place, entry in enumerate(made)}
    by_name: dict[tuple[str, str], int] = {}
    for place, entry in enumerate(made):
        for key in _names(entry, side):
            by_name.setdefault(key, place)
    still_open = [NOTHING] * len(made)
    others: list[Item] = []
    for item in open_items(entries, currency):
        if _number(item.account).startswith(side.party):
            named = by_name.get((item.account, item.name))
            where = by_entry.get(id(item.entry), named)
            if where is None:
                others.append(item)
            else:
                still_open[where] += side.signed(item.amount)
    own = [_invoice(entry, currency, side, left) for entry, left in zip(made, still_open, strict=True)]
    return Documents(side, own, others)


def is_invoice(entry: Transaction, currency: str, side: Side = SOLD) -> bool:
    """Say whether an entry is an invoice or a credit note of that *side*."""
    numbers = [_number(posting.account) for posting in entry.postings]

    def touches(*beginnings: str) -> bool:
        return any(number.startswith(beginnings) for number in numbers)

    if OPENING in entry.tags or not touches(side.party):
        return False
    asks = side.signed(_sum(entry, currency, (side.party,))) > ZERO
    if touches(TREASURY) and not asks:  # a payment, less a discount
        return False
    if touches(*side.bases) or (touches(side.advances) and (asks or touches(*VAT))):
        return True
    return INVOICE in entry.meta and asks and not touches(TREASURY, INTERNAL)


def parties(found: Documents) -> list[Customer]:
    """Give the customers, or suppliers, of documents by name, with all that is open of each."""
    by_name: dict[str, list[Invoice]] = {}
    for each in found.invoices:
        by_name.setdefault(each.customer, []).append(each)
    beside: dict[str, Decimal] = {}
    for item in found.others:
        beside[item.payee] = beside.get(item.payee, NOTHING) + found.side.signed(item.amount)
    return [
        Customer(
            name,
            len(own := by_name.get(name, [])),
            sum((each.net for each in own), NOTHING),
            sum((each.total for each in own), NOTHING),
            sum((each.open for each in own), beside.get(name, NOTHING)),
            own[0].date if own else None,
            own[-1].date if own else None,
        )
        for name in sorted(by_name.keys() | beside.keys())
    ]


def _invoice(entry: Transaction, currency: str, side: Side, still_open: Decimal) -> Invoice:
    total = side.signed(_sum(entry, currency, (side.party,)))
    tax = side.signed(-_sum(entry, currency, VAT))
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


def _names(entry: Transaction, side: Side) -> Iterator[tuple[str, str]]:
    for posting in entry.postings:
        if _number(posting.account).startswith(side.party):
            yield from ((posting.account, name) for name in item_names(entry, posting))


def _sum(entry: Transaction, currency: str, numbers: Iterable[str]) -> Decimal:
    beginnings = tuple(numbers)
    amounts = (
        amount_in(posting, currency) or ZERO
        for posting in entry.postings
        if _number(posting.account).startswith(beginnings)
    )
    return sum(amounts, NOTHING)


def _number(account: str) -> str:
    name = parse_account(account)
    return name.number if name else ""
