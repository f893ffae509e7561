"""The entries behind a grid of the return, or behind several: what is due, what is deductible, and the balance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.model.money import ZERO
from beancoop.presentation.section import Cell, Choice, Column, Row, Section, Table
from beancoop.vat import law
from beancoop.vat.returns import balance_of
from beancoop.words.language import mark
from flask import request

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from beancoop.statements.vat import VatFigures
    from beancoop.vat.answers import Answer, Counted
    from beancoop.vat.periods import VatPeriod

    from beancoop_fava.pages.page import Page

DUE, DEDUCTIBLE, BALANCE = "due", "deductible", "balance"
LEFT = "left"
"""The parameter that asks for what a grid leaves to the next return."""
_SEVERAL = {DUE: mark("VAT due"), DEDUCTIBLE: mark("VAT deductible"), BALANCE: mark("VAT owed")}


def to_grid(page: Page[VatFigures], period: VatPeriod, grid: str, unit: str = "", left: str = "") -> str:
    """Lead to the entries of a *grid*, or of DUE, DEDUCTIBLE or BALANCE, of one *unit* or of all."""
    return f"{page.links.during(str(period)).page(page.name, grid=grid, unit=unit, left=left)}#entries"


def entries_section(page: Page[VatFigures], answered: Answer) -> Section:
    """Give the entries of the grid that is asked for, what was carried into or out of it, and what it comes to."""
    t, asked, unit = page.words.t, request.args.get("grid", ""), request.args.get("unit", "")
    columns = (
        Column(t("Date"), "day"),
        Column(t("Entry")),
        Column(t("Unit"), "code"),
        Column(t("Code"), "code"),
        Column(t("Amount"), "money"),
    )
    grids = sorted({each.row.grid for each in answered.counted})
    choices = [Choice(grid, to_grid(page, answered.period, grid), is_shown=grid == asked) for grid in grids]
    title = t("The entries of a grid")
    if asked not in {*_SEVERAL, *grids, *answered.grids, *answered.carried}:
        return Section(title, choices=choices, table=Table("entries", title, columns, []), empty=t("Choose a grid."))
    signs = _signs(asked)
    counted = [each for each in answered.counted if each.row.grid in signs and _is_of(each, unit, answered)]
    said = _said(answered, asked, unit)
    rows = [_entry(page, each, signs[each.row.grid]) for each in counted]
    if rest := said - sum((signs[each.row.grid] * each.row.amount for each in counted), ZERO):
        rows.append(Row((None, t("Carried in, or carried on"), None, None, rest)))
    foot = Row((Cell(t("Total"), span=4, kind="text"), said))
    text = t(_SEVERAL[asked]) if asked in _SEVERAL else f"{asked} \N{EN DASH} {law.label(asked, page.language)}"
    text = f"{unit} \N{EN DASH} {text}" if unit else text
    table = Table("entries", title, columns, rows, foot)
    return Section(title, text, choices=choices, table=table, total=Cell(said, kind="money"))


def _signs(asked: str) -> Mapping[str, int]:
    """Give the grids that are counted, each with the sign with which it adds to what is asked for."""
    due, deductible = law.grids("due"), law.grids("deductible")
    if asked in {BALANCE, law.grid("owed")}:
        return {**dict.fromkeys(due, 1), **dict.fromkeys(deductible, -1)}
    if asked == law.grid("claimed"):
        return {**dict.fromkeys(due, -1), **dict.fromkeys(deductible, 1)}
    if asked in {DUE, DEDUCTIBLE}:
        return dict.fromkeys(due if asked == DUE else deductible, 1)
    return {asked: -1 if request.args.get(LEFT) else 1}


def _is_of(counted: Counted, unit: str, answered: Answer) -> bool:
    """Say whether a posting counts: a unit's part is of the period's own entries alone."""
    is_late = counted.entry is not None and counted.entry.date < answered.period.span.first
    return not unit or (counted.row.unit == unit and not is_late)


def _said(answered: Answer, asked: str, unit: str) -> Decimal:
    """Give what the return says of what is asked for."""
    grids = answered.units.get(unit, {}) if unit else answered.grids
    if asked == BALANCE:
        return balance_of(grids)
    if asked in {DUE, DEDUCTIBLE}:
        return sum((grids.get(grid, ZERO) for grid in law.grids(asked)), ZERO)
    return (answered.carried if request.args.get(LEFT) else grids).get(asked, ZERO)


def _entry(page: Page[VatFigures], counted: Counted, sign: int) -> Row:
    row, entry = counted
    href = page.context(entry) if entry else ""
    about = page.about(entry) if entry else page.words.t("no longer in the ledger as it was counted")
    return Row((Cell(entry.date if entry else None, href), Cell(about, href), row.unit, row.code, sign * row.amount))
