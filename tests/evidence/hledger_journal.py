"""A loaded ledger as an hledger journal, so that another program can be asked the same questions."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from beancount.core.convert import get_weight
from beancount.core.data import Balance, Open, Transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from beancount.core.data import Directive, Posting

DECIMALS = 12
"""hledger is exact to the decimals of its `commodity` directives: far finer than a cent."""


def journal(entries: Iterable[Directive]) -> str:
    """Write every transaction, injected ones too, and every `balance` as an assertion on the evening before."""
    entries = list(entries)
    opened = sorted({entry.account for entry in entries if isinstance(entry, Open)})
    dated = [(day, rank, text) for entry in entries for day, rank, text in _items(entry)]
    return "\n".join(
        [
            *(f"account {account}" for account in opened),
            *(f"commodity {_number(0)} {currency}" for currency in sorted(_currencies(entries))),
            *(text for _, _, text in sorted(dated, key=lambda item: item[:2])),
            "",
        ]
    )


def _items(entry: Directive) -> Iterator[tuple[datetime.date, int, str]]:
    place = f"{entry.meta['filename'].rpartition('/')[2]}:{entry.meta['lineno']}"
    if isinstance(entry, Transaction):
        yield entry.date, 0, "\n".join([f"{entry.date} * {place}", *map(_posting, entry.postings)])
    elif isinstance(entry, Balance):
        evening = entry.date - datetime.timedelta(1)
        amount = f"{_number(entry.amount.number)} {entry.amount.currency}"
        asserted = f"  {entry.account}  {_number(0)} {entry.amount.currency} =* {amount}"  # =*: with its sub-accounts
        yield evening, 1, f"{evening} * {place}\n{asserted}"


def _posting(posting: Posting) -> str:
    units, weight = posting.units, get_weight(posting)
    line = f"  {posting.account}  {_number(units.number)} {units.currency}"
    # a total keeps what a price per unit would lose in its last digits
    return line if weight.currency == units.currency else f"{line} @@ {_number(abs(weight.number))} {weight.currency}"


def _number(number: Decimal | int) -> str:
    return f"{number:.{DECIMALS}f}"


def _currencies(entries: Iterable[Directive]) -> set[str]:
    found: set[str] = set()
    for entry in entries:
        if isinstance(entry, Transaction):
            for posting in entry.postings:
                found |= {posting.units.currency, get_weight(posting).currency}
        elif isinstance(entry, Balance):
            found.add(entry.amount.currency)
    return found
