"""What a person sees at a terminal while something lasts; elsewhere nothing is shown, and rich is not imported."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Thing = TypeVar("Thing")


def is_watched() -> bool:
    """Say whether a person looks at standard error."""
    return sys.stderr.isatty()


def progress(things: Iterable[Thing], what: str, total: int | None = None) -> Iterable[Thing]:
    """Give *things* one by one, with a bar on standard error that says how many of *total* are done."""
    if not is_watched():
        return things
    from rich.console import Console  # noqa: PLC0415 - see above
    from rich.progress import track  # noqa: PLC0415

    return track(things, what, total=total, console=Console(stderr=True), transient=True)


@contextmanager
def status(what: str) -> Iterator[None]:
    """Say on standard error what is being done, for as long as the block lasts."""
    if not is_watched():
        yield
        return
    from rich.console import Console  # noqa: PLC0415 - see above

    with Console(stderr=True).status(what):
        yield
