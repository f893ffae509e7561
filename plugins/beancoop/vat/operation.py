"""What VAT sees of a transaction: its base postings, and the VAT booked on 411 and 451."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.accounts import AccountName, parse_account
from beancoop.model.money import ZERO, amount_in
from beancoop.model.provenance import OPENING
from beancoop.vat import law
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount.core.data import Posting, Transaction

    from beancoop.words.messages import Text

CODE = "vat"
"""The metadata that says what an operation is to VAT."""

_CONTRIBUTION = "contribution"
_SETTLEMENT = re.compile(r"vat-\d{4}-(Q[1-4]|\d\d)")

FOREIGN_TAX = error("BC1001", "VAT on {account} is in {currency}; write it in {operating}.")
NO_PRICE = error(
    "BC1002",
    "{account} has {amount} without a price in {operating}, so that its base is not known; add the day's rate.",
)
NO_BASE = error(
    "BC1003",
    "VAT stands here without an operation: no posting on a class of sales or purchases, and {account} beside it. Write "
    'what was sold or bought, or a correction: vat: "ADJ-STATE" or vat: "ADJ-SELF".',
)
CODE_INSIDE = error(
    "BC1004", 'This entry passes between accounts of the company alone, which is no operation: take vat: "{code}" out.'
)


class Base(NamedTuple):
    """A posting that may be the base of an operation.

    Attributes:
        number: which posting of the transaction it is, from 1.
        posting: the posting.
        account: its account.
        amount: its amount in the operating currency, as booked.

    """

    number: int
    posting: Posting
    account: AccountName
    amount: Decimal


class Tax(NamedTuple):
    """A posting of VAT.

    Attributes:
        number: which posting of the transaction it is, from 1.
        amount: as booked, debits positive.

    """

    number: int
    amount: Decimal


class Operation(NamedTuple):
    """A transaction as VAT sees it; amounts in the operating currency.

    Attributes:
        entry: the transaction.
        unit: in whose books it stands.
        bases: its base postings that are not zero.
        deductible: its postings on 411.
        payable: its postings on 451.
        others: the accounts of its other postings.
        rounding: how many postings are the rounding of the invoice.

    """

    entry: Transaction
    unit: str
    bases: Sequence[Base]
    deductible: Sequence[Tax]
    payable: Sequence[Tax]
    others: Sequence[AccountName]

    @property
    def deducted(self) -> Decimal:
        """What 411 receives; negative, what it gives back."""
        return sum((tax.amount for tax in self.deductible), ZERO)

    @property
    def owed(self) -> Decimal:
        """What 451 is credited with; negative, what it gives back."""
        return -sum((tax.amount for tax in self.payable), ZERO)

    @property
    def has_tax(self) -> bool:
        """Whether any VAT is booked."""
        return bool(self.deductible or self.payable)

    def is_beside(self, numbers: tuple[str, ...]) -> bool:
        """Say whether an account of one of those *numbers* stands beside."""
        return any(account.number.startswith(numbers) for account in self.others)


class Unreadable(Exception):  # noqa: N818 - the entry is told, the program did not err
    """What VAT has to know of the transaction is not written in it."""

    def __init__(self, message: Text) -> None:
        """Say what is missing."""
        super().__init__(message)
        self.message = message


def read_operation(entry: Transaction, currency: str) -> Operation | None:
    """Read a transaction; None where it is no operation and no part of the tie-out.

    Openings, contributions, what settles a return, and entries without base and without VAT are none.

    Raises:
        Unreadable: an amount is in another currency without a price, or VAT stands there without an operation.

    """
    if OPENING in entry.tags or _CONTRIBUTION in entry.tags:
        return None
    operation = _sort(entry, currency)
    if not operation.bases and not operation.has_tax:
        return None
    if not operation.bases and any(_SETTLEMENT.fullmatch(link) for link in entry.links):
        return None
    if not operation.bases and CODE not in entry.meta:
        beside = [account for account in operation.others if not account.number.startswith(law.numbers("settling"))]
        if beside:
            raise Unreadable(NO_BASE(account=beside[0].name))
        return None
    return operation


def tax_moved(entry: Transaction, currency: str) -> tuple[Decimal, Decimal]:
    """Give what 411 receives and what 451 is credited with, whatever else can be read of *entry*."""
    sums = {"deductible": ZERO, "payable": ZERO}
    for posting in entry.postings:
        account = parse_account(posting.account)
        if account and (key := _tax(account)):
            sums[key] += amount_in(posting, currency) or ZERO
    return sums["deductible"], -sums["payable"]


def idle_code(entry: Transaction) -> str | None:
    """Give the code of an entry on classes 9 and 5 alone, which is no operation and has none."""
    written = (entry.meta, *(posting.meta or {} for posting in entry.postings))
    code = next((meta[CODE] for meta in written if CODE in meta), None)
    if code is None:
        return None
    inside = law.numbers("internal")
    names = [parse_account(posting.account) for posting in entry.postings]
    return str(code) if all(name and name.number.startswith(inside) for name in names) else None


def _sort(entry: Transaction, currency: str) -> Operation:
    bases: list[Base] = []
    taxes: dict[str, list[Tax]] = {"deductible": [], "payable": []}
    others: list[AccountName] = []
    unit = ""
    for number, posting in enumerate(entry.postings, 1):
        account = parse_account(posting.account)
        if account is None:
            continue
        unit = unit or account.unit or ""
        if key := _tax(account):
            taxes[key].append(Tax(number, _tax_amount(posting, currency)))
        elif _is_base(entry, posting, account):
            amount = amount_in(posting, currency)
            if amount is None:
                raise Unreadable(NO_PRICE(account=posting.account, amount=posting.units, operating=currency))
            bases.append(Base(number, posting, account, amount))
        else:
            others.append(account)
    kept = [base for base in _without_rounding(bases) if base.amount]
    return Operation(entry, unit, kept, taxes["deductible"], taxes["payable"], others)


def _tax(account: AccountName) -> str:
    """Say which VAT account it is, or "" where it is none."""
    if account.number.startswith(law.numbers("provision")):
        return ""
    return next((key for key in ("deductible", "payable") if account.number.startswith(law.numbers(key))), "")


def _tax_amount(posting: Posting, currency: str) -> Decimal:
    if posting.units is None or posting.units.currency != currency or posting.units.number is None:
        found = posting.units.currency if posting.units is not None else "?"
        raise Unreadable(FOREIGN_TAX(account=posting.account, currency=found, operating=currency))
    return posting.units.number


def _is_base(entry: Transaction, posting: Posting, account: AccountName) -> bool:
    if account.number.startswith((*law.numbers("sales"), *law.numbers("purchases"), *law.numbers("investments"))):
        return True
    is_coded = CODE in entry.meta or CODE in (posting.meta or {})
    return is_coded and account.number.startswith(law.numbers("by-code"))


def _without_rounding(bases: list[Base]) -> list[Base]:
    """Leave out what rounds an invoice, where there is something to round."""
    most, numbers = law.tolerance("rounding"), law.numbers("rounding")
    kept = [base for base in bases if not base.account.number.startswith(numbers) or abs(base.amount) > most]
    return kept or bases
