"""How a bank lays out its table of movements: the words its banks table (`banks`) is written in."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import TYPE_CHECKING, NamedTuple

from beancoop_importers.readers.csv.cells import TWO_PLACES, fold

if TYPE_CHECKING:
    import datetime
    import re
    from collections.abc import Callable, Mapping, Sequence
    from decimal import Decimal

    from beancoop.words.messages import Template

    from beancoop_importers.readers.csv.table import Record


class Column(StrEnum):
    """What a column of the table says."""

    ACCOUNT = auto()  # the holder's
    CURRENCY = auto()
    BOOKED = auto()
    VALUE_DATE = auto()
    AMOUNT = auto()
    SIDE = auto()  # debit or credit, where the amount has no sign
    DEBIT = auto()  # the amount again, where it is one
    CREDIT = auto()
    FEES = auto()
    BALANCE = auto()
    NUMBER = auto()  # the bank's own, the same in every export
    STATEMENT = auto()  # the number of the paper statement, empty until it is issued
    STATUS = auto()
    NAME = auto()  # of the other party
    PAYER = auto()
    MERCHANT = auto()
    OTHER_ACCOUNT = auto()
    BIC = auto()
    KIND = auto()  # what the bank calls the movement
    FREE = auto()  # what the payer wrote
    STRUCTURED = auto()
    DETAILS = auto()  # what the bank adds


Cells = dict[Column, str]
"""What a row says, outer blanks off; a column that the table does not have is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvRow:
    """One movement as the table tells it.

    Attributes:
        line: the line or row it begins on.
        cells: what it says.
        booked: the day the bank entered it.
        amount: positive when received.
        balance: what stood on the account after it, None where the bank does not say.
        identity: what tells it from others, whatever export it comes in.

    """

    line: int
    cells: Cells
    booked: datetime.date
    amount: Decimal
    balance: Decimal | None
    identity: str


class Announced(NamedTuple):
    """The balance that a file gives apart from its rows: that of the account when it was fetched."""

    balance: Decimal
    currency: str
    day: datetime.date


def nothing_announced(preamble: Sequence[Record]) -> Announced | None:  # noqa: ARG001 - most banks write none
    """Give no balance, as most banks."""
    return None


def nothing_left_out(cells: Cells) -> Template | None:  # noqa: ARG001 - most banks list what is booked
    """Take every row, as most banks list what is booked alone."""
    return None


def not_mended(cells: list[str], table: Table) -> list[str] | None:  # noqa: ARG001 - nothing tells which is too many
    """Give up a row that has not as many fields as the header."""
    return None


class Reading(NamedTuple):
    """A way to understand the table's amounts and balances.

    Attributes:
        read: gives the row so understood.
        tells_end: the balance after the last movement is told, and not only that before it.

    """

    read: Callable[[CsvRow], CsvRow]
    tells_end: bool = True


AS_IT_IS = Reading(lambda row: row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """How a bank writes its table.

    Attributes:
        format: how the format is called.
        columns: the names each column may have, in every language, folded (see `names`).
        needed: the columns without which a table is not this bank's.
        positions: the columns in their order, where the table has no header.
        shape: what the cells of a row without header must look like, to be known as this bank's.
        statuses: what the status may say of a row, folded; "" where it may be blank.
        places: how many decimals an amount may have.
        newest_first: how the bank orders rows of one day, None where that is not known.
        short_years: whether it writes years with two figures at times.
        texts: where the communication is taken from: the first group of columns that says anything.
        parties: where the other party's name is taken from, likewise.
        reference: finds the bank's reference in its text.
        account: the holder's account, where no column says it.
        currency: the currency, likewise.
        optional: how many of the last columns a row may lack.
        mend: puts a row right that has not as many fields as the header, where that can be proved.
        left_out: tells why a row is not booked, None where it is.
        announced: reads what stands above the header, and refuses what makes the file a part only.
        readings: how amounts and balances may be meant; the first that makes them agree is taken.

    """

    format: str
    columns: Mapping[Column, frozenset[str]] = field(default_factory=dict)
    needed: frozenset[Column] = frozenset()
    positions: tuple[Column | None, ...] = ()
    shape: Mapping[int, re.Pattern[str]] = field(default_factory=dict)
    statuses: frozenset[str] = frozenset()
    places: frozenset[int] = TWO_PLACES
    newest_first: bool | None = None
    short_years: bool = False
    texts: tuple[tuple[Column, ...], ...] = ((Column.FREE,), (Column.KIND,))
    parties: tuple[Column, ...] = (Column.NAME,)
    reference: re.Pattern[str] | None = None
    account: str = ""
    currency: str = ""
    optional: int = 0
    mend: Callable[[list[str], Table], list[str] | None] = not_mended
    left_out: Callable[[Cells], Template | None] = nothing_left_out
    announced: Callable[[Sequence[Record]], Announced | None] = nothing_announced
    readings: tuple[Reading, ...] = (AS_IT_IS,)

    def by_header(self, folded: Sequence[str]) -> dict[Column, int] | None:
        """Tell where each column is in a table with that header, folded; None where it is not this bank's."""
        found: dict[Column, int] = {}
        for column, known in self.columns.items():
            places = [place for place, name in enumerate(folded) if name in known]
            if len(places) == 1:  # a name that comes twice names nothing
                found[column] = places[0]
        return found if self.needed and self.needed <= found.keys() else None

    def by_shape(self, cells: Sequence[str]) -> dict[Column, int] | None:
        """Tell where each column is in a table that begins with that row, None where it is not this bank's."""
        if not self.shape or width_of(cells) != len(self.positions):
            return None
        if not all(pattern.fullmatch(cells[place].strip()) for place, pattern in self.shape.items()):
            return None
        return {column: place for place, column in enumerate(self.positions) if column}


@dataclass(frozen=True, slots=True)
class Table:
    """A bank's table as found in a file.

    Attributes:
        bank: whose it is.
        at: where each column is.
        width: how many columns there are.
        preamble: what stands above the header.

    """

    bank: Bank
    at: Mapping[Column, int]
    width: int
    preamble: tuple[Record, ...]


def width_of(cells: Sequence[str]) -> int:
    """Tell how many columns a header or row has, empty ones at the end left out."""
    return max((place for place, cell in enumerate(cells, 1) if cell.strip()), default=0)


def names(*known: str) -> frozenset[str]:
    """Give the names of a column as headers are compared with them."""
    return frozenset(map(fold, known))
