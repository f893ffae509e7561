"""What the core tells an accountant who wrote something it cannot accept."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from beancount.core.data import Directive, Meta


class BeancoopError(NamedTuple):
    """One finding, in the shape Beancount, bean-check and Fava expect.

    Attributes:
        source: metadata holding the `filename` and `lineno` of the user's own text.
        message: what is wrong, what was expected and what to do.
        entry: the directive concerned, or None.

    """

    source: Meta
    message: str
    entry: Directive | None


def place(meta: Meta) -> str:
    """Give `file:line` for a message that points at a second place."""
    return f"{meta['filename']}:{meta['lineno']}"
