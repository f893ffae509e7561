"""What the fast way does not know."""

from __future__ import annotations


class Unknown(Exception):  # noqa: N818 - nothing went wrong; the stock way is taken
    """The ledger holds, or the process is in a state, that the fast way has not learned: Beancount loads it."""
