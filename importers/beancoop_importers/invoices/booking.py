"""From an invoice to the transaction that books it.

A purchase: what it is for, the VAT to recover (411), and what is owed to the supplier (440). A sale: what is due from
the customer (400), the turnover (70), and the VAT to pay (451). A credit note is the same with every sign turned, once:
its amounts are positive, and those of an invoice with a negative total are not turned at all.

Where the law makes the buyer owe the VAT, a purchase bears it on 411 and on 451, at a rate that the invoice does not
say. Otherwise the VAT is what the invoice says; what of it is not deducted is part of the cost. Each code of VAT has a
posting of its own, or is that of the whole transaction (see `vat`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from beancoop.books.open_items import INVOICE
from beancoop.vat import law
from beancoop.vat.document import is_abroad
from beancoop.vat.operation import CODE
from beancoop.words.messages import Text, error, phrase
from beancount.core import data
from beancount.core.amount import Amount

from beancoop_importers.invoices import metadata as facts
from beancoop_importers.invoices.vat import OUTSIDE, Bought, Trade, taxed
from beancoop_importers.model.invoice import (
    ADVANCE,
    CORRECTED,
    Adjustment,
    Invoice,
    InvoiceLine,
    Item,
    Party,
)
from beancoop_importers.model.sanitizing import clean
from beancoop_importers.model.statement import Note, quoted

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping, Sequence

    from beancoop_importers.invoices.routing import Route
    from beancoop_importers.invoices.vat import Taxed

OF_INVOICE = phrase("{invoice}: {reason}")
NO_PURPOSE = error(
    "BC853",
    "what it is for is not known and waits on 499; put the account in its place, or let `beancoop decide` do it.",
)
CORRECTS = error("BC854", "type 384 corrects another invoice; see whether it takes its place or adds to it.")
ROUNDING = error("BC855", "a rounding (BT-114) of {amount} is more than a rounding; see what it is for.")
FOREIGN_VAT = error("BC856", "VAT of another country, {amount}, is not for the Belgian return; it waits on 499.")
NO_VAT = error(
    "BC857",
    "the supplier is not Belgian and asks no VAT; see whether you owe it here. A rule may say: vat = {example}.",
)
NO_PRECEDING = error(
    "BC858",
    "it does not say which invoice it corrects (BT-25), so its contribution takes the rate of its own date.",
)
REVERSE_CHARGE = error(
    "BC859",
    "the VAT due by the buyer is counted at {rate} %, which nobody has said; write vat: with its rate, such as "
    "{example}, and correct 411 and 451 where it is another. A rule may say it for the next ones.",
)
PAID_BEFORE = error(
    "BC860",
    "{amount} was paid before and stands on {account}; see that VAT is not counted twice, on the advance and here.",
)
OPEN_CATEGORY = error(
    "BC882",
    "category {category} of VAT has several meanings here; write vat: with one of {codes}. A rule may say it for the "
    "next ones.",
)
CODE_REFUSED = error(
    "BC883", "the rule says vat = {code}, which cannot stand on what the document says, {said}; correct one of them."
)
_REVERSE_CODES = '"CC@6", "ICS@21"'
_SALE_CODES, _PURCHASE_CODES = '"ICS", "ICG", "EXP", "EX44", "OUT"', '"BE", "OUT"'


class Purpose(NamedTuple):
    """What an item of an invoice is for.

    Attributes:
        account: as `601-Fournitures`, or `601` where the unit has such an account.
        flag: `*` where nothing is left to decide, `!` where a person is to confirm it.
        vat: its code of VAT, "" where the document tells.

    """

    account: str
    flag: str = "!"
    vat: str = ""


PurposeOf: TypeAlias = Callable[[Invoice, Item, str], Purpose | None]
"""Says what an item of an invoice is for, in the books of a unit; None where it does not know."""

FindAccount: TypeAlias = Callable[[str], str]
"""Gives the account of the unit with the number of a stem such as `440-Fournisseurs`."""

DefaultOf: TypeAlias = Callable[[str], str]
"""Gives the `vat:` on the `open` of the account of a stem, "" without."""

SUSPENSE = "499-CompteAttente"
_VAT_TO_RECOVER, _VAT_TO_PAY = "411-TVARecuperable", "451-TVAAPayer"
_ROUNDED_UP, _ROUNDED_DOWN = "643-ArrondisFactures", "743-ArrondisFactures"
_NOT_A_LINK = re.compile(r"[^A-Za-z0-9_/.-]+")
_TOLD_LINES = 3


class Side(NamedTuple):
    """The accounts of one side of trade.

    Attributes:
        sign: 1 where what the invoice is for is a debit, -1 where it is a credit.
        party: what is owed to the supplier, or due from the customer.
        vat: the VAT of the invoice.
        advance: what was paid before.
        usual: what the invoice is for, where nobody says.

    """

    sign: int
    party: str
    vat: str
    advance: str
    usual: str


PURCHASE = Side(1, "440-Fournisseurs", _VAT_TO_RECOVER, "406-AcomptesVerses", SUSPENSE)
SALE = Side(-1, "400-Clients", _VAT_TO_PAY, "460-AcomptesRecus", "700-VentesPrestations")


class Placing(NamedTuple):
    """Where an invoice is booked.

    Attributes:
        side: bought or sold.
        route: whose it is.
        day: the date of the transaction.
        purpose_of: what an item is for.
        find: the accounts of the unit.
        default_of: their own codes of VAT.

    """

    side: Side
    route: Route
    day: datetime.date
    purpose_of: PurposeOf
    find: FindAccount
    default_of: DefaultOf


class Part(NamedTuple):
    """An amount of the invoice.

    Attributes:
        stem: its account.
        amount: positive on the side of what the invoice is for.
        code: its code of VAT, "" where a person has to say, None where it is no base.

    """

    stem: str
    amount: Decimal
    code: str | None = None


class Booked(NamedTuple):
    """An invoice as the ledger says it.

    Attributes:
        transaction: the whole of it.
        party: the account of the supplier or customer.
        warnings: what the accountant should look at.

    """

    transaction: data.Transaction
    party: str
    warnings: tuple[Note, ...]


def book(invoice: Invoice, placing: Placing) -> Booked:
    """Book an invoice whose figures agree (see `invoice_checks`).

    Raises:
        Refused: the invoice has no identity, or an account it needs cannot be used.

    """
    side, route, day, find = placing.side, placing.route, placing.day, placing.find
    purposes, meta = list(_purposes(invoice, placing)), facts.of(invoice, route, day, is_sale=side is SALE)
    groups = list(_taxed(invoice, placing, purposes, meta))
    party = find(side.party)
    doubts, remarks = list(_doubts(invoice, side, groups)), list(_remarks(invoice, side))
    if any(one.account == SUSPENSE for one in purposes):
        doubts.append(NO_PURPOSE())
    amounts = _amounts(invoice, placing, groups)
    codes = {code for _, code in amounts if code is not None}
    common = {CODE: codes.pop()} if len(codes) == 1 and "" not in codes else {}
    transaction = data.Transaction(
        data.new_metadata("", 1, {**meta, **common}),
        day,
        "!" if doubts or route.undecided or any(one.flag != "*" for one in purposes) else "*",
        clean(facts.other(invoice, is_sale=side is SALE).name) or None,
        _narration(invoice),
        frozenset(),
        frozenset(links(invoice) if side is SALE else ()),
        [
            data.Posting(
                account,
                Amount(amount, invoice.currency),
                None,
                None,
                None,
                _settles(invoice, side) if account == party else {CODE: code} if code and not common else None,
            )
            for (account, code), amount in amounts.items()
        ],
    )
    return Booked(
        transaction,
        party,
        tuple(Note(1, quoted(text, OF_INVOICE, invoice=invoice.name)) for text in (*doubts, *remarks)),
    )


def _taxed(
    invoice: Invoice, placing: Placing, purposes: Sequence[Purpose], meta: Mapping[str, object]
) -> Iterator[Taxed]:
    """Say what the items are to VAT."""
    side = law.PURCHASE if placing.side is PURCHASE else law.SALE
    is_foreign = placing.side is PURCHASE and not _is_belgian(invoice.seller)
    items = [
        Bought(purpose.account, item.net, purpose.vat, placing.default_of(purpose.account))
        for purpose, item in zip(purposes, invoice.items, strict=True)
    ]
    return taxed(invoice, items, Trade(side, law.law_on(placing.day), is_foreign, is_abroad(meta)))


def _amounts(invoice: Invoice, placing: Placing, groups: Sequence[Taxed]) -> dict[tuple[str, str | None], Decimal]:
    """Add the amounts up by account and code; nil ones are left out, but what is owed or due."""
    amounts: dict[tuple[str, str | None], Decimal] = {}
    for part in _parts(invoice, placing.side, groups):
        if part.amount or part.stem == placing.side.party:
            key = placing.find(part.stem), part.code
            amounts[key] = amounts.get(key, Decimal(0)) + _sign(invoice, placing.side) * part.amount
    party = placing.find(placing.side.party)
    return {key: amount for key, amount in amounts.items() if amount or key[0] == party}


def links(invoice: Invoice) -> tuple[str, ...]:
    """Give the links of a sale: what gives back bears those of the invoices it corrects, all others their own number.

    The contribution of a credit note takes the rate its invoice bore through that link. A purchase has none: its number
    is a stranger's, and could be that of a sale.
    """
    numbers = invoice.preceding if invoice.gives_back and invoice.preceding else (invoice.number,)
    return tuple(dict.fromkeys(_NOT_A_LINK.sub("-", number) for number in numbers))


def _settles(invoice: Invoice, side: Side) -> dict[str, object] | None:
    """Say of which invoice a supplier's credit note settles what is owed (see `beancoop.books.open_items`)."""
    one_invoice = side is PURCHASE and invoice.gives_back and len(invoice.preceding) == 1
    return {INVOICE: invoice.preceding[0]} if one_invoice else None


def _parts(invoice: Invoice, side: Side, groups: Sequence[Taxed]) -> Iterator[Part]:
    """Give the amounts of the invoice by the stems of their accounts, what it is for being positive; the sum is 0."""
    totals = invoice.totals
    for group in groups:
        for account, cost in group.costs():
            yield Part(account, cost, group.code)
    for group in groups:
        yield Part(_VAT_TO_RECOVER, group.due)
        yield Part(_VAT_TO_PAY, -group.due)
        if _is_foreign_vat(invoice, side):
            yield Part(SUSPENSE, group.tax - group.lost, "")
        else:
            yield Part(side.vat, group.tax - group.lost)
    is_odd = abs(totals.rounding) > law.tolerance("rounding")
    rounded = _ROUNDED_UP if totals.rounding * _sign(invoice, side) > 0 else _ROUNDED_DOWN
    yield Part(rounded, totals.rounding, OUTSIDE if is_odd else None)
    yield Part(side.advance, -totals.prepaid, OUTSIDE)
    yield Part(side.party, -totals.payable)


def _sign(invoice: Invoice, side: Side) -> int:
    """Give the sign of the invoice's amounts as debits of what it is for."""
    return -side.sign if invoice.is_credit_note else side.sign


def _purposes(invoice: Invoice, placing: Placing) -> Iterator[Purpose]:
    """Give what each item is for; an allowance or charge that nobody places goes with lines that go together."""
    side, unit = placing.side, placing.route.unit
    if invoice.type == ADVANCE:
        yield from [Purpose(side.advance, "*")] * len(invoice.items)
        return
    said = [placing.purpose_of(invoice, item, unit) for item in invoice.items]
    of_lines = {one for one, item in zip(said, invoice.items, strict=True) if isinstance(item, InvoiceLine)}
    together = of_lines.pop() if len(of_lines) == 1 else None
    for one, item in zip(said, invoice.items, strict=True):
        yield one or (together if isinstance(item, Adjustment) else None) or Purpose(side.usual, "*")


def _is_foreign_vat(invoice: Invoice, side: Side) -> bool:
    """Tell whether the VAT is another country's, which the Belgian return does not give back."""
    return side is PURCHASE and not _is_belgian(invoice.seller)


def _is_belgian(party: Party) -> bool:
    return bool(party.enterprises)


def _doubts(invoice: Invoice, side: Side, groups: Sequence[Taxed]) -> Iterator[Text]:
    """Say what a person must decide."""
    if invoice.type == CORRECTED:
        yield CORRECTS()
    if abs(invoice.totals.rounding) >= 1:
        yield ROUNDING(amount=invoice.totals.rounding)
    if side is SALE and invoice.gives_back and not invoice.preceding:
        yield NO_PRECEDING()
    yield from dict.fromkeys(doubt for group in groups for doubt in _vat_doubts(invoice, side, group))


def _vat_doubts(invoice: Invoice, side: Side, group: Taxed) -> Iterator[Text]:
    """Say what a person must decide about VAT."""
    vat = group.vat
    if group.refused:
        yield CODE_REFUSED(code=repr(group.refused), said=f"{vat.category} {vat.rate.normalize():f}")
    if group.code:
        return
    if group.rate is not None:
        yield REVERSE_CHARGE(rate=group.rate, example=_REVERSE_CODES)
    elif _is_foreign_vat(invoice, side) and invoice.totals.tax:
        yield FOREIGN_VAT(amount=invoice.totals.tax)
    elif _is_foreign_vat(invoice, side):
        yield NO_VAT(example=_REVERSE_CODES)
    else:
        yield OPEN_CATEGORY(category=vat.category, codes=_SALE_CODES if side is SALE else _PURCHASE_CODES)


def _remarks(invoice: Invoice, side: Side) -> Iterator[Text]:
    """Say what was assumed."""
    if invoice.totals.prepaid:
        yield PAID_BEFORE(amount=invoice.totals.prepaid, account=side.advance)


def _narration(invoice: Invoice) -> str:
    """Tell what the first lines are for."""
    names = [line.name or line.description for line in invoice.lines]
    more = f" (+{len(names) - _TOLD_LINES})" if len(names) > _TOLD_LINES else ""
    return clean("; ".join(filter(None, names[:_TOLD_LINES])) + more)
