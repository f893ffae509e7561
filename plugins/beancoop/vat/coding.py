"""Which code each base of an operation has: as it is written, as the document said it, or as number and amounts tell.

In this order: the posting's `vat:`, the transaction's, the imported document, the default of the account, and last what
PCMN number and amounts leave no choice about. Nothing is guessed: what can be read in two ways is told with both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancoop.books.waiting import INVOICE_REFERENCE
from beancoop.model.money import ZERO
from beancoop.vat import law
from beancoop.vat.document import is_abroad, said
from beancoop.vat.law import CORRECTION, PURCHASE, RATE, SALE, law_on
from beancoop.vat.matching import MOST, ways
from beancoop.vat.operation import CODE, Unreadable
from beancoop.words.messages import error, phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from decimal import Decimal

    from beancoop.vat.document import Said
    from beancoop.vat.law import Code, Law
    from beancoop.vat.operation import Base, Operation
    from beancoop.words.messages import Text

_PLAIN_PURCHASE = "BE"

UNKNOWN = error("BC1010", 'vat: "{code}" is none of the codes of VAT: {codes}.')
OTHER_SIDE = error("BC1011", 'vat: "{code}" cannot stand on {account}: it is a code of {side}. Possible here: {codes}.')
NO_RATE = error(
    "BC1012", 'vat: "{code}" names a rate that does not belong there; a rate stands behind {codes} alone, as in CC@6.'
)
SALE_WITHOUT_TAX = error(
    "BC1013",
    'A sale without VAT on {account}: write why. Zero rate: vat: "S0"; the customer owes it: "CC"; within the Union: '
    '"ICS" or "ICG"; export: "EXP"; exempt: "EX44"; outside: "OUT".',
)
BOTH_TAXES = error(
    "BC1014",
    'VAT both to recover and to pay on {account}: the buyer owes it. Write who sold: vat: "CC" (Belgium), "ICG" or '
    '"ICS" (goods or services of the Union), "NEU" (services from elsewhere) or "IMP" (import).',
)
NOT_THE_RATES = error(
    "BC1015",
    "VAT of {tax} is that of no rate on {base}: {rates} %. Write one posting a rate, each with its vat: code.",
)
TWO_WAYS = error("BC1016", "VAT of {tax} can be read in two ways: {first}, or {second}. Write vat: on the postings.")
TOO_MANY_WAYS = error(
    "BC1017", "{count} bases and one VAT of {tax} can be read in many ways; write vat: on the postings."
)
WRONG_TAX = error(
    "BC1018",
    "{account} stands beside VAT of the other direction; book that VAT on {number}, or, where the buyer owes the VAT "
    'of a purchase, write its code, such as vat: "CC".',
)
ASSET_SOLD = error(
    "BC1019",
    '{account} is credited: write vat: with the code of the sale ("S21"), or of the supplier\'s credit note ("BE").',
)
DOCUMENT_OPEN = error(
    "BC1020",
    "The document gives category {category} of VAT, which has several meanings here: write vat: with one of {codes}.",
)
NO_LAW = error("BC1021", "No rate of VAT is known for {day}; correct the date.")
SALES, PURCHASES, CORRECTIONS = phrase("sales"), phrase("purchases"), phrase("corrections")
_SIDES = {SALE: SALES, PURCHASE: PURCHASES, CORRECTION: CORRECTIONS}


class Coded(NamedTuple):
    """A base with its code.

    Attributes:
        base: the posting.
        amount: how much of it has this code, signed as booked.
        code: the code.
        percent: the rate: of a sale its own, of a reverse charge the domestic one; None where there is none.

    """

    base: Base
    amount: Decimal
    code: Code
    percent: Decimal | None


def side_of(operation: Operation, base: Base) -> str:
    """Say whether a base is a sale or a purchase, by its number; on other accounts, by who stands beside it."""
    if base.role.side:
        return base.role.side
    if operation.is_beside(law.numbers("suppliers")) or base.amount > 0:
        return PURCHASE
    return SALE if operation.is_beside(law.numbers("customers")) else PURCHASE


def correction(operation: Operation) -> Code | None:
    """Give the code of a correction of an earlier return, which the transaction bears as a whole; None without one."""
    return law_on(operation.entry.date).corrections.get(str(operation.entry.meta.get(CODE)))


def assign(operation: Operation, defaults: Mapping[str, str]) -> Sequence[Coded]:
    """Give each base its code; a base without any is left out, which has no grid.

    Args:
        operation: a transaction.
        defaults: the `vat:` of each account's `open`, by account.

    Raises:
        Unreadable: a code that cannot stand there, or no code where there are several readings.

    """
    rules = law_on(operation.entry.date)
    if not rules.rates:
        raise Unreadable(NO_LAW(day=operation.entry.date))
    coded, rest = _by_name(operation, operation.bases, lambda base: _written(operation, base), rules)
    if (
        rest
        and (lines := said(operation.entry.meta))
        and (found := _by_document(operation, rest, lines, defaults, rules))
    ):
        coded, rest = [*coded, *found], []
    if rest and defaults:
        found, rest = _by_name(operation, rest, lambda base: defaults.get(base.posting.account) or None, rules)
        coded += found
    if rest:
        coded += _derived(operation, rest, coded, rules)
    return sorted(coded, key=lambda each: each.base.number) if len(coded) > 1 else coded


def _by_name(
    operation: Operation, bases: Iterable[Base], name_of: Callable[[Base], object], rules: Law
) -> tuple[list[Coded], list[Base]]:
    """Code the bases that a code is written for, and give the rest."""
    coded: list[Coded] = []
    rest: list[Base] = []
    for base in bases:
        name = name_of(base)
        if name is None:
            rest.append(base)
        else:
            coded.append(_coded(operation, base, str(name), rules))
    return coded, rest


def _written(operation: Operation, base: Base) -> object:
    """Give the code written on a posting, else that of its transaction."""
    return (base.posting.meta or {}).get(CODE, operation.entry.meta.get(CODE))


def _coded(operation: Operation, base: Base, written: str, rules: Law) -> Coded:
    """Read a code where it stands.

    Raises:
        Unreadable: it is unknown, of the other side, or names a rate that does not belong there.

    """
    side = _side_for(operation, base, written.partition(RATE)[0], rules)
    rated = rules.read(written, side)
    if rated is None:
        raise Unreadable(_refused(base, written, side, rules))
    return Coded(base, base.amount, *rated)


def _refused(base: Base, written: str, side: str, rules: Law) -> Text:
    """Say why a code cannot stand there."""
    name = written.partition(RATE)[0]
    kinds = {SALE: rules.sales, PURCHASE: rules.purchases, CORRECTION: rules.corrections}
    wrong = next((kind for kind, codes in kinds.items() if name in codes), None)
    if wrong is None:
        return UNKNOWN(code=written, codes=sorted({*rules.sales, *rules.purchases, *rules.corrections}))
    if name not in kinds[side]:
        return OTHER_SIDE(code=written, account=base.posting.account, side=_SIDES[wrong], codes=list(kinds[side]))
    return NO_RATE(code=written, codes=[each.name for each in rules.purchases.values() if each.is_reverse_charge])


def _side_for(operation: Operation, base: Base, name: str, rules: Law) -> str:
    """Give the side on which *name* is read: that of the number, else the only one that knows the code."""
    if not base.role.side and (name in rules.sales) != (name in rules.purchases):
        return SALE if name in rules.sales else PURCHASE
    return side_of(operation, base)


def _by_document(
    operation: Operation, rest: Sequence[Base], lines: Sequence[Said], defaults: Mapping[str, str], rules: Law
) -> list[Coded]:
    """Give bases the codes that the document's lines mean, where its sums are those booked; else nothing."""
    sides = {side_of(operation, base) for base in rest}
    booked = sum((base.amount for base in rest), ZERO)
    if len(sides) != 1 or abs(sum((line.base for line in lines), ZERO)) != abs(booked):
        return []
    (side,) = sides
    tax = sum((line.tax for line in lines), ZERO)
    if tax and abs(tax) != abs(operation.owed if side == SALE else operation.deducted):
        return []
    abroad = is_abroad(operation.entry.meta)
    names = [line.code(rules, side, is_abroad=abroad) for line in lines]
    if None in names:
        if all(base.posting.account in defaults for base in rest):
            return []
        unclear = lines[names.index(None)]
        possible = list(rules.sales if side == SALE else rules.purchases)
        raise Unreadable(DOCUMENT_OPEN(category=unclear.category, codes=possible))
    known = [str(name) for name in names]
    if len(set(known)) == 1:
        return [_coded(operation, base, known[0], rules) for base in rest]
    if side == PURCHASE and len({rules.nature(base.account.number) for base in rest}) > 1:
        return []
    return _split(operation, rest, list(zip(known, (line.base for line in lines), strict=True)), rules)


def _split(operation: Operation, rest: Sequence[Base], shares: list[tuple[str, Decimal]], rules: Law) -> list[Coded]:
    """Cut the bases into the document's shares, one after the other; their sums are the same."""
    booked, said_sum = (
        sum(amounts, ZERO) for amounts in ((base.amount for base in rest), (share for _, share in shares))
    )
    turned = -1 if (booked > 0) != (said_sum > 0) else 1
    left = [(name, turned * share) for name, share in shares if share]
    coded: list[Coded] = []
    for base in rest:
        amount = base.amount
        while amount and left:
            name, share = left.pop(0)
            part = share if left and abs(share) <= abs(amount) else amount
            coded.append(_coded(operation, base, name, rules)._replace(amount=part))
            amount -= part
            if share != part:
                left.insert(0, (name, share - part))
    return coded


def _derived(operation: Operation, rest: Sequence[Base], coded: Sequence[Coded], rules: Law) -> list[Coded]:
    """Code what is left by PCMN number and amounts.

    Raises:
        Unreadable: it can be read in several ways.

    """
    receives, owes = bool(operation.deducted), bool(operation.owed)
    if receives and owes:
        raise Unreadable(BOTH_TAXES(account=rest[0].posting.account))
    if receives:
        return [_bought(operation, base, rules) for base in rest]
    if owes:
        return _sold(operation, rest, coded, rules)
    return [found for base in rest if (found := _untaxed(operation, base, rules))]


def _bought(operation: Operation, base: Base, rules: Law) -> Coded:
    if base.role.is_investment and base.amount < 0:
        raise Unreadable(ASSET_SOLD(account=base.posting.account))
    if side_of(operation, base) != PURCHASE:
        raise Unreadable(WRONG_TAX(account=base.posting.account, number=law.numbers("payable")[0]))
    return _coded(operation, base, _PLAIN_PURCHASE, rules)


def _sold(operation: Operation, rest: Sequence[Base], coded: Sequence[Coded], rules: Law) -> list[Coded]:
    """Find the one way in which rates in force give the VAT that is booked."""
    for base in rest:
        if base.role.is_investment:
            raise Unreadable(ASSET_SOLD(account=base.posting.account))
        if side_of(operation, base) != SALE:
            raise Unreadable(WRONG_TAX(account=base.posting.account, number=law.numbers("deductible")[0]))
    known = sum((-each.amount * each.percent / 100 for each in coded if each.percent and each.code.side == SALE), ZERO)
    tax, amounts, percents = operation.owed - known, [-base.amount for base in rest], list(rules.rates)
    found = ways(amounts, tax, percents, law.tolerance("posting"))
    if not found and len(rest) > MOST:
        raise Unreadable(TOO_MANY_WAYS(count=len(rest), tax=tax))
    if not found:
        raise Unreadable(NOT_THE_RATES(tax=tax, base=sum(amounts, ZERO), rates=percents))
    if len(found) > 1:
        first, second = (" + ".join(rules.rates[percent].name for percent in way) for way in found)
        raise Unreadable(TWO_WAYS(tax=tax, first=first, second=second))
    return [
        Coded(base, base.amount, rules.rates[percent], percent) for base, percent in zip(rest, found[0], strict=True)
    ]


def _untaxed(operation: Operation, base: Base, rules: Law) -> Coded | None:
    """Code a base without any VAT: a purchase by whether a supplier or an invoice stands behind it."""
    if base.role.is_investment and base.amount < 0:
        if operation.is_beside(law.numbers("depreciation")) or _moves_within(operation):
            return None
        raise Unreadable(ASSET_SOLD(account=base.posting.account))
    if side_of(operation, base) == SALE:
        if base.account.number.startswith(law.numbers("without-operation")):
            return None
        raise Unreadable(SALE_WITHOUT_TAX(account=base.posting.account))
    has_invoice = operation.is_beside(law.numbers("suppliers")) or INVOICE_REFERENCE in operation.entry.meta
    return _coded(operation, base, _PLAIN_PURCHASE, rules) if has_invoice else None


def _moves_within(operation: Operation) -> bool:
    """Say whether fixed assets pass between their own accounts alone."""
    return not operation.others and all(base.role.is_investment for base in operation.bases)
