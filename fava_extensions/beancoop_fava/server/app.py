"""Serve the books safe to show: `beancoop serve [--people FILE]`.

    browser -> authenticating proxy -> server -> Shield -> Reception -> Books (one Fava a ledger)

Without a people file, whoever reaches the address sees the whole cooperative: it is bound to this machine
alone. With one, each person has a Fava that holds her own ledger and no other: there is nothing to filter
or to forget.
"""

from __future__ import annotations

import ipaddress
import sys
from collections import OrderedDict
from http import HTTPStatus
from typing import TYPE_CHECKING

from beancoop.gate.check import check_gate
from beancoop.gate.readable import check_readable
from beancoop.storage.layout import sub_ledgers
from beancoop.words.messages import error

from beancoop_fava import PAGES
from beancoop_fava.server.fava_app import LedgerApp
from beancoop_fava.server.headers import Shield
from beancoop_fava.server.listener import DEFAULT_BIND, LISTENING, LISTENING_TO_WRITE, listen, parse_bind
from beancoop_fava.server.people import HEADER, MisuseError, read_people
from beancoop_fava.server.refusal import (
    NOT_SIGNED_IN,
    NOT_THROUGH_PROXY,
    TOO_LONG,
    UNKNOWN_PERSON,
    UNREADABLE,
    refuse,
)
from beancoop_fava.server.time_limit import TooLong, time_limit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["DEFAULT_BIND", "MisuseError", "create_app", "run"]

SECONDS = 20.0
"""How long one request may take; loading the ledger does not count."""
WRITING_SECONDS = 600.0
"""How long one that writes may take: it loads the ledger."""

NOT_SHOWN = error("BC975", "{ledger} is not shown: {reason}. Run beancoop check.")
NO_SUCH_LEDGER = error("BC976", "{ledger}: there is no such ledger; say which with --ledger.")

WRITES_ALONE = error(
    "BC1560",
    "--write is for one accountant at this machine: leave out {option}, and start another server for the others.",
)

_SHOW = frozenset({"GET", "HEAD"})
_KEPT = 64
"""How many ledgers stay in memory; the one unused for longest makes room."""


def create_app(  # noqa: PLR0913 - one for each option
    ledger: Path,
    *,
    people: Mapping[str, Path] | None = None,
    header: str = HEADER,
    hosts: Collection[str] = ("localhost:5000", DEFAULT_BIND),
    seconds: float = SECONDS,
    writes: bool = False,
) -> WSGIApplication:
    """Make the WSGI application that shows *ledger*, or to each person her own.

    Args:
        ledger: the main file of the whole cooperative.
        people: by person, the main file of what she sees; None: everyone sees *ledger*.
        header: the request header in which the authenticating proxy names the person. It is believed when the
            request comes from this machine (loopback address or Unix socket) and never otherwise.
        hosts: the values of the Host header that are answered.
        seconds: the longest a request may take.
        writes: whether who asks is the accountant, and writes.

    """
    shelf = _Shelf(ledger, seconds, writes=writes)
    reception = shelf.serving(ledger) if people is None else _Reception(shelf, people, header)
    return Shield(reception, hosts)


class _Shelf:
    """The ledgers loaded so far."""

    def __init__(self, whole: Path, seconds: float, *, writes: bool = False) -> None:
        self._whole = whole
        self._writes = writes
        self._seconds = seconds
        self._books: OrderedDict[Path, LedgerApp] = OrderedDict()

    def serving(self, ledger: Path) -> WSGIApplication:
        """Give the application that shows *ledger*, loading it when first asked."""

        def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            try:
                books = self._take(ledger)
            except Exception as failure:  # noqa: BLE001 - plugins are anyone's code
                print(NOT_SHOWN(ledger=ledger, reason=repr(failure)), file=sys.stderr)  # noqa: T201
                return refuse(environ, HTTPStatus.INTERNAL_SERVER_ERROR, UNREADABLE)(environ, start_response)
            try:
                with time_limit(self._seconds if environ["REQUEST_METHOD"] in _SHOW else WRITING_SECONDS):
                    return books(environ, start_response)
            except TooLong:
                return refuse(environ, HTTPStatus.SERVICE_UNAVAILABLE, TOO_LONG)(environ, start_response)

        return app

    def _take(self, ledger: Path) -> LedgerApp:
        books = self._books.pop(ledger, None)
        books = books or LedgerApp(ledger, lambda: self._guard(ledger), PAGES, writes=self._writes)
        books.refresh()
        self._books[ledger] = books
        if len(self._books) > _KEPT:
            self._books.popitem(last=False)
        return books

    def _guard(self, ledger: Path) -> None:
        """Let a ledger through each time before it is loaded: loading runs what its text says.

        Sub-ledgers pass the gate, those of the whole too. The cooperative's own text is read in a child process first,
        since a division by zero ends whoever reads it.
        """
        folders = sub_ledgers(ledger) if ledger == self._whole else [ledger.parent]
        if findings := check_gate(folders) or check_readable(ledger):
            raise _RefusedError("; ".join(map(str, findings)))


class _RefusedError(Exception):
    """A ledger holds what it may not, or cannot be read."""


class _Reception:
    """Asks who is there, and shows each her own."""

    def __init__(self, shelf: _Shelf, people: Mapping[str, Path], header: str) -> None:
        self._apps = {person: shelf.serving(ledger) for person, ledger in people.items()}
        self._key = f"HTTP_{header.upper().replace('-', '_')}"

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self._app_for(environ)(environ, start_response)

    def _app_for(self, environ: WSGIEnvironment) -> WSGIApplication:
        if not _is_this_machine(environ.get("REMOTE_ADDR", "")):
            return refuse(environ, HTTPStatus.FORBIDDEN, NOT_THROUGH_PROXY)
        person = environ.get(self._key, "")
        if not person:
            return refuse(environ, HTTPStatus.UNAUTHORIZED, NOT_SIGNED_IN)
        name = person.encode("latin-1").decode("utf-8", "replace")  # WSGI (PEP 3333) gives bytes as Latin-1
        return self._apps.get(name) or refuse(environ, HTTPStatus.FORBIDDEN, UNKNOWN_PERSON)


def _is_this_machine(address: str) -> bool:
    """Tell whether a peer's *address* is of this machine; a Unix socket has none."""
    return not address or ipaddress.ip_address(address).is_loopback


def run(ledger: Path, *, people_file: Path | None = None, bind: str = DEFAULT_BIND, writes: bool = False) -> None:
    """Serve until interrupted; to be called in the main thread. Says on standard output where to look.

    Args:
        ledger: the main file of the whole cooperative.
        people_file: who sees what, see `beancoop_fava.server.people`.
        bind: `ADDRESS:PORT` of this machine, or `unix:PATH`.
        writes: whether one accountant writes; at an address of this machine, and without people.

    Raises:
        MisuseError: a wrong people file or address, an address in use, a ledger that is not there.

    """
    if not ledger.is_file():
        raise MisuseError(NO_SUCH_LEDGER(ledger=ledger))
    ledger = ledger.absolute()
    place = parse_bind(bind)
    if writes and (people_file or isinstance(place.socket, str)):
        raise MisuseError(WRITES_ALONE(option="--people" if people_file else f"--bind {bind}"))
    if people_file is None:
        app = create_app(ledger, hosts=place.hosts, writes=writes)
    else:
        people = read_people(people_file, ledger)
        hosts = (*place.hosts, *people.hosts)
        app = create_app(ledger, people=people.ledgers, header=people.header, hosts=hosts)
    listen(app, place, LISTENING_TO_WRITE if writes else LISTENING)
