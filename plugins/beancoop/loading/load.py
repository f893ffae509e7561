"""`load_file`: what Beancount's own gives, sooner where that is possible (contract, section 11)."""

from __future__ import annotations

import os
from os import path as paths
from threading import RLock
from typing import TYPE_CHECKING, Any

from beancount import loader

from beancoop.loading import fast, sound
from beancoop.loading.cache import is_on, program
from beancoop.loading.collector import without_collector
from beancoop.loading.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from beancount.core.data import BeancountError, Directives

    from beancoop.loading.outline import Outline
    from beancoop.loading.sound import Sound

VARIABLE = "BEANCOOP_LOADER"
STOCK = "stock"

program("beancoop")  # of now: what is put in its place while this process lives is not what runs

_MEMORY = Memory()
_ONE_AT_A_TIME = RLock()


def load_file(
    path: str | Path, *, cache: bool = True, lasting: bool = True
) -> tuple[Directives, list[BeancountError], dict[str, Any]]:
    """Load a ledger as `beancount.loader.load_file(path)` does with its own cache off.

    Args:
        path: its main file.
        cache: whether anything known from earlier loads may be used, and this one be remembered.
        lasting: whether that goes for other processes, too.

    Returns:
        Its entries, its errors and its options, which the caller may write into.

    Raises:
        Exception: whatever Beancount raises.

    """
    return load(path, cache=cache, lasting=lasting)[:3]


def load(path: str | Path, *, cache: bool = True, lasting: bool = True) -> fast.Answer:
    """Load a ledger as `load_file` does, and give beside what its entries were put together from.

    Raises:
        Exception: whatever Beancount raises.

    """
    with without_collector():
        loaded = None
        if os.environ.get(VARIABLE) != STOCK:
            loaded = _load(path, cache=cache and is_on(), lasting=lasting)
        return loaded or fast.Answer(*load_stock(path))


def find_sound(path: str, digest_of: Callable[[str], bytes | None], outline: Outline | None = None) -> Sound | None:
    """Say whether a load finds nothing wrong, from what is known of it, see `sound.find_sound`; None where not.

    Args:
        path: its main file, absolute.
        digest_of: gives what a file is known by that need not be read for it; else None.
        outline: what was asked of it when it was sound, if it has the same files still.

    Returns:
        What was found, for a process of one thread: its parts are read when they are asked for.

    Raises:
        Exception: that cannot be told without a load.

    """
    if os.environ.get(VARIABLE) == STOCK:
        return None
    with _ONE_AT_A_TIME:
        return sound.find_sound(path, _MEMORY, digest_of, outline)


def load_stock(path: str | Path) -> tuple[Directives, list[BeancountError], dict[str, Any]]:
    """Load a ledger with Beancount itself, its own cache off: a pickle beside the ledger, which runs what it holds.

    Raises:
        Exception: whatever Beancount raises.

    """
    loader.initialize(False)  # noqa: FBT003 - Beancount's own signature
    entries, errors, options = loader.load_file(path)
    return entries, errors, options


def _load(path: str | Path, *, cache: bool, lasting: bool) -> fast.Answer | None:
    """Load the fast way; None where that is not possible, for whatever reason."""
    with _ONE_AT_A_TIME:
        root = None
        memory = _MEMORY if cache else Memory()
        try:
            root = _absolute(path)
            return fast.load_fast(root, memory, lasting=cache and lasting)
        except Exception:  # noqa: BLE001 - whatever it is, Beancount says it
            if root is not None:
                memory.forget(root)
            return None


def _absolute(path: str | Path) -> str:
    """Give the path as Beancount reads it."""
    name = paths.expandvars(paths.expanduser(path))
    return name if paths.isabs(name) else paths.normpath(paths.join(os.getcwd(), name))
