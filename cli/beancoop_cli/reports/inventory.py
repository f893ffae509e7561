"""The inventory book of a financial year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.model.money import ZERO
from beancoop.presentation.section import Column, Row
from beancoop.words.language import mark
from beancoop.year.inventory_book import BROUGHT_FORWARD, OF_NO_ASSET, inventory_book

from beancoop_cli.reports.document import section
from beancoop_cli.reports.making import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from beancoop.presentation.section import Section
    from beancoop.presentation.texts import Words
    from beancoop.statements.treasury import Bank
    from beancoop.year.inventory_book import Detail, InventoryBook, Listed

    from beancoop_cli.reports.making import Request

KEYS = {BROUGHT_FORWARD: mark("Brought forward"), OF_NO_ASSET: mark("Of no asset")}


def inventory_book_report(request: Request) -> Draft:
    """List every account on the last day of the financial year, with what it is made of."""
    words, books = request.words, request.books
    cooperative = books.register.cooperative
    span = cooperative.year(cooperative.year_of(request.span.last))
    book = inventory_book(books, span)
    liabilities = list(_listed(words, book.liabilities))
    for name, amount in (
        (words.t("Result of the year, not appropriated yet"), book.result),
        (words.t("Results of other years, not appropriated yet"), book.pending),
    ):
        if amount:
            liabilities.append(Row(["", name, None, None, None, None, None, amount], "part"))
    sections = [
        _section(words, words.t("Assets"), [*_listed(words, book.assets), _total(words, book.total_assets)]),
        _section(words, words.t("Equity and liabilities"), [*liabilities, _total(words, book.total_liabilities)]),
    ]
    if book.banks:
        sections.append(_banks(words, book.banks))
    if book.income:
        total = sum((each.amount for each in book.income), ZERO)
        rows = [*_listed(words, book.income), _total(words, total)]
        sections.append(_section(words, words.t("Income and charges of the year"), rows))
    if book.commitments:
        sections.append(_section(words, words.t("Rights and commitments (0)"), list(_listed(words, book.commitments))))
    sections.append(_agreement(words, book))
    return Draft(
        words.t("Inventory book"),
        sections,
        notes=[
            words.t("Code of economic law, art. III.89: every asset, right, debt and commitment on the last day."),
            words.t("Class 9, which is internal to the company, has no part in it."),
        ],
        difference=book.total_assets - book.total_liabilities,
        period=words.on(span.last),
        is_wide=True,
    )


def _section(words: Words, title: str, rows: Sequence[Row]) -> Section:
    columns = [
        Column(words.t("Account"), "code"),
        Column(words.t("What it is")),
        Column(words.t("Unit"), "code"),
        Column(words.t("Piece"), "piece"),
        Column(words.t("Date"), "day"),
        Column(words.t("To be paid by"), "day"),
        Column(words.t("Detail"), "money"),
        Column(words.t("Balance"), "money"),
    ]
    return section(title, columns, rows)


def _listed(words: Words, accounts: Sequence[Listed]) -> Iterator[Row]:
    for account in accounts:
        name = words.account(account.number, account.label)
        yield Row([account.number, name, None, None, None, None, None, account.amount], "part")
        for detail in account.details:
            yield _detail(words, detail)


def _detail(words: Words, detail: Detail) -> Row:
    text = words.t(KEYS[detail.key]) if detail.key else detail.text
    return Row(["", text, detail.unit, detail.piece, detail.date, detail.due, detail.amount, None], level=1)


def _total(words: Words, amount: Decimal) -> Row:
    return Row(["", words.t("Total"), None, None, None, None, None, amount], "total")


def _banks(words: Words, banks: Sequence[Bank]) -> Section:
    columns = [
        Column(words.t("Account")),
        Column(words.t("IBAN"), "code"),
        Column(words.t("Held by the units"), "money"),
        Column(words.t("Stated on the morning of"), "day"),
        Column(words.t("By the bank"), "money"),
        Column(words.t("Difference"), "money"),
    ]
    rows = [
        Row([each.account.split(":", 2)[-1], each.iban, each.total, each.on, each.asserted, each.difference])
        for each in banks
    ]
    note = words.t("What the bank states is compared with what the units held at that moment.")
    return section(words.t("Bank accounts"), columns, rows, note)


def _agreement(words: Words, book: InventoryBook) -> Section:
    rows = [
        Row([words.t("Total of the inventory book"), book.total_assets]),
        Row([words.t("Total of the balance sheet"), book.sheet]),
        Row([words.t("Shown on the other side in the balance sheet"), book.sheet - book.total_assets], "total"),
    ]
    columns = [Column(words.t("Agreement with the balance sheet")), Column(words.t("Amount"), "money")]
    return section(words.t("Agreement with the balance sheet"), columns, rows)
