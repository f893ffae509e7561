"""Fava's own templates, mended where they are read: nothing of Fava is changed on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.presentation.texts import Words
from beancoop.words.language import current, mark
from jinja2 import BaseLoader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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

_SIGN_OUT = (
    "{% if request.headers.get('X-Beancoop-Sign-Out') %}"
    "<style>.sign-out { position: fixed; right: 0; bottom: 0; padding: 4px 8px; z-index: 9; "
    "background: var(--background); } @media print { .sign-out { display: none; } }</style>"
    '<a class="sign-out" href="/sign-out" data-remote>{{ request.headers[\'X-Beancoop-Sign-Out\'] }}</a>{% endif %}'
)

MENDED = {
    "{% autoescape false %}": "{% autoescape true %}",
    "<html>": f'<html lang="{{{{ {_LANGUAGE} }}}}">',
    "</head>": f"<style>{_READABLE} {_SKIPPING}</style></head>",
    "<body>": f'<body><a class="skip" href="#content">{{{{ skip_link() }}}}</a>{_SIGN_OUT}',
    "<article>": '<article id="content" tabindex="-1">',
}
"""What Fava's templates say, and what they are to say: the text of an entry is escaped in the journal too, the page
says in which language it is (WCAG 2.2, 3.1.1), what the fields of its header are for can be read (1.4.3), a link leads
past the menu (2.4.1), and whoever signed in here can sign out."""

_UNSEEN = (
    "aside a.add-transaction",
    ".aside-buttons a",
    'aside li:has(> a[href*="/editor/"])',
    'aside li:has(> a[href*="/import/"])',
    'aside li:has(> a[href*="/options/"])',
    "form.fixed-fullsize-container button[type=submit]",
    "form:has(> .editor) > .flex-row",
)
_ELSEWHERE = '{% for page in pages_elsewhere() %}aside a[href*="/extension/{{ page }}/"], {% endfor %}'
_OURS = 'aside { display: flex; flex-direction: column; } aside ul:has(a[href*="/extension/"]) { order: -1; }'
READING = {"</head>": f"<style>{_ELSEWHERE}{', '.join(_UNSEEN)} {{ display: none !important; }} {_OURS}</style></head>"}
"""What they are to say beside that to who may only read: what writes, the pages where one does, those that the server
sets, and ours that have nothing to show of this ledger, are not shown; the others of ours come first."""


def skip_link() -> str:
    """Give the words of the link that leads past the menu, in the reader's language."""
    return Words(current()).t(SKIP)


class Mending(BaseLoader):
    """Gives Fava's templates, mended."""

    def __init__(self, loader: BaseLoader | None, also: Mapping[str, str]) -> None:
        """Mend what *loader* gives, and then *also* that."""
        assert loader is not None  # noqa: S101 - Fava has templates
        self._loader = loader
        self._mended = (*MENDED.items(), *also.items())

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Give the source of a template."""
        source, filename, uptodate = self._loader.get_source(environment, template)
        for said, mended in self._mended:
            source = source.replace(said, mended)
        return source, filename, uptodate
