"""What a unit has to say of the last day of a year, and whether it is said: its stock, and what its assets lost.

A unit declares its stock and its work in progress by an `#inventory` entry of the year on class 3, against 609 or 71;
one of 0.00 says that there is none, or that it has not changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.accounts import parse_account
from beancoop.model.money import ZERO, to_cent
from beancoop.model.pcmn import STOCK_PURCHASES, STOCKS
from beancoop.model.provenance import settles
from beancoop.year.assets import AssetRegister

if TYPE_CHECKING:
    from decimal import Decimal

    from beancoop.books.books import Books
    from beancoop.model.periods import Span
    from beancoop.year.assets import Asset


class Undeclared(NamedTuple):
    """A unit that has not said what it had in stock.

    Attributes:
        unit: its code.
        held: what class 3 holds on the last day of the year.
        bought: what it bought in the year that may lie in stock (600, 601, 604, 605).

    """

    unit: str
    held: Decimal
    bought: Decimal


class NotWrittenDown(NamedTuple):
    """An asset, and what of it is still to be written down for the year."""

    asset: Asset
    amount: Decimal


def undeclared_stock(books: Books, year: int) -> list[Undeclared]:
    """Give the units that hold or moved stock, or bought what may lie in it, and have not declared it for *year*."""
    span = books.register.cooperative.year(year)
    declared = {
        account.unit
        for entry in books.sorted.transactions
        if settles(entry) and span.first <= entry.date <= span.last
        for posting in entry.postings
        if (account := parse_account(posting.account)) and account.number.startswith(STOCKS)
    }
    found = (_undeclared(books, span, unit) for unit in books.units if unit not in declared)
    return [each for each in found if each is not None]


def _undeclared(books: Books, span: Span, unit: str) -> Undeclared | None:
    stock = books.sums.of(STOCKS, unit=unit)
    held = to_cent(books.sums.balance(span.after, STOCKS, unit=unit))
    moved = any(span.first <= day <= span.last for account in stock for day, _ in account.series.days())
    bought = to_cent(books.sums.moved(span.first, span.after, *STOCK_PURCHASES, unit=unit))
    return Undeclared(unit, held, bought) if held or moved or bought else None


def assets_without_depreciation(books: Books, year: int) -> list[NotWrittenDown]:
    """Give the assets of which something is still to be written down for the financial *year*, by number."""
    last = books.register.cooperative.year(year).last
    return [NotWrittenDown(asset, due) for asset in AssetRegister(books).assets if (due := asset.due(last)) > ZERO]
