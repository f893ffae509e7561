"""The page "Réserves": the equity and where it comes from, as figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.books.earned import EARNED, claimed
from beancoop.model.accounts import COOP
from beancoop.model.pcmn import (
    COMMON_PROPERTY,
    CONTRIBUTION,
    DIVIDENDS,
    DIVIDENDS_DUE,
    OPERATING_SUBSIDIES,
    RESULT,
    SHARES,
    TREASURY,
)
from beancoop.presentation.names import EARNED_NOTE, LIQUIDITY, LOSSES, NET_ASSETS, PARTS, WHOSE
from beancoop.presentation.section import Cell, Column, Row, Section, Table
from beancoop.statements.whose import Whose

from beancoop_fava.pages.links import days

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from beancoop.books.books import Books
    from beancoop.model.periods import Period
    from beancoop.statements.distribution import Distribution, Figure
    from beancoop.statements.equity import Equity, Sheet

    from beancoop_fava.pages.page import Page

COSTS = ("6[0-8]",)


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
        _earned(page, shown, period),
        _sheet(page, shown, period),
        _years(page, shown.equity, period),
        _movements(page, shown.equity, period),
        _costs(page, shown.backing, period),
        _net_assets(page, shown, period),
        _liquidity(page, shown, period),
        _dividends(page, shown.backing, period),
    ]


def _whose(page: Page[ReservesFigures], shown: ReservesFigures, period: Period) -> Section:
    """Give what is the cooperative's own, beside what its activities have earned and not yet been granted."""
    t, links, sums = page.words.t, page.links, shown.books.sums
    totals = {
        "result": links.moved(RESULT, during=str(period.today.year)),
        "treasury": links.balance(sums, (TREASURY,)),
    }
    rows = []
    for each in shown.whose.splits(period):
        name = t(WHOSE[each.key], year=period.today.year)
        activities = Cell(each.activities, links.page("Tresorerie") if each.key == "treasury" else "#earned")
        rows.append(Row((Cell(name), Cell(each.own), activities, Cell(each.total, totals.get(each.key, "")))))
    names = t("The cooperative's own"), t("Its activities'"), t("Total")
    columns = (Column(t("At the end of the period shown")), *(Column(name, "money") for name in names))
    title = t("The cooperative's own, and its activities'")
    return Section(title, t(EARNED_NOTE), table=Table("whose", title, columns, rows))


def _earned(page: Page[ReservesFigures], shown: ReservesFigures, period: Period) -> Section:
    t, links = page.words.t, page.links
    lines = shown.whose.lines(period)
    rows = [
        Row(
            (
                Cell(each.unit, links.page("Autonomie", unit=each.unit)),
                Cell(each.year, links.moved(EARNED, each.unit, str(period.today.year))),
                Cell(each.total, links.moved(EARNED, each.unit)),
            )
        )
        for each in lines
    ]
    foot = Row((Cell(t("To be granted")), Cell(""), Cell(claimed({each.unit: each.total for each in lines}))))
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
    foot = Row((Cell(t("Total"), span=2), Cell(sheet.total)))
    return Section(title, text, table=Table("equity", title, columns, list(_lines(page, sheet)), foot))


def _lines(page: Page[ReservesFigures], sheet: Sheet) -> Iterator[Row]:
    t, links = page.words.t, page.links
    for group in sheet.groups:
        for line in group.lines:
            name = page.words.account(line.number, line.label)
            yield Row((Cell(line.number), Cell(name), Cell(line.amount, links.several(line.accounts))))
        accounts = [name for line in group.lines for name in line.accounts]
        yield Row((Cell(t(PARTS[group.key]), span=2), Cell(group.total, links.several(accounts))), style="part")
    year = t("Result of {year}, not appropriated yet", year=sheet.year.year)
    yield Row((Cell(year, span=2), Cell(sheet.result, links.moved(RESULT, during=days(sheet.year)))), style="part")
    pending = t("Results of earlier years, not appropriated yet")
    yield Row((Cell(pending, span=2), Cell(sheet.pending, links.moved(RESULT))), style="part")


def _years(page: Page[ReservesFigures], equity: Equity, period: Period) -> Section:
    t, links = page.words.t, page.links
    held = links.moved(COMMON_PROPERTY)
    rows = []
    for row in equity.reserve_years(period):
        moved = links.moved(COMMON_PROPERTY, during=days(row.year))
        rows.append(
            Row(
                (
                    Cell(row.year.year),
                    Cell(row.opening, held),
                    Cell(row.added, moved),
                    Cell(row.used, moved),
                    Cell(row.closing, held),
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
                Cell(each.amount, page.context(each.entry)),
            )
        )
        for each in equity.movements(period)
    ]
    columns = (Column(t("Date"), "day"), Column(t("Entry")), Column(t("Number")), Column(t("Movement"), "money"))
    title = t("Movements of the reserves")
    return Section(title, table=Table("movements", title, columns, rows), empty=t("No entry."))


def _costs(page: Page[ReservesFigures], backing: Distribution, period: Period) -> Section:
    t, links = page.words.t, page.links
    rows = []
    for row in backing.cost_years(period):
        hrefs = [
            links.moved(numbers, COOP, days(row.year)) for numbers in ((CONTRIBUTION,), (OPERATING_SUBSIDIES,), COSTS)
        ]
        amounts = (Cell(amount, href) for amount, href in zip(row[1:4], hrefs, strict=True))
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
    return Section(title, text, table=Table("costs", title, columns, rows), empty=t("No entry."))


def _figures(
    page: Page[ReservesFigures], shown: ReservesFigures, figures: Sequence[Figure], words: Mapping[str, str]
) -> list[Row]:
    rows = []
    for figure in figures:
        root = getattr(shown.books.register.roots, figure.root, "")
        href = page.links.balance(shown.books.sums, figure.numbers, root=root) if figure.numbers else ""
        rows.append(
            Row(
                (Cell(page.words.t(words[figure.key])), Cell(figure.amount, href)),
                style="line" if figure.numbers else "part",
            )
        )
    return rows


def _net_assets(page: Page[ReservesFigures], shown: ReservesFigures, period: Period) -> Section:
    t = page.words.t
    rows = _figures(page, shown, shown.backing.net_assets(period), NET_ASSETS)
    columns = (Column(t("First test")), Column(shown.equity.currency, "money"))
    title = t("Net assets (CSA, art. 6:115)")
    text = t("Before a distribution or the repayment of a share, and after it, they may not be below zero.")
    return Section(title, text, table=Table("net-assets", title, columns, rows))


def _liquidity(page: Page[ReservesFigures], shown: ReservesFigures, period: Period) -> Section:
    t = page.words.t
    rows = _figures(page, shown, shown.backing.liquidity(period), LIQUIDITY)
    columns = (Column(t("Second test")), Column(shown.equity.currency, "money"))
    title = t("Liquidity (CSA, art. 6:116)")
    text = t("What the books hold of it. The board judges whether debts can be paid over the next twelve months.")
    return Section(title, text, table=Table("liquidity", title, columns, rows))


def _dividends(page: Page[ReservesFigures], backing: Distribution, period: Period) -> Section:
    t, links = page.words.t, page.links
    rows = []
    for row in backing.dividends(period):
        most = f"{page.words.amount(row.most)} ({page.words.rate(row.ceiling)})"
        decided = links.moved((DIVIDENDS, DIVIDENDS_DUE), during=days(row.year))
        rows.append(
            Row(
                (
                    Cell(row.year.year),
                    Cell(row.amount, decided),
                    Cell(row.shares, links.moved(SHARES)),
                    Cell(row.share),
                    Cell(row.most, text=most),
                )
            )
        )
    columns = (
        Column(t("Year")),
        Column(t("Dividends"), "money"),
        Column(t("Paid-up shares"), "money"),
        Column(t("Share of them"), "share"),
        Column(t("Ceiling"), "money"),
    )
    title = t("Dividends")
    return Section(title, table=Table("dividends", title, columns, rows), empty=t("No dividend has been decided."))
