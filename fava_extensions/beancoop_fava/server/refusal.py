"""Say no, in the reader's language and in the form the asker can show."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from beancoop.words.language import catalogue, mark
from werkzeug.wrappers import Request, Response

from beancoop_fava.language import language_of

if TYPE_CHECKING:
    from http import HTTPStatus
    from wsgiref.types import WSGIEnvironment

WRONG_HOST = mark("This server does not answer to that name.")
FOREIGN = mark("Requests sent by another site are refused.")
NOT_SIGNED_IN = mark("You are not signed in.")
UNKNOWN_PERSON = mark("You have no access to these books. Ask the cooperative to add you.")
NOT_THROUGH_PROXY = mark("These books are reached through the sign-in page only.")
OUTSIDE = mark("This ledger reads files outside its own folder and is not shown. Tell the cooperative.")
UNREADABLE = mark("This ledger cannot be loaded. Tell the cooperative to run “beancoop check”.")
TOO_LONG = mark("This request took too long and was stopped. Narrow the query or the filter.")
NOT_A_QUERY = mark("Only queries that read are allowed: SELECT, BALANCES, JOURNAL, PRINT, or run and a name.")


def refuse(environ: WSGIEnvironment, status: HTTPStatus, message: str) -> Response:
    """Build the answer that refuses a request.

    Fava's own pages show the `error` of a JSON answer; a browser shows plain text.

    Args:
        environ: the request.
        status: the HTTP status (RFC 9110, section 15).
        message: one of this module's messages.

    """
    request = Request(environ)
    text = catalogue(language_of(request)).gettext(message)
    if "/api/" in request.path:
        return Response(json.dumps({"error": text}), status, content_type="application/json")
    return Response(text, status, content_type="text/plain; charset=utf-8")
