"""The inventory book: every account on a year's last day, and what it is made of (Code de droit économique, III.89).

Accounts come in the order of the chart. Customers and suppliers are told by open invoice, fixed assets one by one,
banks and stock by unit, equity by what moved it in the year, and the rest by unit. What is on the two sides adds up to
the same, and to the balance sheet's totals. Amounts are in the operating currency, with the sign of their side.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model import pcmn
from beancoop.model.accounts import parse_account
from beancoop.model.money import ZERO, amount_in, to_cent
from beancoop.statements.annual import balance_sheet
from beancoop.statements.state import result_of
from beancoop.statements.treasury import CashBalances
from beancoop.year.assets import AssetRegister, is_contra

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from beancoop.books.books import Books
    from beancoop.books.sums import Account
    from beancoop.model.periods import Span
    from beancoop.statements.treasury import Bank

BROUGHT_FORWARD, OF_NO_ASSET = "brought forward", "of no asset"


class Detail(NamedTuple):
    """What a part of an account's balance is.

    Attributes:
        unit: whose it is.
        text: a party, an asset, an entry; "" where the unit says all.
        piece: the number of an invoice or of an asset.
        date: its day; None where it has none.
        due: the day it is to be paid by.
        amount: how much, on the side of its account.
        key: BROUGHT_FORWARD or OF_NO_ASSET, where that is what it is; else "".

    """

    unit: str
    text: str
    piece: str
    date: datetime.date | None
    due: datetime.date | None
    amount: Decimal
    key: str = ""


class Listed(NamedTuple):
    """An account of the chart: its number, what the ledger calls it, its balance, and what that is made of."""

    number: str
    label: str
    amount: Decimal
    details: Sequence[Detail]


class InventoryBook(NamedTuple):
    """The inventory book of a year.

    Attributes:
        assets: classes 2 to 5 under the root of assets; debits positive.
        liabilities: classes 1, 4 and what else stands under equity or liabilities; credits positive.
        result: the result of the year, as long as it is not appropriated.
        pending: what other years made and nobody appropriated.
        income: classes 6 and 7 in the year; income positive.
        commitments: class 0; debits positive.
        banks: the accounts with an IBAN, beside what the bank says.
        sheet: the total of the balance sheet.

    """

    assets: Sequence[Listed]
    liabilities: Sequence[Listed]
    result: Decimal
    pending: Decimal
    income: Sequence[Listed]
    commitments: Sequence[Listed]
    banks: Sequence[Bank]
    sheet: Decimal

    @property
    def total_assets(self) -> Decimal:
        """What stands on the side of the assets."""
        return sum((each.amount for each in self.assets), ZERO)

    @property
    def total_liabilities(self) -> Decimal:
        """What stands on the other side, the results included."""
        return sum((each.amount for each in self.liabilities), self.result + self.pending)


def inventory_book(books: Books, span: Span) -> InventoryBook:
    """Draw up the inventory book on the last day of *span*, a financial year."""
    listing = _Listing(books, span)
    roots = books.register.roots
    result = to_cent(result_of(books, span))
    made = to_cent(-books.sums.balance(span.after, *pcmn.RESULT))
    return InventoryBook(
        listing.of(pcmn.BALANCE_SHEET, 1, roots.assets),
        listing.of(pcmn.BALANCE_SHEET, -1, roots.equity, roots.liabilities),
        result,
        made - result,
        listing.of(pcmn.RESULT, -1, roots.income, roots.expenses),
        listing.of((pcmn.OFF_BALANCE,), 1, *roots),
        CashBalances(books).banks(span.period),
        balance_sheet(books, span.last).total_assets.amount,
    )


class _Listing:
    """The accounts of one loaded ledger on one day, with what they are made of."""

    def __init__(self, books: Books, span: Span) -> None:
        self._books = books
        self._span = span
        self._assets = AssetRegister(books)
        self._open: defaultdict[str, list[Detail]] = defaultdict(list)
        for item in books.items.at(span.after):
            facts = item.unit, item.payee, item.name, item.date, item.due, to_cent(item.amount)
            self._open[item.account].append(Detail(*facts))

    def of(self, numbers: tuple[str, ...], sign: int, *roots: str) -> list[Listed]:
        """Give the accounts of those *numbers* under *roots* that hold something, by number."""
        by_number: defaultdict[str, list[Account]] = defaultdict(list)
        for account in self._books.sums.of(*numbers):
            if account.name.root in roots and account.name.unit is not None:
                by_number[account.name.number].append(account)
        listed = (self._listed(number, accounts, sign) for number, accounts in sorted(by_number.items()))
        return [each for each in listed if each.amount or each.details]

    def _listed(self, number: str, accounts: Sequence[Account], sign: int) -> Listed:
        details = [detail for account in accounts for detail in self._details(account, sign)]
        total = to_cent(sum((self._held(account) for account in accounts), ZERO) * sign)
        return Listed(number, self._books.labels[number], total, details)

    def _held(self, account: Account) -> Decimal:
        """Give what it holds; of income and charges, what they moved in the year."""
        if account.name.number.startswith(pcmn.RESULT):
            return account.series.within(self._span.first, self._span.after)
        return account.series.before(self._span.after)

    def _details(self, account: Account, sign: int) -> Iterator[Detail]:
        number, unit = account.name.number, str(account.name.unit)
        if number.startswith((pcmn.CUSTOMERS, pcmn.SUPPLIERS)):
            for detail in self._open[account.name.name]:
                yield detail._replace(amount=detail.amount * sign)
        elif number.startswith(pcmn.DEPRECIABLE):
            yield from self._fixed(account)
        elif number.startswith(pcmn.EQUITY):
            yield from self._equity(account)
        elif held := to_cent(self._held(account) * sign):
            yield Detail(unit, "", "", None, None, held)

    def _fixed(self, account: Account) -> Iterator[Detail]:
        """Give what each asset cost, or what is written down of it, and what belongs to none."""
        last, rest = self._span.last, self._held(account)
        for asset in self._assets.assets:
            own = [move for move in asset.moves if move.account == account.name and move.day <= last]
            amount = sum((-move.amount if move.is_depreciation else move.amount for move in own), ZERO)
            rest -= amount
            if amount:
                bought = None if is_contra(account.name.number) else asset.bought
                yield Detail(asset.unit, asset.text, asset.number, bought, None, to_cent(amount))
        if rest:
            yield Detail(str(account.name.unit), "", "", None, None, to_cent(rest), OF_NO_ASSET)

    def _equity(self, account: Account) -> Iterator[Detail]:
        """Give what it held before the year, and what moved it in the year."""
        unit, span = str(account.name.unit), self._span
        if before := to_cent(-account.series.before(span.first)):
            yield Detail(unit, "", "", None, None, before, BROUGHT_FORWARD)
        for entry in self._books.within(span.first, span, account.name.unit):
            for posting in entry.postings:
                if parse_account(posting.account) == account.name:
                    amount = to_cent(-(amount_in(posting, self._books.currency) or ZERO))
                    text = ", ".join(filter(None, (entry.payee, entry.narration)))
                    yield Detail(unit, text, "", entry.date, None, amount)
