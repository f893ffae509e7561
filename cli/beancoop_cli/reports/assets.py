"""The table of fixed assets of a financial year."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from beancoop.model.money import ZERO
from beancoop.model.pcmn import DEPRECIATION
from beancoop.model.pcmn.chart import account as chart_account
from beancoop.presentation.section import Column, Row
from beancoop.year.asset_table import asset_table

from beancoop_cli.reports.document import section
from beancoop_cli.reports.making import Draft
from beancoop_cli.telling import relative

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from beancoop.presentation.section import Section, Style, Value
    from beancoop.presentation.texts import Words
    from beancoop.year.asset_table import AssetLine, AssetTable

    from beancoop_cli.reports.making import Request


def assets_report(request: Request) -> Draft:
    """List the assets by rubric with what they cost, lost and are worth, and say whether the accounts agree."""
    words, books = request.words, request.books
    span = books.register.cooperative.year(books.register.cooperative.year_of(request.span.last))
    table = asset_table(books, span, request.unit)
    sections = [_present(words, table)]
    if table.left:
        sections.append(_left(words, table.left))
    sections.append(_agreement(words, table))
    if table.unnumbered:
        sections.append(_unnumbered(words, table))
    return Draft(
        words.t("Fixed assets"),
        sections,
        notes=[
            words.t(
                "Linear, from the month of purchase: cost x months so far / months of life, rounded to the cent; to be "
                "booked is what that gives, less what is booked."
            )
        ],
        period=words.on(span.last),
        is_wide=True,
        doubts=list(_doubts(words, table)),
    )


def _present(words: Words, table: AssetTable) -> Section:
    rows: list[Row] = []
    for rubric, lines in table.rubrics.items():
        rows += [_row(line) for line in lines]
        label = chart_account(rubric)
        name = label.labels[words.language] if label else None
        rows.append(_sum([rubric, None, None, name, None, None], lines, "part"))
    everything = [line for lines in table.rubrics.values() for line in lines]
    if everything:
        rows.append(_sum([words.t("Total"), *[None] * 5], everything, "total"))
    return section(words.t("In use"), _columns(words), rows)


def _columns(words: Words) -> list[Column]:
    return [
        Column(words.t("Asset"), "code"),
        Column(words.t("Unit"), "code"),
        Column(words.t("Account"), "code"),
        Column(words.t("Text")),
        Column(words.t("Bought"), "day"),
        Column(words.t("Life in years"), "hours"),
        Column(words.t("Cost"), "money"),
        Column(words.t("Depreciated before"), "money"),
        Column(words.t("This year"), "money"),
        Column(words.t("Book value"), "money"),
        Column(words.t("To be booked"), "money"),
    ]


def _row(line: AssetLine) -> Row:
    asset = line.asset
    facts: list[Value] = [asset.number, asset.unit, asset.account.number, asset.text, asset.bought]
    return Row([*facts, _years(asset.life), line.cost, line.before, line.during, line.value, line.due or None])


def _years(months: int) -> Decimal:
    return Decimal(months) / 12


def _sum(facts: Sequence[str | None], lines: Sequence[AssetLine], style: Style) -> Row:
    columns = ((line.cost, line.before, line.during, line.value, line.due) for line in lines)
    sums = [sum(amounts, ZERO) for amounts in zip(*columns, strict=True)]
    return Row([*facts, *sums], style)


def _left(words: Words, lines: Sequence[AssetLine]) -> Section:
    columns = [
        Column(words.t("Asset"), "code"),
        Column(words.t("Unit"), "code"),
        Column(words.t("Account"), "code"),
        Column(words.t("Text")),
        Column(words.t("Bought"), "day"),
        Column(words.t("Left on"), "day"),
        Column(words.t("Cost"), "money"),
        Column(words.t("Depreciated before"), "money"),
        Column(words.t("This year"), "money"),
        Column(words.t("Book value"), "money"),
    ]
    rows = [
        Row(
            [
                *(line.asset.number, line.asset.unit, line.asset.account.number, line.asset.text),
                *(line.asset.bought, line.asset.left, line.cost, line.before, line.during, line.value),
            ]
        )
        for line in lines
    ]
    note = words.t("Sold, given away or thrown away in the year; the book value is what it left with.")
    return section(words.t("Left in the year"), columns, rows, note)


def _agreement(words: Words, table: AssetTable) -> Section:
    columns = [
        Column(words.t("Accounts"), "code"),
        Column(words.t("What they hold")),
        Column(words.t("Register"), "money"),
        Column(words.t("Ledger"), "money"),
        Column(words.t("Difference"), "money"),
    ]
    rows = [
        Row([each.numbers, _held(words, each.numbers), each.register, each.ledger, each.difference])
        for each in table.agreements
    ]
    return section(words.t("Agreement with the ledger"), columns, rows)


def _held(words: Words, numbers: str) -> str:
    if numbers == DEPRECIATION:
        return words.t("Written down in the year")
    return words.t("Written down so far") if numbers.endswith("x9") else words.t("Cost")


def _unnumbered(words: Words, table: AssetTable) -> Section:
    columns = [
        Column(words.t("Date"), "day"),
        Column(words.t("Unit"), "code"),
        Column(words.t("Account"), "code"),
        Column(words.t("Entry")),
        Column(words.t("Amount"), "money"),
    ]
    rows = [
        Row(
            [
                *(each.entry.date, each.account.unit, each.account.number),
                *(", ".join(filter(None, (each.entry.payee, each.entry.narration))), each.amount),
            ]
        )
        for each in table.unnumbered
    ]
    note = words.t(
        'Give each posting the number of its asset, as in asset: "A003-01"; the one that buys it a life too.'
    )
    return section(words.t("Of no asset"), columns, rows, note)


def _doubts(words: Words, table: AssetTable) -> Iterator[str]:
    for finding in table.register.findings:
        yield str(finding._replace(file=relative(finding.file)))
    if table.difference:
        yield words.t("Register and ledger do not agree; the differences are listed.")
