"""What every e-invoice reader answers, whatever the syntax: the terms of EN 16931 as plain facts.

EN 16931-1 names each term of an invoice by a code (BT-1 its number, BG-25 its lines); the codes are given with the
attributes, for a reader with the standard, or an accountant with a refusal, to look them up. Amounts are exact
Decimals with two decimals, signed as written: those of a credit note are positive. Lines of the file count from 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from beancoop.words.messages import phrase

from beancoop_importers.model.identifiers import belgian_number

if TYPE_CHECKING:
    import datetime

    from beancoop.words.messages import Text

    from beancoop_importers.model.statement import Note

INVOICE_NAMED = phrase("invoice {number} of {day}")
CREDIT_NOTE_NAMED = phrase("credit note {number} of {day}")


CENT = Decimal("0.01")
ENTERPRISE = "0208"
"""The scheme of Belgian enterprise numbers (Crossroads Bank for Enterprises) in ISO/IEC 6523, as Peppol uses it."""

BELGIAN_VAT = "9925"
"""The scheme of Belgian VAT numbers in Peppol's code list; their digits are the enterprise number's."""

CREDIT_NOTES = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"})
"""UNTDID 1001: credit notes, whose positive amounts are owed the other way."""

INVOICES = frozenset(
    {"80", "82", "84", "326", "380", "383", "384", "385", "386", "387", "388", "389", "390", "393", "394", "395"}
    | {"575", "623", "780", "875", "876", "877"}
)
"""UNTDID 1001: what is booked as an invoice; a pro forma (325) or an offer (310), for one, is not."""

ADVANCE, CORRECTED = "386", "384"
"""An invoice for an advance payment, and one that corrects another."""

STANDARD, ZERO, EXEMPT, REVERSE, INTRA_EU, EXPORT, OUTSIDE = "S", "Z", "E", "AE", "K", "G", "O"
CATEGORIES = frozenset({STANDARD, ZERO, EXEMPT, REVERSE, INTRA_EU, EXPORT, OUTSIDE})
"""VAT categories (UNTDID 5305) of the common system of VAT; L, M and B are of the Canaries, Ceuta and Italy."""


def to_cents(amount: Decimal) -> Decimal:
    """Round to the cent, half up: away from zero, so that a credit note rounds as its invoice did."""
    return amount.quantize(CENT, ROUND_HALF_UP) + 0  # never -0.00


class Identifier(NamedTuple):
    """An identifier and the scheme that gives it (ISO/IEC 6523), "" where none is said."""

    scheme: str
    value: str

    def __str__(self) -> str:
        """Write it as Peppol does."""
        return f"{self.scheme}:{self.value}" if self.scheme else self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """The seller (BG-4) or the buyer (BG-7).

    Attributes:
        name: BT-27, BT-44.
        vat: BT-31, BT-48, in capitals without separators.
        legal: BT-30, BT-47, its number in the register of companies.
        identifiers: BT-29, BT-46, what else it is known by.
        endpoint: BT-34, BT-49, its electronic address.
        country: BT-40, BT-55, ISO 3166-1.
        contact: BT-41 to BT-43, BT-56 to BT-58: name, telephone and e-mail address as given.

    """

    name: str
    vat: str = ""
    legal: Identifier | None = None
    identifiers: tuple[Identifier, ...] = ()
    endpoint: Identifier | None = None
    country: str = ""
    contact: tuple[str, ...] = ()

    @property
    def enterprises(self) -> tuple[str, ...]:
        """Its Belgian enterprise numbers, ten digits, the register's first; a member of a VAT group has two."""
        belgian = self.country == "BE" or self.vat.startswith("BE")
        said = [
            given.value
            for given in (self.legal, self.endpoint, *self.identifiers)
            if given and (given.scheme in {ENTERPRISE, BELGIAN_VAT} or (belgian and given is self.legal))
        ]
        if self.vat.startswith("BE"):
            said.append(self.vat)
        return tuple(dict.fromkeys(filter(None, map(belgian_number, said))))

    @property
    def key(self) -> str:
        """The one name for it wherever it is met: enterprise number, else VAT or another number, "" without any."""
        if enterprises := self.enterprises:
            return f"{ENTERPRISE}:{enterprises[0]}"
        return self.vat or next((str(given) for given in (self.legal, *self.identifiers, self.endpoint) if given), "")


class Payment(NamedTuple):
    """One way to pay (BG-16): the remittance information (BT-83) and the account to be credited (BT-84)."""

    reference: str
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """An invoice line (BG-25).

    Attributes:
        at: the line of the file.
        number: BT-126.
        name: BT-153, what was sold.
        description: BT-154.
        reference: BT-133, the buyer's accounting reference.
        net: BT-131.
        category: BT-151, its VAT category.
        rate: BT-152, in percent.

    """

    at: int
    number: str
    name: str
    description: str = ""
    reference: str = ""
    net: Decimal
    category: str
    rate: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """An allowance (BG-20) or a charge (BG-21) on the document as a whole.

    Attributes:
        at: the line of the file.
        name: BT-97, BT-104, its reason.
        net: minus BT-92 for an allowance, BT-99 for a charge.
        charge: whether it is a charge.
        category: BT-95, BT-102.
        rate: BT-96, BT-103, in percent.

    """

    at: int
    name: str
    net: Decimal
    charge: bool
    category: str
    rate: Decimal


Item: TypeAlias = InvoiceLine | Adjustment
"""What the net amount of an invoice is made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VatBreakdown:
    """The VAT of one category and rate (BG-23).

    Attributes:
        at: the line of the file.
        category: BT-118.
        rate: BT-119, in percent.
        base: BT-116.
        tax: BT-117.
        reason: BT-120, BT-121, why there is no VAT.

    """

    at: int
    category: str
    rate: Decimal
    base: Decimal
    tax: Decimal
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The document totals (BG-22).

    Attributes:
        at: the line of the file.
        lines: BT-106, sum of the lines.
        allowances: BT-107.
        charges: BT-108.
        net: BT-109, without VAT.
        tax: BT-110, in the invoice's currency; BT-111, in the accounting currency, is not counted.
        gross: BT-112, with VAT.
        prepaid: BT-113.
        rounding: BT-114.
        payable: BT-115.

    """

    at: int
    lines: Decimal
    allowances: Decimal = Decimal(0)
    charges: Decimal = Decimal(0)
    net: Decimal
    tax: Decimal = Decimal(0)
    gross: Decimal
    prepaid: Decimal = Decimal(0)
    rounding: Decimal = Decimal(0)
    payable: Decimal


class Attachment(NamedTuple):
    """A supporting document (BG-24): its reference (BT-122) and the name of the file inside (BT-125), if any."""

    reference: str
    filename: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """One invoice or credit note, its figures in agreement (see `invoice_checks`).

    Attributes:
        syntax: `ubl`, `cii` or `factur-x`.
        number: BT-1.
        date: BT-2.
        type: BT-3, UNTDID 1001.
        currency: BT-5.
        due: BT-9.
        buyer_reference: BT-10.
        order: BT-13.
        cost: BT-19, the buyer's accounting reference.
        preceding: BT-25, the invoices it corrects or settles.
        seller: BG-4.
        buyer: BG-7.
        payments: BG-16.
        lines: BG-25.
        adjustments: BG-20, BG-21.
        vat: BG-23.
        totals: BG-22.
        attachments: BG-24.
        warnings: what is odd but does not touch the amounts.

    """

    syntax: str
    number: str
    date: datetime.date
    type: str
    currency: str
    due: datetime.date | None
    buyer_reference: str
    order: str
    cost: str
    preceding: tuple[str, ...]
    seller: Party
    buyer: Party
    payments: tuple[Payment, ...]
    lines: tuple[InvoiceLine, ...]
    adjustments: tuple[Adjustment, ...]
    vat: tuple[VatBreakdown, ...]
    totals: Totals
    attachments: tuple[Attachment, ...]
    warnings: tuple[Note, ...] = ()

    @property
    def is_credit_note(self) -> bool:
        """Tell whether its type turns its amounts round."""
        return self.type in CREDIT_NOTES

    @property
    def gives_back(self) -> bool:
        """Tell whether it takes back what another invoice asked: a credit note, or an invoice of a negative total."""
        return self.is_credit_note or self.totals.gross < 0

    @property
    def items(self) -> tuple[Item, ...]:
        """All that its net amount is made of, in the order of the file."""
        return (*self.lines, *self.adjustments)

    @property
    def name(self) -> Text:
        """How a message calls it."""
        template = CREDIT_NOTE_NAMED if self.is_credit_note else INVOICE_NAMED
        return template(number=self.number, day=self.date)


class Received(NamedTuple):
    """An e-invoice as read, and the file it was read from."""

    invoice: Invoice
    content: bytes
