"""What an invoice must agree on before anything of it is booked: its figures, to the cent.

EN 16931 leaves a tolerance in places; here there is one alone. Belgian VAT is rounded once per rate, on the total of
that rate (royal decree of 8 July 2025, from 2026 on), so that each sum below is exact, and one that is not shows a slip
or a change. Sellers abroad, and Belgian ones before 2026, may round line by line: their VAT may be a cent off, and is
told.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from beancoop.words.messages import error
from stdnum.eu import vat as european_vat

from beancoop_importers.model.identifiers import belgian_number_holds, iban_holds
from beancoop_importers.model.invoice import CATEGORIES, CENT, CREDIT_NOTES, INVOICES, STANDARD, to_cents
from beancoop_importers.model.sanitizing import clean
from beancoop_importers.model.statement import Note, Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from beancoop.words.messages import Template

    from beancoop_importers.model.invoice import Invoice, Party, VatBreakdown

SORT = error(
    "BC820",
    "BT-3, the type, is {type}, which is no invoice to be paid; expected 380 or, for a credit note, 381. Ask the "
    "supplier for the invoice itself.",
)
LONG_NUMBER = error("BC821", "a number (BT-1, BT-25) has {length} characters; no invoice is numbered so.")
MANY_RATES = error("BC822", "the invoice has {rates} rates of VAT (BG-23); nobody counts so many.")
NO_LINES = error(
    "BC823",
    "the invoice has no lines, as in the profiles MINIMUM and BASIC WL; it says too little to be booked. Ask for "
    "one of profile EN 16931, or through Peppol.",
)
NEGATIVE = error(
    "BC824",
    "{invoice} is of {amount}: nobody can tell whether it gives back or asks; the amounts of a credit note are "
    "positive. Ask the supplier for another.",
)
CATEGORY = error(
    "BC825",
    "the VAT category {category} (BT-118) is none of Belgian VAT, {known}; book this invoice by hand.",
)
RATE_AGAIN = error(
    "BC826",
    "the VAT of {rate} (BG-23) is given twice; the invoice contradicts itself. Ask the supplier for a correct one.",
)
RATE_OF_CATEGORY = error(
    "BC827",
    "the VAT is of {rate} (BT-118, BT-119): category S alone has a rate; the invoice contradicts itself. Ask the "
    "supplier for a correct one.",
)
LINES = error(
    "BC828",
    "the lines (BT-131) make {ours}, but their sum (BT-106) is {theirs}; the invoice contradicts itself. Ask the "
    "supplier for a correct one.",
)
ALLOWANCES = error(
    "BC829",
    "the allowances (BT-92) make {ours}, but their sum (BT-107) is {theirs}; the invoice contradicts itself. Ask "
    "the supplier for a correct one.",
)
CHARGES = error(
    "BC830",
    "the charges (BT-99) make {ours}, but their sum (BT-108) is {theirs}; the invoice contradicts itself. Ask "
    "the supplier for a correct one.",
)
NET = error(
    "BC831",
    "lines less allowances and with charges (BT-106 to BT-108) make {ours}, but the net total (BT-109) is "
    "{theirs}; the invoice contradicts itself. Ask the supplier for a correct one.",
)
BASES = error(
    "BC832",
    "the bases of the VAT (BT-116) make {ours}, but the net total (BT-109) is {theirs}; the invoice contradicts "
    "itself. Ask the supplier for a correct one.",
)
TAXES = error(
    "BC833",
    "the VAT per rate (BT-117) make {ours}, but the VAT (BT-110) is {theirs}; the invoice contradicts itself. "
    "Ask the supplier for a correct one.",
)
GROSS = error(
    "BC834",
    "net total and VAT (BT-109, BT-110) make {ours}, but the gross total (BT-112) is {theirs}; the invoice "
    "contradicts itself. Ask the supplier for a correct one.",
)
PAYABLE = error(
    "BC835",
    "gross total less prepaid and with rounding (BT-112 to BT-114) make {ours}, but the amount due (BT-115) is "
    "{theirs}; the invoice contradicts itself. Ask the supplier for a correct one.",
)
BASE = error(
    "BC836",
    "the lines, allowances and charges of {rate} make {ours}, but the base (BT-116) is {theirs}; the invoice "
    "contradicts itself. Ask the supplier for a correct one.",
)
TAX = error(
    "BC837",
    "{rate} of {base} make {ours}, but the VAT (BT-117) is {theirs}; the invoice contradicts itself. Ask the "
    "supplier for a correct one.",
)
TAX_A_CENT_OFF = error(
    "BC844",
    "{rate} of {base} make {ours}, but the VAT (BT-117) is {theirs}: the seller rounds otherwise; it is booked as "
    "written.",
)
ACCOUNT = error("BC838", "the check digits of the account to pay to, {account}, are wrong.")
NO_BELGIAN_RATE = error("BC839", "{rate} is no Belgian rate of VAT, though the seller is Belgian.")
SELLER_NUMBER = error("BC840", "the check digits of the seller's enterprise number {number} are wrong.")
BUYER_NUMBER = error("BC841", "the check digits of the buyer's enterprise number {number} are wrong.")
SELLER_VAT = error("BC842", "the seller's VAT number {number} is wrong by the rules of its country.")
BUYER_VAT = error("BC843", "the buyer's VAT number {number} is wrong by the rules of its country.")


_BELGIAN_RATES = frozenset(map(Decimal, (6, 12, 21)))
"""Royal decree no 20 of 20 July 1970, article 1."""

_ROUNDED_ONCE = datetime.date(2026, 1, 1)
_LONGEST_NUMBER = 100
_MOST_RATES = 50
_PERCENT = Decimal(100)
_IBAN_LENGTHS = range(15, 35)


def check(invoice: Invoice) -> tuple[Note, ...]:
    """Give what is odd about an invoice whose figures agree.

    Raises:
        Refused: two of its figures contradict each other, or it is of a sort that is not booked.

    """
    _check_sort(invoice)
    _check_sums(invoice)
    _check_vat(invoice)
    return (*invoice.warnings, *_oddities(invoice))


def _check_sort(invoice: Invoice) -> None:
    if invoice.type not in INVOICES | CREDIT_NOTES:
        raise Refused(SORT(type=invoice.type[:10]))
    for number in (invoice.number, *invoice.preceding):
        if len(number) > _LONGEST_NUMBER:
            raise Refused(LONG_NUMBER(length=len(number)))
    if len(invoice.vat) > _MOST_RATES:
        raise Refused(MANY_RATES(rates=len(invoice.vat)))
    if not invoice.lines:
        raise Refused(NO_LINES())
    if invoice.is_credit_note and invoice.totals.gross < 0:
        raise Refused(
            NEGATIVE(invoice=invoice.name, amount=invoice.totals.gross),
            invoice.totals.at,
        )


def _check_sums(invoice: Invoice) -> None:
    totals, at = invoice.totals, invoice.totals.at
    allowances = -_sum(one.net for one in invoice.adjustments if not one.charge)
    charges = _sum(one.net for one in invoice.adjustments if one.charge)
    _agree(LINES, _sum(one.net for one in invoice.lines), totals.lines, at)
    _agree(ALLOWANCES, allowances, totals.allowances, at)
    _agree(CHARGES, charges, totals.charges, at)
    net = totals.lines - totals.allowances + totals.charges
    _agree(NET, net, totals.net, at)
    _agree(BASES, _bases(invoice), totals.net, at)
    _agree(TAXES, _sum(one.tax for one in invoice.vat), totals.tax, at)
    _agree(GROSS, totals.net + totals.tax, totals.gross, at)
    _agree(PAYABLE, totals.gross - totals.prepaid + totals.rounding, totals.payable, at)


def _bases(invoice: Invoice) -> Decimal:
    """Give the sum of the bases; an invoice without any breakdown has no VAT, and no base to compare."""
    return _sum(one.base for one in invoice.vat) if invoice.vat else invoice.totals.net


def _check_vat(invoice: Invoice) -> None:
    """Check each rate: of Belgian VAT, given once, its base what is under it, its VAT that of the base."""
    bases: defaultdict[tuple[str, Decimal], Decimal] = defaultdict(Decimal)
    for item in invoice.items:
        bases[item.category, item.rate] += item.net
    seen: set[tuple[str, Decimal]] = set()
    for vat in invoice.vat:
        if vat.category not in CATEGORIES:
            raise Refused(
                CATEGORY(category=repr(vat.category[:10]), known=sorted(CATEGORIES)),
                vat.at,
            )
        if (vat.category, vat.rate) in seen:
            raise Refused(RATE_AGAIN(rate=_rate(vat)), vat.at)
        if (vat.category == STANDARD) != (vat.rate > 0):
            raise Refused(RATE_OF_CATEGORY(rate=_rate(vat)), vat.at)
        seen.add((vat.category, vat.rate))
        base = bases[vat.category, vat.rate]
        _agree(BASE, base, vat.base, vat.at, rate=_rate(vat))
        if not (_rounds_otherwise(invoice) and abs(_tax(vat) - vat.tax) <= CENT):
            _agree(TAX, _tax(vat), vat.tax, vat.at, rate=_rate(vat), base=vat.base)


def _tax(vat: VatBreakdown) -> Decimal:
    return to_cents(vat.base * vat.rate / _PERCENT)


def _rounds_otherwise(invoice: Invoice) -> bool:
    """Tell whether the seller may sum VAT rounded line by line: one abroad, or a Belgian one before 2026."""
    seller = invoice.seller
    belgian = seller.vat.startswith("BE") if seller.vat else bool(seller.enterprises)
    return not belgian or invoice.date < _ROUNDED_ONCE


def _agree(template: Template, ours: Decimal, theirs: Decimal, at: int, **values: object) -> None:
    if ours != theirs:
        raise Refused(template(ours=ours, theirs=theirs, **values), at)


def _rate(vat: VatBreakdown) -> str:
    return f"{vat.category} {vat.rate.normalize():f} %"


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))


def _oddities(invoice: Invoice) -> Iterator[Note]:
    yield from _numbers(invoice.seller, SELLER_NUMBER, SELLER_VAT)
    yield from _numbers(invoice.buyer, BUYER_NUMBER, BUYER_VAT)
    for payment in invoice.payments:
        key = "".join(payment.account.split()).upper()
        if key[:2].isalpha() and len(key) in _IBAN_LENGTHS and not iban_holds(key):
            yield Note(1, ACCOUNT(account=clean(payment.account)))
    for vat in invoice.vat:
        if (ours := _tax(vat)) != vat.tax:
            yield Note(vat.at, TAX_A_CENT_OFF(rate=_rate(vat), base=vat.base, ours=ours, theirs=vat.tax))
        if vat.category == STANDARD and invoice.seller.enterprises and vat.rate not in _BELGIAN_RATES:
            yield Note(vat.at, NO_BELGIAN_RATE(rate=_rate(vat)))


def _numbers(party: Party, wrong_number: Template, wrong_vat: Template) -> Iterator[Note]:
    for number in party.enterprises:
        if not belgian_number_holds(number):
            yield Note(1, wrong_number(number=number))
    if (
        party.vat
        and not party.vat.startswith("BE")
        and _is_european(party.vat)
        and not european_vat.is_valid(party.vat)
    ):
        yield Note(1, wrong_vat(number=clean(party.vat)))


def _is_european(number: str) -> bool:
    return number[:2].lower() in {"el", *european_vat.MEMBER_STATES}
