"""Say no, in the reader's language and in the form the asker can show."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from beancoop.words.messages import error
from werkzeug.wrappers import Request, Response

from beancoop_server.language import language_of

if TYPE_CHECKING:
    from http import HTTPStatus
    from wsgiref.types import WSGIEnvironment

    from beancoop.words.messages import Template

WRONG_HOST = error("BC960", "This server does not answer to that name.")
FOREIGN = error("BC961", "Requests sent by another site are refused.")
NOT_SIGNED_IN = error("BC962", "You are not signed in.")
UNKNOWN_PERSON = error("BC963", "You have no access to these books. Ask the cooperative to add you.")
OUTSIDE = error("BC965", "This ledger reads files outside its own folder and is not shown. Tell the cooperative.")
UNREADABLE = error("BC966", "This ledger cannot be loaded. Tell the cooperative to run “beancoop check”.")
TOO_LONG = error("BC967", "This request took too long and was stopped. Narrow the query or the filter.")
NOT_A_QUERY = error("BC968", "Only queries that read are allowed: SELECT, BALANCES, JOURNAL, PRINT, or run and a name.")
NOT_OPEN = error("BC1501", "This page is not open to members. See activities, contributions and reserves.")
TOO_LARGE = error("BC1502", "This request took too much memory and was stopped. Narrow the query or the filter.")
TOO_MANY = error("BC1503", "Too many requests of yours are being answered. Wait a moment, then try again.")
BEING_READ = error("BC1504", "The books are being read. Try again in a moment.")
PEOPLE_BROKEN = error("BC1505", "Nobody is let in until the cooperative has put its people file right. Tell it.")
TOO_BIG = error("BC1506", "What was sent is too large.")
BROKE_OFF = error("BC1507", "The answer broke off. Try again; if it happens again, narrow the query or the filter.")

NO_PATTERN = error("BC1561", "The account filter cannot be read: it is a regular expression; close each bracket in it.")


def refuse(environ: WSGIEnvironment, status: HTTPStatus, message: Template, wait: float = 0) -> Response:
    """Build the answer that refuses a request.

    Fava's own pages show the `error` of a JSON answer; a browser shows plain text.

    Args:
        environ: the request.
        status: the HTTP status (RFC 9110, section 15).
        message: one of this module's messages.
        wait: after how many seconds to try again, where that is worth it.

    """
    request = Request(environ)
    return answer(request, status, message().inside(language_of(request)), wait)


def answer(request: Request, status: HTTPStatus, text: str, wait: float = 0) -> Response:
    """Build the answer to a request that says *text* and nothing else, in the form the asker can show."""
    headers = {"Retry-After": str(round(wait) or 1)} if wait else {}
    if "/api/" in request.path:
        return Response(json.dumps({"error": text}), status, headers, content_type="application/json")
    return Response(text, status, headers, content_type="text/plain; charset=utf-8")
