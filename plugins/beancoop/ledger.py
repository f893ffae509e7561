"""Load a ledger as the commands need it: afresh, and without the garbage collector in the way."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from beancount import loader

from beancoop.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from beancount.core.data import BeancountError, Directives


class Ledger(NamedTuple):
    """A loaded ledger."""

    path: Path
    entries: Directives
    errors: list[BeancountError]
    options: dict[str, Any]

    @property
    def findings(self) -> list[Finding]:
        """Its errors by file and line, each once."""
        return sorted({Finding.of(error) for error in self.errors})


def load_ledger(path: Path) -> Ledger:
    """Load the ledger at *path*, running its plugins.

    Beancount's load cache is left aside: it is a pickle beside the ledger, which runs what it holds, and it does not
    notice that a plugin has changed.
    """
    loader.initialize(False)  # noqa: FBT003 - Beancount's own signature
    with without_collector():
        entries, errors, options = loader.load_file(str(path))
    return Ledger(path, entries, errors, options)


@contextmanager
def without_collector() -> Iterator[None]:
    """Keep the collector from walking, again and again, a heap that only grows: a third of a large load."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
