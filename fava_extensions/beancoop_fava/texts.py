"""What people read on a page: French by default, Dutch, German and English.

The texts in the code are English; each language has its own catalogue, the English one included, in the
gettext domain `beancoop` (GNU gettext manual, `.po` and `.mo` files), apart from Fava's own.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from babel.support import NullTranslations, Translations

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

DOMAIN = "beancoop"
FOLDER = Path(__file__).parent / "translations"
LANGUAGES = ("fr", "nl", "de", "en")
"""In order of preference: the first is what someone whose language is not among them reads."""


@cache
def catalogue(language: str) -> NullTranslations:
    """Load the catalogue of one of the LANGUAGES."""
    return Translations.load(str(FOLDER), [language], DOMAIN)


def language_of(request: Request, chosen: str | None = None) -> str:
    """Give the language to answer *request* in: the ledger's, else the browser's.

    Args:
        request: the request.
        chosen: a language or locale such as `nl_BE`, or None.

    """
    plain = (chosen or "").partition("_")[0]
    return plain if plain in LANGUAGES else request.accept_languages.best_match(LANGUAGES, LANGUAGES[0])


def mark(message: str) -> str:
    """Mark *message* for translation where it is written down before the reader is known."""
    return message
