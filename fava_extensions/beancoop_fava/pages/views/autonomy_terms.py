"""What binds an activity and the cooperative, and where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.presentation.names import MARGINS, NEGATIVES, SETTLEMENTS, STATES
from beancoop.presentation.section import Cell, Column, Row, Section, Table
from beancoop.statements.accompaniment import ends_on
from beancoop.statements.meaning import Meaning

if TYPE_CHECKING:
    from beancoop.books.books import Books
    from beancoop.model.activity import Activity
    from beancoop.model.periods import Period

    from beancoop_fava.pages.page import Page


def terms_section(page: Page[Books], books: Books, activity: Activity, period: Period) -> Section:
    """Give the state of the activity and the terms in force."""
    t, today = page.words.t, period.today
    terms = activity.terms_on(today)
    declared = page.context(terms.entry)
    course = page.links.table(page.name, "course", unit=activity.unit)
    overdraft = page.links.to(Meaning(rule="overdraft", unit=activity.unit, day=today))
    left = (ends_on(activity, today) - today).days if activity.state(today) == "active" else None
    rows = [
        (t("Trade"), Cell(terms.trade, declared)),
        (t("State"), Cell(t(STATES[activity.state(today)]))),
        (t("First day"), Cell(activity.start, page.context(activity.entry))),
        (
            t("Last day to sell"),
            Cell(activity.last_day(today), course),
        ),
        (t("Days left"), Cell(left)),
        (t("Rate of the contribution"), Cell(terms.rate, declared, text=page.words.rate(terms.rate))),
        (t("Margin it is taken on"), Cell(t(MARGINS[terms.margin]), declared)),
        (t("A negative month"), Cell(t(NEGATIVES[terms.negative]), declared)),
        (t("How it is settled"), Cell(t(SETTLEMENTS[terms.settlement]), declared)),
        (t("Overdraft allowed"), Cell(terms.overdraft, overdraft)),
        (t("Closed to"), Cell(books.register.last_closed(activity.unit))),
    ]
    title = f"{activity.unit} \N{EN DASH} {terms.trade}" if terms.trade else activity.unit
    columns = (Column(t("Terms in force")), Column(page.words.day(today)))
    table = Table("terms", t("Terms in force"), columns, [Row((Cell(name), cell)) for name, cell in rows])
    return Section(title, table=table)
