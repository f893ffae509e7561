"""What `beancoop vat` answers: a return as it would be now, or as it was filed, in one form.

The forms for programs are those of the contract, section 9: json, and as csv one row for each posting and grid.
"""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from beancount.core.data import Transaction

from beancoop.model.findings import Finding
from beancoop.model.money import NOTHING
from beancoop.model.pcmn import VAT_PAYABLE, VAT_RECEIVABLE
from beancoop.presentation.delimited import rows_as_csv
from beancoop.vat.filed import rows_of
from beancoop.vat.returns import with_balance
from beancoop.words.messages import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from beancoop.vat.filed import Filed, Row
    from beancoop.vat.listings import Client, IntraLine
    from beancoop.vat.periods import VatPeriod
    from beancoop.vat.preparing import VatDesk
    from beancoop.vat.returns import Ties, VatReturn


class Counted(NamedTuple):
    """A posting that a return counts: what it adds, and its transaction, None where that is gone since."""

    row: Row
    entry: Transaction | None


class Answer(NamedTuple):
    """A return, to be shown; amounts in EUR.

    Attributes:
        period: its period.
        filed: how it was filed; None where it is still open.
        grids: what each grid says.
        units: the part of each unit.
        carried: what it leaves to the next one.
        counted: what each posting adds, in order.
        undecided: entries that need a code.
        late: purchases of earlier periods.
        ties: what 411 and 451 moved and no grid says.
        made: the return as it would be now; None where it was filed.

    """

    period: VatPeriod
    filed: Filed | None
    grids: Mapping[str, Decimal]
    units: Mapping[str, Mapping[str, Decimal]]
    carried: Mapping[str, Decimal]
    counted: Sequence[Counted]
    undecided: Sequence[Finding]
    late: Sequence[Finding]
    ties: Ties | tuple[Decimal, Decimal]
    made: VatReturn | None


def answer(desk: VatDesk, period: VatPeriod) -> Answer:
    """Give the return of a period: what was filed, where it was, else what it is now."""
    filed = desk.filed_for(period)
    return _open(desk, period) if filed is None else _filed(desk, filed)


def _open(desk: VatDesk, period: VatPeriod) -> Answer:
    made = desk.prepare(period)
    rows = [Counted(row, each.operation.entry) for each in made.counted for row in rows_of([each])]
    late = [_told(each.operation.entry) for each in made.late]
    return Answer(period, None, made.grids, made.units, made.carried, rows, made.undecided, late, made.ties, made)


def _filed(desk: VatDesk, filed: Filed) -> Answer:
    """Give what was filed, its entries found again by what they say."""
    rows, _ = filed.rows()
    wanted = {row.entry for row in rows}
    found: dict[str, list[Transaction]] = defaultdict(list)
    for entry in desk.ledger.entries:
        if isinstance(entry, Transaction) and entry.date <= filed.period.span.last:
            sha256 = desk.fingerprint_of(entry)
            if sha256 in wanted:
                found[sha256].append(entry)
    counted = [Counted(row, next(iter(found[row.entry]), None)) for row in rows]
    is_late = {
        sha256: entries[0] for sha256, entries in found.items() if entries and entries[0].date < filed.period.span.first
    }
    sums: dict[str, dict[str, Decimal]] = {}
    for row in rows:
        if row.entry not in is_late:
            grids = sums.setdefault(row.unit, {})
            grids[row.grid] = grids.get(row.grid, NOTHING) + row.amount
    units = {unit: with_balance(grids) for unit, grids in sorted(sums.items())}
    late = [_told(entry) for entry in is_late.values()]
    nothing = NOTHING, NOTHING
    return Answer(filed.period, filed, filed.grids, units, filed.carried, counted, [], late, nothing, None)


def _told(entry: Transaction) -> Finding:
    return Finding.at(entry, " | ".join(filter(None, (entry.payee, entry.narration))))


def as_json(desk: VatDesk, answered: Answer) -> dict[str, Any]:
    """Give it as a program reads it."""
    folder = desk.ledger.path.parent
    deductible, payable = answered.ties
    return {
        "period": str(answered.period),
        "grids": _plain(answered.grids),
        "units": {unit: _plain(grids) for unit, grids in answered.units.items()},
        "undecided": [_placed(finding, folder) for finding in answered.undecided],
        "late": [_placed(finding, folder) for finding in answered.late],
        "carried": _plain(answered.carried),
        "tie": {VAT_RECEIVABLE: f"{deductible:.2f}", VAT_PAYABLE: f"{payable:.2f}"},
    }


def _plain(amounts: Mapping[str, Decimal]) -> dict[str, str]:
    return {grid: f"{amount:.2f}" for grid, amount in amounts.items()}


def _placed(finding: Finding, folder: Path) -> dict[str, Any]:
    file = Path(os.path.relpath(finding.file, folder)).as_posix() if Path(finding.file).is_absolute() else finding.file
    return {"file": file, "line": finding.line, "message": plain(finding.message)}


def clients_csv(lines: Iterable[Client]) -> str:
    """Write the listing of customers as CSV."""
    rows = ((str(line.number), line.turnover, line.tax) for line in lines)
    return rows_as_csv([("number", "turnover", "vat"), *rows], end="\n")


def intra_csv(lines: Iterable[IntraLine]) -> str:
    """Write the intra-Community listing as CSV."""
    rows = ((str(line.number), line.code, line.amount) for line in lines)
    return rows_as_csv([("number", "code", "amount"), *rows], end="\n")
