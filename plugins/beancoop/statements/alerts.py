"""What an accountant has to see to: each thing as a fact, with what it amounts to and since when."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.accounts import COOP
from beancoop.model.money import ZERO, to_cent
from beancoop.model.periods import day_after, day_before
from beancoop.statements.freshness import open_months

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from beancoop.model.months import Month
    from beancoop.model.periods import Period
    from beancoop.statements.treasury import CashBalances, Headroom
    from beancoop.statements.vat import VatFigures
    from beancoop.vat.periods import VatPeriod


class OnSuspense(NamedTuple):
    """How many movements wait on 499, and what they come to, to the cent; debits are positive."""

    movements: int
    amount: Decimal


class Undecided(NamedTuple):
    """How many entries of the return of a period need a code of VAT."""

    period: VatPeriod
    entries: int


class Silent(NamedTuple):
    """A bank account whose statements are missing from a day on; None where there has never been one."""

    account: str
    since: datetime.date | None


class Alerts(NamedTuple):
    """What there is to see to at the end of a period; each is empty or None where there is nothing.

    Attributes:
        suspense: what waits on 499.
        overdrawn: the activities whose treasury is below what their overdraft allows, the furthest below first.
        open: the whole months that have passed and are not closed.
        undecided: what of the VAT return of the period's end is to be decided.
        silent: the bank accounts of which nothing says how the month before the day asked for ended.

    """

    suspense: OnSuspense | None
    overdrawn: Sequence[Headroom]
    open: Sequence[Month]
    undecided: Undecided | None
    silent: Sequence[Silent]


def alerts(cash: CashBalances, vat: VatFigures, period: Period) -> Alerts:
    """Tell what there is to see to in the books behind *cash* and *vat*."""
    waiting = cash.waiting(period)
    amount = to_cent(sum((each.amount for each in waiting), ZERO))
    return Alerts(
        OnSuspense(len(waiting), amount) if waiting else None,
        [each for each in cash.rooms(period) if each.room < ZERO],
        open_months(cash.books, COOP, period),
        _undecided(vat, period),
        list(_silent(cash, period)),
    )


def _undecided(vat: VatFigures, period: Period) -> Undecided | None:
    """Give what the page of VAT tells of the same period; where a file of it cannot be read, that page tells so."""
    chosen = vat.last_of(period)
    if chosen is None:
        return None
    try:
        count = len(vat.shown(chosen).undecided)
    except OSError:
        return None
    return Undecided(chosen, count) if count else None


def _silent(cash: CashBalances, period: Period) -> Iterator[Silent]:
    ended = day_before(day_after(period.asked or period.today).replace(day=1))
    for bank in cash.banks(period):
        if bank.account in cash.books.register.closes:
            continue
        told = [*([bank.statement.day] if bank.statement else []), *([day_before(bank.on)] if bank.on else [])]
        if not told or max(told) < ended:
            yield Silent(bank.account, day_after(max(told)) if told else None)
