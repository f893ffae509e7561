"""The files that Intervat takes: the return and the two listings (NewTVA-in v0.9, client and intra listings v0.8).

No amount of a return is negative, zero grids are left out, and grid numbers are written without leading zero; the
declarant's fields stand in the namespace that the three have in common.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree  # type: ignore[import-untyped]

from beancoop.vat.periods import MONTH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from beancoop.vat.listings import Client, IntraLine
    from beancoop.vat.periods import VatPeriod

_ROOT = "http://www.minfin.fgov.be"
COMMON = f"{_ROOT}/InputCommon"
RETURN, CLIENTS, INTRA = (
    f"{_ROOT}/{name}" for name in ("VATConsignment", "ClientListingConsignment", "IntraConsignment")
)
_ONE = str(1)  # declaration in a file
REASON_LENGTH = 425
"""Characters that a justification may have."""


@dataclass(frozen=True, slots=True)
class Declarant:
    """Who files.

    Attributes:
        enterprise: the enterprise number, ten digits.
        name: the company's name.

    """

    enterprise: str
    name: str


@dataclass(frozen=True, slots=True)
class Deduction:
    """What a mixed taxable person says of its deduction.

    Attributes:
        prorata: a year and its definitive prorata, from 0 to 100; None where none is given.
        uses: by actual use, which percentage of the VAT on purchases stands in each sector.

    """

    prorata: tuple[int, int] | None = None
    uses: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What is said beside the grids of a return.

    Attributes:
        restitution: whether the State is asked to pay back what it owes.
        no_clients: whether the year's listing of customers is empty.
        replaces: Intervat's reference of the return that this one replaces; "" for none.
        reason: why a control does not hold; "" for none.
        deduction: what a mixed taxable person says of its deduction.

    """

    restitution: bool = False
    no_clients: bool = False
    replaces: str = ""
    reason: str = ""
    deduction: Deduction = Deduction()


def return_xml(declarant: Declarant, period: VatPeriod, grids: Mapping[str, Decimal], asked: Asked) -> bytes:
    """Write the return of a period; *grids* hold 71 or 72, the only ones that may be zero."""
    root, declaration = _consignment(RETURN, "VATConsignment", "VATDeclarationsNbr", "VATDeclaration", {})
    if asked.replaces:
        _add(declaration, RETURN, "ReplacedVATDeclaration", asked.replaces)
    _declarant(declaration, RETURN, declarant)
    _period(declaration, RETURN, period)
    _deduction(declaration, asked.deduction)
    amounts = _add(declaration, RETURN, "Data")
    for grid, amount in grids.items():
        _add(amounts, RETURN, "Amount", f"{amount:.2f}", GridNumber=str(int(grid)))
    _add(declaration, RETURN, "ClientListingNihil", _yes(asked.no_clients))
    _add(declaration, RETURN, "Ask", Restitution=_yes(asked.restitution), Payment=_yes(says=False))
    if asked.reason:
        _add(declaration, RETURN, "Justification", asked.reason[:REASON_LENGTH])
    return _written(root)


def clients_xml(declarant: Declarant, year: int, lines: Sequence[Client]) -> bytes:
    """Write the listing of the customers of a year."""
    sums = {
        "ClientsNbr": str(len(lines)),
        "TurnOverSum": f"{sum(line.turnover for line in lines):.2f}",
        "VATAmountSum": f"{sum(line.tax for line in lines):.2f}",
    }
    root, listing = _consignment(CLIENTS, "ClientListingConsignment", "ClientListingsNbr", "ClientListing", sums)
    _declarant(listing, CLIENTS, declarant)
    _add(listing, CLIENTS, "Period", f"{year:04}")
    for number, line in enumerate(lines, 1):
        client = _add(listing, CLIENTS, "Client", SequenceNumber=str(number))
        _add(client, CLIENTS, "CompanyVATNumber", line.number.digits, issuedBy=line.number.country)
        _add(client, CLIENTS, "TurnOver", f"{line.turnover:.2f}")
        _add(client, CLIENTS, "VATAmount", f"{line.tax:.2f}")
    return _written(root)


def intra_xml(declarant: Declarant, period: VatPeriod, lines: Sequence[IntraLine]) -> bytes:
    """Write the intra-Community listing of a period, which has a line at least."""
    sums = {"ClientsNbr": str(len(lines)), "AmountSum": f"{sum(line.amount for line in lines):.2f}"}
    root, listing = _consignment(INTRA, "IntraConsignment", "IntraListingsNbr", "IntraListing", sums)
    _declarant(listing, INTRA, declarant)
    _period(listing, INTRA, period)
    for number, line in enumerate(lines, 1):
        client = _add(listing, INTRA, "IntraClient", SequenceNumber=str(number))
        _add(client, INTRA, "CompanyVATNumber", line.number.digits, issuedBy=line.number.country)
        _add(client, INTRA, "Code", line.code)
        _add(client, INTRA, "Amount", f"{line.amount:.2f}")
    return _written(root)


def _consignment(
    namespace: str, name: str, count: str, child: str, attributes: Mapping[str, str]
) -> tuple[etree._Element, etree._Element]:
    root = etree.Element(etree.QName(namespace, name), {count: _ONE}, nsmap={None: COMMON, "ns2": namespace})
    return root, _add(root, namespace, child, SequenceNumber=_ONE, **attributes)


def _declarant(parent: etree._Element, namespace: str, declarant: Declarant) -> None:
    element = _add(parent, namespace, "Declarant")
    _add(element, COMMON, "VATNumber", declarant.enterprise)
    _add(element, COMMON, "Name", declarant.name)


def _period(parent: etree._Element, namespace: str, period: VatPeriod) -> None:
    element = _add(parent, namespace, "Period")
    if period.kind == MONTH:
        _add(element, namespace, "Month", f"{period.number:02}")
    else:
        _add(element, namespace, "Quarter", str(period.number))
    _add(element, namespace, "Year", f"{period.year:04}")


def _deduction(parent: etree._Element, deduction: Deduction) -> None:
    if deduction == Deduction():
        return
    element = _add(parent, RETURN, "Deduction")
    if deduction.prorata:
        year, percent = deduction.prorata
        _add(element, COMMON, "AdjustedPeriod", f"{year:04}")
        _add(element, COMMON, "AdjustedValue", str(percent))
    for sector, percent in deduction.uses:
        _add(element, COMMON, "UseProRataPercentage", str(percent), GridNumber=str(sector))


def _add(parent: etree._Element, namespace: str, name: str, text: str = "", **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, etree.QName(namespace, name), attributes)
    element.text = text or None
    return element


def _yes(says: bool) -> str:  # noqa: FBT001 - the two words of the schema
    return "YES" if says else "NO"


def _written(root: etree._Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))
