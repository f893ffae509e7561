"""Loaders with one fault each, as a fast one could have it: what the comparison must catch."""

from __future__ import annotations

import copy
import gc
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from beancount.core.data import Transaction
from loading_equal.comparison import stock

if TYPE_CHECKING:
    from pathlib import Path

    from loading_equal.comparison import Load

    Loaded = tuple[list, list, dict]


def keeps_a_stale_file() -> Load:
    """Load a ledger once, and look at none of its files again."""
    known: dict[str, Loaded] = {}

    def load(path: str | Path) -> Loaded:
        if str(path) not in known:
            known[str(path)] = stock(path)
        return copy.deepcopy(known[str(path)])

    return load


def shares_what_a_caller_may_write_into() -> Load:
    """Answer the entries of a load before, as long as the files are the same."""
    known: dict[str, list] = {}

    def load(path: str | Path) -> Loaded:
        entries, errors, options = stock(path)
        return list(known.setdefault(options["input_hash"], entries)), errors, options

    return load


def shares_the_display_context() -> Load:
    """Let all answers format by one display context."""
    known: dict = {}

    def load(path: str | Path) -> Loaded:
        entries, errors, options = stock(path)
        options["dcontext"] = known.setdefault("dcontext", options["dcontext"])
        return entries, errors, options

    return load


def loses_an_error(path: str | Path) -> Loaded:
    entries, errors, options = stock(path)
    return entries, errors[:-1], options


def turns_the_errors_round(path: str | Path) -> Loaded:
    entries, errors, options = stock(path)
    return entries, errors[::-1], options


def swaps_two_entries_of_a_day(path: str | Path) -> Loaded:
    entries, errors, options = stock(path)
    place = next(i for i, (one, other) in enumerate(pairwise(entries)) if one.date == other.date and one != other)
    entries[place : place + 2] = entries[place + 1], entries[place]
    return entries, errors, options


def forgets_the_input_hash(path: str | Path) -> Loaded:
    entries, errors, options = stock(path)
    del options["input_hash"]
    return entries, errors, options


def forgets_a_file(path: str | Path) -> Loaded:
    entries, errors, options = stock(path)
    del options["include"][-1]
    return entries, errors, options


def _first_transaction(entries: list) -> tuple[int, Transaction]:
    return next((i, entry) for i, entry in enumerate(entries) if isinstance(entry, Transaction))


def drops_a_digit(path: str | Path) -> Loaded:
    """Write 100.00 as 100.0, which is equal to it."""
    entries, errors, options = stock(path)
    _, entry = _first_transaction(entries)
    posting = entry.postings[0]
    units = posting.units._replace(number=posting.units.number.quantize(Decimal("0.1")))
    entry.postings[0] = posting._replace(units=units)
    return entries, errors, options


def drops_the_tolerances(path: str | Path) -> Loaded:
    entries, errors, options = stock(path)
    _first_transaction(entries)[1].meta.pop("__tolerances__")
    return entries, errors, options


def turns_the_metadata_round(path: str | Path) -> Loaded:
    entries, errors, options = stock(path)
    meta = _first_transaction(entries)[1].meta
    turned = dict(reversed(meta.items()))
    meta.clear()
    meta.update(turned)
    return entries, errors, options


def makes_lists_of_tuples(path: str | Path) -> Loaded:
    entries, errors, options = stock(path)
    place, entry = _first_transaction(entries)
    entries[place] = entry._replace(postings=tuple(entry.postings))
    return entries, errors, options


def makes_a_decimal_of_a_line_number(path: str | Path) -> Loaded:
    entries, errors, options = stock(path)
    meta = _first_transaction(entries)[1].meta
    meta["lineno"] = Decimal(meta["lineno"])
    return entries, errors, options


def raises_nothing(path: str | Path) -> Loaded:
    try:
        return stock(path)
    except Exception:  # noqa: BLE001 - the fault
        return [], [], {}


def leaves_the_collector_off(path: str | Path) -> Loaded:
    loaded = stock(path)
    gc.disable()
    return loaded


BROKEN_ONCE = (
    *(loses_an_error, turns_the_errors_round, swaps_two_entries_of_a_day, forgets_the_input_hash, forgets_a_file),
    *(
        drops_a_digit,
        drops_the_tolerances,
        turns_the_metadata_round,
        makes_lists_of_tuples,
        makes_a_decimal_of_a_line_number,
    ),
    leaves_the_collector_off,
)
"""What is wrong from the first load on."""

BROKEN_LATER = (keeps_a_stale_file, shares_what_a_caller_may_write_into, shares_the_display_context)
"""What makes a loader that is wrong once it has loaded before."""
