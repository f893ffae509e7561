"""The statement of an activity that goes along with its books: that of the last whole month there are entries of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.books.books import Books
from beancoop.loading.ledger import Ledger
from beancoop.model.months import Month
from beancoop.model.periods import Span
from beancoop.presentation.texts import Words
from beancount.core.data import Transaction

from beancoop_cli.reports.entrepreneur import activity_report
from beancoop_cli.reports.making import Request, document
from beancoop_cli.reports.rendering import pdf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancoop.leaving.extract import Extract
    from beancount.core.data import Directive

NAME = "activity"


def statement(own: Extract, every: Sequence[Directive], ledger: Ledger, language: str) -> bytes | None:
    """Give the statement as a PDF; None where the days asked for hold no whole month with an entry.

    Its figures and texts are those of the entries that go along, and so tell of no other unit; whether the month is
    closed is said by the ledger's seals, which are over the entries as they were written.

    Args:
        own: what goes along.
        every: its entries, and its transactions before them.
        ledger: the ledger it comes from.
        language: one of the LANGUAGES.

    Raises:
        NoEngineError: PDF cannot be made on this machine.

    """
    days = [entry.date for entry in every if isinstance(entry, Transaction)]
    months = sorted({Month.of(day) for day in days if own.days.hold(day)})
    whole = [month for month in months if own.days.hold(month.first_day) and own.days.hold(month.last_day)]
    if not whole:
        return None
    span, words = Span.of_month(whole[-1]), Words(language)
    alone = Books(Ledger(ledger.path, list(every), [], ledger.options))
    draft = activity_report(Request(NAME, alone, span, own.unit, words))
    return pdf(document(Request(NAME, Books(ledger), span, own.unit, words), draft))
