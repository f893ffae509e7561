"""Listen on this machine, and run the application in the main thread."""

from __future__ import annotations

import contextlib
import ipaddress
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from beancoop.words.messages import error, phrase
from cheroot.server import HeaderReader, HTTPConnection, HTTPRequest
from cheroot.wsgi import Server

from beancoop_fava.server.people import MisuseError
from beancoop_fava.server.time_limit import InMainThread

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from beancoop.words.messages import Template

DEFAULT_BIND = "127.0.0.1:5000"

WRONG_PLACE = error(
    "BC973",
    "--bind {bind}: expected an address of this machine and a port, like {usual}, or unix:PATH; "
    "to show the books to others, put an authenticating proxy in front and name them with --people.",
)
CANNOT_LISTEN = error("BC974", "--bind {place}: cannot listen there: {reason}; choose another.")
LISTENING = phrase("beancoop: {url} (read-only; Ctrl-C stops)")
LISTENING_TO_WRITE = phrase("beancoop: {url} (you can write; for you alone; Ctrl-C stops)")
STOPPED = phrase("beancoop: stopped")


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


class _Request(HTTPRequest):
    """A request without the headers WSGI could not tell from others, as X_Remote_User from X-Remote-User."""

    class _Headers(HeaderReader):
        def _allow_header(self, key_name: bytes) -> bool:
            return b"_" not in key_name

    header_reader = _Headers()


class _Connection(HTTPConnection):
    RequestHandlerClass = _Request


def listen(app: WSGIApplication, place: Bind, ready: Template = LISTENING) -> None:
    """Serve *app* until interrupted, and say that it is *ready*; to be called in the main thread.

    Raises:
        MisuseError: something else listens there already, or the place cannot be used.

    """
    worker = InMainThread(app)
    server = Server(place.socket, worker)
    server.ConnectionClass = _Connection
    try:
        server.prepare()
    except OSError as failure:
        raise MisuseError(CANNOT_LISTEN(place=place.url, reason=str(failure))) from failure
    if isinstance(place.socket, str):
        Path(place.socket).chmod(0o660)  # cheroot opens it to all: anyone here could then say who asks
    threading.Thread(target=server.serve, daemon=True).start()
    print(ready(url=place.url), flush=True)  # noqa: T201
    try:
        worker.run()
    except KeyboardInterrupt:
        print(STOPPED(), flush=True)  # noqa: T201
    finally:
        server.stop()
