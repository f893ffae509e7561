"""The four figures an entrepreneur looks for first: what she may spend, what she is owed, what it costs, how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.model.money import ZERO, to_cent
from beancoop.presentation.section import Cell, Column, Row, Section, Table
from beancoop.statements.available import available
from beancoop.statements.contributions import explained_in
from beancoop.statements.customers import owed
from beancoop.statements.meaning import Meaning

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancoop.books.books import Books
    from beancoop.model.activity import Activity
    from beancoop.model.months import Month
    from beancoop.model.periods import Period

    from beancoop_fava.pages.page import Page


def now_section(
    page: Page[Books], books: Books, activity: Activity, months: Sequence[Month], period: Period
) -> Section:
    """Give them, each with what is to be known of it."""
    t = page.words.t
    rows = [
        _available(page, books, activity.unit, period),
        _owed(page, books, activity.unit, period),
        *_contribution(page, books, activity.unit, months),
        _left(page, activity, period),
    ]
    columns = (Column(t("In short")), Column(t("Figure"), "money"), Column(t("To be known of it")))
    trade = activity.terms_on(period.today).trade
    title = " \N{EN DASH} ".join(filter(None, (activity.unit, trade)))
    return Section(title, table=Table("now", t("In short"), columns, rows))


def _available(page: Page[Books], books: Books, unit: str, period: Period) -> Row:
    """Give what may be spent, and the day that is true of: the last that the books know of."""
    amount = available(books.sums, unit, period.end)
    note = page.words.t("on {day}", day=period.today)
    return Row((page.words.t("Available to spend"), Cell(amount, page.links.held(rule="available", unit=unit)), note))


def _owed(page: Page[Books], books: Books, unit: str, period: Period) -> Row:
    """Give what customers owe, and what of it should have been paid."""
    t, links, items = page.words.t, page.links, owed(books.items.at(period.end, unit))
    due = to_cent(sum((item.amount for item in items), ZERO))
    late = to_cent(sum((item.amount for item in items if item.payable_by < period.today), ZERO))
    note = t("of which overdue: {amount}", amount=page.words.amount(late))
    overdue = links.held(rule="payable", unit=unit, over=0, day=period.today)
    return Row(
        (t("Customers owe"), Cell(due, links.held(rule="open", unit=unit)), Cell(late, overdue, "money", text=note))
    )


def _contribution(page: Page[Books], books: Books, unit: str, months: Sequence[Month]) -> list[Row]:
    """Give the contribution of the last month that has one."""
    explained = explained_in(books, unit, months)
    if not explained:
        return []
    levy = explained[-1].levy
    meant = Meaning("levy", unit, until=levy.month.last_day)
    name = page.words.t("Contribution of the month")
    return [Row((name, Cell(levy.levy, page.links.to(meant)), page.words.month(levy.month)))]


def _left(page: Page[Books], activity: Activity, period: Period) -> Row:
    t, last = page.words.t, activity.last_day(period.today)
    note = t("last day to sell: {day}", day=last) if last else ""
    course = page.links.table(page.name, "course", unit=activity.unit)
    return Row((t("Months left"), Cell(activity.months_left(period.today), course, "count"), note))
