"""The equity of the cooperative by PCMN number, and what moved its reserves.

Amounts are in the operating currency, to the cent, with the sign a reader expects: equity and income positive.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.accounts import parse_account
from beancoop.model.money import ZERO, amount_in, to_cent
from beancoop.model.pcmn import (
    APPROPRIATION,
    CAPITAL,
    CARRIED,
    CHARGES,
    COMMON_PROPERTY,
    CONTRIBUTIONS_OF_MEMBERS,
    INCOME,
    LEGAL_RESERVE,
    OTHER_UNAVAILABLE_SHARES,
    RESERVES,
    UNAVAILABLE_RESERVES,
)
from beancoop.model.periods import precedes
from beancoop.model.provenance import OPENING
from beancoop.statements.appropriation import decisions
from beancoop.statements.statutory import BEFORE_ALL, Balances

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from beancount.core.data import Transaction

    from beancoop.books.books import Books
    from beancoop.model.periods import Period, Span

GROUPS = {
    "unavailable": (OTHER_UNAVAILABLE_SHARES, LEGAL_RESERVE, UNAVAILABLE_RESERVES),
    "available": (RESERVES,),
    "shares": (CAPITAL, CONTRIBUTIONS_OF_MEMBERS),
    "carried": (CARRIED,),
    "other": ("1",),
}
"""The parts of the equity by the PCMN numbers in them; an account is in the first that fits."""

SHOWN = ("shares", "unavailable", "available", "carried", "other")
"""The same in the order of a balance sheet."""


class EquityLine(NamedTuple):
    """The balance of one PCMN number, and the accounts that have it."""

    number: str
    label: str
    amount: Decimal
    accounts: tuple[str, ...]


class Group(NamedTuple):
    """A part of the equity: its key in GROUPS, its numbers, and their sum."""

    key: str
    lines: Sequence[EquityLine]
    total: Decimal


class Sheet(NamedTuple):
    """The equity on a day.

    Attributes:
        groups: its parts, those that have an account.
        year: the running financial year.
        result: the result of the running year, class 7 minus class 6, less what appropriates it already (69, 79).
        pending: what earlier years made and has not been appropriated yet.
        total: the sum of all of it.

    """

    groups: Sequence[Group]
    year: Span
    result: Decimal
    pending: Decimal
    total: Decimal


class ReserveYear(NamedTuple):
    """The reserves (13x, 1119) in a financial year: credits and debits between its first and its last balance.

    What an opening brings in is part of the first.
    """

    year: Span
    opening: Decimal
    added: Decimal
    used: Decimal
    closing: Decimal


class Movement(NamedTuple):
    """One posting to a reserve, at its position in the entry, from 0; positive where it adds to it."""

    entry: Transaction
    number: str
    amount: Decimal
    position: int


class Equity:
    """The equity of one loaded ledger."""

    def __init__(self, books: Books) -> None:
        """Gather the movements of the reserves."""
        self.currency = books.currency
        self._books = books
        self.is_whole = books.register.coop_is_open
        self.balances = Balances(books)
        self._movements = list(_movements(books.sorted.on_equity, books.currency))

    def sheet(self, period: Period) -> Sheet:
        """Give the equity at the end of the period."""
        groups = list(self._groups(period.end))
        year = self._books.register.cooperative.year_with(period.today)
        result = self._profit(year.first, period.end, APPROPRIATION) - self._appropriated(year, period.end)
        made = self._profit(BEFORE_ALL, period.end)
        total = sum((group.total for group in groups), made)
        return Sheet(groups, year, result, made - result, total)

    def _appropriated(self, year: Span, end: datetime.date) -> Decimal:
        """Give what has appropriated the result of *year* before the day *end*: where it is dated the year's last."""
        decided = decisions(self._books, year)
        return to_cent(sum((each.result(self.currency) for each in decided if precedes(each.entry.date, end)), ZERO))

    def _groups(self, end: datetime.date) -> Iterator[Group]:
        by_number: dict[str, EquityLine] = {}
        for account in sorted(self.balances.of("equity"), key=lambda each: each.name.number):
            number = account.name.number
            before = by_number.get(number, EquityLine(number, account.name.label, ZERO, ()))
            by_number[number] = before._replace(
                amount=before.amount - account.series.before(end), accounts=(*before.accounts, account.name.name)
            )
        lines: defaultdict[str, list[EquityLine]] = defaultdict(list)
        for number, line in by_number.items():
            key = next((key for key, numbers in GROUPS.items() if number.startswith(numbers)), "other")
            lines[key].append(line._replace(amount=to_cent(line.amount)))
        for key in SHOWN:
            if own := lines.get(key):
                yield Group(key, own, sum((line.amount for line in own), ZERO))

    def _profit(self, begin: datetime.date, end: datetime.date, but: tuple[str, ...] = ()) -> Decimal:
        income = self.balances.within("income", (INCOME,), begin, end, but)
        return -income - self.balances.within("expenses", (CHARGES,), begin, end, but)

    def reserve_years(self, period: Period) -> list[ReserveYear]:
        """Give the reserves year by year, to the end of the period."""
        return [self._reserve_year(year) for year in self.balances.years(period)]

    def _reserve_year(self, year: Span) -> ReserveYear:
        begin, end = year.first, year.after
        own = [
            each.amount
            for each in self._movements
            if begin <= each.entry.date and precedes(each.entry.date, end) and OPENING not in each.entry.tags
        ]
        brought = to_cent(self._books.brought_in(year, *COMMON_PROPERTY))
        return ReserveYear(
            year,
            brought - self.balances.until("equity", COMMON_PROPERTY, begin),
            to_cent(sum((amount for amount in own if amount > ZERO), ZERO)),
            to_cent(-sum((amount for amount in own if amount < ZERO), ZERO)),
            -self.balances.until("equity", COMMON_PROPERTY, end),
        )

    def movements(self, period: Period) -> list[Movement]:
        """Give the postings to reserves up to the end of the period, the latest first."""
        return [each for each in reversed(self._movements) if precedes(each.entry.date, period.end)]


def _movements(entries: Iterable[Transaction], currency: str) -> Iterator[Movement]:
    for entry in entries:
        for position, posting in enumerate(entry.postings):
            account = parse_account(posting.account)
            if account is not None and account.unit is not None and account.number.startswith(COMMON_PROPERTY):
                yield Movement(entry, account.number, -(amount_in(posting, currency) or ZERO), position)
