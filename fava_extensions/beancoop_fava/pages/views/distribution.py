"""What the law looks at before the cooperative shares anything out, and what it did share out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.presentation.names import LIQUIDITY, NET_ASSETS
from beancoop.presentation.section import Cell, Column, Row, Section, Table
from beancoop.statements.distribution import HELD_AGAINST
from beancoop.statements.meaning import Meaning

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from beancoop.model.periods import Period
    from beancoop.statements.distribution import Distribution, Figure
    from beancoop.statements.meaning import Rule

    from beancoop_fava.pages.page import Page
    from beancoop_fava.pages.views.reserves import ReservesFigures


def distribution_sections(page: Page[ReservesFigures], shown: ReservesFigures, period: Period) -> list[Section]:
    """Give the two tests of the law (CSA, art. 6:115 and 6:116), and the dividends."""
    return [
        _net_assets(page, shown, period),
        _liquidity(page, shown, period),
        _dividends(page, shown.backing, period),
    ]


def _figures(
    page: Page[ReservesFigures],
    shown: ReservesFigures,
    figures: Sequence[Figure],
    words: Mapping[str, str],
    total: Rule,
) -> list[Row]:
    """Give the lines of a test, and what they come to: the figure without numbers, counted by the rule *total*."""
    rows = []
    for figure in figures:
        href = page.links.held(rule=total)
        if figure.numbers:
            root = getattr(shown.books.register.roots, figure.root)
            sign = -1 if figure.key in HELD_AGAINST else 1
            href = page.links.held(numbers=figure.numbers, roots=(root,), sign=sign)
        rows.append(
            Row(
                (Cell(page.words.t(words[figure.key])), Cell(figure.amount, href)),
                style="line" if figure.numbers else "part",
            )
        )
    return rows


def _net_assets(page: Page[ReservesFigures], shown: ReservesFigures, period: Period) -> Section:
    t = page.words.t
    rows = _figures(page, shown, shown.backing.net_assets(period), NET_ASSETS, "net-assets")
    columns = (Column(t("First test")), Column(shown.equity.currency, "money"))
    title = t("Net assets (CSA, art. 6:115)")
    text = t("Before a distribution or the repayment of a share, and after it, they may not be below zero.")
    return Section(title, text, table=Table("net-assets", title, columns, rows))


def _liquidity(page: Page[ReservesFigures], shown: ReservesFigures, period: Period) -> Section:
    t = page.words.t
    rows = _figures(page, shown, shown.backing.liquidity(period), LIQUIDITY, "liquidity")
    columns = (Column(t("Second test")), Column(shown.equity.currency, "money"))
    title = t("Liquidity (CSA, art. 6:116)")
    text = t("What the books hold of it. The board judges whether debts can be paid over the next twelve months.")
    return Section(title, text, table=Table("liquidity", title, columns, rows))


def _dividends(page: Page[ReservesFigures], backing: Distribution, period: Period) -> Section:
    t, links = page.words.t, page.links
    rows = []
    for row in backing.dividends(period):
        most = f"{page.words.amount(row.most)} ({page.words.rate(row.ceiling)})"
        decided = Meaning("dividends").within(row.year, period)
        rows.append(
            Row(
                (
                    Cell(row.year.year),
                    Cell(row.amount, links.to(decided)),
                    Cell(row.shares, links.to(decided._replace(rule="paid-up"))),
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
