"""The balance sheet and the income statement of the company, in the order of the National Bank's models (`nbb`).

Class 9, internal to the company, and class 0 have no part in either; the balance sheet of one unit shows class 9 as
what the rest of the company owes it. The result of the year is not closed into the equity by any entry: before its
appropriation the balance sheet shows it there, so that assets equal liabilities on any day; after, 13, 14 and 47 are
as the general meeting decided (contract, section 10).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancoop.model import pcmn
from beancoop.model.money import ZERO
from beancoop.statements.nbb import (
    ABRIDGED,
    CARRIED,
    GROSS_MARGIN,
    INTERNAL,
    LIAISON,
    RESULT,
    TOTAL_ASSETS,
    TOTAL_LIABILITIES,
    rubrics,
)
from beancoop.statements.sides import sides_of
from beancoop.statements.state import Leftover, after_appropriation, before_appropriation, result_of

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence
    from decimal import Decimal

    from beancoop.books.books import Books
    from beancoop.model.periods import Span
    from beancoop.statements.nbb import AnnualLine
    from beancoop.statements.sides import Turned
    from beancoop.statements.state import State


class BalanceSheet(NamedTuple):
    """The balance sheet at the end of a day: every rubric of the model, zero or not, each side with its total.

    Attributes:
        assets: the rubrics of the assets.
        liabilities: those of equity and liabilities.
        total_assets: the sum of the assets.
        total_liabilities: the sum of the others.
        turned: the balances against the side of their account, which are shown on the other side.
        leftovers: what of earlier years nobody has appropriated: part of 14. After the appropriation, of this year too.
        until: the day of the last entry that counts.

    """

    assets: Sequence[AnnualLine]
    liabilities: Sequence[AnnualLine]
    total_assets: AnnualLine
    total_liabilities: AnnualLine
    turned: Sequence[Turned]
    leftovers: Sequence[Leftover]
    until: datetime.date

    @property
    def difference(self) -> Decimal:
        """Assets minus liabilities: zero, unless something is counted in no currency of these books."""
        return self.total_assets.amount - self.total_liabilities.amount


class IncomeStatement(NamedTuple):
    """The income statement of a period: every rubric of the model, zero or not, in its order."""

    lines: Sequence[AnnualLine]

    def amount(self, code: str) -> Decimal:
        """Give the amount of the rubric or subtotal of that *code*."""
        return next(line.amount for line in self.lines if line.rubric.code == code)


def balance_sheet(books: Books, day: datetime.date, unit: str | None = None, model: str = ABRIDGED) -> BalanceSheet:
    """Draw up the balance sheet at the end of *day*, before the result of its year is appropriated.

    Account 14 holds, besides its own balance, what earlier years made and no general meeting has appropriated.
    """
    state = before_appropriation(books, day, unit)
    return _sheet(state, state.result, state.leftovers(), model)


def appropriated_sheet(books: Books, year: Span, unit: str | None = None, model: str = ABRIDGED) -> BalanceSheet:
    """Draw up the balance sheet at the end of a financial *year*, after what was decided of its result.

    What nothing was decided of is carried forward, and is in 14.
    """
    state = after_appropriation(books, year, unit)
    leftovers = state.leftovers()
    if rest := state.result - state.appropriated(state.year.year or 0):
        leftovers.append(Leftover(state.year.year or 0, rest))
    return _sheet(state, ZERO, leftovers, model)


def _sheet(state: State, result: Decimal, leftovers: Sequence[Leftover], model: str) -> BalanceSheet:
    known = rubrics(state.year.first)
    sides = sides_of(state, known)
    assets, liabilities = dict(sides.assets), dict(sides.liabilities)
    liabilities[RESULT] = result
    liabilities[CARRIED] = state.carried + state.result - result
    if state.unit is not None or not state.books.register.coop_is_open:
        owed = state.balance(LIAISON)
        (assets if owed > 0 else liabilities)[LIAISON] = abs(owed)
        liabilities[INTERNAL] = -state.balance(pcmn.INTERNAL) + owed
    *rows, total = known.added_up("assets", assets, model)
    *others, sum_ = known.added_up("liabilities", liabilities, model)
    assert (total.rubric.code, sum_.rubric.code) == (TOTAL_ASSETS, TOTAL_LIABILITIES)  # noqa: S101 - the models end so
    return BalanceSheet(rows, others, total, sum_, sides.turned, leftovers, state.until)


def income_statement(books: Books, span: Span, unit: str | None = None, model: str | None = None) -> IncomeStatement:
    """Draw up the income statement of the company over *span*, or the same of one *unit*.

    Args:
        books: the books.
        span: the days.
        unit: the only unit, or None for the company.
        model: the model that is printed; None for every rubric that is counted.

    """
    known = rubrics(books.register.cooperative.year_with(span.first).first)
    own: dict[str, Decimal] = {}
    for account in books.sums.of(*pcmn.RESULT, unit=unit):
        rubric = known.of(account.name.number)
        if rubric is not None and rubric.part == "result":
            moved = account.series.within(span.first, span.after)
            own[rubric.code] = own.get(rubric.code, ZERO) + (moved if rubric.is_debit else -moved)
    return IncomeStatement(known.added_up("result", own, model))


class EquityChanges(NamedTuple):
    """What changed the equity in a period; the parts add up to its closing balance.

    Attributes:
        opening: the equity before the first day.
        result: the result of the period.
        contributions: contributions of associates less their repayment (10, 11).
        revaluation: revaluation surpluses (12).
        subsidies: capital subsidies (15).
        advances: advances on the sharing out of the assets (19).
        distributed: what left results and reserves (13, 14, 69, 79); negative.
        closing: the equity at the end of the last day.

    """

    opening: Decimal
    result: Decimal
    contributions: Decimal
    revaluation: Decimal
    subsidies: Decimal
    advances: Decimal
    distributed: Decimal
    closing: Decimal


def equity_changes(books: Books, span: Span) -> EquityChanges:
    """Give what changed the equity in *span*; what an opening brings in was there at the start."""

    def moved(*numbers: str) -> Decimal:
        return -books.sums.moved(span.first, span.after, *numbers) - books.brought_in(span, *numbers)

    return EquityChanges(
        opening=books.brought_in(span, *pcmn.EQUITY) - books.sums.balance(span.first, *pcmn.EQUITY, *pcmn.RESULT),
        result=result_of(books, span),
        contributions=moved(pcmn.CAPITAL, pcmn.CONTRIBUTIONS_OF_MEMBERS),
        revaluation=moved(pcmn.REVALUATION),
        subsidies=moved(pcmn.CAPITAL_SUBSIDIES),
        advances=moved(pcmn.LIQUIDATION_ADVANCES),
        distributed=moved(pcmn.RESERVES, pcmn.CARRIED, *pcmn.APPROPRIATION),
        closing=-books.sums.balance(span.after, *pcmn.EQUITY, *pcmn.RESULT),
    )


def gross_margin(books: Books, span: Span, unit: str | None = None) -> Decimal:
    """Give the gross margin of the law (9900): classes 70 to 74 and 76A minus 60 and 61."""
    known = rubrics(books.register.cooperative.year_with(span.first).first)
    within = set(known.below("result", GROSS_MARGIN))
    own = (account for account in books.sums.of(*pcmn.RESULT, unit=unit) if known.of(account.name.number) in within)
    return -sum((account.series.within(span.first, span.after) for account in own), ZERO)
