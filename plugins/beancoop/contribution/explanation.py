"""The contribution of one activity, told month by month down to the entries that it comes from.

Nothing is computed here a second time: the margin is gathered by the rule that levies (`contribution.Margins`), and
each posting it counts is noted on the way.

Of the ledger in `contribution`'s own example, one month is told: 2026-01, a margin of 2050.00 in one line (the invoice
of 2026-01-20, at the rate of 0.10 in force that day), 205.00 due, nothing levied before, 205.00 levied.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from beancoop.contribution.rule import Contribution, Margins
from beancoop.model.money import ZERO, amount_in
from beancoop.model.months import Month
from beancoop.model.provenance import OPENING, settles
from beancoop.rules import engine
from beancoop.rules.part import Part

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount.core.data import Directive, Posting, Transaction

    from beancoop.contribution.levy import Levy
    from beancoop.model.accounts import AccountName
    from beancoop.model.activity import Activity
    from beancoop.model.register import Register
    from beancoop.rules.part import Column


class ExplainedLine(NamedTuple):
    """What one entry adds to the basis of a month.

    Attributes:
        entry: the entry.
        base: its margin, in the operating currency; negative for a purchase or a credit note.
        rate: the rate that bears on it.
        bound: the day whose rate that is: the entry's own, or that of the sale it is linked to.
        counted: the day on which it counts: the entry's own, or of what settles a year, the last of the month in which
            it is levied.

    """

    entry: Transaction
    base: Decimal
    rate: Decimal
    bound: datetime.date
    counted: datetime.date

    @property
    def contribution(self) -> Decimal:
        """What it adds to the contribution, not rounded."""
        return self.base * self.rate


class Explained(NamedTuple):
    """The levy of a month, with the entries of that month that it comes from, in the order of the books."""

    levy: Levy
    lines: Sequence[ExplainedLine]


class _Noting(Margins):
    """Gathers the margin, and notes each entry that is counted."""

    def __init__(self, activity: Activity, register: Register) -> None:
        super().__init__(activity, register)
        self.lines: defaultdict[Month, list[ExplainedLine]] = defaultdict(list)

    def count(self, column: Column) -> bool:  # noqa: ARG002 - one by one, whatever they are
        return False

    def post_direct(self, transaction: Transaction, posting: Posting) -> None:
        super().post_direct(transaction, posting)
        amount = amount_in(posting, self.currency)
        if amount is None or OPENING in transaction.tags:
            return
        is_settling = settles(transaction)
        month = self.settled.month_of(transaction) if is_settling else Month.of(transaction.date)
        lines = self.lines[month]
        if lines and lines[-1].entry is transaction:
            lines[-1] = lines[-1]._replace(base=lines[-1].base - amount)
        else:
            bound = self.bound_to(transaction)
            rate = self.activity.terms_on(bound).rate
            counted = month.last_day if is_settling else transaction.date
            lines.append(ExplainedLine(transaction, ZERO - amount, rate, bound, counted))


class _OfOne(Contribution):
    """Gathers the margin of one activity alone."""

    def __init__(self, register: Register, margins: Margins) -> None:
        super().__init__(register)
        self.margins = {margins.activity.unit: margins}

    def watch(self, account: AccountName, column: Column) -> engine.Poster | None:
        return super().watch(account, column) if account.unit in self.margins else None


def explain(entries: Sequence[Directive], register: Register, unit: str) -> list[Explained]:
    """Explain the levies of *unit*, an activity of *register*, month by month from its first.

    Args:
        entries: at least all the transactions of that unit, in the order of dates.
        register: what the directives of the whole ledger say.
        unit: its code.

    """
    noting = _Noting(register.activities[unit], register)
    engine.show([_OfOne(register, noting)], Part.whole(entries))
    return [Explained(levy, noting.lines.get(levy.month, [])) for levy in noting.levies()]
