"""What the whole ledger needs to know of one file, and no more."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from beancount.core.data import SORT_ORDER, Balance, Close, Commodity, Custom, Document, Note, Open, Pad, Transaction
from beancount.core.number import ZERO

from beancoop.loading.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

_LINES = 1 << 32
_KINDS = 3
_DAY = _KINDS + 32 + 1


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


class Summary:
    """Where in some sorted entries stands what, and which accounts they use.

    Attributes:
        keys: the sort key of each.
        uses: for each account that anything but an `open` or a `close` names, the keys of the first and the last.
        currencies: each account that is posted to, with each currency.
        opens, closes, balances, commodities, documents: their indices.
        has_empty_custom: whether there is a `custom` without values, over which Beancount stumbles.

    """

    __slots__ = (
        "_asserted",
        "_running",
        "balances",
        "closes",
        "commodities",
        "currencies",
        "documents",
        "has_empty_custom",
        "keys",
        "opens",
        "uses",
    )

    def __init__(self, entries: list[Any]) -> None:
        """Go through *entries* once.

        Raises:
            Unknown: there is a `pad` among them, or a line that is none.

        """
        self.keys = [sort_key(entry) for entry in entries]
        self.opens: list[int] = []
        self.closes: list[int] = []
        self.balances: list[int] = []
        self.commodities: list[int] = []
        self.documents: list[int] = []
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
            elif kind in places:
                places[kind].append(index)
            elif kind in named:
                named[kind].append(index)
                first.setdefault(entry.account, key)
                last[entry.account] = key
            elif kind is Custom:
                self.has_empty_custom |= entry.values is None
            elif kind is Pad:
                raise Unknown("pad")
        self.uses = {account: (key, last[account]) for account, key in first.items()}
        self._asserted: frozenset[str] = frozenset()
        self._running: dict[tuple[str, str], tuple[list[int], list[Decimal]]] = {}

    @classmethod
    def of(cls, facts: tuple[Any, ...]) -> Summary:
        """Give the summary of which these are the facts."""
        self = cls.__new__(cls)
        (self.keys, self.uses, currencies, self.has_empty_custom, *places) = facts
        self.currencies = set(currencies)
        self.opens, self.closes, self.balances, self.commodities, self.documents = places
        self._asserted, self._running = frozenset(), {}
        return self

    @property
    def facts(self) -> tuple[Any, ...]:
        """All that it says, in numbers, texts and lists of them."""
        places = (self.opens, self.closes, self.balances, self.commodities, self.documents)
        return self.keys, self.uses, sorted(self.currencies), self.has_empty_custom, *places

    def add_up(self, entries: list[Any], accounts: frozenset[str]) -> None:
        """Keep running sums of *accounts*, and of no others."""
        if accounts == self._asserted:
            return
        running: defaultdict[tuple[str, str], tuple[list[int], list[Decimal]]] = defaultdict(lambda: ([], [ZERO]))
        for entry, key in zip(entries, self.keys, strict=True) if accounts else ():
            postings: list[Any] = entry.postings if type(entry) is Transaction else []
            for account, (number, currency), _, _, _, _ in postings:
                if account in accounts:
                    keys, sums = running[account, currency]
                    keys.append(key)
                    sums.append(sums[-1] + number)
        self._asserted, self._running = accounts, dict(running)

    def before(self, key: int, account: str, currency: str) -> Decimal:
        """Give what an account that is added up holds before an entry."""
        found = self._running.get((account, currency))
        return found[1][bisect_left(found[0], key)] if found else ZERO


def merged(keys: Sequence[Sequence[int]], entries: Sequence[list[Any]]) -> tuple[list[int], list[Any]]:
    """Put sorted entries together: what is equal stands in the order of its lists."""
    all_keys = [key for each in keys for key in each]
    all_entries = [entry for each in entries for entry in each]
    order = sorted(range(len(all_keys)), key=all_keys.__getitem__)
    return [all_keys[index] for index in order], [all_entries[index] for index in order]
