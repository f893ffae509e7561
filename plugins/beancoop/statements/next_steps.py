"""What an entrepreneur may have to do next, as facts: what is paid late, what the books lack, her dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancoop.books.waiting import waiting
from beancoop.closing.checklist import unsupported
from beancoop.model.money import ZERO
from beancoop.model.periods import day_after, precedes
from beancoop.statements.customers import owed
from beancoop.statements.follow_up import SOON

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from beancount.core.data import Transaction

    from beancoop.books.books import Books
    from beancoop.books.open_items import Item
    from beancoop.books.waiting import Waiting
    from beancoop.model.accompaniment import Meeting
    from beancoop.model.activity import Activity
    from beancoop.model.periods import Period


class NextSteps(NamedTuple):
    """What waits for the entrepreneur of one activity.

    Attributes:
        overdue: the invoices that should have been paid: those a reminder may be sent for.
        since: the first day that is not closed: the first whose documents can still be added.
        unsupported: the purchases since that day that no document supports.
        waiting: what waits on 499 until somebody says what it is.
        meeting: the next meeting that is planned; None where none is.
        last_day: the last day to sell, where it is within SOON days; else None.

    """

    overdue: Sequence[Item]
    since: datetime.date
    unsupported: Sequence[Transaction]
    waiting: Sequence[Waiting]
    meeting: Meeting | None
    last_day: datetime.date | None


def next_steps(books: Books, activity: Activity, period: Period) -> NextSteps:
    """Give what waits at the end of *period*."""
    unit, today, asked = activity.unit, period.today, period.asked or period.today
    closed = books.register.last_closed(unit)
    since = day_after(closed.last_day) if closed else activity.start
    open_ = (entry for entry in books.of(unit) if since <= entry.date and precedes(entry.date, period.end))
    last = activity.last_day(today)
    invoices = owed(books.items.at(period.end, unit))
    planned = (each for each in books.register.meetings if each.date > asked)
    return NextSteps(
        overdue=[each for each in invoices if each.amount > ZERO and each.payable_by < today],
        since=since,
        unsupported=list(unsupported(books.ledger.entries, open_)),
        waiting=[each for each in waiting(books.sorted.on_waiting, books.currency, period.end) if each.unit == unit],
        meeting=next(planned, None),
        last_day=last if last is not None and 0 <= (last - today).days <= SOON else None,
    )
