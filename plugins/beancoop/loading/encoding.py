"""Booked entries as bytes and back, by Python's `marshal`: numbers, texts and lists of them, nothing that can run.

What `marshal` knows stays as it is; anything else becomes a tuple that begins with the name of what it is. Transactions
and their postings, nearly all there is, have a form of their own without names.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from beancount.core import data
from beancount.core.amount import Amount
from beancount.core.data import Booking, Posting, Transaction
from beancount.core.interpolate import AUTOMATIC_TOLERANCES
from beancount.parser.grammar import ValueType
from beancount.utils.defdict import ImmutableDictWithDefault

if TYPE_CHECKING:
    from collections.abc import Callable

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
_PLACE = 2
"""Of metadata, what says where it stands: a file and a line."""

_AS_THEY_ARE = frozenset({str, int, bool, type(None)})
_new = tuple.__new__


class CannotEncodeError(TypeError):
    """A value is of a type that is not known here."""


def encode(entries: list[Any]) -> list[Any]:
    """Give booked entries as lists and tuples that `marshal` can write.

    Raises:
        CannotEncodeError: there is something among them that is not known here.

    """
    told: dict[int, tuple[Any, ...]] = {}  # many transactions share one dict of tolerances
    return [_transaction(entry, told) if type(entry) is Transaction else _directive(entry) for entry in entries]


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


def _transaction(entry: Transaction, told: dict[int, tuple[Any, ...]]) -> tuple[Any, ...]:
    meta, date, flag, payee, narration, tags, links, postings = entry
    meta = dict(meta)
    tolerances = meta.pop(AUTOMATIC_TOLERANCES)
    if id(tolerances) not in told:
        told[id(tolerances)] = said(tolerances)
    plain, odd = _meta(meta)
    day = date.toordinal()
    names = tuple(sorted(tags)), tuple(sorted(links))
    return day, flag, payee, narration, *names, plain, odd, told[id(tolerances)], [_posting(each) for each in postings]


def said(tolerances: Any) -> tuple[Any, ...]:  # noqa: ANN401 - Beancount's own, untyped
    """Give what Beancount's immutable dict of tolerances says, to the digit."""
    return str(tolerances.default), tuple((currency, str(number)) for currency, number in tolerances.items())


def heard(told: tuple[Any, ...]) -> Any:  # noqa: ANN401 - Beancount's own, untyped
    """Give a dict of tolerances from what it says."""
    default, numbers = told
    return ImmutableDictWithDefault(
        {currency: Decimal(number) for currency, number in numbers}, default=Decimal(default)
    )


def _posting(posting: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a posting
    name, (number, currency), cost, price, flag, meta = posting
    if cost is not None or meta is None:
        raise CannotEncodeError(posting)
    plain, odd = (meta, None) if len(meta) == _PLACE else _meta(meta)
    return name, str(number), currency, None if price is None else encode_value(price), flag, plain, odd


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
    """Makes entries of what `encode` gave; equal numbers and days are one."""

    def __init__(self, tolerances_of: Callable[[tuple[Any, ...]], Any]) -> None:
        """Start with nothing met.

        Args:
            tolerances_of: gives the dict of tolerances that says something.

        """
        self._tolerances = _Known(tolerances_of)
        self._numbers = _Known(Decimal)
        self._days = _Known(datetime.date.fromordinal)

    def directives(self, encoded: list[Any]) -> list[Any]:
        """Give entries of which none is a transaction.

        Raises:
            Exception: this is not what `encode` gives.

        """
        return [self._directive(each) for each in encoded]

    def transactions(self, encoded: list[Any]) -> list[Any]:
        """Give transactions.

        Raises:
            Exception: this is not what `encode` gives.

        """
        return [self._transaction(each) for each in encoded]

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

    def _transaction(self, encoded: tuple[Any, ...]) -> Transaction:
        day, flag, payee, narration, tags, links, meta, odd, told, postings = encoded
        if odd is not None:
            self._put(meta, odd)
        meta[AUTOMATIC_TOLERANCES] = self._tolerances[told]
        numbers = self._numbers
        made = []
        for name, number, currency, price, mark, own, beside in postings:
            if beside is not None:
                self._put(own, beside)
            units = _new(Amount, (numbers[number], currency))
            made.append(_new(Posting, (name, units, None, None if price is None else self.value(price), mark, own)))
        parts = (meta, self._days[day], flag, payee, narration, _set(tags), _set(links), made)
        return _new(Transaction, parts)

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
                return _set(*parts)
            case "Booking":
                return Booking[parts[0]]
            case "type":
                return _TYPES[parts[0]]
        return _new(_KINDS[name], tuple(self.value(part) for part in parts))


def _set(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(names) if names else data.EMPTY_SET
