"""What an accountant looks at before a financial year is closed (contract, sections 6 and 10).

What waits on 58 or 499 and what is flagged "!" forbids the closing; all the rest is easier now.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from beancount.core.amount import Amount

from beancoop.books.earned import earned_not_owed
from beancoop.books.emptied import emptied_with_value
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
from beancoop.statements.annual import balance_sheet
from beancoop.vat.drift import drift_of
from beancoop.vat.periods import VatPeriod
from beancoop.vat.preparing import VatDesk
from beancoop.words.messages import error
from beancoop.year.stock import assets_without_depreciation, undeclared_stock
from beancoop.year.undecided import flagged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancount.core.data import Transaction

    from beancoop.books.books import Books
    from beancoop.model.periods import Span

_CARRIED_OVER = (DEFERRED_CHARGES, ACCRUED_INCOME, ACCRUED_CHARGES, DEFERRED_INCOME)

NOT_REVERSED = error(
    "BC577",
    "{account} still holds {amount} of what earlier years carried over; reverse it by an entry of {year}, "
    "or say in its text why it stays.",
)
NO_STOCK = error(
    "BC579",
    "{unit} holds {held} in stock and bought {bought} that may lie in it, and says nothing of its stock of {year}; "
    "declare it by an #inventory entry on class 3, of 0.00 where there is none or nothing has changed.",
)
NOT_WRITTEN_DOWN = error(
    "BC580", "{asset} is still to be written down by {amount} for {year}; run: beancoop depreciate {year} --write"
)
INVERTED = error(
    "BC581",
    "{account} holds {amount} against its side at the end of {year}; it is shown under {rubric}. See whether it is "
    "right.",
)
NOT_OWED = error(
    "BC582",
    "{unit} has earned {amount} by the end of {year} that nobody owes to its entrepreneur yet; an entry below would "
    "say so (619/492).",
)
NOT_FILED = error("BC578", "The VAT return of {period} is not filed; run: beancoop vat file {period}")


def year_checklist(books: Books, year: int) -> list[Finding]:
    """Give what is still open in *books* at the end of the financial *year*, by file and line."""
    ledger = books.ledger
    span = books.register.cooperative.year(year)
    return in_order(
        [
            *ledger.findings,
            *not_empty(ledger.entries, (SUSPENSE, INTERNAL_TRANSFERS), span.last, str(year)),
            *flagged(ledger.entries, span, books.currency),
            *no_balance(ledger.entries, span.last, str(year)),
            *_not_reversed(books, span, year),
            *_vat(books, span),
            *_stock(books, year),
            *_assets(books, year),
            *_inverted(books, span, year),
            *(emptied.finding for emptied in emptied_with_value(books, span.last)),
            *_not_owed(books, span, year),
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
            held = _money(min(rest[account], before, key=abs), books)
            yield Finding.at(last[account], NOT_REVERSED(account=account, amount=held, year=str(year)))


def _stock(books: Books, year: int) -> Iterator[Finding]:
    """Tell of each unit that does not say what it had in stock, at its declaration or its first account of it."""
    register = books.register
    for unit, held, bought in undeclared_stock(books, year):
        entry = register.activities[unit].entry if unit in register.activities else register.cooperative.entry
        told = NO_STOCK(unit=unit, held=_money(held, books), bought=_money(bought, books), year=str(year))
        yield Finding.at(entry, told) if entry else Finding(str(books.ledger.path), 0, told)


def _assets(books: Books, year: int) -> Iterator[Finding]:
    for asset, amount in assets_without_depreciation(books, year):
        told = NOT_WRITTEN_DOWN(asset=asset.number, amount=_money(amount, books), year=str(year))
        yield Finding.where(asset.meta, told)


def _inverted(books: Books, span: Span, year: int) -> Iterator[Finding]:
    """Tell of each balance against the side of its account, where the account is opened."""
    for turned in balance_sheet(books, span.last).turned:
        account = turned.account.parent if turned.unit is None else turned.account.name
        told = INVERTED(account=account, amount=_money(turned.amount, books), rubric=turned.code, year=str(year))
        if opened := books.register.opens.get(account):  # else the ledger has an error that says so
            yield Finding.at(opened, told)


def _not_owed(books: Books, span: Span, year: int) -> Iterator[Finding]:
    for unit, amount in earned_not_owed(books, span.last).items():
        if amount > ZERO:
            told = NOT_OWED(unit=unit, amount=_money(amount, books), year=str(year))
            yield Finding.at(books.activities[unit].entry, told)


def _money(amount: Decimal, books: Books) -> Amount:
    return Amount(amount, books.currency)


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
