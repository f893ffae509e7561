"""What the pages share: the reader's language, the period shown, where figures lead, and the downloads."""

from __future__ import annotations

import datetime
from contextlib import contextmanager
from itertools import groupby
from operator import attrgetter
from threading import RLock
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, TypeVar, cast
from urllib.parse import quote_plus, urlencode

from beancoop.model.periods import Period, Span
from beancoop.presentation import plot
from beancoop.presentation.drawing import draw, draw_cell
from beancoop.presentation.section import Cell, Choice, Section, Table
from beancoop.presentation.texts import Words
from beancoop.statements.freshness import freshness
from beancoop.words.formats import NOTHING
from beancoop.words.language import mark
from beancoop.words.messages import error, phrase
from beancoop_server.language import language_of
from beancount.core.data import new_metadata
from flask import Response, g, request

from beancoop_fava.pages import files, picks
from beancoop_fava.pages.fava_api import (
    FavaExtensionBase,
    FavaExtensionError,
    base_url,
    endpoint,
    hash_entry,
    shared,
    time_filter,
)
from beancoop_fava.pages.links import Links, as_filter
from beancoop_fava.pages.loads import added_up, is_alone

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from beancoop.books.books import Books
    from beancoop.presentation.drawing import Drawn, DrawnCell
    from beancoop.presentation.section import Chart, Choice
    from beancoop.statements.freshness import Freshness
    from beancount.core.data import Directive, Transaction
    from markupsafe import Markup

    from beancoop_fava.pages.fava_api import FavaLedger

F = TypeVar("F")

FRESH = phrase("Last entry: {entry}. Last balance of a bank: {balance}. Last closed month: {closed}.")
AS_OF = phrase("States, ages and the months left are told as of {day}.")
BEHIND = phrase(
    "The books end {count} day before the day asked: what came after is not in these figures.",
    "The books end {count} days before the day asked: what came after is not in these figures.",
)

UNREADABLE = error("BC970", "The period cannot be read; write it as 2026, 2026-03, 2026-03-15 or 2026-01 - 2026-06.")
NOT_MADE = error("BC971", "The page {name} cannot be made from this ledger: {reason}. Tell the makers of beancoop.")


KEPT = ("unit", "account", "interval", "search", "only")
"""The parameters of a page that stay when another period is picked."""


class Fold(NamedTuple):
    """The sections under one heading, "" for those that are always shown; and whether it is open."""

    title: str
    sections: Sequence[Section]
    is_open: bool


class Search(NamedTuple):
    """A field to search a page with: what is in it, what it is called, and the parameters that stay beside it."""

    text: str
    label: str
    kept: Sequence[tuple[str, str]]


class Alert(NamedTuple):
    """Something to see to: in words, where it is mended, and what it amounts to, where that is an amount."""

    text: str
    href: str
    amount: Cell | None = None


class Fresh(NamedTuple):
    """How fresh the books are, in words, and a warning where they are old, else ""."""

    facts: Freshness
    said: str
    warning: str


class Made(NamedTuple, Generic[F]):
    """What a page is made of: the books, and what it shows of them; None for what could not be worked out."""

    books: Books | None
    figures: F | None


_ONE_AT_A_TIME = RLock()


class Page(FavaExtensionBase, Generic[F]):
    """A page of facts in the reader's language.

    Attributes:
        TITLE: what it is called.
        BROKEN: what is said where it cannot be made.
        books: what all pages share, worked out when one of them is asked for; None where that failed.
        figures: what it shows, likewise.

    """

    TITLE: ClassVar[str]
    BROKEN: ClassVar[str]
    IS_OF_THE_WHOLE: ClassVar[bool] = True
    NOT_OF_ONE: ClassVar[str] = mark("These are the books of one activity alone: this page has nothing to show here.")

    def __init__(self, ledger: FavaLedger, config: str | None = None) -> None:  # noqa: ARG002 - one of them tells it
        """Start with nothing loaded."""
        super().__init__(ledger)
        self._made: Made[F] | None = None

    def gather(self, books: Books) -> F:
        """Make what the page shows, from what all pages share."""
        raise NotImplementedError

    def show(self, figures: F, period: Period) -> Sequence[Section]:
        """Give the parts of the page."""
        raise NotImplementedError

    @property
    def report_title(self) -> str:  # type: ignore[override]
        """The title, in the reader's language."""
        return self.words.t(self.TITLE)

    def after_load_file(self) -> None:
        """Forget the load before. What goes wrong becomes an error of the ledger: raising would stop Fava."""
        self._made = None
        with self._telling():
            self.settle()

    def settle(self) -> None:
        """Do what cannot wait until the page is asked for."""

    @property
    def is_made(self) -> bool:
        """Whether what it shows of this load is worked out."""
        return self._made is not None

    def make(self) -> Made[F]:
        """Work out what it shows of this load, once."""
        with _ONE_AT_A_TIME:
            if self._made is None:
                books = figures = None
                with self._telling():
                    books = shared(self.ledger, added_up)
                    figures = self.gather(books)
                self._made = Made(books, figures)
            return self._made

    @property
    def books(self) -> Books | None:
        """What all pages share."""
        return self.make().books

    @property
    def figures(self) -> F | None:
        """What it shows."""
        return self.make().figures

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except Exception as failure:  # noqa: BLE001 - whatever it is, Fava must go on
            self.tell(NOT_MADE(name=self.name, reason=repr(failure)))

    def tell(self, message: str) -> None:
        """Add an error to those of the ledger."""
        source = new_metadata(self.ledger.beancount_file_path, 0)
        self.ledger.extensions.errors.append(FavaExtensionError(source, message, None))

    @property
    def is_elsewhere(self) -> bool:
        """Whether the page is of the whole cooperative, and the ledger of one activity alone."""
        return self.IS_OF_THE_WHOLE and shared(self.ledger, is_alone)

    def sections(self) -> Sequence[Section]:
        """Give the parts of the page for the period of the request."""
        if self.figures is None or self.is_elsewhere:
            return []
        try:
            period = self.period()
        except (ValueError, OverflowError):
            return [Section(text=UNREADABLE().inside(self.language))]
        return self.show(self.figures, period)

    def folds(self, sections: Sequence[Section]) -> list[Fold]:
        """Put the sections of one fold together; that which holds the table the address asks for is open."""
        asked = request.args.get("open", "")
        grouped = ((title, list(own)) for title, own in groupby(sections, key=attrgetter("fold")))
        return [Fold(title, own, any(each.table and each.table.key == asked for each in own)) for title, own in grouped]

    def choices(self) -> Sequence[Choice]:
        """Give the ways in which the page may be looked at; none where there is but one."""
        return ()

    def address(self, **changed: str) -> str:
        """Give the page's own address with some parameters changed, or taken away where they are ""."""
        kept = {**request.args.to_dict(), **changed}
        return f"?{urlencode({name: value for name, value in kept.items() if value and name != 'partial'})}"

    def tables(self) -> list[Table]:
        """Give its tables, those that have rows."""
        return [section.table for section in self.sections() if section.table and section.has_rows]

    @property
    def freshness(self) -> Fresh | None:
        """How fresh the books are, and in words; None where they cannot be read."""
        if self.books is None:
            return None
        words = self.words
        try:
            period = self.period()
        except (ValueError, OverflowError):
            period = Period(datetime.date.min, datetime.date.max, _today())  # the page says that it cannot be read
        asked = period.asked or period.today
        found = freshness(self.books, _today())
        behind = found.behind(asked)
        said = words.t(
            FRESH,
            entry=found.last_entry or NOTHING,
            balance=found.last_balance or NOTHING,
            closed=found.last_closed or NOTHING,
        )
        if period.today < asked:
            said = f"{said} {words.t(AS_OF, day=period.today)}"
        return Fresh(found, said, "" if behind is None else words.t(BEHIND, count=behind))

    @property
    def search(self) -> Search | None:
        """The field to search the page with; None where there is little to search."""
        return None

    @property
    def alerts(self) -> Sequence[Alert]:
        """What there is to see to."""
        return ()

    @property
    def picks(self) -> Sequence[Choice]:
        """The periods to pick: now, this month, quarter and year, what comes before what is shown, and after."""
        return picks.of(self, self.books, _today()) if self.books else ()

    def shown(self) -> Span | None:
        """Give the days that the page shows; None for now.

        Raises:
            ValueError: they cannot be read.

        """
        period = self.period()
        if period.is_whole or self.books is None:
            return None
        return self.books.register.cooperative.named(Span(period.begin, period.last))

    def picked(self, span: Span | None) -> str:
        """Lead to the same page for the days of *span*, None for now; "" where it cannot be of them."""
        kept = {name: request.args.get(name, "") for name in KEPT}
        return self.links.during(as_filter(span) if span else "").page(self.name, **kept)

    @property
    def is_filtered(self) -> bool:
        """Whether the reader has set a filter that the page takes no account of."""
        return any(request.args.get(name, "").strip() for name in ("account", "filter"))

    @property
    def query(self) -> str:
        """The parameters of the request, for the addresses of the downloads."""
        return request.query_string.decode("ascii", "replace").replace("partial=true", "")

    @property
    def language(self) -> str:
        """The reader's language: what Fava's own option says, else what the browser asks for."""
        return language_of(request, self.ledger.fava_options.language)

    @property
    def words(self) -> Words:
        """All that is written in the reader's language."""
        return Words(self.language)

    @property
    def links(self) -> Links:
        """The addresses figures lead to, made once for a request."""
        if not hasattr(g, "beancoop_links"):
            try:
                period = self.period()
            except (ValueError, OverflowError):
                period = None  # the page says so
            g.beancoop_links = Links(base_url(), request.args.get("time", ""), period)
        return cast("Links", g.beancoop_links)

    def period(self) -> Period:
        """Read Fava's time filter; without one, all counts that is not dated later than today.

        Where the books end before the day that is asked for, states and ages are told as of their last entry.

        Raises:
            ValueError: it cannot be read.

        """
        today, chosen = _today(), time_filter()
        if chosen is None:
            begin, end = datetime.date.min, self.books.until_now(today) if self.books else datetime.date.max
            asked = today
        else:
            begin, end = chosen
            asked = min(today, end - datetime.timedelta(days=1))
        known = self.books.last_written(today) if self.books else None
        return Period(begin, end, min(asked, known or asked), asked)

    @staticmethod
    def context(entry: Directive) -> str:
        """Give the link by which Fava shows *entry* and its place in the books."""
        return f"#context-{hash_entry(cast('Any', entry))}"

    @staticmethod
    def statement(entry: Directive, key: str) -> str:
        """Give the address of the document that the metadata *key* of *entry* names."""
        return f"{base_url()}statement/?entry_hash={hash_entry(cast('Any', entry))}&key={quote_plus(key)}"

    @staticmethod
    def about(entry: Transaction) -> str:
        """Say in a line what an entry is about."""
        return " \N{EN DASH} ".join(filter(None, (entry.payee, entry.narration)))

    def drawn(self, table: Table) -> Drawn:
        """Write a table in the reader's language."""
        return draw(table, self.language)

    def plotted(self, chart: Chart) -> Markup:
        """Draw a chart in the reader's language."""
        return plot.drawn(chart, self.language)

    def cell(self, cell: Cell) -> DrawnCell:
        """Write a cell that stands by itself in the reader's language."""
        return draw_cell(cell, self.language)

    def total(self, section: Section) -> DrawnCell | None:
        """Write the total of a section in the reader's language; what it is sorted by is the plain number."""
        return self.cell(section.total) if section.total else None

    @endpoint("download-table.csv")
    def download_table(self) -> Response | None:
        """Give one of the tables as CSV; None, which Fava takes for "not found", where there is no such table.

        It is written as a spreadsheet of the reader's language opens it; with `plain=1` as programs read it.
        """
        asked = request.args.get("table", "")
        table = next((each for each in self.tables() if each.key == asked), None)
        return files.table_of(self, table, is_plain=bool(request.args.get("plain"))) if table else None

    @endpoint("download-tables.xlsx")
    def download_tables(self) -> Response | None:
        """Give all the tables as a workbook."""
        tables = self.tables()
        return files.workbook_of(self, tables) if tables else None

    def unit(self) -> str:
        """Give the one unit that the page shows; "" where it shows more."""
        return next(iter(self.books.activities)) if self.books is not None and self.books.is_alone else ""


def _today() -> datetime.date:
    return datetime.datetime.now().astimezone().date()
