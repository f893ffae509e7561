"""Entries that a caller may write into, whether he has, and whether he has them still.

An entry is a tuple; what can be written into are its metadata, its postings, the metadata of each of those, the values
of a `custom` and the currencies of an `open`. All else is immutable and may be shared. So are the tolerances that
Beancount writes into metadata: they can be emptied all the same, and whoever has made them sees it (`Booker.intact`).
"""

from __future__ import annotations

from datetime import date
from itertools import chain, islice
from operator import is_
from sys import getrefcount
from typing import TYPE_CHECKING, Any, NamedTuple

from beancount.core.data import Custom, Open, Posting, Transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_new = tuple.__new__
_WITH_LISTS = (Open, Custom)


def copied(entries: list[Any]) -> list[Any]:
    """Give the same entries in other dicts and lists."""
    return [_transaction(entry) if type(entry) is Transaction else _directive(entry) for entry in entries]


def _transaction(entry: Transaction) -> Transaction:
    meta, date, flag, payee, narration, tags, links, postings = entry
    copies = [
        _new(Posting, (account, units, cost, price, mark, None if own is None else own.copy()))
        for account, units, cost, price, mark, own in postings
    ]
    return _new(Transaction, (meta.copy(), date, flag, payee, narration, tags, links, copies))


def _directive(entry: Any) -> Any:  # noqa: ANN401 - any directive
    kind = type(entry)
    if kind is Open and entry.currencies is not None:
        return entry._replace(meta=entry.meta.copy(), currencies=entry.currencies.copy())
    if kind is Custom and entry.values is not None:
        return entry._replace(meta=entry.meta.copy(), values=entry.values.copy())
    return entry._replace(meta=entry.meta.copy())


class Copy:
    """Some entries as one caller has them, or had.

    Attributes:
        entries: the entries.

    """

    __slots__ = ("_count", "_dicts", "_held", "_lists", "entries")

    def __init__(self, entries: list[Any]) -> None:
        """Note all that can be written into."""
        self.entries = entries
        self._lists: list[list[Any]] = [entry.postings for entry in entries if type(entry) is Transaction]
        postings: list[Posting] = list(chain.from_iterable(self._lists))
        for entry in [entry for entry in entries if type(entry) in _WITH_LISTS]:
            written = entry.currencies if type(entry) is Open else entry.values
            if written is not None:
                self._lists.append(written)
        self._dicts = [entry.meta for entry in entries]
        self._dicts += [posting.meta for posting in postings if posting.meta is not None]
        self._held: tuple[Any, ...] = tuple(chain.from_iterable(self._lists))
        self._count = len(postings)  # which come first of what the lists hold

    def another(self) -> Copy:
        """Give the same entries in other dicts and lists."""
        return Copy(copied(self.entries))

    def said(self) -> Said:
        """Tell what stands in its dicts now."""
        return Said(self._sizes(), tuple(self._items()))

    def says(self, said: Said) -> bool:
        """Tell whether what stands in its dicts and lists is the very same still."""
        return (
            self._sizes() == said.sizes
            and _same(chain.from_iterable(self._lists), self._held)
            and _same(self._items(), said.items)
        )

    def is_given_back(self) -> bool:
        """Tell whether nobody else holds an entry any more, or anything in one that can be written into.

        That is so where each is referred to as often as here alone. Of what somebody took out of a list and keeps
        the count is the same, but then the copy does not say what it said.
        """
        return all(set(map(getrefcount, each)) <= {alone} for each, alone in zip(self._all(), _ALONE, strict=True))

    def _sizes(self) -> tuple[int, ...]:
        return tuple(map(len, chain(self._dicts, self._lists)))

    def _items(self) -> Iterator[object]:
        """Give each key with its value, dict by dict."""
        return chain.from_iterable(chain.from_iterable(map(dict.items, self._dicts)))

    def _all(self) -> Iterator[Iterable[object]]:
        yield (self.entries,)
        yield self.entries
        yield self._dicts
        yield self._lists
        yield islice(self._held, self._count)


class Said(NamedTuple):
    """What stood in the dicts of some entries, key by key, and how much in each dict and list."""

    sizes: tuple[int, ...]
    items: tuple[object, ...]


def _same(one: Iterable[object], other: Iterable[object]) -> bool:
    return all(map(is_, one, other))


def _one() -> Copy:
    posting = Posting("Assets:A", None, None, None, None, {})
    return Copy([Transaction({}, date.min, "*", None, "", frozenset(), frozenset(), [posting])])


_ALONE = tuple(max(map(getrefcount, each)) for each in _one()._all())  # noqa: SLF001 - as it counts itself
"""How often Python counts each kind of thing to be referred to where nobody but the copy does."""
