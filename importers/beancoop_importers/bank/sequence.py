"""What a new statement is to the ones the ledger has: the next, a later one of the day, a copy, or one after a gap.

Neither numbers nor balances tell alone: some banks number by date or count empty files, and a day's movements may come
to nothing. So a statement is missing where the balances do not follow each other, and the numbers tell which.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from beancoop.words.messages import error

from beancoop_importers.bank.booking import REFERENCE, statement_reference
from beancoop_importers.bank.references import own_day
from beancoop_importers.model.invoice import to_cents
from beancoop_importers.model.postings import moved
from beancoop_importers.model.statement import UNNUMBERED, Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from beancoop.words.messages import Template
    from beancount.core import data

    from beancoop_importers.model.statement import Statement

GAP_BEFORE = error(
    "BC1214",
    "{statement} begins at {old} on {day}, but {account} stands at {ledger} in the ledger; a statement is "
    "missing before it, or the opening balance.",
)
GAP_AT_FIRST = error(
    "BC1261",
    "{statement} begins at {old} on {day}, but {account} stands at {ledger} in the ledger, which holds nothing before "
    "it: no opening balance. Write the balances of the programme used before in a file, and open the books with them: "
    "{command}",
)
GAP_BETWEEN = error(
    "BC1215",
    "{statement} begins at {old} on {day}, but {account} stands at {ledger} in the ledger; a statement is "
    "missing between {last} and {day}.",
)
GAP_OF_YEAR = error(
    "BC1216",
    "{statement} begins at {old} on {day}, but {account} stands at {ledger} in the ledger; what comes after "
    "number {number} of {year} is missing, between {last} and {day}.",
)
GAP_CHANGED = error(
    "BC1217",
    "{statement} begins at {old} on {day}, but {account} stands at {ledger} in the ledger; number {number} "
    "follows {before}, so look for what was changed between {last} and {day}.",
)
GAP_OF_NUMBERS = error(
    "BC1219",
    "{statement} begins at {old} on {day}, but {account} stands at {ledger} in the ledger; number {first} is "
    "missing, between {last} and {day}.",
    "{statement} begins at {old} on {day}, but {account} stands at {ledger} in the ledger; numbers {first} to "
    "{end} are missing, between {last} and {day}.",
)
SECOND_COPY = error(
    "BC1220",
    "{statement} is marked as a second copy, but the ledger did not hold it; it is booked all the same.",
)


OPENING_TABLE = "opening.csv"
"""What the table of balances may be called; any other name does."""


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
        if one
        and own
        and one.account == own.account
        and statement.old_date
        and one.day <= statement.old_date
        and not _is_after(one, own)
    ]
    return max(before, key=lambda one: (one.day, one.number or 0), default=None)


def comes_after(statement: Statement, reference: str) -> bool:
    """Tell whether a movement, by its `bank-ref`, is of a statement of the same day with a higher number."""
    own, other = Known.of(statement_reference(statement)), Known.of(reference.rpartition("/")[0])
    return own is not None and other is not None and _is_after(other, own)


def _is_after(one: Known, own: Known) -> bool:
    """Tell whether a statement comes after another of the same day."""
    numbered = one.number is not None and own.number is not None
    return one[:2] == own[:2] and numbered and (one.number or 0) > (own.number or 0)


def gap(statement: Statement, account: str, stands_at: Decimal, last: Known | None) -> Note:
    """Say that a statement does not begin where the ledger stands, and what may be missing."""
    template, values = _missing(statement, last)
    return _gap(template, statement, account, stands_at, values)


def gap_at_first(statement: Statement, account: str, stands_at: Decimal) -> Note:
    """Say that the first statement of an account does not begin at nothing, and how its books are opened."""
    values = {"command": f"beancoop open-books {OPENING_TABLE} --write"}
    return _gap(GAP_AT_FIRST, statement, account, stands_at, values)


def _gap(
    template: Template, statement: Statement, account: str, stands_at: Decimal, values: Mapping[str, object]
) -> Note:
    old = to_cents(statement.old_balance or Decimal(0))
    said = {"statement": statement.name, "old": old, "day": statement.old_date, "account": account}
    return Note(statement.first_line, template(**said, ledger=to_cents(stands_at), **values))


def _missing(statement: Statement, last: Known | None) -> tuple[Template, dict[str, object]]:
    """Give the sentence that says what may be missing, and what it says of the statement before."""
    if last is None or last.day == statement.old_date == statement.new_date:
        return GAP_BEFORE, {}  # nothing lies between two equal days
    own, said = Known.of(statement_reference(statement)), {"last": last.day}
    if own is None or own.number is None or last.number is None:
        return GAP_BETWEEN, {**said}
    if own.day.year != last.day.year:
        return GAP_OF_YEAR, {**said, "number": f"{last.number:03}", "year": last.day.year}
    between = range(last.number + 1, own.number)
    if own.number == last.number + 1:
        return GAP_CHANGED, {**said, "number": f"{own.number:03}", "before": f"{last.number:03}"}
    if not between:
        return GAP_BETWEEN, {**said}
    return GAP_OF_NUMBERS, {**said, "count": len(between), "first": f"{between[0]:03}", "end": f"{between[-1]:03}"}


def second_copy(statement: Statement) -> Note | None:
    """Say that the bank marks a statement as a second copy, though the ledger has no first."""
    if not statement.duplicate:
        return None
    text = SECOND_COPY(statement=statement.name)
    return Note(statement.first_line, text)


def comes_to_nothing(statement: Statement) -> bool:
    """Tell whether a statement ends where it began: two such statements of a day may well be the same to the eye."""
    return statement.old_balance is None or statement.old_balance == statement.new_balance


def same_movements(
    ours: Iterable[Sequence[data.Transaction]], theirs: Iterable[Sequence[data.Transaction]], bank: str, currency: str
) -> bool:
    """Tell whether two lists of movements on *bank* agree in their days and amounts, each shared out or not."""
    one, other = (
        sorted((own_day(parts[0]), moved(parts, bank, currency)) for parts in each) for each in (ours, theirs)
    )
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
