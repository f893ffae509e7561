"""From the bytes of an XML file to its tree, nothing in it being fetched, expanded or believed.

A document type is what every known attack on XML readers needs (entities that grow, that name files or addresses),
and no bank or invoice has one, so a file with one is refused before it is read.
"""

from __future__ import annotations

import codecs
import re
from io import BytesIO
from typing import TYPE_CHECKING

from lxml import etree  # type: ignore[import-untyped]

from beancoop_importers.model.faults import DOCTYPE, NOT_XML
from beancoop_importers.model.lines import Line
from beancoop_importers.model.sanitizing import clean
from beancoop_importers.model.statement import Refused, refuse_too_big

if TYPE_CHECKING:
    from collections.abc import Iterator

_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_DOCTYPE = "<!DOCTYPE"
_ENCODING = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_SCANNED = re.compile(rb"utf-?8|utf-?16(?:le|be)?|us-ascii|iso-8859-\d+|windows-125\d", re.IGNORECASE)

ROWS = frozenset(
    {
        *("Stmt", "Bal", "Ntry", "NtryDtls", "TxDtls"),  # CAMT
        *("InvoiceLine", "CreditNoteLine", "AllowanceCharge", "TaxTotal", "TaxSubtotal"),  # UBL
        *("IncludedSupplyChainTradeLineItem", "SpecifiedTradeAllowanceCharge", "ApplicableTradeTax"),  # CII
    }
)
"""The elements that come several times, and that a person counts in a file without line breaks."""

_CAREFULLY = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "remove_comments": True,
    "remove_pis": True,
}


def text_of_head(head: bytes) -> str:
    """Give the first bytes of a file as text good enough to recognise a format by; "" where they are no XML."""
    encoding = _UTF16.get(head[:2], "latin-1")
    text = head.removeprefix(codecs.BOM_UTF8).decode(encoding, "ignore").lstrip("\ufeff \t\r\n")
    return text if text.startswith("<") else ""


def find_doctype(data: bytes) -> int:
    """Tell where a document type begins, -1 where there is none."""
    found = (data.find(_DOCTYPE.encode(encoding)) for encoding in ("ascii", *_UTF16.values()))
    return next((at for at in found if at >= 0), -1)


def parse(data: bytes, *, huge_texts: bool = False) -> etree._Element:
    """Give the root of an XML document; comments and processing instructions are left out.

    With *huge_texts*, a text may be longer than the 10 MB libxml2 allows, as a document inside an invoice is; the
    parser's other limits go with that one, so only where the search for a document type is known to see it.

    Raises:
        Refused: it is too big, has a document type, or is not whole XML.

    """
    _refuse_outright(data)
    parser = etree.XMLParser(huge_tree=huge_texts and _is_in_plain_sight(data), **_CAREFULLY)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _with_fault(error) from None
    _refuse_doctype(root)
    return root


def stream(data: bytes, *names: str) -> Iterator[etree._Element]:
    """Give the elements of these local names as each is closed; what has been read may be cleared, to keep memory low.

    Raises:
        Refused: as `parse`, but what is given before a fault is met has been given.

    """
    _refuse_outright(data)
    found = etree.iterparse(BytesIO(data), tag=[f"{{*}}{name}" for name in names], huge_tree=False, **_CAREFULLY)
    try:
        for _, element in found:
            yield element
    except etree.XMLSyntaxError as error:
        raise _with_fault(error) from None
    _refuse_doctype(found.root)


def _refuse_outright(data: bytes) -> None:
    refuse_too_big(data)
    if (at := find_doctype(data)) >= 0:
        raise _with_doctype(data.count(b"\n", 0, at) + 1)


def _refuse_doctype(root: etree._Element) -> None:
    """Refuse a document type in an encoding in which it was not seen before."""
    if root.getroottree().docinfo.doctype:
        raise _with_doctype(1)


def _with_fault(error: etree.XMLSyntaxError) -> Refused:
    return Refused(
        NOT_XML(reason=clean(error.msg or "?")),
        error.lineno or 1,
    )


def _is_in_plain_sight(data: bytes) -> bool:
    """Tell whether the file is in an encoding in which a document type looks as it was searched for."""
    if data.startswith(tuple(_UTF16)):
        return not data.startswith(codecs.BOM_UTF32_LE)
    head = data[: data.find(b">") + 1].removeprefix(codecs.BOM_UTF8).lstrip()
    named = _ENCODING.search(head)
    return head.startswith(b"<") and head[1:2] != b"\0" and (named is None or bool(_SCANNED.fullmatch(named[1])))


def _with_doctype(line: int) -> Refused:
    return Refused(
        DOCTYPE(),
        line,
    )


def children(element: etree._Element | None, name: str) -> Iterator[etree._Element]:
    """Give the children of that local name, whatever their namespace; none of nothing."""
    return iter(()) if element is None else element.iterchildren(f"{{*}}{name}")


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """Give the first descendant down a path of local names, None where there is none."""
    for name in path:
        element = next(children(element, name), None)
    return element


def parts(element: etree._Element | None) -> dict[str, etree._Element]:
    """Give the first child of each local name, in one go; none of nothing."""
    if element is None:
        return {}
    return {one.tag.rpartition("}")[2]: one for one in reversed(element)}  # the first comes last, and stays


def said(there: dict[str, etree._Element], name: str) -> str:
    """Give the text of one of `parts`, outer blanks off, "" where there is none."""
    found = there.get(name)
    return "" if found is None else (found.text or "").strip()


def text(element: etree._Element | None, *path: str) -> str:
    """Give the text of `child`, outer blanks off, "" where there is none."""
    found = child(element, *path)
    return "" if found is None else (found.text or "").strip()


def line_of(element: etree._Element) -> Line:
    """Give the line an element begins on, with its rows where that line does not tell them apart."""
    line = int(element.sourceline or 1)
    rows = [one for one in (element, *element.iterancestors()) if local_name(one) in ROWS]
    return Line(line, ", ".join(map(_ordinal, reversed(rows))) if rows and _shares_its_line(rows[0]) else "")


def local_name(element: etree._Element | None) -> str:
    """Give the name of an element without its namespace; "" of nothing."""
    return "" if element is None else str(element.tag).rpartition("}")[2]


def _shares_its_line(row: etree._Element) -> bool:
    """Tell whether the element before a row, or around it, begins on the row's own line."""
    before = row.getprevious()
    before = row.getparent() if before is None else before
    return before is not None and before.sourceline == row.sourceline


def _ordinal(row: etree._Element) -> str:
    """Say which of its likes a row is, from 1; likes stand together, as each of these formats wants it."""
    parent = row.getparent()
    first = next(parent.iterchildren(row.tag))
    return f"{local_name(row)} {parent.index(row) - parent.index(first) + 1}"
