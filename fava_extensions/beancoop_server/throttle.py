"""Few guesses: how many failures a name and an address may have before they must wait."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MINUTES = 15
MOST_OF_A_NAME = 10
"""Whoever guesses from many addresses; she waits too, at most that long."""
MOST_OF_AN_ADDRESS = 20
"""Several may sign in from one office."""

_MOST_KEYS = 10_000


class Throttle:
    """Counts tries by a key; a try counts from its beginning, so that many at once are many."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Allow *most* tries in MINUTES."""
        self._most, self._clock = most, clock
        self._tries: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def try_(self, key: str) -> float:
        """Count a try of *key*; give the seconds it must wait, zero where it may go on."""
        now = self._clock()
        with self._lock:
            tries = self._tries.setdefault(key, deque())
            self._tries.move_to_end(key)
            while tries and tries[0] <= now - MINUTES * 60:
                tries.popleft()
            if len(tries) >= self._most:
                return tries[0] + MINUTES * 60 - now
            tries.append(now)
            if len(self._tries) > _MOST_KEYS:
                self._tries.popitem(last=False)
            return 0.0

    def take_back(self, key: str) -> None:
        """Count the last try of *key* no longer: it succeeded."""
        with self._lock:
            tries = self._tries.get(key)
            if tries:
                tries.pop()
