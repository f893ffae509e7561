"""Entries that a caller may write into, and whether he has.

An entry is a tuple; what can be written into are its metadata, its postings, the metadata of each of those, the values
of a `custom` and the currencies of an `open`. All else is immutable and may be shared.
"""

from __future__ import annotations

from itertools import chain
from operator import is_
from typing import TYPE_CHECKING, Any

from beancount.core.data import Custom, Open, Posting, Transaction

if TYPE_CHECKING:
    from collections.abc import Iterable

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


class Seal:
    """What stood in the dicts and lists of some entries when they were handed out."""

    __slots__ = ("_dicts", "_held", "_keys", "_lists", "_sizes", "_values")

    def __init__(self, entries: list[Any]) -> None:
        """Remember what stands there now."""
        self.follow(entries)
        self._sizes = self._count()
        self._keys = tuple(chain.from_iterable(self._dicts))
        self._values = tuple(chain.from_iterable(map(dict.values, self._dicts)))

    def follow(self, entries: list[Any]) -> None:
        """Watch other copies of the same entries from now on."""
        self._lists: list[list[Any]] = [entry.postings for entry in entries if type(entry) is Transaction]
        postings = [posting for each in self._lists for posting in each]
        for entry in [entry for entry in entries if type(entry) in _WITH_LISTS]:
            written = entry.currencies if type(entry) is Open else entry.values
            if written is not None:
                self._lists.append(written)
        self._dicts = [entry.meta for entry in entries]
        self._dicts += [posting.meta for posting in postings if posting.meta is not None]
        self._held = tuple(chain.from_iterable(self._lists))

    def _count(self) -> tuple[int, ...]:
        return tuple(map(len, chain(self._dicts, self._lists)))

    def holds(self) -> bool:
        """Tell whether nothing was written into them since."""
        return (
            self._count() == self._sizes
            and _same(chain.from_iterable(self._lists), self._held)
            and _same(chain.from_iterable(self._dicts), self._keys)
            and _same(chain.from_iterable(map(dict.values, self._dicts)), self._values)
        )


def _same(one: Iterable[object], other: Iterable[object]) -> bool:
    return all(map(is_, one, other))
