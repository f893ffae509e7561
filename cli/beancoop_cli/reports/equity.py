"""The reserves: what the equity is made of, what moved it, and what may be distributed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.presentation.names import CHANGES, EARNED_NOTE, LOSSES, NET_ASSETS, PARTS, WHOSE
from beancoop.presentation.section import Column, Row
from beancoop.statements.annual import equity_changes
from beancoop.statements.distribution import Distribution
from beancoop.statements.equity import Equity
from beancoop.statements.whose import Whose

from beancoop_cli.reports.document import section
from beancoop_cli.reports.making import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancoop.presentation.section import Section

    from beancoop_cli.reports.making import Request


def reserves_report(request: Request) -> Draft:
    """Show the equity, what changed it, the reserves, the dividends and the net assets."""
    words = request.words
    equity = Equity(request.books)
    backing = Distribution(request.books, equity.balances)
    whose = Whose(request.books, equity, backing)
    sections = [
        _whose(request, whose),
        *_earned(request, whose),
        _sheet(request, equity),
        _changes(request),
        _years(request, equity),
        _movements(request, equity),
        _dividends(request, backing),
        _net_assets(request, backing),
        _costs(request, backing),
    ]
    notes = [words.t("Reserves are indivisible: they are debited against reserves, results and losses alone.")]
    return Draft(words.t("Reserves"), sections, notes=notes)


def _whose(request: Request, whose: Whose) -> Section:
    """Show what is the cooperative's own beside what its activities have earned and not yet been granted."""
    words, span = request.words, request.span
    rows = [
        Row([words.t(WHOSE[each.key], year=span.last.year), each.own, each.activities, each.total])
        for each in whose.splits(span.period)
    ]
    names = words.t("The cooperative's own"), words.t("Its activities'"), words.t("Total")
    columns = [Column(words.on(span.last)), *(Column(name, "money") for name in names)]
    return section(words.t("The cooperative's own, and its activities'"), columns, rows, words.t(EARNED_NOTE))


def _earned(request: Request, whose: Whose) -> Iterator[Section]:
    words, lines = request.words, whose.lines(request.span.period)
    if lines:
        names = words.t("This year"), words.t("In all")
        columns = [Column(words.t("Activity"), "code"), *(Column(name, "money") for name in names)]
        yield section(words.t("Earned and not yet owed"), columns, [Row(list(line)) for line in lines], words.t(LOSSES))


def _sheet(request: Request, equity: Equity) -> Section:
    words, sheet = request.words, equity.sheet(request.span.period)
    rows: list[Row] = []
    for group in sheet.groups:
        rows += [Row([line.number, words.account(line.number, line.label), line.amount]) for line in group.lines]
        rows.append(Row(["", words.t(PARTS[group.key]), group.total], "part"))
    result = words.t("Result of {year}, not appropriated yet", year=sheet.year.year)
    rows.append(Row(["", result, sheet.result], "part"))
    if sheet.pending:
        rows.append(Row(["", words.t("Results of earlier years, not appropriated yet"), sheet.pending], "part"))
    rows.append(Row(["", words.t("Equity"), sheet.total], "total"))
    columns = [Column(words.t("Account"), "code"), Column(words.t("Name")), Column(words.t("Amount"), "money")]
    return section(words.t("Equity on {day}", day=words.long_day(request.span.last)), columns, rows)


def _changes(request: Request) -> Section:
    words = request.words
    changes = equity_changes(request.books, request.span)
    rows = [
        Row([words.t(CHANGES[name]), amount], "total" if name == "closing" else "line")
        for name, amount in changes._asdict().items()
        if amount or name in {"opening", "result", "closing"}
    ]
    columns = [Column(words.span(request.span)), Column(words.t("Amount"), "money")]
    return section(words.t("What changed the equity"), columns, rows)


def _years(request: Request, equity: Equity) -> Section:
    words = request.words
    rows = [
        Row([str(each.year.year), each.opening, each.added, -each.used, each.closing])
        for each in equity.reserve_years(request.span.period)
    ]
    names = words.t("At the start"), words.t("Added"), words.t("Used"), words.t("At the end")
    columns = [Column(words.t("Year"), "code"), *(Column(name, "money") for name in names)]
    return section(words.t("Reserves by year (13, 1119)"), columns, rows)


def _movements(request: Request, equity: Equity) -> Section:
    words, span = request.words, request.span
    columns = [
        Column(words.t("Date"), "day"),
        Column(words.t("Account"), "code"),
        Column(words.t("Entry")),
        Column(words.t("Amount"), "money"),
    ]
    rows = [
        Row([each.entry.date, each.number, ", ".join(filter(None, each.entry[3:5])), each.amount])
        for each in reversed(equity.movements(span.period))
        if each.entry.date >= span.first
    ]
    return section(words.t("Movements of the reserves"), columns, rows)


def _dividends(request: Request, backing: Distribution) -> Section:
    words = request.words
    columns = [
        Column(words.t("Year"), "code"),
        Column(words.t("Dividends"), "money"),
        Column(words.t("Paid-up shares"), "money"),
        Column(words.t("Share of them"), "share"),
        Column(words.t("Ceiling"), "rate"),
        Column(words.t("At most"), "money"),
    ]
    rows = [
        Row([str(each.year.year), each.amount, each.shares, each.share, each.ceiling, each.most])
        for each in backing.dividends(request.span.period)
    ]
    note = words.t("Ceiling of an approved social enterprise: royal decree of 8 January 1962, art. 1.")
    return section(words.t("Dividends"), columns, rows, note)


def _net_assets(request: Request, backing: Distribution) -> Section:
    words = request.words
    rows = [
        Row([words.t(NET_ASSETS[each.key]), each.amount], "total" if each.key == "net" else "line")
        for each in backing.net_assets(request.span.period)
    ]
    columns = [Column(words.on(request.span.last)), Column(words.t("Amount"), "money")]
    note = words.t(
        "Before a distribution or the repayment of a share (art. 6:115); liquidity (art. 6:116) is judged apart."
    )
    return section(words.t("Net assets"), columns, rows, note)


def _costs(request: Request, backing: Distribution) -> Section:
    words = request.words
    columns = [
        Column(words.t("Year"), "code"),
        Column(words.t("Contributions"), "money"),
        Column(words.t("Subsidies"), "money"),
        Column(words.t("Costs"), "money"),
        Column(words.t("Share of the costs covered"), "share"),
    ]
    rows = [
        Row([str(each.year.year), each.contributions, each.subsidies, each.costs, each.coverage])
        for each in backing.cost_years(request.span.period)
    ]
    return section(words.t("What pays for the structure"), columns, rows)
