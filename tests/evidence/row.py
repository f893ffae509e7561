"""A line of the table of evidence."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """One promise, what was done to break it, and what came of it.

    Attributes:
        promise: what is promised, in a few words.
        tried: how many times, and how, it was tried to break it.
        result: the figure found.
        mark: the figure it is held to.
        is_held: whether the figure is at least as good as the mark.

    """

    promise: str
    tried: str
    result: str
    mark: str
    is_held: bool
