"""What the items of an invoice are to VAT: their code, what the buyer owes, and what is not deducted.

A code is the one that the accountant's rule gives; else what the document leaves no choice about, which the default of
the account (`vat:` on its `open`) may narrow down to a deduction in part; else that default. What the buyer owes has
the rate that a rule or the account says; where neither does, a person decides, and no code is written.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.money import ZERO, shared_out
from beancoop.vat.document import Said
from beancoop.vat.law import PURCHASE

from beancoop_importers.model.invoice import INTRA_EU, REVERSE, to_cents

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from beancoop.vat.law import Law, Rated

    from beancoop_importers.model.invoice import Invoice, VatBreakdown

OUTSIDE = "OUT"
"""The code of what is no operation of its own, such as an advance that is set off."""

_HALF = Decimal(2)


class Bought(NamedTuple):
    """An item of an invoice, bought or sold, and what is said of it.

    Attributes:
        account: what it is for.
        net: its amount without VAT.
        code: the code that a rule gives, "" without.
        default: that of the account.

    """

    account: str
    net: Decimal
    code: str
    default: str


class Trade(NamedTuple):
    """Between whom an invoice goes, and under what law.

    Attributes:
        side: sold or bought, as the law calls it.
        law: what holds on the day.
        is_foreign: whether a supplier is not Belgian, so that the VAT it asks is another country's.
        is_abroad: whether the other party goes by the VAT number of another country.

    """

    side: str
    law: Law
    is_foreign: bool
    is_abroad: bool


class Taxed(NamedTuple):
    """Items of one category, rate and code.

    Attributes:
        vat: what the document says of the category and rate.
        items: the items.
        code: their code as it is written, "" where a person has to say.
        refused: the code that a rule gives and that cannot stand there, "" without.
        tax: the VAT asked for them.
        lost: what of it is not deducted, and so part of the cost.
        rate: the rate of the VAT that the buyer owes, None where it owes none.

    """

    vat: VatBreakdown
    items: Sequence[Bought]
    code: str
    refused: str
    tax: Decimal
    lost: Decimal
    rate: Decimal | None

    @property
    def due(self) -> Decimal:
        """The VAT that the buyer owes."""
        net = sum((item.net for item in self.items), ZERO)
        return to_cents(net * (self.rate or ZERO) / 100)

    def costs(self) -> Iterator[tuple[str, Decimal]]:
        """Give the accounts of the items with what each costs, the VAT that is lost included."""
        shares = shared_out(self.lost, [item.net for item in self.items])
        for item, share in zip(self.items, shares, strict=True):
            yield item.account, item.net + share


def taxed(invoice: Invoice, items: Sequence[Bought], trade: Trade) -> Iterator[Taxed]:
    """Sort the items of an invoice, given in its order, by category, rate and code."""
    for vat in invoice.vat:
        by_code: dict[tuple[str, str], list[Bought]] = {}
        for said, item in zip(invoice.items, items, strict=True):
            if (said.category, said.rate) == (vat.category, vat.rate):
                by_code.setdefault(_chosen(vat, item, trade), []).append(item)
        if by_code:
            nets = [sum((item.net for item in together), ZERO) for together in by_code.values()]
            taxes = shared_out(vat.tax, nets)
            for ((code, refused), together), tax in zip(by_code.items(), taxes, strict=True):
                rated = trade.law.read(code, trade.side)
                yield Taxed(vat, together, code, refused, tax, _lost(rated, tax), _rate(rated, vat, trade))


def _chosen(vat: VatBreakdown, item: Bought, trade: Trade) -> tuple[str, str]:
    """Give the code of an item, and the one that its rule gives in vain."""
    if item.code and _fits(item.code, vat, trade):
        return item.code, ""
    by_document = _by_document(vat, trade)
    narrows = not by_document or _is_lost(trade.law.read(item.default, trade.side))
    if narrows and item.default and _fits(item.default, vat, trade):
        return item.default, item.code
    return by_document, item.code


def _by_document(vat: VatBreakdown, trade: Trade) -> str:
    """Give the code that the document leaves no choice about; "" where it leaves one, if only of the rate."""
    if trade.is_foreign:
        return ""
    said = Said(vat.category, vat.rate, vat.base, vat.tax)
    name = said.code(trade.law, trade.side, is_abroad=trade.is_abroad) or ""
    rated = trade.law.read(name, trade.side)
    return "" if rated is None or rated.code.is_reverse_charge else name


def _fits(code: str, vat: VatBreakdown, trade: Trade) -> bool:
    """Say whether a code can stand on what the document says."""
    rated = trade.law.read(code, trade.side)
    if rated is None:
        return False
    if trade.side != PURCHASE:
        return (rated.percent or ZERO) == vat.rate
    if not vat.rate:
        return True
    if trade.is_foreign:
        return rated.code.is_outside
    return not rated.code.is_reverse_charge and (rated.code.deductible is not None or _is_lost(rated))


def _is_lost(rated: Rated | None) -> bool:
    return rated is not None and bool(rated.code.non_deductible)


def _lost(rated: Rated | None, tax: Decimal) -> Decimal:
    """Give the VAT that is not deducted: at least half of it, where the law allows at most half."""
    if rated is None:
        return ZERO
    if rated.code.non_deductible == "half":
        return to_cents(tax / _HALF)
    return tax if rated.code.non_deductible or rated.code.is_outside else ZERO


def _rate(rated: Rated | None, vat: VatBreakdown, trade: Trade) -> Decimal | None:
    """Give the rate of what the buyer owes: where nobody says, that of whatever no other is laid down for."""
    if rated is not None:
        return rated.percent if rated.code.is_reverse_charge else None
    owes = trade.side == PURCHASE and vat.category in {REVERSE, INTRA_EU}
    return max(trade.law.rates) if owes else None
