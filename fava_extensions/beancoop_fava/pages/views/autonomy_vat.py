"""What the activity owes in VAT, return by return."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.presentation.section import Cell, Column, Row, Section, Table
from beancoop.statements.meaning import Meaning
from beancoop.statements.vat import owed_by
from beancoop.vat.deadlines import due_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancoop.books.books import Books
    from beancoop.model.activity import Activity
    from beancoop.model.months import Month

    from beancoop_fava.pages.page import Page


def vat_section(page: Page[Books], books: Books, activity: Activity, months: Sequence[Month]) -> Section:
    """Give her part of the returns of *months*."""
    t, unit = page.words.t, activity.unit
    rows = []
    for each in owed_by(books, unit, months):
        span = each.period.span
        due, deductible, owed = (
            page.links.to(Meaning(rule, unit, since=span.first, until=span.last))
            for rule in ("vat-due", "vat-deductible", "vat-owed")
        )
        state = t("Filed on {day}", day=each.filed) if each.filed else t("Not filed yet")
        rows.append(
            Row(
                (
                    Cell(str(each.period)),
                    Cell(due_day(each.period)),
                    Cell(each.due, due),
                    Cell(each.deductible, deductible),
                    Cell(each.due - each.deductible, owed),
                    Cell(each.undecided),
                    Cell(each.passed, page.links.to(Meaning("vat-passed", unit, item=str(each.period)))),
                    Cell(state),
                )
            )
        )
    columns = (
        Column(t("Period"), "code"),
        Column(t("To be filed by"), "day"),
        Column(t("Due"), "money"),
        Column(t("Deductible"), "money"),
        Column(t("Owed"), "money"),
        Column(t("To be decided"), "count"),
        Column(t("Passed on"), "money"),
        Column(t("State")),
    )
    title = t("Her part of the VAT")
    text = t("The cooperative files one return for all; what each activity owes in it stays hers to set aside.")
    then = t("With the filing it passes to the cooperative (960), which pays the State.")
    return Section(title, f"{text} {then}", table=Table("vat", title, columns, rows), empty=t("No entry."))
