"""E-invoices of EN 16931: UBL 2.1, UN/CEFACT CII, and the PDF of Factur-X and ZUGFeRD 2 with one of them inside.

The terms are read here from the tree that `xml.parse` guards, and not by the factur-x library, which reads the same
terms right but tells no line, takes a term said twice for a list, does not notice an amount in another currency or
read a long attachment, and from a PDF takes the first XML that its parser accepts. The tests hold both together.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from beancoop.words.messages import error, phrase

from beancoop_importers.model.statement import Note, Refused, quoted
from beancoop_importers.readers import cii, pdf, ubl
from beancoop_importers.readers.invoice_checks import check
from beancoop_importers.readers.xml import children, line_of, parse, text_of_head

if TYPE_CHECKING:
    from lxml import etree  # type: ignore[import-untyped]

    from beancoop_importers.model.invoice import Invoice

INSIDE = phrase("in {name} inside the PDF, line {line}: {reason}")
TAGS = error(
    "BC801",
    "the file has {tags} tags, more than the {most} an invoice may have; have it sent again by the supplier.",
)
ZUGFERD_1 = error("BC802", "this is ZUGFeRD 1, from before EN 16931; ask the supplier for Factur-X or Peppol.")
NO_INVOICE = error("BC803", "this is no e-invoice of EN 16931; ask the supplier for one through Peppol.")
ENVELOPE = error("BC804", "the envelope holds {found} invoices; expected one.")


_HEAD = re.compile(
    r"urn:oasis:names:specification:ubl:schema:xsd:(?:Invoice|CreditNote)-2|<(?:[\w.-]+:)?CrossIndustry(?:Invoice|Document)"
)
MOST_TAGS = 1_000_000
"""Beyond this a file is refused: 20,000 lines have as many, and a tree of more takes the memory of a small machine."""

_ENVELOPE = "StandardBusinessDocument"
"""Peppol's envelope (Business Message Envelope), which some access points leave on."""


def recognises(head: bytes) -> bool:
    """Tell whether a file that begins so means to be an e-invoice; whether it is sound, only `read` tells."""
    return pdf.recognises(head) or _HEAD.search(text_of_head(head)) is not None


def read(data: bytes) -> Invoice:
    """Read one e-invoice, its figures checked.

    Raises:
        Refused: the file is none, is damaged, or contradicts itself; nothing of it may be booked.

    """
    if not pdf.recognises(data):
        return _read_xml(data)
    name, inside = pdf.invoice_in(data)
    try:
        invoice = _read_xml(inside)
    except Refused as refused:
        raise Refused(quoted(refused.message, INSIDE, name=name, line=refused.line or 1)) from None
    warnings = tuple(Note(1, quoted(note.text, INSIDE, name=name, line=note.line)) for note in invoice.warnings)
    return replace(invoice, syntax="factur-x", warnings=warnings)


def _read_xml(data: bytes) -> Invoice:
    if (tags := data.count(b"<")) > MOST_TAGS:
        raise Refused(TAGS(tags=Decimal(tags), most=Decimal(MOST_TAGS)))
    root = _document(parse(data, huge_texts=True))
    kind = str(root.tag).rpartition("}")[2]
    if kind == cii.INVOICE:
        invoice = cii.read(root)
    elif kind in {ubl.INVOICE, ubl.CREDIT_NOTE}:
        invoice = ubl.read(root, kind)
    elif kind == "CrossIndustryDocument":
        raise Refused(ZUGFERD_1(), line_of(root))
    else:
        raise Refused(NO_INVOICE(), line_of(root))
    return replace(invoice, warnings=check(invoice))


def _document(root: etree._Element) -> etree._Element:
    """Take the invoice out of its envelope, if it has one."""
    if str(root.tag).rpartition("}")[2] != _ENVELOPE:
        return root
    found = [one for name in (ubl.INVOICE, ubl.CREDIT_NOTE, cii.INVOICE) for one in children(root, name)]
    if len(found) != 1:
        raise Refused(ENVELOPE(found=len(found)), line_of(root))
    return found[0]
