"""Listen on this machine: waitress, which reads a request whole before it takes a thread, and strictly.

Slow connections wait in one loop that costs no thread. What two readers of one request could take for different things
(RFC 9112) is refused: a proxy in front and this server must see the same.
"""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import os
import re
import signal
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import waitress.channel
import waitress.server
from beancoop.words.messages import error, phrase
from waitress.parser import HTTPRequestParser, ParsingError

from beancoop_server.people import MisuseError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import FrameType
    from wsgiref.types import WSGIApplication

    from beancoop.words.messages import Template

DEFAULT_BIND = "127.0.0.1:5000"

WRONG_PLACE = error(
    "BC973",
    "--bind {bind}: expected an address of this machine and a port, like {usual}, or unix:PATH; "
    "to show the books to others, put a proxy with https in front and name them with --people.",
)
CANNOT_LISTEN = error("BC974", "--bind {place}: cannot listen there: {reason}; choose another.")
LISTENING = phrase("beancoop: {url} (Ctrl-C stops)")
LISTENING_TO_WRITE = phrase("beancoop: {url} (accountants can write; Ctrl-C stops)")
STOPPED = phrase("beancoop: stopped")

THREADS = 96
"""Each waits for a worker; a person holds a few at most, see `front`."""
_CONNECTIONS = 1000
_SECONDS_OF_SILENCE = 30
_SECONDS_OF_A_BODY = 300
_OURS_AND_THE_PROXYS = 0o117
_LARGEST_HEAD = 32 * 1024
_LARGEST_BODY = 32 * 1024 * 1024
"""A scanned invoice, where an accountant may write; `front` takes less of everybody else."""

_ONCE = frozenset({b"host", b"content-length", b"transfer-encoding", b"origin", b"cookie", b"x-forwarded-for"})
_FIELD = re.compile(rb"[!#$%&'*+.^`|~0-9A-Za-z-]+:[^\x00-\x08\x0a-\x1f\x7f]*")
"""A header field (RFC 9110, 5.5): no blank before the colon, and no "_", which WSGI could not tell from "-"."""


@dataclass(frozen=True)
class Bind:
    """Where to listen.

    Attributes:
        socket: an address and a port, or the path of a Unix socket.
        url: what to tell people.
        hosts: the Host headers of requests sent there directly.

    """

    socket: str | tuple[str, int]
    url: str
    hosts: tuple[str, ...]


def parse_bind(bind: str) -> Bind:
    """Read `ADDRESS:PORT`, the address being this machine's own, or `unix:PATH`.

    Raises:
        MisuseError: it is neither.

    """
    scheme, _, path = bind.partition(":")
    if scheme == "unix" and path:
        return Bind(path, bind, ("localhost",))
    host, _, port = bind.rpartition(":")
    with contextlib.suppress(ValueError):
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host.strip("[]"))
        if address.is_loopback and 0 < int(port) < 2**16:
            shown = f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"  # noqa: PLR2004
            return Bind((str(address), int(port)), f"http://{shown}", (shown, f"localhost:{port}"))
    raise MisuseError(WRONG_PLACE(bind=bind, usual=DEFAULT_BIND))


def check_head(head: bytes, once: Iterable[bytes] = ()) -> None:
    """Refuse the head of a request that two readers could take for different things (RFC 9112, 5 and 6).

    Args:
        head: the request line and the header fields.
        once: names, in small letters, of fields that may stand there once at most, beside the usual ones.

    Raises:
        ParsingError: it is not to be read.

    """
    _line, *fields = head.removesuffix(b"\r\n\r\n").removesuffix(b"\r\n").split(b"\r\n")
    if not all(_FIELD.fullmatch(each) for each in fields):  # one that goes on in the next line has no name there
        raise ParsingError("Invalid header field")
    names = [each.partition(b":")[0].lower() for each in fields]
    if any(names.count(name) > 1 for name in {*_ONCE, *once}):
        raise ParsingError("Header field given twice")
    if b"transfer-encoding" in names and (b"content-length" in names or head.split(b"\r\n", 1)[0].endswith(b"/1.0")):
        raise ParsingError("Two lengths")


def listen(app: WSGIApplication, place: Bind, once: str = "", ready: Template = LISTENING) -> None:
    """Serve *app* until interrupted or told to end; to be called in the main thread.

    Args:
        app: what answers, in many threads.
        place: where.
        once: the name of the header in which a proxy names people; a request that has it twice is refused.
        ready: says where it can be reached.

    Raises:
        MisuseError: something else listens there already, or the place cannot be used.

    """
    is_unix = isinstance(place.socket, str)
    where = {"unix_socket": place.socket} if is_unix else dict(zip(("host", "port"), place.socket, strict=True))
    mask = os.umask(_OURS_AND_THE_PROXYS)  # opened to all, anyone on this machine could say who asks
    try:
        if is_unix:
            _check_nobody_listens(str(place.socket))
        server = waitress.server.create_server(
            app,
            **where,
            unix_socket_perms="660",
            threads=THREADS,
            connection_limit=_CONNECTIONS,
            channel_timeout=_SECONDS_OF_SILENCE,
            cleanup_interval=_SECONDS_OF_SILENCE // 3,
            max_request_header_size=_LARGEST_HEAD,
            max_request_body_size=_LARGEST_BODY,
            ident=None,
            asyncore_use_poll=True,
            clear_untrusted_proxy_headers=False,  # who reaches us is on this machine, and says whom it asks for
        )
    except OSError as failure:
        raise MisuseError(CANNOT_LISTEN(place=place.url, reason=str(failure))) from failure
    finally:
        os.umask(mask)
    assert isinstance(server, waitress.server.BaseWSGIServer)  # noqa: S101 - several only for a name with several addresses
    server.channel_class = _channel(once.lower().encode())
    signal.signal(signal.SIGTERM, _end)
    with contextlib.suppress(SystemExit, KeyboardInterrupt):  # it takes them once it runs, and may be told before
        print(ready(url=place.url), flush=True)  # noqa: T201
        server.run()
    server.close()
    if is_unix:
        Path(str(place.socket)).unlink(missing_ok=True)
    print(STOPPED(), flush=True)  # noqa: T201


def _channel(once: bytes) -> type[Any]:
    """Give waitress's channel, with a parser that checks each head first, and an end to what comes in drop by drop."""

    class Parser(HTTPRequestParser):
        def parse_header(self, header_plus: bytes) -> None:
            check_head(header_plus, (once,))
            super().parse_header(header_plus)

    class Channel(waitress.channel.HTTPChannel):
        parser_class = Parser
        last_activity: float
        _begun = 0.0

        def handle_read(self) -> None:
            was_between = self.request is None
            super().handle_read()
            if was_between:
                self._begun = self.last_activity
            if self.request is not None:  # it counts as silent from when the request should have been there
                spare = _SECONDS_OF_A_BODY if self.request.headers_finished else 0
                self.last_activity = min(self.last_activity, self._begun + spare)

    return Channel


def _check_nobody_listens(path: str) -> None:
    """Let the socket be taken away that a dead server left at *path*, and no other.

    Raises:
        OSError: somebody listens there.

    """
    with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
        probe.connect(path)
        raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE), path)


def _end(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit
