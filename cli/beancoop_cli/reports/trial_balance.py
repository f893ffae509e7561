"""The trial balance."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from beancoop.model.money import NOTHING, ZERO
from beancoop.model.pcmn import INTERNAL, OFF_BALANCE
from beancoop.presentation.section import Column, Row
from beancoop.statements.trial_balance import trial_balance

from beancoop_cli.reports.document import section
from beancoop_cli.reports.making import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from beancoop.presentation.section import Cell, Value
    from beancoop.presentation.texts import Words
    from beancoop.statements.trial_balance import TrialBalanceLine

    from beancoop_cli.reports.making import Request

_INTERNAL = (OFF_BALANCE, INTERNAL)


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
