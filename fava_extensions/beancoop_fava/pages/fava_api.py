"""What the pages need of Fava."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar, cast

from beancoop.model.periods import day_before
from fava.beans.funcs import hash_entry
from fava.context import g
from fava.core import FavaLedger
from fava.core.fava_options import FavaOptions, InsertEntryOption
from fava.ext import FavaExtensionBase, FavaExtensionError, extension_endpoint
from fava.util.date import parse_date
from flask import request, url_for

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable

    from beancoop_fava.pages.insert_options import Place

__all__ = [
    "FavaExtensionBase",
    "FavaExtensionError",
    "FavaLedger",
    "base_url",
    "endpoint",
    "g",
    "hash_entry",
    "insert_in",
    "intervals",
    "set_for_people",
    "shared",
    "time_filter",
]

T = TypeVar("T")

_MOST = 100  # bars of a chart


def shared(ledger: FavaLedger, make: Callable[[FavaLedger], T]) -> T:
    """Give what *make* makes of a load of *ledger*: made once, for all the pages that ask."""
    kept = vars(ledger.extensions)
    if "beancoop" not in kept or kept["beancoop"][0] is not ledger.all_entries:
        kept["beancoop"] = ledger.all_entries, {}
    by_maker = kept["beancoop"][1]
    if make not in by_maker:
        by_maker[make] = make(ledger)
    made: T = by_maker[make]
    return made


def endpoint(name: str) -> Callable[[T], T]:
    """Let a method of a page answer the GET requests for *name* below its address."""
    return cast("Callable[[T], T]", extension_endpoint(name, ["GET"]))


def base_url() -> str:
    """Give the address that all pages of the request's ledger begin with."""
    return url_for("index", bfile=g.beancount_file_slug)


def time_filter() -> tuple[datetime.date, datetime.date] | None:
    """Read Fava's time filter: the first day and the day after the last; None without one.

    Fava's own reading would go over all entries, which our pages have no need of.

    Raises:
        ValueError: it cannot be read, or ends before it begins.

    """
    text = request.args.get("time", "").strip()
    if not text:
        return None
    begin, end = parse_date(text, g.ledger.fava_options.fiscal_year_end)
    if begin is None or end is None or begin >= end:
        raise ValueError(text)
    return begin, end


def intervals(first: datetime.date, last: datetime.date) -> list[tuple[datetime.date, datetime.date]]:
    """Give the intervals that the reader has chosen for charts, *first* and *last* day included; the last hundred."""
    begin, end = g.interval.get_prev(last), g.interval.get_next(last)
    found = [(begin, end)]
    while begin > first and len(found) < _MOST:
        begin, end = g.interval.get_prev(day_before(begin)), begin
        found.append((begin, end))
    return found[::-1]


def set_for_people(ledger: FavaLedger, page: type[FavaExtensionBase]) -> None:
    """Have Fava lead to *page* first, unless the ledger's own options say where, and show a profit without a minus."""
    options = ledger.fava_options
    options.invert_income_liabilities_equity = True
    if options.default_page == FavaOptions.default_page:
        options.default_page = f"extension/{page.__name__}/"


def insert_in(ledger: FavaLedger, places: Iterable[Place]) -> None:
    """Have Fava add entries at *places*, unless the ledger's own options say where, or nobody adds any."""
    options = ledger.fava_options
    if not options.insert_entry and getattr(ledger, "takes_entries", True):
        options.insert_entry = [
            InsertEntryOption(place.after, re.compile(place.accounts), str(place.file), place.line) for place in places
        ]
