"""What no longer agrees with a return that was filed: its files, its directive, its settlement, its entries."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from beancount.core.data import Transaction

from beancoop.model.findings import Finding, in_order
from beancoop.model.money import ZERO
from beancoop.storage.atomic import read_bytes
from beancoop.vat import law
from beancoop.vat.filed import FILE_GONE, counted, digest, rows_of
from beancoop.vat.returns import balance_of
from beancoop.vat.settling import settled
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from beancoop.vat.filed import Filed, Row
    from beancoop.vat.periods import VatPeriod
    from beancoop.vat.preparing import VatDesk
    from beancoop.words.messages import Template

XML_CHANGED = error("BC1062", "The file {file} is not the one that was filed for {period}; take the change back.")
XML_DIFFERS = error("BC1063", "Grid {grid} is {said} in the file {file}, and {filed} in this directive.")
CSV_CHANGED = error("BC1064", "The entries in {file} are not those that were filed for {period}; take the change back.")
GRID_DIFFERS = error("BC1065", "Grid {grid} is {filed} here, and its entries in {file} come to {said}.")
COUNTED_CHANGED = error(
    "BC1066",
    "An entry that was counted in the return of {period} was changed or taken away: {unit}, {amount} in grid {grid}. "
    "Take the change back, and correct with an entry of its own.",
)
COUNTS_OTHERWISE = error(
    "BC1067", "This entry was counted in the return of {period} otherwise: {then}; now it would be {now}."
)
SALE_TOO_LATE = error(
    "BC1068",
    "The return of {period} is filed, and no later one counts a sale, its credit note or a correction of that period. "
    "Date it in an open period, or file a return that replaces that one.",
)
SETTLED_OTHERWISE = error(
    "BC1069", "The settlement of {period} comes to {settled}, and the return to {filed}; take the change back."
)
TWICE = error("BC1073", "{period} was filed before; a second return says which reference it replaces: {line}")


def check_returns(desk: VatDesk, replacing: VatPeriod | None = None) -> list[Finding]:
    """Give what no longer agrees with what was filed; nothing where no return was.

    Args:
        desk: the ledger.
        replacing: a period whose return is about to be replaced, the entries of which may have changed.

    """
    found: list[Finding] = []
    for filed in desk.filed:
        if filed.period != replacing:
            found += drift(desk, filed)
    return in_order([*found, *_too_late(desk, [each for each in desk.in_force if each.period != replacing])])


def drift(desk: VatDesk, filed: Filed) -> list[Finding]:
    """Give what no longer agrees with one return; of one that was replaced, its files and its directive alone."""
    rows, unreadable = filed.rows()
    if unreadable:
        return list(unreadable)
    found = [*_files(filed, rows), *_grids(desk, filed, rows)]
    if desk.filed_for(filed.period) is filed:
        found += [*_entries(desk, filed, rows), *_settlement(desk, filed)]
    return found


def drift_of(desk: VatDesk, filed: Filed) -> list[Finding]:
    """Give all that differs from the return in force of a period, sales dated in it since included."""
    span = filed.period.span
    late = [finding for entry, finding in _refused(desk, desk.in_force) if span.first <= entry.date <= span.last]
    return in_order([*drift(desk, filed), *late])


def _too_late(desk: VatDesk, filed: Sequence[Filed]) -> list[Finding]:
    return [finding for _, finding in _refused(desk, filed)]


def _refused(desk: VatDesk, filed: Sequence[Filed]) -> Iterator[tuple[Transaction, Finding]]:
    for entry in desk.uncounted(filed).refused:
        period = next(each.period for each in filed if each.period.span.first <= entry.date <= each.period.span.last)
        yield entry, Finding.at(entry, SALE_TOO_LATE(period=str(period)))


def _files(filed: Filed, rows: Iterable[Row]) -> Iterator[Finding]:
    """Compare the two files with what the directive says of them."""

    def told(template: Template, **values: object) -> Finding:
        return Finding.at(filed.entry, template(**{"period": str(filed.period), **values}))

    if filed.number > 1 and not filed.replaces:
        yield told(TWICE, line='replaces: "..."')
    content = read_bytes(filed.xml)
    if content is None:
        yield told(FILE_GONE, file=filed.xml.name)
    elif hashlib.sha256(content).hexdigest() != filed.xml_sha256:
        yield told(XML_CHANGED, file=filed.xml.name)
    else:
        said = _in_xml(content)
        for grid in sorted({*said, *filed.grids}):
            if said.get(grid) != (written := filed.grids.get(grid)):
                yield told(XML_DIFFERS, grid=grid, said=said.get(grid, "-"), file=filed.xml.name, filed=written or "-")
    if digest(rows) != filed.sha256:
        yield told(CSV_CHANGED, file=filed.csv.name)


def _in_xml(content: bytes) -> dict[str, Decimal]:
    """Read the grids of a return's file, which we have written ourselves."""
    from lxml import etree  # type: ignore[import-untyped]  # noqa: PLC0415 - most loads have no filed return to read

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return {
        element.get("GridNumber", "").zfill(2): type(ZERO)(element.text)
        for element in etree.fromstring(content, parser).iter("{*}Amount")
    }


def _grids(desk: VatDesk, filed: Filed, rows: Iterable[Row]) -> Iterator[Finding]:
    """Compare the directive's grids with the entries that were counted, the carry from the return before taken off."""
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for row in rows:
        sums[row.grid] += row.amount
    for grid, amount in desk.carried_into(filed.period).items():
        sums[grid] -= amount
    for grid, amount in filed.carried.items():
        sums[grid] += amount
    balance = balance_of(sums)
    sums[law.grid("owed")], sums[law.grid("claimed")] = max(balance, ZERO), max(-balance, ZERO)
    for grid in sorted({*sums, *filed.grids}):
        written = filed.grids.get(grid, ZERO)
        if sums[grid] != written:
            message = GRID_DIFFERS(grid=grid, filed=written, file=filed.csv.name, said=sums[grid])
            yield Finding.at(filed.entry, message)


def _entries(desk: VatDesk, filed: Filed, rows: Sequence[Row]) -> Iterator[Finding]:
    """Look for each entry that was counted, and compare what it would add now with what it added."""
    left = counted(rows)
    by_entry: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_entry[row.entry].append(row)
    present: list[Transaction] = []
    for entry in desk.ledger.entries:
        if entry.date > filed.period.span.last:
            break
        if isinstance(entry, Transaction) and left[sha256 := desk.fingerprint_of(entry)] > 0:
            left[sha256] -= 1
            present.append(entry)
    yield from _recomputed(desk, filed, present, by_entry)
    for line, row in enumerate(rows, 2):
        if left[row.entry] > 0:
            left[row.entry] = 0
            message = COUNTED_CHANGED(period=str(filed.period), unit=row.unit, amount=row.amount, grid=row.grid)
            yield Finding(str(filed.csv), line, message)


def _recomputed(
    desk: VatDesk, filed: Filed, present: Sequence[Transaction], by_entry: Mapping[str, Sequence[Row]]
) -> Iterator[Finding]:
    declared, _, _ = desk.books.read(present)
    now = {id(each.operation.entry): rows_of([each]) for each in declared}
    for entry in present:
        was, will = _summed(by_entry[desk.fingerprint_of(entry)], set()), _summed(now.get(id(entry), ()), set())
        if was != will:
            message = COUNTS_OTHERWISE(period=str(filed.period), then=_named(was), now=_named(will))
            yield Finding.at(entry, message)


def _summed(rows: Iterable[Row], seen: set[tuple[int, str, str]]) -> Counter[tuple[str, Decimal]]:
    """Give code and grid with their amounts; of two entries that are alike, one counts."""
    sums: Counter[tuple[str, Decimal]] = Counter()
    for row in rows:
        key = row.posting, row.code, row.grid
        if key not in seen:
            seen.add(key)
            sums[f"{row.code} {row.grid}", row.amount] += 1
    return sums


def _named(sums: Mapping[tuple[str, Decimal], int]) -> str:
    return ", ".join(f"{name} {amount}" for name, amount in sorted(sums)) or "-"


def _settlement(desk: VatDesk, filed: Filed) -> Iterator[Finding]:
    """Compare what the settlement says the State is owed with the return."""
    moved = settled(desk.ledger.entries, filed.period, desk.register.currency)
    owed, filed_balance = -sum(moved.provision.values(), ZERO), balance_of(filed.grids)
    cleared = sum(moved.tax.values(), ZERO)
    if desk.register.coop_is_open and (owed, cleared) != (filed_balance, filed_balance):
        message = SETTLED_OTHERWISE(period=str(filed.period), settled=owed, filed=filed_balance)
        yield Finding.at(filed.entry, message)
