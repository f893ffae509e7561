"""What a browser must not be talked into, whatever stands behind.

Fava has no notion of who asks: a page of any site can send it requests from the accountant's browser
(cross-site request forgery) or point a name of its own at it (DNS rebinding), and the text of a bank
transfer becomes part of a page. Hence: the Host must be ours (RFC 9110, 7.4: else 421), the request must
come from our own pages (the Origin header, RFC 6454, and the W3C's Fetch Metadata headers: else 403), and
every answer tells the browser to run no script but our own (W3C, Content Security Policy level 3).
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from werkzeug.datastructures import Headers
from werkzeug.wrappers import Request

from beancoop_server.refusal import FOREIGN, WRONG_HOST, refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from types import TracebackType
    from typing import TypeAlias
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",  # Fava's editor parses Beancount in WebAssembly
    "style-src": "'self' 'unsafe-inline'",  # Fava sets widths and colours inline
    "img-src": "'self' data:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
_HEADERS = {
    "Content-Security-Policy": "; ".join(f"{directive} {sources}" for directive, sources in _POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Shield:
    """A WSGI application that answers our own pages alone, and tells the browser what it may do with that."""

    def __init__(self, app: WSGIApplication, hosts: Collection[str]) -> None:
        """Wrap *app*; *hosts* are the names, with port where it is not the scheme's, it is reached by."""
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Check the request, have it answered, and add the headers the answer does not have."""
        request = Request(environ)
        app = self._app
        if request.headers.get("Host", "").lower() not in self._hosts:
            app = refuse(environ, HTTPStatus.MISDIRECTED_REQUEST, WRONG_HOST)
        elif _foreign(request):
            app = refuse(environ, HTTPStatus.FORBIDDEN, FOREIGN)
        return app(environ, _adding_headers(request.path, start_response))


def _foreign(request: Request) -> bool:
    """Tell whether the request was sent by anything but our own pages or the person herself."""
    origin = request.headers.get("Origin")
    if origin is not None and origin.lower().partition("://")[2] != request.headers["Host"].lower():
        return True
    site = request.headers.get("Sec-Fetch-Site", "none")
    return site not in {"none", "same-origin"} and not _opens_a_page(request)


def _opens_a_page(request: Request) -> bool:
    """Tell whether a person follows a link from elsewhere, such as the sign-in page of the proxy."""
    return (
        request.method == "GET"
        and request.headers.get("Sec-Fetch-Mode") == "navigate"
        and request.headers.get("Sec-Fetch-Dest") == "document"
        and not any(part in request.path for part in ("/api/", "/download-"))
    )


def _adding_headers(path: str, start_response: StartResponse) -> StartResponse:
    """Give a `start_response` that completes the headers."""
    secret = not path.startswith("/static/")

    def start(status: str, headers: list[tuple[str, str]], exc_info: ExcInfo = None, /) -> Callable[[bytes], object]:
        complete = Headers(headers)
        for name, value in _HEADERS.items():
            complete.setdefault(name, value)
        if secret:
            complete["Cache-Control"] = "private, no-store"
        return start_response(status, complete.to_wsgi_list(), exc_info)

    return start
