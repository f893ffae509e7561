"""What a ledger tells, and on top of it what a run adds: the latter can be tried, and forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

Value = TypeVar("Value")


class Layered(Generic[Value]):
    """Values by key, in the order they came. A fork shares what was there, and keeps what comes later to itself."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._below: dict[str, list[Value]] = {}
        self._own = self._below

    def add(self, key: str, value: Value) -> None:
        """Add a value to those of *key*."""
        self._own.setdefault(key, []).append(value)

    def add_once(self, key: str, value: Value) -> None:
        """Add a value to those of *key* where it is not among them; they are to be few."""
        if value not in self.get(key):
            self.add(key, value)

    def get(self, key: str) -> Iterator[Value]:
        """Give the values of *key*."""
        yield from self._below.get(key, ())
        if self._own is not self._below:
            yield from self._own.get(key, ())

    def fork(self) -> Layered[Value]:
        """Give a copy that adds apart; after the first fork, the one it comes from is to take nothing more."""
        copy: Layered[Value] = Layered()
        copy._below = self._below
        copy._own = {} if self._own is self._below else {key: list(values) for key, values in self._own.items()}
        return copy
