"""What concerns all activities at once: their contributions."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from beancoop.model.money import ZERO
from beancoop.presentation.section import Column, Row
from beancoop.statements.contributions import levies, margins

from beancoop_cli.reports.document import section
from beancoop_cli.reports.making import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from beancoop.contribution.levy import Levy
    from beancoop.presentation.section import Section
    from beancoop.presentation.texts import Words

    from beancoop_cli.reports.making import Request


def contributions_report(request: Request) -> Draft:
    """Show one row per activity and month, and the margins behind them beside that of the law."""
    words = request.words
    columns = [
        Column(words.t("Unit"), "code"),
        Column(words.t("Month"), "month"),
        Column(words.t("Margin"), "money"),
        Column(words.t("Margin since the start"), "money"),
        Column(words.t("Due"), "money"),
        Column(words.t("Levied before"), "money"),
        Column(words.t("Levied"), "money"),
        Column(words.t("State")),
    ]
    rows = list(levies(request.books, request.span, request.unit))
    sections = [
        section(words.t("Contributions by activity and month"), columns, list(_months(words, rows))),
        _margins(request),
    ]
    return Draft(words.t("Contributions"), sections, is_wide=True)


def _months(words: Words, levies: Sequence[Levy]) -> Iterator[Row]:
    total, margin = ZERO, ZERO
    for unit, group in groupby(levies, key=lambda levy: levy.unit):
        rows = list(group)
        for levy in rows:
            state = words.t("closed") if levy.closed else words.t("provisional")
            amounts = levy.margin, levy.cumulative, levy.due, levy.levied, levy.levy
            yield Row([unit, levy.month, *amounts, state])
        own = sum((levy.margin for levy in rows), ZERO), sum((levy.levy for levy in rows), ZERO)
        yield Row([unit, words.t("Total"), own[0], None, None, None, own[1], ""], "part")
        margin, total = margin + own[0], total + own[1]
    yield Row([words.t("Total"), "", margin, None, None, None, total, ""], "total")


def _margins(request: Request) -> Section:
    words = request.words
    found = list(margins(request.books, request.span, request.unit))
    rows = [Row([each.unit, each.turnover, each.direct, each.gross]) for each in found]
    sums = [sum((each[place] for each in found), ZERO) for place in (1, 2, 3)]
    columns = [
        Column(words.t("Unit"), "code"),
        Column(words.t("Turnover (70)"), "money"),
        Column(words.t("Direct margin (70 minus 60 and 951)"), "money"),
        Column(words.t("Gross margin (9900)"), "money"),
    ]
    note = words.t("The gross margin of the law also counts other operating income (71 to 74, 76A) and class 61.")
    return section(words.t("Margins by unit"), columns, [*rows, Row([words.t("Total"), *sums], "total")], note)
