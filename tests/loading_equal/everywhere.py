"""A plugin for pytest: whatever ledger a test loads, as a text or a file, is loaded both ways and compared as well.

    PYTHONPATH=tests BEANCOOP_COMPARED=count.txt pytest -p loading_equal.everywhere tests/core

A difference fails the test. How many ledgers were compared is added to the file that `BEANCOOP_COMPARED` names. What a
test loads in other processes is not seen.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from beancoop.loading import load
from beancount import loader
from loading_equal.comparison import compare

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_counted = 0
_is_comparing = False


def _check(path: str | Path) -> None:
    """Compare, unless this is a load of a comparison."""
    global _counted, _is_comparing  # noqa: PLW0603 - one process, one test at a time
    if _is_comparing:
        return
    _is_comparing = True
    try:
        found = compare(path)
    finally:
        _is_comparing = False
    _counted += 1
    assert found is None, f"{path}: {found}"


def _with_sources(run: Callable) -> Callable:
    """Check what Beancount is given: texts, or names of files."""

    def checked(sources: Sequence[tuple[str, bool]], *arguments, **named):
        for source, is_file in sources:
            if is_file:
                _check(source)
            elif not _is_comparing:
                with tempfile.TemporaryDirectory() as folder:
                    path = Path(folder) / "main.beancount"
                    path.write_bytes(source.encode("utf-8") if isinstance(source, str) else source)
                    _check(path)
        return run(sources, *arguments, **named)

    return checked


def _with_path(run: Callable) -> Callable:
    """Check what our own loader is given."""

    def checked(path: str | Path, **named):
        _check(path)
        return run(path, **named)

    return checked


def pytest_sessionstart() -> None:
    """Stand behind both loaders."""
    loader._load = _with_sources(loader._load)
    load.load_file = _with_path(load.load_file)


def pytest_sessionfinish() -> None:
    """Tell how many there were."""
    if name := os.environ.get("BEANCOOP_COMPARED"):
        with Path(name).open("a", encoding="utf-8") as file:
            file.write(f"{_counted}\n")
