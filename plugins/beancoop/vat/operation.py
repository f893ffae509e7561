"""What VAT sees of a transaction: its base postings, and the VAT booked on 411 and 451."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.accounts import AccountName, parse_account
from beancoop.model.money import ZERO, amount_in
from beancoop.model.provenance import OPENING
from beancoop.vat import law
from beancoop.vat.law import PURCHASE, SALE
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from beancount.core.data import Posting, Transaction

    from beancoop.words.messages import Text

CODE = "vat"
"""The metadata that says what an operation is to VAT."""

DEDUCTIBLE, PAYABLE = "deductible", "payable"
"""The VAT accounts by what they hold: keys of the law's [accounts]."""

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


class Role(NamedTuple):
    """What VAT sees in an account: the same for all its postings, and so worked out once.

    Attributes:
        account: the account.
        tax: DEDUCTIBLE or PAYABLE where it is one of VAT; "" for none.
        is_base: whether its postings are bases.
        is_base_by_code: whether they are where a code says so.
        is_investment: whether it is a fixed asset.
        is_rounding: whether it may hold the rounding of an invoice.
        side: SALE or PURCHASE where its number alone says which; else "".
        may_count: whether it is any of those that a return looks at.

    """

    account: AccountName
    tax: str
    is_base: bool
    is_base_by_code: bool
    is_investment: bool
    is_rounding: bool
    side: str
    may_count: bool


class Base(NamedTuple):
    """A posting that may be the base of an operation.

    Attributes:
        number: which posting of the transaction it is, from 1.
        posting: the posting.
        role: what its account is.
        amount: its amount in the operating currency, as booked.

    """

    number: int
    posting: Posting
    role: Role
    amount: Decimal

    @property
    def account(self) -> AccountName:
        """Its account."""
        return self.role.account


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
        deducted: what 411 receives; negative, what it gives back.
        owed: what 451 is credited with; negative, what it gives back.

    """

    entry: Transaction
    unit: str
    bases: Sequence[Base]
    deductible: Sequence[Tax]
    payable: Sequence[Tax]
    others: Sequence[AccountName]
    deducted: Decimal
    owed: Decimal

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
    if not may_count(entry):
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


def may_count(entry: Transaction) -> bool:
    """Say whether a return looks at *entry* at all, before anything of it is worked out."""
    if OPENING in entry.tags or _CONTRIBUTION in entry.tags:
        return False
    return any((role := role_of(posting.account)) and role.may_count for posting in entry.postings)


def tax_moved(entry: Transaction, currency: str) -> tuple[Decimal, Decimal]:
    """Give what 411 receives and what 451 is credited with, whatever else can be read of *entry*."""
    sums = {DEDUCTIBLE: ZERO, PAYABLE: ZERO}
    for posting in entry.postings:
        role = role_of(posting.account)
        if role and role.tax:
            sums[role.tax] += amount_in(posting, currency) or ZERO
    return sums[DEDUCTIBLE], -sums[PAYABLE]


def idle_code(entry: Transaction) -> str | None:
    """Give the code of an entry on classes 9 and 5 alone, which is no operation and has none."""
    code = entry.meta.get(CODE)
    for posting in entry.postings:
        if code is None and posting.meta:
            code = posting.meta.get(CODE)
    if code is None:
        return None
    inside = law.numbers("internal")
    names = [parse_account(posting.account) for posting in entry.postings]
    return str(code) if all(name and name.number.startswith(inside) for name in names) else None


@lru_cache(maxsize=1 << 16)  # the postings of a year stand on the same accounts again and again
def role_of(account: str) -> Role | None:
    """Say what an account is to VAT; None where its name is not of the contract's form."""
    name = parse_account(account)
    if name is None:
        return None

    def is_among(*keys: str) -> bool:
        return any(name.number.startswith(law.numbers(key)) for key in keys)

    is_provision = is_among("provision")
    tax = next((key for key in (DEDUCTIBLE, PAYABLE) if is_among(key) and not is_provision), "")
    side = SALE if is_among("sales") else PURCHASE if is_among("purchases") else ""
    is_investment, is_by_code = is_among("investments"), is_among("by-code")
    is_base = bool(side) or is_investment
    may_count = bool(tax) or is_base or is_by_code
    return Role(name, tax, is_base, is_by_code, is_investment, is_among("rounding"), side, may_count)


def _sort(entry: Transaction, currency: str) -> Operation:
    bases: list[Base] = []
    taxes: dict[str, list[Tax]] = {DEDUCTIBLE: [], PAYABLE: []}
    others: list[AccountName] = []
    unit = ""
    for number, posting in enumerate(entry.postings, 1):
        role = role_of(posting.account)
        if role is None:
            continue
        unit = unit or role.account.unit or ""
        if role.tax:
            taxes[role.tax].append(Tax(number, _tax_amount(posting, currency)))
        elif role.is_base or (role.is_base_by_code and (CODE in entry.meta or CODE in (posting.meta or {}))):
            amount = amount_in(posting, currency)
            if amount is None:
                raise Unreadable(NO_PRICE(account=posting.account, amount=posting.units, operating=currency))
            bases.append(Base(number, posting, role, amount))
        else:
            others.append(role.account)
    kept = [base for base in _without_rounding(bases) if base.amount]
    deducted, owed = (sum((tax.amount for tax in taxes[key]), ZERO) for key in (DEDUCTIBLE, PAYABLE))
    return Operation(entry, unit, kept, taxes[DEDUCTIBLE], taxes[PAYABLE], others, deducted, -owed)


def _tax_amount(posting: Posting, currency: str) -> Decimal:
    if posting.units is None or posting.units.currency != currency or posting.units.number is None:
        found = posting.units.currency if posting.units is not None else "?"
        raise Unreadable(FOREIGN_TAX(account=posting.account, currency=found, operating=currency))
    return posting.units.number


def _without_rounding(bases: list[Base]) -> list[Base]:
    """Leave out what rounds an invoice, where there is something to round."""
    kept = [base for base in bases if not base.role.is_rounding or abs(base.amount) > law.tolerance("rounding")]
    return kept or bases
