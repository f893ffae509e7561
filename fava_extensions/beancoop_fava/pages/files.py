"""The tables of a page as files: named by page, unit and days, and each says how fresh the books are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from beancoop.presentation.delimited import CSV, as_csv, for_spreadsheet, rows_as_csv
from beancoop.presentation.section import Column, Row, Table
from beancoop.presentation.workbook import XLSX, workbook
from beancoop.words.language import mark
from flask import Response

if TYPE_CHECKING:
    from collections.abc import Sequence

    from beancoop_fava.pages.page import Page

FRESH_TITLE = mark("How fresh the books are")


def table_of(page: Page[Any], table: Table, *, is_plain: bool) -> Response:
    """Give a table as CSV for a spreadsheet of the reader's language, or plain, as programs read it."""
    below = [[], [_fresh(page)]]
    content = as_csv(table) + rows_as_csv(below).encode() if is_plain else for_spreadsheet(table, page.language, below)
    return _file(page, content, f"{CSV}; charset=utf-8", f"-{table.key}.csv")


def workbook_of(page: Page[Any], tables: Sequence[Table]) -> Response:
    """Give tables as a workbook."""
    title = page.words.t(FRESH_TITLE)
    note = Table("fresh", title, (Column(title),), [Row((_fresh(page),))])
    return _file(page, workbook([*tables, note]), XLSX, ".xlsx")


def _fresh(page: Page[Any]) -> str:
    """Say how fresh the books are, as a file says it below its figures."""
    fresh = page.freshness
    return " ".join(filter(None, (fresh.said, fresh.warning))) if fresh else ""


def _file(page: Page[Any], content: bytes, kind: str, ending: str) -> Response:
    """Name a file after the page, the unit and the days it shows; of now, after the day that states are told of."""
    parts = (page.name, page.unit(), str(page.shown() or page.period().today))
    name = "-".join(filter(None, parts)) + ending
    return Response(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
