"""The register of shares: `coop/shares.csv`, one line a movement, beside the contributions in the ledger (110x, 111x).

    date,member,movement,class,shares,paid,account,note
    2026-01-15,M001,subscribed,A,10,1000.00,1109,
    2026-02-01,M001,paid,A,0,1500.00,1109,balance of the subscription
    2026-06-30,M002,transferred,A,-4,-1000.00,1109,to M003
    2026-06-30,M003,transferred,A,4,1000.00,1109,from M002

Members have opaque codes; who they are stands in a list that the board keeps apart (Code des sociétés et des
associations, art. 6:25). The code COOP is nobody's: contributions that the statutes made unavailable, and that no
member has a claim on. Amounts are those paid up, in the operating currency.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.accounts import COOP, is_unit
from beancoop.model.findings import Finding
from beancoop.model.money import ZERO
from beancoop.model.pcmn import SHARES
from beancoop.opening.cells import read_amount, read_day
from beancoop.words.messages import error, phrase

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal
    from pathlib import Path

    from beancoop.books.books import Books
    from beancoop.model.periods import Span
    from beancoop.words.messages import Text

FILE = "shares.csv"
COLUMNS = ("date", "member", "movement", "class", "shares", "paid", "account", "note")
SUBSCRIBED, PAID, TRANSFERRED, RESIGNED, EXCLUDED, REFUSED = MOVEMENTS = (
    *("subscribed", "paid", "transferred", "resigned", "excluded", "refused"),
)
"""What a line may be: new shares; a payment on them; shares that pass from one member to another, one line each; shares
given back, of the member's own will or not; and what was asked for and refused, of which nothing moves."""

NO_COLUMNS = error("BC396", "The register of shares begins with its headings: {expected}.")
WRONG_CELL = error("BC397", "{column}: {text} cannot stand here; expected {expected}.")
NO_ORDER = error("BC398", "{day} comes after {before}; a register is kept in the order of dates.")
BELOW_ZERO = error("BC399", "{member} would have {shares} shares and {paid} paid up after this line; correct it.")
ONE_SIDED = error(
    "BC382",
    "The transfers of {day} leave {shares} shares and {paid} over; what one member gives another receives, on two "
    "lines of one day.",
)

_DAY = phrase("a date such as 2026-01-31")
_MEMBER = phrase("an opaque code such as M001, never a name")
_MOVEMENT = phrase("one of {movements}")
_WHOLE = phrase("a whole number")
_AMOUNT = phrase("an amount such as 250.00")
_ACCOUNT = phrase("a number that begins with 110 or 111")
_SIGNS = {
    SUBSCRIBED: phrase("more than zero, as shares are subscribed"),
    PAID: phrase("zero, as a payment moves no shares"),
    TRANSFERRED: phrase("not zero, as shares pass to another member"),
    RESIGNED: phrase("less than zero, as shares are given back"),
    EXCLUDED: phrase("less than zero, as shares are taken back"),
    REFUSED: phrase("zero, as nothing moves"),
}
_NUMBER = re.compile(r"[+-]?[0-9]{1,9}")


class Movement(NamedTuple):
    """One line of the register.

    Attributes:
        line: where it stands in the file, from 1.
        date: its day.
        member: whose shares they are.
        kind: one of MOVEMENTS.
        share_class: the class of the shares, as written.
        shares: how many come, or go (negative).
        paid: what is paid up, or repaid (negative).
        account: the PCMN number it is booked on; "" where nothing is paid.
        note: what is written beside it.

    """

    line: int
    date: datetime.date
    member: str
    kind: str
    share_class: str
    shares: int
    paid: Decimal
    account: str
    note: str


class Holding(NamedTuple):
    """What a member has."""

    shares: int = 0
    paid: Decimal = ZERO

    def plus(self, movement: Movement) -> Holding:
        """Add a movement."""
        return Holding(self.shares + movement.shares, self.paid + movement.paid)


class ShareRegister(NamedTuple):
    """The register of shares.

    Attributes:
        path: its file.
        is_there: whether there is one.
        movements: its lines that can be read, in order.
        findings: what is wrong with it.

    """

    path: Path
    is_there: bool
    movements: Sequence[Movement]
    findings: Sequence[Finding]

    def holdings(self, last: datetime.date) -> Mapping[str, Holding]:
        """Give what each member has at the end of the day *last*, by code; those who have nothing left are left out."""
        found: dict[str, Holding] = {}
        for each in self.movements:
            if each.date <= last:
                found[each.member] = found.get(each.member, Holding()).plus(each)
        return {member: found[member] for member in sorted(found) if found[member] != Holding()}

    def within(self, span: Span) -> list[Movement]:
        """Give the movements of the days of *span*."""
        return [each for each in self.movements if span.first <= each.date <= span.last]


def read_shares(books: Books) -> ShareRegister:
    """Read the register of shares beside the structure's books.

    Raises:
        OSError: it cannot be read.

    """
    path = books.ledger.path.parent / "coop" / FILE
    if not path.is_file():
        return ShareRegister(path, is_there=False, movements=(), findings=())
    wrong: list[Finding] = []
    movements = list(_movements(path, path.read_bytes().decode("utf-8-sig", errors="replace"), wrong))
    for line, text in _inconsistent(movements):
        wrong.append(Finding(str(path), line, text))
    return ShareRegister(path, is_there=True, movements=movements, findings=wrong)


class _WrongCell(Exception):  # noqa: N818 - the table is wrong, not the program
    def __init__(self, column: str, text: str, expected: Text) -> None:
        super().__init__(column)
        self.message = WRONG_CELL(column=column, text=text or '""', expected=expected)


def _movements(path: Path, text: str, wrong: list[Finding]) -> Iterator[Movement]:
    """Give the lines that can be read; what is wrong with the others goes to *wrong*."""
    separator = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        head = [cell.strip().lower() for cell in next(reader, [])]
        if tuple(head) != COLUMNS:
            wrong.append(Finding(str(path), 1, NO_COLUMNS(expected=separator.join(COLUMNS))))
            return
        for row in reader:
            if any(cell.strip() for cell in row):
                try:
                    yield _movement(reader.line_num, [cell.strip() for cell in row])
                except _WrongCell as mistake:
                    wrong.append(Finding(str(path), reader.line_num, mistake.message))
    except csv.Error:  # a quotation mark that is not closed makes a cell beyond what any holds
        wrong.append(Finding(str(path), reader.line_num, NO_COLUMNS(expected=separator.join(COLUMNS))))


def _movement(line: int, row: Sequence[str]) -> Movement:
    cells = dict(zip(COLUMNS, [*row, *[""] * len(COLUMNS)], strict=False))
    day, paid = read_day(cells["date"]), read_amount(cells["paid"]) if cells["paid"] else ZERO
    if day is None:
        raise _WrongCell("date", cells["date"], _DAY())
    if not is_unit(cells["member"]):
        raise _WrongCell("member", cells["member"], _MEMBER())
    if cells["movement"] not in MOVEMENTS:
        raise _WrongCell("movement", cells["movement"], _MOVEMENT(movements=list(MOVEMENTS)))
    if not _NUMBER.fullmatch(cells["shares"]):
        raise _WrongCell("shares", cells["shares"], _WHOLE())
    if paid is None:
        raise _WrongCell("paid", cells["paid"], _AMOUNT())
    if not cells["account"].startswith(SHARES) and (paid or cells["account"]):
        raise _WrongCell("account", cells["account"], _ACCOUNT())
    movement = Movement(
        *(line, day, cells["member"], cells["movement"], cells["class"]),
        *(int(cells["shares"]), paid, cells["account"], cells["note"]),
    )
    if column := _against_its_kind(movement):
        raise _WrongCell(column, cells[column], _SIGNS[movement.kind]())
    return movement


def _against_its_kind(movement: Movement) -> str:
    """Give the column whose sign does not go with what the line is; "" where both do.

    The structure's own contributions have no shares, so that those of COOP may be nothing but an amount.
    """
    kind, shares, paid = movement.kind, movement.shares, movement.paid
    if kind in {PAID, REFUSED}:
        return "shares" if shares else "paid" if kind == REFUSED and paid else ""
    if kind == TRANSFERRED:
        return "" if shares or movement.member == COOP else "shares"
    sign = 1 if kind == SUBSCRIBED else -1
    if shares * sign <= 0 and movement.member != COOP:
        return "shares"
    return "paid" if paid * sign < 0 else ""


def _inconsistent(movements: Sequence[Movement]) -> Iterator[tuple[int, Text]]:
    """Give the lines that do not go with those before, or with the others of their day, and why."""
    held: defaultdict[str, Holding] = defaultdict(Holding)
    before: Movement | None = None
    for each in movements:
        if before is not None and each.date < before.date:
            yield each.line, NO_ORDER(day=before.date, before=each.date)
        before = each
        held[each.member] = holding = held[each.member].plus(each)
        if holding.shares < 0 or holding.paid < ZERO:
            yield each.line, BELOW_ZERO(member=each.member, shares=holding.shares, paid=holding.paid)
    passed = [each for each in movements if each.kind == TRANSFERRED]
    for day, own in groupby(sorted(passed, key=lambda each: each.date), key=lambda each: each.date):
        lines = list(own)
        shares, paid = sum(each.shares for each in lines), sum((each.paid for each in lines), ZERO)
        if shares or paid:
            yield lines[-1].line, ONE_SIDED(day=day, shares=shares, paid=paid)
