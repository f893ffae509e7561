"""The equity of the cooperative by PCMN number, what moved its reserves, and what its costs were paid with.

Added up once per load; amounts are in the operating currency, to the cent, with the sign a reader expects: equity,
income and dividends positive. Class 9 is internal to the company and has no part in any of it.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from beancount.core.data import Transaction

from beancoop.accounts import COOP, parse_account
from beancoop.money import ZERO, amount_in, to_cent
from beancoop.register import read_register
from beancoop.reserves import DISTRIBUTED, DIVIDEND_CEILINGS, DIVIDENDS_DUE, RESERVES, SHARES
from beancoop.sums import Series

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal

    from beancount.core.data import Directive

    from beancoop.accounts import AccountName
    from beancoop.period import Period

GROUPS = {
    "unavailable": ("1119", "130", "131"),
    "available": ("13",),
    "shares": ("10", "11"),
    "carried": ("14",),
    "other": ("1",),
}
"""The parts of the equity by the PCMN numbers in them; an account is in the first that fits."""

APPROPRIATION = ("69", "79")
"""Where a result is appropriated, in the year after it was made; no part of a year's result."""

NOT_DISTRIBUTABLE = {
    "provisions": ("liabilities", ("16",)),
    "debts": ("liabilities", ("17", "4")),
    "formation": ("assets", ("20",)),
    "research": ("assets", ("210",)),
    "revaluation": ("equity", ("12",)),
    "unavailable": ("equity", ("111", "131")),
}
"""What the assets are reduced by, CSA art. 6:115: provisions and deferred taxes, debts, formation expenses and research
not yet written off, revaluation surpluses, and equity that is unavailable."""

_BEFORE_ALL, _AFTER_ALL = datetime.date.min, datetime.date.max


class Line(NamedTuple):
    """The balance of one PCMN number."""

    number: str
    label: str
    amount: Decimal


class Group(NamedTuple):
    """A part of the equity: its key in GROUPS, its numbers, and their sum."""

    key: str
    lines: Sequence[Line]
    total: Decimal


class Sheet(NamedTuple):
    """The equity on a day.

    Attributes:
        groups: its parts, those that have an account.
        year: the running year.
        result: the result of the running year, class 7 minus class 6 without its appropriation (69, 79).
        pending: what earlier years made and has not been appropriated yet.
        total: the sum of all of it.

    """

    groups: Sequence[Group]
    year: int
    result: Decimal
    pending: Decimal
    total: Decimal


class ReserveYear(NamedTuple):
    """The reserves (13x, 1119) in a calendar year: credits and debits between its first and its last balance."""

    year: int
    opening: Decimal
    added: Decimal
    used: Decimal
    closing: Decimal


class Movement(NamedTuple):
    """One posting to a reserve; positive where it adds to it."""

    entry: Transaction
    number: str
    amount: Decimal


class CostYear(NamedTuple):
    """What paid for the structure in a calendar year: unit COOP alone.

    Attributes:
        year: the calendar year.
        contributions: what was levied on the activities (950).
        subsidies: operating subsidies (740).
        costs: its class 6, appropriations aside.
        coverage: contributions and subsidies as a share of the costs; None where there are none.

    """

    year: int
    contributions: Decimal
    subsidies: Decimal
    costs: Decimal
    coverage: Decimal | None


class Dividend(NamedTuple):
    """The dividends decided in a calendar year, beside their ceiling at the last decision.

    Attributes:
        year: the calendar year.
        amount: their sum (694, or 471 where no expense was booked), before tax.
        shares: the paid-up shares (110x, 111x) at the last decision.
        share: `amount` as a share of them; None where there are none.
        ceiling: the highest share allowed, art. 1 of the royal decree of 8 January 1962.
        most: that share of the paid-up shares.

    """

    year: int
    amount: Decimal
    shares: Decimal
    share: Decimal | None
    ceiling: Decimal
    most: Decimal


class Balances:
    """Series by PCMN number."""

    def __init__(self) -> None:
        """Start empty."""
        self.series: defaultdict[str, Series] = defaultdict(Series)

    def within(
        self, prefixes: tuple[str, ...], begin: datetime.date, end: datetime.date, but: tuple[str, ...] = ()
    ) -> Decimal:
        """Add up, from *begin* to the day before *end*, the numbers that begin with *prefixes* and not with *but*."""
        amounts = (
            series.before(end) - series.before(begin)
            for number, series in self.series.items()
            if number.startswith(prefixes) and not (but and number.startswith(but))
        )
        return to_cent(sum(amounts, ZERO))


class Equity:
    """The equity of one loaded ledger."""

    def __init__(self, entries: Sequence[Directive], options: Mapping[str, Any]) -> None:
        """Add up *entries*, which are in the order of dates, as the loader gives them."""
        register = read_register(entries, options)
        self.currency = register.currency
        self.is_whole = register.coop_is_open
        self.labels: dict[str, str] = {}
        self.years: set[int] = set()
        self._books: defaultdict[str, Balances] = defaultdict(Balances)
        self._coop = Balances()
        self._movements: list[Movement] = []
        self._dividends: list[tuple[datetime.date, Decimal, Decimal]] = []
        self._shares = ZERO
        kinds = {name: kind for kind, name in register.roots._asdict().items()}
        for entry in entries:
            if isinstance(entry, Transaction):
                self._add(entry, kinds)

    def _add(self, entry: Transaction, kinds: Mapping[str, str]) -> None:
        expense = due = ZERO
        for posting in entry.postings:
            account = parse_account(posting.account)
            if account is None or account.unit is None:
                continue
            amount = amount_in(posting, self.currency) or ZERO
            self._count(entry, account, kinds.get(account.root, ""), amount)
            if account.number.startswith(DISTRIBUTED):
                expense += amount
            elif account.number.startswith(DIVIDENDS_DUE):
                due -= amount
        if (dividend := expense or max(due, ZERO)) != ZERO:  # a debit of 471 alone is its payment
            self._dividends.append((entry.date, dividend, self._shares))

    def _count(self, entry: Transaction, account: AccountName, kind: str, amount: Decimal) -> None:
        number = account.number
        if account.unit == COOP and number.startswith(("6", "74", "950")):
            self._coop.series[number].add(entry.date, amount)
        if number.startswith(("0", "9")):
            return
        self.years.add(entry.date.year)
        self.labels.setdefault(number, account.label)
        self._books[kind].series[number].add(entry.date, amount)
        if number.startswith(RESERVES):
            self._movements.append(Movement(entry, number, -amount))
        if number.startswith(SHARES):
            self._shares -= amount

    def sheet(self, period: Period) -> Sheet:
        """Give the equity at the end of the period."""
        groups = list(self._groups(period.end))
        january = datetime.date(period.today.year, 1, 1)
        result = self._profit(january, period.end, APPROPRIATION)
        made = self._profit(_BEFORE_ALL, period.end)
        total = sum((group.total for group in groups), made)
        return Sheet(groups, period.today.year, result, made - result, total)

    def _groups(self, end: datetime.date) -> Iterator[Group]:
        lines: dict[str, list[Line]] = {key: [] for key in ("shares", "unavailable", "available", "carried", "other")}
        for number, series in sorted(self._books["equity"].series.items()):
            key = next((key for key, prefixes in GROUPS.items() if number.startswith(prefixes)), "other")
            lines[key].append(Line(number, self.labels[number], to_cent(-series.before(end))))
        for key, own in lines.items():
            if own:
                yield Group(key, own, sum((line.amount for line in own), ZERO))

    def _profit(self, begin: datetime.date, end: datetime.date, but: tuple[str, ...] = ()) -> Decimal:
        income, expenses = self._books["income"], self._books["expenses"]
        return -income.within(("7",), begin, end, but) - expenses.within(("6",), begin, end, but)

    def _years(self, period: Period) -> Iterator[tuple[int, datetime.date, datetime.date]]:
        """Give the years with entries, the first day of each, and the day after its last that is shown."""
        for year in sorted(self.years):
            begin = datetime.date(year, 1, 1)
            if begin < period.end:
                yield year, begin, min(_after(year), period.end)

    def reserve_years(self, period: Period) -> list[ReserveYear]:
        """Give the reserves year by year, to the end of the period."""
        return [self._reserve_year(*year) for year in self._years(period)]

    def _reserve_year(self, year: int, begin: datetime.date, end: datetime.date) -> ReserveYear:
        equity = self._books["equity"]
        own = [each.amount for each in self._movements if begin <= each.entry.date < end]
        return ReserveYear(
            year,
            -equity.within(RESERVES, _BEFORE_ALL, begin),
            to_cent(sum((amount for amount in own if amount > ZERO), ZERO)),
            to_cent(-sum((amount for amount in own if amount < ZERO), ZERO)),
            -equity.within(RESERVES, _BEFORE_ALL, end),
        )

    def movements(self, period: Period) -> list[Movement]:
        """Give the postings to reserves up to the end of the period, the latest first."""
        return [each for each in reversed(self._movements) if each.entry.date < period.end]

    def cost_years(self, period: Period) -> list[CostYear]:
        """Give what the contributions paid for year by year, to the end of the period."""
        return [self._cost_year(*year) for year in self._years(period)]

    def _cost_year(self, year: int, begin: datetime.date, end: datetime.date) -> CostYear:
        contributions = -self._coop.within(("950",), begin, end)
        subsidies = -self._coop.within(("740",), begin, end)
        costs = self._coop.within(("6",), begin, end, APPROPRIATION)
        coverage = (contributions + subsidies) / costs if costs > ZERO else None
        return CostYear(year, contributions, subsidies, costs, coverage)

    def net_assets(self, period: Period) -> list[tuple[str, Decimal]]:
        """Give the assets at the end of the period, what they are reduced by, and what remains as "net"."""
        assets = self._books["assets"].within(("2", "3", "4", "5"), _BEFORE_ALL, period.end)
        figures = [("assets", assets)]
        for key, (kind, prefixes) in NOT_DISTRIBUTABLE.items():
            amount = self._books[kind].within(prefixes, _BEFORE_ALL, period.end)
            figures.append((key, -amount if kind == "assets" else amount))
        return [*figures, ("net", sum((amount for _, amount in figures), ZERO))]

    def dividends(self, period: Period) -> list[Dividend]:
        """Give the dividends year by year, to the end of the period."""
        of_year: dict[int, list[tuple[datetime.date, Decimal, Decimal]]] = defaultdict(list)
        for decision in self._dividends:
            if decision[0] < period.end:
                of_year[decision[0].year].append(decision)
        return [_dividend(year, decisions) for year, decisions in of_year.items()]


def _dividend(year: int, decisions: Sequence[tuple[datetime.date, Decimal, Decimal]]) -> Dividend:
    day, _, shares = decisions[-1]
    amount = to_cent(sum((each for _, each, _ in decisions), ZERO))
    ceiling = next((rate for since, rate in reversed(DIVIDEND_CEILINGS) if since <= day), DIVIDEND_CEILINGS[0][1])
    share = amount / shares if shares > ZERO else None
    return Dividend(year, amount, to_cent(shares), share, ceiling, to_cent(ceiling * shares))


def _after(year: int) -> datetime.date:
    """Give the day after a year's last."""
    return datetime.date(year + 1, 1, 1) if year < _AFTER_ALL.year else _AFTER_ALL
