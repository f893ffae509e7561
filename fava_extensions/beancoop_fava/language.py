"""What people read on a page: French by default, Dutch, German and English.

The texts in the code are English; each language has its own catalogue, the English one included, in the
gettext domain `beancoop` (GNU gettext manual, `.po` and `.mo` files), apart from Fava's own.
"""

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
