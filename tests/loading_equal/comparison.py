"""Whether a loader answers what Beancount's own answers, to the type and the digit.

`compare(path)` loads a ledger both ways in this process and gives the first difference. `spoil` writes into an answer
whatever a caller could, so that the next comparison finds what was kept of it.

Nothing here stands on `beancoop.loading.comparison`, by which `check --verify` judges the same: what that passes over
by mistake is found here. It is stricter too: a value of a type that it does not know is an error.
"""

from __future__ import annotations

import decimal
import gc
import os
import sys
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from beancoop.loading import load_file
from beancount import loader
from beancount.core.display_context import Align, DisplayContext, DisplayFormatter, Precision
from beancount.parser.options import OPTIONS_DEFAULTS
from beancount.utils.defdict import ImmutableDictWithDefault

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Load = Callable[[str | Path], tuple[list, list, dict]]

TRACEBACK = "Traceback (most recent call last)"
NUMBERS = (*map(Decimal, ("0", "1", "-1", "1234567.891234", "-0.005", "1E+3", "1E-9")),)
WRITABLE = dict | list | set | DisplayContext
CONTAINERS = dict | list | tuple | set | frozenset | DisplayContext


class Difference(NamedTuple):
    """Where two answers part: a path such as `entries[3].postings[0].units.number`, and what each has there."""

    where: str
    stock: object
    other: object

    def __str__(self) -> str:
        """Say it in a line."""
        return f"{self.where}: stock {self.stock!r:.300}, other {self.other!r:.300}"


class Answer(NamedTuple):
    """What a load raised, or gave; and how it left the process."""

    raised: tuple[type, str] | None
    entries: list | None
    errors: list | None
    options: dict | None
    left: dict[str, Any]


def stock(path: str | Path) -> tuple[list, list, dict]:
    """Load with Beancount alone, its own cache off."""
    loader.initialize(use_cache=False)
    return loader.load_file(path)


def answer_of(load: Load, path: str | Path) -> Answer:
    """Load a ledger, and note what the load changed of the process that it should have left."""
    before = _process()
    entries = errors = options = raised = None
    try:
        entries, errors, options = load(path)
    except (Exception, SystemExit) as failed:  # noqa: BLE001 - whatever one raises the other must
        raised = type(failed), str(failed)
    after = _process()
    return Answer(raised, entries, errors, options, {key: after[key] for key in after if after[key] != before[key]})


def _process() -> dict[str, Any]:
    context = decimal.getcontext()
    return {
        "folder": os.getcwd(),  # noqa: PTH109
        "path": list(sys.path),
        "collector": (gc.isenabled(), gc.get_threshold()),
        "decimals": (context.prec, context.rounding, context.traps),
        "depth": sys.getrecursionlimit(),
    }


def compare(path: str | Path, load: Load = load_file) -> Difference | None:
    """Load *path* with Beancount and with *load*; give the first difference, or None."""
    return difference(answer_of(stock, path), answer_of(load, path))


def compare_and_spoil(path: str | Path, load: Load = load_file, draw: random.Random | None = None) -> Difference | None:
    """Compare, then write into the other's answer: that may show in none of its later ones.

    Args:
        path: the ledger.
        load: the loader that is compared with Beancount's.
        draw: where given, a single place is drawn to write into; else all are written into.

    """
    expected, found = answer_of(stock, path), answer_of(load, path)
    first = difference(expected, found)
    spoil(found, draw)
    return first


def difference(stock: Answer, other: Answer) -> Difference | None:
    """Give the first difference between two answers, or None."""
    for name, expected, found in zip(Answer._fields, stock, other, strict=True):
        for one in differences(expected, found, name):
            return one
    return None


def differences(stock: Any, other: Any, where: str) -> Iterator[Difference]:
    """Compare two values, and all they hold, by type and digit.

    Raises:
        TypeError: a value is of a type that says nothing of when two are equal.

    """
    if type(stock) is not type(other):
        yield Difference(where, stock, other)
    elif isinstance(stock, dict):
        yield from differences(list(stock), list(other), f"{where}, its keys")
        its = getattr(stock, "default", None), getattr(other, "default", None)
        yield from differences(*its, f"{where}, its default")
        for key in (key for key in stock if key in other):
            yield from differences(stock[key], other[key], f"{where}[{key!r}]")
    elif isinstance(stock, list | tuple):
        names = [f".{name}" for name in getattr(stock, "_fields", ())]
        if len(stock) != len(other):
            yield Difference(f"{where}, how many", len(stock), len(other))
        for number, (one, its) in enumerate(zip(stock, other, strict=False)):
            yield from differences(one, its, where + (names[number] if names else f"[{number}]"))
    elif isinstance(stock, set | frozenset):
        yield from differences(sorted(stock), sorted(other), where)
    elif isinstance(stock, DisplayContext):
        yield from differences(formats(stock), formats(other), where)
    elif _told(stock) != _told(other):
        yield Difference(where, stock, other)


def _told(value: object) -> object:
    """Give what makes a single value equal to another."""
    if isinstance(value, Decimal):
        return value.as_tuple()
    if isinstance(value, str) and TRACEBACK in value:
        lines = value.strip().splitlines()
        return lines[0], lines[-1]
    if value is None or isinstance(value, str | bytes | int | float | date | Enum | type):
        return value
    raise TypeError(f"when are two of {type(value)} equal?")


def formats(context: DisplayContext) -> dict[str, object]:
    """Give what a display context makes of numbers, currency by currency."""
    currencies = sorted(context.ccontexts)
    found: dict[str, object] = {"currencies": currencies, "commas": context.commas}
    for precision in Precision:
        for currency in currencies:
            found[f"{currency}, {precision.name}"] = context.ccontexts[currency].get_fractional(precision)
        for align in Align:
            formatter = context.build(align, precision)
            found[f"{align.name}, {precision.name}"] = [
                _attempted(formatter, number, currency) for currency in currencies for number in NUMBERS
            ]
    return found


def _attempted(formatter: DisplayFormatter, number: Decimal, currency: str) -> str:
    """Format a number, which Beancount cannot in a currency of which it has met none but such as 1E+3."""
    try:
        return formatter.format(number, currency)
    except ValueError as failed:
        return str(failed)


def spoil(answer: Answer, draw: random.Random | None = None) -> None:
    """Write into what a caller can reach of an answer, but for Beancount's own defaults, which all loads share."""
    shared = {id(value) for value in OPTIONS_DEFAULTS.values()}
    places = [value for value in _held(answer[1:4]) if isinstance(value, WRITABLE) and id(value) not in shared]
    for value in places if draw is None else draw.sample(places, min(len(places), 1)):
        if isinstance(value, dict) and not isinstance(value, ImmutableDictWithDefault):
            value["spoilt"] = "by a caller"
        elif isinstance(value, list):
            value.clear()
        elif isinstance(value, set):
            value.add("SPOILT")
        elif isinstance(value, DisplayContext):
            value.set_commas(not value.commas)
            value.update(Decimal("-123456789.123456789"), "EUR")


def _held(value: object) -> list[object]:
    """Give all the containers that a value holds, each once."""
    found: dict[int, object] = {}
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if id(one) not in found and isinstance(one, CONTAINERS):
            found[id(one)] = one
            waiting += one.values() if isinstance(one, dict) else [] if isinstance(one, DisplayContext) else one
    return list(found.values())
