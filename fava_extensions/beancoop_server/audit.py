"""Who asked for what, when, and what came of it: one line a request, without figures and without query strings.

    2026-11-28T21:04:05+01:00	lea@example.be	127.0.0.1	GET	/livre-a001/journal/	200	shown

The fields are set apart by tabs. The file is opened anew when it was moved away, so that any program may rotate it.
"""

from __future__ import annotations

import datetime
import logging
import logging.handlers
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from werkzeug.wrappers import Request

from beancoop_server.kept_files import make_private
from beancoop_server.signing_in import PERSON, address_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from io import TextIOWrapper
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from beancoop_server.headers import ExcInfo

_LONGEST = 300


class Audit:
    """A WSGI application that writes each request down when it is answered."""

    def __init__(self, app: WSGIApplication, file: Path) -> None:
        """Write in *file*, which nobody but its owner may read.

        Raises:
            OSError: it cannot be written.

        """
        self._app = app
        self._handler = _Private(file, encoding="utf-8")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Have it answered, and write it down."""

        def start(
            status: str, headers: list[tuple[str, str]], exc_info: ExcInfo = None, /
        ) -> Callable[[bytes], object]:
            self._write(environ, status.partition(" ")[0])
            return start_response(status, headers, exc_info)

        return self._app(environ, start)

    def _write(self, environ: WSGIEnvironment, status: str) -> None:
        fields = (
            datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
            _safe(environ.get(PERSON, "")) or "-",
            _safe(address_of(Request(environ))) or "-",
            _safe(environ["REQUEST_METHOD"]),
            quote(environ.get("PATH_INFO", "").encode("latin-1"))[:_LONGEST],
            status,
            _came_of_it(int(status)),
        )
        self._handler.handle(logging.makeLogRecord({"msg": "%s", "args": ("\t".join(fields),)}))


class _Private(logging.handlers.WatchedFileHandler):
    """A log that is begun anew where it was moved away, and is read by nobody but its owner then either."""

    def _open(self) -> TextIOWrapper:
        make_private(Path(self.baseFilename))
        return super()._open()


def _came_of_it(status: int) -> str:
    """Say what came of a request: it was refused, it failed, or something was shown."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "failed"
    return "refused" if status >= HTTPStatus.BAD_REQUEST else "shown"


def _safe(text: str) -> str:
    """Give a text on one line and without tabs, whoever made it up."""
    return "".join(sign if sign.isprintable() else "?" for sign in text[:_LONGEST])
