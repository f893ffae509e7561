"""From a bank's table to statements: one for each account and currency in the file."""

from __future__ import annotations

import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from beancoop.words.messages import error

from beancoop_importers.model.faults import LETTER_LOST, WRONG_IBAN
from beancoop_importers.model.identifiers import iban_holds
from beancoop_importers.model.statement import UNNUMBERED, Oddities, Refused, Statement
from beancoop_importers.readers.csv.banks import ARGENTA, BANKS
from beancoop_importers.readers.csv.cells import currency_of, fold, own_account
from beancoop_importers.readers.csv.chain import Settled, newest_first, settle
from beancoop_importers.readers.csv.layout import Cells, Column, CsvRow, Table, width_of
from beancoop_importers.readers.csv.rows import cells_of, movement_of, row_of
from beancoop_importers.readers.csv.table import Record, lines_of, record_at, records
from beancoop_importers.readers.csv.workbook import is_workbook, sheet_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from beancoop_importers.readers.csv.layout import Announced, Bank

NOTHING_MOVED = error("BC783", "the file holds no movement; export a period in which something moved.")
NO_TABLE = error("BC784", "no line of the file names the columns of a bank's table; download it again from the bank.")
NOT_ARGENTA = error(
    "BC785",
    "this is a workbook, but not one of Argenta, whose columns are Rekening, Boekdatum, Referentie, Bedrag and "
    "so on; of other banks, export a CSV file.",
)
ROW_AGAIN = error(
    "BC786",
    "the movement {number} stands twice in the file. If it moved once, delete this row; if it moved twice, add a "
    "figure to the number in this row, as in {other}; then import again.",
)
BALANCE_MISSING = error("BC787", "the balance is missing here or before; export the file again from the bank.")
OUT_OF_ORDER = error(
    "BC788",
    "the movement is dated {day}, before the one that its balance follows from; check its date.",
)


_HEADER_WITHIN = 60  # lines; Belfius writes up to twelve above it, at times with an empty one after each
_DELIMITERS = (";", ",", "\t")
_FEWEST_DELIMITERS = 4  # no bank has fewer columns than five
_EXPORT = "export"  # what stands for the number of a statement in the reference of its balance
_DAY = datetime.timedelta(days=1)


@lru_cache(maxsize=1)  # it is asked once for each format
def format_of(head: bytes) -> str | None:
    """Name the bank's format of a file that begins so, None where its header is none that is known."""
    if is_workbook(head):
        return ARGENTA.format
    found = _find(lines_of(head))
    return found.table.bank.format if found else None


def read(data: bytes) -> tuple[Statement, ...]:
    """Read the movements of a bank's CSV file, or of Argenta's workbook.

    Raises:
        Refused: no bank's table is found, a row cannot be read without doubt, or the balances show that rows are
            missing or changed; nothing of the file may be booked.

    """
    table, body = _of_workbook(data) if is_workbook(data) else _of_text(data)
    announced = table.bank.announced(table.preamble)
    accounts = _accounts(table, body)
    if not accounts:
        raise Refused(NOTHING_MOVED(), 1)
    return tuple(
        [
            account.statement(
                table.bank, announced if len(accounts) == 1 else None, reverse=_direction(accounts, account, table.bank)
            )
            for account in accounts
        ]
    )


class _Found(NamedTuple):
    table: Table
    delimiter: str
    body: int  # where the first row is


def _find(lines: Sequence[str]) -> _Found | None:
    for at in range(min(len(lines), _HEADER_WITHIN)):
        for delimiter in _DELIMITERS:
            if lines[at].count(delimiter) >= _FEWEST_DELIMITERS and (found := _table_at(lines, at, delimiter)):
                return found
    return None


def _table_at(lines: Sequence[str], at: int, delimiter: str) -> _Found | None:
    header = record_at(lines, at, delimiter)[0].cells
    folded = [fold(cell) for cell in header]
    for bank in BANKS:
        if places := bank.by_header(folded):
            return _Found(Table(bank, places, width_of(header), _above(lines, at, delimiter)), delimiter, at + 1)
        first = record_at(lines, at, delimiter, len(bank.positions))[0].cells if bank.positions else []
        if (places := bank.by_shape(first)) and _is_title(above := _above(lines, at, delimiter)):
            return _Found(Table(bank, places, width_of(first), above), delimiter, at)
    return None


def _above(lines: Sequence[str], at: int, delimiter: str) -> tuple[Record, ...]:
    found = [record_at(lines, before, delimiter)[0] for before in range(at)]
    return tuple(one for one in found if not one.blank)


def _is_title(preamble: Sequence[Record]) -> bool:
    """Tell whether what stands above a table without known header is none of its rows."""
    return len(preamble) <= 1 and not any(sign.isdecimal() for one in preamble for sign in one.cells[0])


def _of_text(data: bytes) -> tuple[Table, Iterable[Record]]:
    lines = lines_of(data)
    found = _find(lines)
    if found is None:
        raise Refused(NO_TABLE(), 1)
    return found.table, records(lines, found.body, found.delimiter, found.table.width)


def _of_workbook(data: bytes) -> tuple[Table, Iterable[Record]]:
    rows = sheet_records(data)
    for at, row in enumerate(rows[:_HEADER_WITHIN]):
        if places := ARGENTA.by_header([fold(cell) for cell in row.cells]):
            return Table(ARGENTA, places, width_of(row.cells), ()), rows[at + 1 :]
    raise Refused(
        NOT_ARGENTA(),
        1,
    )


class _Account:
    """One account and currency of the file, and its rows as the bank lists them."""

    def __init__(self, written: str, key: str, currency: str) -> None:
        self.written, self.key, self.currency = written, key, currency
        self.first_line = self.last_line = 0
        self.rows: list[CsvRow] = []
        self.odd = Oddities()
        self.seen: set[tuple[str, ...]] = set()

    def see(self, line: int, cells: Cells) -> None:
        """Note where the account stands in the file, and what is odd there."""
        self.first_line, self.last_line = self.first_line or line, line
        if any("\ufffd" in text for text in cells.values()):
            self.odd.add("lost", LETTER_LOST(), line)

    def add(self, row: CsvRow) -> None:
        """Add a row; of numbered ones no two are the same."""
        if row.cells.get(Column.NUMBER) and row.balance is None:
            said = tuple(row.cells.values())
            if said in self.seen:
                number = row.cells[Column.NUMBER]
                raise Refused(ROW_AGAIN(number=repr(number), other=f"{number}-2"), row.line)
            self.seen.add(said)
        if self.rows and (row.balance is None) is not (self.rows[0].balance is None):
            raise Refused(BALANCE_MISSING(), row.line)
        self.rows.append(row)

    def statement(self, bank: Bank, announced: Announced | None, *, reverse: bool | None) -> Statement:
        """Put the rows in order, prove them, and say them."""
        if self.key != bank.account and not iban_holds(self.key):
            self.odd.add("iban", WRONG_IBAN(account=self.key[:40]), self.first_line)
        settled = settle(self.rows, bank.readings, reverse=reverse) if self.rows else Settled((), None, None)
        rows, old, new = settled
        if row := settled.out_of_date:
            text = OUT_OF_ORDER(day=row.booked)
            self.odd.add("dates", text, row.line)
        last = max((row.booked for row in rows), default=None)
        if announced and last and announced.currency == self.currency and last <= announced.day:
            new = announced.balance
        return Statement(
            format=bank.format,
            account=self.written,
            iban=self.key,
            currency=self.currency,
            number=UNNUMBERED,
            old_date=None if old is None else rows[0].booked - _DAY,
            old_balance=old,
            new_date=last,
            new_balance=new,
            movements=tuple([movement_of(row, bank, place) for place, row in enumerate(rows, 1)]),
            duplicate=False,
            first_line=self.first_line,
            last_line=self.last_line,
            warnings=self.odd.notes(),
            identity=_EXPORT,
            export=True,
        )


def _accounts(table: Table, body: Iterable[Record]) -> list[_Account]:
    """Sort the rows by account and currency; what is left out is told, but not read."""
    accounts: dict[tuple[str, str], _Account] = {}
    for record in body:
        cells = cells_of(record, table)
        why = table.bank.left_out(cells)
        if why and not cells.get(Column.CURRENCY):  # it belongs to no account, and to all
            account = next(iter(accounts.values()), None)
        else:
            account = _account(cells, table.bank, record.line, accounts)
            account.see(record.line, cells)
        if not why and account:
            account.add(row_of(cells, table.bank, record.line))
        elif why and account:
            account.odd.add(why.text, why(), record.line)
    return list(accounts.values())


def _account(cells: Cells, bank: Bank, line: int, accounts: dict[tuple[str, str], _Account]) -> _Account:
    written = bank.account or cells[Column.ACCOUNT]
    key = bank.account or own_account(written, line)
    currency = bank.currency or currency_of(cells[Column.CURRENCY], line)
    if (key, currency) not in accounts:
        accounts[key, currency] = _Account(written, key, currency)
    return accounts[key, currency]


def _direction(accounts: Sequence[_Account], account: _Account, bank: Bank) -> bool | None:
    """Tell whether the newest row comes first: by the account's dates, those of the file, or the bank's habit."""
    told = [newest_first(one.rows) for one in (account, *accounts) if one.rows]
    return next((one for one in told if one is not None), bank.newest_first)
