"""`beancoop check --verify`: whether Beancount's own loader gives what ours does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.loading import load_file
from beancoop.loading.comparison import first_difference
from beancoop.loading.load import load_stock
from beancoop.model.findings import Finding
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

LOADS_DIFFER = error(
    "BC585",
    "{where}: Beancount loads {stock}, and beancoop {other}. That is a mistake of this program: set BEANCOOP_LOADER to "
    '"stock", and report it with this ledger.',
)


def compare_loads(ledgers: Iterable[Path]) -> Iterator[Finding]:
    """Load each ledger in both ways, and tell the first difference in it, if there is one."""
    for ledger in dict.fromkeys(each.absolute() for each in ledgers):
        if found := first_difference(load_stock(ledger), load_file(ledger)):
            yield Finding(str(ledger), 1, LOADS_DIFFER(where=found.where, stock=found.one, other=found.other))
