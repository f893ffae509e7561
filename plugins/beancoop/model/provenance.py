"""Where an entry comes from: written by somebody, or made by the suite in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from beancount.core import data

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from beancount.core.data import Directive

SUITE = "beancoop"
"""The plugin that runs all rules."""
ORIGIN = "<beancoop.contribution>"
"""The file name carried by the entries that the suite injects."""


MARK = "__beancoop__"
"""The metadata key by which they are known: Beancount reads no such key from a text, so that nobody can feign it."""


PROVISIONAL = "provisional"
OPENING = "opening"
"""The tag of the entry that brings in the balances of the books kept before."""
INVENTORY = "inventory"
"""The tag of the entries that settle a financial year after its months are closed: stock, depreciation, accruals."""


DOUBTFUL = "!"
"""The flag of a transaction that somebody still has to decide."""


def settles(entry: Directive) -> bool:
    """Say whether *entry* settles a financial year: an `#inventory` transaction, which the year's seal holds."""
    return isinstance(entry, data.Transaction) and INVENTORY in entry.tags


def exit_link(unit: str) -> str:
    """Give the link that the entries of the exit of *unit* share."""
    return f"exit-{unit}"


def is_injected(entry: Directive) -> bool:
    """Say whether the suite itself made *entry*."""
    return MARK in entry.meta


_FILLED = "P"  # Beancount's own flag, on what a pad directive fills in


def sources(entries: Iterable[data.Directive], options: Mapping[str, Any]) -> Iterator[data.Directive]:
    """Give the directives that a person wrote in one of the ledger's files: what plugins and pads make is left out."""
    files = frozenset(options["include"])
    pads: set[tuple[str, int]] = set()
    for entry in entries:
        if isinstance(entry, data.Pad):
            pads.add(place_of(entry))
        filled = isinstance(entry, data.Transaction) and entry.flag == _FILLED and place_of(entry) in pads
        if entry.meta["filename"] in files and not filled and not is_injected(entry):
            yield entry


def place_of(entry: data.Directive) -> tuple[str, int]:
    """Give the file and line of a directive; what a pad fills in stands where the pad does."""
    return entry.meta["filename"], entry.meta["lineno"]
