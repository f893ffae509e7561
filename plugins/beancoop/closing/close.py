"""Closing a month: its levies written as text, and every unit's books sealed (contract, section 6).

The structure's seal is written last: it is the moment at which the month is closed (see `storage.commit`). Until then
the structure's side of a written levy is supplied in memory, so that the balances are the same before and after.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from beancount.core import data
from beancount.parser.grammar import ValueType

from beancoop.closing.bearing import short_treasuries
from beancoop.closing.documents import missing_documents
from beancoop.closing.seal import Digest, SealedLine, digest_of_units, digests, line_of, lines_by_unit
from beancoop.closing.soundness import refuse_what_is_wrong, wrong_in
from beancoop.contribution.entries import levy_entries, opens_to_write
from beancoop.contribution.rule import read_levies
from beancoop.model import directives as d
from beancoop.model.accounts import COOP
from beancoop.model.findings import Finding, Refusal
from beancoop.model.months import Month
from beancoop.model.provenance import sources
from beancoop.model.register import Register, read_register
from beancoop.rules.dry_run import DryRun
from beancoop.storage.commit import Writing, commit_entries, to_be_written
from beancoop.storage.layout import closed_file
from beancoop.storage.scaffold import CLOSED_TITLE
from beancoop.words.messages import error

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from beancoop.loading.ledger import Ledger
    from beancoop.rules import engine

NOT_THE_STRUCTURES = error(
    "BC503", "The ledger does not hold the books of {structure}; close from the cooperative's own."
)
NOT_OVER = error("BC504", "{month} is not over on {day}; close it from {first} on.")
CLOSED_ALREADY = error("BC505", "{month} is closed already; the last closed month is {last}.")
EARLIER_IS_OPEN = error("BC506", "{first} is still open; close it first: {command}")
NOTHING_TO_CLOSE = error("BC507", "There is no entry up to {month}, and nothing to close.")
NOT_INCLUDED = error(
    "BC508",
    "The ledger does not include this file; make it, empty, where it is not there, include it, and close again.",
)
DOCUMENTS_MISSING = error("BC533", "A document that would be sealed is not there.")
CANNOT_BE_BORNE = error("BC534", "A treasury cannot bear what would be levied.")
WOULD_NOT_LOAD = error("BC535", "What would be written would not load as it is meant.")


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
    closings: list[Writing] = []
    name = f"contributions-{month.year}.beancount"
    hashes: dict[str, str] = {}
    for unit in [*units, COOP]:
        levied = written.get(unit, [])
        entries: list[data.Directive] = [*opens_to_write(register, unit, levied, month), *levied]
        digest = _digest(lines.get(unit, []), entries, month)
        hashes[unit] = digest.sha256
        over_all = digest_of_units(hashes) if unit == COOP else None
        seal = _seal(register, unit, month, digest, over_all)
        closings.append(Writing(unit, closed_file(ledger, register, unit, name), [*entries, seal]))
    return closings


def rehearse_closing(
    ledger: Ledger, month: Month, today: datetime.date, rules: Sequence[type[engine.Rule]]
) -> list[Writing]:
    """Work out what closing *month* writes, and load in memory what the ledger would be; writes nothing.

    Args:
        ledger: as it is.
        month: to be closed.
        today: see `plan_closing`.
        rules: of the suite.

    Raises:
        Refusal: see `close_month`.

    """
    closings = plan_closing(ledger, month, today)
    wrong = DryRun(ledger, rules, [entry for closing in closings for entry in closing.entries]).wrong()
    paths = {closing.path for closing in closings}
    unread = [Finding(str(path), 0, NOT_INCLUDED()) for path in sorted(paths) if path.parent not in ledger.folders]
    if wrong or unread:
        raise Refusal(WOULD_NOT_LOAD(), [*wrong, *unread])
    return closings


def close_month(path: Path, month: Month, today: datetime.date) -> list[Writing]:
    """Close *month* of the cooperative whose main ledger is at *path*: all of it, or nothing.

    Raises:
        Refusal: see `plan_closing`; or what was written did not load as it was meant, and was taken back.
        ConflictError: another program is writing, or changed a file meanwhile.
        OSError: a file could not be written.

    """
    with to_be_written(path) as ledger:
        closings = plan_closing(ledger, month, today)
        commit_entries(ledger, closings, CLOSED_TITLE, lambda after: [*wrong_in(after), *_unread(after, closings)])
    return closings


def _refuse(
    ledger: Ledger, register: Register, lines: Mapping[str, Sequence[SealedLine]], month: Month, today: datetime.date
) -> None:
    if not register.coop_is_open:
        raise Refusal(NOT_THE_STRUCTURES(structure=COOP))
    refuse_what_is_wrong(ledger)
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
        if entry.date <= month.last_day and (closed is None or entry.date > closed.last_day):
            yield entry


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
    values = [ValueType(str(month), str), ValueType(unit, str)]
    return data.Custom(data.new_metadata("<closing>", 0, meta), month.last_day, d.CLOSED, values)


def _unread(after: Ledger, closings: Sequence[Writing]) -> Iterable[Finding]:
    """Tell of what was written where the ledger does not read it."""
    seals = read_register(after.entries, after.options).seals
    for closing in closings:
        seal = closing.entries[-1]
        if Month.of(seal.date) not in seals.get(closing.unit, {}):
            yield Finding(str(closing.path), 0, NOT_INCLUDED())
