"""From an invoice to the transaction that books it.

A purchase: what it is for, the VAT to recover (411), and what is owed to the supplier (440). A sale: what is due from
the customer (400), the turnover (70), and the VAT to pay (451). A credit note is the same with every sign turned, once:
its amounts are positive, and those of an invoice with a negative total are not turned at all.

Where the law makes the buyer owe the VAT (categories AE and K), a purchase bears it on 411 and on 451, at a rate that
the invoice does not say. Otherwise the VAT is what the invoice says.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from beancoop.books.open_items import INVOICE
from beancoop.words.messages import Text, error, phrase
from beancount.core import data
from beancount.core.amount import Amount

from beancoop_importers.invoices import metadata as facts
from beancoop_importers.model.invoice import (
    ADVANCE,
    CORRECTED,
    INTRA_EU,
    REVERSE,
    Adjustment,
    Invoice,
    InvoiceLine,
    Item,
    Party,
    to_cents,
)
from beancoop_importers.model.sanitizing import clean
from beancoop_importers.model.statement import Note, quoted

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Sequence

    from beancoop_importers.invoices.routing import Route

OF_INVOICE = phrase("{invoice}: {reason}")
NO_PURPOSE = error("BC853", "what it is for is not known and waits on 499; put the account in its place.")
CORRECTS = error("BC854", "type 384 corrects another invoice; see whether it takes its place or adds to it.")
ROUNDING = error("BC855", "a rounding (BT-114) of {amount} is more than a rounding; see what it is for.")
FOREIGN_VAT = error("BC856", "VAT of another country, {amount}, is not for the Belgian return; it waits on 499.")
NO_VAT = error("BC857", "the supplier is not Belgian and asks no VAT; see whether you owe it here.")
NO_PRECEDING = error(
    "BC858",
    "it does not say which invoice it corrects (BT-25), so its contribution takes the rate of its own date.",
)
REVERSE_CHARGE = error(
    "BC859",
    "the VAT due by the buyer is counted at {rate} %; correct 411 and 451 where it is another rate.",
)
PAID_BEFORE = error(
    "BC860",
    "{amount} was paid before and stands on {account}; see that VAT is not counted twice, on the advance and here.",
)


class Purpose(NamedTuple):
    """What an item of an invoice is for.

    Attributes:
        account: as `601-Fournitures`, or `601` where the unit has such an account.
        flag: `*` where nothing is left to decide, `!` where a person is to confirm it.

    """

    account: str
    flag: str = "!"


PurposeOf: TypeAlias = Callable[[Invoice, Item, str], Purpose | None]
"""Says what an item of an invoice is for, in the books of a unit; None where it does not know."""

FindAccount: TypeAlias = Callable[[str], str]
"""Gives the account of the unit with the number of a stem such as `440-Fournisseurs`."""

REVERSE_RATE = Decimal(21)
"""Percent: the rate of whatever no other is laid down for (royal decree no 20 of 20 July 1970, article 1)."""

SUSPENSE = "499-CompteAttente"
_VAT_TO_RECOVER, _VAT_TO_PAY = "411-TVARecuperable", "451-TVAAPayer"
_ROUNDED_UP, _ROUNDED_DOWN = "643-ArrondisFactures", "743-ArrondisFactures"
_NOT_A_LINK = re.compile(r"[^A-Za-z0-9_/.-]+")
_TOLD_LINES = 3


class Side(NamedTuple):
    """The accounts of one side of trade.

    Attributes:
        sign: 1 where what the invoice is for is a debit, -1 where it is a credit.
        party: what is owed to the supplier, or due from the customer.
        vat: the VAT of the invoice.
        advance: what was paid before.
        usual: what the invoice is for, where nobody says.

    """

    sign: int
    party: str
    vat: str
    advance: str
    usual: str


PURCHASE = Side(1, "440-Fournisseurs", _VAT_TO_RECOVER, "406-AcomptesVerses", SUSPENSE)
SALE = Side(-1, "400-Clients", _VAT_TO_PAY, "460-AcomptesRecus", "700-VentesPrestations")


class Placing(NamedTuple):
    """Where an invoice is booked.

    Attributes:
        side: bought or sold.
        route: whose it is.
        day: the date of the transaction.
        purpose_of: what an item is for.
        find: the accounts of the unit.

    """

    side: Side
    route: Route
    day: datetime.date
    purpose_of: PurposeOf
    find: FindAccount


class Booked(NamedTuple):
    """An invoice as the ledger says it.

    Attributes:
        transaction: the whole of it.
        party: the account of the supplier or customer.
        warnings: what the accountant should look at.

    """

    transaction: data.Transaction
    party: str
    warnings: tuple[Note, ...]


def book(invoice: Invoice, placing: Placing) -> Booked:
    """Book an invoice whose figures agree (see `invoice_checks`).

    Raises:
        Refused: the invoice has no identity, or an account it needs cannot be used.

    """
    side, route, day, _, find = placing
    purposes = list(_purposes(invoice, placing))
    amounts: dict[str, Decimal] = {}
    for stem, amount in _parts(invoice, side, purposes):
        if amount or stem == side.party:
            account = find(stem)
            amounts[account] = amounts.get(account, Decimal(0)) + _sign(invoice, side) * amount
    party = find(side.party)
    doubts, remarks = list(_doubts(invoice, side)), list(_remarks(invoice, side))
    settles = _settles(invoice, side)
    said = {name: amount for name, amount in amounts.items() if amount or name == party}
    if any(one.account == SUSPENSE for one in purposes):
        doubts.append(NO_PURPOSE())
    transaction = data.Transaction(
        data.new_metadata("", 1, facts.of(invoice, route, day, is_sale=side is SALE)),
        day,
        "!" if doubts or route.undecided or any(one.flag != "*" for one in purposes) else "*",
        clean(facts.other(invoice, is_sale=side is SALE).name) or None,
        _narration(invoice),
        frozenset(),
        frozenset(links(invoice) if side is SALE else ()),
        [
            data.Posting(
                name, Amount(said[name], invoice.currency), None, None, None, settles if name == party else None
            )
            for name in said
        ],
    )
    return Booked(
        transaction,
        party,
        tuple(Note(1, quoted(text, OF_INVOICE, invoice=invoice.name)) for text in (*doubts, *remarks)),
    )


def links(invoice: Invoice) -> tuple[str, ...]:
    """Give the links of a sale: what gives back bears those of the invoices it corrects, all others their own number.

    The contribution of a credit note takes the rate its invoice bore through that link. A purchase has none: its number
    is a stranger's, and could be that of a sale.
    """
    numbers = invoice.preceding if invoice.gives_back and invoice.preceding else (invoice.number,)
    return tuple(dict.fromkeys(_NOT_A_LINK.sub("-", number) for number in numbers))


def _settles(invoice: Invoice, side: Side) -> dict[str, object] | None:
    """Say of which invoice a supplier's credit note settles what is owed (see `beancoop.books.open_items`)."""
    one_invoice = side is PURCHASE and invoice.gives_back and len(invoice.preceding) == 1
    return {INVOICE: invoice.preceding[0]} if one_invoice else None


def _parts(invoice: Invoice, side: Side, purposes: Sequence[Purpose]) -> Iterator[tuple[str, Decimal]]:
    """Give the amounts of the invoice by the stems of their accounts, what it is for being positive; the sum is 0."""
    totals = invoice.totals
    for item, purpose in zip(invoice.items, purposes, strict=True):
        yield purpose.account, item.net
    for vat in invoice.vat:
        if side is PURCHASE and vat.category in {REVERSE, INTRA_EU}:
            due = to_cents(vat.base * REVERSE_RATE / 100)
            yield _VAT_TO_RECOVER, due
            yield _VAT_TO_PAY, -due
        else:
            yield SUSPENSE if _is_foreign_vat(invoice, side) else side.vat, vat.tax
    yield _ROUNDED_UP if totals.rounding * _sign(invoice, side) > 0 else _ROUNDED_DOWN, totals.rounding
    yield side.advance, -totals.prepaid
    yield side.party, -totals.payable


def _sign(invoice: Invoice, side: Side) -> int:
    """Give the sign of the invoice's amounts as debits of what it is for."""
    return -side.sign if invoice.is_credit_note else side.sign


def _purposes(invoice: Invoice, placing: Placing) -> Iterator[Purpose]:
    """Give what each item is for; an allowance or charge that nobody places goes with lines that go together."""
    side, unit = placing.side, placing.route.unit
    if invoice.type == ADVANCE:
        yield from [Purpose(side.advance, "*")] * len(invoice.items)
        return
    said = [placing.purpose_of(invoice, item, unit) for item in invoice.items]
    of_lines = {one for one, item in zip(said, invoice.items, strict=True) if isinstance(item, InvoiceLine)}
    together = of_lines.pop() if len(of_lines) == 1 else None
    for one, item in zip(said, invoice.items, strict=True):
        yield one or (together if isinstance(item, Adjustment) else None) or Purpose(side.usual, "*")


def _is_foreign_vat(invoice: Invoice, side: Side) -> bool:
    """Tell whether the VAT is another country's, which the Belgian return does not give back."""
    return side is PURCHASE and not _is_belgian(invoice.seller)


def _is_belgian(party: Party) -> bool:
    return bool(party.enterprises)


def _doubts(invoice: Invoice, side: Side) -> Iterator[Text]:
    """Say what a person must decide."""
    categories = {vat.category for vat in invoice.vat}
    if invoice.type == CORRECTED:
        yield CORRECTS()
    if abs(invoice.totals.rounding) >= 1:
        yield ROUNDING(amount=invoice.totals.rounding)
    if side is PURCHASE and not _is_belgian(invoice.seller):
        if invoice.totals.tax:
            yield FOREIGN_VAT(amount=invoice.totals.tax)
        elif not categories <= {REVERSE, INTRA_EU}:
            yield NO_VAT()
    if side is SALE and invoice.gives_back and not invoice.preceding:
        yield NO_PRECEDING()


def _remarks(invoice: Invoice, side: Side) -> Iterator[Text]:
    """Say what was assumed."""
    if side is PURCHASE and any(vat.category in {REVERSE, INTRA_EU} for vat in invoice.vat):
        yield REVERSE_CHARGE(rate=REVERSE_RATE)
    if invoice.totals.prepaid:
        yield PAID_BEFORE(amount=invoice.totals.prepaid, account=side.advance)


def _narration(invoice: Invoice) -> str:
    """Tell what the first lines are for."""
    names = [line.name or line.description for line in invoice.lines]
    more = f" (+{len(names) - _TOLD_LINES})" if len(names) > _TOLD_LINES else ""
    return clean("; ".join(filter(None, names[:_TOLD_LINES])) + more)
