"""The return of a period: its grids, what each unit caused, what is undecided, and the proof that nothing is missing.

The company is one taxable person: the return is of the whole, and the units' parts add up to it to the cent. The proof
is a tie-out: what moved on 411 and 451 in the period is what the grids of VAT say, or the return is not ready.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from functools import cached_property
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from beancount.core.data import Open, Transaction

from beancoop.model.findings import Finding
from beancoop.model.money import ZERO, to_cent
from beancoop.vat import law
from beancoop.vat.operation import (
    CODE,
    CODE_INSIDE,
    DEDUCTIBLE,
    PAYABLE,
    Unreadable,
    idle_code,
    read_operation,
    tax_moved,
)
from beancoop.vat.parts import declare, total

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from beancount.core.data import Directive

    from beancoop.model.periods import Span
    from beancoop.vat.operation import Operation
    from beancoop.vat.parts import Declared, Part


_date = attrgetter("date")


class Ties(NamedTuple):
    """What the VAT accounts moved and no grid says: zero, or the return is not ready.

    Attributes:
        deductible: of 411.
        payable: of 451.

    """

    deductible: Decimal
    payable: Decimal


class VatReturn(NamedTuple):
    """A return; amounts in EUR, to the cent.

    Attributes:
        grids: what each grid says, never negative; zero ones are left out, but 71 or 72.
        units: the same for each unit, of the period's own entries, signed, without what was carried.
        undecided: entries that need a code, with their readings.
        remarks: what is odd and changes nothing.
        declared: the period's own transactions that count, in order.
        late: purchases of an earlier, filed period that count in this one.
        carried: what the next return has to take off, by grid.
        ties: what 411 and 451 moved and no grid says.

    """

    grids: Mapping[str, Decimal]
    units: Mapping[str, Mapping[str, Decimal]]
    undecided: Sequence[Finding]
    remarks: Sequence[Finding]
    declared: Sequence[Declared]
    late: Sequence[Declared]
    carried: Mapping[str, Decimal]
    ties: Ties

    @property
    def counted(self) -> Sequence[Declared]:
        """All transactions that count."""
        return [*self.declared, *self.late]

    @property
    def balance(self) -> Decimal:
        """What is owed to the State; negative, what it owes."""
        return balance_of(self.grids)

    @property
    def parts_add_up(self) -> bool:
        """Whether the units' parts are the whole, to the cent, but for what was and is carried."""
        sums = _sum_up(self.units.values())
        own = total(part for each in self.declared for part in each.parts)
        return all(sums.get(grid, ZERO) == amount for grid, amount in own.items())


class Undecided(NamedTuple):
    """A transaction that needs a code.

    Attributes:
        entry: the transaction.
        finding: where it stands, and its readings.
        operation: what is known of it; None where not even that can be read.
        moved: what it moves on 411 and 451.

    """

    entry: Transaction
    finding: Finding
    operation: Operation | None
    moved: tuple[Decimal, Decimal]


class VatBooks:
    """The transactions of a ledger as VAT sees them, each read once."""

    def __init__(self, entries: Iterable[Directive], currency: str) -> None:
        """Take the entries of a load, in the order of dates."""
        self._entries = list(entries)
        self.currency = currency

    @cached_property
    def defaults(self) -> Mapping[str, str]:
        """The `vat:` of each account's `open`."""
        opens = (entry for entry in self._entries if isinstance(entry, Open))
        return {entry.account: str(entry.meta[CODE]) for entry in opens if CODE in entry.meta}

    def within(self, span: Span) -> Iterator[Transaction]:
        """Give the transactions dated in *span*."""
        for entry in islice(self._entries, bisect_left(self._entries, span.first, key=_date), None):
            if entry.date > span.last:
                return
            if isinstance(entry, Transaction):
                yield entry

    def read(self, entries: Iterable[Transaction]) -> tuple[list[Declared], list[Undecided], list[Finding]]:
        """Work out what each transaction adds to a return, which of them need a code, and what is odd."""
        declared: list[Declared] = []
        undecided: list[Undecided] = []
        remarks: list[Finding] = []
        for entry in entries:
            operation = None
            try:
                operation = read_operation(entry, self.currency)
                if operation is None:
                    if (code := idle_code(entry)) is not None:
                        remarks.append(Finding.at(entry, CODE_INSIDE(code=code)))
                    continue
                found = declare(operation, self.defaults)
            except Unreadable as unreadable:
                moved = tax_moved(entry, self.currency)
                undecided.append(Undecided(entry, Finding.at(entry, unreadable.message), operation, moved))
                continue
            remarks += [Finding.at(entry, remark) for remark in found.remarks]
            if found.parts:
                declared.append(found)
        return declared, undecided, remarks


def make_return(
    books: VatBooks, own: Iterable[Transaction], late: Sequence[Transaction], carried_in: Mapping[str, Decimal]
) -> VatReturn:
    """Make the return of a period.

    Args:
        books: the whole ledger.
        own: the period's own transactions.
        late: purchases of filed periods that no return has counted yet.
        carried_in: what the filed return before leaves to take off, by grid, positive.

    """
    declared, undecided, remarks = books.read(own)
    by_unit: dict[str, list[Part]] = defaultdict(list)
    for each in declared:
        by_unit[each.operation.unit] += each.parts
    units = {unit: with_balance(total(parts)) for unit, parts in sorted(by_unit.items())}
    added, unclear, odd = books.read(late)
    every = [*declared, *added]
    sums = total(part for each in every for part in each.parts)
    grids, carried = _carry(sums, carried_in)
    return VatReturn(
        with_balance(grids),
        units,
        sorted((each.finding for each in (*undecided, *unclear)), key=lambda finding: finding.order),
        sorted((*remarks, *odd), key=lambda finding: finding.order),
        declared,
        added,
        carried,
        _tie(every, [*undecided, *unclear]),
    )


def balance_of(grids: Mapping[str, Decimal]) -> Decimal:
    """Give what is due less what is deductible: positive, owed to the State; negative, owed by it."""
    due = sum((grids.get(grid, ZERO) for grid in law.grids("due")), ZERO)
    return due - sum((grids.get(grid, ZERO) for grid in law.grids("deductible")), ZERO)


def with_balance(sums: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Give grids in their order, zero ones left out, with the balance behind them: owed also where it is nil."""
    grids = {grid: to_cent(sums[grid]) for grid in sorted(sums) if to_cent(sums[grid])}
    balance = to_cent(balance_of(grids))
    return {**grids, law.grid("owed") if balance >= 0 else law.grid("claimed"): abs(balance)}


def _carry(
    sums: Mapping[str, Decimal], carried_in: Mapping[str, Decimal]
) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """Take off what was carried in; what is below zero then is carried on, and the grid says nothing."""
    grids = {grid: sums.get(grid, ZERO) - carried_in.get(grid, ZERO) for grid in {*sums, *carried_in}}
    carried = {grid: -grids[grid] for grid in law.grids("carried") if grids.get(grid, ZERO) < 0}
    return {**grids, **dict.fromkeys(carried, ZERO)}, carried


def _tie(declared: Iterable[Declared], undecided: Iterable[Undecided]) -> Ties:
    """Compare what 411 and 451 moved with what the grids of VAT say."""
    each = [*((one.operation.deducted, one.operation.owed) for one in declared), *(one.moved for one in undecided)]
    moved = {DEDUCTIBLE: sum((one for one, _ in each), ZERO), PAYABLE: sum((one for _, one in each), ZERO)}
    said, due = dict.fromkeys(moved, ZERO), law.grids("due")
    for one in declared:
        for part in one.parts:
            if part.tax:
                said[part.tax] += part.amount if (part.grid in due) is (part.tax == PAYABLE) else -part.amount
    return Ties(*(to_cent(moved[key] - said[key]) for key in (DEDUCTIBLE, PAYABLE)))


def _sum_up(several: Iterable[Mapping[str, Decimal]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for grids in several:
        for grid, amount in grids.items():
            sums[grid] = sums.get(grid, ZERO) + amount
    return sums
