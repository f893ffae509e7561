"""The seals of closed months and years: what each proves, and whether it still holds (contract, section 6).

A seal is a SHA-256 over the source directives of one unit up to the last day of its month or year, in their canonical
form (see `closing.canonical`): editing, adding, deleting or re-dating one breaks it, and so does another file in the
place of a supporting document (see `closing.documents`). Earlier seals are part of what is sealed, so that the seals of
a unit form a chain.

What settles a financial year (`#inventory`) comes after its months are closed: their seals leave it out, and the year's
holds it, with all the rest. An account that opens on a month's last day may be there for that alone: the months' seals
hold its `open` from the first day on which anything else uses it.
"""

from __future__ import annotations

import datetime
import hashlib
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from beancount.core import data

from beancoop.closing.canonical import canonical, written
from beancoop.closing.documents import check_documents, sealed_documents
from beancoop.model import directives as d
from beancoop.model.accounts import COOP
from beancoop.model.findings import Finding
from beancoop.model.months import Month
from beancoop.model.ownership import sealed_in
from beancoop.model.periods import parse_year
from beancoop.model.provenance import settles, sources
from beancoop.model.register import read_register
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from beancoop.model.register import Register
    from beancoop.words.messages import Template

    Each = TypeVar("Each", Month, int)

_NO_USES: Mapping[str, datetime.date] = MappingProxyType({})

VERSION = b"beancoop seal 1\n"
"""Hashed first: another canonical form would be another version, and could not pass for this one."""
_OF_A_YEAR = b"year\n"
"""Hashed next: a year's seal is never the same as a month's."""

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


class SealedLine(NamedTuple):
    """One directive as it is sealed; lines sort in the order in which months hash them: the seals of a day come last.

    Attributes:
        date: the day from which the months' seals hold it.
        is_seal: whether it is a seal itself.
        text: what is hashed of it.
        day: its own date.
        of_year: whether no month's seal holds it, but a year's alone.

    """

    date: datetime.date
    is_seal: bool
    text: str
    day: datetime.date
    of_year: bool


class Digest(NamedTuple):
    """What a seal says of a unit at the end of its period: how many directives there are, and their hash."""

    entries: int
    sha256: str


def lines_by_unit(
    entries: Iterable[data.Directive], options: Mapping[str, Any], added: Iterable[data.Directive] = ()
) -> dict[str, list[SealedLine]]:
    """Give the sealed form of the source directives of each unit, in the order they are hashed.

    Args:
        entries: of a loaded ledger.
        options: of that ledger.
        added: what is about to be written to it.

    """
    return _lines([*sources(entries, options), *added])


def lines_up_to(entries: Sequence[data.Directive], day: datetime.date) -> Iterator[SealedLine]:
    """Give the sealed form of directives up to a *day*: the seals of periods until then hold no others.

    Args:
        entries: all that use an account that one of them opens, none of them made in memory.
        day: the day.

    """
    uses = _first_uses(entries)
    for entry in entries:
        if entry.date <= day and sealed_in(entry) is not None:
            yield line_of(entry, uses)


def _lines(said: Sequence[data.Directive]) -> dict[str, list[SealedLine]]:
    lines: dict[str, list[SealedLine]] = {}
    uses = _first_uses(said)
    for entry in said:
        if (unit := sealed_in(entry)) is not None:
            lines.setdefault(unit, []).append(line_of(entry, uses))
    for each in lines.values():
        each.sort()
    return lines


def _first_uses(said: Iterable[data.Directive]) -> Mapping[str, datetime.date]:
    """Give the day on which each account that opens on a month's last day is first used, but to settle a year.

    The calendar's last stands for never.
    """
    uses = {
        entry.account: datetime.date.max
        for entry in said
        if isinstance(entry, data.Open) and entry.date == Month.of(entry.date).last_day
    }
    for entry in said if uses else ():
        for account in _used(entry):
            if account in uses:
                uses[account] = min(uses[account], entry.date)
    return uses


def _used(entry: data.Directive) -> Iterable[str]:
    if isinstance(entry, data.Transaction):
        return () if settles(entry) else (posting.account for posting in entry.postings)
    account = getattr(entry, "account", None)
    return (account,) if account and not isinstance(entry, data.Open) else ()


def line_of(entry: data.Directive, uses: Mapping[str, datetime.date] = _NO_USES) -> SealedLine:
    """Give the sealed form of one directive, with its documents.

    Args:
        entry: the directive.
        uses: of accounts that open on a month's last day, the day on which each is first used.

    """
    documents = sealed_documents(entry)
    text = canonical(entry) + (written(documents) if documents else "")
    date, is_seal, of_year = entry.date, False, False
    if isinstance(entry, data.Custom) and entry.type == d.CLOSED:
        is_seal, of_year = True, bool(entry.values) and parse_year(str(entry.values[0].value)) is not None
    elif isinstance(entry, data.Open) and entry.account in uses:
        date = uses[entry.account]
        of_year = date == datetime.date.max
    else:
        of_year = settles(entry)
    return SealedLine(date, is_seal, text, entry.date, of_year)


def digests(lines: Sequence[SealedLine], months: Iterable[Month]) -> Iterator[tuple[Month, Digest]]:
    """Give the digest at the end of each of *months*, which come in order, over sorted *lines*, in one walk."""
    state, count = hashlib.sha256(VERSION), 0
    held = [line for line in lines if not line.of_year]
    for month in months:
        end = month.last_day
        while count < len(held) and (held[count].date < end or (held[count].date == end and not held[count].is_seal)):
            _hash(state, held[count])
            count += 1
        yield month, Digest(count, state.hexdigest())


def year_digest(lines: Iterable[SealedLine], last_day: datetime.date) -> Digest:
    """Give the digest at the end of the year that ends on *last_day*, whose own seal has no part in it."""
    held = [
        line for line in lines if line.day <= last_day and not (line.is_seal and line.of_year and line.day == last_day)
    ]
    state = hashlib.sha256(VERSION + _OF_A_YEAR)
    for line in sorted(held, key=lambda line: (line.day, line.is_seal, line.of_year, line.text)):
        _hash(state, line)
    return Digest(len(held), state.hexdigest())


def _hash(state: hashlib._Hash, line: SealedLine) -> None:
    state.update(line.text.encode())
    state.update(b"\n")


def digest_of_units(seals: Mapping[str, str]) -> str:
    """Give one hash over the seals of all units of a month or year.

    Args:
        seals: by unit, the sha256 of its seal; of a year, with the month in which its entries are levied.

    """
    text = "".join(f"{unit} {said}\n" for unit, said in sorted(seals.items()))
    return hashlib.sha256(VERSION + text.encode()).hexdigest()


def said_of(sha256: object, levied_in: object = None) -> str:
    """Give what the structure's seal holds of a unit's: its sha256, and the month that a year's seal names."""
    return str(sha256) if levied_in is None else f"{sha256} {levied_in}"


def check_seals(
    entries: Sequence[data.Directive], options: Mapping[str, Any], proved: AbstractSet[str] = frozenset()
) -> list[Finding]:
    """Give a finding for the first seal of each unit that no longer holds, and for what was added to closed periods.

    Args:
        entries: of a loaded ledger.
        options: of that ledger.
        proved: the units whose own seals are known to hold, see `closing.proved`.

    """
    register = read_register(entries, options)
    said = list(sources(entries, options))
    lines = _lines([entry for entry in said if sealed_in(entry) not in proved] if proved else said)
    months = {
        unit: list(_check_chain(unit, digests(lines.get(unit, []), sorted(seals)), seals))
        for unit, seals in sorted(register.seals.items())
        if unit not in proved
    }
    years = (
        finding
        for unit, seals in sorted(register.year_seals.items())
        if not months.get(unit) and unit not in proved  # the years' seals hold the months' and break with them
        for finding in _check_chain(unit, _year_digests(lines.get(unit, []), seals), seals)
    )
    return [
        *(finding for each in months.values() for finding in each),
        *years,
        *check_units(register),
        *_unsealed(said, register),
        *check_documents(said),
    ]


def _year_digests(lines: Sequence[SealedLine], seals: Mapping[int, data.Custom]) -> Iterator[tuple[int, Digest]]:
    return ((year, year_digest(lines, seals[year].date)) for year in sorted(seals))


def _check_chain(
    unit: str, digests: Iterable[tuple[Each, Digest]], seals: Mapping[Each, data.Custom]
) -> Iterator[Finding]:
    """Tell of the first broken seal; those after it are broken by it."""
    previous = ""
    for period, digest in digests:
        meta = seals[period].meta
        if template := _broken(meta, digest, previous):
            count = meta.get("entries")
            yield Finding.at(
                seals[period], template(unit=unit, month=str(period), written=count, entries=digest.entries)
            )
            return
        previous = digest.sha256


def _broken(meta: Mapping[str, Any], digest: Digest, previous: str) -> Template | None:
    """Give what tells that a seal's metadata says otherwise than the books, or None where it holds."""
    if meta.get("previous", "") != previous:
        return FOLLOWS_NOTHING
    if meta.get("sha256") != digest.sha256:
        return BOOKS_DIFFER
    return COUNTS_OTHERWISE if meta.get("entries") != digest.entries else None


def check_units(register: Register) -> list[Finding]:
    """Compare the structure's seals with those of the units that they hold."""
    return [*_check_units(register.seals), *_check_units(register.year_seals)]


def _check_units(of_all: Mapping[str, Mapping[Each, data.Custom]]) -> Iterator[Finding]:
    """Compare, where the structure's seals are there, their hash over all units' seals of the month or year."""
    for period, seal in sorted(of_all.get(COOP, {}).items()):
        said = {
            unit: said_of(seals[period].meta.get("sha256"), seals[period].meta.get(d.LEVIED_IN))
            for unit, seals in of_all.items()
            if period in seals
        }
        if seal.meta.get("units") != digest_of_units(said):
            yield Finding.at(seal, SEALS_DIFFER(month=str(period), structure=COOP))
            return


def _unsealed(said: Iterable[data.Directive], register: Register) -> Iterator[Finding]:
    """Tell of the first transaction of a unit in a period that the structure has closed and the unit has not."""
    closed = register.last_closed(COOP)
    years = {seal.date: year for year, seal in register.year_seals.get(COOP, {}).items()}
    told: set[str] = set()
    for entry in said:
        if closed is None or entry.date > closed.last_day:
            break
        if not isinstance(entry, data.Transaction) or (unit := sealed_in(entry)) is None or unit in told:
            continue
        month, year = Month.of(entry.date), years.get(entry.date)
        if settles(entry):
            period = str(year) if year and year not in register.year_seals.get(unit, {}) else None
        else:
            period = str(month) if (register.last_closed(unit) or Month(1, 1)) < month else None
        if period:
            told.add(unit)
            yield Finding.at(entry, NOT_CLOSED_WITH_IT(unit=unit, month=period))
