"""The canonical form of a directive: what it means, and not how or where it is written.

Moving an entry to another file, re-indenting it or adding a trailing zero changes nothing of it; editing or re-dating
it does.
"""

from __future__ import annotations

import datetime
import enum
import json
from decimal import Decimal
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from beancount.core import data
from beancount.core.amount import Amount

if TYPE_CHECKING:
    from collections.abc import Mapping

_COMPUTED = {"diff_amount", "meta"}
_PLACE = ("filename", "lineno")
_NOTHING = (None, None, None)
written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""Writes a value of JSON in the one way that is hashed."""


def canonical(entry: data.Directive) -> str:
    """Write what *entry* means, without where it stands or what a load has found of it."""
    if isinstance(entry, data.Transaction):
        words = (entry.flag, entry.payee, entry.narration)
        said: list[Any] = [*words, sorted(entry.tags), sorted(entry.links), sorted(map(_posting, entry.postings))]
    else:
        said = [_plain(value) for name, value in entry._asdict().items() if name not in _COMPUTED]
    if isinstance(entry, data.Document):
        said[2] = PurePath(entry.filename).name  # the folder may move
    date = entry.date.isoformat()
    return written([type(entry).__name__, date, said, _meta(entry.meta)])


def _posting(posting: data.Posting) -> list[Any]:
    units, meta = posting.units, posting.meta
    said: list[Any] = [posting.account, "" if units is None else _amount(units)]
    rare = (posting.cost, posting.price, posting.flag)
    if rare != _NOTHING or (meta and len(meta) > len(_PLACE)):
        said += [json.dumps([_plain(rare), _meta(meta or {})], ensure_ascii=False)]
    return said


def _meta(meta: Mapping[str, Any]) -> list[list[Any]]:
    """Give what the accountant wrote, in one order; Beancount's own keys say where, or what it computed."""
    kept = [key for key in meta if key not in _PLACE and not key.startswith("__")]
    return [[key, _plain(meta[key])] for key in sorted(kept)]


def _amount(amount: Amount) -> str:
    number = amount.number
    return f"{_number(number) if isinstance(number, Decimal) else number} {amount.currency}"


@lru_cache(maxsize=1 << 16)  # equal numbers are written alike, whatever their zeros
def _number(number: Decimal) -> str:
    text = format(number, "f")
    plain = text.rstrip("0").rstrip(".") if "." in text else text
    return plain if number else "0"


def _plain(value: Any) -> Any:  # noqa: ANN401, PLR0911 - whatever a directive may hold
    """Give a value that JSON writes in one way only."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Decimal):
        return ["number", _number(value)]
    if isinstance(value, Amount):
        return ["amount", _amount(value)]
    if isinstance(value, datetime.date):
        return ["date", value.isoformat()]
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, frozenset | set):
        return sorted(value)
    if isinstance(value, tuple | list):  # costs, and the values of a custom directive
        return [_plain(each.value if hasattr(each, "dtype") else each) for each in value]
    return str(value)
