"""What would be available to the end of her months, if nothing more were sold; and the costs that recur."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.model.money import ZERO
from beancoop.presentation.section import Cell, Column, Row, Section, Table
from beancoop.statements.forecast import forecast, recurring, window
from beancoop.statements.meaning import Meaning

if TYPE_CHECKING:
    from beancoop.books.books import Books
    from beancoop.model.activity import Activity
    from beancoop.model.periods import Period
    from beancoop.statements.forecast import ForecastMonth

    from beancoop_fava.pages.page import Page


def forecast_sections(page: Page[Books], books: Books, activity: Activity, period: Period) -> list[Section]:
    """Give the months to come, and the costs that recur in them."""
    return [_forecast(page, books, activity, period), _recurring(page, books, activity, period)]


def _forecast(page: Page[Books], books: Books, activity: Activity, period: Period) -> Section:
    t = page.words.t
    rows = [_month(page, activity.unit, each, period) for each in forecast(books, activity, period)]
    columns = (
        Column(t("Month"), "month"),
        Column(t("Open invoices to come in"), "money"),
        Column(t("Costs that recur, a month"), "money"),
        Column(t("Available at the end"), "money"),
    )
    title = t("A forecast to the end of her months")
    what = t("This is no fact but a forecast, made on {day}: as if nothing more were sold.", day=period.today)
    how = t(
        "Open invoices are expected by the day they are due, else 30 days after their own; overdue ones at once. "
        "The costs that recur go on."
    )
    return Section(title, f"{what} {how}", table=Table("forecast", title, columns, rows), empty=t("No month is left."))


def _month(page: Page[Books], unit: str, each: ForecastMonth, period: Period) -> Row:
    links, end = page.links, each.month.last_day
    upto = None if each.is_first else end.day - 1
    return Row(
        (
            Cell(each.month),
            Cell(each.coming, links.held(rule="payable", unit=unit, day=end, over=-1, upto=upto)),
            Cell(each.costs, links.to(Meaning("recurring", unit, day=period.today, sign=-1))),
            Cell(each.available, links.held(rule="forecast", unit=unit, since=period.today, day=end)),
        )
    )


def _recurring(page: Page[Books], books: Books, activity: Activity, period: Period) -> Section:
    t, unit, today = page.words.t, activity.unit, period.today
    found = recurring(books, unit, today)
    whole = Meaning("recurring", unit, day=today)
    rows = [
        Row(
            (
                Cell(each.payee or t("Without a name")),
                Cell(page.words.account(each.account.number, each.account.label)),
                Cell(each.monthly, page.links.to(whole._replace(party=each.payee, accounts=(each.account.name,)))),
            )
        )
        for each in found
    ]
    foot = Row((Cell(t("Total"), span=2), Cell(sum((each.monthly for each in found), ZERO), page.links.to(whole))))
    columns = (Column(t("Supplier")), Column(t("Account")), Column(t("A month"), "money"))
    title = t("Costs that recur")
    first, last = map(page.words.month, window(today))
    text = t(
        "Booked for the same supplier on the same account in each of three months, from {first} to {last}; their mean.",
        first=first,
        last=last,
    )
    return Section(title, text, table=Table("recurring", title, columns, rows, foot), empty=t("No cost recurs."))
