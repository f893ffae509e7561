"""The margin of each activity, drawn beside the others: the largest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.presentation.charts import Series, across
from beancoop.presentation.section import Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancoop.statements.activities import Activities, ActivityRow

    from beancoop_fava.pages.page import Page

MOST = 20
"""Bars that are drawn: those of more activities are told by the table alone."""


def margins(page: Page[Activities], activities: Activities, rows: Sequence[ActivityRow]) -> list[Section]:
    """Give the margins of the period; nothing where no activity has one."""
    t, links = page.words.t, page.links
    found = sorted((row for row in rows if row.margin), key=lambda row: (-row.margin, row.unit))
    shown = sorted(found, key=lambda row: (-abs(row.margin), row.unit))[:MOST]
    points = [
        (f"{row.unit} {row.trade}".strip(), row.margin, links.within(rule="margin", unit=row.unit, sign=-1))
        for row in found
        if row in shown
    ]
    if not points:
        return []
    label = t("Margin by activity")
    text = t("The {most} largest of {count}; all are in the table.", most=MOST, count=len(found))
    chart = across(label, activities.books.currency, [Series(t("Margin"), points)])
    return [Section(label, text if found[MOST:] else "", chart=chart)]
