"""What *Réserves* and *Trésorerie* tell a board first, in words and three lines: whose it is, and what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.model.periods import day_after
from beancoop.presentation.charts import Series, across, beside
from beancoop.presentation.names import OWNERS
from beancoop.presentation.section import Cell, Column, Row, Section, Table
from beancoop.words.language import mark

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from beancoop.model.periods import Span
    from beancoop.presentation.charts import Chart
    from beancoop.statements.board import Moved, Owner
    from beancoop.statements.distribution import CostYear
    from beancoop.statements.meaning import Meaning
    from beancoop.statements.whose import Split

    from beancoop_fava.pages.page import Page

BEFORE = mark("A year before: at the end of {day}. Where the books begin later, it is not known.")


def moved_section(  # noqa: PLR0913 - what a table says
    page: Page[Any],
    key: str,
    title: str,
    text: str,
    *,
    moved: Sequence[Moved],
    span: Span,
    meant: Callable[[Owner], Meaning],
) -> Section:
    """Tell of *moved* what was there at the start of *span*, what changed, what is there, and a year before.

    *meant* says what the figure of an owner means, whatever the days.
    """
    t, links = page.words.t, page.links
    year_before = span.year_before().last
    rows = []
    for each in moved:
        meaning = meant(each.owner)._replace(since=span.first, until=span.last)
        held, before = meaning._replace(since=None), meaning._replace(since=None, until=year_before)
        start, change = meaning._replace(part="start"), meaning._replace(part="change")
        grown = meaning._replace(since=day_after(year_before))
        cells = (
            Cell(each.start, links.to(start)),
            Cell(each.change, links.to(change)),
            Cell(each.end, links.to(held)),
            Cell(each.before, links.to(before) if each.before is not None else ""),
            Cell(each.difference, links.to(grown) if each.before is not None else ""),
        )
        rows.append(Row((t(OWNERS[key][each.owner]), *cells), style="part" if each.owner == "total" else "line"))
    names = t("At the start"), t("Change"), t("At the end"), t("A year before"), t("Difference")
    columns = (Column(t("Whose it is")), *(Column(name, "money") for name in names))
    caption = t(BEFORE, day=year_before)
    return Section(title, f"{page.words.span(span)}. {text}", table=Table(key, title, columns, rows, caption=caption))


def costs_chart(page: Page[Any], currency: str, years: Sequence[CostYear], hrefs: Sequence[Sequence[str]]) -> Chart:
    """Draw the contributions and the subsidies of each year, piled up, beside the costs they pay for."""
    t, names = page.words.t, [str(each.year.year) for each in years]
    kinds = {"contributions": t("Contributions"), "subsidies": t("Subsidies"), "costs": t("Costs")}
    series = [
        Series(
            name,
            [(at, getattr(year, key), own[place]) for at, year, own in zip(names, years, hrefs, strict=True)],
            "" if key == "costs" else "paid",
        )
        for place, (key, name) in enumerate(kinds.items())
    ]
    return beside(t("Contributions and subsidies beside the structure's costs, by year"), currency, series)


def whose_chart(
    page: Page[Any], currency: str, splits: Sequence[Split], rows: Sequence[tuple[str, Sequence[str]]]
) -> Chart:
    """Draw each figure in its two parts; *rows* give its name, and where its parts lead."""
    t = page.words.t
    own = [(name, each.own, hrefs[0]) for each, (name, hrefs) in zip(splits, rows, strict=True)]
    others = [(name, each.activities, hrefs[1]) for each, (name, hrefs) in zip(splits, rows, strict=True)]
    series = [Series(t("The cooperative's own"), own, "whose"), Series(t("Its activities'"), others, "whose")]
    return across(t("The cooperative's own part of each figure, and its activities'"), currency, series)
