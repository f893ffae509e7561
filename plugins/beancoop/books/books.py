"""One loaded ledger as pages and statements read it: each thing is worked out once, when it is first asked for."""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from beancoop.books.open_items import OpenItems
from beancoop.books.sorting import Sorted
from beancoop.books.sums import Sums
from beancoop.closing.seal import check_seals
from beancoop.contribution.explanation import explain
from beancoop.contribution.rule import read_levies
from beancoop.model.accounts import COOP, parse_account
from beancoop.model.money import ZERO, amount_in
from beancoop.model.months import Month
from beancoop.model.ownership import units_of
from beancoop.model.periods import Span, after, precedes
from beancoop.model.provenance import INVENTORY, OPENING, is_injected, settles
from beancoop.model.register import read_register

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from decimal import Decimal

    from beancount.core.data import Custom, Transaction

    from beancoop.contribution.explanation import Explained
    from beancoop.contribution.levy import Levy
    from beancoop.loading.ledger import Ledger
    from beancoop.model.activity import Activity
    from beancoop.model.findings import Finding
    from beancoop.model.register import Register


class Standing(NamedTuple):
    """Whether the books behind a statement may still change.

    Attributes:
        is_closed: whether its last month, or the year that ends with it, is sealed, and the seals hold.
        seal: the sha256 of that seal; "" where it is not closed.

    """

    is_closed: bool
    seal: str


PROVISIONAL = Standing(is_closed=False, seal="")


class Books:
    """What pages and statements are drawn from; amounts are in the operating currency, unrounded.

    Attributes:
        ledger: the ledger, its entries in the order of dates, as the loader gives them.
        register: what its directives declare.

    """

    def __init__(self, ledger: Ledger) -> None:
        """Read the directives; the transactions when they are asked for."""
        self.ledger = ledger
        self.register: Register = read_register(ledger.entries, ledger.options)
        self._explained: dict[str, list[Explained]] = {}

    def added_up(self) -> Books:
        """Add up at once what pages ask for."""
        _ = self.sums, self.items, self.sorted
        return self

    @property
    def title(self) -> str:
        """Whose books they are, as the ledger's `title` says."""
        return str(self.ledger.options["title"] or "")

    @property
    def currency(self) -> str:
        """The currency of all amounts."""
        return self.register.currency

    @property
    def activities(self) -> Mapping[str, Activity]:
        """The activities by code."""
        return self.register.activities

    @property
    def is_alone(self) -> bool:
        """Whether it is the sub-ledger of one activity, without the rest of the cooperative."""
        return len(self.activities) == 1 and not self.register.coop_is_open

    @cached_property
    def sums(self) -> Sums:
        """What every account moved, added up."""
        return Sums(self.ledger.entries, self.currency)

    @cached_property
    def items(self) -> OpenItems:
        """Its customers and suppliers."""
        return OpenItems(self.ledger.entries, self.currency)

    @cached_property
    def sorted(self) -> Sorted:
        """Its entries by whose they are and what they touch."""
        return Sorted(self.ledger.entries, self.currency)

    @cached_property
    def levies(self) -> Mapping[str, list[Levy]]:
        """The levies of each activity."""
        return read_levies(self.ledger.entries, self.ledger.options)

    def explained(self, unit: str) -> Sequence[Explained]:
        """Give the levies of an activity month by month, each with the entries it comes from."""
        if unit not in self._explained:
            self._explained[unit] = explain(self.of(unit), self.register, unit)
        return self._explained[unit]

    def of(self, unit: str | None) -> Sequence[Transaction]:
        """Give the transactions of one *unit*, or of all, in the order of dates."""
        return self.sorted.transactions if unit is None else self.sorted.of_unit.get(unit, [])

    def latest(self, unit: str, end: datetime.date) -> datetime.date:
        """Give the day of the last transaction of the activity *unit* before *end*; without any, its first day."""
        own = (entry.date for entry in reversed(self.of(unit)) if precedes(entry.date, end))
        return next(own, self.activities[unit].start)

    def within(self, begin: datetime.date, span: Span, unit: str | None) -> Iterator[Transaction]:
        """Give those dated from *begin* to the last day of *span*."""
        return (entry for entry in self.of(unit) if begin <= entry.date <= span.last)

    @cached_property
    def dated_otherwise(self) -> AbstractSet[str]:
        """The units with an entry that counts in no margin, or in that of another month than its own."""
        tags = {OPENING, INVENTORY}
        return {unit for entry in self.of(None) if not tags.isdisjoint(entry.tags) for unit in units_of(entry)}

    def brought_in(self, span: Span, *numbers: str) -> Decimal:
        """Give what openings dated in *span* bring in on the accounts of those PCMN numbers; credits are positive."""
        return sum(self.brought_in_by_unit(span, *numbers).values(), ZERO)

    def brought_in_by_unit(self, span: Span, *numbers: str) -> Mapping[str | None, Decimal]:
        """Give the same unit by unit; one without an opening has nothing."""
        found: defaultdict[str | None, Decimal] = defaultdict(lambda: ZERO)
        for entry in self._openings:
            if span.first <= entry.date <= span.last:
                for posting in entry.postings:
                    account = parse_account(posting.account)
                    if account is not None and account.number.startswith(numbers):
                        found[account.unit] -= amount_in(posting, self.currency) or ZERO
        return found

    @cached_property
    def _openings(self) -> Sequence[Transaction]:
        return [entry for entry in self.of(None) if OPENING in entry.tags]

    def until_now(self, today: datetime.date) -> datetime.date:
        """Give the first day that does not count in figures that are said to be of now, on the day *today*.

        Without an entry that somebody has dated later, such as a reversal of next year, that is the calendar's last:
        all counts. With one, the contribution of the running month, dated its last day, still does.
        """
        entries = self.sorted.transactions
        later = bisect_right(entries, today, key=lambda entry: entry.date)
        after_today = (entries[position] for position in range(later, len(entries)))
        first = next((entry.date for entry in after_today if not is_injected(entry)), None)
        return datetime.date.max if first is None else min(first, after(Month.of(today)))

    def last_written(self, today: datetime.date) -> datetime.date | None:
        """Give the day of the last transaction that somebody wrote, none of them later than *today*; None without."""
        entries = self.sorted.transactions
        known = bisect_right(entries, today, key=lambda entry: entry.date)
        before = (entries[position] for position in range(known - 1, -1, -1))  # no copy: pages ask again and again
        return next((entry.date for entry in before if not is_injected(entry)), None)

    @property
    def first_day(self) -> datetime.date | None:
        """The day of the first transaction; None where there is none."""
        return self.sorted.transactions[0].date if self.sorted.transactions else None

    @property
    def last_day(self) -> datetime.date | None:
        """The day of the last transaction; None where there is none."""
        return self.sorted.transactions[-1].date if self.sorted.transactions else None

    @property
    def units(self) -> tuple[str, ...]:
        """The activities by code, and the structure before them where its books are part of the ledger."""
        return (*((COOP,) if self.register.coop_is_open else ()), *self.register.activities)

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """What each PCMN number is called in this ledger: the first of its labels where there are several."""
        labels: dict[str, str] = {}
        for name in sorted(account.name for account in self.sums.accounts.values()):
            labels[name.number] = min(labels.get(name.number, name.label), name.label)
        return labels

    @cached_property
    def broken_seals(self) -> Sequence[Finding]:
        """What is wrong with the seals of closed months: as long as there is anything, nothing counts as closed."""
        return check_seals(self.ledger.entries, self.ledger.options) if self.register.seals else ()

    def standing(self, span: Span, unit: str | None, until: datetime.date | None = None) -> Standing:
        """Say whether the books of a *unit*, or all of them, are closed for the whole of *span*.

        The seal of all of them is the structure's hash over the seals of every unit of that month; where a financial
        year ends with *span*, that of the year, which may still be settled after its months are closed.

        Args:
            span: the days.
            unit: the only unit, or None.
            until: the day of a later entry that counts as well, such as what appropriates a year's result.

        """
        owner = self._owner(unit)
        spans = [span] if until is None or until <= span.last else [span, Span.of_month(Month.of(until))]
        seals = [self._seal(owner, each.last) for each in spans]
        last = seals[-1]
        if last is None or None in seals or self.broken_seals or self.ledger.errors:
            return PROVISIONAL
        return Standing(
            is_closed=True, seal=str(last.meta.get("units" if unit is None and owner == COOP else "sha256"))
        )

    def _seal(self, owner: str, day: datetime.date) -> Custom | None:
        """Give the seal of a unit that closes whatever is dated up to *day*, the end of a month or year."""
        cooperative = self.register.cooperative
        of_years = {seal.date: seal for seal in self.register.closed_years(owner).values()}
        if self.register.knows_years:
            ends_year = cooperative.year(cooperative.year_of(day)).last == day
        else:
            ends_year = day in of_years or any(settles(entry) and entry.date == day for entry in self.ledger.entries)
        return of_years.get(day) if ends_year else self.register.seals.get(owner, {}).get(Month.of(day))

    def _owner(self, unit: str | None) -> str:
        """Give the unit whose seals close *unit*, or all of them: the only activity's where it stands alone."""
        if unit is not None or self.register.coop_is_open:
            return unit or COOP
        return next(iter(self.register.activities), COOP)
