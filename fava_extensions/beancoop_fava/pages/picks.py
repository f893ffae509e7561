"""The periods to pick on a page, each a link to the same page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from beancoop.presentation.section import Choice
from beancoop.statements.period_picker import picker
from beancoop.words.messages import phrase
from flask import request

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from beancoop.books.books import Books

    from beancoop_fava.pages.page import Page

BEFORE, AFTER = phrase("Before: {period}"), phrase("After: {period}")


def of(page: Page[Any], books: Books, today: datetime.date) -> Sequence[Choice]:
    """Give now, the month, quarter and year of the last entry, what comes before what *page* shows, and after."""
    words, t = page.words, page.words.t
    is_now = not request.args.get("time", "").strip()
    try:
        shown = page.shown()
    except (ValueError, OverflowError):
        shown = None  # the page says that it cannot be read
    found = picker(books.register.cooperative, books.last_written(today) or today, shown)
    around = [(BEFORE, found.previous), (AFTER, found.following)]
    choices = [
        Choice(t("Now"), page.picked(None), is_now and shown is None),
        *(
            Choice(words.span(span), page.picked(span), span[:2] == (shown or ())[:2])
            for span in (found.month, found.quarter, found.year)
        ),
        *(Choice(t(name, period=words.days(span)), page.picked(span), is_shown=False) for name, span in around if span),
    ]
    return [choice for choice in choices if choice.href]
