"""The garbage collector, out of the way."""

from __future__ import annotations

import atexit
import gc
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def without_collector() -> Iterator[None]:
    """Keep the collector from walking, again and again, a heap that only grows: a third of a large load."""
    _spare_the_last_walks()
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            if not gc.get_freeze_count():  # what is there now lives on: count it as old, without a walk over it first
                gc.freeze()
                gc.unfreeze()
            gc.enable()


@cache
def _spare_the_last_walks() -> None:
    """Have what lives to the end of this process be given back with it.

    Python walks over the whole heap several times when it ends, which takes as long as a load of what is known.
    """
    atexit.register(gc.freeze)
