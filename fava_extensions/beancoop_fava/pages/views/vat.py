"""The page "TVA": the return of a period with the entries behind each grid, what needs a word, and what falls due."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from beancoop.model.money import ZERO
from beancoop.presentation.section import Cell, Column, Row, Section, Table
from beancoop.vat import law
from beancoop.vat.deadlines import due_day
from beancoop.vat.returns import balance_of
from beancoop.words.messages import Text, error

from beancoop_fava.pages.views.vat_entries import BALANCE, DEDUCTIBLE, DUE, entries_section, to_grid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from beancoop.model.periods import Period
    from beancoop.statements.vat import Shown, Told, VatFigures
    from beancoop.vat.answers import Answer
    from beancoop.vat.periods import VatPeriod

    from beancoop_fava.pages.page import Page

FILE_UNREADABLE = error("BC1098", "A file of a filed return cannot be read: {reason}. Take it back from the history.")
_MOST = 500
"""Findings of one kind that are shown: who has more begins with the first."""


def sections(page: Page[VatFigures], figures: VatFigures, period: Period) -> list[Section]:
    """Give the return of the last period that has begun by the end of the one shown, and what belongs to it."""
    t, chosen = page.words.t, figures.last_of(period)
    if chosen is None:
        return [Section(t("VAT return"), empty=t("No entry."), text=t("There is no period of a return by then."))]
    try:
        shown = figures.shown(chosen)
    except OSError as failure:
        reason = failure.strerror or str(failure)
        return [Section(t("VAT return"), FILE_UNREADABLE(reason=reason).inside(page.language))]
    return [
        _periods(page, figures, chosen, shown),
        _told(page, figures, "undecided", t("To be decided"), shown.undecided, t("Nothing is to be decided.")),
        *_obstacles(page, figures, shown),
        *_drift(page, figures, shown),
        _grids(page, shown.answered),
        _units(page, figures, shown.answered),
        *_late(page, figures, shown.answered),
        *_carried(page, shown.answered),
        _deadlines(page, figures),
        entries_section(page, shown.answered),
    ]


def _periods(page: Page[VatFigures], figures: VatFigures, chosen: VatPeriod, shown: Shown) -> Section:
    t = page.words.t
    columns = (
        Column(t("Period"), "code"),
        Column(t("To be filed by"), "day"),
        Column(t("Owed to the State"), "money"),
        Column(t("Filed on"), "day"),
        Column(t("Intervat's reference"), "code"),
    )
    rows = [_period(page, figures, each, shown if each == chosen else None) for each in figures.periods]
    span = page.words.span(chosen.span)
    title = t("VAT return {period}", period=str(chosen))
    caption = t(
        "What is owed is told of the returns that were filed, and of the one shown. A minus: the State owes it."
    )
    table = Table("periods", t("Returns"), columns, rows, caption=caption)
    return Section(title, f"{span}. {_state(page, shown)}", table=table)


def _state(page: Page[VatFigures], shown: Shown) -> str:
    """Say where a return stands."""
    t, filed = page.words.t, shown.answered.filed
    if filed is None:
        return t("The return is ready to be filed.") if shown.is_ready else t("The return is not ready.")
    told = t("Filed on {day}: this is what was filed.", day=filed.day)
    same = t("The books still say the same.")
    return told if shown.drifted else f"{told} {same}"


def _period(page: Page[VatFigures], figures: VatFigures, period: VatPeriod, shown: Shown | None) -> Row:
    filed = figures.desk.filed_for(period)
    grids = shown.answered.grids if shown else filed.grids if filed else None
    home = page.links.during(str(period)).page(page.name)
    return Row(
        (
            Cell(str(period), home),
            Cell(due_day(period)),
            Cell(balance_of(grids), to_grid(page, period, BALANCE)) if grids is not None else None,
            Cell(filed.day if filed else None, page.context(filed.entry) if filed else ""),
            Cell(filed.reference if filed else None),
        ),
        style="part" if shown else "line",
    )


def _told(  # noqa: PLR0913, PLR0917 - what a table of findings is made of
    page: Page[VatFigures], figures: VatFigures, key: str, title: str, told: Sequence[Told], empty: str
) -> Section:
    """Give what is to be looked at, with its place."""
    t = page.words.t
    columns = (Column(t("Date"), "day"), Column(t("Place")), Column(t("Entry")), Column(t("What to do")))
    rows = []
    for finding, entry in told[:_MOST]:
        place, message = f"{_relative(figures, finding.file)}:{finding.line}", finding.message
        href = page.context(entry) if entry else ""
        rows.append(
            Row(
                (
                    Cell(entry.date if entry else None, href),
                    Cell(place, href),
                    Cell(page.about(entry) if entry else None),
                    Cell(message.inside(page.language) if isinstance(message, Text) else message),
                )
            )
        )
    more = t("{count} in all; the first {most} are shown.", count=len(told), most=_MOST) if told[_MOST:] else ""
    return Section(title, table=Table(key, title, columns, rows, caption=more), empty=empty)


def _relative(figures: VatFigures, file: str) -> str:
    """Name a file as seen from the main one."""
    folder = figures.books.ledger.path.parent
    return Path(os.path.relpath(file, folder)).as_posix() if Path(file).is_absolute() else file


def _obstacles(page: Page[VatFigures], figures: VatFigures, shown: Shown) -> Iterator[Section]:
    """Give what else stands in the way, and what is odd."""
    t = page.words.t
    if shown.obstacles and (shown.obstacles.wrong or shown.obstacles.odd):
        columns = (Column(t("Control")), Column(t("What follows")))
        rows = [
            Row((message.inside(page.language), follows))
            for messages, follows in (
                (shown.obstacles.wrong, t("to be put right")),
                (shown.obstacles.odd, t("a reason may justify it")),
            )
            for message in messages
        ]
        yield Section(t("Controls"), table=Table("controls", t("Controls"), columns, rows))
    if shown.remarks:
        yield _told(page, figures, "remarks", t("To be looked at"), shown.remarks, "")


def _drift(page: Page[VatFigures], figures: VatFigures, shown: Shown) -> Iterator[Section]:
    t = page.words.t
    if shown.answered.filed and shown.drifted:
        yield _told(page, figures, "drift", t("What differs from what was filed"), shown.drifted, "")


def _grids(page: Page[VatFigures], answered: Answer) -> Section:
    t = page.words.t
    rows = [
        Row(
            (
                grid,
                law.label(grid, page.language),
                Cell(amount, to_grid(page, answered.period, grid)),
            )
        )
        for grid, amount in answered.grids.items()
    ]
    columns = (Column(t("Grid"), "code"), Column(t("What it holds")), Column(t("Amount"), "money"))
    return Section(t("Grids"), table=Table("grids", t("Grids"), columns, rows))


def _units(page: Page[VatFigures], figures: VatFigures, answered: Answer) -> Section:
    t = page.words.t
    columns = (
        Column(t("Unit"), "code"),
        Column(t("Due"), "money"),
        Column(t("Deductible"), "money"),
        Column(t("Owed"), "money"),
    )
    rows = []
    for unit, grids in answered.units.items():
        due = sum((grids.get(grid, ZERO) for grid in law.grids("due")), ZERO)
        owed = balance_of(grids)
        own = page.links.page("Autonomie", unit=unit) if unit in figures.books.activities else ""
        to = [to_grid(page, answered.period, each, unit) for each in (DUE, DEDUCTIBLE, BALANCE)]
        rows.append(Row((Cell(unit, own), Cell(due, to[0]), Cell(due - owed, to[1]), Cell(owed, to[2]))))
    title = t("Part of each unit")
    caption = t("Of the period's own entries. What filing passes from a unit to the structure is not counted again.")
    return Section(title, table=Table("units", title, columns, rows, caption=caption, is_sortable=True), empty="")


def _late(page: Page[VatFigures], figures: VatFigures, answered: Answer) -> Iterator[Section]:
    t = page.words.t
    if answered.late:
        title = t("Late: purchases of earlier periods that count here")
        yield _told(page, figures, "late", title, figures.late(answered), "")


def _carried(page: Page[VatFigures], answered: Answer) -> Iterator[Section]:
    t = page.words.t
    if answered.carried:
        title = t("Left to the next return")
        columns = (Column(t("Grid"), "code"), Column(t("What it holds")), Column(t("Amount"), "money"))
        rows = [
            Row((grid, law.label(grid, page.language), Cell(amount, to_grid(page, answered.period, grid, left="1"))))
            for grid, amount in answered.carried.items()
        ]
        yield Section(title, table=Table("carried", title, columns, rows))


def _deadlines(page: Page[VatFigures], figures: VatFigures) -> Section:
    t = page.words.t
    columns = (Column(t("By"), "day"), Column(t("What")), Column(t("Period"), "code"))
    rows = []
    for each in figures.deadlines():
        if each.period is None:
            rows.append(Row((each.day, t("Listing of the customers"), str(each.year))))
        else:
            home = page.links.during(str(each.period)).page(page.name)
            what = t("Return, payment, and listing of the customers in the Union")
            rows.append(Row((each.day, what, Cell(str(each.period), home))))
    title = t("What falls due")
    caption = t("From the day of the last entry on; what is filed is left out.")
    return Section(title, table=Table("deadlines", title, columns, rows, caption=caption), empty=t("Nothing."))
