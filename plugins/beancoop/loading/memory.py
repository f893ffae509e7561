"""What a process keeps between two loads: each file of the ledgers it loaded last."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NamedTuple

from beancoop.loading.book import Booker, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beancoop.loading.shelf import Shelf

MOST_LEDGERS = 2000
"""Ledgers whose files are kept; a cooperative is one, and each of its sub-ledgers alone another of the same files."""

MOST_SETTINGS = 16
"""Of ledgers loaded in one process."""


class Kept(NamedTuple):
    """A file, by what it held."""

    digest: bytes
    shelf: Shelf


class Concluded(NamedTuple):
    """What is kept of how the suite judged a ledger.

    Attributes:
        facts: what it has kept of each part.
        added: entries that follow from one part alone.

    """

    facts: dict[bytes, Any]
    added: dict[bytes, Shelf]


class Memory:
    """The files that are known, and the ledgers that they are of."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._files: dict[str, Kept] = {}
        self._ledgers: OrderedDict[str, frozenset[str]] = OrderedDict()
        self._concluded: dict[str, Concluded] = {}
        self._bookers: dict[Settings, Booker] = {}

    def __len__(self) -> int:
        """Count the files."""
        return len(self._files)

    def clear(self) -> None:
        """Forget everything."""
        self.__init__()  # type: ignore[misc]

    def booker(self, settings: Settings) -> Booker:
        """Give who books under some settings.

        All is forgotten first where somebody has written into tolerances that were handed out, or settings are many.
        """
        if not all(booker.intact() for booker in self._bookers.values()) or len(self._bookers) > MOST_SETTINGS:
            self.clear()
        if settings not in self._bookers:
            self._bookers[settings] = Booker(settings)
        return self._bookers[settings]

    def find(self, filename: str, digest: bytes) -> Shelf | None:
        """Give what is known of a file that holds this, if nobody has written into it."""
        kept = self._files.get(filename)
        return kept.shelf if kept is not None and kept.digest == digest and kept.shelf.find_intact() else None

    def keep(self, ledger: str, files: dict[str, Kept], concluded: Concluded) -> None:
        """Keep the files of a ledger that was loaded, and how the suite judged it.

        Files that no ledger has any more are forgotten.
        """
        self._files.update(files)
        self._remember(ledger, files)
        self._concluded[ledger] = concluded

    def concluded(self, ledger: str) -> Concluded:
        """Give what is kept of how the suite judged a ledger."""
        return self._concluded.get(ledger) or Concluded({}, {})

    def knows(self, ledger: str) -> bool:
        """Say whether a ledger was loaded before."""
        return ledger in self._ledgers

    def forget(self, ledger: str) -> None:
        """Forget a ledger, and the files that no other one has."""
        self._remember(ledger, ())
        self._ledgers.pop(ledger)
        self._concluded.pop(ledger, None)

    def _remember(self, ledger: str, files: Iterable[str]) -> None:
        names = frozenset(files)
        gone = self._ledgers.get(ledger, frozenset()) - names
        self._ledgers[ledger] = names
        self._ledgers.move_to_end(ledger)
        if len(self._ledgers) > MOST_LEDGERS:
            oldest, names = self._ledgers.popitem(last=False)
            self._concluded.pop(oldest, None)
            gone |= names
        if gone:
            gone -= frozenset().union(*self._ledgers.values())
            for name in gone:
                self._files.pop(name, None)
