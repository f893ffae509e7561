"""The process that holds one ledger, and answers for it over a Unix socket.

It has one thread, and loads, reloads and answers plain requests itself, one after the other. What carries a text of the
reader's own (a query, a filter: patterns that may never end, or fill all memory) is answered by a child that it forks:
the child has the ledger at no cost, ends with its request, and holds up nobody, who reads the same ledger least of all.
"""

from __future__ import annotations

import contextlib
import gc
import io
import multiprocessing
import os
import re
import resource
import selectors
import signal
import socket
import sys
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl
from wsgiref.simple_server import ServerHandler, WSGIRequestHandler

from beancoop_server.refusal import TOO_MANY, refuse
from beancoop_server.workers import LOADING, READY, WRITING_SECONDS

from beancoop_fava.server.app import OneLedger, fava, fava_to_write
from beancoop_fava.server.open_pages import open_pages
from beancoop_fava.server.time_limit import end_after

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from beancoop_server.workers import Limits

    from beancoop_fava.server.app import Shown

WRITE = "write"
VIEWS: dict[str, Callable[[Path, Callable[[], None]], Shown]] = {"read": fava, WRITE: fava_to_write, "open": open_pages}
"""How a ledger is shown, by what may be done with it."""

_PLAIN = {
    **dict.fromkeys(("page", "order", "unit", "table", "partial", "mtime", "slug"), re.compile(r"[\w.-]{0,40}")),
    "time": re.compile(r"(\d{4}(-\d\d)?)?"),
}
"""The parameters, and their values, that cost no more than the page itself; whatever has others is left to a child."""

_CHILDREN = 12
"""At once: two people need to fill it, since the front takes AT_ONCE requests of each."""
_CHILDS_NICENESS = 5
_SECONDS_FOR_A_MESSAGE = 10
_GRACE = 3.0
_QUEUE = 64

gc.freeze()  # what is imported by now is shared by all workers, and stays so where the collector leaves it alone


def serve(ledger: Path, right: str, address: Path, pipe: Connection, limits: Limits) -> None:
    """Answer for *ledger* until *pipe* is closed.

    Args:
        ledger: its main file.
        right: what may be done with it, a key of VIEWS.
        address: where to listen, once it is loaded.
        pipe: tells the front whether it is loading or ready; its end is the end.
        limits: what may be taken; who writes loads the ledger with each request, and may take as much as for that.

    """
    if right == WRITE:
        limits = limits._replace(seconds=WRITING_SECONDS, memory_of_a_request=limits.memory)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for the front
    with socket.socket(socket.AF_UNIX) as listening, contextlib.suppress(BrokenPipeError):  # the front is gone
        listening.bind(str(address))
        worker = _Worker(listening, pipe, limits)
        worker.run(OneLedger(ledger, VIEWS[right], limits.seconds, worker.tell))


class _Worker:
    """The loop, and what it tells the front."""

    def __init__(self, listening: socket.socket, pipe: Connection, limits: Limits) -> None:
        self._listening, self._pipe, self._limits = listening, pipe, limits
        self._is_loading = False
        self._children: list[BaseProcess] = []

    def run(self, one: OneLedger) -> None:
        """Load the ledger, then answer, one request after the other, until the front is gone."""
        self._listening.listen(_QUEUE)
        one.take()
        with selectors.DefaultSelector() as ready:
            ready.register(self._listening, selectors.EVENT_READ)
            ready.register(self._pipe, selectors.EVENT_READ)
            while self._pipe not in [key.fileobj for key, _ in ready.select()]:  # nothing but its end ever comes
                wire, _ = self._listening.accept()
                with wire, contextlib.suppress(TimeoutError, ConnectionError):  # whoever asked is gone
                    wire.settimeout(_SECONDS_FOR_A_MESSAGE)
                    self._answer(one, wire)

    def tell(self, is_loading: bool) -> None:  # noqa: FBT001 - it says what is so
        """Say that a load begins, or that there is something to show."""
        if is_loading:
            self._is_loading = True
            _limit_memory(self._limits.memory)
            end_after(None)
            self._pipe.send_bytes(LOADING)
        elif self._is_loading:
            self._is_loading = False
            gc.unfreeze()
            gc.collect()
            gc.freeze()
            _limit_memory(min(self._limits.memory, _size() + self._limits.memory_of_a_request))
            self._pipe.send_bytes(READY)

    def _answer(self, one: OneLedger, wire: socket.socket) -> None:
        request = _Request(wire)
        shown = one.take(request.place)

        def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            end_after(self._limits.seconds + _GRACE)
            return one.answer(shown, environ, start_response)

        if request.is_plain or shown is None or request.writes:
            request.answer(app)
        else:
            self._leave_to_a_child(request, app)

    def _leave_to_a_child(self, request: _Request, app: WSGIApplication) -> None:
        self._children = [child for child in self._children if child.is_alive()]
        if len(self._children) >= _CHILDREN:
            request.answer(_busy)
            return
        child = multiprocessing.get_context("fork").Process(target=self._be_a_child, args=(request, app))
        child.start()
        self._children.append(child)

    def _be_a_child(self, request: _Request, app: WSGIApplication) -> None:
        """Answer one request; that the worker is dead must be seen although its child is not."""
        self._listening.close()
        self._pipe.close()
        os.nice(_CHILDS_NICENESS)
        with contextlib.suppress(TimeoutError, ConnectionError):
            request.answer(app)


def _busy(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    return refuse(environ, HTTPStatus.SERVICE_UNAVAILABLE, TOO_MANY, wait=1)(environ, start_response)


class _Request(WSGIRequestHandler):
    """One request, as the front sends it."""

    server: Any
    server_version = "beancoop"

    def __init__(self, wire: socket.socket) -> None:
        """Read its head.

        Raises:
            OSError: it does not come, or not whole.

        """
        self.request, self.client_address = wire, ("", 0)
        self.server = SimpleNamespace(
            base_environ={"SERVER_NAME": "localhost", "SERVER_PORT": "0", "SCRIPT_NAME": "", "CONTENT_LENGTH": ""}
        )
        self.setup()
        self.raw_requestline = self.rfile.readline()
        if not self.parse_request():
            raise ConnectionError
        self._environ = self.get_environ()
        self._body = io.BytesIO(self.rfile.read(int(self._environ["CONTENT_LENGTH"] or 0)))  # else the answer is lost

    @property
    def is_plain(self) -> bool:
        """Whether it carries nothing whose cost its reader chooses."""
        given = parse_qsl(self._environ["QUERY_STRING"], keep_blank_values=True)
        return all(name in _PLAIN and _PLAIN[name].fullmatch(value) for name, value in given)

    @property
    def place(self) -> str:
        """What it asks for, without what is asked of it."""
        return str(self._environ["PATH_INFO"])

    @property
    def writes(self) -> bool:
        """Whether it is to change something, which no child may do beside its parent."""
        return self.command not in {"GET", "HEAD"}

    def answer(self, app: WSGIApplication) -> None:
        """Have *app* answer it."""
        handler = ServerHandler(
            self._body, cast("Any", self.wfile), sys.stderr, self._environ, multithread=False, multiprocess=True
        )
        handler.request_handler = self  # type: ignore[attr-defined]
        handler.run(app)
        self.finish()

    def address_string(self) -> str:
        """Give no name: it is the front that asks."""
        return ""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write nothing down: the front does."""


def _limit_memory(most: int) -> None:
    """Let this process, and its children, have *most* bytes of address space."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _size() -> int:
    """Give the bytes of address space that this process has now (proc(5), statm)."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
