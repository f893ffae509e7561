"""The quarterly report to the technical committee: aggregated, small groups hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.model.directives import OUTCOMES
from beancoop.presentation.names import DOMAINS, STATES
from beancoop.presentation.section import Column, Row
from beancoop.statements import committee as figures
from beancoop.statements.committee import KINDS, MONTHS_USED, OTHER, POSITIVE, TURNOVER, committee
from beancoop.statements.masking import FEWEST
from beancoop.words.language import mark

from beancoop_cli.reports.document import section
from beancoop_cli.reports.making import Draft

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beancoop.presentation.section import Section, Style, Value
    from beancoop.presentation.texts import Words
    from beancoop.statements.committee import Figures, Report

    from beancoop_cli.reports.making import Request

STOCK = {
    figures.START: mark("Activities at the start"),
    figures.ENTRIES: mark("Entries"),
    figures.EXITS: mark("Exits"),
    figures.END: mark("Activities at the end"),
    figures.DURING: mark("Activities during the quarter"),
}
MONEY = {
    figures.SOLD: mark("Turnover (70)"),
    figures.MARGIN: mark("Margin"),
    figures.LEVIED: mark("Contributions"),
}
HIDDEN = mark("hidden")


def committee_report(request: Request) -> Draft:
    """Show how many came and left, how far they are, what they sell and how they were accompanied."""
    words, span = request.words, request.span
    found = committee(request.books, span.last.year, (span.last.month + 2) // 3)
    sections = [
        _counts(words, found, words.t("Activities"), ((name, words.t(text)) for name, text in STOCK.items())),
        _exits(words, found),
        _classes(words, found, words.t("Months of accompaniment used"), _used(words)),
        _classes(words, found, words.t("Turnover of the quarter"), _turnover(words)),
        _accompaniment(words, found),
        _money(words, found),
    ]
    notes = [
        words.t("Aggregated: no code, name, customer or account is in it."),
        words.t(
            "A figure about fewer than {fewest} people is hidden, and others with it, so that none of those can be "
            "computed from this report or the earlier ones.",
            fewest=FEWEST,
        ),
        words.t("The twelve months are those to the end of the quarter: {days}.", days=words.days(found.year.span)),
    ]
    return Draft(words.t("Report to the technical committee"), sections, notes=notes)


def _shown(words: Words, found: Figures, name: str) -> Value:
    value = found.shown(name)
    return words.t(HIDDEN) if value is None else int(value)


def _shown_longer(words: Words, found: Report, name: str) -> Value:
    """Give a count of twelve months; what is there at their end is what is there at the end of the quarter."""
    return _shown(words, found.year, name) if name in found.year.figures else None


def _classes(words: Words, found: Report, title: str, names: Iterable[tuple[str, str]]) -> Section:
    rows = [Row([text, _shown(words, found.quarter, name)]) for name, text in names]
    return section(title, [Column(title), Column(words.t("People"), "count")], rows)


def _counts(words: Words, found: Report, title: str, names: Iterable[tuple[str, str]]) -> Section:
    rows = [Row([text, _shown(words, found.quarter, name), _shown_longer(words, found, name)]) for name, text in names]
    return section(title, _columns(words, title), rows)


def _columns(words: Words, title: str) -> list[Column]:
    return [Column(title), Column(words.t("People"), "count"), Column(words.t("In twelve months"), "count")]


def _exits(words: Words, found: Report) -> Section:
    names = [(f"{figures.EXITS}:{outcome}", words.t(STATES[outcome])) for outcome in OUTCOMES]
    title = words.t("Exits")
    both = found.quarter, found.year
    positive = [f"{figures.EXITS}:{outcome}" for outcome in POSITIVE]
    rows = [
        *(Row([text, *(_shown(words, each, name) for each in both)]) for name, text in names),
        Row([words.t("Total"), *(_shown(words, each, figures.EXITS) for each in both)], "total"),
        Row(
            [
                words.t("Positive exits: self-employed or employed, of all"),
                *(_rate(words, each.share(positive, figures.EXITS)) for each in both),
            ]
        ),
    ]
    return section(title, _columns(words, title), rows)


def _rate(words: Words, share: object) -> str:
    return words.t(HIDDEN) if share is None else words.share(share)  # type: ignore[arg-type]


def _used(words: Words) -> Iterable[tuple[str, str]]:
    for limit in MONTHS_USED:
        yield f"used:{limit}", words.t("Up to {limit} months", limit=limit)
    yield "used:more", words.t("More than {limit} months", limit=MONTHS_USED[-1])


def _turnover(words: Words) -> Iterable[tuple[str, str]]:
    yield f"turnover:{TURNOVER[0]}", words.t("None")
    for limit in TURNOVER[1:]:
        yield f"turnover:{limit}", words.t("Up to {limit}", limit=words.amount(limit))
    yield "turnover:more", words.t("More than {limit}", limit=words.amount(TURNOVER[-1]))


def _accompaniment(words: Words, found: Report) -> Section:
    columns = [
        Column(words.t("Domain")),
        Column(words.t("People"), "count"),
        Column(words.t("Hours"), "hours"),
        Column(words.t("People in twelve months"), "count"),
        Column(words.t("Hours in twelve months"), "hours"),
    ]
    names = {**DOMAINS, OTHER: mark("Other domains")}
    both = found.quarter, found.year

    def row(text: str, kind: str, style: Style = "line") -> Row:
        accompanied, spent = f"{figures.ACCOMPANIED}{kind}", f"{figures.HOURS}{kind}"
        cells = [(_shown(words, each, accompanied), _sum(words, each, spent)) for each in both]
        return Row([text, *(cell for pair in cells for cell in pair)], style)

    rows = [row(words.t(names[kind]), f":{kind}") for kind in (*KINDS, OTHER)]
    rows.append(row(words.t("Total"), "", "total"))
    came = [_shown(words, each, figures.ATTENDED) for each in both]
    told = words.t(
        "Meetings held: {number}, in twelve months {longer}; people who came",
        number=found.quarter.meetings,
        longer=found.year.meetings,
    )
    rows.append(Row([told, came[0], None, came[1], None]))
    return section(words.t("Follow-up"), columns, rows)


def _sum(words: Words, found: Figures, name: str) -> Value:
    value = found.shown(name)
    return words.t(HIDDEN) if value is None else value


def _money(words: Words, found: Report) -> Section:
    both = found.quarter, found.year
    rows = [Row([words.t(text), *(_sum(words, each, name) for each in both)]) for name, text in MONEY.items()]
    title = words.t("All activities together")
    columns = [Column(title), Column(words.t("Amount"), "money"), Column(words.t("In twelve months"), "money")]
    return section(title, columns, rows)
