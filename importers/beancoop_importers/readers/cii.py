"""UN/CEFACT Cross Industry Invoice D16B, the syntax inside Factur-X and ZUGFeRD 2 (CEN/TS 16931-3-3)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from beancoop.words.messages import error

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
    amount,
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
    import datetime
    from collections.abc import Iterator

    from lxml import etree  # type: ignore[import-untyped]

NO_HEADING = error("BC819", "the invoice has no heading or no settlement; ask for one that follows EN 16931.")


INVOICE = "CrossIndustryInvoice"
_ATTACHED = frozenset({"916", ""})  # of the documents referred to, those that support the invoice


def read(root: etree._Element) -> Invoice:
    """Read the document *root*, a `CrossIndustryInvoice`.

    Raises:
        Refused: a term is missing, said twice, or not what it should be.

    """
    document = only(root, "ExchangedDocument", "BG-2")
    trade = only(root, "SupplyChainTradeTransaction", "BG-25")
    agreement = child(trade, "ApplicableHeaderTradeAgreement")
    settlement = child(trade, "ApplicableHeaderTradeSettlement")
    if document is None or settlement is None:
        raise Refused(NO_HEADING(), line_of(root))
    currency = words(required(only(settlement, "InvoiceCurrencyCode", "BT-5"), settlement, "BT-5"))
    issued = _date(child(document, "IssueDateTime"), "BT-2")
    if issued is None:
        raise Refused(missing("BT-2"), line_of(document))
    return Invoice(
        syntax="cii",
        number=words(required(only(document, "ID", "BT-1"), document, "BT-1")),
        date=issued,
        type=words(required(only(document, "TypeCode", "BT-3"), document, "BT-3")),
        currency=currency,
        due=_date(child(settlement, "SpecifiedTradePaymentTerms", "DueDateDateTime"), "BT-9"),
        buyer_reference=words(only(agreement, "BuyerReference", "BT-10")),
        order=words(child(agreement, "BuyerOrderReferencedDocument", "IssuerAssignedID")),
        cost=words(child(settlement, "ReceivableSpecifiedTradeAccountingAccount", "ID")),
        preceding=tuple(
            filter(None, [words(child(one, "IssuerAssignedID")) for one in _preceding(settlement)]),
        ),
        seller=_party(child(agreement, "SellerTradeParty"), root, "BG-4"),
        buyer=_party(child(agreement, "BuyerTradeParty"), root, "BG-7"),
        payments=tuple(_payments(settlement)),
        lines=tuple(_line(one, currency) for one in children(trade, "IncludedSupplyChainTradeLineItem")),
        adjustments=tuple(_adjustment(one, currency) for one in children(settlement, "SpecifiedTradeAllowanceCharge")),
        vat=tuple(_breakdown(one, currency) for one in children(settlement, "ApplicableTradeTax")),
        totals=_totals(settlement, currency),
        attachments=tuple(_attachments(agreement)),
    )


def _date(holder: etree._Element | None, term: str) -> datetime.date | None:
    element = child(holder, "DateTimeString")
    return date(element, "102" if element is None else element.get("format", "102"), term)


def _preceding(settlement: etree._Element) -> Iterator[etree._Element]:
    return children(settlement, "InvoiceReferencedDocument")


def _party(party: etree._Element | None, root: etree._Element, term: str) -> Party:
    if party is None:
        raise Refused(missing(term), line_of(root))
    numbers = [child(one, "ID") for one in children(party, "SpecifiedTaxRegistration")]
    vat = [words(one) for one in numbers if one is not None and one.get("schemeID") == "VA"]
    contact = child(party, "DefinedTradeContact")
    said = [
        words(child(contact, "PersonName")) or words(child(contact, "DepartmentName")),
        words(child(contact, "TelephoneUniversalCommunication", "CompleteNumber")),
        words(child(contact, "EmailURIUniversalCommunication", "URIID")),
    ]
    others = [identifier(one) for name in ("GlobalID", "ID") for one in children(party, name)]
    return Party(
        name=words(only(party, "Name", "BT-27")),
        vat=vat_number(vat[0]) if vat else "",
        legal=identifier(child(party, "SpecifiedLegalOrganization", "ID")),
        identifiers=tuple(one for one in others if one),
        endpoint=identifier(child(party, "URIUniversalCommunication", "URIID")),
        country=text(party, "PostalTradeAddress", "CountryID").upper(),
        contact=tuple(filter(None, said)),
    )


def _payments(settlement: etree._Element) -> Iterator[Payment]:
    """Give the ways to pay; the reference is said once for all of them."""
    reference = words(child(settlement, "PaymentReference"))
    means = list(children(settlement, "SpecifiedTradeSettlementPaymentMeans"))
    for one in means:
        account = child(one, "PayeePartyCreditorFinancialAccount")
        yield Payment(reference, words(child(account, "IBANID")) or words(child(account, "ProprietaryID")))
    if reference and not means:
        yield Payment(reference, "")


def _line(line: etree._Element, currency: str) -> InvoiceLine:
    product, settlement = child(line, "SpecifiedTradeProduct"), child(line, "SpecifiedLineTradeSettlement")
    tax = child(settlement, "ApplicableTradeTax")
    summation = child(settlement, "SpecifiedTradeSettlementLineMonetarySummation")
    amounts = Amounts(line if summation is None else summation, currency)
    return InvoiceLine(
        at=line_of(line),
        number=words(child(line, "AssociatedDocumentLineDocument", "LineID")),
        name=words(child(product, "Name")),
        description=words(child(product, "Description")),
        reference=words(child(settlement, "ReceivableSpecifiedTradeAccountingAccount", "ID")),
        net=amounts.need("LineTotalAmount", "BT-131"),
        category=text(tax, "CategoryCode"),
        rate=rate(tax, "RateApplicablePercent", "BT-152"),
    )


def _adjustment(element: etree._Element, currency: str) -> Adjustment:
    charge = is_charge(child(element, "ChargeIndicator", "Indicator"), element)
    figure = Amounts(element, currency).need("ActualAmount", "BT-99" if charge else "BT-92")
    tax = child(element, "CategoryTradeTax")
    return Adjustment(
        at=line_of(element),
        name=words(child(element, "Reason")) or text(element, "ReasonCode"),
        net=figure if charge else -figure,
        charge=charge,
        category=text(tax, "CategoryCode"),
        rate=rate(tax, "RateApplicablePercent", "BT-103" if charge else "BT-96"),
    )


def _breakdown(tax: etree._Element, currency: str) -> VatBreakdown:
    amounts = Amounts(tax, currency)
    return VatBreakdown(
        at=line_of(tax),
        category=text(tax, "CategoryCode"),
        rate=rate(tax, "RateApplicablePercent", "BT-119"),
        base=amounts.need("BasisAmount", "BT-116"),
        tax=amounts.need("CalculatedAmount", "BT-117"),
        reason=words(child(tax, "ExemptionReason")) or text(tax, "ExemptionReasonCode"),
    )


def _tax_total(summation: etree._Element, currency: str) -> Decimal:
    """Read the VAT total in the invoice's currency; the one in the accounting currency (BT-111) says it again."""
    found = [one for one in children(summation, "TaxTotalAmount") if one.get("currencyID", currency) == currency]
    if len(found) > 1:
        raise Refused(AGAIN(term="BT-110", name="TaxTotalAmount", times=len(found)), line_of(found[1]))
    return amount(found[0], currency, "BT-110") if found else Decimal(0)


def _totals(settlement: etree._Element, currency: str) -> Totals:
    total = only(settlement, "SpecifiedTradeSettlementHeaderMonetarySummation", "BG-22")
    if total is None:
        raise Refused(missing("BG-22"), line_of(settlement))
    amounts = Amounts(total, currency)
    return Totals(
        at=line_of(total),
        lines=amounts.need("LineTotalAmount", "BT-106"),
        allowances=amounts.get("AllowanceTotalAmount", "BT-107"),
        charges=amounts.get("ChargeTotalAmount", "BT-108"),
        net=amounts.need("TaxBasisTotalAmount", "BT-109"),
        tax=_tax_total(total, currency),
        gross=amounts.need("GrandTotalAmount", "BT-112"),
        prepaid=amounts.get("TotalPrepaidAmount", "BT-113"),
        rounding=amounts.get("RoundingAmount", "BT-114"),
        payable=amounts.need("DuePayableAmount", "BT-115"),
    )


def _attachments(agreement: etree._Element | None) -> Iterator[Attachment]:
    for one in children(agreement, "AdditionalReferencedDocument"):
        binary = child(one, "AttachmentBinaryObject")
        if text(one, "TypeCode") in _ATTACHED:
            yield Attachment(
                words(child(one, "IssuerAssignedID")), "" if binary is None else binary.get("filename", "")
            )
