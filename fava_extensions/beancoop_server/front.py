"""Ask who is there, find what she sees, and have the process that holds it answer."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

from beancoop.words.messages import error, phrase
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from beancoop_server.asking import (
    PATIENCE,
    SIGN_OUT_LABEL,
    Answer,
    NoAnswerError,
    NotThereError,
    StillLoadingError,
    ask,
)
from beancoop_server.language import language_of
from beancoop_server.pages import page
from beancoop_server.people import MisuseError, Seat, plain
from beancoop_server.refusal import (
    BEING_READ,
    BROKE_OFF,
    NOT_SIGNED_IN,
    PEOPLE_BROKEN,
    TOO_BIG,
    TOO_MANY,
    UNKNOWN_PERSON,
    UNREADABLE,
    refuse,
)
from beancoop_server.signing_in import CHOOSE, PERSON, SIGN_IN, SIGN_OUT
from beancoop_server.workers import WRITING_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from beancoop_server.kept_files import Reread
    from beancoop_server.people import People
    from beancoop_server.signing_in import SigningIn
    from beancoop_server.workers import Worker, Workers

HEALTH = "/healthz"
REFRESH = 1
"""Seconds after which the page that says that the books are being read asks again."""
AT_ONCE = 6
"""Requests of one person that are answered at once: more than a browser sends."""
_SECONDS_TO_DIE = 0.5
_LARGEST_OF_A_READER = 64 * 1024

SIGN_OUT_WORDS = phrase("Sign out")
NOT_SHOWN = error("BC1508", "People are refused until this is put right: {reason}")


class Desk:
    """A WSGI application that has the workers answer; of each person it takes AT_ONCE requests at a time."""

    def __init__(self, workers: Workers) -> None:
        """Hand requests over to *workers*."""
        self._workers = workers
        self._asking: Counter[str] = Counter()
        self._lock = threading.Lock()

    def answer(self, environ: WSGIEnvironment, person: str, seat: Seat) -> WSGIApplication:
        """Answer a request of *person*, who sees *seat*."""
        if seat.right != "write" and int(environ.get("CONTENT_LENGTH") or 0) > _LARGEST_OF_A_READER:
            return refuse(environ, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_BIG)
        with self._one_more(person) as is_free:
            if not is_free:
                return refuse(environ, HTTPStatus.TOO_MANY_REQUESTS, TOO_MANY, wait=REFRESH)
            answer = self._ask(environ, seat)
        if not isinstance(answer, Answer):
            return answer

        def answered(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            start_response(answer.status, answer.headers)
            return answer.chunks()

        return answered

    def _ask(self, environ: WSGIEnvironment, seat: Seat) -> Answer | Response:
        """Have a worker answer; one that died, unasked or over what may be asked twice, is replaced at once."""
        may_ask_again = environ["REQUEST_METHOD"] in {"GET", "HEAD"}
        while True:
            worker = self._workers.of(seat)
            if worker is None:
                return refuse(environ, HTTPStatus.INTERNAL_SERVER_ERROR, UNREADABLE)
            try:
                return ask(worker, environ, WRITING_SECONDS if seat.right == "write" else PATIENCE)
            except NotThereError:
                worker.end()
            except StillLoadingError:
                return loading(environ, worker)
            except NoAnswerError:
                if not (may_ask_again and worker.dies(_SECONDS_TO_DIE)):
                    return refuse(environ, HTTPStatus.SERVICE_UNAVAILABLE, BROKE_OFF, wait=REFRESH)
                may_ask_again = False

    @contextmanager
    def _one_more(self, person: str) -> Iterator[bool]:
        with self._lock:
            is_free = self._asking[person] < AT_ONCE
            self._asking[person] += is_free
        try:
            yield is_free
        finally:
            with self._lock:
                self._asking[person] -= is_free
                if not self._asking[person]:
                    del self._asking[person]


def loading(environ: WSGIEnvironment, worker: Worker) -> Response:
    """Say that the books are being read: a page that asks again by itself, or a short answer for a program.

    It is a 503 with Retry-After (RFC 9110, 15.6.4): whoever is no browser must not take it for the page.
    """
    request = Request(environ)
    if request.method not in {"GET", "HEAD"} or request.accept_mimetypes.best_match(("text/html",)) is None:
        return refuse(environ, HTTPStatus.SERVICE_UNAVAILABLE, BEING_READ, wait=REFRESH)
    if "/api/" in request.path:
        return refuse(environ, HTTPStatus.SERVICE_UNAVAILABLE, BEING_READ, wait=REFRESH)
    seconds, expected = round(worker.loading_for), round(worker.seconds)
    shown = page(
        request, "loading.html", HTTPStatus.SERVICE_UNAVAILABLE, again=REFRESH, seconds=seconds, expected=expected
    )
    shown.headers["Retry-After"] = str(REFRESH)
    return shown


class Everybody:
    """A WSGI application in which whoever reaches the server has the same *seat*."""

    def __init__(self, desk: Desk, seat: Seat) -> None:
        """Show *seat*."""
        self._desk, self._seat = desk, seat

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        return self._desk.answer(environ, "", self._seat)(environ, start_response)


class Reception:
    """A WSGI application that asks who is there, and shows each her own."""

    def __init__(
        self,
        desk: Desk,
        people: Reread[People],
        seat: Callable[[People, str], Seat | None],
        signing_in: SigningIn,
        header: str,
    ) -> None:
        """Receive people.

        Args:
            desk: what answers them.
            people: who they are; looked at again at each request.
            seat: gives what a person sees, by her name.
            signing_in: the forms, for those whom no proxy signs in.
            header: where a proxy names people; "" where there is none. It is settled when the server starts.

        """
        self._desk, self._people, self._seat, self._signing_in = desk, people, seat, signing_in
        self._header = header

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request; where it cannot be told who may see what, nobody sees anything."""
        try:
            app = self._app(environ)
        except (MisuseError, OSError) as failure:
            print(NOT_SHOWN(reason=str(failure)), file=sys.stderr, flush=True)  # noqa: T201
            app = refuse(environ, HTTPStatus.SERVICE_UNAVAILABLE, PEOPLE_BROKEN)
        return app(environ, start_response)

    def _app(self, environ: WSGIEnvironment) -> WSGIApplication:
        people = self._people.now()
        if not self._header and environ.get("PATH_INFO") in {SIGN_IN, CHOOSE, SIGN_OUT}:
            return self._form(environ)
        name = _named_by_proxy(environ, self._header) if self._header else self._signing_in.who(environ)
        environ[PERSON] = name
        if not name:
            return refuse(environ, HTTPStatus.UNAUTHORIZED, NOT_SIGNED_IN) if self._header else _to_sign_in(environ)
        seat = self._seat(people, name)
        if seat is None:
            return refuse(environ, HTTPStatus.FORBIDDEN, UNKNOWN_PERSON)
        if not self._header:
            environ[SIGN_OUT_LABEL] = SIGN_OUT_WORDS.read({}, language_of(Request(environ)))
        return self._desk.answer(environ, plain(name), seat)

    def _form(self, environ: WSGIEnvironment) -> WSGIApplication:
        environ[PERSON] = self._signing_in.who(environ)
        shown = self._signing_in.answer(environ)
        assert shown is not None  # noqa: S101 - it is one of its paths
        return shown


def _named_by_proxy(environ: WSGIEnvironment, header: str) -> str:
    """Give the name that the proxy says; "" where it says none. WSGI (PEP 3333) gives its bytes as Latin-1."""
    name: str = environ.get(f"HTTP_{header.upper().replace('-', '_')}", "")
    return name.encode("latin-1").decode("utf-8", "replace")


def _to_sign_in(environ: WSGIEnvironment) -> Response:
    """Lead a person who opens a page to the sign-in page; anything else is refused."""
    request = Request(environ)
    if request.method == "GET" and "/api/" not in request.path and request.accept_mimetypes.accept_html:
        return redirect(SIGN_IN, HTTPStatus.SEE_OTHER)
    return refuse(environ, HTTPStatus.UNAUTHORIZED, NOT_SIGNED_IN)


class Healthy:
    """A WSGI application that says that the server is there, to whoever asks; the rest it hands on."""

    def __init__(self, app: WSGIApplication) -> None:
        """Stand before *app*."""
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request; one for a HEAD as one for a GET, without its body (RFC 9110, 9.3.2)."""
        if environ.get("PATH_INFO") == HEALTH:
            return Response("ok\n", content_type="text/plain")(environ, start_response)
        body = self._app(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return body
        if close := getattr(body, "close", None):
            close()
        return []
