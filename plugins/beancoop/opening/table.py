"""The table of balances as the programme used before exports it: bytes to lines, or every mistake with its line.

    unit;account;balance;party;invoice;date;due;amount
    A001;5500;1250,00
    A001;400;1210,00
    A001;400;;Client SA;2025-042;2025-12-10;2026-01-09;1210,00
    A001;100;-2460,00

A line says a balance, debits positive, or an invoice that is open, as the invoice itself has it: positive for an
invoice, negative for a credit note, of a customer and of a supplier alike.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import category

from beancoop.books.open_items import DUE, PARTY, SINCE
from beancoop.model.findings import Finding, Refusal
from beancoop.model.money import ZERO
from beancoop.opening import columns as c
from beancoop.opening.cells import read_account, read_amount, read_communication, read_day
from beancoop.presentation.printable import clean
from beancoop.words.messages import error

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from decimal import Decimal
    from pathlib import Path
    from typing import TypeVar

    from beancoop.words.messages import Template, Text

    _Value = TypeVar("_Value")

EXAMPLE = "unit;account;balance;party;invoice;date;due;amount;communication"

UNREADABLE = error("BC1400", "{file} is not as expected; nothing was written.")
NO_TABLE = error("BC1401", "There is no line of headings; expected one such as: {example}")
NO_COLUMN = error("BC1402", "No column is called {wanted}; expected headings such as: {example}")
UNKNOWN_COLUMN = error(
    "BC1403", "{heading} is the heading of no column known here; take the column out, or call it as in: {example}"
)
SAME_COLUMN = error("BC1404", "{one} and {other} mean the same; leave one of these columns.")
TOO_MANY = error(
    "BC1405",
    "This line has more cells than the {count} heading; put quotation marks around a text that holds a {separator}.",
    "This line has more cells than the {count} headings; put quotation marks around a text that holds a {separator}.",
)
TOO_LONG = error("BC1406", "A cell of this line has no end; look for a quotation mark that is not closed.")
NO_UNIT = error("BC1407", "This line names no unit; write its code, such as A001, or name it with --unit.")
NO_ACCOUNT = error("BC1408", "{text} is no account; expected a PCMN number of two to six digits, such as 5500.")
NO_AMOUNT = error("BC1409", "{text} is no amount; expected one such as 1234.56 or 1.234,56.")
NO_DAY = error("BC1410", "{text} is no date; expected one such as 2026-01-31 or 31/01/2026.")
WRONG_DIGITS = error("BC1411", "The check digits of the communication {text} are wrong; correct or empty it.")
NOTHING_SAID = error("BC1412", "This line has no balance, nor the amount of an open invoice.")
BOTH_SIDES = error("BC1413", "This line has a balance and a debit or credit; leave one of them.")
NO_INVOICE = error(
    "BC1414", "This line tells of an open invoice, and its cell {missing} is empty; write its number and its amount."
)


class Item(NamedTuple):
    """An invoice that is open.

    Attributes:
        number: its number.
        amount: what is open of it, as the invoice has it: positive for an invoice, negative for a credit note.
        facts: what else is known of it, by the metadata that says it.

    """

    number: str
    amount: Decimal
    facts: Mapping[str, object]


class Line(NamedTuple):
    """A line of the table.

    Attributes:
        place: where it stands; its message is empty.
        unit: whose it is.
        number: the PCMN number of the account.
        label: what the account is called, "" where the number is enough.
        balance: the balance of the account, debits positive; None where it says none.
        item: the invoice, or None.

    """

    place: Finding
    unit: str
    number: str
    label: str
    balance: Decimal | None
    item: Item | None


class _Mistake(Exception):  # noqa: N818 - the table is wrong, not the program
    def __init__(self, message: Text, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def read_table(file: Path, unit: str | None = None) -> list[Line]:
    """Read the table in *file*: of *unit* alone, where one is named, and whose lines then need not say so.

    Raises:
        Refusal: something in it is not as expected; every such line is told.
        OSError: it cannot be read.

    """
    wrong: list[Finding] = []
    lines = list(_lines(file, _text(file.read_bytes()), unit, wrong))
    if wrong:
        raise Refusal(UNREADABLE(file=file), wrong)
    return [line for line in lines if unit in {None, line.unit}]


def _lines(file: Path, text: str, unit: str | None, wrong: list[Finding]) -> Iterator[Line]:
    """Give the lines that say what they have to; add to *wrong* what is to be told of the others."""
    at = 1
    try:
        head, rows = _rows(text)
        at = head.line
        names = _columns(head, unit)
        for row in rows:
            at = row.line
            try:
                yield _line(file, row, names, unit)
            except _Mistake as mistake:
                wrong.append(Finding(str(file), row.line, mistake.message))
    except _Mistake as mistake:
        wrong.append(Finding(str(file), mistake.line or at, mistake.message))


def _text(data: bytes) -> str:
    """Decode what is UTF-8, with or without its mark, or else Windows' Western European set."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


class _Row(NamedTuple):
    """The cells of a row, the line on which it begins, and what parts them."""

    line: int
    cells: Sequence[str]
    separator: str


def _rows(text: str) -> tuple[_Row, Iterator[_Row]]:
    """Give the row of headings, and the others that are not empty."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    rows = _parted(text, max(";,\t", key=lambda sign: sum(map(_is_heading, first.split(sign)))))
    head = next(rows, None)
    if head is None:
        raise _Mistake(NO_TABLE(example=EXAMPLE))
    return head, rows


def _is_heading(cell: str) -> bool:
    return c.meaning(cell) is not None


def _parted(text: str, separator: str) -> Iterator[_Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    begins = 1
    try:
        for cells in reader:
            told = [_visible(cell) for cell in cells]
            if any(told):
                yield _Row(begins, told, separator)
            begins = reader.line_num + 1
    except csv.Error:  # a quotation mark without its pair, or a cell beyond what any holds
        raise _Mistake(TOO_LONG(), begins) from None


def _visible(cell: str) -> str:
    """Give a cell on one line, without what cannot be seen."""
    return clean(" ".join("".join(each for each in cell if category(each) != "Cf").split()))


def _columns(head: _Row, unit: str | None) -> Mapping[str, int]:
    """Give the place of each column, by what its heading means."""
    places: dict[str, int] = {}
    for place, heading in enumerate(head.cells):
        if not heading:
            continue
        column = c.meaning(heading)
        if column is None:
            raise _Mistake(UNKNOWN_COLUMN(heading=heading, example=EXAMPLE))
        if column in places:
            raise _Mistake(SAME_COLUMN(one=head.cells[places[column]], other=heading))
        places[column] = place
    for wanted in (c.ACCOUNT, *(() if unit else (c.UNIT,))):
        if wanted not in places:
            raise _Mistake(NO_COLUMN(wanted=wanted, example=EXAMPLE))
    if not places.keys() & {c.BALANCE, c.DEBIT, c.CREDIT, c.AMOUNT}:
        raise _Mistake(NO_COLUMN(wanted=c.BALANCE, example=EXAMPLE))
    return places


class _Cells:
    """The cells of one row, by column."""

    def __init__(self, row: _Row, places: Mapping[str, int]) -> None:
        if any(row.cells[max(places.values()) + 1 :]):
            raise _Mistake(TOO_MANY(count=len(places), separator=row.separator))
        self.by_column = {column: row.cells[place] for column, place in places.items() if place < len(row.cells)}

    def text(self, column: str) -> str:
        return self.by_column.get(column, "")

    def value(self, column: str, read: Callable[[str], _Value | None], wrong: Template) -> _Value | None:
        """Read a cell that is not empty."""
        text = self.text(column)
        if not text:
            return None
        value = read(text)
        if value is None:
            raise _Mistake(wrong(text=text))
        return value

    def amount(self, column: str) -> Decimal | None:
        return self.value(column, read_amount, NO_AMOUNT)

    def day(self, column: str) -> datetime.date | None:
        return self.value(column, read_day, NO_DAY)


def _line(file: Path, row: _Row, places: Mapping[str, int], unit: str | None) -> Line:
    cells = _Cells(row, places)
    whose = cells.text(c.UNIT) or unit
    if not whose:
        raise _Mistake(NO_UNIT())
    account = read_account(cells.text(c.ACCOUNT))
    if account is None:
        raise _Mistake(NO_ACCOUNT(text=cells.text(c.ACCOUNT) or '""'))
    balance, item = _balance(cells), _item(cells)
    if balance is None and item is None:
        raise _Mistake(NOTHING_SAID())
    return Line(Finding(str(file), row.line, ""), whose, *account, balance, item)


def _balance(cells: _Cells) -> Decimal | None:
    """Give the balance, written as one figure or as a debit and a credit."""
    balance = cells.amount(c.BALANCE)
    debit, credit = cells.amount(c.DEBIT), cells.amount(c.CREDIT)
    if debit is None and credit is None:
        return balance
    if balance is not None:
        raise _Mistake(BOTH_SIDES())
    return (debit or ZERO) - (credit or ZERO)


def _item(cells: _Cells) -> Item | None:
    number, amount = cells.text(c.INVOICE), cells.amount(c.AMOUNT)
    facts = {
        PARTY: cells.text(c.PARTY),
        SINCE: cells.day(c.DATE),
        DUE: cells.day(c.DUE),
        **dict(filter(None, [cells.value(c.COMMUNICATION, read_communication, WRONG_DIGITS)])),
        "counterparty-account": cells.text(c.IBAN),
    }
    if not number and amount is None:
        return None
    if not number or amount is None:
        raise _Mistake(NO_INVOICE(missing=c.AMOUNT if number else c.INVOICE))
    return Item(number, amount, {key: fact for key, fact in facts.items() if fact})
