"""What refused directives leave open: one mistake is told once, and what would follow from it is not told as well.

Who writes `months: "24"` is told so; that a sale then comes after eighteen months is no second mistake.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.model.accounts import is_unit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beancount.core.data import Custom

UNIT, EXIT, PAUSE, SEAL = "its declaration", "its exit", "its pauses", "its seals"
"""What a doubt may be about, beside the single keys of an activity's terms."""


class Doubts:
    """For each unit, what is not known of it because the directive that says so was refused."""

    def __init__(self) -> None:
        """Start with none."""
        self._refused: dict[str, set[str]] = {}
        self._unread: set[str] = set()
        self._any_unit = False

    def add(self, unit: str, what: Iterable[str]) -> None:
        """Doubt something of a unit."""
        self._refused.setdefault(unit, set()).update(what)

    def add_refused(self, entry: Custom, what: Iterable[str], *, declares: bool = False) -> None:
        """Doubt something of each unit that a directive names.

        One that *declares* a unit and names none may be any unit's.
        """
        units = _named(entry)
        for unit in units:
            self.add(unit, what)
        self._any_unit |= declares and not units

    def add_unread(self, entry: Custom) -> None:
        """Doubt everything of each unit that a directive of an unknown kind names: it may be any kind, misspelt."""
        self._unread.update(_named(entry))

    def refuses(self, unit: str, *what: str) -> bool:
        """Say whether a directive that says any of that was refused."""
        return not self._refused.get(unit, set()).isdisjoint(what)

    def about(self, unit: str, *what: str) -> bool:
        """Say whether any of that is in doubt."""
        return unit in self._unread or self.refuses(unit, *what)

    def may_declare(self, unit: str) -> bool:
        """Say whether a refused directive may be the one that declares *unit*."""
        return self._any_unit or self.about(unit, UNIT)


def _named(entry: Custom) -> list[str]:
    """Give the units that a directive names, even in small letters."""
    given = [value.value.strip().upper() for value in entry.values or () if isinstance(value.value, str)]
    return [text for text in given if is_unit(text)]
