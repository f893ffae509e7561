"""What the whole ledger needs to know of one file, and no more."""

from __future__ import annotations

import datetime
from array import array
from bisect import bisect_left
from decimal import Decimal
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from beancount.core.data import SORT_ORDER, Balance, Close, Commodity, Custom, Document, Note, Open, Pad
from beancount.core.number import ZERO

from beancoop.loading.moves import sort_out
from beancoop.loading.unknown import Unknown
from beancoop.model.accounts import COOP, parse_account
from beancoop.model.ownership import bound_by

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from beancoop.loading.moves import Sorted

_LINE, _KIND = 32, 4  # bits of each
_DAY = _LINE + _KIND
_SPARE = 4
_currency = itemgetter(1)
_KEY = "Q"
"""Eight bytes hold one: a day takes 22 bits."""


def sort_key(entry: Any) -> int:  # noqa: ANN401 - any directive
    """Give Beancount's own order of entries, by day, kind and line, as one number.

    Raises:
        Unknown: somebody has written a "lineno" of his own.

    """
    line = entry.meta["lineno"]
    if type(line) is not int or not 0 <= line < 1 << _LINE:
        raise Unknown("a line that is none")
    day: int = entry.date.toordinal()
    return day << _DAY | (SORT_ORDER.get(type(entry), 0) + 2) << _LINE | line


def start_of_day(key: int) -> int:
    """Give what comes before all entries of the day of one: no transaction stands between it and an assertion."""
    return key >> _DAY << _DAY


class Summary:
    """Where in some sorted entries stands what, and which accounts they use.

    Attributes:
        keys: the sort key of each.
        uses: for each account that anything but an `open` or a `close` names, the keys of the first and the last.
        currencies: each account that is posted to, with each currency.
        directives: the indices of all but the transactions.
        opens, closes, customs, balances, commodities, documents: the indices of those.
        sums: what accounts hold before entries of the whole, as far as that was asked for.
        units: whom they are about: the units of their accounts, the structure where one has none, since it may stand
            in the books of several, and those that our own directives bind.
        has_empty_custom: whether there is a `custom` without values, over which Beancount stumbles.
        repeats_keys: whether a `custom` may have a key twice.

    """

    __slots__ = (
        "_running",
        "_sorted",
        "balances",
        "closes",
        "commodities",
        "currencies",
        "customs",
        "directives",
        "documents",
        "has_empty_custom",
        "keys",
        "opens",
        "repeats_keys",
        "sums",
        "units",
        "uses",
    )

    def __init__(self, entries: list[Any], *, repeats_keys: bool = False) -> None:
        """Go through *entries* once; they do not tell whether a key is repeated.

        Raises:
            Unknown: there is a `pad` among them, or a line that is none.

        """
        self.keys = keys = array(_KEY, [sort_key(entry) for entry in entries])
        self._sorted: Sorted | None = sort_out(entries)
        self.opens: list[int] = []
        self.closes: list[int] = []
        self.customs: list[int] = []
        self.balances: list[int] = []
        self.commodities: list[int] = []
        self.documents: list[int] = []
        self.directives = self._sorted.directives
        bound: set[str | None] = set()
        places = {Open: self.opens, Close: self.closes, Commodity: self.commodities}
        named = {Balance: self.balances, Document: self.documents, Note: []}
        moves = self._sorted.moves
        self.uses = {account: (keys[own.places[0]], keys[own.places[-1]]) for account, own in moves.items()}
        self.currencies = {(account, each) for account, own in moves.items() for each in set(map(_currency, own.units))}
        self.has_empty_custom, self.repeats_keys = False, repeats_keys
        for index in self.directives:
            entry, kind = entries[index], type(entries[index])
            if kind in places:
                places[kind].append(index)
            elif kind in named:
                named[kind].append(index)
                self._use(entry.account, keys[index])
            elif kind is Custom:
                self.customs.append(index)
                self.has_empty_custom |= entry.values is None
                bound.add(bound_by(entry))
            elif kind is Pad:
                raise Unknown("pad")
        named_accounts = {*self.uses, *(entries[index].account for index in (*self.opens, *self.closes))}
        bound.update((name and name.unit) or COOP for name in map(parse_account, named_accounts))
        self.units = frozenset(unit for unit in bound if unit)
        self._start_sums()

    def _use(self, account: str, key: int) -> None:
        first, last = self.uses.get(account, (key, key))
        self.uses[account] = min(first, key), max(last, key)

    @classmethod
    def of(cls, facts: tuple[Any, ...]) -> Summary:
        """Give the summary of which these are the facts."""
        self = cls.__new__(cls)
        keys, self.uses, currencies, units, sums, self.has_empty_custom, self.repeats_keys, *places = facts
        self.keys = array(_KEY, keys)
        self.currencies, self.units = set(currencies), frozenset(units)
        self.directives, self.opens, self.closes, self.customs, self.balances, self.commodities, self.documents = places
        self._sorted = None
        self._start_sums()
        self.sums = {(key, account, currency): Decimal(number) for key, account, currency, number in sums}
        return self

    def _start_sums(self) -> None:
        self.sums: dict[tuple[int, str, str], Decimal] = {}
        self._running: dict[str, dict[str, tuple[list[int], list[Decimal]]]] = {}

    def sorted_out(self, entries: Callable[[], list[Any]]) -> Sorted:
        """Give what the entries move by account, given how to get them: one that was kept does not know that yet."""
        if self._sorted is None:
            self._sorted = sort_out(entries())
        return self._sorted

    @property
    def facts(self) -> tuple[Any, ...]:
        """All that it says, in numbers, texts and lists of them."""
        places = self.opens, self.closes, self.customs, self.balances, self.commodities, self.documents
        sums = [(*asked, str(number)) for asked, number in self.sums.items()]
        keys, currencies, units = self.keys.tobytes(), sorted(self.currencies), sorted(self.units)
        return (
            keys,
            self.uses,
            currencies,
            units,
            sums,
            self.has_empty_custom,
            self.repeats_keys,
            self.directives,
            *places,
        )

    @property
    def first_day(self) -> datetime.date | None:
        """The day of the first transaction, if there is any."""
        place = next((place for place, index in enumerate(self.directives) if index != place), len(self.directives))
        return datetime.date.fromordinal(self.keys[place] >> _DAY) if place < len(self.keys) else None

    def before(self, key: int, account: str, currency: str, entries: Callable[[], list[Any]]) -> Decimal:
        """Give what an account holds before an entry of the whole.

        Args:
            key: the entry's sort key.
            account: one that is asserted, or below such a one.
            currency: the currency.
            entries: gives those that this is the summary of, of which the sum is made where it is not known.

        """
        asked = key, account, currency
        if asked not in self.sums:
            if account not in self._running:
                self._running[account] = self._add_up(account, entries)
            found = self._running[account].get(currency)
            self.sums[asked] = found[1][bisect_left(found[0], key)] if found else ZERO
        return self.sums[asked]

    def forget_beyond(self, asked: int) -> None:
        """Forget the sums that were asked for, if they are many more than are *asked* now: most are of no use."""
        if len(self.sums) > _SPARE * asked:
            self.sums.clear()

    def _add_up(self, account: str, entries: Callable[[], list[Any]]) -> dict[str, tuple[list[int], list[Decimal]]]:
        """Make running sums of an account, by currency, each with the keys of what is added."""
        running: dict[str, tuple[list[int], list[Decimal]]] = {}
        own = self.sorted_out(entries).moves.get(account)
        for place, (number, currency) in zip(own.places, own.units, strict=True) if own else ():
            keys, sums = running.setdefault(currency, ([], [ZERO]))
            keys.append(self.keys[place])
            sums.append(sums[-1] + number)
        return running


def order_of(keys: Sequence[Sequence[int]]) -> list[int]:
    """Give the order of what stands in some lists by their keys: what is equal stands in the order of its lists."""
    all_keys = [key for each in keys for key in each]
    return sorted(range(len(all_keys)), key=all_keys.__getitem__)


def inverse(order: Sequence[int]) -> list[int]:
    """Give for each index where it stands in an *order*."""
    places = [0] * len(order)
    for place, index in enumerate(order):
        places[index] = place
    return places


def merged(keys: Sequence[Sequence[int]], entries: Sequence[list[Any]]) -> list[Any]:
    """Put sorted entries together in the order of their keys."""
    return arranged(entries, order_of(keys))


def arranged(entries: Sequence[list[Any]], order: Sequence[int]) -> list[Any]:
    """Put entries together in an order that is known."""
    all_entries = [entry for each in entries for entry in each]
    return [all_entries[index] for index in order]
