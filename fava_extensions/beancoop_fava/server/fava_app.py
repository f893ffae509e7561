"""All that this package knows of Fava's insides, which may change with each of its releases.

Fava's `--read-only` refuses to change entries, but lets queries write files, and pages run what the text
of an entry says. `LedgerApp` is one ledger in a Fava of its own, with those doors shut.
"""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from beancoop.loading import load_file
from beancoop.loading.collector import without_collector
from beancoop.model.findings import as_told
from beancoop.presentation.delimited import guarded_csv
from beancoop.words.language import current, speaking
from beancoop.words.messages import Text
from fava import core
from fava.application import create_app
from fava.context import g
from fava.core import FavaLedger
from fava.core.ingest import IngestModule
from fava.core.query_shell import QueryShell
from fava.core.watcher import Watcher
from flask import request
from werkzeug.wrappers import Request

from beancoop_fava.language import language_of
from beancoop_fava.server.fava_accounts import Accounts
from beancoop_fava.server.read_only import only_reads
from beancoop_fava.server.refusal import NOT_A_QUERY, OUTSIDE, refuse
from beancoop_fava.server.template_patches import Mending

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

DOWNLOADS = frozenset({"download-table.csv", "download-tables.xlsx"})
"""Of our own pages, the endpoints that only show; any other of an extension is refused."""

_FILES = frozenset({"document", "statement"})
_QUERIES = frozenset({"download_query", "json_api.get_query"})
_FILE_POLICY = "default-src 'none'; sandbox"


class LedgerApp:
    """A WSGI application that shows one ledger, and nothing that stands outside the ledger's folder."""

    def __init__(self, ledger: Path, guard: Callable[[], None], pages: Iterable[type[FavaExtensionBase]] = ()) -> None:
        """Load *ledger*.

        Args:
            ledger: the path of its main file.
            guard: what is called before each load, and raises to prevent it.
            pages: the pages it has, whether or not its text, as a sub-ledger's may not, names their extension.

        Raises:
            Exception: whatever *guard*, or a plugin that breaks on import, raises.

        """
        self._guard = guard
        guard()
        with without_collector():
            self._app = _fava(ledger)
            ((_slug, self._ledger),) = self._app.config["LEDGERS"].items()
            _add_pages(self._ledger, pages)
        self._ledger.watcher = self._watcher = _Watcher()
        self._watcher.update(*self._ledger.paths_to_watch())
        self._watcher.looks = False
        self._inside = self._stays_inside()

    def refresh(self) -> None:
        """Take up what changed on disk, so that the next request sees one state from beginning to end."""
        self._watcher.looks = True
        if self._watcher.check():
            self._guard()
            with without_collector():
                self._ledger.load_file()
            self._inside = self._stays_inside()
        self._watcher.looks = False
        # An interrupted query leaves its text in the shell for the next to find: each request gets another.
        self._ledger.query_shell = QueryShell(self._ledger)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        if not self._inside:
            return refuse(environ, HTTPStatus.FORBIDDEN, OUTSIDE)(environ, start_response)
        with speaking(language_of(Request(environ), self._ledger.fava_options.language)):
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


def _is_inside(file: str, folder: Path) -> bool:
    return Path(file).resolve().is_relative_to(folder)


def _fava(ledger: Path) -> Flask:
    """Make a Fava for *ledger* alone, that reads and escapes."""
    app = create_app([ledger], load=False, read_only=True, poll_watcher=True)
    app.config["LEDGERS"]._ledgers = [_ShownLedger(str(ledger), poll_watcher=True)]  # noqa: SLF001 - Fava makes its own
    app.jinja_loader = Mending(app.jinja_loader)
    app.before_request(_check)
    app.after_request(_harmless)
    return app


class _NothingToImport(IngestModule):
    """Fava's import page without anything on it: it would run `import.py`, and serve the files of the inbox."""

    def load_file(self) -> None:
        """Load nothing."""


def _load_uncached(beancount_file_path: str, *, is_encrypted: bool) -> LoaderResult:
    """Load as every command does: after an edit, only what changed; an encrypted file is Beancount's own affair."""
    del is_encrypted  # which our loader sees itself
    return load_file(beancount_file_path)  # type: ignore[return-value] # Fava has types of its own for the same


core.load_uncached = _load_uncached


class _ShownLedger(FavaLedger):
    """A ledger that is shown, and into which nothing is imported."""

    @property
    def errors(self) -> Sequence[BeancountError]:
        """The errors of the load, in the language of whoever reads them now."""
        return [_for_reader(each) for each in super().errors]

    def load_file(self) -> None:
        self.ingest = _NothingToImport(self)
        self.accounts = Accounts(self)
        super().load_file()
        self.fava_options.import_config, self.fava_options.import_dirs = None, ()


def _for_reader(error: BeancountError) -> BeancountError:
    told = as_told(error.message)
    return error._replace(message=told.inside(current()) if isinstance(told, Text) else told)


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
    elif response.mimetype == "text/csv":
        response.direct_passthrough = False
        response.set_data(guarded_csv(response.get_data(as_text=True)))
    return response
