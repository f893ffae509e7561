"""Twelve months of liquidity, month by month (Code des sociétés et des associations, art. 6:116).

What is known comes first: treasury, open invoices by their day, VAT, taxes and other debts, and the dividend that is
proposed. Then what recurs, by class, as it was on average. Where the books know no day, one is assumed; what is assumed
is part of the answer (ASSUMED), and nothing here says that the company can, or cannot, pay its debts.

Amounts are in the operating currency; what comes in is positive. Contributions move money between units of one company
(class 9), and neither bring nor cost it any.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model import pcmn
from beancoop.model.accounts import COOP, parse_account
from beancoop.model.money import ZERO, shared_out, to_cent
from beancoop.model.months import Month
from beancoop.model.periods import YEAR, day_after
from beancoop.vat.deadlines import due_day
from beancoop.vat.periods import VatPeriod

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from beancoop.books.books import Books

KNOWN = ("customers", "suppliers", "vat", "taxes", "debts", "loans", "dividend")
"""What the books say will come in or go out, in the order shown."""
ASSUMED = ("terms", "overdue", "vat", "at once", "loans", "recurring", "left out", "internal")
"""What is assumed, by key."""

_AT_ONCE = (pcmn.FINANCIAL_DEBTS, pcmn.APPROPRIATION_DEBTS, pcmn.OTHER_DEBTS, pcmn.ACCRUED_CHARGES)
_ONE = Decimal(1)


class PlanLine(NamedTuple):
    """What one thing brings, month by month: its key, or its PCMN class."""

    key: str
    months: Sequence[Decimal]

    @property
    def total(self) -> Decimal:
        """What it brings in all twelve."""
        return sum(self.months, ZERO)


class LiquidityPlan(NamedTuple):
    """Twelve months from a day on.

    Attributes:
        months: the months.
        treasury: what is at hand on the day (class 5): the structure's, and the activities'.
        known: what the books say.
        costs: what recurs, by class.
        income: what recurs, by class.
        beyond: open invoices that are due after these months, as they come in less as they go out.
        contributions: what the activities contribute on average in a month.
        counted: the months that the averages are of.

    """

    months: Sequence[Month]
    treasury: tuple[Decimal, Decimal]
    known: Sequence[PlanLine]
    costs: Sequence[PlanLine]
    income: Sequence[PlanLine]
    beyond: Decimal
    contributions: Decimal
    counted: int

    def balances(self, *groups: Sequence[PlanLine]) -> list[Decimal]:
        """Give what is at hand at the end of each month, when the lines of *groups* are counted."""
        held, found = sum(self.treasury, ZERO), []
        for place in range(len(self.months)):
            held += sum((line.months[place] for lines in groups for line in lines), ZERO)
            found.append(held)
        return found


def liquidity_plan(books: Books, day: datetime.date, dividend: Decimal) -> LiquidityPlan:
    """Draw up the twelve months after *day*, with a *dividend* to be paid, before tax."""
    end = day_after(day)
    months = [month for each in range(YEAR) if (month := Month.of(end).later(each)).year <= datetime.MAXYEAR]
    planned = _Planned(months)
    beyond = planned.invoices(books, end)
    sums = books.sums
    vat = min(ZERO, sums.balance(end, *pcmn.VAT))
    due = due_day(VatPeriod.of(books.register.cooperative, day))
    planned.add("vat", due or end, vat)
    planned.add("taxes", end, sums.balance(end, pcmn.TAXES_AND_WAGES) - sums.balance(end, pcmn.VAT_PAYABLE))
    planned.add("debts", end, sums.balance(end, *_AT_ONCE))
    planned.spread("loans", sums.balance(end, pcmn.DEBTS_FALLING_DUE))
    planned.add("dividend", end, -dividend)
    counted = _months_before(books, day)
    begin = Month.of(end).later(-counted).first_day
    average = {
        number: _average(books, begin, end, counted, number)
        for number in (*pcmn.RECURRING_COSTS, *pcmn.RECURRING_INCOME)
    }
    return LiquidityPlan(
        months,
        _treasury(books, end),
        [PlanLine(key, planned.lines[key]) for key in KNOWN],
        [PlanLine(number, [average[number]] * len(months)) for number in pcmn.RECURRING_COSTS],
        [PlanLine(number, [average[number]] * len(months)) for number in pcmn.RECURRING_INCOME],
        beyond,
        _contributions(books, begin, end, counted),
        counted,
    )


def _average(books: Books, begin: datetime.date, end: datetime.date, months: int, number: str) -> Decimal:
    """Give what a class brought in a month; stock that varies (609) costs no money."""
    days = begin, Month.of(end).first_day
    moved = books.sums.moved(*days, number)
    if number == pcmn.PURCHASES:
        moved -= books.sums.moved(*days, pcmn.STOCK_VARIATION)
    return to_cent(-moved / months) if months else ZERO


def _treasury(books: Books, end: datetime.date) -> tuple[Decimal, Decimal]:
    own = books.sums.balance(end, pcmn.TREASURY, unit=COOP)
    return to_cent(own), to_cent(books.sums.balance(end, pcmn.TREASURY) - own)


def _contributions(books: Books, begin: datetime.date, end: datetime.date, counted: int) -> Decimal:
    levied = -books.sums.moved(begin, Month.of(end).first_day, pcmn.CONTRIBUTION, unit=COOP)
    return to_cent(levied / counted) if counted else ZERO


def _months_before(books: Books, day: datetime.date) -> int:
    """Give how many whole months of books there are before the day after *day*, twelve at most."""
    own = books.sorted.transactions
    passed = Month.of(day_after(day)).number - Month.of(own[0].date).number if own else 0
    return min(max(passed, 0), YEAR)


class _Planned:
    """What is known, put into its months."""

    def __init__(self, months: Sequence[Month]) -> None:
        self._months = months
        self.lines: Mapping[str, list[Decimal]] = {key: [ZERO] * len(months) for key in KNOWN}

    def add(self, key: str, day: datetime.date, amount: Decimal) -> bool:
        """Count *amount* in the month of *day*, or the first where that is past; False where it comes after all."""
        place = max(0, Month.of(day).number - self._months[0].number)
        if place >= len(self._months):
            return False
        self.lines[key][place] += to_cent(amount)
        return True

    def spread(self, key: str, amount: Decimal) -> None:
        """Count *amount* in equal parts."""
        if amount:
            shares = shared_out(to_cent(amount), [_ONE] * len(self._months))
            self.lines[key][:] = [held + share for held, share in zip(self.lines[key], shares, strict=True)]

    def invoices(self, books: Books, end: datetime.date) -> Decimal:
        """Count what is open of customers and suppliers; give what comes after all months."""
        beyond = ZERO
        for item in books.items.at(end):
            account = parse_account(item.account)
            is_customer = account is not None and account.number.startswith(pcmn.CUSTOMERS)
            if not self.add("customers" if is_customer else "suppliers", item.payable_by, item.amount):
                beyond += item.amount
        return to_cent(beyond)
