"""The facts of each activity, added up once per load and cut to any period by two look-ups."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from beancoop.accounts import parse_account
from beancoop.contribution import DIRECT, OPERATING
from beancoop.money import ZERO, amount_in, to_cent
from beancoop.register import read_register
from beancoop.settlement import CONTRIBUTION
from beancount.core.data import Transaction

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from beancoop.errors import BeancoopError
    from beancoop.period import Period
    from beancoop.register import Register
    from beancount.core.data import Directive, Posting

    Adder: TypeAlias = Callable[[datetime.date, Posting], None]

TREASURY = "5"


class Series:
    """Amounts by date, to be added in the order of dates, whose sum over any period is two look-ups away."""

    def __init__(self) -> None:
        """Start at zero."""
        self._days: list[datetime.date] = []
        self._sums: list[Decimal] = []

    def add(self, day: datetime.date, amount: Decimal) -> None:
        """Add *amount* on *day*."""
        total = (self._sums[-1] if self._sums else ZERO) + amount
        if self._days and self._days[-1] == day:
            self._sums[-1] = total
        else:
            self._days.append(day)
            self._sums.append(total)

    def before(self, day: datetime.date) -> Decimal:
        """Give the sum of what is dated before *day*."""
        position = bisect_left(self._days, day)
        return self._sums[position - 1] if position else ZERO


@dataclass(frozen=True)
class _Figures:
    treasury: Series = field(default_factory=Series)
    margin: Series = field(default_factory=Series)
    contribution: Series = field(default_factory=Series)


class Row(NamedTuple):
    """One activity; amounts in the ledger's operating currency, to the cent.

    Attributes:
        unit: its code.
        account_filter: the account filter of Fava that keeps its accounts and no other's.
        trade: its public trade name, "" where it has none.
        state: "future", "active", "paused", "ended", or what its entrepreneur left for.
        treasury: its class 5 accounts at the end of the period.
        margin: its gross margin in the period, as its terms define it.
        contribution: what the cooperative levied on it in the period, provisional levies included.
        months_left: whole months left to sell; None where the clock stands still or no longer matters.
        months: the longest accompaniment its terms allow, in months.
        last_day: the last day to sell as known; None while a pause is running.

    """

    unit: str
    account_filter: str
    trade: str
    state: str
    treasury: Decimal
    margin: Decimal
    contribution: Decimal
    months_left: int | None
    months: int
    last_day: datetime.date | None


class Total(NamedTuple):
    """The sums of the amounts of all rows."""

    treasury: Decimal
    margin: Decimal
    contribution: Decimal


class Activities:
    """The activities of one loaded ledger."""

    def __init__(self, entries: Sequence[Directive], options: Mapping[str, Any]) -> None:
        """Add up *entries*, which are in the order of dates, as the loader gives them."""
        self._register = read_register(entries, options)
        self._figures = {unit: _Figures() for unit in self._register.activities}
        self._codes = "\n".join(self._figures)
        self._add_up(entries)

    @property
    def currency(self) -> str:
        """The currency of all amounts."""
        return self._register.currency

    @property
    def errors(self) -> Sequence[BeancoopError]:
        """What is wrong in the directives that declare the activities."""
        return self._register.errors

    def _add_up(self, entries: Sequence[Directive]) -> None:
        adders: dict[str, Adder | None] = {}
        for entry in entries:
            if not isinstance(entry, Transaction):
                continue
            for posting in entry.postings:
                account = posting.account
                if account not in adders:
                    adders[account] = _adder(account, self._register, self._figures)
                if add := adders[account]:
                    add(entry.date, posting)

    def rows(self, period: Period) -> Iterator[Row]:
        """Give one row per activity, by code."""
        for unit, activity in self._register.activities.items():
            figures = self._figures[unit]
            terms, last_day = activity.terms_on(period.today), activity.last_day(period.today)
            yield Row(
                unit,
                self._account_filter(unit),
                terms.trade,
                activity.state(period.today),
                to_cent(figures.treasury.before(period.end)),
                _within(figures.margin, period),
                _within(figures.contribution, period),
                activity.months_left(period.today),
                terms.months,
                last_day,
            )

    def _account_filter(self, unit: str) -> str:
        """Give the plain code, unless Fava, which searches it anywhere, would find another activity with it."""
        return unit if self._codes.count(unit) == 1 else f":{unit}$"


def total(rows: Sequence[Row]) -> Total:
    """Add up the amounts of *rows*."""
    return Total(
        sum((row.treasury for row in rows), ZERO),
        sum((row.margin for row in rows), ZERO),
        sum((row.contribution for row in rows), ZERO),
    )


def _within(series: Series, period: Period) -> Decimal:
    return to_cent(series.before(period.end) - series.before(period.begin))


def _adder(name: str, register: Register, figures: Mapping[str, _Figures]) -> Adder | None:
    """Say what becomes of the postings to the account *name*: nothing, or an addition to a series."""
    account = parse_account(name)
    if account is None or account.unit is None or account.unit not in figures:
        return None
    own, activity, currency = figures[account.unit], register.activities[account.unit], register.currency

    def hold(day: datetime.date, posting: Posting) -> None:
        if posting.units is not None and posting.units.currency == currency:
            own.treasury.add(day, posting.units.number or ZERO)

    def earn(day: datetime.date, posting: Posting) -> None:
        own.margin.add(day, -(amount_in(posting, currency) or ZERO))

    def earn_if_operating(day: datetime.date, posting: Posting) -> None:
        if activity.terms_on(day).margin == "operating":
            earn(day, posting)

    def levy(day: datetime.date, posting: Posting) -> None:
        own.contribution.add(day, amount_in(posting, currency) or ZERO)

    for prefixes, adder in (
        (TREASURY, hold),
        (DIRECT, earn),
        (OPERATING, earn_if_operating),
        (CONTRIBUTION, levy),
    ):
        if account.number.startswith(prefixes):
            return adder
    return None
