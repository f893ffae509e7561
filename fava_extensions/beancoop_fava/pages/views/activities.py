"""The page "Activités": one row per activity, and the contributions over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.model.pcmn import CONTRIBUTION, CUSTOMERS, TREASURY
from beancoop.model.periods import Span
from beancoop.presentation.names import STATES
from beancoop.presentation.section import Cell, Choice, Column, Row, Section, Table, bars
from beancoop.statements.activities import total
from beancoop.statements.choosing import FACTS, choose
from beancoop.statements.follow_up import SOON
from beancoop.statements.meaning import ACTIVITIES, BETWEEN, Meaning
from beancoop.words.formats import NOTHING
from beancoop.words.language import mark
from beancoop.words.messages import phrase
from flask import request

from beancoop_fava.pages.fava_api import intervals
from beancoop_fava.pages.page import Search
from beancoop_fava.pages.views.margins import margins

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from beancoop.model.periods import Period
    from beancoop.statements.activities import Activities, ActivityRow
    from beancoop.statements.choosing import Chosen, Fact
    from beancoop.words.messages import Template

    from beancoop_fava.pages.links import Links
    from beancoop_fava.pages.page import Page

_BETWEEN = ","
"""Between the facts that the address asks for."""


def sections(page: Page[Activities], activities: Activities, period: Period) -> list[Section]:
    """Give the table and the chart."""
    t, only = page.words.t, asked()
    chosen = choose(activities.books, period, activities.rows(period), request.args.get("search", ""), only)
    rows = chosen.rows
    columns = (
        Column(t("Activity"), "code"),
        Column(t("Trade, and accounts")),
        Column(t("State")),
        Column(t("Treasury"), "money"),
        Column(t("Available to spend"), "money"),
        Column(t("Margin"), "money"),
        Column(t("Contribution"), "money"),
        Column(t("of which provisional"), "money"),
        Column(t("Customers owe"), "money"),
        Column(t("Oldest, in days"), "count"),
        Column(t("Months left"), "count"),
        Column(t("Last day to sell"), "day"),
    )
    links = page.links
    table = Table(
        "activities",
        t("Activities"),
        columns,
        [_row(page, links, row) for row in rows],
        _foot(page, chosen),
        t(CAPTION, currency=activities.books.currency),
        is_sortable=True,
    )
    empty = t("No activity is declared in this ledger.") if chosen.is_all else t("No activity is like that.")
    return [
        Section(table=table, empty=empty, choices=_chips(page, chosen, only)),
        *margins(page, activities, chosen.rows),
        *_chart(page, activities, period),
    ]


NAMES: Mapping[Fact, Template] = {
    "negative": phrase("Available below zero ({count})"),
    "overdue": phrase("Overdue ({count})"),
    "ending": phrase("Ends within {days} days ({count})"),
    "open": phrase("Months not closed ({count})"),
}


def asked() -> Sequence[Fact]:
    """Give the facts that the address asks for; what is none is passed over."""
    given = request.args.get("only", "").split(_BETWEEN)
    return [fact for fact in FACTS if fact in given]


def search(page: Page[Activities]) -> Search:
    """Give the field to search the activities with."""
    kept = [(name, value) for name in ("time", "interval", "only") if (value := request.args.get(name, ""))]
    return Search(request.args.get("search", ""), page.words.t("Code or trade"), kept)


def _chips(page: Page[Activities], chosen: Chosen, only: Sequence[Fact]) -> list[Choice]:
    """Give a link for each fact, which asks for it too, or no longer."""
    t = page.words.t
    return [
        Choice(
            t(name, count=chosen.counts[fact], days=SOON),
            _again(page, only=_BETWEEN.join(each for each in FACTS if (each in only) != (each == fact))),
            fact in only,
        )
        for fact, name in NAMES.items()
    ]


def _again(page: Page[Activities], **changed: str) -> str:
    """Lead to the same page with some parameters changed."""
    kept = {name: request.args.get(name, "") for name in ("interval", "search", "only")}
    return page.links.page(page.name, **{**kept, **changed})


CAPTION = mark(
    "Margin, contribution: of the period shown. Treasury, available to spend, customers: at its end. "
    "Available: bank (5), less what is owed: VAT (411, 451), deposits (46), suppliers (44), wages (453 to 455), "
    "cooperative (960). "
    "Amounts in {currency}."
)


LEVIED = Meaning(unit=ACTIVITIES, numbers=(CONTRIBUTION,))
"""What the contributions of all activities mean."""


def _row(page: Page[Activities], links: Links, row: ActivityRow) -> Row:
    unit = row.unit
    t, home = page.words.t, links.page("Autonomie", unit=unit)
    course = links.table("Autonomie", "course", unit=unit)
    left = NOTHING if row.months_left is None else str(row.months_left)
    levied = {"unit": unit, "numbers": (CONTRIBUTION,)}
    return Row(
        (
            Cell(unit, home),
            Cell(row.trade or t("Accounts"), links.accounts(row.account_filter)),
            Cell(t(STATES[row.state])),
            Cell(row.treasury, links.held(unit=unit, numbers=(TREASURY,), in_currency=True)),
            Cell(row.available, links.held(rule="available", unit=unit)),
            Cell(row.margin, links.within(rule="margin", unit=unit, sign=-1)),
            Cell(row.contribution, links.within(**levied)),
            Cell(row.provisional, links.within(rule="provisional", **levied)),
            Cell(row.customers, links.held(unit=unit, numbers=(CUSTOMERS,))),
            Cell(row.oldest, links.table("Autonomie", "open", unit=unit)),
            Cell(row.months_left, course, text=f"{left} / {row.months}"),
            Cell(row.last_day, course),
        )
    )


def _foot(page: Page[Activities], chosen: Chosen) -> Row:
    t, links, rows = page.words.t, page.links, chosen.rows
    sums, units = total(rows), ACTIVITIES if chosen.is_all else BETWEEN.join(row.unit for row in rows)
    levied = {"unit": units, "numbers": (CONTRIBUTION,)}
    return Row(
        (
            Cell(f"{t('Total')} ({len(rows)})", span=3),
            Cell(sums.treasury, links.held(unit=units, numbers=(TREASURY,), in_currency=True)),
            Cell(sums.available, links.held(rule="available", unit=units)),
            Cell(sums.margin, links.within(rule="margin", unit=units, sign=-1)),
            Cell(sums.contribution, links.within(**levied)),
            Cell(sums.provisional, links.within(rule="provisional", **levied)),
            Cell(sums.customers, links.held(unit=units, numbers=(CUSTOMERS,))),
            Cell("", span=3, kind="text"),
        )
    )


def _chart(page: Page[Activities], activities: Activities, period: Period) -> list[Section]:
    days = [day for day, _ in activities.contributions.days() if period.holds(day)]
    if not days:
        return []
    t = page.words.t
    label = t("Contributions of all activities")
    ranges = list(intervals(days[0], days[-1]))
    points = [
        (last, amount, page.links.to(LEVIED.within(Span(max(begin, period.begin), last), period)))
        for (begin, _), (last, amount) in zip(ranges, activities.chart(ranges, period), strict=True)
    ]
    chart = bars(label, activities.books.currency, points)
    return [Section(title=label, chart=chart, choices=_choices(page))]


def _choices(page: Page[Activities]) -> list[Choice]:
    t = page.words.t
    names = {"month": t("By month"), "quarter": t("By quarter"), "year": t("By year")}
    chosen = request.args.get("interval", "month")
    return [Choice(name, _again(page, interval=key), key == chosen) for key, name in names.items()]
