"""Where a ledger's files stand on the server's disk is nothing to its readers: they see them from its folder on."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from jinja2.utils import htmlsafe_json_dumps
from werkzeug.datastructures import ImmutableMultiDict

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from werkzeug.wrappers import Request, Response

_NAMED = ("filename", "file_path")
"""The parameters in which Fava is told of a file."""
_TEXTS = ("application/json", "text/")


def hide(response: Response, folder: Path) -> Response:
    """Take the path of *folder* from what is answered: a page, its data, the table of a query."""
    if (response.mimetype or "").startswith(_TEXTS):
        response.direct_passthrough = False
        text = response.get_data(as_text=True)
        for path, shown in ((f"{folder}/", ""), (str(folder), ".")):
            for form in _forms(path):
                text = text.replace(form, shown)
        response.set_data(text)
    return response


def _forms(path: str) -> Iterable[str]:
    """Give the ways in which a path may be written, each once."""
    in_data = (json.dumps(path, ensure_ascii=is_ascii)[1:-1] for is_ascii in (True, False))
    in_page = str(htmlsafe_json_dumps(path))[1:-1]
    return dict.fromkeys((path, *in_data, in_page, escape(path), quote(path), quote(path, "")))


def find(request: Request, folder: Path) -> None:
    """Read the name of a file that a reader was shown as that of the file in *folder*."""
    given = [(name, value) for name, value in request.args.items(multi=True)]
    found = [(name, str(folder / value) if name in _NAMED and value else value) for name, value in given]
    request.args = ImmutableMultiDict(found)
