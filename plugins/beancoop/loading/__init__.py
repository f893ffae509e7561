"""Loading a ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from beancount.core.data import BeancountError, Directives


def load_file(
    path: str | Path, *, cache: bool = True, lasting: bool = True
) -> tuple[Directives, list[BeancountError], dict[str, Any]]:
    """Load a ledger as `beancount.loader.load_file(path)` does; see `beancoop.loading.load.load_file`."""
    from beancoop.loading import load  # noqa: PLC0415 - what asks for a module beside need not wait for Beancount

    return load.load_file(path, cache=cache, lasting=lasting)
