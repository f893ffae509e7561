"""Closing a month: its levies written as text, and every unit's books sealed (contract, section 6).

The structure's seal is written last: it is the moment at which the month is closed (see `storage.commit`). Until then
the structure's side of a written levy is supplied in memory, so that the balances are the same before and after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount.core import data

from beancoop.closing.bearing import short_treasuries
from beancoop.closing.documents import missing_documents
from beancoop.closing.seal import digest_of_units, digests, lines_by_unit
from beancoop.closing.sealing import (
    CLOSED_ALREADY,
    DOCUMENTS_MISSING,
    EARLIER_IS_OPEN,
    NOT_OVER,
    NOTHING_TO_CLOSE,
    Closed,
    refuse_unready,
    seal_of,
)
from beancoop.contribution.entries import levy_entries, opens_to_write
from beancoop.contribution.rule import read_levies
from beancoop.model.accounts import COOP
from beancoop.model.findings import Refusal
from beancoop.model.months import Month
from beancoop.model.provenance import settles, sources
from beancoop.model.register import Register, read_register
from beancoop.storage.commit import Writing
from beancoop.storage.layout import closed_file
from beancoop.words.messages import error

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping, Sequence

    from beancoop.closing.seal import SealedLine
    from beancoop.loading.ledger import Ledger

CANNOT_BE_BORNE = error("BC534", "A treasury cannot bear what would be levied.")


def plan_closing(ledger: Ledger, month: Month, today: datetime.date) -> list[Writing]:
    """Work out what closing *month* writes, the structure's part last; writes nothing.

    Raises:
        Refusal: the ledger has an error, an earlier month is open, the month is not over or is closed, a document is
            missing, or a treasury cannot bear its levy.

    """
    register = read_register(ledger.entries, ledger.options)
    lines = lines_by_unit(ledger.entries, ledger.options)
    _refuse(ledger, register, lines, month, today)
    written = _levies_of(ledger, register, month)
    if short := short_treasuries(ledger.entries, register, written, month):
        raise Refusal(CANNOT_BE_BORNE(), short)
    units = [unit for unit in sorted(lines) if unit != COOP and _begins_by(lines[unit], month) and register.knows(unit)]
    added: dict[str, list[data.Directive]] = {
        unit: [*opens_to_write(register, unit, written.get(unit, []), month), *written.get(unit, [])]
        for unit in (*units, COOP)
    }
    sealed = lines_by_unit(ledger.entries, ledger.options, [entry for each in added.values() for entry in each])
    closings: list[Writing] = []
    closed = Closed(str(month), month.last_day)
    name = f"contributions-{month.year}.beancount"
    hashes: dict[str, str] = {}
    for unit, entries in added.items():
        ((_, digest),) = digests(sealed.get(unit, []), [month])
        hashes[unit] = digest.sha256
        over_all = {"units": digest_of_units(hashes)} if unit == COOP else {}
        seal = seal_of(closed, unit, digest, register.seals.get(unit, {}).values(), **over_all)
        closings.append(Writing(unit, closed_file(ledger, register, unit, name), [*entries, seal]))
    return closings


def _refuse(
    ledger: Ledger, register: Register, lines: Mapping[str, Sequence[SealedLine]], month: Month, today: datetime.date
) -> None:
    refuse_unready(ledger, register)
    if today <= month.last_day:
        raise Refusal(NOT_OVER(month=month, day=today, first=month.next().first_day))
    last = register.last_closed(COOP)
    if last and month <= last:
        raise Refusal(CLOSED_ALREADY(month=month, last=last))
    first = last.next() if last else _first_month(ledger)
    if first and month > first:
        raise Refusal(EARLIER_IS_OPEN(first=first, command=f"beancoop close {first}"))
    if not any(_begins_by(each, month) for each in lines.values()):
        raise Refusal(NOTHING_TO_CLOSE(month=month))
    if gone := missing_documents(_to_be_sealed(ledger, register, month)):
        raise Refusal(DOCUMENTS_MISSING(), gone)


def _to_be_sealed(ledger: Ledger, register: Register, month: Month) -> Iterator[data.Directive]:
    """Give the directives that no seal covers yet, up to the end of *month*."""
    closed = register.last_closed(COOP)
    for entry in sources(ledger.entries, ledger.options):
        if entry.date <= month.last_day and (closed is None or entry.date > closed.last_day) and not settles(entry):
            yield entry


def _first_month(ledger: Ledger) -> Month | None:
    """Give the month of the first transaction, before which nothing need be closed; a ledger is sorted by date."""
    days = (entry.date for entry in ledger.entries if isinstance(entry, data.Transaction))
    return next(map(Month.of, days), None)


def _begins_by(lines: Sequence[SealedLine], month: Month) -> bool:
    return any(line.date <= month.last_day and not line.of_year for line in lines)


def _levies_of(ledger: Ledger, register: Register, month: Month) -> dict[str, list[data.Transaction]]:
    """Give the levies of *month* that are not written yet, by the unit whose side they are."""
    sides: dict[str, list[data.Transaction]] = {}
    for unit, months in sorted(read_levies(ledger.entries, ledger.options, month).items()):
        for levy in months:
            if levy.month == month and levy.levy:
                own, coops = levy_entries(register, levy, provisional=False)
                sides.setdefault(unit, []).append(own)
                sides.setdefault(COOP, []).append(coops)
    return sides
