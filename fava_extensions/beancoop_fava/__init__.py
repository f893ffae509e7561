"""The cooperative's pages in Fava, and Fava safe to show (`beancoop_fava.server.app`).

2026-01-01 custom "fava-extension" "beancoop_fava"
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop import RULES
from beancoop.model.periods import Span
from beancoop.presentation.texts import Words
from beancoop.rules.proof import unproved
from beancoop.statements.activities import Activities
from beancoop.statements.distribution import Distribution
from beancoop.statements.equity import Equity
from beancoop.statements.treasury import CashBalances
from beancoop.statements.vat import VatFigures
from beancoop.words.language import mark
from beancoop.words.messages import error
from flask import request

from beancoop_fava.pages import (
    addresses,
    page,  # as a module: Fava makes a page of each class it finds in this one
)
from beancoop_fava.pages.fava_api import insert_in, set_for_people, shared
from beancoop_fava.pages.insert_options import places
from beancoop_fava.pages.links import as_filter
from beancoop_fava.pages.loads import is_alone, loaded
from beancoop_fava.pages.sureness import is_sure
from beancoop_fava.pages.views import activities, alerts, autonomy, entries, reserves, team, treasury, vat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancoop.books.books import Books
    from beancoop.model.periods import Period
    from beancoop.presentation.section import Choice, Section, Table
    from beancoop.statements.meaning import Meaning

    from beancoop_fava.pages.fava_api import FavaLedger

NO_CONFIGURATION = error("BC972", "beancoop_fava takes no configuration; remove {given} from its line.")


class Activites(page.Page[Activities]):
    """The page "Activités": one row per activity, facts only."""

    TITLE = mark("Activities")
    BROKEN = mark("The activities cannot be shown; see the errors.")
    has_js_module = True  # Activites.js, which Fava loads on every page

    def __init__(self, ledger: FavaLedger, config: str | None = None) -> None:
        """Take no configuration; what is given all the same is told after the load, since raising stops Fava."""
        super().__init__(ledger)
        self._unwanted = config

    def settle(self) -> None:
        """Tell, for all pages, what was not proved about this load; say where entries go, and what is shown first."""
        if self._unwanted is not None:
            self.tell(NO_CONFIGURATION(given=repr(self._unwanted)))
        ledger = loaded(self.ledger)
        if not is_sure(ledger):
            for finding in unproved(ledger, RULES):
                self.tell(finding.message)
        insert_in(self.ledger, places(ledger))
        set_for_people(self.ledger, Autonomie if shared(self.ledger, is_alone) else Activites)

    def gather(self, books: Books) -> Activities:
        """Add the contributions up."""
        return Activities(books)

    def show(self, figures: Activities, period: Period) -> Sequence[Section]:
        """Give the table and the chart."""
        return activities.sections(self, figures, period)

    @property
    def search(self) -> page.Search | None:
        """By code or trade."""
        return None if self.is_elsewhere else activities.search(self)

    @property
    def alerts(self) -> Sequence[page.Alert]:
        """What the accountant has to see to."""
        return [] if self.books is None or self.is_elsewhere else alerts.told(self, self.books)


class Autonomie(page.Page["Books"]):
    """The page "Autonomie": all that one activity needs to know to stand on its own."""

    TITLE = mark("Autonomy")
    BROKEN = mark("The activity cannot be shown; see the errors.")
    IS_OF_THE_WHOLE = False

    def gather(self, books: Books) -> Books:
        """Need nothing but what all pages share."""
        return books

    def show(self, figures: Books, period: Period) -> Sequence[Section]:
        """Give all about the activity asked for."""
        return autonomy.sections(self, figures, period)

    @property
    def words(self) -> Words:
        """All that is written in the reader's language: without the numbers of accounts, unless they are asked for."""
        return Words(self.language, numbered=autonomy.is_numbered())

    def choices(self) -> Sequence[Choice]:
        """Let the reader ask for the numbers of accounts."""
        return autonomy.choices(self)

    def unit(self) -> str:
        """Give the activity asked for."""
        activity = autonomy.chosen(self.books) if self.books else None
        return activity.unit if activity else ""


class Ecritures(page.Page["Books"]):
    """The page "Écritures": what a figure of any page is made of."""

    TITLE = mark("Journal entries")
    BROKEN = mark("The entries cannot be shown; see the errors.")
    IS_OF_THE_WHOLE = False

    def gather(self, books: Books) -> Books:
        """Need nothing but what all pages share."""
        return books

    def show(self, figures: Books, period: Period) -> Sequence[Section]:  # noqa: ARG002 - the address says the days
        """Give the entries of the figure that the address means."""
        return entries.sections(self, figures)

    def meaning(self) -> Meaning | None:
        """Give the figure that the address means; None where it means none."""
        try:
            return addresses.read(request.args) if addresses.is_asked(request.args) else None
        except ValueError:
            return None  # the page says so

    def shown(self) -> Span | None:
        """Give the days of the figure, where it has a first and a last one."""
        meaning = self.meaning()
        if self.books is None or meaning is None or meaning.since is None or meaning.until is None:
            return super().shown()
        return self.books.register.cooperative.named(Span(meaning.since, max(meaning.since, meaning.until)))

    def picked(self, span: Span | None) -> str:
        """Lead to the same figure of the days of *span*; one of a first day on has no now."""
        meaning = self.meaning()
        if meaning is None:
            return super().picked(span)
        if span is None:
            return "" if meaning.since else self.links.during("").to(meaning._replace(until=None))
        since, day = meaning.since and span.first, meaning.day and span.last
        return self.links.during(as_filter(span)).to(meaning._replace(since=since, until=span.last, day=day))

    def unit(self) -> str:
        """Give whose figure it is, where it is one unit's."""
        meaning = self.meaning()
        return meaning.unit if meaning and self.books and meaning.unit in self.books.units else super().unit()

    def tables(self) -> list[Table]:
        """Give all its entries, where the page shows some."""
        shown = entries.sections(self, self.figures, is_whole=True) if self.figures else []
        return [section.table for section in shown if section.table and section.has_rows]


class Reserves(page.Page["reserves.ReservesFigures"]):
    """The page "Réserves": the equity and where it comes from, as figures."""

    TITLE = mark("Reserves")
    BROKEN = mark("The reserves cannot be shown; see the errors.")
    NOT_OF_ONE = mark("Equity and reserves belong to the cooperative; the books of an activity hold none of them.")

    def gather(self, books: Books) -> reserves.ReservesFigures:
        """Sort the equity out."""
        equity = Equity(books)
        return reserves.ReservesFigures(books, equity, Distribution(books, equity.balances))

    def show(self, figures: reserves.ReservesFigures, period: Period) -> Sequence[Section]:
        """Give the equity and what stands behind it."""
        return reserves.sections(self, figures, period)


class Suivi(page.Page["Books"]):
    """The page "Suivi": what the team does with the activities, and which of them come to their end."""

    TITLE = mark("Follow-up")
    BROKEN = mark("The follow-up cannot be shown; see the errors.")

    def gather(self, books: Books) -> Books:
        """Need nothing but what all pages share."""
        return books

    def show(self, figures: Books, period: Period) -> Sequence[Section]:
        """Give the endings, the hours and the meetings."""
        return team.sections(self, figures, period)


class Tresorerie(page.Page[CashBalances]):
    """The page "Trésorerie": the bank accounts, the units' shares of them, and what waits."""

    TITLE = mark("Treasury")
    BROKEN = mark("The treasury cannot be shown; see the errors.")

    def gather(self, books: Books) -> CashBalances:
        """Gather what waits."""
        return CashBalances(books)

    def show(self, figures: CashBalances, period: Period) -> Sequence[Section]:
        """Give the banks, the shares, what waits, and the overdrafts."""
        return treasury.sections(self, figures, period)


class TVA(page.Page[VatFigures]):
    """The page "TVA": the return of a period with the entries behind each grid, and what needs a word."""

    TITLE = mark("VAT")
    BROKEN = mark("The VAT cannot be shown; see the errors.")

    def gather(self, books: Books) -> VatFigures:  # noqa: ARG002 - shared with what the accountant has to see to
        """Read what was filed; a return is made when it is asked for."""
        return shared(self.ledger, alerts.vat_figures)

    def show(self, figures: VatFigures, period: Period) -> Sequence[Section]:
        """Give the return of the last period that has begun."""
        return vat.sections(self, figures, period)


PAGES = (Activites, Autonomie, Reserves, Suivi, Tresorerie, TVA, Ecritures)
"""The pages, whether or not a ledger's text names them."""
