"""One ledger as a WSGI application, safe to show, in this process: what a worker serves.

It is loaded when it is first asked for, and again when it has changed; each time what it is made of is judged before.
"""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

from beancoop.gate.check import check_gate
from beancoop.gate.readable import check_readable
from beancoop.storage.layout import ACTIVITIES, LEDGER_FILE, sub_ledgers
from beancoop.words.messages import error
from beancoop_server.headers import Shield
from beancoop_server.refusal import TOO_LARGE, TOO_LONG, UNREADABLE, refuse

from beancoop_fava import PAGES
from beancoop_fava.server.fava_app import LedgerApp
from beancoop_fava.server.time_limit import TooLong, time_limit

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from pathlib import Path
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

SECONDS = 20.0
"""How much of the processor's time one request may take; loading the ledger does not count."""

_TICK = 50_000_000
"""Nanoseconds: two changes within may bear the same time."""

NOT_SHOWN = error("BC975", "{ledger} is not shown: {reason}. Run beancoop check.")


class Shown(Protocol):
    """A ledger that is loaded."""

    def refresh(self) -> None:
        """Take up what changed on disk."""

    def missing(self, path: str) -> Callable[[], object] | None:
        """Give what works out, once for all who ask, what stands at *path*; None where nothing is to be worked out."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""


def create_app(
    ledger: Path,
    *,
    hosts: Collection[str] = ("localhost:5000", "127.0.0.1:5000"),
    seconds: float = SECONDS,
    writes: bool = False,
) -> WSGIApplication:
    """Make a WSGI application that shows *ledger* to whoever asks, without any other process.

    Args:
        ledger: the main file of the whole cooperative, or of a sub-ledger.
        hosts: the values of the Host header that are answered.
        seconds: the longest a request may take.
        writes: whether who asks is the accountant, and writes.

    """
    return Shield(OneLedger(ledger, fava_to_write if writes else fava, seconds), hosts)


def fava(ledger: Path, guard: Callable[[], None]) -> Shown:
    """Load *ledger* in a Fava of its own, with our pages."""
    return LedgerApp(ledger, guard, PAGES)


def fava_to_write(ledger: Path, guard: Callable[[], None]) -> Shown:
    """Load *ledger* in a Fava of its own, with our pages, into which an accountant writes."""
    return LedgerApp(ledger, guard, PAGES, writes=True)


class OneLedger:
    """A WSGI application that shows one ledger."""

    def __init__(
        self,
        ledger: Path,
        load: Callable[[Path, Callable[[], None]], Shown],
        seconds: float = SECONDS,
        tell: Callable[[bool], None] = lambda _is_loading: None,
    ) -> None:
        """Load nothing yet.

        Args:
            ledger: its main file.
            load: loads it, calling what it is given before each load.
            seconds: how much of the processor's time one request may take.
            tell: is told when a load begins (True), and when there is something to show (False).

        """
        self.ledger = ledger
        self._load, self._seconds, self._tell = load, seconds, tell
        self._shown: Shown | None = None
        self._failed: dict[Path, tuple[int, int]] | None = None
        self._begun = 0

    def take(self, path: str = "") -> Shown | None:
        """Give the ledger as it is on disk now; None where it cannot be shown, which is then told on standard error.

        What stands at *path* is worked out, which like a load counts as no request's time.
        One that could not be loaded is tried again when one of its files has changed.
        """
        if self._failed is not None and self._failed == self._state():
            return None
        self._failed = None
        try:
            if self._shown is None:
                self._shown = self._load(self.ledger, self._guard)
            self._shown.refresh()
            if make := self._shown.missing(path):
                self._tell(True)  # noqa: FBT003 - it says what is so
                make()
        except Exception as failure:  # noqa: BLE001 - plugins are anyone's code
            print(NOT_SHOWN(ledger=self.ledger, reason=repr(failure)), file=sys.stderr, flush=True)  # noqa: T201
            self._shown, self._failed = None, self._state()
            if any(changed >= self._begun - _TICK for changed, _ in self._failed.values()):
                self._failed = None  # while it was loaded, or just before: it may have been mended meanwhile
        finally:
            self._tell(False)  # noqa: FBT003 - it says what is so
        return self._shown

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        return self.answer(self.take(environ.get("PATH_INFO", "")), environ, start_response)

    def answer(self, shown: Shown | None, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Have *shown* answer within the limits."""
        if shown is None:
            return refuse(environ, HTTPStatus.INTERNAL_SERVER_ERROR, UNREADABLE)(environ, start_response)
        try:
            with time_limit(self._seconds):
                return shown(environ, start_response)
        except TooLong:
            return refuse(environ, HTTPStatus.SERVICE_UNAVAILABLE, TOO_LONG)(environ, start_response)
        except MemoryError:
            return refuse(environ, HTTPStatus.SERVICE_UNAVAILABLE, TOO_LARGE)(environ, start_response)

    def _guard(self) -> None:
        """Let a ledger through each time before it is loaded: loading runs what its text says.

        Sub-ledgers pass the gate, those of the whole too. The cooperative's own text is read in a child process too,
        since a division by zero ends whoever reads it.
        """
        self._begun = time.time_ns()
        self._tell(True)  # noqa: FBT003 - it says what is so
        if _is_of_one(self.ledger):
            findings = check_gate([self.ledger.parent])
        else:
            findings = check_gate(sub_ledgers(self.ledger)) or check_readable(self.ledger)
        if findings:
            raise _RefusedError("; ".join(map(str, findings)))

    def _state(self) -> dict[Path, tuple[int, int]]:
        """Say of all in the ledger's folder, on which the gate may stumble, when it was changed and how long it is."""
        found: dict[Path, tuple[int, int]] = {}
        for path in (self.ledger.parent, *self.ledger.parent.rglob("*")):
            with suppress(OSError):  # it may be gone already
                stat = path.lstat()
                found[path] = stat.st_ctime_ns, stat.st_size
        return found


def _is_of_one(ledger: Path) -> bool:
    return ledger.name == LEDGER_FILE and ledger.absolute().parent.parent.name == ACTIVITIES


class _RefusedError(Exception):
    """A ledger holds what it may not, or cannot be read."""
