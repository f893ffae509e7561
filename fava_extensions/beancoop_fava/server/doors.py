"""The doors that are shut before a request comes to Fava, and what is taken from its answers.

Fava's `--read-only` refuses to change entries, but lets queries write files, and pages run what the text of an entry
says.
"""

from __future__ import annotations

import os
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from beancoop.presentation.delimited import guarded_csv
from beancoop_server.refusal import FOREIGN, NO_PATTERN, NOT_A_QUERY, OUTSIDE, TOO_LARGE, answer, refuse
from fava.context import g
from fava.core.documents import is_document_or_import_file
from flask import request

from beancoop_fava.server.read_only import only_reads

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

    from fava.helpers import FavaAPIError
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

FILES = frozenset({"document", "statement"})
_TEXTS = frozenset({"json_api.get_source", "json_api.get_source_slice", "download_journal"})
"""What gives the text of files as it is now: since the load, a link may have been led elsewhere."""
_QUERIES = frozenset({"download_query", "json_api.get_query"})
_FILE_POLICY = "default-src 'none'; sandbox"


def check_writing() -> tuple[str, int] | Response | None:
    """Refuse what the accountant may not do either, and what does not come from her own pages."""
    if request.endpoint not in WRITE:
        return check()
    if request.method != "GET" and "Origin" not in request.headers:
        return refuse(request.environ, HTTPStatus.FORBIDDEN, FOREIGN)  # browsers send it with whatever writes
    if request.endpoint == "json_api.get_extract" and not _may_be_imported(request.args.get("filename", "")):
        return "", HTTPStatus.NOT_FOUND
    return None


def _may_be_imported(file: str) -> bool:
    return is_document_or_import_file(file, g.ledger) and is_inside(file, g.ledger.join_path())


def check() -> tuple[str, int] | Response | None:
    """Refuse, before Fava sees it, a request that would do more than show."""
    if request.endpoint is not None and request.endpoint not in SHOWN:
        return "", HTTPStatus.NOT_FOUND
    if request.endpoint in _QUERIES and not _only_reads():
        return refuse(request.environ, HTTPStatus.BAD_REQUEST, NOT_A_QUERY)
    if request.endpoint == "extension_endpoint" and not _downloads(**(request.view_args or {})):
        return "", HTTPStatus.NOT_FOUND
    if request.endpoint in FILES and not is_inside(_asked_file(), g.ledger.join_path()):
        return "", HTTPStatus.NOT_FOUND  # a `document` directive or an import folder may name any file
    if request.endpoint in _TEXTS and not are_inside(g.ledger.options["include"], g.ledger.join_path()):
        return refuse(request.environ, HTTPStatus.FORBIDDEN, OUTSIDE)
    return None


def too_large(_failed: Exception) -> Response:
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


def harmless(response: Response) -> Response:
    """Take the power to run from what is not Fava's own: documents, and the cells of an exported table."""
    if request.endpoint in FILES:
        response.headers["Content-Security-Policy"] = _FILE_POLICY
        disposition = response.headers.get("Content-Disposition", "")
        response.headers["Content-Disposition"] = disposition.replace("inline", "attachment", 1)
    elif response.mimetype == "text/csv" and request.endpoint != "extension_endpoint":  # ours are guarded as made
        response.direct_passthrough = False
        response.set_data(guarded_csv(response.get_data(as_text=True)))
    return response


def not_understood(error: FavaAPIError) -> Response:
    """Tell what cannot be answered as the reader's slip that it is: a query, a filter, a period."""
    return answer(request, HTTPStatus.BAD_REQUEST, error.message)


def no_pattern(_error: re.error) -> Response:
    """Tell that an account filter is no regular expression."""
    return refuse(request.environ, HTTPStatus.BAD_REQUEST, NO_PATTERN)


def is_inside(file: str, folder: Path) -> bool:
    """Say whether a file stands in *folder*, wherever links lead."""
    return are_inside((file,), folder)


def are_inside(files: Iterable[str], folder: Path) -> bool:
    """Say whether all of some files do, thousands with each load: each folder on their way is looked at once."""

    @cache
    def real(path: str) -> str:
        above, name = os.path.split(path)
        if name in {"", ".", ".."}:
            return os.path.realpath(path)
        found = os.path.join(real(above), name)  # noqa: PTH118 - a path object costs more than the look
        return os.path.realpath(found) if os.path.islink(found) else found  # noqa: PTH114

    holders = {os.path.split(real(file))[0] for file in files}
    return all(Path(holder).is_relative_to(folder) for holder in holders)
