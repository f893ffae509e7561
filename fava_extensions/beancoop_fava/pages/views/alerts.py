"""What an accountant has to see to, in a line above the activities: each thing leads to where it is mended."""

from __future__ import annotations

import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from beancoop.presentation.section import Cell
from beancoop.statements.alerts import alerts
from beancoop.statements.treasury import CashBalances
from beancoop.statements.vat import VatFigures
from beancoop.words.messages import phrase

from beancoop_fava.pages import page as pages
from beancoop_fava.pages.fava_api import shared
from beancoop_fava.pages.loads import added_up

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from beancoop.books.books import Books
    from beancoop.model.periods import Period
    from beancoop.statements.alerts import Alerts, Silent

    from beancoop_fava.pages.fava_api import FavaLedger
    from beancoop_fava.pages.page import Alert, Page

WAITING = phrase("{count} movement waits on 499:", "{count} movements wait on 499:")
OVERDRAWN = phrase(
    "{count} activity is below the overdraft it is allowed: {units}",
    "{count} activities are below the overdraft they are allowed: {units}",
)
OPEN = phrase("{count} month is not closed: {first}", "{count} months are not closed, since {first}")
UNDECIDED = phrase("VAT {period}: {count} entry is to be decided", "VAT {period}: {count} entries are to be decided")
SILENT = phrase("Bank statements are missing since {since}: {accounts}")
NEVER = phrase("No bank statement yet: {accounts}")
_NAMED = 3
"""Units that are named before the rest are three dots."""


def vat_figures(ledger: FavaLedger) -> VatFigures:
    """Give the returns of a load, made once for the page of VAT and for this line."""
    return VatFigures(shared(ledger, added_up))


def told(page: Page[Any], books: Books) -> Sequence[Alert]:
    """Tell what there is to see to at the end of the period shown."""
    try:
        period = page.period()
    except (ValueError, OverflowError):
        return []  # the page says that it cannot be read
    return list(_told(page, alerts(CashBalances(books), shared(page.ledger, vat_figures), period), period))


def _told(page: Page[Any], found: Alerts, period: Period) -> Iterator[Alert]:
    t, links, words = page.words.t, page.links, page.words
    treasury = links.page("Tresorerie")
    if found.suspense:
        amount = Cell(found.suspense.amount, links.held(rule="waiting"), kind="money")
        yield pages.Alert(t(WAITING, count=found.suspense.movements), f"{treasury}#waiting", amount)
    if found.overdrawn:
        units = [each.unit for each in found.overdrawn]
        named = ", ".join(units[:_NAMED]) + (" …" if units[_NAMED:] else "")
        yield pages.Alert(t(OVERDRAWN, count=len(units), units=named), f"{treasury}#rooms")
    if found.open:
        first, last = found.open[0], found.open[-1]
        home = links.during(f"{first} - {last}").page("Activites", only="open")
        yield pages.Alert(t(OPEN, count=len(found.open), first=words.month(first)), home)
    if found.undecided:
        home = links.during(str(found.undecided.period) if not period.is_whole else "").page("TVA")
        said = t(UNDECIDED, count=found.undecided.entries, period=str(found.undecided.period))
        yield pages.Alert(said, f"{home}#undecided")
    for since, accounts in groupby(sorted(found.silent, key=_since), key=lambda each: each.since):
        named = ", ".join(_plain(each.account) for each in accounts)
        said = t(SILENT, since=words.day(since), accounts=named) if since else t(NEVER, accounts=named)
        yield pages.Alert(said, f"{treasury}#banks")


def _since(silent: Silent) -> tuple[datetime.date, str]:
    return silent.since or datetime.date.min, silent.account


def _plain(account: str) -> str:
    """Write an account as short as it can be told from the others: without its root and class."""
    return account.split(":", 2)[-1]
