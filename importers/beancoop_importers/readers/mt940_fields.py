"""The fields of an MT940 file (SWIFT, customer statement message), each with its line, and the messages they make.

A field is a line that begins with its tag, such as `:61:`, and the lines that follow it up to the next tag. What
stands before the first tag of a message, and after its last field, is the envelope of the channel it came by.
"""

from __future__ import annotations

import datetime
import re
from calendar import monthrange
from contextlib import suppress
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from beancoop.words.messages import error, phrase

from beancoop_importers.model.faults import NO_DATE
from beancoop_importers.model.statement import Oddities, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NO_BALANCE = error(
    "BC759",
    "{written} is no balance; expected C or D, a date, a currency and an amount, such as C260131EUR1234,56; the "
    "file is damaged or incomplete; download it again from the bank.",
)
UNKNOWN_FIELD = error("BC762", "a field :{tag}: is unknown in a statement; it is left out.")
TWO_CURRENCIES = error(
    "BC763",
    "the old balance is in {old}, the new one in {new}; the file is damaged or incomplete; download it again "
    "from the bank.",
)
FIELD_AGAIN = error(
    "BC764",
    "the statement begun at line {first} has a second field :{tag}:; the file is damaged or incomplete; download "
    "it again from the bank.",
)
AFTER_BALANCE = error(
    "BC765",
    "the movement stands after the new balance; the file is damaged or incomplete; download it again from the bank.",
)
READ_AS = error("BC766", "{written} is read as {day}.")
FIELD_MISSING = error(
    "BC767",
    "the statement has no {name} (:{tag}:), and cannot be booked; download the whole statement again from the bank, "
    "as MT940.",
)
ACCOUNT = phrase("account")
CLOSING = phrase("closing balance")
NO_OPENING = error(
    "BC768",
    "the statement has no opening balance (:60F:), which a report during the day (MT942) never has, before its "
    "movements; download the whole statement again from the bank, as MT940.",
)
NO_BEGINNING = error(
    "BC769",
    "the file begins with field :{tag}: and not with :20:, so its first part is missing; the file is damaged or "
    "incomplete; download it again from the bank.",
)
BROKEN_FIELD = error(
    "BC770",
    "{written} looks like a field and is none; the file is damaged or incomplete; download it again from the bank.",
)
NO_MOVEMENT = error(
    "BC771",
    "{written} is no movement; expected a date, C, D, RC or RD, an amount and a type, such as "
    "2601310131C1234,56NTRF; the file is damaged or incomplete; download it again from the bank.",
)


_TAG = re.compile(r":([0-9]{2}[A-Z]?|NS):")
_HEADER = re.compile(r":94[0-9]+:")  # some banks name the kind of message so, before each
_BALANCE = re.compile(r"([CD])([0-9]{6})([A-Z]{3})0{0,15}([0-9]{1,15}(?:,[0-9]{0,14})?)\s*")
_ENTRY = re.compile(
    r"(?P<value>[0-9]{6})(?P<entry>[0-9]{4}|\s{4})?(?P<mark>R?[CD])[A-Z]?[\n ]?"
    r"0{0,15}(?P<amount>[0-9]{1,15}(?:,[0-9]{0,14})?)(?P<kind>[A-Z][A-Z0-9 ]{3})"
)
_NS_NUMBER = re.compile(r"^[0-9]{2}(?=.)")  # what each line of a field of the bank's own begins with
_LONGEST = 15  # characters of an amount
_PAID = frozenset({"D", "RC"})  # what reverses a credit is paid, what reverses a debit (RD) is received
_CENTURY = 2000  # years have two figures
_FEBRUARY, _THIRTY = "02", "30"
_KIND = "940"  # of the message, as its header says it
_PASSED_OVER = frozenset({"13", "13D", "21", "34F", "64", "65", "90C", "90D"})  # nothing in them is a booked amount


class Field(NamedTuple):
    """A field: its line in the file, its tag, and its text, line by line."""

    line: int
    tag: str
    text: list[str]


class Balance(NamedTuple):
    """An opening or closing balance.

    Attributes:
        line: where it stands.
        date: the day at the end of which it holds.
        currency: ISO 4217.
        amount: negative where the holder owes it.
        is_final: the statement begins or ends with it; otherwise one of its pages does.

    """

    line: int
    date: datetime.date
    currency: str
    amount: Decimal
    is_final: bool


class Entry(NamedTuple):
    """A movement.

    Attributes:
        line: where it begins.
        value_date: the day it bears interest from.
        day: month and day of its entry, "" where the bank gives none.
        amount: positive when received.
        kind: the bank's code for what it is, four signs.
        reference: the rest of its line.
        supplement: the lines after it.
        information: the texts of the fields that explain it.

    """

    line: int
    value_date: datetime.date
    day: str
    amount: Decimal
    kind: str
    reference: str
    supplement: list[str]
    information: list[list[str]]


class Page(NamedTuple):
    """One message: a statement of account, or a page of one.

    Attributes:
        line: where it begins.
        account: the account as written.
        number: its number as written, and that of the page.
        opening: the balance before it.
        closing: the balance after it.
        entries: its movements.
        odd: what is odd in it.

    """

    line: int
    account: str
    number: str
    opening: Balance
    closing: Balance
    entries: list[Entry]
    odd: Oddities


class _Message:
    """A page while its fields are being read."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.account = ""
        self.number: str | None = None
        self.opening: Balance | None = None
        self.closing: Balance | None = None
        self.entries: list[Entry] = []
        self.odd = Oddities()
        self.take_tag = {
            "25": self._account,
            "25P": self._account,
            "28": self._number,
            "28C": self._number,
            "60": self._opening,
            "60F": self._opening,
            "60M": self._opening,
            "61": self._movement,
            "62": self._closing,
            "62F": self._closing,
            "62M": self._closing,
            "86": self._information,
            "NS": self._information,
        }

    def take(self, field: Field) -> None:
        """Take the next field."""
        if take := self.take_tag.get(field.tag):
            take(field)
        elif field.tag not in _PASSED_OVER:
            self.odd.add("tag", UNKNOWN_FIELD(tag=field.tag), field.line)
        if self.closing:
            _refuse_broken_field(field)

    def page(self) -> Page:
        """Give the page, once all its fields are read."""
        opening, closing = self.opening, self.closing
        if not self.account:
            raise Refused(FIELD_MISSING(name=ACCOUNT, tag="25"), self.line)
        if opening is None:
            raise Refused(NO_OPENING(), self.line)
        if closing is None:
            raise Refused(FIELD_MISSING(name=CLOSING, tag="62F"), self.line)
        if opening.currency != closing.currency:
            raise Refused(TWO_CURRENCIES(old=opening.currency, new=closing.currency), closing.line)
        return Page(self.line, self.account, self.number or "", opening, closing, self.entries, self.odd)

    def _account(self, field: Field) -> None:
        if self.account:
            raise Refused(FIELD_AGAIN(first=self.line, tag=field.tag), field.line)
        self.account = field.text[0].strip()

    def _number(self, field: Field) -> None:
        if self.number is not None:
            raise Refused(FIELD_AGAIN(first=self.line, tag=field.tag), field.line)
        self.number = "".join(map(str.strip, field.text))  # one bank breaks it over two lines

    def _opening(self, field: Field) -> None:
        self.opening = self._first(self.opening, field)

    def _movement(self, field: Field) -> None:
        if self.opening is None:
            raise Refused(NO_OPENING(), self.line)
        if self.closing:
            raise Refused(AFTER_BALANCE(), field.line)
        entry = _entry(field)
        if int(field.text[0][4:6]) != entry.value_date.day:  # some banks count 30 days in each month
            self.odd.add("day", READ_AS(written=field.text[0][:6], day=entry.value_date), field.line)
        self.entries.append(entry)

    def _information(self, field: Field) -> None:
        if self.entries and not self.closing:  # elsewhere it is about the statement, not about a movement
            numbered = field.tag == "NS"
            text = [_NS_NUMBER.sub("", line) for line in field.text] if numbered else field.text
            self.entries[-1].information.append(text)

    def _closing(self, field: Field) -> None:
        self.closing = self._first(self.closing, field)

    def _first(self, before: Balance | None, field: Field) -> Balance:
        if before:
            raise Refused(
                FIELD_AGAIN(first=self.line, tag=field.tag),
                field.line,
            )
        return _balance(field)


def pages_of(lines: Sequence[str]) -> Iterator[Page]:
    """Give the pages in a file; each begins with its field 20, or under the header that ABN AMRO writes in its place.

    Raises:
        Refused: a field is not what its tag says, has no place where it stands, or one is missing.

    """
    message: _Message | None = None
    for field in _fields(lines):
        if field.tag == "20" or (field.tag == "25" and _under_header(lines, field, message)):
            if message:
                yield message.page()
            message = _Message(field.line)
            if field.tag != "20":
                message.take(field)
        elif message is None:
            raise Refused(
                NO_BEGINNING(tag=field.tag),
                field.line,
            )
        else:
            message.take(field)
    if message:
        yield message.page()


def _under_header(lines: Sequence[str], field: Field, before: _Message | None) -> bool:
    """Tell whether a field 25 stands under `940` and a bank's name, no message being open."""
    above = [line.strip() for line in lines[: field.line - 1]]
    return above[-2:-1] == [_KIND] and (before is None or before.closing is not None)


def _fields(lines: Sequence[str]) -> Iterator[Field]:
    field: Field | None = None
    for number, line in enumerate(lines, 1):
        match = _TAG.match(line) if line[:1] == ":" else None
        if match:
            if field:
                yield field
            field = Field(number, match[1], [line[match.end() :]])
        elif field:
            field.text.append(line)
    if field:
        yield field


def _refuse_broken_field(field: Field) -> None:
    """Refuse what is left of a field after the closing balance: another statement may have begun with it."""
    for number, line in enumerate(field.text[1:], field.line + 1):
        if line.startswith(":") and not _HEADER.match(line):
            raise Refused(BROKEN_FIELD(written=repr(line[:20])), number)


def _balance(field: Field) -> Balance:
    match = _BALANCE.fullmatch(field.text[0])
    date = match and _date(match[2])
    if not match or not date or len(match[4]) > _LONGEST:
        raise Refused(
            NO_BALANCE(written=repr(field.text[0][:40])),
            field.line,
        )
    amount = _amount(match[4])
    return Balance(field.line, date, match[3], -amount if match[1] == "D" else amount, not field.tag.endswith("M"))


def _entry(field: Field) -> Entry:
    first, *others = field.text
    match = _ENTRY.match(first)
    if match is None and others:  # the amount may stand on a line of its own
        first, others = f"{first}\n{others[0]}", others[1:]
        match = _ENTRY.match(first)
    if match is None or len(match["amount"]) > _LONGEST:
        raise Refused(
            NO_MOVEMENT(written=repr(field.text[0][:40])),
            field.line,
        )
    value, day, mark, amount, kind = match.groups()
    value_date = _value_date(value)
    if value_date is None:
        raise Refused(NO_DATE(written=repr(value), example="260131"), field.line)
    number = _amount(amount)
    signed = -number if mark in _PAID else number
    return Entry(field.line, value_date, (day or "").strip(), signed, kind, first[match.end() :], others, [])


def _amount(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


@lru_cache(maxsize=4096)
def _value_date(text: str) -> datetime.date | None:
    """Read YYMMDD; 30 February is the last of the month."""
    if text[2:4] == _FEBRUARY and text[4:] <= _THIRTY:
        return _date(f"{text[:4]}{min(int(text[4:]), monthrange(_CENTURY + int(text[:2]), 2)[1]):02}")
    return _date(text)


def _date(text: str) -> datetime.date | None:
    """Read YYMMDD; None where there is no such day."""
    with suppress(ValueError):
        return datetime.date(_CENTURY + int(text[:2]), int(text[2:4]), int(text[4:]))
    return None
