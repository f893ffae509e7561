"""From a statement to what the ledger says of it.

Every top-level movement is one transaction on its booking date, flagged `!`: the bank says what moved, not why, so
the other side waits in 499. `bank-ref` is what tells one movement from every other, for good:
`coda/<IBAN>/<currency>/<date of the new balance>/<number>/<sequence>.<detail>`. The date stands for the year in
which the number counts; a statement without number goes by its old balance instead, so that two of one day differ.
Where the bank gives a movement a reference of its own, that and its day are enough, so that the same movement in two
files of different periods is one: `camt/<IBAN>/<currency>/<booking date>/<reference>`. What falls in a month that is
closed is booked on the first open day (see `routing`), and keeps the bank's own day as `booking-date`.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from beancoop.words.messages import error
from beancount.core import data
from beancount.core.amount import Amount

from beancoop_importers.model.sanitizing import clean
from beancoop_importers.model.statement import EXCHANGE_RATE, ORIGINAL_AMOUNT, UNNUMBERED, Movement, Refused, Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancoop_importers.bank.accounts import BankAccount

THIRD_DECIMAL = error(
    "BC1206",
    "the amount {amount} has a third decimal; the ledger counts in hundredths and would lose it; book this "
    "statement by hand.",
)


REFERENCE = "bank-ref"
BOOKING_DATE, VALUE_DATE = "booking-date", "value-date"
COUNTERPARTY_ACCOUNT = "counterparty-account"
CUSTOMER_REFERENCE = "customer-reference"
RETURN_REASON = "return-reason"
FLAG = "!"
_CENT = Decimal("0.01")
_ODD_SIGNS = re.compile(r"[^A-Za-z0-9.:@_+-]+")
_LONGEST = 80  # characters of a bank's own reference; ISO 20022 allows 35
NEXT_DAY = datetime.timedelta(days=1)  # Beancount asserts at the start of the day


class Booking(NamedTuple):
    """What one statement says.

    Attributes:
        statement: the statement.
        bank: where its account stands in the ledger.
        transactions: one per movement.
        closing: its new balance, None where it gives none.

    """

    statement: Statement
    bank: BankAccount
    transactions: tuple[data.Transaction, ...]
    closing: data.Balance | None

    def movements(self) -> dict[str, Movement]:
        """Give the movements by the `bank-ref` of their transactions."""
        references = (one.meta[REFERENCE] for one in self.transactions)
        return dict(zip(references, self.statement.movements, strict=True))


def book(statement: Statement, bank: BankAccount, filename: str) -> Booking:
    """Say *statement* in Beancount; the directives point at their lines of the bank's file, *filename*.

    Raises:
        Refused: an amount has a third decimal, which the ledger would lose.

    """
    prefix = statement_reference(statement)
    seen: Counter[str] = Counter()
    transactions: list[data.Transaction] = []
    for movement in statement.movements:
        place = _place(statement, movement, prefix)
        seen[place] += 1  # numbers come round after 9999, and a bank may use a reference twice
        reference = place if seen[place] == 1 else f"{place}-{seen[place]}"
        transactions.append(_transaction(movement, bank, statement.currency, reference, filename))
    return Booking(statement, bank, tuple(transactions), _closing(statement, bank, prefix, filename))


def statement_reference(statement: Statement) -> str:
    """Give what the `bank-ref` of the statement's movements begin with."""
    number = _identifier(statement.identity) or statement.number
    if number == UNNUMBERED and statement.old_balance is not None:
        number = f"{UNNUMBERED}@{statement.old_balance:.3f}"
    return f"{_account(statement)}/{statement.new_date or statement.old_date}/{number}"


def _account(statement: Statement) -> str:
    return f"{statement.format}/{statement.iban}/{statement.currency}"


def _place(statement: Statement, movement: Movement, prefix: str) -> str:
    """Give what tells the movement from others: its own reference, else its place in the statement."""
    if movement.identity:
        return f"{_account(statement)}/{movement.booked}/{_identifier(movement.identity)}"
    return f"{prefix}/{movement.sequence}.{movement.detail}"


def _identifier(text: str) -> str:
    return _ODD_SIGNS.sub("-", text)[:_LONGEST]


def _transaction(
    movement: Movement, bank: BankAccount, currency: str, reference: str, filename: str
) -> data.Transaction:
    amount = _cents(movement.amount, movement.line)
    facts: dict[str, object] = {REFERENCE: reference}
    facts.update(_facts(movement))
    return data.Transaction(
        data.new_metadata(filename, movement.line, facts),
        movement.booked,
        FLAG,
        clean(movement.counterparty) or None,
        _narration(movement),
        frozenset(),
        frozenset(),
        [
            data.Posting(bank.share, Amount(amount, currency), None, None, None, None),
            data.Posting(bank.suspense, Amount(-amount, currency), None, None, None, None),
        ],
    )


def _narration(movement: Movement) -> str:
    """Give the first text that says something: what was communicated, else a reference."""
    structured = movement.structured.value if movement.structured else ""
    texts = (movement.communication, structured, movement.customer_reference, movement.bank_reference)
    return next(filter(None, map(clean, texts)), "")


def _facts(movement: Movement) -> Iterator[tuple[str, object]]:
    if movement.value_date:
        yield VALUE_DATE, movement.value_date
    structured = movement.structured
    told = {one.kind: one.value for one in movement.information}
    texts = {
        COUNTERPARTY_ACCOUNT: movement.counterparty_account,
        "counterparty-bic": movement.counterparty_bic,
        structured.kind if structured else "": structured.value if structured else "",
        CUSTOMER_REFERENCE: movement.customer_reference,
        RETURN_REASON: movement.return_reason,
        "transaction-code": movement.code,
        **{kind: told[kind] for kind in (ORIGINAL_AMOUNT, EXCHANGE_RATE) if kind in told},
    }
    for key, text in texts.items():
        if shown := clean(text):
            yield key, shown
    for position, detail in enumerate(_all_details(movement), 1):
        yield f"detail-{position:04}", _detail(detail)


def _all_details(movement: Movement) -> Iterator[Movement]:
    for detail in movement.details:
        yield detail
        yield from _all_details(detail)


def _detail(detail: Movement) -> str:
    """Say a detail in one line; it is told, never posted: its total already is."""
    texts = (
        f"{detail.amount:.3f}".removesuffix("0"),
        clean(detail.counterparty),
        detail.counterparty_account,
        _narration(detail),
    )
    return " | ".join(filter(None, texts))


def _closing(statement: Statement, bank: BankAccount, prefix: str, filename: str) -> data.Balance | None:
    if statement.new_balance is None or statement.new_date is None:
        return None
    amount = Amount(_cents(statement.new_balance, statement.last_line), statement.currency)
    meta = data.new_metadata(filename, statement.last_line, {REFERENCE: prefix})
    return data.Balance(meta, statement.new_date + NEXT_DAY, bank.opened.account, amount, None, None)


def _cents(amount: Decimal, line: int) -> Decimal:
    rounded = amount.quantize(_CENT)
    if rounded != amount:
        raise Refused(
            THIRD_DECIMAL(amount=amount),
            line,
        )
    return rounded + 0  # never -0.00
