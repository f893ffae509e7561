"""UBL 2.1, the syntax of Peppol BIS Billing 3 (OASIS; bound to EN 16931 by CEN/TS 16931-3-2)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from beancoop_importers.model.invoice import (
    Adjustment,
    Attachment,
    Invoice,
    InvoiceLine,
    Party,
    Payment,
    Totals,
    VatBreakdown,
)
from beancoop_importers.model.statement import Refused
from beancoop_importers.readers.fields import (
    AGAIN,
    Amounts,
    date,
    identifier,
    is_charge,
    missing,
    only,
    rate,
    required,
    vat_number,
    words,
)
from beancoop_importers.readers.xml import child, children, line_of, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree  # type: ignore[import-untyped]

INVOICE, CREDIT_NOTE = "Invoice", "CreditNote"
_TYPES = {INVOICE: "380", CREDIT_NOTE: "381"}  # what the document is called tells, where nothing else does
_BINARY = "EmbeddedDocumentBinaryObject"


def read(root: etree._Element, kind: str) -> Invoice:
    """Read the document *root*, an `Invoice` or a `CreditNote`.

    Raises:
        Refused: a term is missing, said twice, or not what it should be.

    """
    currency = words(required(only(root, "DocumentCurrencyCode", "BT-5"), root, "BT-5"))
    issued = date(required(only(root, "IssueDate", "BT-2"), root, "BT-2"), "UBL", "BT-2")
    assert issued is not None  # noqa: S101 - a date that is required was read
    due = only(root, "DueDate", "BT-9")
    if due is None:
        due = child(root, "PaymentMeans", "PaymentDueDate")
    return Invoice(
        syntax="ubl",
        number=words(required(only(root, "ID", "BT-1"), root, "BT-1")),
        date=issued,
        type=words(only(root, f"{kind}TypeCode", "BT-3")) or _TYPES[kind],
        currency=currency,
        due=date(due, "UBL", "BT-9"),
        buyer_reference=words(only(root, "BuyerReference", "BT-10")),
        order=words(child(root, "OrderReference", "ID")),
        cost=words(only(root, "AccountingCost", "BT-19")),
        preceding=tuple(filter(None, [words(child(one, "ID")) for one in _preceding(root)])),
        seller=_party(child(root, "AccountingSupplierParty", "Party"), root, "BG-4"),
        buyer=_party(child(root, "AccountingCustomerParty", "Party"), root, "BG-7"),
        payments=tuple(
            Payment(words(child(means, "PaymentID")), words(child(means, "PayeeFinancialAccount", "ID")))
            for means in children(root, "PaymentMeans")
        ),
        lines=tuple(_line(one, currency) for one in children(root, f"{kind}Line")),
        adjustments=tuple(_adjustment(one, currency) for one in children(root, "AllowanceCharge")),
        vat=tuple(_breakdowns(root, currency)),
        totals=_totals(root, currency),
        attachments=tuple(_attachments(root)),
    )


def _preceding(root: etree._Element) -> Iterator[etree._Element]:
    for reference in children(root, "BillingReference"):
        yield from children(reference, "InvoiceDocumentReference")


def _party(party: etree._Element | None, root: etree._Element, term: str) -> Party:
    if party is None:
        raise Refused(missing(term), line_of(root))
    schemes = [one for one in children(party, "PartyTaxScheme") if text(one, "TaxScheme", "ID").upper() == "VAT"]
    contact = child(party, "Contact")
    said = [words(child(contact, name)) for name in ("Name", "Telephone", "ElectronicMail")]
    others = [identifier(child(one, "ID")) for one in children(party, "PartyIdentification")]
    return Party(
        name=words(child(party, "PartyLegalEntity", "RegistrationName")) or words(child(party, "PartyName", "Name")),
        vat=vat_number(text(schemes[0], "CompanyID")) if schemes else "",
        legal=identifier(child(party, "PartyLegalEntity", "CompanyID")),
        identifiers=tuple(one for one in others if one),
        endpoint=identifier(child(party, "EndpointID")),
        country=text(party, "PostalAddress", "Country", "IdentificationCode").upper(),
        contact=tuple(filter(None, said)),
    )


def _line(line: etree._Element, currency: str) -> InvoiceLine:
    item = child(line, "Item")
    category = child(item, "ClassifiedTaxCategory")
    return InvoiceLine(
        at=line_of(line),
        number=words(child(line, "ID")),
        name=words(child(item, "Name")),
        description=words(child(item, "Description")),
        reference=words(child(line, "AccountingCost")),
        net=Amounts(line, currency).need("LineExtensionAmount", "BT-131"),
        category=text(category, "ID"),
        rate=rate(category, "Percent", "BT-152"),
    )


def _adjustment(element: etree._Element, currency: str) -> Adjustment:
    charge = is_charge(child(element, "ChargeIndicator"), element)
    figure = Amounts(element, currency).need("Amount", "BT-99" if charge else "BT-92")
    category = child(element, "TaxCategory")
    return Adjustment(
        at=line_of(element),
        name=words(child(element, "AllowanceChargeReason")) or text(element, "AllowanceChargeReasonCode"),
        net=figure if charge else -figure,
        charge=charge,
        category=text(category, "ID"),
        rate=rate(category, "Percent", "BT-103" if charge else "BT-96"),
    )


def _tax_total(root: etree._Element, currency: str) -> etree._Element | None:
    """Give the VAT total in the invoice's currency; the one in the accounting currency (BT-111) says it again."""
    found = [
        one
        for one in children(root, "TaxTotal")
        if (total := child(one, "TaxAmount")) is not None and total.get("currencyID", currency) == currency
    ]
    whole = [one for one in found if child(one, "TaxSubtotal") is not None] or found
    if len(whole) > 1:
        raise Refused(AGAIN(term="BT-110", name="TaxAmount", times=len(whole)), line_of(whole[1]))
    return whole[0] if whole else None


def _breakdowns(root: etree._Element, currency: str) -> Iterator[VatBreakdown]:
    for one in children(_tax_total(root, currency), "TaxSubtotal"):
        category, amounts = child(one, "TaxCategory"), Amounts(one, currency)
        yield VatBreakdown(
            at=line_of(one),
            category=text(category, "ID"),
            rate=rate(category, "Percent", "BT-119"),
            base=amounts.need("TaxableAmount", "BT-116"),
            tax=amounts.need("TaxAmount", "BT-117"),
            reason=words(child(category, "TaxExemptionReason")) or text(category, "TaxExemptionReasonCode"),
        )


def _totals(root: etree._Element, currency: str) -> Totals:
    total = only(root, "LegalMonetaryTotal", "BG-22")
    if total is None:
        raise Refused(missing("BG-22"), line_of(root))
    amounts, tax = Amounts(total, currency), _tax_total(root, currency)
    return Totals(
        at=line_of(total),
        lines=amounts.need("LineExtensionAmount", "BT-106"),
        allowances=amounts.get("AllowanceTotalAmount", "BT-107"),
        charges=amounts.get("ChargeTotalAmount", "BT-108"),
        net=amounts.need("TaxExclusiveAmount", "BT-109"),
        tax=Decimal(0) if tax is None else Amounts(tax, currency).need("TaxAmount", "BT-110"),
        gross=amounts.need("TaxInclusiveAmount", "BT-112"),
        prepaid=amounts.get("PrepaidAmount", "BT-113"),
        rounding=amounts.get("PayableRoundingAmount", "BT-114"),
        payable=amounts.need("PayableAmount", "BT-115"),
    )


def _attachments(root: etree._Element) -> Iterator[Attachment]:
    for one in children(root, "AdditionalDocumentReference"):
        binary = child(one, "Attachment", _BINARY)
        if binary is not None or child(one, "Attachment", "ExternalReference") is not None:
            yield Attachment(words(child(one, "ID")), "" if binary is None else binary.get("filename", ""))
