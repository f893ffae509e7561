"""The return that a period has now: its own entries, the late ones, the carry of the filed return before it.

What stands in its way is told apart: what has to be put right, and what a reason may justify.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.periods import Span
from beancoop.model.register import read_register
from beancoop.vat.coding import side_of
from beancoop.vat.controls import check_grids, check_intra, check_turnover
from beancoop.vat.filed import counted, filed_returns, fingerprint, in_force
from beancoop.vat.law import PURCHASE, SALE
from beancoop.vat.listings import clients, intra
from beancoop.vat.operation import may_count
from beancoop.vat.periods import MONTH, QUARTER, VatPeriod
from beancoop.vat.prorata import prorata_of
from beancoop.vat.returns import VatBooks, make_return
from beancoop.words.messages import error, phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from beancount.core.data import Transaction

    from beancoop.loading.ledger import Ledger
    from beancoop.model.findings import Finding
    from beancoop.model.register import Register
    from beancoop.vat.filed import Filed
    from beancoop.vat.listings import Client, IntraLine, Listing
    from beancoop.vat.operation import Operation
    from beancoop.vat.parts import Declared
    from beancoop.vat.prorata import Prorata
    from beancoop.vat.returns import Undecided, VatReturn
    from beancoop.words.messages import Text

TIE = error(
    "BC1070",
    "411 moved {deductible} and 451 {payable} that no grid holds; look at the entries with VAT that are undecided.",
)
UNITS = error("BC1071", "The units' parts do not add up to the return.")
NO_SUCH_PERIOD = error(
    "BC1072", "{period} is no period of this cooperative: its returns are by {kind}, as in {example}."
)

KINDS = {QUARTER: phrase("quarter"), MONTH: phrase("month")}


class Obstacles(NamedTuple):
    """What stands in the way of a return.

    Attributes:
        wrong: what has to be put right first, apart from what is undecided.
        odd: what a reason may justify.

    """

    wrong: Sequence[Text]
    odd: Sequence[Text]


class Uncounted(NamedTuple):
    """What is dated in filed periods and that no filed return has counted.

    Attributes:
        late: purchases, which the next return takes, and what is undecided and no sale.
        refused: sales, their credit notes and corrections, which no later return takes.

    """

    late: Sequence[Transaction]
    refused: Sequence[Transaction]


class VatDesk:
    """A ledger, and what was filed of it."""

    def __init__(self, ledger: Ledger, register: Register | None = None) -> None:
        """Read the directives, unless they are read already; the transactions when they are asked for."""
        self.ledger = ledger
        self.register = register or read_register(ledger.entries, ledger.options)
        self.books = VatBooks(ledger.entries, self.register.currency)
        self._fingerprints: dict[int, str] = {}  # each return asks for those of the entries before it, too

    def fingerprint_of(self, entry: Transaction) -> str:
        """Give the fingerprint of an entry of the ledger, which is worked out once."""
        found = self._fingerprints.get(id(entry))
        if found is None:
            found = self._fingerprints[id(entry)] = fingerprint(entry)
        return found

    @cached_property
    def filed(self) -> Sequence[Filed]:
        """Every return that was filed, replaced ones too."""
        return filed_returns(self.register)

    @cached_property
    def in_force(self) -> Sequence[Filed]:
        """The returns that were filed and not replaced, by period."""
        return in_force(self.filed)

    def filed_for(self, period: VatPeriod) -> Filed | None:
        """Give the return in force of a period."""
        return next((filed for filed in self.in_force if filed.period == period), None)

    def before(self, period: VatPeriod) -> Sequence[Filed]:
        """Give the returns in force of the periods before that one."""
        return [filed for filed in self.in_force if filed.period.span.last < period.span.first]

    def fits(self, period: VatPeriod) -> bool:
        """Say whether the cooperative declares by such periods at that time."""
        return VatPeriod.of(self.register.cooperative, period.span.first) == period

    def carried_into(self, period: VatPeriod) -> Mapping[str, Decimal]:
        """Give what the filed return before leaves to take off."""
        before = self.before(period)
        return before[-1].carried if before else {}

    def prepare(self, period: VatPeriod) -> VatReturn:
        """Make the return of a period from the entries as they are."""
        before = self.before(period)
        is_next = bool(before) and VatPeriod.of(self.register.cooperative, before[-1].period.span.after) == period
        late = self.uncounted(before).late if is_next else ()
        return make_return(self.books, self.books.within(period.span), late, self.carried_into(period))

    def uncounted(self, filed: Sequence[Filed]) -> Uncounted:
        """Give what is dated in the periods of *filed* returns and that none of them has counted."""
        left: Counter[str] = Counter()
        for each in filed:
            left += counted(each.rows()[0])
        late: list[Transaction] = []
        refused: list[Transaction] = []
        for each in filed:
            news = list(self._without(self.books.within(each.period.span), left))
            declared, undecided, _ = self.books.read(news)
            late += [one.operation.entry for one in declared if not _is_refused(one)]
            refused += [one.operation.entry for one in declared if _is_refused(one)]
            for unclear in undecided:
                (refused if _sells(unclear) else late).append(unclear.entry)
        return Uncounted(late, refused)

    def _without(self, entries: Iterable[Transaction], left: Counter[str]) -> Iterator[Transaction]:
        """Leave out what was counted, each as often as it was, and what no return looks at."""
        for entry in entries:
            if not may_count(entry):
                continue
            sha256 = self.fingerprint_of(entry) if left else ""
            if left[sha256] > 0:
                left[sha256] -= 1
            else:
                yield entry

    def obstacles(self, period: VatPeriod, made: VatReturn) -> Obstacles:
        """Give what stands in the way of a return, apart from what is undecided."""
        warned = [
            *check_grids(made.grids, period.span.last),
            *check_turnover(made.declared, made.grids),
            *check_intra(intra(made.declared).lines, made.grids),
        ]
        wrong = [each.message for each in warned if each.is_blocking]
        if any(made.ties):
            wrong.append(TIE(deductible=made.ties.deductible, payable=made.ties.payable))
        if not made.parts_add_up:
            wrong.append(UNITS())
        return Obstacles(wrong, [each.message for each in warned if not each.is_blocking])

    def clients(self, year: int) -> Listing[Client]:
        """Give the customers of a calendar year; undecided sales are told."""
        declared, undecided, _ = self.books.read(self.books.within(Span.of_year(year)))
        listing = clients(declared)
        return listing._replace(findings=[*listing.findings, *_told(undecided)])

    def prorata(self, year: int) -> Prorata | None:
        """Give the general prorata of a calendar year; None where no sale of it is exempt."""
        return prorata_of(self.books.read(self.books.within(Span.of_year(year)))[0], year)

    def intra(self, period: VatPeriod) -> Listing[IntraLine]:
        """Give the customers of the Union in a period; undecided sales are told."""
        declared, undecided, _ = self.books.read(self.books.within(period.span))
        listing = intra(declared)
        return listing._replace(findings=[*listing.findings, *_told(undecided)])


def _told(undecided: Iterable[Undecided]) -> list[Finding]:
    return [each.finding for each in undecided if _sells(each)]


def _is_refused(declared: Declared) -> bool:
    """Say whether an entry of a filed period can no longer be counted: anything but purchases alone."""
    return not declared.coded or any(coded.code.side != PURCHASE for coded in declared.coded)


def _sells(undecided: Undecided) -> bool:
    operation: Operation | None = undecided.operation
    return operation is not None and any(side_of(operation, base) == SALE for base in operation.bases)
