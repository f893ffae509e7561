"""VAT as pages show it: the returns of a ledger, each made when first asked for, and what each unit owes of them."""

from __future__ import annotations

import datetime
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.money import ZERO
from beancoop.model.months import Month
from beancoop.model.periods import day_before
from beancoop.model.provenance import is_injected
from beancoop.vat import law
from beancoop.vat.answers import answer
from beancoop.vat.deadlines import clients_day, due_day
from beancoop.vat.drift import drift_of
from beancoop.vat.filed import filed_returns, in_force
from beancoop.vat.parts import total
from beancoop.vat.periods import VatPeriod
from beancoop.vat.preparing import VatDesk
from beancoop.vat.returns import VatBooks, balance_of
from beancoop.vat.settling import link_of, settled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from beancount.core.data import Transaction

    from beancoop.books.books import Books
    from beancoop.model.findings import Finding
    from beancoop.model.periods import Period
    from beancoop.vat.answers import Answer
    from beancoop.vat.preparing import Obstacles


class Told(NamedTuple):
    """Something to be looked at.

    Attributes:
        finding: where, and what.
        entry: the transaction there; None where there is none.

    """

    finding: Finding
    entry: Transaction | None


class Shown(NamedTuple):
    """The return of a period, as a page shows it.

    Attributes:
        answered: the return as it would be now, or as it was filed.
        undecided: entries that need a code.
        remarks: what is odd about entries and changes nothing.
        obstacles: what stands in its way besides; None where it was filed.
        drifted: what differs from what was filed.

    """

    answered: Answer
    undecided: Sequence[Told]
    remarks: Sequence[Told]
    obstacles: Obstacles | None
    drifted: Sequence[Told]

    @property
    def is_ready(self) -> bool:
        """Whether nothing stands in the way of filing it."""
        return not self.undecided and not (self.obstacles and self.obstacles.wrong)


class Owed(NamedTuple):
    """What one unit owes of a period.

    Attributes:
        period: the period.
        due: the VAT due on its sales and on what it owes as a buyer.
        deductible: what is taken off.
        undecided: how many of its entries need a code.
        passed: what the filed return has passed on to the structure, which owes the State since; zero before.
        filed: the day on which that was; None where the return is not filed.

    """

    period: VatPeriod
    due: Decimal
    deductible: Decimal
    undecided: int
    passed: Decimal
    filed: datetime.date | None

    @property
    def is_blank(self) -> bool:
        """Whether nothing is to be said of it."""
        return not (self.due or self.deductible or self.undecided or self.passed)


class Deadline(NamedTuple):
    """Something that falls due.

    Attributes:
        period: the period of the return; None for the listing of customers.
        year: the calendar year it is of.
        day: by when.

    """

    period: VatPeriod | None
    year: int
    day: datetime.date


class VatFigures:
    """The returns of one load."""

    def __init__(self, books: Books) -> None:
        """Read what was filed; the returns when they are asked for."""
        self.books = books
        self.desk = VatDesk(books.ledger, books.register)
        self._shown: dict[VatPeriod, Shown] = {}

    @cached_property
    def _written(self) -> Sequence[Transaction]:
        """The transactions that somebody wrote: a levy in memory is dated the last day of its month."""
        return [entry for entry in self.books.of(None) if not is_injected(entry)]

    @cached_property
    def periods(self) -> Sequence[VatPeriod]:
        """The periods that have entries, or were filed, the last one first."""
        months = {Month.of(entry.date) for entry in self._written}
        cooperative = self.books.register.cooperative
        found = {VatPeriod.of(cooperative, month.first_day) for month in months}
        filed = {each.period for each in self.desk.in_force}
        return sorted(found | filed, key=lambda period: period.span, reverse=True)

    def last_of(self, period: Period) -> VatPeriod | None:
        """Give the last period that has begun by the end of *period*; None where there is none."""
        last = day_before(period.end)
        return next((each for each in self.periods if each.span.first <= last), None)

    def shown(self, period: VatPeriod) -> Shown:
        """Give the return of a period.

        Raises:
            OSError: a file of a filed return cannot be read.

        """
        if period not in self._shown:
            self._shown[period] = self._show(period)
        return self._shown[period]

    def _show(self, period: VatPeriod) -> Shown:
        answered = answer(self.desk, period)
        made = answered.made
        return Shown(
            answered,
            self._told(answered.undecided),
            self._told(made.remarks) if made else (),
            self.desk.obstacles(period, made) if made else None,
            self._told(drift_of(self.desk, answered.filed)) if answered.filed else (),
        )

    def _told(self, findings: Sequence[Finding]) -> Sequence[Told]:
        return [Told(each, self._entries.get((each.file, each.line))) for each in findings]

    @cached_property
    def _entries(self) -> Mapping[tuple[str, int], Transaction]:
        return {(str(each.meta["filename"]), int(each.meta["lineno"])): each for each in self._written}

    def late(self, answered: Answer) -> Sequence[Told]:
        """Give the purchases of earlier periods that a return counts."""
        return self._told(answered.late)

    def deadlines(self) -> Sequence[Deadline]:
        """Give what falls due from the day of the last entry on, of the periods that have entries, the first first.

        Never from today on: what a page says is the same whenever it is read.
        """
        last = max((entry.date for entry in self._written), default=datetime.date.max)
        found = [Deadline(each, each.year, day) for each in self.periods if (day := due_day(each))]
        years = {each.year for each in self.periods}
        found += [Deadline(None, year, day) for year in years if (day := clients_day(year))]
        filed = {each.period for each in self.desk.in_force}
        left = (each for each in found if each.day >= last and each.period not in filed)
        return sorted(left, key=lambda each: (each.day, each.period is None))


def owed_by(
    books: Books, unit: str, months: Iterable[Month], until: datetime.date = datetime.date.max
) -> Sequence[Owed]:
    """Give what a unit owes of each period of those *months*, of its own entries, without what was carried.

    Args:
        books: the books, of the whole or of the unit alone.
        unit: whose part it is.
        months: the months.
        until: the last day that is looked at; what was filed later is not filed yet.

    """
    rows, entries = [], VatBooks(books.ledger.entries, books.currency)
    filed = {each.period: each.day for each in in_force(filed_returns(books.register)) if each.day <= until}
    own = [entry for entry in books.of(unit) if entry.date <= until]
    periods = {VatPeriod.of(books.register.cooperative, month.first_day) for month in months}
    for period in sorted(periods, key=lambda period: period.span):
        declared, undecided, _ = entries.read(
            entry for entry in own if period.span.first <= entry.date <= period.span.last
        )
        sums = total(part for each in declared for part in each.parts)
        due = sum((sums.get(grid, ZERO) for grid in law.grids("due")), ZERO)
        settling = [entry for entry in own if link_of(period) in entry.links]
        passed = sum(settled(settling, period, books.currency).tax.values(), ZERO)
        day = filed.get(period, settling[-1].date if settling else None)
        rows.append(Owed(period, due, due - balance_of(sums), len(undecided), passed, day))
    return rows
