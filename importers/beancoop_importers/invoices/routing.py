"""Whose an invoice is: bought or sold, and by which unit.

The cooperative is one company with one enterprise number, so that the invoices of all its activities arrive in one
inbox. What the invoice itself names decides, in a fixed order, by a unit's code as a whole word; then what the ledger
knows of the supplier; never a likeness. Where nothing decides, a person does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.accounts import COOP
from beancoop.words.messages import error

from beancoop_importers.model.invoice import ENTERPRISE
from beancoop_importers.model.statement import Note, Refused

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from beancoop.model.cooperative import Cooperative

    from beancoop_importers.model.invoice import Invoice

NO_OWN_NUMBER = error(
    "BC873",
    "the ledger does not say which enterprise number is its own, so nobody can tell a purchase from a sale; import "
    'into the cooperative\'s ledger, and add to its custom "cooperative": {metadata}.',
)
BOTH_SIDES = error(
    "BC876",
    "{number} is both seller and buyer; units of one company, one taxable person, send each other no invoices. "
    "Book this as an internal service (951).",
)
NEITHER_SIDE = error(
    "BC877",
    "this invoice is from {seller} to {buyer}, and the ledger's own number is {own}; it belongs to another "
    "company, or names the buyer by no number. Ask for one that bears it.",
)
NAMES_SEVERAL = error("BC878", 'what the invoice says as "{by}" names {units}, which tells nothing.')


UNDECIDED = "to be decided"


class Route(NamedTuple):
    """Where an invoice goes.

    Attributes:
        unit: whose books.
        by: what decided, as the ledger tells it; UNDECIDED where nothing did.
        warnings: what the accountant should look at.

    """

    unit: str
    by: str
    warnings: tuple[Note, ...] = ()

    @property
    def undecided(self) -> bool:
        """Tell whether a person has to say whose it is."""
        return self.by == UNDECIDED


def own_number(cooperative: Cooperative) -> str:
    """Give the cooperative's enterprise number, ten digits.

    Raises:
        Refused: the ledger does not say it; a sub-ledger alone never does.

    """
    if not cooperative.enterprise:
        raise Refused(NO_OWN_NUMBER(metadata='enterprise: "0xxxxxxxxx"'))
    return cooperative.enterprise


def is_sale(invoice: Invoice, own: str) -> bool:
    """Tell whether the cooperative, whose enterprise number is *own*, is the seller; else it is the buyer.

    Raises:
        Refused: it is both, or neither.

    """
    sells, buys = own in invoice.seller.enterprises, own in invoice.buyer.enterprises
    if sells and buys:
        raise Refused(BOTH_SIDES(number=f"{ENTERPRISE}:{own}"))
    if not sells and not buys:
        raise Refused(
            NEITHER_SIDE(seller=invoice.seller.key or "-", buyer=invoice.buyer.key or "-", own=f"{ENTERPRISE}:{own}")
        )
    return sells


def route(invoice: Invoice, units: Collection[str], *, sale: bool, of_supplier: str | None) -> Route:
    """Say which of *units* the invoice belongs to; *of_supplier* is the unit of all the supplier's earlier invoices.

    Of a sale its own number tells, since each activity has a series of its own (A001-2026-0001); the customer's
    references are the customer's, and could name a unit by chance.
    """
    warnings: list[Note] = []
    for by, text in _sold(invoice) if sale else _bought(invoice):
        found = _named(text, units)
        if len(found) > 1:
            warnings.append(Note(1, NAMES_SEVERAL(by=by, units=found)))
        elif found and not (by == "contact" and found == [COOP]):  # a company's name often holds the word
            return Route(found[0], by, tuple(warnings))
    if not sale and of_supplier:
        return Route(of_supplier, "supplier history", tuple(warnings))
    return Route(COOP, UNDECIDED, tuple(warnings))


def _sold(invoice: Invoice) -> Iterator[tuple[str, str]]:
    yield "number", invoice.number
    yield "contact", " ".join(invoice.seller.contact)


def _bought(invoice: Invoice) -> Iterator[tuple[str, str]]:
    yield "buyer reference", invoice.buyer_reference
    yield "order", invoice.order
    yield "cost", " ".join((invoice.cost, *(line.reference for line in invoice.lines)))
    yield "contact", " ".join(invoice.buyer.contact)


def _named(text: str, units: Collection[str]) -> list[str]:
    """Give the units whose codes stand in *text* as whole words; of A-B and A, the longer one that is there."""
    if not text or not units:
        return []
    codes = "|".join(re.escape(unit) for unit in sorted(units, key=len, reverse=True))
    return sorted(set(re.findall(rf"(?<![^\W_])(?:{codes})(?![^\W_])", text)))
