"""The language of a page: that of the ledger, else of the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.words.language import LANGUAGES

if TYPE_CHECKING:
    from werkzeug.wrappers import Request


def language_of(request: Request, chosen: str | None = None) -> str:
    """Give the language to answer *request* in: the ledger's, else the browser's.

    Args:
        request: the request.
        chosen: a language or locale such as `nl_BE`, or None.

    """
    plain = (chosen or "").partition("_")[0]
    return plain if plain in LANGUAGES else request.accept_languages.best_match(LANGUAGES, LANGUAGES[0])
