"""Twelve months: what was sold, bought, contributed and spent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.presentation.names import LINES
from beancoop.presentation.section import Cell, Column, Row, Section, Table
from beancoop.statements.activity_charts import months_chart
from beancoop.statements.meaning import Meaning
from beancoop.statements.twelve_months import statement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from beancoop.books.books import Books
    from beancoop.model.activity import Activity
    from beancoop.model.months import Month
    from beancoop.statements.meaning import Rule
    from beancoop.statements.twelve_months import StatementLine

    from beancoop_fava.pages.page import Page


def statement_chart(page: Page[Books], books: Books, activity: Activity, months: Sequence[Month]) -> Section:
    """Give what came in, what went out and what is left of each of those *months*, drawn."""
    chart = months_chart(page.words, books, activity.unit, months, page.links.to)
    return Section(
        page.words.t("Sales, costs and result of twelve months"), chart=chart, empty=page.words.t("No entry.")
    )


def statement_section(page: Page[Books], books: Books, activity: Activity, months: Sequence[Month]) -> Section:
    """Give the statement of those *months*, a row each."""
    t, links, unit = page.words.t, page.links, activity.unit
    lines = statement(books.sums, activity, months)
    rows = []
    for position, month in enumerate(months):
        cells = [Cell(line.months[position], links.to(_meaning(line, unit, month, month))) for line in lines]
        rows.append(Row((Cell(month), *cells)))
    totals = [Cell(line.total, links.to(_meaning(line, unit, months[0], months[-1]))) for line in lines]
    rows.append(Row((Cell(t("Total")), *totals), style="part"))
    shares = [Cell(line.share, kind="share") for line in lines]
    foot = Row((Cell(t("Of sales")), *shares))
    columns = (Column(t("Month"), "month"), *(Column(t(LINES[line.key]), "money") for line in lines))
    title = t("Twelve months")
    text = t(
        "Each column has the sign with which it adds to the result. Amounts in {currency}.", currency=books.currency
    )
    table = Table("statement", title, columns, rows, foot)
    return Section(title, text, table=table)


_RULES: Mapping[str, Rule] = {"operating": "operating", "margin": "margin", "costs": "beside", "income": "beside"}
"""How the lines are counted that an operating margin changes; the others are what their accounts moved."""


def _meaning(line: StatementLine, unit: str, first: Month, last: Month) -> Meaning:
    rule = _RULES.get(line.key, "postings")
    return Meaning(rule, unit, line.numbers, since=first.first_day, until=last.last_day, sign=-1)
