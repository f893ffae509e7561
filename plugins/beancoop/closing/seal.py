"""The seals of closed months: what each proves, and whether it still holds (contract, section 6).

A seal is a SHA-256 over the source directives of one unit up to the last day of its month, in a canonical form that
says what they mean and not how they are written: moving an entry to another file, re-indenting it or adding a trailing
zero changes nothing; editing, adding, deleting or re-dating one does, and so does another file in the place of a
supporting document (see `closing.documents`). Earlier seals are part of what is sealed, so that
the seals of a unit form a chain.
"""

from __future__ import annotations

import datetime
import enum
import hashlib
import json
from decimal import Decimal
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, NamedTuple

from beancount.core import data
from beancount.core.amount import Amount

from beancoop.closing.documents import check_documents, sealed_documents
from beancoop.model import directives as d
from beancoop.model.accounts import COOP
from beancoop.model.findings import Finding
from beancoop.model.months import Month
from beancoop.model.ownership import sealed_in
from beancoop.model.provenance import sources
from beancoop.model.register import read_register
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from beancoop.model.register import Register
    from beancoop.words.messages import Template

VERSION = b"beancoop seal 1\n"
"""Hashed first: another canonical form would be another version, and could not pass for this one."""

FOLLOWS_NOTHING = error(
    "BC521",
    "{unit}, {month}: this seal does not follow the one before it; a seal was changed. Take the change back.",
)
BOOKS_DIFFER = error(
    "BC522",
    "{unit}, {month}: the books are not as they were closed: {written} entries then, {entries} now. Find what changed, "
    "an entry or a document, with the version history and take it back; a correction is a new entry in an open month.",
)
COUNTS_OTHERWISE = error(
    "BC523",
    "{unit}, {month}: this seal counts {written} entries, and there are {entries}. Take the change back.",
)
SEALS_DIFFER = error(
    "BC524", "The units' seals of {month} are not those that {structure} closed; one was changed or taken away."
)
NOT_CLOSED_WITH_IT = error(
    "BC525", "{unit} has an entry in {month}, which is closed without it; date it in an open month."
)

_COMPUTED = {"diff_amount", "meta"}
_PLACE = ("filename", "lineno")
_NOTHING = (None, None, None)
_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class SealedLine(NamedTuple):
    """One directive as it is sealed; lines sort in the order they are hashed: the seals of a day come last."""

    date: datetime.date
    is_seal: bool
    text: str


class Digest(NamedTuple):
    """What a seal says of a unit at the end of a month: how many directives there are, and their hash."""

    entries: int
    sha256: str


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
    return _written([type(entry).__name__, date, said, _meta(entry.meta)])


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


def lines_by_unit(entries: Iterable[data.Directive], options: Mapping[str, Any]) -> dict[str, list[SealedLine]]:
    """Give the sealed form of the source directives of each unit, in the order they are hashed."""
    return _lines(sources(entries, options))


def _lines(written: Iterable[data.Directive]) -> dict[str, list[SealedLine]]:
    lines: dict[str, list[SealedLine]] = {}
    for entry in written:
        if (unit := sealed_in(entry)) is not None:
            lines.setdefault(unit, []).append(line_of(entry))
    for each in lines.values():
        each.sort()
    return lines


def line_of(entry: data.Directive) -> SealedLine:
    """Give the sealed form of one directive, with its documents."""
    is_seal = isinstance(entry, data.Custom) and entry.type == d.CLOSED
    documents = sealed_documents(entry)
    text = canonical(entry) + (_written(documents) if documents else "")
    return SealedLine(entry.date, is_seal, text)


def digests(lines: Sequence[SealedLine], months: Iterable[Month]) -> Iterator[tuple[Month, Digest]]:
    """Give the digest at the end of each of *months*, which come in order, over sorted *lines*, in one walk."""
    state, count = hashlib.sha256(VERSION), 0
    for month in months:
        end = month.last_day
        while count < len(lines) and (
            lines[count].date < end or (lines[count].date == end and not lines[count].is_seal)
        ):
            state.update(lines[count].text.encode())
            state.update(b"\n")
            count += 1
        yield month, Digest(count, state.hexdigest())


def digest_of_units(hashes: Mapping[str, str]) -> str:
    """Give one hash over the seals of all units of a month."""
    text = "".join(f"{unit} {sha256}\n" for unit, sha256 in sorted(hashes.items()))
    return hashlib.sha256(VERSION + text.encode()).hexdigest()


def check_seals(entries: Sequence[data.Directive], options: Mapping[str, Any]) -> list[Finding]:
    """Give a finding for the first seal of each unit that no longer holds, and for what was added to closed months."""
    register = read_register(entries, options)
    written = list(sources(entries, options))
    lines = _lines(written)
    findings = [
        finding
        for unit, seals in sorted(register.seals.items())
        for finding in _check_chain(unit, sorted(seals.items()), lines.get(unit, []))
    ]
    return [*findings, *_check_units(register), *_unsealed(written, register), *check_documents(written)]


def _check_chain(
    unit: str, seals: Sequence[tuple[Month, data.Custom]], lines: Sequence[SealedLine]
) -> Iterator[Finding]:
    """Tell of the first broken seal; those after it are broken by it."""
    previous = ""
    by_month = dict(seals)
    for month, digest in digests(lines, by_month):
        meta = by_month[month].meta
        if template := _broken(meta, digest, previous):
            written = meta.get("entries")
            yield Finding.at(by_month[month], template(unit=unit, month=month, written=written, entries=digest.entries))
            return
        previous = digest.sha256


def _broken(meta: Mapping[str, Any], digest: Digest, previous: str) -> Template | None:
    """Give what tells that a seal's metadata says otherwise than the books, or None where it holds."""
    if meta.get("previous", "") != previous:
        return FOLLOWS_NOTHING
    if meta.get("sha256") != digest.sha256:
        return BOOKS_DIFFER
    return COUNTS_OTHERWISE if meta.get("entries") != digest.entries else None


def _check_units(register: Register) -> Iterator[Finding]:
    """Compare, where the structure's seals are there, their hash over all units' seals of the month."""
    for month, seal in sorted(register.seals.get(COOP, {}).items()):
        hashes = {
            unit: str(seals[month].meta.get("sha256")) for unit, seals in register.seals.items() if month in seals
        }
        if seal.meta.get("units") != digest_of_units(hashes):
            yield Finding.at(seal, SEALS_DIFFER(month=month, structure=COOP))
            return


def _unsealed(written: Iterable[data.Directive], register: Register) -> Iterator[Finding]:
    """Tell of the first transaction of a unit in a month that the structure has closed and the unit has not."""
    closed = register.last_closed(COOP)
    told: set[str] = set()
    for entry in written:
        if closed is None or entry.date > closed.last_day:
            break
        unit = sealed_in(entry) if isinstance(entry, data.Transaction) else None
        if unit and unit not in told and (register.last_closed(unit) or Month(1, 1)) < Month.of(entry.date):
            told.add(unit)
            yield Finding.at(entry, NOT_CLOSED_WITH_IT(unit=unit, month=Month.of(entry.date)))
