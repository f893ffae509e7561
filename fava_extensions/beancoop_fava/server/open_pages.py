"""The pages that are open to every member of the cooperative: activities, contributions, reserves.

They are drawn from the figures themselves, not by Fava, whose pages carry every payee and customer along: what is not
listed here cannot be asked for. No figure leads to an entry, and nothing tells who bought, sold or paid.
"""

from __future__ import annotations

import datetime
import re
from collections import defaultdict
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from beancoop.books.books import Books
from beancoop.loading.ledger import load_ledger
from beancoop.model.money import ZERO
from beancoop.model.periods import Period
from beancoop.presentation.delimited import CSV, as_csv
from beancoop.presentation.drawing import draw
from beancoop.presentation.names import STATES
from beancoop.presentation.section import Cell, Column, Row, Section, Table
from beancoop.presentation.texts import Words
from beancoop.statements.activities import Activities, total
from beancoop.statements.distribution import Distribution
from beancoop.statements.equity import Equity
from beancoop.words.language import mark
from beancoop_server.language import language_of
from beancoop_server.refusal import NOT_OPEN, refuse
from jinja2 import Environment, PackageLoader, StrictUndefined
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from beancoop_fava.pages.views import reserves
from beancoop_fava.server.watching import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from decimal import Decimal
    from pathlib import Path
    from wsgiref.types import StartResponse, WSGIEnvironment

TITLES = {"activities": mark("Activities"), "contributions": mark("Contributions"), "reserves": mark("Reserves")}
_PLACE = re.compile(r"/open/(?P<page>\w+)(/(?P<table>[\w-]+)\.csv)?")
_NOT_OPEN = frozenset({"movements"})
"""Tables of the page Réserves whose rows are entries, with what somebody wrote of them."""


def open_pages(ledger: Path, guard: Callable[[], None]) -> OpenPages:
    """Load *ledger*, and give its open pages."""
    return OpenPages(ledger, guard)


class OpenPages:
    """A WSGI application that shows the open pages of one ledger."""

    def __init__(self, ledger: Path, guard: Callable[[], None]) -> None:
        """Load *ledger*; *guard* is called before each load, and raises to prevent it."""
        self._ledger, self._guard = ledger, guard
        self._watch = Watch(ledger.parent)
        self._load()

    def refresh(self) -> None:
        """Take up what changed on disk."""
        if self._watch.has_changed():
            self._load()

    def missing(self, _path: str) -> None:
        """Have nothing to work out: all of it is when it is loaded."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        return self._answer(Request(environ))(environ, start_response)

    def _load(self) -> None:
        self._guard()
        self._books = Books(load_ledger(self._ledger)).added_up()
        self._watch.update(self._books.ledger.files, ())

    def _answer(self, request: Request) -> Response:
        if request.path == "/":
            return redirect(f"/open/{next(iter(TITLES))}", HTTPStatus.SEE_OTHER)
        asked = _PLACE.fullmatch(request.path)
        if not asked or asked["page"] not in TITLES or request.method not in {"GET", "HEAD"}:
            return refuse(request.environ, HTTPStatus.FORBIDDEN, NOT_OPEN)
        drawing = _Drawing(self._books, language_of(request))
        sections = getattr(drawing, asked["page"])()
        if not asked["table"]:
            return drawing.page(request, asked["page"], sections)
        tables = {section.table.key: section.table for section in sections if section.table}
        if asked["table"] not in tables:
            return refuse(request.environ, HTTPStatus.FORBIDDEN, NOT_OPEN)
        attached = {"Content-Disposition": f'attachment; filename="{asked["table"]}.csv"'}
        return Response(as_csv(tables[asked["table"]]), headers=attached, content_type=f"{CSV}; charset=utf-8")


class _Drawing:
    """One reader's pages, of now."""

    def __init__(self, books: Books, language: str) -> None:
        self._books = books
        self.words = Words(language)
        self.links = _NoLinks()

    @cached_property
    def _period(self) -> Period:
        today = datetime.datetime.now().astimezone().date()
        return Period(datetime.date.min, self._books.until_now(today), today)

    def activities(self) -> list[Section]:
        """Give a row for each activity, without a word of its customers."""
        t, rows = self.words.t, list(Activities(self._books).rows(self._period))
        columns = (
            Column(t("Activity"), "code"),
            Column(t("Trade")),
            Column(t("State")),
            Column(t("Treasury"), "money"),
            Column(t("Available to spend"), "money"),
            Column(t("Margin"), "money"),
            Column(t("Contribution"), "money"),
            Column(t("Months left"), "count"),
        )
        drawn = [
            Row(
                (
                    each.unit,
                    each.trade,
                    t(STATES[each.state]),
                    each.treasury,
                    each.available,
                    each.margin,
                    each.contribution,
                    each.months_left,
                )
            )
            for each in rows
        ]
        sums = total(rows)
        amounts = (sums.treasury, sums.available, sums.margin, sums.contribution)
        foot = Row((Cell(f"{t('Total')} ({len(rows)})", span=3), *amounts, Cell("", kind="text")))
        return [Section(table=Table("activities", t("Activities"), columns, drawn, foot))]

    def contributions(self) -> list[Section]:
        """Give what each activity contributed in each year, on what margin."""
        t = self.words.t
        columns = (
            Column(t("Activity"), "code"),
            Column(t("Year")),
            Column(t("Margin"), "money"),
            Column(t("Contribution"), "money"),
        )
        sums: defaultdict[tuple[str, int], tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
        for unit, levies in self._books.levies.items():
            for levy in levies:
                margin, given = sums[unit, levy.month.year]
                sums[unit, levy.month.year] = margin + levy.margin, given + levy.levy
        rows = [Row((unit, str(year), margin, given)) for (unit, year), (margin, given) in sorted(sums.items())]
        return [Section(table=Table("contributions", t("Contributions"), columns, rows), empty=t("No entry."))]

    def reserves(self) -> list[Section]:
        """Give what the page Réserves gives, but for its entries."""
        equity = Equity(self._books)
        figures = reserves.ReservesFigures(self._books, equity, Distribution(self._books, equity.balances))
        sections = reserves.sections(cast("Any", self), figures, self._period)
        return [each for each in sections if not each.table or each.table.key not in _NOT_OPEN]

    def context(self, _entry: object) -> str:
        """Lead nowhere."""
        return ""

    def about(self, _entry: object) -> str:
        """Tell nothing of an entry."""
        return ""

    def page(self, request: Request, name: str, sections: Sequence[Section]) -> Response:
        """Lay a page out."""
        text = _TEMPLATES.get_template("open.html").render(
            t=self.words.t,
            language=self.words.language,
            shown=name,
            titles=TITLES,
            title=self._books.title,
            sections=sections,
            draw=lambda table: draw(table, self.words.language),
            has_errors=bool(self._books.ledger.errors),
            sign_out=request.headers.get("X-Beancoop-Sign-Out", ""),
        )
        return Response(text, content_type="text/html; charset=utf-8")


class _NoLinks:
    """Where a figure of these pages leads: nowhere."""

    def __getattr__(self, _name: str) -> Callable[..., str]:
        return lambda *_, **__: ""


_TEMPLATES = Environment(loader=PackageLoader("beancoop_fava"), autoescape=True, undefined=StrictUndefined)
