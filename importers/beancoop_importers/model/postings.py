"""What a posting of a loaded ledger posts, where nothing is left open."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from beancount.core.amount import Amount

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beancount.core.data import Posting, Transaction


def units_of(posting: Posting) -> Amount:
    """Give what a posting posts."""
    units = posting.units
    return units if isinstance(units, Amount) and units.number is not None else Amount(Decimal(0), "")


def number_of(posting: Posting) -> Decimal:
    """Give how much it posts, in whatever currency."""
    return units_of(posting).number or Decimal(0)


def sum_of(amounts: Iterable[Amount], currency: str) -> Decimal:
    """Add up those of *amounts* that are in *currency*."""
    return sum((one.number for one in amounts if one.currency == currency and one.number), Decimal(0))


def family(account: str) -> str:
    """Give the account without its last part: the bank account whose share it is."""
    return account.rpartition(":")[0]


def moved(parts: Iterable[Transaction], bank: str, currency: str) -> Amount:
    """Give what the parts of a movement post together to the shares of the bank account *bank*."""
    posted = [units_of(one) for part in parts for one in part.postings if family(one.account) == bank]
    return Amount(sum_of(posted, currency), currency)
