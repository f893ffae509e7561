"""A part of a ledger that the rules can judge by itself: a sub-ledger, the structure's books, or the whole."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from decimal import Decimal
from functools import cached_property
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any, Protocol
from weakref import proxy

from beancount.core.data import Open

from beancoop.loading.moves import Moves, Sorted, as_one, sort_out
from beancoop.model.accounts import parse_account
from beancoop.model.months import Month
from beancoop.model.provenance import PROVISIONAL, is_injected

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping, Sequence

    from beancount.core.data import Directive, Transaction


class Column:
    """The postings of a part to one account, in the order of dates.

    Attributes:
        places: where the transaction of each stands among the entries of the part.
        units: the amount of each; None where a posting that was not booked has none.
        is_priced: whether a posting has a price or a cost.

    """

    __slots__ = ("_part", "is_priced", "places", "units")

    def __init__(self, part: Part, moves: Moves) -> None:
        """Take the postings."""
        self._part = proxy(part)  # which holds its columns: in a circle they would stay in memory together
        self.places, self.units, self.is_priced = moves

    @classmethod
    def of(cls, part: Part, several: Sequence[Column]) -> Column:
        """Give the postings to several accounts as if they were one."""
        return cls(part, as_one([Moves(each.places, each.units, each.is_priced) for each in several]))

    @property
    def first(self) -> datetime.date:
        """The day of its first posting."""
        return self.transaction(self.places[0]).date

    @property
    def last(self) -> datetime.date:
        """The day of its last posting."""
        return self.transaction(self.places[-1]).date

    def transaction(self, place: int) -> Transaction:
        """Give the transaction of a place."""
        found: Transaction = self._part.entries[place]
        return found

    @property
    def is_tagged(self) -> bool:
        """Whether a transaction has a tag."""
        tagged = self._part.tagged
        return bool(tagged) and not tagged.keys().isdisjoint(self.places)

    def numbers(self, currency: str) -> list[Decimal] | None:
        """Give the amounts, if all of them are in one currency."""
        units = self.units
        numbers = [each[0] for each in units if each is not None and each[1] == currency and type(each[0]) is Decimal]
        return numbers if len(numbers) == len(units) else None

    @property
    def months(self) -> list[Month]:
        """The month of each posting."""
        months = self._part.month_of
        return [months[place] for place in self.places]

    @property
    def days(self) -> list[datetime.date]:
        """The day of each posting."""
        entries = self._part.entries
        return [entries[place].date for place in self.places]


class Source(Protocol):
    """Whoever has the entries of a part."""

    def entries(self) -> list[Any]:
        """Give them in the order of dates."""

    def sorted_out(self) -> Sorted:
        """Give what they move by account."""

    def rank(self, place: int) -> tuple[int, ...]:
        """Give what orders the entry of a place among those of all parts."""


class _Whole:
    """A whole ledger; what the suite has made in it is no evidence for or against it."""

    def __init__(self, entries: Sequence[Directive]) -> None:
        self._entries = list(entries)

    def entries(self) -> list[Any]:
        return self._entries

    def sorted_out(self) -> Sorted:
        return sort_out(self._entries, is_made)

    def rank(self, place: int) -> tuple[int, ...]:
        return (place,)


def is_made(transaction: Transaction) -> bool:
    """Say whether the suite has made a transaction, as it has where it runs again."""
    return PROVISIONAL in transaction.tags and is_injected(transaction)


class Part:
    """Entries in the order of dates."""

    def __init__(self, source: Source) -> None:
        """Take them from where they are when they are asked for."""
        self._source = source
        self.rank = source.rank

    @classmethod
    def whole(cls, entries: Sequence[Directive]) -> Part:
        """Give a whole ledger as its one part."""
        return cls(_Whole(entries))

    @cached_property
    def entries(self) -> list[Any]:
        """All of them."""
        return self._source.entries()

    @property
    def opens(self) -> Sequence[Open]:
        """Those that open accounts."""
        directives = (self.entries[place] for place in self._sorted.directives)
        return [entry for entry in directives if type(entry) is Open]

    @cached_property
    def tagged(self) -> Mapping[int, Transaction]:
        """The transactions that have a tag, few as they are, by their places."""
        return {place: self.entries[place] for place in self._sorted.tagged}

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """The postings by account."""
        return {name: Column(self, moves) for name, moves in self._sorted.moves.items()}

    @cached_property
    def _sorted(self) -> Sorted:
        return self._source.sorted_out()

    @cached_property
    def month_of(self) -> Sequence[Month]:
        """The month of each entry."""
        runs = []
        start = 0
        while start < len(self.entries):
            month = Month.of(self.entries[start].date)
            end = bisect_right(self.entries, month.last_day, start, key=_date)
            runs.append(repeat(month, end - start))
            start = end
        return [*chain.from_iterable(runs)]

    @cached_property
    def mixed(self) -> Sequence[Transaction]:
        """The transactions that touch several units."""
        units = {name: account.unit for name in self.columns if (account := parse_account(name)) and account.unit}
        touched: defaultdict[str, set[int]] = defaultdict(set)
        for name, unit in units.items() if len(set(units.values())) > 1 else ():
            touched[unit].update(self.columns[name].places)
        seen: set[int] = set()
        mixed: set[int] = set()
        for places in touched.values():
            mixed |= seen & places
            seen |= places
        return [self.entries[place] for place in sorted(mixed)]


def _date(entry: Directive) -> datetime.date:
    return entry.date
