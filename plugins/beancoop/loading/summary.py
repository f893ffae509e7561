"""What the whole ledger needs to know of one file, and no more."""

from __future__ import annotations

import datetime
from array import array
from bisect import bisect_left
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from beancount.core.data import SORT_ORDER, Balance, Close, Commodity, Custom, Document, Note, Open, Pad, Transaction
from beancount.core.number import ZERO

from beancoop.loading.unknown import Unknown
from beancoop.model.accounts import parse_account
from beancoop.model.ownership import bound_by

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LINES = 1 << 32
_KINDS = 3
_SPARE = 4
_DAY = _KINDS + 32 + 1
_KEY = "Q"
"""Eight bytes hold one: a day takes 22 bits."""


def sort_key(entry: Any) -> int:  # noqa: ANN401 - any directive
    """Give Beancount's own order of entries, by day, kind and line, as one number.

    Raises:
        Unknown: somebody has written a "lineno" of his own.

    """
    line = entry.meta["lineno"]
    if type(line) is not int or not 0 <= line < _LINES:
        raise Unknown("a line that is none")
    day: int = entry.date.toordinal()
    return day << _DAY | (SORT_ORDER.get(type(entry), 0) + 2) << 32 | line


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
        opens, closes, balances, commodities, documents: the indices of those.
        sums: what accounts hold before entries of the whole, as far as that was asked for.
        units: whom they are about: the units of their accounts, and those that our own directives bind.
        has_empty_custom: whether there is a `custom` without values, over which Beancount stumbles.

    """

    __slots__ = (
        "_asked",
        "_running",
        "balances",
        "closes",
        "commodities",
        "currencies",
        "directives",
        "documents",
        "has_empty_custom",
        "keys",
        "opens",
        "sums",
        "units",
        "uses",
    )

    def __init__(self, entries: list[Any]) -> None:
        """Go through *entries* once.

        Raises:
            Unknown: there is a `pad` among them, or a line that is none.

        """
        self.keys = array(_KEY, [sort_key(entry) for entry in entries])
        self.opens: list[int] = []
        self.closes: list[int] = []
        self.balances: list[int] = []
        self.commodities: list[int] = []
        self.documents: list[int] = []
        self.directives: list[int] = []
        bound: set[str | None] = set()
        places = {Open: self.opens, Close: self.closes, Commodity: self.commodities}
        named = {Balance: self.balances, Document: self.documents, Note: []}
        first: dict[str, int] = {}
        last: dict[str, int] = {}
        self.currencies: set[tuple[str, str]] = set()
        self.has_empty_custom = False
        for index, (entry, key) in enumerate(zip(entries, self.keys, strict=True)):
            kind = type(entry)
            if kind is Transaction:
                for account, units, _, _, _, _ in entry.postings:
                    if account not in last:
                        first[account] = key
                    last[account] = key
                    self.currencies.add((account, units[1]))
                continue
            self.directives.append(index)
            if kind in places:
                places[kind].append(index)
            elif kind in named:
                named[kind].append(index)
                first.setdefault(entry.account, key)
                last[entry.account] = key
            elif kind is Custom:
                self.has_empty_custom |= entry.values is None
                bound.add(bound_by(entry))
            elif kind is Pad:
                raise Unknown("pad")
        self.uses = {account: (key, last[account]) for account, key in first.items()}
        named_accounts = {*first, *(entries[index].account for index in (*self.opens, *self.closes))}
        bound.update(name.unit for account in named_accounts if (name := parse_account(account)))
        self.units = frozenset(unit for unit in bound if unit)
        self.sums: dict[tuple[int, str, str], Decimal] = {}
        self._asked: frozenset[str] = frozenset()
        self._running: dict[str, dict[str, tuple[list[int], list[Decimal]]]] = {}

    @classmethod
    def of(cls, facts: tuple[Any, ...]) -> Summary:
        """Give the summary of which these are the facts."""
        self = cls.__new__(cls)
        keys, self.uses, currencies, units, sums, self.has_empty_custom, *places = facts
        self.keys = array(_KEY, keys)
        self.currencies, self.units = set(currencies), frozenset(units)
        self.directives, self.opens, self.closes, self.balances, self.commodities, self.documents = places
        self.sums = {(key, account, currency): Decimal(number) for key, account, currency, number in sums}
        self._asked, self._running = frozenset(), {}
        return self

    @property
    def facts(self) -> tuple[Any, ...]:
        """All that it says, in numbers, texts and lists of them."""
        places = (self.directives, self.opens, self.closes, self.balances, self.commodities, self.documents)
        sums = [(*asked, str(number)) for asked, number in self.sums.items()]
        keys = self.keys.tobytes()
        return keys, self.uses, sorted(self.currencies), sorted(self.units), sums, self.has_empty_custom, *places

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
                self._add_up(entries())
            found = self._running.get(account, {}).get(currency)
            self.sums[asked] = found[1][bisect_left(found[0], key)] if found else ZERO
        return self.sums[asked]

    def ask_for(self, accounts: frozenset[str], times: int) -> None:
        """Say of which accounts sums will be asked for, and how many *times* at most of each."""
        if not accounts <= self._asked:
            self._asked, self._running = accounts, {}
        if len(self.sums) > _SPARE * times * len(accounts):  # most are of assertions that are there no more
            self.sums.clear()

    def _add_up(self, entries: list[Any]) -> None:
        """Make running sums of all accounts that are asked for."""
        running: dict[str, dict[str, tuple[list[int], list[Decimal]]]] = {account: {} for account in self._asked}
        for entry, key in zip(entries, self.keys, strict=True):
            postings: list[Any] = entry.postings if type(entry) is Transaction else []
            for account, (number, currency), _, _, _, _ in postings:
                if account in running:
                    keys, sums = running[account].setdefault(currency, ([], [ZERO]))
                    keys.append(key)
                    sums.append(sums[-1] + number)
        self._running = running


def merged(keys: Sequence[Sequence[int]], entries: Sequence[list[Any]]) -> list[Any]:
    """Put sorted entries together by their keys: what is equal stands in the order of its lists."""
    all_keys = [key for each in keys for key in each]
    all_entries = [entry for each in entries for entry in each]
    return [all_entries[index] for index in sorted(range(len(all_keys)), key=all_keys.__getitem__)]
