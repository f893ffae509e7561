"""The yearly listing of customers and the intra-Community listing.

Only the whole company can list a customer that several of its activities serve: that is one line (CTVA art. 53quinquies
and 53sexies; royal decrees no. 23 and 50).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from beancoop.model.findings import Finding
from beancoop.model.money import ZERO, to_cent
from beancoop.vat import law
from beancoop.vat.law import SALE
from beancoop.vat.parties import BELGIUM, KEY, VatNumber
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from beancount.core.data import Transaction

    from beancoop.vat.parts import Declared

NO_SUCH_NUMBER = error(
    "BC1040", '{key}: "{number}" is no VAT number of the Union: its form or its check digits are wrong.'
)
NUMBER_MISSING = error(
    "BC1041", 'A sale within the Union ({code}) names no customer: add the VAT number, as in {key}: "DE123456789".'
)
NUMBER_DOMESTIC = error(
    "BC1042", "A sale within the Union ({code}) names a Belgian customer, {number}; correct one of them."
)


class Client(NamedTuple):
    """A line of the listing of customers; amounts in EUR.

    Attributes:
        number: the customer's VAT number.
        turnover: sold in the year, without VAT, credit notes taken off.
        tax: the VAT on it.

    """

    number: VatNumber
    turnover: Decimal
    tax: Decimal


class IntraLine(NamedTuple):
    """A line of the intra-Community listing.

    Attributes:
        number: the customer's VAT number.
        code: L goods, T triangular sales, S services.
        amount: sold in the period, in EUR, signed.

    """

    number: VatNumber
    code: str
    amount: Decimal


Line = TypeVar("Line", Client, IntraLine)


class Listing(NamedTuple, Generic[Line]):
    """A listing, and what stands in its way."""

    lines: Sequence[Line]
    findings: Sequence[Finding]


def party_of(entry: Transaction) -> VatNumber | None:
    """Give the customer's number; None where the entry names none.

    Raises:
        ValueError: what stands there is no VAT number.

    """
    written = entry.meta.get(KEY)
    if written is None:
        return None
    number = VatNumber.parse(str(written))
    if number is None:
        raise ValueError(written)
    return number


def clients(declared: Iterable[Declared]) -> Listing[Client]:
    """Give the Belgian customers of a year, by number: those above the threshold, and those who got back more."""
    turnover: dict[VatNumber, Decimal] = {}
    tax: dict[VatNumber, Decimal] = {}
    findings: list[Finding] = []
    for each, number in _named(declared, findings):
        if number is not None and number.country == BELGIUM:
            turnover[number] = turnover.get(number, ZERO) + _sum(each, "turnover", "turnover-back")
            tax[number] = tax.get(number, ZERO) + _sum(each, "tax", "tax-back")
    most = law.data()["listing"]["threshold"]
    lines = [
        Client(number, to_cent(amount), to_cent(tax[number]))
        for number, amount in sorted(turnover.items())
        if amount > most or amount < 0
    ]
    return Listing(lines, findings)


def intra(declared: Iterable[Declared]) -> Listing[IntraLine]:
    """Give the customers of the Union in a period, by number and kind of sale."""
    sums: dict[tuple[VatNumber, str], Decimal] = {}
    findings: list[Finding] = []
    for each, number in _named(declared, findings):
        for kind, amounts in _listed(each).items():
            if number is None:
                findings.append(Finding.at(each.operation.entry, NUMBER_MISSING(code=kind, key=KEY)))
            elif number.country == BELGIUM:
                findings.append(Finding.at(each.operation.entry, NUMBER_DOMESTIC(code=kind, number=str(number))))
            else:
                sums[number, kind] = sums.get((number, kind), ZERO) + sum(amounts, ZERO)
    lines = [IntraLine(number, kind, to_cent(amount)) for (number, kind), amount in sorted(sums.items()) if amount]
    return Listing(lines, findings)


def _named(declared: Iterable[Declared], findings: list[Finding]) -> Iterator[tuple[Declared, VatNumber | None]]:
    """Give the sales with the number of their customer; tell of a number that is none."""
    for each in declared:
        if any(coded.code.side == SALE for coded in each.coded):
            try:
                yield each, party_of(each.operation.entry)
            except ValueError as wrong:
                findings.append(Finding.at(each.operation.entry, NO_SUCH_NUMBER(key=KEY, number=str(wrong))))


def _sum(declared: Declared, plus: str, minus: str) -> Decimal:
    """Add what a sale moves on the listing's grids, exempt ones apart."""
    listing = law.data()["listing"]
    exempt = {coded.code.name for coded in declared.coded if coded.code.is_exempt}
    parts = [part for part in declared.parts if part.code not in exempt]
    signs: Mapping[str, int] = {**dict.fromkeys(listing[plus], 1), **dict.fromkeys(listing[minus], -1)}
    return sum((signs.get(part.grid, 0) * part.amount for part in parts), ZERO)


def _listed(declared: Declared) -> dict[str, list[Decimal]]:
    """Give the bases of a transaction that the intra-Community listing holds, by kind, signed."""
    found: dict[str, list[Decimal]] = {}
    for coded in declared.coded:
        if coded.code.side == SALE and coded.code.listing:
            found.setdefault(coded.code.listing, []).append(-coded.amount)
    return found
