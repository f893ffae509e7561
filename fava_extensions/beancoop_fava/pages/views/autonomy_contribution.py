"""The contribution, month by month and then entry by entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.presentation.section import Cell, Column, Row, Section, Table
from beancoop.statements.contributions import explained_in
from beancoop.statements.meaning import Meaning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancoop.books.books import Books
    from beancoop.contribution.explanation import ExplainedLine
    from beancoop.model.activity import Activity
    from beancoop.model.months import Month
    from beancoop.statements.meaning import Rule

    from beancoop_fava.pages.page import Page

_SINCE_THE_START: tuple[Rule, ...] = ("base", "contribution", "due", "levied", "levy", "carried")


def contribution_sections(
    page: Page[Books], books: Books, activity: Activity, months: Sequence[Month]
) -> list[Section]:
    """Give the levy of each of *months*."""
    t, links, unit = page.words.t, page.links, activity.unit
    rows = []
    for each in explained_in(books, activity.unit, months):
        levy = each.levy
        anchor = f"#levy-{levy.month}" if each.lines else ""

        to_date = Meaning(unit=unit, until=levy.month.last_day)
        margin = to_date._replace(rule="base", since=levy.month.first_day)
        since_start = {rule: links.to(to_date._replace(rule=rule)) for rule in _SINCE_THE_START}
        rows.append(
            Row(
                (
                    Cell(levy.month, anchor),
                    Cell(levy.margin, links.to(margin)),
                    Cell(levy.cumulative, since_start["base"]),
                    Cell(levy.exact, since_start["contribution"]),
                    Cell(levy.due, since_start["due"]),
                    Cell(levy.levied, since_start["levied"]),
                    Cell(levy.levy, since_start["levy"]),
                    Cell(levy.carried, since_start["carried"]),
                    Cell(t("Closed") if levy.closed else t("Provisional")),
                )
            )
        )
    columns = (
        Column(t("Month"), "month"),
        Column(t("Margin"), "money"),
        Column(t("Margin since the start"), "money"),
        Column(t("Contribution on it, exact"), "exact"),
        Column(t("Due, rounded"), "money"),
        Column(t("Levied before"), "money"),
        Column(t("Levied this month"), "money"),
        Column(t("Carried"), "money"),
        Column(t("State")),
    )
    title = t("The contribution, month by month")
    text = t("What is due on all margins since the start, rounded once, less what has been levied before.")
    return [Section(title, text, table=Table("levies", title, columns, rows), empty=t("Nothing is levied yet."))]


def lines_section(page: Page[Books], books: Books, activity: Activity, months: Sequence[Month]) -> Section:
    """Give the entries that the levies of *months* come from."""
    t = page.words.t
    rows = [
        _line(page, activity.unit, each.levy.month, line, f"levy-{each.levy.month}" if position == 0 else "")
        for each in explained_in(books, activity.unit, months)
        for position, line in enumerate(each.lines)
    ]
    columns = (
        Column(t("Month"), "month"),
        Column(t("Date"), "day"),
        Column(t("Entry")),
        Column(t("Invoice"), "code"),
        Column(t("Base"), "money"),
        Column(t("Rate"), "share"),
        Column(t("Rate of the day"), "day"),
        Column(t("Contribution, exact"), "exact"),
    )
    title = t("The contribution, entry by entry")
    text = t("A credit note, or a purchase linked to a sale, bears the rate of the day of that sale.")
    return Section(title, text, table=Table("lines", title, columns, rows), empty=t("No entry."))


def _line(page: Page[Books], unit: str, month: Month, line: ExplainedLine, anchor: str) -> Row:
    return Row(
        (
            Cell(month),
            Cell(line.entry.date, page.context(line.entry)),
            Cell(page.about(line.entry)),
            Cell(" ".join(sorted(line.entry.links))),
            Cell(line.base, page.links.of_entry("base", line.entry, unit)),
            Cell(line.rate),
            Cell(line.bound),
            Cell(line.contribution, page.links.of_entry("contribution", line.entry, unit)),
        ),
        anchor=anchor,
    )
