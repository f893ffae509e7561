"""Fava's own templates, mended where they are read: nothing of Fava is changed on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import BaseLoader

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment

_LANGUAGE = "(ledger.fava_options.language or request.accept_languages.best or 'en')|replace('_', '-')"
_READABLE = (
    ":root { --header-placeholder-color: var(--text-color-lightest); "
    "--header-placeholder-background: var(--background); }"
)

_SIGN_OUT = (
    "{% if request.headers.get('X-Beancoop-Sign-Out') %}"
    "<style>.sign-out { position: fixed; right: 0; bottom: 0; padding: 4px 8px; z-index: 9; "
    "background: var(--background); } @media print { .sign-out { display: none; } }</style>"
    '<a class="sign-out" href="/sign-out" data-remote>{{ request.headers[\'X-Beancoop-Sign-Out\'] }}</a>{% endif %}'
)

MENDED = {
    "{% autoescape false %}": "{% autoescape true %}",
    "<html>": f'<html lang="{{{{ {_LANGUAGE} }}}}">',
    "<body>": f"<body>{_SIGN_OUT}",
    "</head>": f"<style>{_READABLE}</style></head>",
}
"""What Fava's templates say, and what they are to say: the text of an entry is escaped in the journal too, the page
says in which language it is (WCAG 2.2, 3.1.1), what the fields of its header are for can be read (1.4.3), and whoever
signed in here can sign out."""


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
