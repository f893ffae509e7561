"""Closing a month: its levies written as text, and every unit's books sealed (contract, section 6).

The activities' files are written first, the structure's last: its seal is the moment at which the month is closed. A
closing that is interrupted leaves a ledger that loads with the same balances as before or after, since until that
moment the structure's side of a written levy is supplied in memory; closing the month again ends the work.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from beancount.core import data

from beancoop.closing.seal import Digest, SealedLine, check_seals, digest_of_units, digests, line_of, lines_by_unit
from beancoop.contribution.entries import levy_entries, opens_to_write
from beancoop.contribution.rule import read_levies
from beancoop.loading.ledger import Ledger, load_ledger
from beancoop.model import directives as d
from beancoop.model.accounts import COOP, RootNames
from beancoop.model.findings import Finding
from beancoop.model.months import Month
from beancoop.model.register import Register, read_register
from beancoop.storage.atomic import apply_changes, one_writer, undo_changes
from beancoop.storage.layout import Addition, book_to_write, changes_for

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path


class CannotCloseError(Exception):
    """The month cannot be closed: the findings say why. Nothing was written."""

    def __init__(self, reason: str, findings: Sequence[Finding] = ()) -> None:
        """Say why in one sentence, and point at the places concerned."""
        super().__init__(reason)
        self.findings = findings


class UnitClosing(NamedTuple):
    """What closing a month writes in the books of one unit."""

    unit: str
    path: Path
    entries: Sequence[data.Directive]


def plan_closing(ledger: Ledger, month: Month, today: datetime.date) -> list[UnitClosing]:
    """Work out what closing *month* writes, the structure's part last; writes nothing.

    Raises:
        CannotCloseError: the ledger has an error, an earlier month is open, or the month is not over or is closed.

    """
    register = read_register(ledger.entries, ledger.options)
    lines = lines_by_unit(ledger.entries, ledger.options)
    _refuse(ledger, register, lines, month, today)
    written = _levies_of(ledger, register, month)
    units = [unit for unit in sorted(lines) if unit != COOP and _begins_by(lines[unit], month) and register.knows(unit)]
    closings: list[UnitClosing] = []
    name = f"contributions-{month.year}.beancount"
    hashes: dict[str, str] = {}
    for unit in [*units, COOP]:
        seal = register.seals.get(unit, {}).get(month)
        if seal is None:
            levied = written.get(unit, [])
            entries: list[data.Directive] = [*opens_to_write(register, unit, levied, month), *levied]
            digest = _digest(lines.get(unit, []), entries, month)
            hashes[unit] = digest.sha256
            over_all = digest_of_units(hashes) if unit == COOP else None
            seal = _seal(register, unit, month, digest, over_all)
            closings.append(UnitClosing(unit, book_to_write(ledger, register, unit, name), [*entries, seal]))
        else:
            hashes[unit] = str(seal.meta.get("sha256"))
    return closings


def close_month(path: Path, month: Month, today: datetime.date) -> list[UnitClosing]:
    """Close *month* of the cooperative whose main ledger is at *path*: all of it, or nothing.

    Raises:
        CannotCloseError: see `plan_closing`; or what was written did not load as it was meant, and was taken back.
        ConflictError: another program is writing, or changed a file meanwhile.
        OSError: a file could not be written.

    """
    with one_writer(path.parent):
        ledger = load_ledger(path)
        closings = plan_closing(ledger, month, today)
        additions = (
            Addition(closing.path, f"{closing.unit} : contributions et clôtures", closing.entries)
            for closing in closings
        )
        changes = changes_for(additions, RootNames.of(ledger.options))
        apply_changes(changes)
        after = load_ledger(path)
        findings = [*after.findings, *check_seals(after.entries, after.options), *_unread(after, closings)]
        if findings:
            undo_changes(changes)
            raise CannotCloseError("What was written did not load as it was meant, and was taken back.", findings)
    return closings


def _refuse(
    ledger: Ledger, register: Register, lines: Mapping[str, Sequence[SealedLine]], month: Month, today: datetime.date
) -> None:
    if ledger.errors:
        raise CannotCloseError("The ledger has errors; correct them first.", ledger.findings)
    if not register.coop_is_open:
        raise CannotCloseError(f"The ledger does not hold the books of {COOP}; close from the cooperative's own.")
    broken = check_seals(ledger.entries, ledger.options)
    if broken:
        raise CannotCloseError("A closed month was changed; take that back first.", broken)
    if today <= month.last_day:
        raise CannotCloseError(f"{month} is not over on {today}; close it from {month.next().first_day} on.")
    last = register.last_closed(COOP)
    if last and month <= last:
        raise CannotCloseError(f"{month} is closed already; the last closed month is {last}.")
    first = last.next() if last else _first_month(ledger)
    if first and month > first:
        raise CannotCloseError(f"{first} is still open; close it first: beancoop close {first}")
    if not any(_begins_by(each, month) for each in lines.values()):
        raise CannotCloseError(f"There is no entry up to {month}, and nothing to close.")


def _first_month(ledger: Ledger) -> Month | None:
    """Give the month of the first transaction, before which nothing need be closed; a ledger is sorted by date."""
    days = (entry.date for entry in ledger.entries if isinstance(entry, data.Transaction))
    return next(map(Month.of, days), None)


def _begins_by(lines: Sequence[SealedLine], month: Month) -> bool:
    return bool(lines) and lines[0].date <= month.last_day


def _levies_of(ledger: Ledger, register: Register, month: Month) -> dict[str, list[data.Transaction]]:
    """Give the levies of *month* that are not written yet, by the unit whose side they are."""
    sides: dict[str, list[data.Transaction]] = {}
    for unit, months in sorted(read_levies(ledger.entries, ledger.options).items()):
        for levy in months:
            if levy.month == month and levy.levy:
                own, coops = levy_entries(register, levy, provisional=False)
                if not levy.closed:
                    sides.setdefault(unit, []).append(own)
                sides.setdefault(COOP, []).append(coops)
    return sides


def _digest(lines: Sequence[SealedLine], added: Iterable[data.Directive], month: Month) -> Digest:
    ((_, digest),) = digests(sorted([*lines, *map(line_of, added)]), [month])
    return digest


def _seal(register: Register, unit: str, month: Month, digest: Digest, over_all: str | None) -> data.Custom:
    before = register.seals.get(unit, {})
    previous = str(before[max(before)].meta.get("sha256")) if before else ""
    meta = {"entries": Decimal(digest.entries), "sha256": digest.sha256, "previous": previous}
    if over_all is not None:
        meta["units"] = over_all
    values = [(str(month), str), (unit, str)]
    return data.Custom(data.new_metadata("<closing>", 0, meta), month.last_day, d.CLOSED, values)


def _unread(after: Ledger, closings: Sequence[UnitClosing]) -> Iterable[Finding]:
    """Tell of what was written where the ledger does not read it."""
    seals = read_register(after.entries, after.options).seals
    for closing in closings:
        seal = closing.entries[-1]
        if Month.of(seal.date) not in seals.get(closing.unit, {}):
            yield Finding(str(closing.path), 0, "The ledger does not include this file; include it, and close again.")
