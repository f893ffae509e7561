"""The balance sheet and the income statement of the company, in the order of the National Bank's model (`nbb`).

Class 9, internal to the company, and class 0 have no part in either. The result of the year is not closed into the
equity by any entry: the balance sheet shows it there, so that assets equal liabilities on any day.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model import pcmn
from beancoop.model.money import ZERO
from beancoop.model.periods import Span
from beancoop.statements.nbb import (
    APPROPRIATION,
    APPROPRIATIONS,
    ASSETS,
    CHARGES,
    EQUITY_AND_LIABILITIES,
    INCOME_STATEMENT,
    RESULT,
    TOTAL_ASSETS,
    TOTAL_LIABILITIES,
    rubric_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal

    from beancoop.books.books import Books
    from beancoop.statements.nbb import Rubric

    Amounts = Mapping[Rubric, Decimal]

_GROSS = INCOME_STATEMENT[0]


class AnnualLine(NamedTuple):
    """A rubric and its amount; assets, equity, liabilities and income positive, and charges as what they cost."""

    rubric: Rubric
    amount: Decimal


class BalanceSheet(NamedTuple):
    """The balance sheet on a day: every rubric of the model, zero or not, each side with its total."""

    assets: Sequence[AnnualLine]
    liabilities: Sequence[AnnualLine]
    total_assets: AnnualLine
    total_liabilities: AnnualLine

    @property
    def difference(self) -> Decimal:
        """Assets minus liabilities: zero, unless something is counted in no currency of these books."""
        return self.total_assets.amount - self.total_liabilities.amount


class IncomeStatement(NamedTuple):
    """The income statement of a period: every rubric of the model, zero or not.

    Attributes:
        lines: rubrics and subtotals, in the model's order.
        appropriations: how the result of an earlier year was appropriated meanwhile; income positive, charges negative.

    """

    lines: Sequence[AnnualLine]
    appropriations: Sequence[AnnualLine]

    def amount(self, code: str) -> Decimal:
        """Give the amount of the rubric or subtotal of that *code*."""
        return next(line.amount for line in self.lines if line.rubric.code == code)


def balance_sheet(books: Books, day: datetime.date) -> BalanceSheet:
    """Draw up the balance sheet at the end of *day*.

    Account 14 holds, besides its own balance, what earlier years made and no general meeting has appropriated.
    """
    year = Span(datetime.date(day.year, 1, 1), day)
    amounts: dict[Rubric, Decimal] = defaultdict(lambda: ZERO)
    for account in books.sums.of(*pcmn.BALANCE_SHEET):
        is_asset = account.name.root == books.register.roots.assets
        if rubric := rubric_of(account.name.number, is_asset=is_asset):
            amounts[rubric] += account.series.before(year.after) * (1 if rubric in ASSETS else -1)
    result = result_of(books, year)
    carried = rubric_of(pcmn.CARRIED)
    assert carried is not None  # noqa: S101 - the table has it
    amounts[RESULT] += result
    amounts[carried] -= books.sums.balance(year.after, *pcmn.RESULT) + result
    assets, liabilities = _added_up(ASSETS, amounts), _added_up(EQUITY_AND_LIABILITIES, amounts)
    return BalanceSheet(
        assets, liabilities, AnnualLine(TOTAL_ASSETS, _top(assets)), AnnualLine(TOTAL_LIABILITIES, _top(liabilities))
    )


def result_of(books: Books, span: Span) -> Decimal:
    """Give the result of the days of *span*: class 7 minus class 6, without what appropriates a result."""
    days = span.first, span.after
    return books.sums.moved(*days, *APPROPRIATION) - books.sums.moved(*days, *pcmn.RESULT)


def _added_up(rubrics: Sequence[Rubric], amounts: Amounts) -> list[AnnualLine]:
    """Give each rubric what it has itself and what the deeper ones after it have."""
    lines: list[AnnualLine] = []
    for position, rubric in enumerate(rubrics):
        total = amounts.get(rubric, ZERO)
        for part in rubrics[position + 1 :]:
            if part.level <= rubric.level:
                break
            total += amounts.get(part, ZERO)
        lines.append(AnnualLine(rubric, total))
    return lines


def _top(lines: Sequence[AnnualLine]) -> Decimal:
    return sum((line.amount for line in lines if line.rubric.level == 1), ZERO)


def income_statement(books: Books, span: Span, unit: str | None = None) -> IncomeStatement:
    """Draw up the income statement of the company over *span*, or the same of one *unit*."""
    amounts: dict[Rubric, Decimal] = defaultdict(lambda: ZERO)
    for account in books.sums.of(*pcmn.RESULT, unit=unit):
        if rubric := rubric_of(account.name.number):
            amounts[rubric] -= account.series.within(span.first, span.after)
    return IncomeStatement(
        list(_staged(amounts)), [AnnualLine(rubric, amounts[rubric]) for rubric in APPROPRIATIONS if amounts[rubric]]
    )


def _staged(amounts: Amounts) -> Iterator[AnnualLine]:
    total = ZERO
    for stage in INCOME_STATEMENT:
        own = [amounts.get(line, ZERO) for line in stage.lines]
        total += sum(own, ZERO)
        lines = [
            AnnualLine(line, -amount if line.code.startswith(CHARGES) else amount)
            for line, amount in zip(stage.lines, own, strict=True)
        ]
        subtotal = AnnualLine(stage.total, total)
        yield from [subtotal, *lines] if stage.is_ahead else [*lines, subtotal]


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
    """Give what changed the equity in *span*."""

    def moved(*numbers: str) -> Decimal:
        return -books.sums.moved(span.first, span.after, *numbers)

    return EquityChanges(
        opening=-books.sums.balance(span.first, *pcmn.EQUITY, *pcmn.RESULT),
        result=result_of(books, span),
        contributions=moved(pcmn.CAPITAL, pcmn.CONTRIBUTIONS_OF_MEMBERS),
        revaluation=moved(pcmn.REVALUATION),
        subsidies=moved(pcmn.CAPITAL_SUBSIDIES),
        advances=moved(pcmn.LIQUIDATION_ADVANCES),
        distributed=moved(pcmn.RESERVES, pcmn.CARRIED, *APPROPRIATION),
        closing=-books.sums.balance(span.after, *pcmn.EQUITY, *pcmn.RESULT),
    )


def gross_margin(books: Books, span: Span, unit: str | None = None) -> Decimal:
    """Give the gross margin of the law (9900): classes 70 to 74 and 76A minus 60 and 61."""
    accounts = books.sums.of(*pcmn.RESULT, unit=unit)
    own = (account for account in accounts if rubric_of(account.name.number) in _GROSS.lines)
    return -sum((account.series.within(span.first, span.after) for account in own), ZERO)
