"""One ledger in a Fava of its own, with its doors shut (`doors`).

This module, `doors`, `fava_ledger` and what that stands on know of Fava's insides, which may change with any release.
"""

from __future__ import annotations

import gc
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from beancoop.loading.collector import without_collector
from beancoop.words.language import speaking
from beancoop_server.language import language_of
from beancoop_server.refusal import OUTSIDE, refuse
from fava.application import create_app
from fava.context import g
from fava.core.file import GeneratedEntryError, get_entry_slice
from fava.helpers import FavaAPIError
from fava.json_api import SourceSlice, json_success
from flask import request
from werkzeug.wrappers import Request

from beancoop_fava.pages.page import Page
from beancoop_fava.server import doors, places
from beancoop_fava.server.fava_ledger import ShownLedger, WrittenLedger
from beancoop_fava.server.files import ShownFiles, WrittenFiles, answer_of_writing
from beancoop_fava.server.queries import Queries
from beancoop_fava.server.redaction import Redaction
from beancoop_fava.server.template_patches import READING, Mending, skip_link
from beancoop_fava.server.watching import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path
    from wsgiref.types import StartResponse, WSGIEnvironment

    from fava.ext import FavaExtensionBase
    from flask import Flask
    from werkzeug.wrappers import Response


_LOCALES = {"fr": "fr_BE", "nl": "nl_BE", "de": "de_BE", "en": "en_GB"}
"""How Fava writes numbers to a reader of each language, where the ledger does not say."""
_OURS = re.compile(r"/[^/]+/extension/([^/]+)/")
_YOUNG = 1
"""The generations to collect of what was made of late, which takes no time."""
_LARGEST_UPLOAD = 32 << 20
"""Bytes of a request that writes: a statement or an invoice is far below."""


class LedgerApp:
    """A WSGI application that shows one ledger, and nothing that stands outside the ledger's folder."""

    def __init__(
        self,
        ledger: Path,
        guard: Callable[[], None],
        pages: Iterable[type[FavaExtensionBase]] = (),
        *,
        writes: bool = False,
    ) -> None:
        """Load *ledger*.

        Args:
            ledger: the path of its main file.
            guard: what is called before each load, and raises to prevent it.
            pages: the pages it has, whether or not its text, as a sub-ledger's may not, names their extension.
            writes: whether the reader is the accountant, and writes.

        Raises:
            Exception: whatever *guard*, or a plugin that breaks on import, raises.

        """
        self._guard, self._writes = guard, writes
        self._watch = Watch(ledger.parent)
        guard()
        with without_collector():
            self._app = _fava(ledger, [*pages, *([Redaction] if writes else [])], self._watch, writes=writes)
            ((_slug, self._ledger),) = self._app.config["LEDGERS"].items()
        self._settle()

    def _settle(self) -> None:
        """Keep what a load says once for all requests."""
        options = self._ledger.fava_options
        self._inside, self._locale = self._stays_inside(), options.locale
        if not self._writes:
            options.insert_entry = []  # a reader adds no entry, and need not know where the accountant does

    def refresh(self) -> None:
        """Take up what changed on disk, so that the next request sees one state from beginning to end."""
        if self._watch.has_changed():
            self._guard()
            gc.collect(_YOUNG)  # a query leaves a circle behind that holds entries, which are to be handed out again
            with without_collector():
                self._ledger.load_file()
            self._settle()
        # An interrupted query leaves its text in the shell for the next to find: each request gets another.
        self._ledger.query_shell = Queries(self._ledger)

    def missing(self, path: str) -> Callable[[], object] | None:
        """Give what works out the page of ours that *path* asks for; None where nothing is to be worked out."""
        asked = _OURS.match(path)
        page = self._ledger.extensions.get_extension(asked[1]) if asked else None
        return page.make if isinstance(page, Page) and not page.is_made else None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        if not self._inside:
            return refuse(environ, HTTPStatus.FORBIDDEN, OUTSIDE)(environ, start_response)
        language = language_of(Request(environ), self._ledger.fava_options.language)
        self._ledger.fava_options.locale = self._locale or _LOCALES[language]
        options = self._ledger.fava_options
        with speaking(language):
            answered = self._app(environ, start_response)
        if self._ledger.fava_options is not options:  # the accountant has written, and all was loaded
            self._settle()
        return answered

    def _stays_inside(self) -> bool:
        """Tell whether all the files the ledger includes stand in its own folder."""
        return doors.are_inside(self._ledger.options["include"], self._ledger.join_path())


def _fava(ledger: Path, pages: Sequence[type[FavaExtensionBase]], watch: Watch, *, writes: bool) -> Flask:
    """Make a Fava for *ledger* alone, that escapes, and only reads unless the accountant writes."""
    app = create_app([ledger], load=False, read_only=not writes, poll_watcher=True)
    kind = WrittenLedger if writes else ShownLedger
    app.config["LEDGERS"]._ledgers = [kind(ledger, pages, watch)]  # noqa: SLF001 - Fava makes its own
    app.jinja_loader = Mending(app.jinja_loader, {} if writes else READING)
    if not writes:
        _show_from_its_folder(app, ledger.parent)
    app.before_request(doors.check_writing if writes else doors.check)
    app.after_request(doors.harmless)
    app.jinja_env.globals.update(pages_elsewhere=_pages_elsewhere, skip_link=skip_link)
    app.view_functions["json_api.get_source_slice"] = _source_slice
    app.register_error_handler(re.error, doors.no_pattern)
    app.register_error_handler(FavaAPIError, doors.not_understood)
    app.error_handler_spec["json_api"][None][FavaAPIError] = doors.not_understood
    if writes:
        app.config["MAX_CONTENT_LENGTH"] = _LARGEST_UPLOAD
        app.view_functions["json_api.put_upload_import_file"] = _upload
        app.after_request(answer_of_writing)
    app.register_error_handler(MemoryError, doors.too_large)
    return app


def _show_from_its_folder(app: Flask, folder: Path) -> None:
    """Have a reader see, and ask for, files by where they stand in the ledger's folder."""
    app.before_request(lambda: places.find(request, folder))
    app.after_request(
        lambda answered: answered if request.endpoint in {"static", *doors.FILES} else places.hide(answered, folder)
    )


def _pages_elsewhere() -> list[str]:
    """Name our pages that have nothing to show of this ledger, which is one activity's."""
    own = (g.ledger.extensions.get_extension(each.name) for each in g.ledger.extensions.extension_details)
    return [each.name for each in own if isinstance(each, Page) and each.is_elsewhere]


def _source_slice() -> Response:
    """Give the lines of an entry, or of one that no file holds, such as a provisional levy, those it would have."""
    entry = g.ledger.get_entry(request.args.get("entry_hash", ""))
    try:
        text, digest = get_entry_slice(entry)
    except GeneratedEntryError:
        text, digest = cast("ShownFiles", g.ledger.file).text_of(entry).rstrip("\n"), ""
    return json_success(SourceSlice(digest, text))


def _upload() -> Response:
    """Take a file to import in; Fava would write it in place."""
    return json_success(cast("WrittenFiles", g.ledger.file).upload())
