"""The statements of the company: trial balance, balance sheet and income statement."""

from __future__ import annotations

import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from beancoop.model.money import NOTHING, ZERO
from beancoop.model.pcmn import INTERNAL, OFF_BALANCE
from beancoop.presentation.section import Column, Row
from beancoop.statements.annual import balance_sheet, income_statement
from beancoop.statements.trial_balance import trial_balance

from beancoop_cli.reports.document import section
from beancoop_cli.reports.making import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from beancoop.presentation.section import Cell, Style, Value
    from beancoop.presentation.texts import Words
    from beancoop.statements.annual import AnnualLine
    from beancoop.statements.trial_balance import TrialBalanceLine

    from beancoop_cli.reports.making import Request

_INTERNAL = (OFF_BALANCE, INTERNAL)
_TOTAL, _MAJOR = 0, 1  # the levels of the rubrics shown even where they are zero


def trial_balance_report(request: Request) -> Draft:
    """List every PCMN number, by class; class 9 apart, since no statement of the company has it."""
    words = request.words
    balance = trial_balance(request.books, request.span, request.unit)
    columns = [
        Column(words.t("Account"), "code"),
        Column(words.t("Name")),
        Column(words.t("Brought forward"), "money"),
        Column(words.t("Debit"), "money"),
        Column(words.t("Credit"), "money"),
        Column(words.t("Debit balance"), "money"),
        Column(words.t("Credit balance"), "money"),
    ]
    outer = [line for line in balance.lines if not line.number.startswith(_INTERNAL)]
    inner = [line for line in balance.lines if line.number.startswith(_INTERNAL)]
    sections = [section(words.t("Classes 1 to 7"), columns, list(_classes(words, outer, balance.earlier)))]
    if inner:
        note = (
            "" if request.unit else words.t("Both sides of what one unit owes another: each account adds up to zero.")
        )
        sections.append(
            section(words.t("Internal accounts (classes 9 and 0)"), columns, list(_classes(words, inner)), note)
        )
    notes = [words.t("Income and charges begin at zero with each financial year.")]
    return Draft(words.t("Trial balance"), sections, notes=notes, difference=balance.difference)


def _classes(words: Words, lines: Sequence[TrialBalanceLine], earlier: Decimal = ZERO) -> Iterator[Row]:
    """Give the rows of each class and their sum; what earlier years made stands at the end of class 1."""
    sums = [ZERO] * 5
    by_class = {digit: list(group) for digit, group in groupby(lines, key=lambda line: line.number[0])}
    for digit in sorted({*by_class, *("1" if earlier else "")}):
        rows = [
            _row(line.number, words.account(line.number, line.label), line.opening, line.debit, line.credit)
            for line in by_class.get(digit, ())
        ]
        if digit == "1" and earlier:
            rows.append(_row("", words.t("Results of earlier years, not appropriated yet"), earlier, ZERO, ZERO))
        own = [sum((_number(row.cells[place]) for row in rows), ZERO) for place in range(2, 7)]
        sums = [total + part for total, part in zip(sums, own, strict=True)]
        yield from rows
        yield Row(["", words.t("Class {digit}", digit=digit), *(total or None for total in own)], "part")
    yield Row(["", words.t("Total"), *sums], "total")


def _row(number: str, label: str, opening: Decimal, debit: Decimal, credit: Decimal) -> Row:
    closing = opening + debit - credit
    sides = (closing, None) if closing > 0 else (None, -closing) if closing else (None, None)
    return Row([number, label, opening or None, debit or None, credit or None, *sides])


def _number(cell: Cell | Value) -> Decimal:
    return cell if cell is not None else NOTHING  # type: ignore[return-value] # an amount or nothing


def balance_sheet_report(request: Request) -> Draft:
    """Show the balance sheet on the last day, beside that of the year before."""
    words, span = request.words, request.span
    before = datetime.date(span.last.year - 1, 12, 31)
    now, then = balance_sheet(request.books, span.last), balance_sheet(request.books, before)
    has_before = any(line.amount for line in (*then.assets, *then.liabilities))
    columns = _columns(words, words.day(span.last), words.day(before) if has_before else None)
    assets = [*now.assets, now.total_assets], [*then.assets, then.total_assets]
    liabilities = [*now.liabilities, now.total_liabilities], [*then.liabilities, then.total_liabilities]
    sections = [
        section(words.t("Assets"), columns, list(_annual_rows(words, *assets, len(columns)))),
        section(words.t("Equity and liabilities"), columns, list(_annual_rows(words, *liabilities, len(columns)))),
    ]
    notes = [
        words.t("In the order of the National Bank's abbreviated model for companies without capital."),
        words.t("What earlier years made and no general meeting has appropriated yet is part of rubric 14."),
    ]
    title, day = words.t("Balance sheet"), words.on(span.last)
    return Draft(title, sections, notes=notes, difference=now.difference, period=day)


def income_statement_report(request: Request) -> Draft:
    """Show the income statement of the period, beside that of the same days a year before."""
    words, span = request.words, request.span
    before = span.year_before()
    now = income_statement(request.books, span, request.unit)
    then = income_statement(request.books, before, request.unit)
    has_before = any(line.amount for line in then.lines)
    columns = _columns(words, words.days(span), words.days(before) if has_before else None)
    rows = list(_annual_rows(words, now.lines, then.lines, len(columns)))
    sections = [section(words.t("Income statement"), columns, rows)]
    if now.appropriations:
        rows = [Row([words.t(line.rubric.name), line.rubric.code, line.amount]) for line in now.appropriations]
        title = words.t("Appropriation of the result of an earlier year")
        note = words.t("Booked in this period; no part of its result.")
        sections.append(section(title, _columns(words, words.t("Amount"), None), rows, note))
    notes = [words.t("In the order of the National Bank's abbreviated model for companies without capital.")]
    return Draft(words.t("Income statement"), sections, notes=notes)


def _columns(words: Words, now: str, before: str | None) -> list[Column]:
    """Give the columns; the earlier one is left out where the ledger says nothing of it."""
    amounts = [Column(name, "money") for name in (now, before) if name is not None]
    return [Column(words.t("Rubric")), Column(words.t("Codes"), "code"), *amounts]


def _annual_rows(
    words: Words, lines: Sequence[AnnualLine], earlier: Sequence[AnnualLine], columns: int
) -> Iterator[Row]:
    """Give the rubrics that are not zero in both years, and the major ones."""
    styles: dict[int, Style] = {_TOTAL: "total", _MAJOR: "part"}
    for now, then in zip(lines, earlier, strict=True):
        rubric = now.rubric
        if now.amount or then.amount or rubric.level in styles:
            cells: list[Value] = [words.t(rubric.name), rubric.code, now.amount, then.amount]
            yield Row(cells[:columns], styles.get(rubric.level, "line"), rubric.level)
