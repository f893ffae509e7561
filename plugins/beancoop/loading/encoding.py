"""Booked entries as bytes and back, by Python's `marshal`: numbers, texts and lists of them, nothing that can run.

What `marshal` knows stays as it is; anything else becomes a tuple that begins with the name of what it is. Transactions
and their postings, nearly all there is, have a form of their own without names.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from itertools import islice, repeat
from typing import TYPE_CHECKING, Any

from beancount.core import data
from beancount.core.amount import Amount
from beancount.core.data import Booking, Posting, Transaction
from beancount.core.interpolate import AUTOMATIC_TOLERANCES
from beancount.parser.grammar import ValueType
from beancount.utils.defdict import ImmutableDictWithDefault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_KINDS = {
    kind.__name__: kind
    for kind in (
        *(data.Open, data.Close, data.Commodity, data.Balance, data.Note, data.Event, data.Query, data.Price),
        *(data.Document, data.Custom, Amount, ValueType),
    )
}
_TYPES = {kind.__name__: kind for kind in (str, Decimal, datetime.date, bool, Amount)}
_NAMES = {kind: name for name, kind in _TYPES.items()}
_OPEN, _CUSTOM, _NUMBER = "open", "custom", Decimal.__name__
PLACE = ("filename", "lineno")
"""The keys of metadata that say where something stands, as Beancount orders them."""

_AS_THEY_ARE = frozenset({str, int, bool, type(None)})
_new = tuple.__new__


class CannotEncodeError(TypeError):
    """A value is of a type that is not known here."""


def encode(directives: list[Any]) -> list[Any]:
    """Give entries of which none is a transaction as lists and tuples that `marshal` can write.

    Raises:
        CannotEncodeError: there is something among them that is not known here.

    """
    return [*map(_directive, directives)]


def encode_transactions(entries: Sequence[Transaction]) -> tuple[Any, ...]:
    """Give booked transactions in the same way: their postings apart, in columns, which are made sooner than rows.

    Raises:
        CannotEncodeError: there is something among them that is not known here.

    """
    file = entries[0].meta["filename"] if entries else ""
    told: dict[int, tuple[Any, ...]] = {}  # many transactions share one dict of tolerances
    postings: list[Any] = [posting for entry in entries for posting in entry.postings]
    units = [posting.units for posting in postings]
    numbers, currencies = [str(number) for number, _ in units], [currency for _, currency in units]
    beside = {at: _beside(posting) for at, posting in enumerate(postings) if not _is_common_posting(posting, file)}
    lines = [0 if at in beside else posting.meta["lineno"] for at, posting in enumerate(postings)]
    heads = [_head(entry, told) for entry in entries]
    return file, heads, [posting.account for posting in postings], numbers, currencies, lines, beside


def _directive(entry: Any) -> tuple[Any, ...]:  # noqa: ANN401 - any directive
    """Give what is no transaction; the common `open` and `custom` without the names of their parts."""
    kind = type(entry)
    if kind is data.Open and entry.booking is None:
        return _OPEN, *_meta(entry.meta), entry.date.toordinal(), entry.account, entry.currencies
    if kind is data.Custom and all(_is_common(each) for each in entry.values):
        values = [
            (str(each.value) if each.dtype is Decimal else each.value, _NAMES[each.dtype]) for each in entry.values
        ]
        return _CUSTOM, *_meta(entry.meta), entry.date.toordinal(), entry.type, values
    encoded: tuple[Any, ...] = encode_value(entry)
    return encoded


def _is_common(value: Any) -> bool:  # noqa: ANN401 - one of a custom
    """Say whether a value is a number, or as `marshal` knows it."""
    kind = type(value.value)
    return (
        (kind is Decimal) == (value.dtype is Decimal)
        and (kind is Decimal or kind in _AS_THEY_ARE)
        and value.dtype in _NAMES
    )


def _head(entry: Transaction, told: dict[int, tuple[Any, ...]]) -> tuple[Any, ...]:
    """Give a transaction, of its postings how many there are."""
    meta, date, flag, payee, narration, tags, links, postings = entry
    meta = dict(meta)
    tolerances = meta.pop(AUTOMATIC_TOLERANCES)
    if id(tolerances) not in told:
        told[id(tolerances)] = said(tolerances)
    plain, odd = _meta(meta)
    names = tuple(sorted(tags)), tuple(sorted(links))
    return date.toordinal(), flag, payee, narration, *names, plain, odd, told[id(tolerances)], len(postings)


def said(tolerances: Any) -> tuple[Any, ...]:  # noqa: ANN401 - Beancount's own, untyped
    """Give what Beancount's immutable dict of tolerances says, to the digit."""
    return str(tolerances.default), tuple((currency, str(number)) for currency, number in tolerances.items())


def heard(told: tuple[Any, ...]) -> Any:  # noqa: ANN401 - Beancount's own, untyped
    """Give a dict of tolerances from what it says."""
    default, numbers = told
    return ImmutableDictWithDefault(
        {currency: Decimal(number) for currency, number in numbers}, default=Decimal(default)
    )


def _is_common_posting(posting: Any, file: str) -> bool:  # noqa: ANN401 - a posting
    """Say whether a posting says no more than an account, an amount and the line of a *file* on which it stands."""
    _, _, cost, price, flag, meta = posting
    return bool(
        cost is None
        and price is None
        and flag is None
        and meta is not None
        and tuple(meta) == PLACE
        and meta["filename"] == file
        and type(meta["lineno"]) is int
    )


def _beside(posting: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a posting
    """Give what a posting says beside account and amount."""
    _, _, cost, price, flag, meta = posting
    if cost is not None or meta is None:
        raise CannotEncodeError(posting)
    return None if price is None else encode_value(price), flag, *_meta(meta)


def _meta(meta: dict[str, Any]) -> tuple[dict[str, Any], tuple[tuple[str, Any], ...] | None]:
    """Give metadata, what `marshal` does not know standing beside; it keeps its place in the order."""
    odd = tuple((key, encode_value(value)) for key, value in meta.items() if type(value) not in _AS_THEY_ARE)
    return ({**meta, **dict.fromkeys(key for key, _ in odd)}, odd) if odd else (meta, None)


def encode_value(value: Any) -> Any:  # noqa: ANN401, PLR0911 - any part of an entry, one line a type
    """Give one value as `marshal` can write it.

    Raises:
        CannotEncodeError: it is of a type that is not known here.

    """
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if kind is Decimal:
        return "Decimal", str(value)
    if kind is datetime.date:
        return "date", value.toordinal()
    if kind in (list, tuple):
        return (kind.__name__, *map(encode_value, value))
    if kind is dict:
        return ("dict", *_meta(value))
    if kind is frozenset:
        return "frozenset", tuple(sorted(value))
    if kind is Booking:
        return "Booking", value.name
    if kind is type and value in _NAMES:
        return "type", _NAMES[value]
    if _KINDS.get(kind.__name__) is kind:
        return (kind.__name__, *map(encode_value, value))
    raise CannotEncodeError(kind)


class _Known(dict[Any, Any]):
    """Values by what they were made of, each made once."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        self._make = make

    def __missing__(self, key: Any) -> Any:  # noqa: ANN401 - text, number or tuple
        made = self[key] = self._make(key)
        return made


class Decoder:
    """Makes entries of what `encode` gave; equal numbers, days and sets of tags or links are one."""

    def __init__(self, tolerances_of: Callable[[tuple[Any, ...]], Any]) -> None:
        """Start with nothing met.

        Args:
            tolerances_of: gives the dict of tolerances that says something.

        """
        self._tolerances = _Known(tolerances_of)
        self._numbers = _Known(Decimal)
        self._days = _Known(datetime.date.fromordinal)
        self._sets = _Known(lambda names: frozenset(names) if names else data.EMPTY_SET)

    def directives(self, encoded: list[Any]) -> list[Any]:
        """Give entries of which none is a transaction.

        Raises:
            Exception: this is not what `encode` gives.

        """
        return [self._directive(each) for each in encoded]

    def transactions(self, encoded: tuple[Any, ...]) -> list[Transaction]:
        """Give transactions.

        Raises:
            Exception: this is not what `encode_transactions` gives.

        """
        file, heads, names, numbers, currencies, lines, beside = encoded
        amounts = map(_new, repeat(Amount), zip(map(self._numbers.__getitem__, numbers), currencies, strict=True))
        places = [{"filename": file, "lineno": line} for line in lines]
        none = repeat(None)
        rows = zip(names, amounts, none, none, none, places)  # noqa: B905 - of which one has no end
        postings: list[Posting] = list(map(_new, repeat(Posting), rows))
        for at, (price, flag, meta, odd) in beside.items():
            self._put(meta, odd or ())
            postings[at] = postings[at]._replace(price=price and self.value(price), flag=flag, meta=meta)
        rest = iter(postings)
        return [self._transaction(head, rest) for head in heads]

    def _directive(self, encoded: tuple[Any, ...]) -> Any:  # noqa: ANN401 - any directive
        if encoded[0] not in {_OPEN, _CUSTOM}:
            return self.value(encoded)
        kind, meta, odd, day, name, more = encoded
        if odd is not None:
            self._put(meta, odd)
        if kind == _OPEN:
            return _new(data.Open, (meta, self._days[day], name, more, None))
        values = [
            _new(ValueType, (self._numbers[value] if dtype == _NUMBER else value, _TYPES[dtype]))
            for value, dtype in more
        ]
        return _new(data.Custom, (meta, self._days[day], name, values))

    def _transaction(self, head: tuple[Any, ...], postings: Iterator[Posting]) -> Transaction:
        day, flag, payee, narration, tags, links, meta, odd, told, count = head
        if odd is not None:
            self._put(meta, odd)
        meta[AUTOMATIC_TOLERANCES] = self._tolerances[told]
        own = [*islice(postings, count)]
        sets = self._sets
        return _new(Transaction, (meta, self._days[day], flag, payee, narration, sets[tags], sets[links], own))

    def _put(self, meta: dict[str, Any], odd: tuple[tuple[str, Any], ...]) -> None:
        for key, value in odd:
            meta[key] = self.value(value)

    def value(self, encoded: Any) -> Any:  # noqa: ANN401, PLR0911 - any value, one line a type
        """Give a value from what `encode_value` gave."""
        if type(encoded) in _AS_THEY_ARE:
            return encoded
        name, *parts = encoded
        match name:
            case "Decimal":
                return self._numbers[parts[0]]
            case "date":
                return self._days[parts[0]]
            case "list":
                return [self.value(part) for part in parts]
            case "tuple":
                return tuple(self.value(part) for part in parts)
            case "dict":
                meta, odd = parts
                self._put(meta, odd or ())
                return meta
            case "frozenset":
                return self._sets[parts[0]]
            case "Booking":
                return Booking[parts[0]]
            case "type":
                return _TYPES[parts[0]]
        return _new(_KINDS[name], tuple(self.value(part) for part in parts))
