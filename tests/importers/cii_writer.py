"""Write the same bills in UN/CEFACT CII, as Factur-X and ZUGFeRD carry them, and into a PDF."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import facturx
from pypdf import PdfWriter
from ubl_writer import Bill, Item, Who, tag

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

_UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
_RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
_RSM = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"


def ram(name: str, content: str = "", **attributes: str) -> str:
    return tag(f"ram:{name}", content, **attributes)


def said(name: str, content: str, **attributes: str) -> str:
    return ram(name, escape(content), **attributes)


def day(name: str, written: str) -> str:
    return ram(name, tag("udt:DateTimeString", written.replace("-", ""), format="102"))


def party(role: str, who: Who) -> str:
    return ram(
        role,
        said("Name", who.name)
        + ram("SpecifiedLegalOrganization", said("ID", who.enterprise, schemeID="0208"))
        + ram("DefinedTradeContact", said("PersonName", who.contact))
        + ram("PostalTradeAddress", said("CountryID", who.country))
        + ram("SpecifiedTaxRegistration", said("ID", who.tax_number, schemeID="VA")),
    )


def tax(name: str, category: str, rate: Decimal) -> str:
    return ram(
        name,
        said("TypeCode", "VAT") + said("CategoryCode", category) + said("RateApplicablePercent", str(rate)),
    )


def cii(bill: Bill) -> bytes:
    """Write the bill."""
    totals = bill.totals

    def money(name: str, term: str, figure: Decimal, **attributes: str) -> str:
        return said(name, bill.said(term, figure), **attributes)

    def line(number: int, item: Item) -> str:
        return ram(
            "IncludedSupplyChainTradeLineItem",
            ram("AssociatedDocumentLineDocument", said("LineID", str(number)))
            + ram("SpecifiedTradeProduct", said("Name", item.name))
            + ram(
                "SpecifiedLineTradeAgreement",
                ram("NetPriceProductTradePrice", said("ChargeAmount", f"{item.net:.2f}")),
            )
            + ram("SpecifiedLineTradeDelivery", said("BilledQuantity", "1", unitCode="C62"))
            + ram(
                "SpecifiedLineTradeSettlement",
                tax("ApplicableTradeTax", item.category, item.rate)
                + ram(
                    "SpecifiedTradeSettlementLineMonetarySummation",
                    money("LineTotalAmount", f"BT-131/{number}", item.net),
                ),
            ),
        )

    def breakdown(number: int, vat: tuple[str, Decimal, Decimal, Decimal]) -> str:
        category, rate, base, due = vat
        return ram(
            "ApplicableTradeTax",
            money("CalculatedAmount", f"BT-117/{number}", due)
            + said("TypeCode", "VAT")
            + said("ExemptionReason", "" if category == "S" else "Autoliquidation")
            + money("BasisAmount", f"BT-116/{number}", base)
            + said("CategoryCode", category)
            + said("RateApplicablePercent", str(rate)),
        )

    def adjustment(number: int, item: Item) -> str:
        return ram(
            "SpecifiedTradeAllowanceCharge",
            ram("ChargeIndicator", tag("udt:Indicator", "true" if item.net >= 0 else "false"))
            + money("ActualAmount", f"BT-92/{number}", abs(item.net))
            + said("Reason", item.name)
            + tax("CategoryTradeTax", item.category, item.rate),
        )

    reference, account = bill.payments[0] if bill.payments else ("", "")
    settlement = ram(
        "ApplicableHeaderTradeSettlement",
        said("PaymentReference", reference)
        + said("InvoiceCurrencyCode", bill.currency)
        + ram(
            "SpecifiedTradeSettlementPaymentMeans",
            said("TypeCode", "30") + ram("PayeePartyCreditorFinancialAccount", said("IBANID", account)),
        )
        + "".join(breakdown(number, vat) for number, vat in enumerate(bill.vat, 1))
        + "".join(adjustment(number, item) for number, item in enumerate(bill.adjustments, 1))
        + ram("SpecifiedTradePaymentTerms", day("DueDateDateTime", bill.due))
        + ram(
            "SpecifiedTradeSettlementHeaderMonetarySummation",
            money("LineTotalAmount", "BT-106", totals["BT-106"])
            + money("ChargeTotalAmount", "BT-108", totals["BT-108"])
            + money("AllowanceTotalAmount", "BT-107", totals["BT-107"])
            + money("TaxBasisTotalAmount", "BT-109", totals["BT-109"])
            + money("TaxTotalAmount", "BT-110", totals["BT-110"], currencyID=bill.currency)
            + (money("RoundingAmount", "BT-114", bill.rounding) if bill.rounding else "")
            + money("GrandTotalAmount", "BT-112", totals["BT-112"])
            + money("TotalPrepaidAmount", "BT-113", totals["BT-113"])
            + money("DuePayableAmount", "BT-115", totals["BT-115"]),
        )
        + "".join(ram("InvoiceReferencedDocument", said("IssuerAssignedID", number)) for number in bill.preceding)
        + ram("ReceivableSpecifiedTradeAccountingAccount", said("ID", bill.cost)),
    )
    agreement = ram(
        "ApplicableHeaderTradeAgreement",
        said("BuyerReference", bill.buyer_reference)
        + party("SellerTradeParty", bill.seller)
        + party("BuyerTradeParty", bill.buyer)
        + ram("BuyerOrderReferencedDocument", said("IssuerAssignedID", bill.order)),
    )
    trade = "".join(line(number, item) for number, item in enumerate(bill.items, 1))
    document = said("ID", bill.number) + said("TypeCode", bill.type) + day("IssueDateTime", bill.date)
    guideline = ram("GuidelineSpecifiedDocumentContextParameter", said("ID", "urn:cen.eu:en16931:2017"))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<rsm:CrossIndustryInvoice xmlns:rsm="{_RSM}" xmlns:ram="{_RAM}" xmlns:udt="{_UDT}">\n'
        f"<rsm:ExchangedDocumentContext>{guideline}</rsm:ExchangedDocumentContext>\n"
        f"<rsm:ExchangedDocument>{document}</rsm:ExchangedDocument>\n"
        f"<rsm:SupplyChainTradeTransaction>{trade}{agreement}<ram:ApplicableHeaderTradeDelivery/>{settlement}"
        "</rsm:SupplyChainTradeTransaction>\n</rsm:CrossIndustryInvoice>\n"
    ).encode()


def pdf_with(files: Iterable[tuple[str, bytes]], password: str = "") -> bytes:
    """Make a PDF of one blank page with *files* attached."""
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    for name, content in files:
        writer.add_attachment(name, content)
    if password:
        writer.encrypt(password)
    writer.write(output := io.BytesIO())
    return output.getvalue()


def factur_x(bill: Bill) -> bytes:
    """Make a Factur-X as the reference implementation of the standard does, which also holds it to the schema."""
    return facturx.generate_from_binary(pdf_with([]), cii(bill), flavor="factur-x", level="en16931", check_xsd=True)
