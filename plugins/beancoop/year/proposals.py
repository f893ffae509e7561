"""The entries that an accountant may want before a financial year is closed (contract, section 10); none is written.

What an activity has earned and nobody owes to its entrepreneur yet is a charge to be imputed, 619 against 492: the
tests before a distribution count debts alone (CSA, art. 6:115). An account that holds no foreign currency any more and
still a value of it has made a gain or a loss, 754 or 654.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancount.core import data
from beancount.core.amount import Amount

from beancoop.books.earned import earned_not_owed
from beancoop.books.emptied import emptied_with_value
from beancoop.model.money import ZERO
from beancoop.model.pcmn import ACCRUED_CHARGES, ALLOWANCES
from beancoop.model.provenance import INVENTORY
from beancoop.storage.new_account import account_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from beancoop.books.books import Books

_TAGS = frozenset((INVENTORY,))
NARRATION = "Indemnités à imputer {}"
"""Text of the books, which are in French whoever closes them."""


def proposals(books: Books, year: int) -> Iterator[data.Transaction]:
    """Give the entries, dated the last day of the financial *year* and tagged `#inventory`, one transaction a unit."""
    last = books.register.cooperative.year(year).last
    for emptied in emptied_with_value(books, last):
        yield emptied.entry._replace(tags=_TAGS)
    for unit, amount in earned_not_owed(books, last).items():
        if amount > ZERO:
            charge, debt = (account_for(books.register, unit, each, last) for each in (ALLOWANCES, ACCRUED_CHARGES))
            postings = [_posting(charge, amount, books.currency), _posting(debt, -amount, books.currency)]
            meta = data.new_metadata("<beancoop.year>", 0)
            yield data.Transaction(meta, last, "*", None, NARRATION.format(year), _TAGS, frozenset(), postings)


def _posting(account: str, number: Decimal, currency: str) -> data.Posting:
    return data.Posting(account, Amount(number, currency), None, None, None, None)
