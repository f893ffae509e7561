"""The front's own pages: plain HTML, every text escaped, no script, in the reader's language."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING

from beancoop.words.messages import Template
from jinja2 import Environment, PackageLoader, StrictUndefined
from werkzeug.wrappers import Response

from beancoop_server.language import language_of

if TYPE_CHECKING:
    from werkzeug.wrappers import Request


def page(request: Request, name: str, status: int = HTTPStatus.OK, /, **values: object) -> Response:
    """Draw the template *name*, with `t` to translate what stands in it, and *values*."""
    language = language_of(request)

    def t(message: str | Template, **places: object) -> str:
        template = message if isinstance(message, Template) else Template(message)
        return template.read(places, language)

    text = _templates().get_template(name).render(language=language, t=t, **values)
    return Response(text, status, content_type="text/html; charset=utf-8")


@cache
def _templates() -> Environment:
    return Environment(loader=PackageLoader("beancoop_server"), autoescape=True, undefined=StrictUndefined)
