"""The page "Réserves": the equity and where it comes from, as figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.books.earned import EARNED, claimed
from beancoop.model.accounts import COOP
from beancoop.model.pcmn import (
    APPROPRIATED,
    CHARGES,
    COMMON_PROPERTY,
    CONTRIBUTION,
    OPERATING_SUBSIDIES,
    TREASURY,
)
from beancoop.presentation.names import EARNED_NOTE, LOSSES, PARTS, WHOSE
from beancoop.presentation.section import Cell, Column, Row, Section, Table
from beancoop.statements.board import days_of
from beancoop.statements.board import equity as moved_equity
from beancoop.statements.meaning import ACTIVITIES, Meaning
from beancoop.statements.whose import Whose

from beancoop_fava.pages.views.board import costs_chart, moved_section, whose_chart
from beancoop_fava.pages.views.distribution import distribution_sections

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping

    from beancoop.books.books import Books
    from beancoop.model.periods import Period
    from beancoop.statements.board import Owner
    from beancoop.statements.distribution import Distribution
    from beancoop.statements.equity import Equity, Sheet
    from beancoop.statements.meaning import Rule

    from beancoop_fava.pages.page import Page


class ReservesFigures:
    """All that the page shows."""

    def __init__(self, books: Books, equity: Equity, backing: Distribution) -> None:
        """Keep the parts."""
        self.books = books
        self.equity = equity
        self.backing = backing
        self.whose = Whose(books, equity, backing)


def sections(page: Page[ReservesFigures], shown: ReservesFigures, period: Period) -> list[Section]:
    """Give the equity, its movements, and what stands behind it."""
    t = page.words.t
    if not shown.equity.is_whole:
        text = t("Equity and reserves belong to the cooperative; the books of an activity hold none of them.")
        return [Section(text=text)]
    return [
        _whose(page, shown, period),
        _moved(page, shown, period),
        _costs(page, shown.backing, period),
        _earned(page, shown, period),
        _sheet(page, shown, period),
        _years(page, shown.equity, period),
        _movements(page, shown.equity, period),
        *distribution_sections(page, shown, period),
    ]


def _whose(page: Page[ReservesFigures], shown: ReservesFigures, period: Period) -> Section:
    """Give what is the cooperative's own, beside what its activities have earned and not yet been granted."""
    t, year = page.words.t, shown.whose.year(period)
    splits = list(shown.whose.splits(period))
    named = [(t(WHOSE[each.key], year=year.year), _parts(page, each.key, year.first)) for each in splits]
    rows = []
    for each, (name, hrefs) in zip(splits, named, strict=True):
        amounts = (
            Cell(amount, href) for amount, href in zip((each.own, each.activities, each.total), hrefs, strict=True)
        )
        rows.append(Row((Cell(name), *amounts)))
    names = t("The cooperative's own"), t("Its activities'"), t("Total")
    columns = (Column(t("At the end of the period shown")), *(Column(name, "money") for name in names))
    title = t("The cooperative's own, and its activities'")
    chart = whose_chart(page, shown.equity.currency, splits, named)
    own = t("Not all that the company has is the cooperative's own: a part is for its activities.")
    text = f"{own} {t(EARNED_NOTE)}"
    return Section(title, text, chart=chart, table=Table("whose", title, columns, rows))


def _moved(page: Page[ReservesFigures], shown: ReservesFigures, period: Period) -> Section:
    """Give the equity at the start, what changed, the equity at the end, and a year before."""
    t, span = page.words.t, days_of(shown.books, period)
    rules: Mapping[Owner, Rule] = {"own": "own-equity", "activities": "claimed", "total": "equity"}
    return moved_section(
        page,
        "equity-moved",
        t("What the equity was, and what it is"),
        t(
            "The first line is the cooperative's own: shares, reserves, results. The second is owed to the "
            "entrepreneurs by their agreements, though the balance sheet counts it with the rest."
        ),
        moved=moved_equity(shown.books, shown.equity.balances, span),
        span=span,
        meant=lambda owner: Meaning(rule=rules[owner]),
    )


def _parts(page: Page[ReservesFigures], key: str, since: datetime.date) -> tuple[str, str, str]:
    """Lead to the cooperative's own part of a figure, to its activities', and to both."""
    held = page.links.held
    if key == "treasury":
        own, activities, total = (held(numbers=(TREASURY,), unit=unit) for unit in (COOP, ACTIVITIES, ""))
    elif key == "result":
        own, activities, total = (held(rule=rule, since=since) for rule in ("own-result", "granting", "result"))
    elif key == "equity":
        own, activities, total = (held(rule=rule) for rule in ("own-equity", "claimed", "equity"))
    else:
        own, activities, total = (held(rule=rule) for rule in ("own-net-assets", "claimed", "net-assets"))
    return own, activities, total


def _earned(page: Page[ReservesFigures], shown: ReservesFigures, period: Period) -> Section:
    t, links, since = page.words.t, page.links, shown.whose.year(period).first
    lines = shown.whose.lines(period)
    rows = [
        Row(
            (
                Cell(each.unit, links.page("Autonomie", unit=each.unit)),
                Cell(each.year, links.held(unit=each.unit, numbers=EARNED, since=since, sign=-1)),
                Cell(each.total, links.held(unit=each.unit, numbers=EARNED, sign=-1)),
            )
        )
        for each in lines
    ]
    granted = claimed({each.unit: each.total for each in lines})
    foot = Row((Cell(t("To be granted")), Cell(""), Cell(granted, links.held(rule="claimed"))))
    columns = (Column(t("Activity"), "code"), Column(t("This year"), "money"), Column(t("In all"), "money"))
    title = t("Earned and not yet owed")
    table = Table("earned", title, columns, rows, foot, caption=t(LOSSES), is_sortable=True)
    return Section(title, table=table, empty=t("No entry."))


def _sheet(page: Page[ReservesFigures], shown: ReservesFigures, period: Period) -> Section:
    t = page.words.t
    sheet = shown.equity.sheet(period)
    columns = (Column(t("Number")), Column(t("Account")), Column(t("Balance"), "money"))
    title = t("Equity")
    text = t(
        "At the end of the period shown. Class 9 is left out. Amounts in {currency}.", currency=shown.equity.currency
    )
    foot = Row((Cell(t("Total"), span=2), Cell(sheet.total, page.links.held(rule="equity"))))
    return Section(title, text, table=Table("equity", title, columns, list(_lines(page, sheet)), foot))


def _lines(page: Page[ReservesFigures], sheet: Sheet) -> Iterator[Row]:
    t, links = page.words.t, page.links
    for group in sheet.groups:
        for line in group.lines:
            name = page.words.account(line.number, line.label)
            yield Row((Cell(line.number), Cell(name), Cell(line.amount, links.held(accounts=line.accounts, sign=-1))))
        accounts = tuple(name for line in group.lines for name in line.accounts)
        yield Row(
            (Cell(t(PARTS[group.key]), span=2), Cell(group.total, links.held(accounts=accounts, sign=-1))), style="part"
        )
    year, since = t("Result of {year}, not appropriated yet", year=sheet.year.year), sheet.year.first
    yield Row((Cell(year, span=2), Cell(sheet.result, links.held(rule="result", since=since))), style="part")
    pending = t("Results of earlier years, not appropriated yet")
    yield Row((Cell(pending, span=2), Cell(sheet.pending, links.held(rule="pending", since=since))), style="part")


def _years(page: Page[ReservesFigures], equity: Equity, period: Period) -> Section:
    t, links = page.words.t, page.links
    rows = []
    for row in equity.reserve_years(period):
        own = Meaning(numbers=COMMON_PROPERTY, sign=-1).within(row.year, period)
        rows.append(
            Row(
                (
                    Cell(row.year.year),
                    Cell(row.opening, links.to(own._replace(part="start"))),
                    Cell(row.added, links.to(own._replace(part="change", side="credit"))),
                    Cell(row.used, links.to(own._replace(part="change", side="debit", sign=1))),
                    Cell(row.closing, links.to(own._replace(since=None))),
                )
            )
        )
    columns = (
        Column(t("Year")),
        Column(t("At the start"), "money"),
        Column(t("Added"), "money"),
        Column(t("Used"), "money"),
        Column(t("At the end"), "money"),
    )
    title = t("Reserves by year (13, 1119)")
    return Section(title, table=Table("reserves", title, columns, rows), empty=t("No entry."))


def _movements(page: Page[ReservesFigures], equity: Equity, period: Period) -> Section:
    t = page.words.t
    rows = [
        Row(
            (
                Cell(each.entry.date, page.context(each.entry)),
                Cell(page.about(each.entry)),
                Cell(each.number),
                Cell(each.amount, page.links.of_entry("postings", each.entry, position=each.position, sign=-1)),
            )
        )
        for each in equity.movements(period)
    ]
    columns = (Column(t("Date"), "day"), Column(t("Entry")), Column(t("Number")), Column(t("Movement"), "money"))
    title = t("Movements of the reserves")
    return Section(title, table=Table("movements", title, columns, rows), empty=t("No entry."))


def _costs(page: Page[ReservesFigures], backing: Distribution, period: Period) -> Section:
    t, links = page.words.t, page.links
    rows, hrefs = [], []
    years = backing.cost_years(period)
    for row in years:
        own = Meaning(unit=COOP).within(row.year, period)
        meanings = (
            own._replace(numbers=(CONTRIBUTION,), sign=-1),
            own._replace(numbers=(OPERATING_SUBSIDIES,), sign=-1),
            own._replace(numbers=(CHARGES,), but=(APPROPRIATED,)),
        )
        hrefs.append([links.to(each) for each in meanings])
        amounts = (Cell(amount, href) for amount, href in zip(row[1:4], hrefs[-1], strict=True))
        rows.append(Row((Cell(row.year.year), *amounts, Cell(row.coverage))))
    columns = (
        Column(t("Year")),
        Column(t("Contributions"), "money"),
        Column(t("Subsidies"), "money"),
        Column(t("Costs"), "money"),
        Column(t("Share of the costs covered"), "share"),
    )
    title = t("What pays for the structure")
    text = t("The structure alone: contributions levied (950), operating subsidies (740), costs (class 6 without 69).")
    chart = costs_chart(page, backing.currency, years, hrefs) if years else None
    return Section(title, text, chart=chart, table=Table("costs", title, columns, rows), empty=t("No entry."))
