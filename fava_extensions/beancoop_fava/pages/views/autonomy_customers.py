"""Who buys, who pays how fast, and who still owes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from beancoop.model.money import ZERO, to_cent
from beancoop.model.pcmn import ADVANCES_RECEIVED, CUSTOMERS, SALES
from beancoop.model.periods import Span, after
from beancoop.presentation.section import Cell, Column, Row, Section, Table
from beancoop.statements.activity_charts import debtors_chart
from beancoop.statements.customers import ages, customers, owed
from beancoop.statements.meaning import Meaning

from beancoop_fava.pages.fava_api import hash_entry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancoop.books.books import Books
    from beancoop.books.open_items import Item
    from beancoop.model.activity import Activity
    from beancoop.model.months import Month
    from beancoop.model.periods import Period
    from beancoop.statements.customers import Age, Customers
    from beancoop.statements.meaning import Rule

    from beancoop_fava.pages.page import Page

_SOLD = (SALES, ADVANCES_RECEIVED)


def customer_sections(
    page: Page[Books], books: Books, activity: Activity, months: Sequence[Month], period: Period
) -> list[Section]:
    """Give the customers of those *months*, and what is open at the end of the period."""
    found = customers(books, activity.unit, months[0].first_day, after(months[-1]))
    year = Span(months[0].first_day, months[-1].last_day)
    items = owed(books.items.at(period.end, activity.unit))
    return [
        _facts(page, activity.unit, found, year),
        _list(page, activity.unit, found, year),
        _ages(page, activity.unit, books.currency, items, period),
        _open(page, items, period),
    ]


def _facts(page: Page[Books], unit: str, found: Customers, year: Span) -> Section:
    t, links = page.words.t, page.links
    whole = Meaning(unit=unit, since=year.first, until=year.last)
    sold, paid = (links.to(whole._replace(numbers=numbers)) for numbers in (_SOLD, (CUSTOMERS,)))
    rows = [
        Row((Cell(t("Number of customers")), Cell(found.number, sold, "count"))),
        Row((Cell(t("Share of the largest in the sales")), Cell(found.largest, sold, "share"))),
        Row((Cell(t("Days to be paid, on average")), Cell(found.days, paid, "count"))),
    ]
    title = t("Customers over twelve months")
    text = t("The average runs from the invoice to the money, and each amount weighs as much as it is.")
    table = Table("customers-facts", title, (Column(t("Customers")), Column(t("Figure"), "count")), rows)
    return Section(title, text, table=table)


def _list(page: Page[Books], unit: str, found: Customers, year: Span) -> Section:
    t = page.words.t
    sold = Meaning(unit=unit, numbers=_SOLD, since=year.first, until=year.last, sign=-1)
    rows = [
        Row(
            (
                Cell(each.name or t("Without a name")),
                Cell(each.sales, page.links.to(sold._replace(party=each.name))),
                Cell(each.share),
            )
        )
        for each in found.customers
    ]
    columns = (Column(t("Customer")), Column(t("Sales before tax"), "money"), Column(t("Of sales"), "share"))
    table = Table("customers", t("Sales by customer"), columns, rows, is_sortable=True)
    return Section(table=table, empty=t("Nothing was sold."))


def _ages(page: Page[Books], unit: str, currency: str, items: Sequence[Item], period: Period) -> Section:
    t, links = page.words.t, page.links
    rows, points = [], []
    for each in ages(items, period.today):
        own = links.held(rule="open", unit=unit, over=each.over, upto=each.upto, day=period.today)
        rows.append(Row((Cell(_age(page, each)), Cell(each.number), Cell(each.amount, own))))
        points.append((_age(page, each), each.amount, own))
    total = to_cent(sum((item.amount for item in items), ZERO))
    foot = Row((Cell(t("Total")), Cell(len(items)), Cell(total, links.held(rule="open", unit=unit))))
    columns = (Column(t("Age")), Column(t("How many"), "count"), Column(t("Open"), "money"))
    title = t("What customers owe, by age")
    text = t("From the day an invoice was to be paid by, else from its own day.")
    chart = debtors_chart(page.words, currency, points)
    return Section(title, text, chart=chart, table=Table("ages", title, columns, rows, foot))


def _age(page: Page[Books], age: Age) -> str:
    t = page.words.t
    if age.over is None:
        return t("Not due yet")
    if age.upto is None:
        return t("More than {days} days", days=age.over)
    return t("{first} to {last} days", first=age.over + 1, last=age.upto)


def _of_item(page: Page[Books], rule: Rule, item: Item) -> str:
    own = {"item": item.name, "accounts": (item.account,), "party": item.payee}
    return page.links.held(rule=rule, unit=item.unit, entry=hash_entry(cast("Any", item.entry)), **own)


def _open(page: Page[Books], items: Sequence[Item], period: Period) -> Section:
    t = page.words.t
    rows = [
        Row(
            (
                Cell(item.date, page.context(item.entry)),
                Cell(item.payee),
                Cell(item.name),
                Cell(item.due),
                Cell(item.invoiced, _of_item(page, "invoiced", item)),
                Cell(item.amount, _of_item(page, "item", item)),
                Cell(item.age(period.today)),
            )
        )
        for item in items
    ]
    columns = (
        Column(t("Date"), "day"),
        Column(t("Customer")),
        Column(t("Invoice"), "code"),
        Column(t("Due on"), "day"),
        Column(t("Invoiced"), "money"),
        Column(t("Open"), "money"),
        Column(t("Days"), "count"),
    )
    title = t("Open invoices")
    return Section(title, table=Table("open", title, columns, rows, is_sortable=True), empty=t("Nothing is open."))
