"""The page "Autonomie": one activity, and what it needs to know to stand on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.model.money import ZERO
from beancoop.model.periods import year_to
from beancoop.presentation.names import STATES, STEPS
from beancoop.presentation.section import Cell, Choice, Column, Row, Section, Table
from beancoop.statements.activity_charts import available_chart
from beancoop.statements.available import steps
from beancoop.words.language import mark
from flask import request

from beancoop_fava.pages.views.autonomy_contribution import contribution_sections, lines_section
from beancoop_fava.pages.views.autonomy_course import course_sections, leaving_section
from beancoop_fava.pages.views.autonomy_customers import customer_sections
from beancoop_fava.pages.views.autonomy_forecast import forecast_sections
from beancoop_fava.pages.views.autonomy_next import next_section
from beancoop_fava.pages.views.autonomy_now import now_section
from beancoop_fava.pages.views.autonomy_statement import statement_chart, statement_section
from beancoop_fava.pages.views.autonomy_terms import terms_section
from beancoop_fava.pages.views.autonomy_vat import vat_section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancoop.books.books import Books
    from beancoop.model.activity import Activity
    from beancoop.model.periods import Period

    from beancoop_fava.pages.page import Page

NUMBERED = "numbered"
"""The parameter of an address that asks for the numbers of accounts."""

MONEY = mark("From the money held to what is available")
AHEAD = mark("What is to come")
MONTHS = mark("Month by month")
CONTRIBUTION = mark("The contribution")
TAX = mark("VAT")
CUSTOMERS = mark("The customers")
TERMS = mark("The agreement")
COURSE = mark("The accompaniment")
LEAVING = mark("Leaving")


def sections(page: Page[Books], books: Books, period: Period) -> list[Section]:
    """Give all about the activity that is asked for; where none is, those to choose from."""
    activity = chosen(books)
    if activity is None:
        return [_choice(page, books, period)]
    months = year_to(period.last_month(books.latest(activity.unit, period.end)))
    contribution = contribution_sections(page, books, activity, months)
    return [
        now_section(page, books, activity, months, period),
        next_section(page, books, activity, period),
        _curve(page, books, activity.unit, period),
        statement_chart(page, books, activity, months),
        *_folded(page, MONEY, _steps(page, books, activity.unit, period)),
        *_folded(page, AHEAD, *forecast_sections(page, books, activity, period)),
        *_folded(page, MONTHS, statement_section(page, books, activity, months)),
        *_folded(page, CONTRIBUTION, *contribution, lines_section(page, books, activity, months)),
        *_folded(page, TAX, vat_section(page, books, activity, months)),
        *_folded(page, CUSTOMERS, *customer_sections(page, books, activity, months, period)),
        *_folded(page, TERMS, terms_section(page, books, activity, period)),
        *_folded(page, COURSE, *course_sections(page, books, activity, period)),
        *_folded(page, LEAVING, leaving_section(page, books, activity, period)),
    ]


def _folded(page: Page[Books], heading: str, *sections: Section) -> Iterator[Section]:
    """Put sections together under a heading, which opens them."""
    fold = page.words.t(heading)
    return (section._replace(fold=fold) for section in sections)


def is_numbered() -> bool:
    """Say whether the reader asks for the numbers of accounts."""
    return NUMBERED in request.args


def choices(page: Page[Books]) -> list[Choice]:
    """Let the reader ask for the numbers of accounts, which most do without."""
    text = page.words.t("Without account numbers") if is_numbered() else page.words.t("With account numbers")
    return [Choice(text, page.address(**{NUMBERED: "" if is_numbered() else "1"}), is_shown=False)]


def chosen(books: Books) -> Activity | None:
    """Give the activity of the address, else that of Fava's account filter, else the only one there is."""
    asked = request.args.get("unit") or request.args.get("account", "").removeprefix(":").removesuffix("$")
    if asked in books.activities:
        return books.activities[asked]
    return next(iter(books.activities.values())) if len(books.activities) == 1 else None


def _choice(page: Page[Books], books: Books, period: Period) -> Section:
    t, links = page.words.t, page.links
    rows = [
        Row(
            (
                Cell(unit, links.page("Autonomie", unit=unit)),
                Cell(activity.terms_on(period.today).trade),
                Cell(t(STATES[activity.state(period.today)])),
            )
        )
        for unit, activity in books.activities.items()
    ]
    columns = (Column(t("Activity")), Column(t("Trade")), Column(t("State")))
    table = Table("choice", t("Choose an activity"), columns, rows, is_sortable=True)
    return Section(t("Choose an activity"), table=table, empty=t("No activity is declared in this ledger."))


def _steps(page: Page[Books], books: Books, unit: str, period: Period) -> Section:
    t, links = page.words.t, page.links
    found = steps(books.sums, unit, period.end)
    rows = [
        Row(
            (Cell(t(STEPS[step.key])), Cell(step.amount, links.held(rule="available", numbers=step.numbers, unit=unit)))
        )
        for step in found
    ]
    available = sum((step.amount for step in found), ZERO)
    foot = Row((Cell(t("Available to spend")), Cell(available, links.held(rule="available", unit=unit))))
    columns = (Column(t("From the money held to what is available")), Column(books.currency, "money"))
    title = t("Available to spend")
    text = t(
        "At the end of the period shown. What is owed has a minus sign, so that the column adds up. "
        "What is still to come in counts for nothing yet."
    )
    return Section(title, text, table=Table("steps", title, columns, rows, foot))


def _curve(page: Page[Books], books: Books, unit: str, period: Period) -> Section:
    t = page.words.t
    chart = available_chart(page.words, books, unit, period)
    return Section(t("Available to spend, day by day"), chart=chart, empty=t("No entry."))
