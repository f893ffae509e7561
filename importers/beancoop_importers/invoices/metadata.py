"""What the ledger tells of an invoice beside its amounts: metadata by which it is found, paid and known again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from beancoop.books.open_items import DUE, INVOICE
from beancoop.books.waiting import INVOICE_REFERENCE
from beancoop.vat.parties import BELGIUM, VatNumber, is_of_the_union
from beancoop.vat.parties import KEY as PARTY
from beancoop.words.messages import error

from beancoop_importers.model.identifiers import creditor_reference, given, ogm, party_account, printed_ogm
from beancoop_importers.model.invoice import BELGIAN_VAT
from beancoop_importers.model.sanitizing import clean
from beancoop_importers.model.statement import Refused

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping

    from beancoop_importers.invoices.routing import Route
    from beancoop_importers.model.invoice import Invoice, Party

NO_SELLER = error(
    "BC871",
    "the seller is named by no number (BT-29 to BT-31), so that nobody can tell this invoice from another's; ask "
    "for one that bears the supplier's enterprise or VAT number.",
)
LONG_SELLER = error("BC872", "the seller is named by {length} characters (BT-29 to BT-31); no company is.")


REFERENCE = INVOICE_REFERENCE
SUPPLIER, CUSTOMER = "supplier", "customer"
PAYABLE, VAT = "payable", "vat-"
ROUTED, ACCOUNT = "routed", "counterparty-account"

_LONGEST_NUMBER = 100
_OGM_SIGNS = str.maketrans("", "", " +*/")
_FOLDERS = re.compile(r"[\\/]")


def identity(invoice: Invoice) -> str:
    """Give what tells the invoice from every other.

    Raises:
        Refused: the seller has no number of any kind.

    """
    if not (seller := invoice.seller.key):
        raise Refused(NO_SELLER())
    if len(seller) > _LONGEST_NUMBER:
        raise Refused(LONG_SELLER(length=len(seller)))
    return f"einvoice/{seller}/{invoice.number}/{invoice.date}/{invoice.type}"


def other(invoice: Invoice, *, is_sale: bool) -> Party:
    """Give the party that is not the cooperative."""
    return invoice.buyer if is_sale else invoice.seller


def vat_number(party: Party) -> str:
    """Give the VAT number of the Union that a customer goes by, as the listings read it; "" without one.

    One whose check digits are wrong is given as it is said, so that the listings tell of it.
    """
    if not party.vat and party.endpoint and party.endpoint.scheme == BELGIAN_VAT:
        return "".join(f"{BELGIUM}{number}" for number in party.enterprises[:1])
    return str(VatNumber.parse(party.vat) or clean(party.vat)) if is_of_the_union(party.vat) else ""


def account_to_pay(invoice: Invoice) -> str:
    """Give the first bank account that the invoice asks to be paid to, normalised; "" where it names none."""
    return next(filter(None, (party_account(payment.account) for payment in invoice.payments)), "")


def content(invoice: Invoice) -> dict[str, str]:
    """Give what the document says, by which it is known from another of the same identity."""
    rates = {
        f"{VAT}{number}": f"{vat.category} {vat.rate.normalize():f} {vat.base} {vat.tax}"
        for number, vat in enumerate(invoice.vat, 1)
    }
    return {PAYABLE: f"{invoice.totals.payable} {invoice.currency}", **rates}


def content_of(meta: Mapping[str, object]) -> dict[str, str]:
    """Give the same of an invoice that is booked, from the metadata of its transaction."""
    return {
        key: str(value)
        for key, value in meta.items()
        if key == PAYABLE or (key.startswith(VAT) and key.removeprefix(VAT).isdecimal())
    }


def of(invoice: Invoice, route: Route, day: datetime.date, *, is_sale: bool) -> dict[str, object]:
    """Give the metadata of the transaction that books the invoice on *day*.

    Raises:
        Refused: the invoice has no identity.

    """
    return {key: value for key, value in _facts(invoice, route, day, is_sale=is_sale) if value}


def _facts(invoice: Invoice, route: Route, day: datetime.date, *, is_sale: bool) -> Iterator[tuple[str, object]]:
    yield INVOICE, invoice.number
    yield REFERENCE, identity(invoice)
    yield "invoice-date", invoice.date if invoice.date != day else None
    yield CUSTOMER if is_sale else SUPPLIER, other(invoice, is_sale=is_sale).key
    yield PARTY, vat_number(invoice.buyer) if is_sale else ""
    yield DUE, invoice.due
    if not invoice.gives_back:  # else a payment could be taken for one of it
        yield _payment_reference(invoice)
        yield ACCOUNT, "" if is_sale else account_to_pay(invoice)
    yield "preceding", clean(", ".join(invoice.preceding))
    yield from content(invoice).items()
    yield ROUTED, route.by
    names = (_FOLDERS.split(one.filename or one.reference)[-1] for one in invoice.attachments)
    yield "attachments", clean(", ".join(filter(None, names)))


def _payment_reference(invoice: Invoice) -> tuple[str, str]:
    """Give the reference to pay with: an OGM or an RF reference whose check holds, else what is written."""
    said = list(filter(None, (given(payment.reference) for payment in invoice.payments)))
    for text in said:
        if written := ogm(text.translate(_OGM_SIGNS)) or printed_ogm(text):
            return "ogm", written
        if written := creditor_reference(text):
            return "rf", written
    return "payment-reference", clean(said[0]) if said else ""
