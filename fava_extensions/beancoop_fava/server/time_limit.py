"""Let no request hold the server for good.

One crafted regular expression, in a query or in the account filter of any page, keeps Python's matcher
busy for hours, and no thread can be stopped from outside. The main thread can: there the matcher looks
for signals. So Fava runs in the main thread, one request at a time (it is not thread-safe either, and
Python computes in one thread at a time anyway), other threads only talk to browsers, and an alarm
interrupts what takes too long.
"""

from __future__ import annotations

import contextlib
import queue
import signal
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, NamedTuple

from werkzeug.test import run_wsgi_app

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import FrameType
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class TooLong(BaseException):
    """The time is over; like KeyboardInterrupt, not to be caught on its way by `except Exception`."""


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Interrupt the block after *seconds*.

    Only the main thread can be interrupted; in any other the block runs without limit.

    Raises:
        TooLong: the block was interrupted.

    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.signal(signal.SIGALRM, before)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise TooLong


class _Answer(NamedTuple):
    body: Iterable[bytes]
    status: str
    headers: list[tuple[str, str]]


class InMainThread:
    """A WSGI application whose calls, from any thread, all run in the thread that calls `run`."""

    def __init__(self, app: WSGIApplication) -> None:
        """Wrap *app*."""
        self._app = app
        self._calls: queue.SimpleQueue[tuple[WSGIEnvironment, Future[_Answer]]] = queue.SimpleQueue()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Have the request answered, and wait for it."""
        answer: Future[_Answer] = Future()
        self._calls.put((environ, answer))
        body, status, headers = answer.result()
        start_response(status, headers)
        return body

    def run(self) -> None:
        """Answer requests, one after the other, until interrupted."""
        while True:
            environ, answer = self._calls.get()
            try:
                body, status, headers = run_wsgi_app(self._app, environ)
                answer.set_result(_Answer(body, status, list(headers)))
            except BaseException as error:
                answer.set_exception(error)
                if not isinstance(error, Exception):
                    raise
