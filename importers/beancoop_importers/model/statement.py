"""What every statement reader answers, whatever the bank's format: plain facts, nothing of Beancount.

Amounts are exact Decimals in the currency of the account, signed as its holder sees them: money received is
positive. Lines are counted from 1 in the file as received.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.findings import Finding, Refusal
from beancoop.words.messages import Template, Text, code_of, error, phrase

from beancoop_importers.model.faults import TOO_BIG, UNBALANCED

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

NAMED = phrase("statement {number} of {account}, {day}")
UNNAMED = phrase("statement without number of {account}, {day}")
MORE_SUCH = phrase("{reason} ({count} more such)")
UNPROVED = error(
    "BC1218",
    "{statement} gives no balances to prove it whole; compare what the account holds with the bank's.",
)


MAX_BYTES = 50_000_000
"""Beyond this a file is refused in words; no bank writes one statement that long."""

ORIGINAL_AMOUNT, EXCHANGE_RATE = "original-amount", "exchange-rate"
"""Sorts of `Movement.information`: the amount in the currency it was ordered in, and the rate."""

UNNUMBERED = "000"
"""What stands for a number the bank did not give."""

YEARS = range(1950, 2200)
"""Beyond, a date is a slip, and calendars end."""


class Refused(Refusal):
    """What was received must not be booked, and why; a reader knows the line, and only its caller the file.

    Attributes:
        line: where in the file, 0 where it concerns the file as a whole.

    """

    def __init__(self, message: str, line: int = 0) -> None:
        """Keep the reason and its place."""
        super().__init__(message)
        self.line = line

    def within(self, path: object) -> Finding:
        """Point at the place in the file at *path*."""
        return Finding(str(path), self.line or 1, self.message)


def quoted(inner: str, template: Template, **values: object) -> Text:
    """Say *inner* within another sentence, as its `{reason}`, under its own code."""
    return template._replace(code=code_of(inner))(reason=inner, **values)


def refuse_too_big(data: bytes) -> None:
    """Refuse what is longer than any statement or invoice, before it is read.

    Raises:
        Refused: it is.

    """
    if len(data) > MAX_BYTES:
        raise Refused(TOO_BIG(size=Decimal(len(data)), most=Decimal(MAX_BYTES)))


class Note(NamedTuple):
    """What the accountant should look at, though the file may be booked: a line of the bank's file, and why."""

    line: int
    text: str

    def within(self, path: object) -> Finding:
        """Point at the place in the file at *path*."""
        return Finding(str(path), self.line, self.text)


class Oddities:
    """Notes while a file is read, one per sort, so that a strange file gives a few lines and not thousands."""

    def __init__(self) -> None:
        """Begin with none."""
        self._first: dict[str, Note] = {}
        self._count: Counter[str] = Counter()

    def add(self, sort: str, text: str, line: int) -> None:
        """Take note; of one *sort* the first is told, the others counted."""
        self._first.setdefault(sort, Note(line, text))
        self._count[sort] += 1

    def notes(self) -> tuple[Note, ...]:
        """Give them in the order they came up."""
        return tuple(
            note
            if self._count[sort] == 1
            else Note(note.line, quoted(note.text, MORE_SUCH, count=self._count[sort] - 1))
            for sort, note in self._first.items()
        )


class Structured(NamedTuple):
    """A communication in a form agreed between banks.

    Attributes:
        kind: `ogm` (Belgian structured communication, check digits right), `rf` (ISO 11649 creditor reference,
            likewise), or the format's own type, such as `coda-113`.
        value: an OGM as `+++090/9337/55493+++`, an RF reference in capitals without blanks, otherwise the text.

    """

    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One movement on the account, or one detail of a total.

    Attributes:
        line: where it begins in the file.
        sequence: its number in the statement, as written.
        detail: its number under the total, zeroes for what counts in the balance.
        booked: the day the bank entered it.
        value_date: the day it bears interest from, None where the bank gives none.
        amount: positive when received.
        code: the bank's own transaction code.
        bank_reference: the bank's own name for it.
        communication: the free text, its inner blanks kept.
        structured: the structured communication, None where it is free.
        information: structured information the bank adds beside the communication.
        customer_reference: the holder's own reference, handed back by the bank.
        counterparty: the other party's name.
        counterparty_account: its account, normalised.
        counterparty_bic: its bank.
        return_reason: for a payment that came back, the kind of return and its ISO 20022 reason.
        details: what the amount is made of, where the bank says so; they never count in the balance.
        identity: the bank's reference where it names this movement alone, whatever file it comes in, or what it says,
            where banks list movements without a reference; "" where only its place in the statement tells it from
            others.

    """

    line: int
    sequence: str
    detail: str
    booked: datetime.date
    value_date: datetime.date | None
    amount: Decimal
    code: str
    bank_reference: str
    communication: str
    structured: Structured | None
    information: tuple[Structured, ...]
    customer_reference: str
    counterparty: str
    counterparty_account: str
    counterparty_bic: str
    return_reason: str
    details: tuple[Movement, ...] = ()
    identity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of one account; where it gives both balances, the old plus the movements is the new (see `prove`).

    Attributes:
        format: the bank's format, such as `coda`, `camt` or `csv-kbc`.
        account: the account as written.
        iban: the account normalised (see `identifiers.account_key`).
        currency: ISO 4217.
        number: the statement's number as written; it starts again every year.
        old_date: the day of the old balance, None where the bank gives none.
        old_balance: what stood on the account before, None where the bank gives none.
        new_date: the day of the new balance, None for a file that only says that nothing moved.
        new_balance: what stands on it after, None likewise, and where the bank gives none.
        movements: in the bank's order.
        duplicate: the bank marks it as a second copy.
        first_line: where it begins in the file.
        last_line: where it ends.
        warnings: what is odd but does not touch the amounts.
        identity: what the bank calls the statement, where no number in sequence does; "" where the number tells.
        export: it is what the bank listed when it was asked, and not its statement of whole days: its last day may go
            on, and its new balance is then no longer that day's.

    """

    format: str
    account: str
    iban: str
    currency: str
    number: str
    old_date: datetime.date | None
    old_balance: Decimal | None
    new_date: datetime.date | None
    new_balance: Decimal | None
    movements: tuple[Movement, ...]
    duplicate: bool
    first_line: int
    last_line: int
    warnings: tuple[Note, ...]
    identity: str = ""
    export: bool = False

    @property
    def name(self) -> Text:
        """How a message calls it."""
        template = UNNAMED if self.number == UNNUMBERED else NAMED
        return template(number=self.number, account=f"{self.iban} {self.currency}", day=self.new_date or self.old_date)

    @property
    def unproved(self) -> Note | None:
        """What to tell where no balances show that no movement is missing or changed."""
        if not self.movements or None not in {self.old_balance, self.new_balance}:
            return None
        text = UNPROVED(statement=self.name)
        return Note(self.first_line, text)


def prove(old: Decimal, amounts: Iterable[Decimal], new: Decimal, line: int) -> None:
    """Compare an old balance and what moved with the new balance, which stands at *line*.

    Raises:
        Refused: they do not agree.

    """
    moved = sum(amounts, Decimal(0))
    if old + moved != new:
        raise Refused(
            UNBALANCED(old=old, moved=moved, made=old + moved, new=new),
            line,
        )
