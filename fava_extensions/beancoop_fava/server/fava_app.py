"""All that this package knows of Fava's insides, which may change with each of its releases.

Fava's `--read-only` refuses to change entries, but lets queries write files, and pages run what the text
of an entry says. `LedgerApp` is one ledger in a Fava of its own, with those doors shut.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, cast

from beancoop.loading import load_file
from beancoop.loading.collector import without_collector
from beancoop.model.findings import as_told
from beancoop.presentation.delimited import guarded_csv
from beancoop.words.language import current, speaking
from beancoop.words.messages import Text
from beancoop_server.language import language_of
from beancoop_server.refusal import FOREIGN, NO_PATTERN, NOT_A_QUERY, OUTSIDE, TOO_LARGE, answer, refuse
from fava import core
from fava.application import create_app
from fava.context import g
from fava.core import FavaLedger
from fava.core.documents import is_document_or_import_file
from fava.core.file import GeneratedEntryError, get_entry_slice
from fava.core.ingest import IngestModule
from fava.core.watcher import Watcher
from fava.helpers import FavaAPIError
from fava.json_api import SourceSlice, json_success
from flask import request
from werkzeug.wrappers import Request

from beancoop_fava.pages.page import Page
from beancoop_fava.server import places
from beancoop_fava.server.fava_accounts import Accounts
from beancoop_fava.server.files import ShownFiles, WrittenFiles, answer_of_writing
from beancoop_fava.server.queries import Queries
from beancoop_fava.server.read_only import only_reads
from beancoop_fava.server.redaction import Redaction
from beancoop_fava.server.template_patches import READING, Mending, skip_link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from wsgiref.types import StartResponse, WSGIEnvironment

    from fava.beans.types import LoaderResult
    from fava.ext import FavaExtensionBase
    from fava.helpers import BeancountError
    from flask import Flask
    from werkzeug.wrappers import Response


SHOWN = frozenset(
    {
        "static",
        "index",
        "account",
        "document",
        "statement",
        "holdings_by",
        "report",
        "extension_report",
        "extension_js_module",
        "extension_endpoint",
        "download_query",
        "download_journal",
        "help_page",
        "jump",
        "json_api.get_account_report",
        "json_api.get_balance_sheet",
        "json_api.get_changed",
        "json_api.get_commodities",
        "json_api.get_context",
        "json_api.get_documents",
        "json_api.get_errors",
        "json_api.get_events",
        "json_api.get_help",
        "json_api.get_imports",
        "json_api.get_income_statement",
        "json_api.get_journal",
        "json_api.get_journal_page",
        "json_api.get_ledger_data",
        "json_api.get_narration_transaction",
        "json_api.get_narrations",
        "json_api.get_options",
        "json_api.get_payee_accounts",
        "json_api.get_payee_transaction",
        "json_api.get_query",
        "json_api.get_source",
        "json_api.get_source_slice",
        "json_api.get_statistics",
        "json_api.get_trial_balance",
    }
)
"""The endpoints that only show; any other, and any that a later Fava adds, is refused until looked at."""

WRITE = frozenset(
    {
        "json_api.get_extract",
        "json_api.put_source",
        "json_api.put_source_slice",
        "json_api.delete_source_slice",
        "json_api.put_add_entries",
        "json_api.put_format_source",
        "json_api.put_upload_import_file",
    }
)
"""The endpoints of an accountant who writes beside these: each goes through `WrittenFiles`, reads what is to be
imported, or only lays a text out. Fava's others move, delete and attach documents by a folder that our ledgers have
not; they are refused."""

DOWNLOADS = frozenset({"download-table.csv", "download-tables.xlsx"})
"""Of our own pages, the endpoints that only show; any other of an extension is refused."""

_LOCALES = {"fr": "fr_BE", "nl": "nl_BE", "de": "de_BE", "en": "en_GB"}
"""How Fava writes numbers to a reader of each language, where the ledger does not say."""
_FILES = frozenset({"document", "statement"})
_LARGEST_UPLOAD = 32 << 20
"""Bytes of a request that writes: a statement or an invoice is far below."""
_QUERIES = frozenset({"download_query", "json_api.get_query"})
_FILE_POLICY = "default-src 'none'; sandbox"


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
        guard()
        with without_collector():
            self._app = _fava(ledger, writes=writes)
            ((_slug, self._ledger),) = self._app.config["LEDGERS"].items()
            _add_pages(self._ledger, [*pages, *([Redaction] if writes else [])])
        self._ledger.watcher = self._watcher = _Watcher()
        self._watcher.update(*self._ledger.paths_to_watch())
        self._watcher.looks = False
        self._settle()

    def _settle(self) -> None:
        """Keep what a load says once for all requests."""
        options = self._ledger.fava_options
        self._inside, self._locale = self._stays_inside(), options.locale
        if not self._writes:
            options.insert_entry = []  # a reader adds no entry, and need not know where the accountant does

    def refresh(self) -> None:
        """Take up what changed on disk, so that the next request sees one state from beginning to end."""
        self._watcher.looks = True
        if self._watcher.check():
            self._guard()
            with without_collector():
                self._ledger.load_file()
            self._settle()
        self._watcher.looks = False
        # An interrupted query leaves its text in the shell for the next to find: each request gets another.
        self._ledger.query_shell = Queries(self._ledger)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        if not self._inside:
            return refuse(environ, HTTPStatus.FORBIDDEN, OUTSIDE)(environ, start_response)
        language = language_of(Request(environ), self._ledger.fava_options.language)
        self._ledger.fava_options.locale = self._locale or _LOCALES[language]
        with speaking(language):
            return self._app(environ, start_response)

    def _stays_inside(self) -> bool:
        """Tell whether all the files the ledger includes stand in its own folder."""
        return all(_is_inside(file, self._ledger.join_path()) for file in self._ledger.options["include"])


def _add_pages(ledger: FavaLedger, pages: Iterable[type[FavaExtensionBase]]) -> None:
    """Register the pages that the ledger's text has not; Fava then runs them at each load as its own."""
    extensions = ledger.extensions
    for page in pages:
        if page not in extensions._loaded_extensions:  # noqa: SLF001 - Fava registers what a text names, and only that
            extensions._loaded_extensions.add(page)  # noqa: SLF001
            added = page(ledger)
            extensions._instances[added.name] = added  # noqa: SLF001
            added.after_load_file()


class _Watcher(Watcher):
    """Fava's watcher, but it looks only when told to, and sees a file that is new in a folder of the ledger."""

    looks = True

    def check(self) -> bool:
        return self.looks and super().check()

    def update(self, files: Iterable[Path], folders: Iterable[Path]) -> None:
        watched = list(files)
        super().update([*watched, *{file.parent for file in watched}], folders)
        super().check()  # what has just been loaded is known, also where it is the accountant who wrote it


def _is_inside(file: str, folder: Path) -> bool:
    return Path(file).resolve().is_relative_to(folder)


def _fava(ledger: Path, *, writes: bool) -> Flask:
    """Make a Fava for *ledger* alone, that escapes, and only reads unless the accountant writes."""
    app = create_app([ledger], load=False, read_only=not writes, poll_watcher=True)
    kind = _WrittenLedger if writes else _ShownLedger
    app.config["LEDGERS"]._ledgers = [kind(str(ledger), poll_watcher=True)]  # noqa: SLF001 - Fava makes its own
    app.jinja_loader = Mending(app.jinja_loader, {} if writes else READING)
    if not writes:
        _show_from_its_folder(app, ledger.parent)
    app.before_request(_check_writing if writes else _check)
    app.after_request(_harmless)
    app.jinja_env.globals.update(pages_elsewhere=_pages_elsewhere, skip_link=skip_link)
    app.view_functions["json_api.get_source_slice"] = _source_slice
    app.register_error_handler(re.error, _no_pattern)
    app.register_error_handler(FavaAPIError, _not_understood)
    app.error_handler_spec["json_api"][None][FavaAPIError] = _not_understood
    if writes:
        app.config["MAX_CONTENT_LENGTH"] = _LARGEST_UPLOAD
        app.view_functions["json_api.put_upload_import_file"] = _upload
        app.after_request(answer_of_writing)
    app.register_error_handler(MemoryError, _too_large)
    return app


def _show_from_its_folder(app: Flask, folder: Path) -> None:
    """Have a reader see, and ask for, files by where they stand in the ledger's folder."""
    app.before_request(lambda: places.find(request, folder))
    app.after_request(
        lambda answered: answered if request.endpoint in {"static", *_FILES} else places.hide(answered, folder)
    )


def _pages_elsewhere() -> list[str]:
    """Name our pages that have nothing to show of this ledger, which is one activity's."""
    own = (g.ledger.extensions.get_extension(each.name) for each in g.ledger.extensions.extension_details)
    return [each.name for each in own if isinstance(each, Page) and each.is_elsewhere]


def _not_understood(error: FavaAPIError) -> Response:
    """Tell what cannot be answered as the reader's slip that it is: a query, a filter, a period."""
    return answer(request, HTTPStatus.BAD_REQUEST, error.message)


def _no_pattern(_error: re.error) -> Response:
    return refuse(request.environ, HTTPStatus.BAD_REQUEST, NO_PATTERN)


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


class _NothingToImport(IngestModule):
    """Fava's import page without anything on it: it would run `import.py`, and serve the files of the inbox."""

    def load_file(self) -> None:
        """Load nothing."""


def _load_uncached(beancount_file_path: str, *, is_encrypted: bool) -> LoaderResult:
    """Load as every command does: after an edit, only what changed; an encrypted file is Beancount's own affair."""
    del is_encrypted  # which our loader sees itself
    return load_file(beancount_file_path)  # type: ignore[return-value] # Fava has types of its own for the same


core.load_uncached = _load_uncached


class _Ledger(FavaLedger):
    """A ledger whose errors are told in the reader's language."""

    @property
    def errors(self) -> Sequence[BeancountError]:
        """The errors of the load, in the language of whoever reads them now."""
        return [_for_reader(each) for each in super().errors]

    def load_file(self) -> None:
        self.accounts = Accounts(self)
        super().load_file()


class _ShownLedger(_Ledger):
    """A ledger that is shown, and into which nothing is imported."""

    def load_file(self) -> None:
        self.ingest = _NothingToImport(self)
        self.file = ShownFiles(self)
        super().load_file()
        self.fava_options.import_config, self.fava_options.import_dirs = None, ()


class _WrittenLedger(_Ledger):
    """The ledger of an accountant who writes."""

    def load_file(self) -> None:
        if not isinstance(self.file, WrittenFiles):
            self.file = WrittenFiles(self)
        with without_collector():
            super().load_file()


def _for_reader(error: BeancountError) -> BeancountError:
    told = as_told(error.message)
    return error._replace(message=told.inside(current()) if isinstance(told, Text) else told)


def _check_writing() -> tuple[str, int] | Response | None:
    """Refuse what the accountant may not do either, and what does not come from her own pages."""
    if request.endpoint not in WRITE:
        return _check()
    if request.method != "GET" and "Origin" not in request.headers:
        return refuse(request.environ, HTTPStatus.FORBIDDEN, FOREIGN)  # browsers send it with whatever writes
    if request.endpoint == "json_api.get_extract" and not _may_be_imported(request.args.get("filename", "")):
        return "", HTTPStatus.NOT_FOUND
    return None


def _may_be_imported(file: str) -> bool:
    return is_document_or_import_file(file, g.ledger) and _is_inside(file, g.ledger.join_path())


def _check() -> tuple[str, int] | Response | None:
    """Refuse, before Fava sees it, a request that would do more than show."""
    if request.endpoint is not None and request.endpoint not in SHOWN:
        return "", HTTPStatus.NOT_FOUND
    if request.endpoint in _QUERIES and not _only_reads():
        return refuse(request.environ, HTTPStatus.BAD_REQUEST, NOT_A_QUERY)
    if request.endpoint == "extension_endpoint" and not _downloads(**(request.view_args or {})):
        return "", HTTPStatus.NOT_FOUND
    if request.endpoint in _FILES and not _is_inside(_asked_file(), g.ledger.join_path()):
        return "", HTTPStatus.NOT_FOUND  # a `document` directive or an import folder may name any file
    return None


def _too_large(_failed: Exception) -> Response:
    """Refuse what takes more memory than one request may."""
    return refuse(request.environ, HTTPStatus.SERVICE_UNAVAILABLE, TOO_LARGE)


def _downloads(extension_name: str, endpoint: str) -> bool:
    """Tell whether it is a table of one of our own pages that is asked for."""
    extension = g.ledger.extensions.get_extension(extension_name)
    return endpoint in DOWNLOADS and _package(type(extension).__module__) == _package(__name__)


def _package(module: str) -> str:
    return module.partition(".")[0]


def _only_reads() -> bool:
    """Tell whether the query of the request only reads, and each of the ledger's own that it runs."""
    stored = g.ledger.all_entries_by_type.Query
    return only_reads(request.args.get("query_string", ""), ((each.name, each.query_string) for each in stored))


def _asked_file() -> str:
    """Give the path of the document or statement the request asks for."""
    if request.endpoint == "document":
        return request.args.get("filename", "")
    return g.ledger.statement_path(request.args.get("entry_hash", ""), request.args.get("key", ""))


def _harmless(response: Response) -> Response:
    """Take the power to run from what is not Fava's own: documents, and the cells of an exported table."""
    if request.endpoint in _FILES:
        response.headers["Content-Security-Policy"] = _FILE_POLICY
        disposition = response.headers.get("Content-Disposition", "")
        response.headers["Content-Disposition"] = disposition.replace("inline", "attachment", 1)
    elif response.mimetype == "text/csv" and request.endpoint != "extension_endpoint":  # ours are guarded as made
        response.direct_passthrough = False
        response.set_data(guarded_csv(response.get_data(as_text=True)))
    return response
