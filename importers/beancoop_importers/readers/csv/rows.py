"""From a record of the table to what it says of one movement, every cell of it checked."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import TYPE_CHECKING

from beancoop.words.messages import error

from beancoop_importers.model.statement import Movement, Refused
from beancoop_importers.readers.csv.cells import (
    amount_of,
    bic_of,
    day_of,
    fold,
    is_day,
    other_account,
    structured_of,
)
from beancoop_importers.readers.csv.layout import Cells, Column, CsvRow
from beancoop_importers.readers.csv.mending import sound

if TYPE_CHECKING:
    from beancoop_importers.readers.csv.layout import Bank, Table
    from beancoop_importers.readers.csv.table import Record

STATUS = error("BC791", "the status {status} is unknown, so the movement may not be booked.")
FIELDS = error(
    "BC792",
    "the row has {found} fields and the header {expected}: it is cut short, or a text in it holds the sign that "
    "parts the fields, and nothing proves where; export the file again, or correct this row.",
)
SIDE = error(
    "BC793",
    "{side} is neither Credit nor Debet, or the amount has a sign; the file is damaged or incomplete; download "
    "it again from the bank.",
)
TWO_AMOUNTS = error(
    "BC794",
    "the row tells its amount twice, and once as {first}, once as {second}; the file is damaged or incomplete; "
    "download it again from the bank.",
)


_DIGEST = 16  # figures; enough to tell the movements of one day and amount apart
_SHORT = len("31/01/26")
_SIGNS = {"credit": 1, "debet": -1}


def cells_of(record: Record, table: Table) -> Cells:
    """Give what a record says, by column.

    Raises:
        Refused: it has not as many fields as the header, and nothing proves which are too many.

    """
    fields = _fitted(record, table)
    cells = {column: fields[place].strip() for column, place in table.at.items()}
    status = cells.get(Column.STATUS, "")
    if Column.STATUS in cells and fold(status) not in table.bank.statuses:
        raise Refused(STATUS(status=repr(status[:40])), record.line)
    return cells


def _fitted(record: Record, table: Table) -> list[str]:
    fields = _of_width(record.cells, table)
    if fields and sound(fields, table):
        return fields
    mended = table.bank.mend(record.cells, table)
    if mended and (mended := _of_width(mended, table)) and sound(mended, table):
        return mended
    if fields:
        return fields  # what is wrong is one cell, and reading it tells
    raise Refused(
        FIELDS(found=len(record.cells), expected=table.width),
        record.line,
    )


def _of_width(fields: list[str], table: Table) -> list[str] | None:
    """Give the fields without empty ones after the last column, None where they are too many or too few."""
    fields = list(fields)
    while len(fields) > table.width and not fields[-1].strip():
        fields.pop()
    missing = table.width - len(fields)
    return fields + [""] * missing if 0 <= missing <= table.bank.optional else None


def row_of(cells: Cells, bank: Bank, line: int) -> CsvRow:
    """Read the day, amount and balance of a movement.

    Raises:
        Refused: one of them is none, or the row contradicts itself.

    """
    amount = amount_of(cells[Column.AMOUNT], bank.places, line)
    if Column.SIDE in cells:
        sign = _SIGNS.get(fold(cells[Column.SIDE]))
        if sign is None or amount < 0:
            raise Refused(SIDE(side=repr(cells[Column.SIDE][:40])), line)
        amount *= sign
    for column in (Column.CREDIT, Column.DEBIT):
        again = amount_of(cells[column], bank.places, line) if cells.get(column) else Decimal(0)
        if again not in {0, amount}:
            raise Refused(TWO_AMOUNTS(first=amount, second=again), line)
    balance = amount_of(cells[Column.BALANCE], bank.places, line) if cells.get(Column.BALANCE) else None
    return CsvRow(
        line=line,
        cells=cells,
        booked=day_of(cells[Column.BOOKED], line, short=bank.short_years),
        amount=amount,
        balance=balance,
        identity=_identity(cells, bank, amount, balance),
    )


def _identity(cells: Cells, bank: Bank, amount: Decimal, balance: Decimal | None) -> str:
    """Give the bank's own number of the movement; else its amount and balance; else its amount and all it says.

    What else it says is told shortly, and apart from what the bank adds later, such as the number of a statement.
    """
    if number := cells.get(Column.NUMBER):
        return number
    if balance is not None:
        return f"{amount}@{balance}"
    said = _reference(cells, bank) or fold(cells.get(Column.FREE, "") or cells.get(Column.KIND, ""))
    parts = (_long_year(cells.get(Column.VALUE_DATE, "")), other_account(cells.get(Column.OTHER_ACCOUNT, "")), said)
    return f"{amount}:{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:_DIGEST]}"


def _long_year(written: str) -> str:
    """Write a year of two figures with four, so that one movement has one identity."""
    return f"{written[:-2]}20{written[-2:]}" if is_day(written) and len(written) == _SHORT else written


def _reference(cells: Cells, bank: Bank) -> str:
    """Give the bank's reference that stands last in its texts; those before it are the other bank's."""
    texts = (cells.get(column, "") for column in (Column.KIND, Column.DETAILS))
    found = [one for text in texts for one in bank.reference.findall(text)] if bank.reference else []
    return str(found[-1]) if found else ""


def movement_of(row: CsvRow, bank: Bank, position: int) -> Movement:
    """Say the movement that is the account's *position*-th in the file."""
    cells = row.cells
    free = _first_filled(cells, bank.texts[:1])
    structured = structured_of(cells.get(Column.STRUCTURED, ""), free)
    communication = free if structured else _first_filled(cells, bank.texts)
    kind, account = cells.get(Column.KIND, ""), other_account(cells.get(Column.OTHER_ACCOUNT, ""))
    party = next(filter(None, (cells.get(column, "") for column in bank.parties)), "")
    return Movement(
        line=row.line,
        sequence=f"{position:04}",
        detail="0000",
        booked=row.booked,
        value_date=day_of(cells[Column.VALUE_DATE], row.line, short=bank.short_years)
        if cells.get(Column.VALUE_DATE)
        else None,
        amount=row.amount,
        code="" if kind in communication else kind,
        bank_reference=cells.get(Column.NUMBER) or _reference(cells, bank),
        communication=communication,
        structured=structured,
        information=(),
        customer_reference="",
        counterparty=party or ("" if account else cells.get(Column.OTHER_ACCOUNT, "")),
        counterparty_account=account,
        counterparty_bic=bic_of(cells.get(Column.BIC, "")),
        return_reason="",
        identity=row.identity,
    )


def _first_filled(cells: Cells, groups: tuple[tuple[Column, ...], ...]) -> str:
    """Give the first group of texts that says anything, in one."""
    joined = (" ".join(filter(None, (cells.get(column, "") for column in group))) for group in groups)
    return next(filter(None, joined), "")
