"""Ask a worker: HTTP over its Unix socket, with nothing along that it need not know."""

from __future__ import annotations

import http.client
import select
import socket
import time
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, NamedTuple, Self
from urllib.parse import quote

from beancoop_server.workers import GONE, LOADING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from wsgiref.types import WSGIEnvironment

    from beancoop_server.workers import Worker

PATIENCE = 60.0
"""Seconds of waiting for an answer at most; a request may take `Limits.seconds` of CPU, the machine may be busy."""
_SOON = 1.0
_LOOKS_EVERY = 0.2
_IN_MEMORY = 1024**2
_CHUNK = 64 * 1024

_GOES_ALONG = frozenset(
    {
        *("Accept", "Accept-Language", "Content-Length", "Content-Type", "Host", "Origin", "Range"),
        *("If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since"),
        *("Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site", "User-Agent"),
        "Beancoop-Confirmed",  # what an accountant has said yes to
    }
)
"""What a worker is told of a request: never the cookie, nor the name of who asks."""
SIGN_OUT_LABEL = "beancoop.sign-out"
"""Where in the environment of a request stands what the link to the sign-out page says, if there is to be one."""
_STAYS = frozenset({"connection", "date", "keep-alive", "server", "set-cookie", "transfer-encoding"})
"""What is not taken from a worker's answer: the connection is another, and sessions are not its business."""


class StillLoadingError(Exception):
    """The worker is loading its ledger."""


class NotThereError(Exception):
    """The worker died since it was last heard of; it was not asked anything."""


class NoAnswerError(Exception):
    """The worker died, or said nothing for PATIENCE."""


class Answer(NamedTuple):
    """What a worker answered, all of it: a slow browser holds up nobody but herself."""

    status: str
    headers: list[tuple[str, str]]
    body: IO[bytes]

    def chunks(self) -> Iterator[bytes]:
        """Give the body, piece by piece, and let it go in the end."""
        with self.body:
            while piece := self.body.read(_CHUNK):
                yield piece


def ask(worker: Worker, environ: WSGIEnvironment, patience: float = PATIENCE) -> Answer:
    """Have *worker* answer a request.

    Raises:
        StillLoadingError: it loads its ledger.
        NotThereError: it was dead before it was asked.
        NoAnswerError: it died, or said nothing for *patience* seconds; if it said nothing to anybody, it is ended.

    """
    if worker.wait(_SOON) == LOADING:
        raise StillLoadingError
    begun = time.monotonic()
    try:
        with _Connection(worker, patience) as wire:
            _send(wire, environ)
            _wait(worker, wire.sock, begun + patience)
            answer = _read(wire.getresponse())
    except TimeoutError:
        if worker.answered < begun:
            worker.kill()
        raise NoAnswerError from None
    except (OSError, http.client.HTTPException) as failure:
        raise NoAnswerError from failure
    worker.answered = time.monotonic()
    return answer


class _Connection(http.client.HTTPConnection):
    """A connection to a worker."""

    def __init__(self, worker: Worker, seconds: float) -> None:
        super().__init__("worker", timeout=seconds)
        self._address = str(worker.address)

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        try:
            self.sock.connect(self._address)
        except (ConnectionRefusedError, FileNotFoundError) as failure:
            raise NotThereError from failure

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _send(wire: _Connection, environ: WSGIEnvironment) -> None:
    path = quote(environ.get("PATH_INFO", "").encode("latin-1"), safe="/:@!$&'()*+,;=~-._")
    query = environ.get("QUERY_STRING", "")
    method = "GET" if environ["REQUEST_METHOD"] == "HEAD" else environ["REQUEST_METHOD"]  # the front takes the body off
    wire.putrequest(method, f"{path}?{query}" if query else path, skip_host=True, skip_accept_encoding=True)
    for name in _GOES_ALONG:
        key = name.upper().replace("-", "_")
        value = environ.get(key if key in {"CONTENT_LENGTH", "CONTENT_TYPE"} else f"HTTP_{key}")
        if value:
            wire.putheader(name, value.encode("latin-1"))
    if label := environ.get(SIGN_OUT_LABEL):
        wire.putheader("X-Beancoop-Sign-Out", label.encode("latin-1"))
    wire.endheaders()
    while piece := environ["wsgi.input"].read(_CHUNK):
        wire.send(piece)


def _wait(worker: Worker, wire: socket.socket, until: float) -> None:
    """Wait until the answer begins.

    Raises:
        StillLoadingError: what changed on disk makes the worker load again.
        TimeoutError: it does not begin.

    """
    ready = select.poll()
    ready.register(wire, select.POLLIN)
    wait = _SOON
    while not ready.poll(wait * 1000):
        if worker.state == LOADING:
            raise StillLoadingError
        if worker.state == GONE or time.monotonic() > until:
            raise TimeoutError
        wait = _LOOKS_EVERY


def _read(response: http.client.HTTPResponse) -> Answer:
    body = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed when it has been sent
    while piece := response.read(_CHUNK):
        body.write(piece)
    if response.length:  # `read` does not mind
        raise http.client.IncompleteRead(b"", response.length)
    body.seek(0)
    headers = [(name, value) for name, value in response.getheaders() if name.lower() not in _STAYS]
    return Answer(f"{response.status} {HTTPStatus(response.status).phrase}", headers, body)
