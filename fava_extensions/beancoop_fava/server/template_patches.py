"""Fava's own templates, mended where they are read: nothing of Fava is changed on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.presentation.texts import Words
from beancoop.words.language import current, mark
from jinja2 import BaseLoader

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment

_LANGUAGE = "(ledger.fava_options.language or request.accept_languages.best or 'en')|replace('_', '-')"
_READABLE = (
    ":root { --header-placeholder-color: var(--text-color-lightest); "
    "--header-placeholder-background: var(--background); }"
)
_SKIPPING = (
    ".skip { position: fixed; z-index: 9; left: 0.5em; top: -5em; padding: 0.5em 1em; background: var(--background); } "
    ".skip:focus { top: 0.5em; }"
)
SKIP = mark("Skip to the content")

MENDED = {
    "{% autoescape false %}": "{% autoescape true %}",
    "<html>": f'<html lang="{{{{ {_LANGUAGE} }}}}">',
    "</head>": f"<style>{_READABLE} {_SKIPPING}</style></head>",
    "<body>": '<body><a class="skip" href="#content">{{ skip_link() }}</a>',
    "<article>": '<article id="content" tabindex="-1">',
}
"""What Fava's templates say, and what they are to say: the text of an entry is escaped in the journal too, the page
says in which language it is (WCAG 2.2, 3.1.1), what the fields of its header are for can be read (1.4.3), and a link
leads past the menu (2.4.1)."""


def skip_link() -> str:
    """Give the words of the link that leads past the menu, in the reader's language."""
    return Words(current()).t(SKIP)


class Mending(BaseLoader):
    """Gives Fava's templates, mended."""

    def __init__(self, loader: BaseLoader | None) -> None:
        """Mend what *loader* gives."""
        assert loader is not None  # noqa: S101 - Fava has templates
        self._loader = loader

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Give the source of a template."""
        source, filename, uptodate = self._loader.get_source(environment, template)
        for said, mended in MENDED.items():
            source = source.replace(said, mended)
        return source, filename, uptodate
