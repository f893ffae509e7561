"""The languages people read, which of them is in force, and their catalogue.

The texts in the code are English, and each is its own key; every other language has one catalogue, in the gettext
domain `beancoop` (GNU gettext manual, `.po` and `.mo` files). A new language is a name in LANGUAGES, and its folder.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import NullTranslations, translation
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DOMAIN = "beancoop"
FOLDER = os.path.join(os.path.dirname(__file__), "translations")  # noqa: PTH118, PTH120 - pathlib is slow to import

SOURCE = "en"
"""The language of the texts in the code, which needs no catalogue."""

LANGUAGES = ("fr", "nl", "de", SOURCE)
"""In order of preference: the first is what someone whose language is not among them reads."""

VARIABLE = "BEANCOOP_LANG"
"""The environment variable that says a program's language; programs that ours start inherit it."""

_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
_reader: ContextVar[str | None] = ContextVar("reader", default=None)


def known(wanted: str | None) -> str | None:
    """Give the one of LANGUAGES that a language or locale such as `nl_BE.UTF-8` names; None where it is another."""
    plain = (wanted or "").replace("-", "_").partition("_")[0].partition(".")[0].lower()
    return plain if plain in LANGUAGES else None


def of_environment(environment: Mapping[str, str] = os.environ) -> str:
    """Give the language that the environment asks for: `BEANCOOP_LANG`, else the locale, else French.

    Of the locale's variables the first that is set decides (POSIX.1-2017, base definitions, 8.2).
    """
    if chosen := known(environment.get(VARIABLE)):
        return chosen
    locale = next((environment[name] for name in _LOCALE if environment.get(name)), None)
    return known(locale) or LANGUAGES[0]


def current() -> str:
    """Give the language in force: the reader's where somebody is being answered, else the program's."""
    return _reader.get() or of_environment()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak one of the LANGUAGES for as long as the block lasts."""
    before = _reader.set(language)
    try:
        yield
    finally:
        _reader.reset(before)


def name_of(language: str) -> str:
    """Give the name that a language has in itself, such as "Français"."""
    from babel import Locale  # noqa: PLC0415 - few ask for it

    return str(Locale.parse(language).get_display_name()).capitalize()


@cache
def catalogue(language: str) -> NullTranslations:
    """Load the catalogue of one of the LANGUAGES."""
    return NullTranslations() if language == SOURCE else translation(DOMAIN, FOLDER, [language])


def mark(message: str) -> str:
    """Mark *message* for translation where it is written down before the reader is known."""
    return message
