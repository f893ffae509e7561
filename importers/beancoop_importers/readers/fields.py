"""The values in an e-invoice's XML: amounts, rates, dates and texts, each read as what EN 16931 says it is."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from beancoop.words.messages import Text, error, phrase

from beancoop_importers.model.invoice import CENT, Identifier
from beancoop_importers.model.sanitizing import plain
from beancoop_importers.model.statement import Refused
from beancoop_importers.readers.xml import child, children, line_of

if TYPE_CHECKING:
    from lxml import etree  # type: ignore[import-untyped]

AGAIN = error("BC810", "{term} ({name}) is given {times} times; an invoice has one.")
OTHER_CURRENCY = error("BC811", "{term} is in {currency}, the invoice in {own}; an invoice has one currency.")
DECIMALS = error("BC812", "{term} is {written}: an amount has two decimals; ask for a new invoice.")
NO_NUMBER = error("BC813", "{term} is {written}; expected a number such as 1234.56.")
NO_RATE = error("BC814", "{term} is {written}; expected a rate in percent, such as 21.")
DATE_FORMAT = error("BC815", "{term} has format {format}; expected 102, year month day.")
NO_DATE = error("BC816", "{term} is {written}; expected a date such as {example}.")
NO_INDICATOR = error("BC817", "ChargeIndicator is {written}; expected true for a charge, false for an allowance.")
MISSING = error("BC818", "{term} ({name}) is missing; ask for an invoice that follows EN 16931.")


TERMS = {
    "BT-1": phrase("number of the invoice"),
    "BT-2": phrase("date of issue"),
    "BT-3": phrase("type of the invoice"),
    "BT-5": phrase("currency"),
    "BT-92": phrase("amount of the allowance"),
    "BT-99": phrase("amount of the charge"),
    "BT-106": phrase("sum of the lines"),
    "BT-109": phrase("total without VAT"),
    "BT-110": phrase("total of the VAT"),
    "BT-112": phrase("total with VAT"),
    "BT-115": phrase("amount due"),
    "BT-116": phrase("base of the VAT"),
    "BT-117": phrase("VAT of a rate"),
    "BT-131": phrase("amount of the line"),
    "BG-4": phrase("seller"),
    "BG-7": phrase("buyer"),
    "BG-22": phrase("totals of the invoice"),
}
"""What EN 16931 calls the terms that no invoice may be without."""

_AMOUNT = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})")
_DATES = {
    "UBL": (re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})?"), "%Y-%m-%d", "2026-01-31"),
    "102": (re.compile(r"([0-9]{8})"), "%Y%m%d", "20260131"),
}
_HUNDRED, _FINEST_RATE = Decimal(100), Decimal("0.0001")  # with amounts of 15 figures, still exact in Decimal's 28
_YEARS = range(1950, 2200)  # beyond, a date is a slip
_INDICATORS = {"true": True, "1": True, "false": False, "0": False}
_VAT_SIGNS = re.compile(r"[\s./-]+")


def only(holder: etree._Element | None, name: str, term: str) -> etree._Element | None:
    """Give the child of that name, None where there is none.

    Raises:
        Refused: there are several, and nobody can tell which counts.

    """
    found = list(children(holder, name))
    if len(found) > 1:
        raise Refused(AGAIN(term=term, name=name, times=len(found)), line_of(found[1]))
    return found[0] if found else None


def amount(element: etree._Element, currency: str, term: str) -> Decimal:
    """Read an amount, which is in *currency* and has no more than two decimals (EN 16931, BR-DEC)."""
    said = element.get("currencyID") or currency
    if said != currency:
        raise Refused(OTHER_CURRENCY(term=term, currency=said[:10], own=currency), line_of(element))
    number = decimal(element, term)
    if (cents := number.quantize(CENT)) != number:
        raise Refused(DECIMALS(term=term, written=str(number)), line_of(element))
    return cents + 0  # never -0.00


class Amounts(NamedTuple):
    """The amounts below one element, all in the invoice's currency."""

    holder: etree._Element
    currency: str

    def get(self, name: str, term: str) -> Decimal:
        """Read an amount that may be left out, and then is zero."""
        element = only(self.holder, name, term)
        return Decimal(0) if element is None else amount(element, self.currency, term)

    def need(self, name: str, term: str) -> Decimal:
        """Read an amount that must be there."""
        return amount(required(only(self.holder, name, term), self.holder, term), self.currency, term)


def decimal(element: etree._Element, term: str) -> Decimal:
    """Read a decimal number of XML Schema."""
    written = (element.text or "").strip()
    if not _AMOUNT.fullmatch(written):
        raise Refused(NO_NUMBER(term=term, written=repr(written[:40])), line_of(element))
    return Decimal(written)


def rate(holder: etree._Element | None, name: str, term: str) -> Decimal:
    """Read a rate of VAT, in percent; none said is none due."""
    element = child(holder, name)
    if element is None:
        return Decimal(0)
    percent = decimal(element, term)
    if not 0 <= percent <= _HUNDRED or percent != percent.quantize(_FINEST_RATE):
        raise Refused(NO_RATE(term=term, written=str(percent)), line_of(element))
    return percent


def date(element: etree._Element | None, form: str, term: str) -> datetime.date | None:
    """Read a date as written, its time zone left alone; *form* is `UBL`, or the code that CII gives with the date."""
    written = "" if element is None else (element.text or "").strip()
    if element is None or not written:
        return None
    if form not in _DATES:
        raise Refused(DATE_FORMAT(term=term, format=repr(form[:10])), line_of(element))
    pattern, layout, example = _DATES[form]
    match = pattern.fullmatch(written)
    try:
        day = datetime.datetime.strptime(match[1], layout).date() if match else None  # noqa: DTZ007 - a date
    except ValueError:
        day = None
    if day is None or day.year not in _YEARS:
        raise Refused(NO_DATE(term=term, written=repr(written[:40]), example=example), line_of(element))
    return day


def is_charge(element: etree._Element | None, holder: etree._Element) -> bool:
    """Read a ChargeIndicator: a charge adds, an allowance takes off."""
    said = "" if element is None else (element.text or "").strip()
    if said not in _INDICATORS:
        raise Refused(NO_INDICATOR(written=repr(said[:20])), line_of(holder))
    return _INDICATORS[said]


def words(element: etree._Element | None) -> str:
    """Give a text on one line, whole; "" where there is none."""
    return "" if element is None else plain(element.text or "")


def identifier(element: etree._Element | None) -> Identifier | None:
    """Read an identifier with its scheme; None where there is none."""
    value = words(element)
    return Identifier(plain(element.get("schemeID") or ""), value) if element is not None and value else None


def vat_number(text: str) -> str:
    """Give a VAT number in capitals without separators."""
    return _VAT_SIGNS.sub("", plain(text)).upper()


def missing(term: str) -> Text:
    """Say that a term that no invoice may be without is not there."""
    return MISSING(term=term, name=TERMS[term])


def required(element: etree._Element | None, holder: etree._Element, term: str) -> etree._Element:
    """Give *element*, which an invoice cannot do without."""
    if element is None or not (element.text or "").strip():
        raise Refused(missing(term), line_of(holder))
    return element
