"""What an invoice must agree on before anything of it is booked: its figures, to the cent.

EN 16931 leaves a tolerance in places; here there is none. Belgian VAT is rounded once per rate, on the total of that
rate (royal decree of 8 July 2025), so that each sum below is exact, and one that is not shows a slip or a change.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from stdnum.eu import vat as european_vat

from beancoop_importers.model.identifiers import belgian_number_holds, iban_holds
from beancoop_importers.model.invoice import CATEGORIES, CREDIT_NOTES, INVOICES, STANDARD, to_cents
from beancoop_importers.model.sanitizing import clean
from beancoop_importers.model.statement import Note, Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from beancoop_importers.model.invoice import Invoice, Party, VatBreakdown

_BELGIAN_RATES = frozenset(map(Decimal, (6, 12, 21)))
"""Royal decree no 20 of 20 July 1970, article 1."""

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
        raise Refused(
            f"BT-3, the type, is {invoice.type[:10]}, which is no invoice to be paid; expected 380 or, for a credit "
            "note, 381. Ask the supplier for the invoice itself."
        )
    for number in (invoice.number, *invoice.preceding):
        if len(number) > _LONGEST_NUMBER:
            raise Refused(f"a number (BT-1, BT-25) has {len(number)} characters; no invoice is numbered so.")
    if len(invoice.vat) > _MOST_RATES:
        raise Refused(f"the invoice has {len(invoice.vat)} rates of VAT (BG-23); nobody counts so many.")
    if not invoice.lines:
        raise Refused(
            "the invoice has no lines, as in the profiles MINIMUM and BASIC WL; it says too little to be booked. Ask "
            "for one of profile EN 16931, or through Peppol."
        )
    if invoice.is_credit_note and invoice.totals.gross < 0:
        raise Refused(
            f"the {invoice.name} is of {invoice.totals.gross}: nobody can tell whether it gives back or asks; the "
            "amounts of a credit note are positive. Ask the supplier for another.",
            invoice.totals.at,
        )


def _check_sums(invoice: Invoice) -> None:
    totals, at = invoice.totals, invoice.totals.at
    allowances = -_sum(one.net for one in invoice.adjustments if not one.charge)
    charges = _sum(one.net for one in invoice.adjustments if one.charge)
    _agree("the lines (BT-131)", _sum(one.net for one in invoice.lines), "their sum (BT-106)", totals.lines, at)
    _agree("the allowances (BT-92)", allowances, "their sum (BT-107)", totals.allowances, at)
    _agree("the charges (BT-99)", charges, "their sum (BT-108)", totals.charges, at)
    net = totals.lines - totals.allowances + totals.charges
    _agree("lines less allowances and with charges (BT-106 to BT-108)", net, "the net total (BT-109)", totals.net, at)
    _agree("the bases of the VAT (BT-116)", _bases(invoice), "the net total (BT-109)", totals.net, at)
    _agree("the VAT per rate (BT-117)", _sum(one.tax for one in invoice.vat), "the VAT (BT-110)", totals.tax, at)
    gross = totals.net + totals.tax
    _agree("net total and VAT (BT-109, BT-110)", gross, "the gross total (BT-112)", totals.gross, at)
    payable = totals.gross - totals.prepaid + totals.rounding
    terms = "gross total less prepaid and with rounding (BT-112 to BT-114)"
    _agree(terms, payable, "the amount due (BT-115)", totals.payable, at)


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
                f"the VAT category {vat.category[:10]!r} (BT-118) is none of Belgian VAT, "
                f"{', '.join(sorted(CATEGORIES))}; book this invoice by hand.",
                vat.at,
            )
        if (vat.category, vat.rate) in seen:
            raise Refused(f"the VAT of {_rate(vat)} (BG-23) is given twice.", vat.at)
        if (vat.category == STANDARD) != (vat.rate > 0):
            raise Refused(f"the VAT is of {_rate(vat)} (BT-118, BT-119): category S alone has a rate.", vat.at)
        seen.add((vat.category, vat.rate))
        base = bases[vat.category, vat.rate]
        _agree(f"the lines, allowances and charges of {_rate(vat)}", base, "the base (BT-116)", vat.base, vat.at)
        tax = to_cents(vat.base * vat.rate / _PERCENT)
        _agree(f"{_rate(vat)} of {vat.base}", tax, "the VAT (BT-117)", vat.tax, vat.at)


def _agree(first: str, ours: Decimal, second: str, theirs: Decimal, at: int) -> None:
    if ours != theirs:
        raise Refused(
            f"{first} make {ours}, but {second} is {theirs}; the invoice contradicts itself. Ask the supplier for a "
            "correct one.",
            at,
        )


def _rate(vat: VatBreakdown) -> str:
    return f"{vat.category} {vat.rate.normalize():f} %"


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))


def _oddities(invoice: Invoice) -> Iterator[Note]:
    for role, party in (("seller", invoice.seller), ("buyer", invoice.buyer)):
        yield from _numbers(role, party)
    for payment in invoice.payments:
        key = "".join(payment.account.split()).upper()
        if key[:2].isalpha() and len(key) in _IBAN_LENGTHS and not iban_holds(key):
            yield Note(1, f"the check digits of the account to pay to, {clean(payment.account)}, are wrong.")
    for vat in invoice.vat:
        if vat.category == STANDARD and invoice.seller.enterprises and vat.rate not in _BELGIAN_RATES:
            yield Note(vat.at, f"{_rate(vat)} is no Belgian rate of VAT, though the seller is Belgian.")


def _numbers(role: str, party: Party) -> Iterator[Note]:
    for number in party.enterprises:
        if not belgian_number_holds(number):
            yield Note(1, f"the check digits of the {role}'s enterprise number {number} are wrong.")
    if (
        party.vat
        and not party.vat.startswith("BE")
        and _is_european(party.vat)
        and not european_vat.is_valid(party.vat)
    ):
        yield Note(1, f"the {role}'s VAT number {clean(party.vat)} is wrong by the rules of its country.")


def _is_european(number: str) -> bool:
    return number[:2].lower() in {"el", *european_vat.MEMBER_STATES}
