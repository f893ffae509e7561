"""A part of a ledger that the rules can judge by itself: a sub-ledger, the structure's books, or the whole."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import proxy

from beancount.core.data import Transaction

from beancoop.model.accounts import parse_account
from beancoop.model.months import Month
from beancoop.model.provenance import PROVISIONAL, is_injected

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from beancount.core.data import Directive, Posting


class Column:
    """The postings of a part to one account, in the order of dates.

    Attributes:
        moves: each posting with the place of its transaction among the entries of the part.
        is_priced: whether a posting has a price or a cost.

    """

    __slots__ = ("_part", "is_priced", "moves")

    def __init__(self, part: Part, moves: list[tuple[int, Posting]], *, is_priced: bool) -> None:
        """Take the postings."""
        self._part = proxy(part)  # which holds its columns: in a circle they would stay in memory together
        self.moves = moves
        self.is_priced = is_priced

    @property
    def first(self) -> datetime.date:
        """The day of its first posting."""
        return self.transaction(self.moves[0][0]).date

    @property
    def last(self) -> datetime.date:
        """The day of its last posting."""
        return self.transaction(self.moves[-1][0]).date

    def transaction(self, place: int) -> Transaction:
        """Give the transaction of a place."""
        found: Transaction = self._part.entries[place]
        return found

    @property
    def is_tagged(self) -> bool:
        """Whether a transaction has a tag."""
        tagged = self._part.tagged
        return bool(tagged) and any(place in tagged for place, _ in self.moves)

    def numbers(self, currency: str) -> list[Decimal] | None:
        """Give the amounts, if all of them are in one currency."""
        return numbers_of(self.moves, currency)

    def by_month(self) -> Iterator[tuple[Month, int, int]]:
        """Give each month with the positions of its first posting and of the first after it."""
        places = [place for place, _ in self.moves]
        start = 0
        for month, until in self._part.months:
            end = bisect_left(places, until, start)
            if end > start:
                yield month, start, end
            start = end


def numbers_of(moves: Iterable[tuple[int, Posting]], currency: str) -> list[Decimal] | None:
    """Give the amounts of some postings, if all of them are in one currency."""
    units = [posting[1] for _, posting in moves]
    numbers = [each[0] for each in units if each is not None and each[1] == currency and isinstance(each[0], Decimal)]
    return numbers if len(numbers) == len(units) else None


class _Sorted(NamedTuple):
    directives: Sequence[Any]
    tagged: Mapping[int, Transaction]
    made: frozenset[int]
    columns: Mapping[str, Column]


class Part:
    """Entries in the order of dates."""

    def __init__(self, entries: Callable[[], list[Any]], rank: Callable[[int], tuple[int, ...]]) -> None:
        """Put the entries together when they are asked for.

        Args:
            entries: gives them.
            rank: gives what orders the entry of a place among those of all parts.

        """
        self._entries = entries
        self.rank = rank

    @classmethod
    def whole(cls, entries: Sequence[Directive]) -> Part:
        """Give a whole ledger as its one part."""
        return cls(lambda: list(entries), lambda place: (place,))

    @cached_property
    def entries(self) -> list[Any]:
        """All of them."""
        return self._entries()

    @property
    def directives(self) -> Sequence[Any]:
        """All but the transactions."""
        return self._sorted.directives

    @property
    def tagged(self) -> Mapping[int, Transaction]:
        """The transactions that have a tag, few as they are, by their places."""
        return self._sorted.tagged

    @property
    def made(self) -> frozenset[int]:
        """The places of the transactions that the suite has made: there are some where it runs again."""
        return self._sorted.made

    @property
    def columns(self) -> Mapping[str, Column]:
        """The postings by account; what the suite has made is left out, since it is no evidence for or against it."""
        return self._sorted.columns

    @cached_property
    def _sorted(self) -> _Sorted:
        """Sort all entries out, in one pass."""
        directives: list[Any] = []
        tagged: dict[int, Transaction] = {}
        made: set[int] = set()
        moves: defaultdict[str, list[tuple[int, Posting]]] = defaultdict(list)
        priced: set[str] = set()
        for place, entry in enumerate(self.entries):
            if type(entry) is not Transaction:
                directives.append(entry)
                continue
            _, _, _, _, _, tags, _, postings = entry
            if tags:
                tagged[place] = entry
                if PROVISIONAL in tags and is_injected(entry):
                    made.add(place)
                    continue
            for posting in postings:
                account, _, cost, price, _, _ = posting
                moves[account].append((place, posting))
                if cost is not None or price is not None:
                    priced.add(account)
        columns = {name: Column(self, found, is_priced=name in priced) for name, found in moves.items()}
        return _Sorted(directives, tagged, frozenset(made), columns)

    @cached_property
    def months(self) -> list[tuple[Month, int]]:
        """The months in which there are entries, each with the place of the first entry after it."""
        found = []
        start = 0
        while start < len(self.entries):
            month = Month.of(self.entries[start].date)
            start = bisect_right(self.entries, month.last_day, start, key=_date)
            found.append((month, start))
        return found

    @cached_property
    def mixed(self) -> Sequence[Transaction]:
        """The transactions that touch several units."""
        units = {name: account.unit for name in self.columns if (account := parse_account(name)) and account.unit}
        if len(set(units.values())) < 2:  # noqa: PLR2004 - several
            return ()
        touched: defaultdict[int, set[str]] = defaultdict(set)
        for name, unit in units.items():
            for place, _ in self.columns[name].moves:
                touched[place].add(unit)
        return [self.entries[place] for place in sorted(touched) if len(touched[place]) > 1]


def _date(entry: Directive) -> datetime.date:
    return entry.date
