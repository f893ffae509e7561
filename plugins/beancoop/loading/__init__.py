"""Loading a ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from beancount import loader

if TYPE_CHECKING:
    from pathlib import Path

    from beancount.core.data import BeancountError, Directives


def load_file(path: str | Path, *, cache: bool = True) -> tuple[Directives, list[BeancountError], dict[str, Any]]:
    """Load a ledger as `beancount.loader.load_file(path)` does, its own cache off."""
    loader.initialize(False)  # noqa: FBT003 - Beancount's own signature
    entries, errors, options = loader.load_file(path)
    return entries, errors, options
