"""What a new statement is to the ones the ledger has: the next, a later one of the day, a copy, or one after a gap.

Neither numbers nor balances tell alone: some banks number by date or count empty files, and a day's movements may come
to nothing. So a statement is missing where the balances do not follow each other, and the numbers tell which.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, NamedTuple

from beancoop_importers.bank.booking import REFERENCE, statement_reference
from beancoop_importers.model.postings import moved
from beancoop_importers.model.statement import UNNUMBERED, Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from beancount.core import data

    from beancoop_importers.model.statement import Statement


class Known(NamedTuple):
    """A statement that the ledger holds, by its `bank-ref`.

    Attributes:
        account: the format, the account and its currency.
        day: the day of its new balance.
        number: its number, None where the bank gives none in sequence.

    """

    account: str
    day: datetime.date
    number: int | None

    @classmethod
    def of(cls, reference: str) -> Known | None:
        """Read a statement's `bank-ref`; None where it is not one."""
        account, day, number = (*reference.rsplit("/", 2), "", "")[:3]
        try:
            date = datetime.date.fromisoformat(day)
        except ValueError:
            return None
        numbered = number.isascii() and number.isdecimal() and number != UNNUMBERED
        return cls(account, date, int(number) if numbered else None)


def last_before(statement: Statement, asserted: Iterable[data.Balance]) -> Known | None:
    """Give the last statement whose balance the ledger asserts before *statement* begins."""
    own = Known.of(statement_reference(statement))
    known = (Known.of(str(one.meta.get(REFERENCE, ""))) for one in asserted)
    before = [
        one
        for one in known
        if one and own and one.account == own.account and statement.old_date and one.day <= statement.old_date
    ]
    return max(before, key=lambda one: (one.day, one.number or 0), default=None)


def gap(statement: Statement, account: str, stands_at: Decimal, last: Known | None) -> Note:
    """Say that a statement does not begin where the ledger stands, and what may be missing."""
    return Note(
        statement.first_line,
        f"{statement.name} begins at {statement.old_balance:.2f} on {statement.old_date}, but {account} stands at "
        f"{stands_at:.2f} in the ledger; {_missing(statement, last)}.",
    )


def _missing(statement: Statement, last: Known | None) -> str:
    if last is None:
        return "a statement is missing before it, or the opening balance"
    own = Known.of(statement_reference(statement))
    period = f"between {last.day} and {statement.old_date}"
    if own is None or own.number is None or last.number is None:
        return f"a statement is missing {period}"
    if own.day.year != last.day.year:
        return f"what comes after number {last.number:03} of {last.day.year} is missing, {period}"
    between = range(last.number + 1, own.number)
    if own.number == last.number + 1:
        return f"number {own.number:03} follows {last.number:03}, so look for what was changed {period}"
    if not between:
        return f"a statement is missing {period}"
    numbers = f"number {between[0]:03} is" if len(between) == 1 else f"numbers {between[0]:03} to {between[-1]:03} are"
    return f"{numbers} missing, {period}"


def second_copy(statement: Statement) -> Note | None:
    """Say that the bank marks a statement as a second copy, though the ledger has no first."""
    if not statement.duplicate:
        return None
    text = f"{statement.name} is marked as a second copy, but the ledger did not hold it; it is booked all the same."
    return Note(statement.first_line, text)


def comes_to_nothing(statement: Statement) -> bool:
    """Tell whether a statement ends where it began: two such statements of a day may well be the same to the eye."""
    return statement.old_balance is None or statement.old_balance == statement.new_balance


def same_movements(
    ours: Iterable[Sequence[data.Transaction]], theirs: Iterable[Sequence[data.Transaction]], bank: str, currency: str
) -> bool:
    """Tell whether two lists of movements on *bank* agree in their days and amounts, each shared out or not."""
    one, other = (sorted((parts[0].date, moved(parts, bank, currency)) for parts in each) for each in (ours, theirs))
    return one == other


def is_later(statement: Statement, there: data.Balance, *, known: int, grown: bool) -> bool:
    """Tell whether a statement comes after the one whose balance of that day is asserted, *there*.

    Args:
        statement: the new one.
        there: the assertion.
        known: how many of its movements the ledger has.
        grown: whether it brings others.

    """
    if there.meta[REFERENCE] == statement_reference(statement) or (statement.identity and known):
        return grown  # the same statement, fetched again later in the day, be it under another name
    own, other = Known.of(statement_reference(statement)), Known.of(str(there.meta[REFERENCE]))
    if statement.identity or own is None or other is None or own.number is None or other.number is None:
        return statement.old_balance == there.amount.number
    return own.number > other.number
