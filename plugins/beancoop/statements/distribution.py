"""What stands behind the cooperative: who paid its costs, what it could distribute, and what it did.

Amounts are in the operating currency, to the cent, with the sign a reader expects: income and dividends positive.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model import pcmn
from beancoop.model.accounts import COOP, parse_account
from beancoop.model.money import ZERO, amount_in, to_cent
from beancoop.model.periods import precedes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from beancount.core.data import Transaction

    from beancoop.books.books import Books
    from beancoop.model.cooperative import Cooperative
    from beancoop.model.periods import Period, Span
    from beancoop.statements.statutory import Balances

NET_ASSETS = {
    "assets": ("assets", pcmn.BALANCE_SHEET[1:]),
    "provisions": ("liabilities", (pcmn.PROVISIONS,)),
    "debts": ("liabilities", (pcmn.LONG_DEBTS, "4")),
    "formation": ("assets", (pcmn.FORMATION,)),
    "research": ("assets", (pcmn.RESEARCH,)),
    "revaluation": ("equity", (pcmn.REVALUATION,)),
    "unavailable": ("equity", (pcmn.UNAVAILABLE_SHARES, pcmn.UNAVAILABLE_RESERVES)),
}
"""The assets, and what they are reduced by, CSA art. 6:115: provisions and deferred taxes, debts, formation expenses
and research not yet written off, revaluation surpluses, and equity that is unavailable."""

HELD_AGAINST = ("formation", "research")
"""Assets that are taken off, where the rest of what is taken off are credits already."""

LIQUIDITY = {
    "treasury": ("assets", (pcmn.TREASURY,)),
    "receivables": ("assets", (pcmn.CUSTOMERS, pcmn.OTHER_RECEIVABLES, pcmn.DEFERRED_CHARGES, pcmn.ACCRUED_INCOME)),
    "debts": ("liabilities", (*pcmn.SHORT_DEBTS, pcmn.ACCRUED_CHARGES, pcmn.DEFERRED_INCOME)),
}
"""What art. 6:116 looks at, as the books have it: money, what is to come in and what is to be paid within the year."""


class Figure(NamedTuple):
    """One line of a test: its key, what it adds, and the root and PCMN numbers behind it; none for a sum."""

    key: str
    amount: Decimal
    root: str = ""
    numbers: tuple[str, ...] = ()


class CostYear(NamedTuple):
    """What paid for the structure in a financial year: unit COOP alone.

    Attributes:
        year: the financial year.
        contributions: what was levied on the activities (950).
        subsidies: operating subsidies (740).
        costs: its class 6, appropriations aside.
        coverage: contributions and subsidies as a share of the costs; None where there are none.

    """

    year: Span
    contributions: Decimal
    subsidies: Decimal
    costs: Decimal
    coverage: Decimal | None


class Decision(NamedTuple):
    """A dividend decided: the entry, its amount, and the shares paid up at that moment."""

    entry: Transaction
    amount: Decimal
    shares: Decimal


class Dividend(NamedTuple):
    """The dividends decided in a financial year, beside their ceiling at the last decision.

    Attributes:
        year: the financial year.
        amount: their sum (694, or 471 where no expense was booked), before tax.
        shares: the paid-up shares (110x, 111x) at the last decision.
        share: `amount` as a share of them; None where there are none.
        ceiling: the highest share allowed, art. 1 of the royal decree of 8 January 1962.
        most: that share of the paid-up shares.

    """

    year: Span
    amount: Decimal
    shares: Decimal
    share: Decimal | None
    ceiling: Decimal
    most: Decimal


class Distribution:
    """What stands behind one loaded ledger's cooperative."""

    def __init__(self, books: Books, balances: Balances) -> None:
        """Find the dividends."""
        self.currency = books.currency
        self._cooperative = books.register.cooperative
        self._sums = books.sums
        self._balances = balances
        self.decisions = list(_decisions(books.sorted.on_equity, books.currency))

    def cost_years(self, period: Period) -> list[CostYear]:
        """Give what the contributions paid for year by year, to the end of the period."""
        return [self._cost_year(year) for year in self._balances.years(period)]

    def _cost_year(self, year: Span) -> CostYear:
        moved, begin, end = self._sums.moved, year.first, year.after
        contributions = to_cent(-moved(begin, end, pcmn.CONTRIBUTION, unit=COOP))
        subsidies = to_cent(-moved(begin, end, pcmn.OPERATING_SUBSIDIES, unit=COOP))
        costs = to_cent(moved(begin, end, pcmn.CHARGES, unit=COOP) - moved(begin, end, pcmn.APPROPRIATED, unit=COOP))
        coverage = (contributions + subsidies) / costs if costs > ZERO else None
        return CostYear(year, contributions, subsidies, costs, coverage)

    def net_assets(self, period: Period) -> list[Figure]:
        """Give the assets at the end of the period, what they are reduced by, and what remains as "net"."""
        figures = []
        for key, (kind, numbers) in NET_ASSETS.items():
            amount = self._balances.until(kind, numbers, period.end)
            figures.append(Figure(key, -amount if key in HELD_AGAINST else amount, kind, numbers))
        return [*figures, Figure("net", sum((figure.amount for figure in figures), ZERO))]

    def liquidity(self, period: Period) -> list[Figure]:
        """Give what is at hand and to come within the year, what is to be paid, and what remains as "margin"."""
        figures = [
            Figure(key, self._balances.until(kind, numbers, period.end), kind, numbers)
            for key, (kind, numbers) in LIQUIDITY.items()
        ]
        return [*figures, Figure("margin", sum((figure.amount for figure in figures), ZERO))]

    def dividends(self, period: Period) -> list[Dividend]:
        """Give the dividends year by year, to the end of the period."""
        of_year: defaultdict[int, list[Decision]] = defaultdict(list)
        for decision in self.decisions:
            if precedes(decision.entry.date, period.end):
                of_year[self._cooperative.year_of(decision.entry.date)].append(decision)
        return [_dividend(self._cooperative.year(year), each, self._cooperative) for year, each in of_year.items()]


def _decisions(entries: Iterable[Transaction], currency: str) -> Iterator[Decision]:
    paid_up = ZERO
    for entry in entries:
        expense = due = issued = ZERO
        for posting in entry.postings:
            account = parse_account(posting.account)
            if account is None or account.unit is None:
                continue
            amount = amount_in(posting, currency) or ZERO
            if account.number.startswith(pcmn.DIVIDENDS):
                expense += amount
            elif account.number.startswith(pcmn.DIVIDENDS_DUE):
                due -= amount
            elif account.number.startswith(pcmn.SHARES):
                issued -= amount
        paid_up += issued
        if dividend := expense or max(due, ZERO):  # a debit of 471 alone is its payment
            yield Decision(entry, dividend, paid_up)


def _dividend(year: Span, decisions: Sequence[Decision], cooperative: Cooperative) -> Dividend:
    day, shares = decisions[-1].entry.date, decisions[-1].shares
    amount = to_cent(sum((each.amount for each in decisions), ZERO))
    ceiling = cooperative.terms_on(day).dividend_ceiling
    share = amount / shares if shares > ZERO else None
    return Dividend(year, amount, to_cent(shares), share, ceiling, to_cent(ceiling * shares))
