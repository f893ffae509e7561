"""Whether what a ledger is read from has changed since it was read.

Each file counts as it was before the load, so that what is written while a load is on is seen by the next look; and
each by itself: neither a clock that is wrong nor a file that comes with an old time hides anything. Folders tell what
is new in them, wherever below the ledger's own that is.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from beancoop.loading.folder import SUFFIX
from beancoop.vat.filed import FOLDER
from fava.core.watcher import Watcher

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    State = tuple[int, ...]
    """When something was written, how long it is, and which file it is; of what is gone nothing."""

_HIDDEN = "."
"""What the names begin in of folders that hold no books, such as what git keeps."""


class Watch(Watcher):
    """What a ledger is read from, as it was when that was last taken up; the server asks, between two requests."""

    def __init__(self, folder: Path) -> None:
        """Look at all below the *folder* of a ledger, before it is read for the first time."""
        super().__init__()
        self._folder = folder
        self._inside: frozenset[str] = frozenset()
        self._others: frozenset[str] = frozenset()
        self._seen: dict[str, State] = {}
        self.look()

    def has_changed(self) -> bool:
        """Say whether anything is not what it was when it was last looked at; if so, all is looked at anew."""
        has_changed = any(_state(path) != seen for path, seen in self._seen.items())
        if has_changed:
            self.look()
        return has_changed

    def look(self) -> None:
        """Look at everything, before the ledger is read."""
        self._inside = frozenset(_below(self._folder))
        self._seen = {path: _state(path) for path in self._inside | self._others}

    def forget(self) -> None:
        """Take nothing for known: what was read was not taken up to its end."""
        self._seen = {str(self._folder): ()}

    def update(self, files: Iterable[Path], folders: Iterable[Path]) -> None:
        """Take note of what Fava has read, which may stand elsewhere; whoever shows it learns that it is new."""
        read = [*files]
        self._others = frozenset(map(str, (*read, *(file.parent for file in read), *folders))) - self._inside
        self._seen |= {path: _state(path) for path in self._others - self._seen.keys()}
        self.last_checked = max(self.last_checked + 1, *(seen[0] for seen in self._seen.values() if seen))

    def check(self) -> bool:
        """Tell Fava, which asks within each request, that nothing has changed."""
        return False


def _below(folder: Path) -> Iterator[str]:
    """Give all folders, and what may be read in them: ledgers, and what was frozen with a VAT return."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(_HIDDEN)]
        yield place
        is_read = os.path.basename(place) == FOLDER  # noqa: PTH119 - thousands of folders
        yield from (f"{place}/{name}" for name in names if is_read or name.endswith(SUFFIX))


def _state(path: str) -> State:
    try:
        found = os.stat(path)  # noqa: PTH116 - of thousands, with each request
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino
