"""What the pages share: the reader's language, the period shown, where figures lead, and the downloads."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from beancoop.books.books import Books
from beancoop.loading.ledger import Ledger
from beancoop.model.periods import Period, day_before
from beancoop.presentation.delimited import CSV, as_csv
from beancoop.presentation.drawing import draw
from beancoop.presentation.section import Section
from beancoop.presentation.texts import Words
from beancoop.presentation.workbook import XLSX, workbook
from beancoop.words.language import mark
from beancoop.words.messages import error
from beancoop_server.language import language_of
from beancount.core.data import new_metadata
from flask import Response, request

from beancoop_fava.pages.fava_api import (
    FavaExtensionBase,
    FavaExtensionError,
    base_url,
    endpoint,
    hash_entry,
    shared,
    time_filter,
)
from beancoop_fava.pages.links import Links

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancoop.presentation.drawing import Drawn
    from beancoop.presentation.section import Table
    from beancount.core.data import Directive, Transaction

    from beancoop_fava.pages.fava_api import FavaLedger

F = TypeVar("F")

UNREADABLE = error("BC970", "The period cannot be read; write it as 2026, 2026-03, 2026-03-15 or 2026-01 - 2026-06.")
NOT_MADE = error("BC971", "The page {name} cannot be made from this ledger: {reason}. Tell the makers of beancoop.")


def read(ledger: FavaLedger) -> Books:
    """Add up a load of *ledger*, all of it: a reader waits for nothing, and a failure is told with the load."""
    entries, errors, options = (cast("Any", each) for each in (ledger.all_entries, ledger.errors, ledger.options))
    books = Books(Ledger(Path(ledger.beancount_file_path), entries, errors, options))
    return books.added_up()


class Page(FavaExtensionBase, Generic[F]):
    """A page of facts in the reader's language.

    Attributes:
        TITLE: what it is called.
        BROKEN: what is said where it cannot be made.
        figures: what it shows, made once per load; None where that failed.

    """

    TITLE: ClassVar[str]
    BROKEN: ClassVar[str]
    IS_OF_THE_WHOLE: ClassVar[bool] = True
    NOT_OF_ONE: ClassVar[str] = mark("These are the books of one activity alone: this page has nothing to show here.")

    books: Books | None
    figures: F | None

    def __init__(self, ledger: FavaLedger, config: str | None = None) -> None:  # noqa: ARG002 - one of them tells it
        """Start with nothing loaded."""
        super().__init__(ledger)
        self.books = self.figures = None

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
        """Add the ledger up. What goes wrong becomes an error of the ledger: raising would stop Fava."""
        self.books = self.figures = None
        try:
            self.books = shared(self.ledger, read)
            self.figures = self.gather(self.books)
        except Exception as failure:  # noqa: BLE001 - whatever it is, Fava must go on
            self.tell(NOT_MADE(name=self.name, reason=repr(failure)))

    def tell(self, message: str) -> None:
        """Add an error to those of the ledger."""
        source = new_metadata(self.ledger.beancount_file_path, 0)
        self.ledger.extensions.errors.append(FavaExtensionError(source, message, None))

    @property
    def is_elsewhere(self) -> bool:
        """Whether the page is of the whole cooperative, and the ledger of one activity alone."""
        return self.IS_OF_THE_WHOLE and self.books is not None and self.books.is_alone

    def sections(self) -> Sequence[Section]:
        """Give the parts of the page for the period of the request."""
        if self.figures is None or self.is_elsewhere:
            return []
        try:
            period = self.period()
        except (ValueError, OverflowError):
            return [Section(text=UNREADABLE().inside(self.language))]
        return self.show(self.figures, period)

    def tables(self) -> list[Table]:
        """Give its tables, those that have rows."""
        return [section.table for section in self.sections() if section.table and section.has_rows]

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
        """The addresses figures lead to; where some entries are of days to come, to those that count."""
        return Links(base_url(), request.args.get("time", "") or self._time_of_now())

    def _time_of_now(self) -> str:
        """Write the days that count without a filter as Fava's time filter reads them; "" where all do."""
        end = self.books.until_now(_today()) if self.books else datetime.date.max
        if end == datetime.date.max or self.books is None:
            return ""
        last = day_before(end)
        return f"{min(self.books.of(None)[0].date, last)} - {last}"

    def period(self) -> Period:
        """Read Fava's time filter; without one, all counts that is not dated later than today.

        Raises:
            ValueError: it cannot be read.

        """
        today, chosen = _today(), time_filter()
        if chosen is None:
            end = self.books.until_now(today) if self.books else datetime.date.max
            return Period(datetime.date.min, end, today)
        begin, end = chosen
        return Period(begin, end, min(today, end - datetime.timedelta(days=1)))

    @staticmethod
    def context(entry: Directive) -> str:
        """Give the link by which Fava shows *entry* and its place in the books."""
        return f"#context-{hash_entry(cast('Any', entry))}"

    @staticmethod
    def about(entry: Transaction) -> str:
        """Say in a line what an entry is about."""
        return " \N{EN DASH} ".join(filter(None, (entry.payee, entry.narration)))

    def drawn(self, table: Table) -> Drawn:
        """Write a table in the reader's language."""
        return draw(table, self.language)

    @endpoint("download-table.csv")
    def download_table(self) -> Response | None:
        """Give one of the tables as CSV; None, which Fava takes for "not found", where there is no such table."""
        asked = request.args.get("table", "")
        for table in self.tables():
            if table.key == asked:
                return self._file(as_csv(table), f"{CSV}; charset=utf-8", f"{self.name}-{table.key}.csv")
        return None

    @endpoint("download-tables.xlsx")
    def download_tables(self) -> Response | None:
        """Give all the tables as a workbook."""
        tables = self.tables()
        return self._file(workbook(tables), XLSX, f"{self.name}.xlsx") if tables else None

    @staticmethod
    def _file(content: bytes, kind: str, name: str) -> Response:
        return Response(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _today() -> datetime.date:
    return datetime.datetime.now().astimezone().date()
