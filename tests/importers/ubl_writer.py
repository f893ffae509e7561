"""Write e-invoices as a supplier's program would, in UBL, so that a test can say in words what one holds."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Mapping

OURS, DELHEZ, SERVAIS, CLIENT = "0999888767", "0999777614", "0999666558", "0999555405"
CENT = Decimal("0.01")
NAMESPACES = (
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:{kind}-2" '
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)


@dataclass(frozen=True)
class Who:
    """A party; *enterprise* is Belgian, *vat* any country's."""

    name: str
    enterprise: str = ""
    vat: str = ""
    country: str = "BE"
    contact: str = ""
    endpoint: str = ""  # "scheme:value"

    @property
    def tax_number(self) -> str:
        return self.vat or (f"BE{self.enterprise}" if self.enterprise else "")


US = Who("Les Sources du Hoyoux SC", OURS)
SUPPLIER = Who("Matériaux Delhez SA", DELHEZ)
CUSTOMER = Who("Constructions Halleux SA", CLIENT)
FRENCH = Who("Bois de Lorraine SARL", vat="FR61954506077", country="FR")


@dataclass(frozen=True)
class Item:
    """A line; as an adjustment, positive for a charge and negative for an allowance."""

    net: Decimal
    category: str = "S"
    rate: Decimal = Decimal(21)
    name: str = "Plaques"
    reference: str = ""


@dataclass(frozen=True)
class Bill:
    """An invoice; its totals follow from its items, unless *says* gives a term otherwise."""

    items: tuple[Item, ...] = (Item(Decimal("100.00")),)
    adjustments: tuple[Item, ...] = ()
    number: str = "2601018"
    date: str = "2026-01-15"
    type: str = "380"
    kind: str = "Invoice"
    currency: str = "EUR"
    due: str = "2026-02-14"
    buyer_reference: str = ""
    order: str = ""
    cost: str = ""
    preceding: tuple[str, ...] = ()
    seller: Who = SUPPLIER
    buyer: Who = US
    payments: tuple[tuple[str, str], ...] = (("+++090/9337/55493+++", "BE71096123456769"),)
    prepaid: Decimal = Decimal(0)
    rounding: Decimal = Decimal(0)
    tax_currency: tuple[str, str] | None = None  # the currency, and the VAT in it
    attachment: tuple[str, str] | None = None  # the name of the file, and its base64
    says: Mapping[str, str] = field(default_factory=dict)

    @property
    def vat(self) -> list[tuple[str, Decimal, Decimal, Decimal]]:
        """Category, rate, base and VAT, each rate rounded on its total."""
        bases: dict[tuple[str, Decimal], Decimal] = {}
        for one in (*self.items, *self.adjustments):
            bases[one.category, one.rate] = bases.get((one.category, one.rate), Decimal(0)) + one.net
        return [
            (category, rate, base, (base * rate / 100).quantize(CENT, ROUND_HALF_UP))
            for (category, rate), base in bases.items()
        ]

    @property
    def totals(self) -> dict[str, Decimal]:
        lines = sum((one.net for one in self.items), Decimal(0))
        allowances = -sum((one.net for one in self.adjustments if one.net < 0), Decimal(0))
        charges = sum((one.net for one in self.adjustments if one.net >= 0), Decimal(0))
        net, tax = lines - allowances + charges, sum((one[3] for one in self.vat), Decimal(0))
        return {
            "BT-106": lines,
            "BT-107": allowances,
            "BT-108": charges,
            "BT-109": net,
            "BT-110": tax,
            "BT-112": net + tax,
            "BT-113": self.prepaid,
            "BT-114": self.rounding,
            "BT-115": net + tax - self.prepaid + self.rounding,
        }

    def said(self, term: str, figure: Decimal) -> str:
        return self.says.get(term, f"{figure:.2f}")


def credit(bill: Bill, **changes) -> Bill:
    return replace(bill, kind="CreditNote", type="381", **changes)


def tag(name: str, content: str = "", **attributes: str) -> str:
    said = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items() if value)
    return f"<{name}{said}>{content}</{name}>" if content else ""


def text(name: str, content: str, **attributes: str) -> str:
    return tag(f"cbc:{name}", escape(content), **attributes)


def party(role: str, who: Who) -> str:
    scheme, _, value = (who.endpoint or (f"0208:{who.enterprise}" if who.enterprise else "")).partition(":")
    tax = text("CompanyID", who.tax_number) and (
        text("CompanyID", who.tax_number) + tag("cac:TaxScheme", text("ID", "VAT"))
    )
    legal = text("RegistrationName", who.name) + text("CompanyID", who.enterprise, schemeID="0208")
    return tag(
        f"cac:{role}",
        tag(
            "cac:Party",
            text("EndpointID", value, schemeID=scheme)
            + tag("cac:PartyName", text("Name", "Enseigne"))
            + tag("cac:PostalAddress", tag("cac:Country", text("IdentificationCode", who.country)))
            + tag("cac:PartyTaxScheme", tax)
            + tag("cac:PartyLegalEntity", legal)
            + tag("cac:Contact", text("Name", who.contact)),
        ),
    )


def category(name: str, said: str, rate: Decimal, reason: str = "") -> str:
    percent = "" if said == "O" else text("Percent", str(rate))
    return tag(
        f"cac:{name}",
        text("ID", said) + percent + text("TaxExemptionReason", reason) + tag("cac:TaxScheme", text("ID", "VAT")),
    )


def ubl(bill: Bill) -> bytes:
    """Write the bill; every amount is in its currency."""

    def money(name: str, term: str, figure: Decimal) -> str:
        return text(name, bill.said(term, figure), currencyID=bill.currency)

    def line(number: int, item: Item) -> str:
        return tag(
            f"cac:{bill.kind}Line",
            text("ID", str(number))
            + text(f"{'Credited' if bill.kind == 'CreditNote' else 'Invoiced'}Quantity", "1", unitCode="C62")
            + money("LineExtensionAmount", f"BT-131/{number}", item.net)
            + text("AccountingCost", item.reference)
            + tag("cac:Item", text("Name", item.name) + category("ClassifiedTaxCategory", item.category, item.rate))
            + tag("cac:Price", text("PriceAmount", f"{item.net:.2f}", currencyID=bill.currency)),
        )

    def adjustment(number: int, item: Item) -> str:
        return tag(
            "cac:AllowanceCharge",
            text("ChargeIndicator", "true" if item.net >= 0 else "false")
            + text("AllowanceChargeReason", item.name)
            + money("Amount", f"BT-92/{number}", abs(item.net))
            + category("TaxCategory", item.category, item.rate),
        )

    def subtotal(number: int, breakdown: tuple[str, Decimal, Decimal, Decimal]) -> str:
        said, rate, base, due = breakdown
        return tag(
            "cac:TaxSubtotal",
            money("TaxableAmount", f"BT-116/{number}", base)
            + money("TaxAmount", f"BT-117/{number}", due)
            + category("TaxCategory", said, rate, "" if said == "S" else "Autoliquidation"),
        )

    totals = bill.totals
    file, content = bill.attachment or ("", "")
    second = bill.tax_currency and tag(
        "cac:TaxTotal", text("TaxAmount", bill.tax_currency[1], currencyID=bill.tax_currency[0])
    )
    body = "\n".join(
        (
            text("CustomizationID", "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"),
            text("ProfileID", "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"),
            text("ID", bill.number),
            text("IssueDate", bill.date),
            text("DueDate", bill.due) if bill.kind == "Invoice" else "",
            text(f"{bill.kind}TypeCode", bill.type),
            text("DocumentCurrencyCode", bill.currency),
            text("TaxCurrencyCode", bill.tax_currency[0] if bill.tax_currency else ""),
            text("AccountingCost", bill.cost),
            text("BuyerReference", bill.buyer_reference),
            tag("cac:OrderReference", text("ID", bill.order)),
            *(tag("cac:BillingReference", tag("cac:InvoiceDocumentReference", text("ID", n))) for n in bill.preceding),
            tag(
                "cac:AdditionalDocumentReference",
                bill.attachment
                and text("ID", "1")
                + tag(
                    "cac:Attachment",
                    tag("cbc:EmbeddedDocumentBinaryObject", content, mimeCode="application/pdf", filename=file),
                ),
            ),
            party("AccountingSupplierParty", bill.seller),
            party("AccountingCustomerParty", bill.buyer),
            *(
                tag(
                    "cac:PaymentMeans",
                    text("PaymentMeansCode", "30")
                    + text("PaymentID", reference)
                    + tag("cac:PayeeFinancialAccount", text("ID", account)),
                )
                for reference, account in bill.payments
            ),
            *(adjustment(number, one) for number, one in enumerate(bill.adjustments, 1)),
            tag(
                "cac:TaxTotal",
                money("TaxAmount", "BT-110", totals["BT-110"])
                + "".join(subtotal(number, one) for number, one in enumerate(bill.vat, 1)),
            ),
            second or "",
            tag(
                "cac:LegalMonetaryTotal",
                "".join(
                    money(name, term, totals[term])
                    for name, term in (
                        ("LineExtensionAmount", "BT-106"),
                        ("TaxExclusiveAmount", "BT-109"),
                        ("TaxInclusiveAmount", "BT-112"),
                        ("AllowanceTotalAmount", "BT-107"),
                        ("ChargeTotalAmount", "BT-108"),
                        ("PrepaidAmount", "BT-113"),
                        ("PayableRoundingAmount", "BT-114"),
                        ("PayableAmount", "BT-115"),
                    )
                ),
            ),
            *(line(number, one) for number, one in enumerate(bill.items, 1)),
        )
    )
    kind = bill.kind
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{kind} {NAMESPACES.format(kind=kind)}>\n{body}\n</{kind}>\n'.encode()
    )
