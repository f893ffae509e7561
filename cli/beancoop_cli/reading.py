"""The ledger that a command asks for: whoever waits for a first load is told so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.loading.ledger import load_ledger
from beancoop.words.language import mark

from beancoop_cli.progress import patiently
from beancoop_cli.speaking import told

if TYPE_CHECKING:
    from pathlib import Path

    from beancoop.loading.ledger import Ledger

_READING = mark("Reading the ledger")


def read_ledger(path: Path) -> Ledger:
    """Load the ledger at *path*.

    Raises:
        Refusal: it holds what Beancount cannot work out, such as a total cost of no units.

    """
    with patiently(told(_READING)):
        return load_ledger(path)
