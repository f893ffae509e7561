"""The page "Écritures": what a figure is made of, entry by entry, and the figure itself as their total."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.money import ZERO
from beancoop.model.ownership import units_of
from beancoop.presentation.names import FIGURES
from beancoop.presentation.section import Cell, Choice, Column, Row, Section, Table
from beancoop.statements.entries import EXACT, made_of
from beancoop.statements.journal import piece_of
from beancoop.statements.meaning import ACTIVITIES
from beancoop.words.messages import error
from beancount.core.data import Balance, Custom, Transaction
from flask import request

from beancoop_fava.pages import addresses

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from beancoop.books.books import Books
    from beancoop.presentation.section import Kind
    from beancoop.statements.meaning import Meaning
    from beancoop.statements.posted import Line, Made
    from beancount.core.data import Directive

    from beancoop_fava.pages.page import Page

UNREADABLE = error(
    "BC450", "The address does not say which figure is meant: {part} cannot be read. Go back, and click on the figure."
)

ON_A_PAGE = 500
"""Entries shown at once; a file has all of them."""
_DOCUMENT = "document"


class _Shown(NamedTuple):
    """A line, with the sum of all up to it."""

    line: Line
    running: Decimal


def sections(page: Page[Books], books: Books, *, is_whole: bool = False) -> list[Section]:
    """Give the entries of the figure that the address means, a page of them, or all where *is_whole*."""
    t = page.words.t
    if not addresses.is_asked(request.args):
        return [Section(text=t("An amount on another page, clicked on, leads here: to the entries it is made of."))]
    try:
        meaning, number = addresses.read(request.args), max(1, int(request.args.get("page", "1")))
    except ValueError as unread:
        return [Section(text=UNREADABLE(part=str(unread)).inside(page.language))]
    made = made_of(books, meaning)
    count = -(-len(made.lines) // ON_A_PAGE)
    number = min(number, max(1, count))
    whole = slice(0, None)
    on_page = list(_running(made, whole if is_whole else slice((number - 1) * ON_A_PAGE, number * ON_A_PAGE)))
    kind: Kind = "hours" if meaning.rule == "hours" else "exact" if meaning.rule in EXACT else "money"
    choices = [_choice(page, meaning, each, number) for each in range(1, count + 1)] if count > 1 else []
    table = _table(page, books, meaning, on_page, made, kind)
    title = t(FIGURES[meaning.rule])
    text = " \N{MIDDLE DOT} ".join(_said(page, meaning))
    return [
        Section(title, text, choices=choices, table=table, empty=t("No entry."), total=Cell(made.total, kind=kind)),
    ]


def _running(made: Made, shown: slice) -> Iterator[_Shown]:
    """Give the lines that are shown, each with the sum of all up to it."""
    total = sum((line.amount for line in made.lines[: shown.start]), ZERO)
    for line in made.lines[shown]:
        total += line.amount
        yield _Shown(line, total)


def _choice(page: Page[Books], meaning: Meaning, number: int, shown: int) -> Choice:
    return Choice(str(number), page.links.to(meaning, number), number == shown)


def _said(page: Page[Books], meaning: Meaning) -> Iterator[str]:
    """Say in words what the address means."""
    t, words = page.words.t, page.words
    if meaning.unit:
        yield t("all activities") if meaning.unit == ACTIVITIES else meaning.unit
    if meaning.numbers or meaning.accounts:
        yield t("accounts {numbers}", numbers=" ".join((*meaning.numbers, *meaning.accounts)))
    if meaning.but:
        yield t("without {numbers}", numbers=" ".join(meaning.but))
    yield from (each for each in (meaning.party, meaning.item) if each)
    first, last = (words.day(day) if day else "" for day in (meaning.since, meaning.until))
    if meaning.part == "start":
        yield t("at the start of {day}, with what an opening brought in", day=first)
        return
    if meaning.part:
        yield t("without an opening")
    if first and last:
        yield t("from {first} to {last}", first=first, last=last)
    elif first:
        yield t("from {first} on", first=first)
    else:
        yield t("all up to {last}", last=last) if last else t("all that is in the books")


def _table(  # noqa: PLR0913, PLR0917 - what the table says
    page: Page[Books], books: Books, meaning: Meaning, shown: Sequence[_Shown], made: Made, kind: Kind
) -> Table:
    t = page.words.t
    amounts = (Column(t("Amount"), kind), Column(t("Running sum"), kind))
    columns = (
        Column(t("Date"), "day"),
        Column(t("Piece"), "piece"),
        Column(t("Unit"), "code"),
        Column(t("Customer or supplier")),
        Column(t("Text")),
        Column(t("Document")),
        *amounts,
    )
    foot = Row((Cell(t("Total"), span=6, kind="text"), Cell(made.total), Cell("", kind="text")))
    caption = t("{count} in all. Amounts in {currency}.", count=len(made.lines), currency=books.currency)
    rows = [_row(page, meaning, each) for each in shown]
    return Table("entries", t(FIGURES[meaning.rule]), columns, rows, foot, caption=caption)


def _row(page: Page[Books], meaning: Meaning, shown: _Shown) -> Row:
    line, entry = shown.line, shown.line.entry
    if entry is None:
        said = page.words.t(line.text)
        return Row((None, None, None, None, said, None, line.amount, shown.running))
    href = page.context(entry)
    payee = entry.payee if isinstance(entry, Transaction) else None
    return Row(
        (
            Cell(entry.date, href),
            Cell(piece_of(entry) if isinstance(entry, Transaction) else ""),
            Cell(" ".join(sorted(units_of(entry))) if isinstance(entry, Transaction) else meaning.unit),
            Cell(payee or ""),
            Cell(_text(page, entry), href),
            _document(page, entry),
            line.amount,
            shown.running,
        )
    )


def _text(page: Page[Books], entry: Directive) -> str:
    """Say what an entry is about: a transaction in its own words."""
    if isinstance(entry, Transaction):
        return entry.narration or ""
    if isinstance(entry, Balance):
        return page.words.t("Balance stated by the bank: {account}", account=entry.account)
    values = entry.values if isinstance(entry, Custom) else None
    return " ".join(str(each.value) for each in values or ())


def _document(page: Page[Books], entry: Directive) -> Cell:
    key = next((each for each in entry.meta if each.startswith(_DOCUMENT)), None)
    name = entry.meta.get(key) if key else None
    if key is None or not isinstance(name, str):
        return Cell("")
    return Cell(PurePath(name).name, page.statement(entry, key))
