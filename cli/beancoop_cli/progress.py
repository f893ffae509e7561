"""What a person sees at a terminal while something lasts; elsewhere nothing is shown, and rich is not imported."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack, contextmanager
from threading import Timer
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TextIO

Thing = TypeVar("Thing")


def is_terminal(stream: TextIO) -> bool:
    """Say whether a person looks at *stream*, or wants what she would see there (`FORCE_COLOR`, as rich has it)."""
    return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()


def progress(things: Iterable[Thing], what: str, total: int | None = None) -> Iterable[Thing]:
    """Give *things* one by one, with a bar on standard error that says how many of *total* are done."""
    if not is_terminal(sys.stderr):
        return things
    from rich.console import Console  # noqa: PLC0415 - see above
    from rich.progress import track  # noqa: PLC0415

    return track(things, what, total=total, console=Console(stderr=True), transient=True)


PATIENCE = 1.0
"""Seconds after which a person is told what she waits for."""


@contextmanager
def patiently(what: str) -> Iterator[None]:
    """Say on standard error what is being done, if the block lasts longer than a person waits without a word."""
    if not is_terminal(sys.stderr):
        yield
        return
    told = ExitStack()
    timer = Timer(PATIENCE, lambda: told.enter_context(status(what)))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        told.close()


@contextmanager
def status(what: str) -> Iterator[None]:
    """Say on standard error what is being done, for as long as the block lasts."""
    if not is_terminal(sys.stderr):
        yield
        return
    from rich.console import Console  # noqa: PLC0415 - see above

    with Console(stderr=True).status(what):
        yield
