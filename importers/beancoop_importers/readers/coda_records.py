"""The fields of CODA 2 records (Febelfin, "Coded statement of account", 2.6), one function or class per kind.

Positions in the standard count from 1, slices here from 0.
"""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from beancoop.words.messages import error

from beancoop_importers.model.faults import NO_ACCOUNT, NO_AMOUNT, NO_DATE
from beancoop_importers.model.identifiers import (
    account_key,
    belgian_iban_at_start,
    bic_code,
    creditor_reference,
    foreign_key,
    ogm,
    party_account,
)
from beancoop_importers.model.statement import UNNUMBERED, Movement, Refused, Structured

STRUCTURE = error(
    "BC739",
    "account structure {structure} is unknown; expected 0, 1, 2 or 3; the file is damaged or incomplete; "
    "download it again from the bank.",
)
NO_SEQUENCE = error(
    "BC740",
    "{written} is no sequence and detail number; expected 8 figures; the file is damaged or incomplete; download "
    "it again from the bank.",
)
UNKNOWN_TYPE = error(
    "BC735",
    "the type {kind} of a communication or an information is unknown; expected 0 or 1; the file is damaged or "
    "incomplete; download it again from the bank.",
)
NO_BOOKING_DATE = error("BC742", "the movement has no booking date; the file cannot be booked.")


TOP_LEVEL = "0000"
_STRUCTURES = frozenset("0123 ")
_BELGIAN_ZONE = re.compile(r"[0-9]{12} [A-Z]{3}")
_CENTURY = 2000  # CODA 2 has two-digit years, and is younger than the century
_NO_DATE = "000000"
_CURRENCY = re.compile(r"[A-Z]{3}")
_RETURN = re.compile(r"([1-5])([A-Z]{2}[0-9]{2})")
_OGM_TYPES = frozenset({"101", "102"})  # checked by the bank, made whole by the bank
_RF_TYPE = "100"
_CARD_WIDTH = {"111": 16, "113": 16, "115": 16, "124": 20}  # types that begin with a card's number
_CARD_TAIL = 4
_NAME_TYPE = "001"


def amount_of(sign: str, digits: str, line: int) -> int:
    """Give a signed amount in thousandths: CODA writes three decimals, and a sign of its own."""
    if sign not in "01" or not (digits.isascii() and digits.isdecimal()):
        raise Refused(NO_AMOUNT(written=repr(sign + digits), example="0000000001234560"), line)
    thousandths = int(digits)
    return -thousandths if sign == "1" else thousandths


def decimal_of(thousandths: int) -> Decimal:
    """Give the exact amount in units of the currency."""
    return Decimal(thousandths).scaleb(-3)


def date_of(text: str, line: int) -> datetime.date | None:
    """Read DDMMYY; None for 000000, which the standard allows where no date is known."""
    try:
        return _date(text)
    except ValueError:
        raise Refused(NO_DATE(written=repr(text), example="310126"), line) from None


@lru_cache(maxsize=4096)
def _date(text: str) -> datetime.date | None:
    if text == _NO_DATE:
        return None
    if not (text.isascii() and text.isdecimal()):
        raise ValueError(text)
    return datetime.date(_CENTURY + int(text[4:6]), int(text[2:4]), int(text[:2]))


class Account(NamedTuple):
    """The account zone of records 1 and 8."""

    written: str
    key: str
    currency: str


def account_of(structure: str, zone: str, line: int) -> Account:
    """Read the 37 characters of an account and its currency: 0 Belgian number, 1 foreign, 2 Belgian IBAN, 3 foreign.

    Bpost leaves the structure blank: a Belgian number has its currency in the 14th place, any other in the 35th.
    """
    if structure not in _STRUCTURES:
        raise Refused(STRUCTURE(structure=repr(structure)), line)
    belgian = structure == "0" or (structure == " " and _BELGIAN_ZONE.match(zone) is not None)
    written, currency = (zone[:12], zone[13:16]) if belgian else (zone[:34], zone[34:37])
    written = written.strip()
    if not written or not _CURRENCY.fullmatch(currency):
        raise Refused(NO_ACCOUNT(), line)
    return Account(written, foreign_key(written) if structure == "1" else account_key(written), currency)


def number_of(coded: str, paper: str) -> str:
    """Give the statement's number: the coded one, else the paper one, else `UNNUMBERED`."""
    for text in (coded, paper):
        if text.isascii() and text.isdecimal() and text != UNNUMBERED:
            return text
    return UNNUMBERED


class Draft:
    """The records 2 and 3 of one movement while they are being read."""

    __slots__ = ("details", "head", "information", "line", "second", "third", "thousandths")

    def __init__(self, head: str, line: int) -> None:
        """Begin with record 2.1."""
        if not (head[2:10].isascii() and head[2:10].isdecimal()):
            raise Refused(NO_SEQUENCE(written=repr(head[2:10])), line)
        self.head = head
        self.line = line
        self.second = ""
        self.third = ""
        self.information: list[list[str]] = []
        self.details: list[Draft] = []
        self.thousandths = amount_of(head[31], head[32:47], line)

    @property
    def kind(self) -> str:
        """The type of the movement: 0 to 3 a movement or a total, 5 to 9 a detail."""
        return self.head[53]

    def movement(self, booked_with_total: datetime.date | None = None) -> Movement:
        """Put the records together; a detail without date is booked with its total."""
        head, second, third = self.head, self.second.ljust(128), self.third.ljust(128)
        booked = date_of(head[115:121], self.line) or booked_with_total
        if booked is None:
            raise Refused(NO_BOOKING_DATE(), self.line)
        free, structured = self._communication(head[62:115] + second[10:63] + third[82:125])
        notes, information = self._information()
        name = third[47:82].strip() or next((i.value for i in information if i.kind == f"coda-{_NAME_TYPE}"), "")
        return Movement(
            line=self.line,
            sequence=head[2:6],
            detail=head[6:10],
            booked=booked,
            value_date=date_of(head[47:53], self.line),
            amount=decimal_of(self.thousandths),
            code=head[53:61],
            bank_reference=head[10:31].strip(),
            communication=(free + notes).strip(),
            structured=structured,
            information=information,
            customer_reference=second[63:98].strip(),
            counterparty=name,
            counterparty_account=_counterparty_account(third[10:44]),
            counterparty_bic=bic_code(second[98:109].strip()),
            return_reason=_return_reason(second[112:117]),
            details=tuple([detail.movement(booked) for detail in self.details]),
        )

    def _communication(self, text: str) -> tuple[str, Structured | None]:
        """Tell free text from structured: position 62 alone decides, never the look of the text."""
        match self.head[61]:
            case "0" | " ":
                return text, None
            case "1":
                return "", _structured(text[:3], text[3:])
        raise Refused(UNKNOWN_TYPE(kind=repr(self.head[61])), self.line)

    def _information(self) -> tuple[str, tuple[Structured, ...]]:
        """Give the records 3: free text that runs on from the communication, and structured items."""
        notes: list[str] = []
        items: list[Structured] = []
        for first, *others in self.information:
            text = first[40:113] + "".join(part[10:115] if part[1] == "2" else part[10:100] for part in others)
            if first[39] == "1":
                items.append(_structured(text[:3], text[3:]))
            else:
                notes.append(text)
        return "".join(notes), tuple(items)


def _structured(kind: str, text: str) -> Structured:
    """Name a structured communication; only types 101 and 102 hold an OGM, whatever figures others carry."""
    if kind in _OGM_TYPES and (value := ogm(text[:12])):
        return Structured("ogm", value)
    if kind == _RF_TYPE and (value := creditor_reference(text)):
        return Structured("rf", value)
    if width := _CARD_WIDTH.get(kind):
        card = text[:width].strip()
        text = f"****{card[-_CARD_TAIL:]} {text[width:]}" if card.strip("0") else text
    return Structured(f"coda-{kind if kind.isascii() and kind.isdecimal() else 'unknown'}", text.strip())


def _counterparty_account(zone: str) -> str:
    """Give the other party's account; zeros stand for none, and what is no account number is left out."""
    if not zone.strip(" 0"):
        return ""
    return belgian_iban_at_start(zone) or party_account(zone)


def _return_reason(zone: str) -> str:
    match = _RETURN.fullmatch(zone)
    return f"{match[1]} {match[2]}" if match else ""
