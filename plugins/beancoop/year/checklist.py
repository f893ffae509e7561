"""What an accountant looks at before a financial year is closed (contract, sections 6 and 10).

What waits on 58 or 499 and what is flagged "!" forbids the closing; all the rest is easier now.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from beancount.core.amount import Amount

from beancoop.books.books import Books
from beancoop.closing.checklist import no_balance, not_empty
from beancoop.model.accounts import parse_account
from beancoop.model.findings import Finding, in_order
from beancoop.model.money import ZERO, amount_in
from beancoop.model.pcmn import (
    ACCRUED_CHARGES,
    ACCRUED_INCOME,
    DEFERRED_CHARGES,
    DEFERRED_INCOME,
    INTERNAL_TRANSFERS,
    SUSPENSE,
    VAT,
)
from beancoop.model.provenance import settles
from beancoop.vat.drift import drift_of
from beancoop.vat.periods import VatPeriod
from beancoop.vat.preparing import VatDesk
from beancoop.words.messages import error
from beancoop.year.undecided import flagged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancount.core.data import Transaction

    from beancoop.loading.ledger import Ledger
    from beancoop.model.periods import Span

_CARRIED_OVER = (DEFERRED_CHARGES, ACCRUED_INCOME, ACCRUED_CHARGES, DEFERRED_INCOME)

NOT_REVERSED = error(
    "BC577",
    "{account} still holds {amount} of what earlier years carried over; reverse it by an entry of {year}, "
    "or say in its text why it stays.",
)
NOT_FILED = error("BC578", "The VAT return of {period} is not filed; run: beancoop vat file {period}")


def year_checklist(ledger: Ledger, year: int) -> list[Finding]:
    """Give what is still open in *ledger* at the end of the financial *year*, by file and line."""
    books = Books(ledger)
    span = books.register.cooperative.year(year)
    return in_order(
        [
            *ledger.findings,
            *not_empty(ledger.entries, (SUSPENSE, INTERNAL_TRANSFERS), span.last, str(year)),
            *flagged(ledger.entries, span, books.currency),
            *no_balance(ledger.entries, span.last, str(year)),
            *_not_reversed(books, span, year),
            *_vat(books, span),
        ]
    )


def _not_reversed(books: Books, span: Span, year: int) -> Iterator[Finding]:
    """Tell of each account of 490 to 493 that still holds what was carried over when the year began.

    What settles this year is new, and stays for the next one.
    """
    carried: defaultdict[str, Decimal] = defaultdict(Decimal)
    rest: defaultdict[str, Decimal] = defaultdict(Decimal)
    last: dict[str, Transaction] = {}
    for entry in books.of(None):
        if entry.date <= span.last and not (settles(entry) and entry.date >= span.first):
            for posting in entry.postings:
                name = parse_account(posting.account)
                if name is not None and name.number.startswith(_CARRIED_OVER):
                    amount = amount_in(posting, books.currency) or ZERO
                    carried[name.name] += amount if entry.date < span.first else ZERO
                    rest[name.name] += amount
                    last[name.name] = entry
    for account, before in sorted(carried.items()):
        if before * rest[account] > ZERO:
            held = Amount(min(rest[account], before, key=abs), books.currency)
            yield Finding.at(last[account], NOT_REVERSED(account=account, amount=held, year=str(year)))


def _vat(books: Books, span: Span) -> Iterator[Finding]:
    """Tell of each return of the year that is not filed, and of what differs from one that is."""
    first, cooperative = next((entry.date for entry in books.of(None)), None), books.register.cooperative
    if first is None or not books.sums.of(*VAT):
        return
    desk = VatDesk(books.ledger, books.register)
    period = VatPeriod.of(cooperative, max(first, span.first))
    while period.span.first <= span.last:
        filed = desk.filed_for(period)
        if filed is None:
            yield Finding(str(books.ledger.path), 0, NOT_FILED(period=str(period)))
        else:
            yield from drift_of(desk, filed)
        period = VatPeriod.of(cooperative, period.span.after)
