"""How a VAT return is told to a person: each grid with its entries, their units, file and line; then each unit."""

from __future__ import annotations

import os
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from beancoop.model.money import ZERO
from beancoop.words.formats import number
from beancoop.words.language import current
from beancoop.words.messages import phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from decimal import Decimal

    from beancoop.vat.answers import Answer, Counted
    from beancoop.vat.listings import Client, IntraLine
    from beancoop.vat.prorata import Prorata

_WIDTH = 14

TITLE = phrase("VAT return {period}: {first} to {last}")
GRID = phrase("Grid {grid}: {amount}")
TAKEN_OFF = phrase("carried in, or carried on: {amount}")
PARTS = phrase("Part of each unit")
CARRIED = phrase("Left to the next return")
LATE = phrase("Late: purchases of earlier periods that count here")
PRORATA = phrase("A mixed taxable person: the general prorata of the year")
WITH_RIGHT = phrase("Sales with the right to deduct")
WITHOUT_RIGHT = phrase("Sales exempt without deduction")
PROPOSED = phrase("{percent} %, as {some} of {all}; with the first return of the next year: {option}")
GONE = phrase("no longer in the ledger as it was counted")


def return_text(answered: Answer, prorata: Prorata | None = None) -> Iterator[str]:
    """Write a return line by line, and the prorata of the year that ends with it, where there is one."""
    span = answered.period.span
    yield TITLE(period=str(answered.period), first=span.first, last=span.last)
    by_grid = sorted(answered.counted, key=lambda each: each.row.grid)
    entries = {grid: list(group) for grid, group in groupby(by_grid, lambda each: each.row.grid)}
    for grid in sorted({*answered.grids, *entries}):
        yield ""
        yield from _grid(grid, answered.grids.get(grid, ZERO), entries.get(grid, []))
    yield from _amounts(PARTS(), ((unit, _named(grids)) for unit, grids in answered.units.items()))
    yield from _amounts(CARRIED(), ((grid, _amount(amount)) for grid, amount in answered.carried.items()))
    yield from _amounts(PRORATA(), _prorata(prorata) if prorata else ())
    yield from _amounts(LATE(), ((f"{_relative(each.file)}:{each.line}", each.message) for each in answered.late))


def _prorata(prorata: Prorata) -> Iterator[tuple[str, str]]:
    yield WITH_RIGHT(), _amount(prorata.deductible).strip()
    yield WITHOUT_RIGHT(), _amount(prorata.exempt).strip()
    option = f"--prorata {prorata.year}:{prorata.percent}"
    told = PROPOSED(percent=prorata.percent, some=prorata.numerator, all=prorata.denominator, option=option)
    yield str(prorata.year), told


def _grid(grid: str, said: Decimal, entries: list[Counted]) -> Iterator[str]:
    yield GRID(grid=grid, amount=_amount(said))
    for row, entry in entries:
        where = f"{_relative(entry.meta['filename'])}:{entry.meta['lineno']}" if entry else GONE()
        words = " | ".join(filter(None, (entry.payee, entry.narration))) if entry else ""
        yield f"  {_amount(row.amount)}  {row.unit}  {row.code}  {where}  {words}".rstrip()
    rest = said - sum((row.amount for row, _ in entries), ZERO)
    if entries and rest:
        yield f"  {TAKEN_OFF(amount=_amount(rest).strip())}"


def _amounts(title: str, lines: Iterable[tuple[str, str]]) -> Iterator[str]:
    rows = list(lines)
    if rows:
        yield ""
        yield title
        yield from (f"  {name}  {value}" for name, value in rows)


def _named(grids: Mapping[str, Decimal]) -> str:
    return ", ".join(f"{grid}: {_amount(amount).strip()}" for grid, amount in grids.items())


def clients_text(lines: Iterable[Client]) -> Iterator[str]:
    """Write the listing of customers line by line."""
    return (f"{line.number!s:<16}{_amount(line.turnover)}{_amount(line.tax)}" for line in lines)


def intra_text(lines: Iterable[IntraLine]) -> Iterator[str]:
    """Write the intra-Community listing line by line."""
    return (f"{line.number!s:<16}{line.code}{_amount(line.amount)}" for line in lines)


def _amount(amount: Decimal) -> str:
    return number(amount, current()).rjust(_WIDTH)


def _relative(file: str) -> str:
    return os.path.relpath(file) if Path(file).is_absolute() else file
