"""What an operation adds to the grids of the return."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.money import ZERO, shared_out, to_cent
from beancoop.vat import law
from beancoop.vat.coding import assign, correction
from beancoop.vat.law import NATURE, SALE, law_on
from beancoop.vat.operation import DEDUCTIBLE, PAYABLE, Unreadable
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from beancoop.vat.coding import Coded
    from beancoop.vat.law import Code, Law
    from beancoop.vat.operation import Operation, Tax
    from beancoop.words.messages import Text

TAX_REFUSED = error(
    "BC1030", "VAT of {tax} stands beside {codes}, which bears none there; take it out or correct vat:."
)
MIXED_DIRECTIONS = error(
    "BC1031",
    "VAT of {tax} belongs to operations of several kinds ({codes}); write each of them as an entry of its own.",
)
MIXED_DEDUCTION = error(
    "BC1032",
    "{code} stands beside other purchases, so that nobody can tell which VAT is deducted; write an entry for each.",
)
WRONG_WAY = error("BC1033", 'vat: "{code}" needs VAT in the other direction: here it comes to {tax}.')
OTHER_RATE = error(
    "BC1034",
    "VAT of {tax} is not what the rates give on {base}: {expected}. What is booked counts; look at the document.",
)


class Part(NamedTuple):
    """What one posting adds to one grid.

    Attributes:
        posting: the number of the posting in its transaction, from 1.
        code: the code, with its rate where it names one.
        grid: the grid.
        amount: what is added, in the operating currency; negative, what is taken off.
        tax: DEDUCTIBLE or PAYABLE where it is VAT of 411 or 451; "" for a base.

    """

    posting: int
    code: str
    grid: str
    amount: Decimal
    tax: str = ""


class Declared(NamedTuple):
    """What one transaction adds to the return, and what is odd about it.

    Attributes:
        operation: the transaction.
        coded: its bases with their codes.
        parts: what it adds.
        remarks: warnings; none of them changes an amount.

    """

    operation: Operation
    coded: Sequence[Coded]
    parts: Sequence[Part]
    remarks: Sequence[Text]


def declare(operation: Operation, defaults: Mapping[str, str]) -> Declared:
    """Work out what *operation* adds to the return.

    Raises:
        Unreadable: nobody can tell without a code, or the code cannot stand there.

    """
    if code := correction(operation):
        return Declared(operation, (), list(_corrected(operation, code)), ())
    coded = assign(operation, defaults)
    groups = [list(group) for _, group in groupby(sorted(coded, key=_name), _name)] if len(coded) > 1 else [coded]
    parts = [part for group in groups if group for part in _bases(operation, group, coded)]
    parts += _taxes(coded, PAYABLE, operation.payable, -operation.owed)
    parts += _taxes(coded, DEDUCTIBLE, operation.deductible, operation.deducted)
    return Declared(operation, coded, parts, list(_other_rate(operation, coded)))


def _name(coded: Coded) -> tuple[str, str]:
    return coded.code.side, coded.code.name


def _corrected(operation: Operation, code: Code) -> Iterator[Part]:
    """Put the VAT of a correction in its grid: 61 what is owed to the State, 62 what it owes."""
    to_state = code.owes == "adjusted-to-state"
    net = operation.owed - operation.deducted
    if (net if to_state else -net) <= 0:
        raise Unreadable(WRONG_WAY(code=code.name, tax=net))
    for key, taxes in ((DEDUCTIBLE, operation.deductible), (PAYABLE, operation.payable)):
        for tax in taxes:
            yield Part(tax.number, code.name, law.grid(code.owes), -tax.amount if to_state else tax.amount, key)


def _bases(operation: Operation, group: Sequence[Coded], every: Sequence[Coded]) -> Iterator[Part]:
    """Add the bases of one code: its sum says whether it is an invoice or a credit note."""
    code, direction = group[0].code, -1 if group[0].code.side == SALE else 1
    posted = [direction * each.amount for each in group]
    terms = code.invoice if sum(posted) >= 0 else code.credit_note
    alone = posted if all(term.is_posted for term in terms) else _without_tax(operation, code, posted, every)
    rules = law_on(operation.entry.date)
    for each, amount, base in zip(group, posted, alone, strict=True):
        for term in terms:
            grid = _nature(each, rules) if term.grid == NATURE else term.grid
            yield Part(each.base.number, _written(each), grid, term.sign * (amount if term.is_posted else base))


def _nature(coded: Coded, rules: Law) -> str:
    """Give the grid of what is bought: a service from abroad is one on whatever account it stands, assets apart."""
    is_service = coded.code.services and not coded.base.role.is_investment
    return rules.services if is_service else rules.nature(coded.base.account.number)


def _written(coded: Coded) -> str:
    if coded.code.is_reverse_charge and coded.percent is not None:
        return f"{coded.code.name}@{coded.percent.normalize():f}"
    return coded.code.name


def _without_tax(operation: Operation, code: Code, posted: Sequence[Decimal], every: Sequence[Coded]) -> list[Decimal]:
    """Take the VAT that is not deductible out of what is posted, by amount, the odd cents from the largest."""
    if code.non_deductible == "half":
        extra = operation.deducted
    elif code.is_reverse_charge:
        extra = operation.owed - operation.deducted
    else:
        return list(posted)
    if any(each.code is not code and each.code.deductible for each in every):
        if code.non_deductible:
            raise Unreadable(MIXED_DEDUCTION(code=code.name))
        return list(posted)
    return [amount - share for amount, share in zip(posted, shared_out(extra, posted), strict=True)]


def _taxes(coded: Sequence[Coded], key: str, taxes: Sequence[Tax], debit: Decimal) -> list[Part]:
    """Put the VAT of one account in the grid of its direction, which is that of its sum."""
    if not any(tax.amount for tax in taxes):
        return []
    bearing = [each for each in coded if getattr(each.code, key)]
    if not bearing:
        raise Unreadable(TAX_REFUSED(tax=abs(debit), codes=sorted({_written(each) for each in coded}) or "-"))
    grids = {getattr(each.code, key).debit if debit > 0 else getattr(each.code, key).credit for each in bearing}
    if len(grids) > 1:
        raise Unreadable(MIXED_DIRECTIONS(tax=abs(debit), codes=sorted({_written(each) for each in bearing})))
    (grid,) = grids
    sign = 1 if debit > 0 else -1
    names = "+".join(sorted({_written(each) for each in bearing}))
    return [Part(tax.number, names, grid, sign * tax.amount, key) for tax in taxes if tax.amount]


def _other_rate(operation: Operation, coded: Sequence[Coded]) -> Iterator[Text]:
    """Tell where the VAT booked on 451 is not that of the rates, by more than the tolerance for each base."""
    bearing = [(each, each.percent) for each in coded if each.code.payable and each.percent is not None]
    if not bearing:
        return
    bases = [(_signed(operation, each, coded), percent) for each, percent in bearing]
    expected = sum((base * percent / 100 for base, percent in bases), ZERO)
    if abs(operation.owed - expected) > law.tolerance("posting") * len(bearing):
        base = sum((base for base, _ in bases), ZERO)
        yield OTHER_RATE(tax=operation.owed, base=base, expected=to_cent(expected))


def _signed(operation: Operation, each: Coded, every: Sequence[Coded]) -> Decimal:
    """Give a base in the direction of its code, without the VAT in it."""
    if each.code.side == SALE:
        return -each.amount
    group = [other for other in every if other.code is each.code]
    return _without_tax(operation, each.code, [other.amount for other in group], every)[group.index(each)]


def total(parts: Iterable[Part]) -> dict[str, Decimal]:
    """Add parts up by grid."""
    sums: dict[str, Decimal] = {}
    for part in parts:
        sums[part.grid] = sums.get(part.grid, ZERO) + part.amount
    return sums
