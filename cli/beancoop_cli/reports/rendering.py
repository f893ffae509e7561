"""A document as a file: HTML, PDF, CSV or XLSX; the same document always gives the same bytes."""

from __future__ import annotations

import contextlib
import datetime
import logging
import re
import sys
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from beancoop.presentation.table import workbook
from beancoop.words.messages import error
from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from beancoop_cli.reports.document import Document, Section, clean
from beancoop_cli.reports.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from beancoop_cli.reports.document import Cell, Row

PANGO = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core"
"""What Debian calls the libraries that lay out the text of a PDF."""

_LONG_WORD, _REFERENCE = re.compile(r"\S{16}(?=\S)"), 20
"""How many characters a narrow column can take without a break, in a word and in a reference."""
_VARIANT = "pdf/ua-1"
"""ISO 14289-1: tagged, so that it can be read aloud."""


NO_ENGINE = error(
    "BC952",
    "PDF needs libraries that are not on this machine ({reason}). On Debian or Ubuntu: {install}. "
    "Meanwhile --format html can be printed from a browser.",
)


class NoEngineError(Exception):
    """PDF cannot be made on this machine; the text says what to install."""


def rendered(document: Document, style: str) -> bytes:
    """Give *document* as "html", "pdf", "csv" or "xlsx".

    Raises:
        NoEngineError: the libraries that lay out a PDF are not installed.

    """
    styles: dict[str, Callable[[Document], bytes]] = {"html": html, "pdf": pdf, "csv": csv, "xlsx": xlsx}
    return styles[style](document)


def csv(document: Document) -> bytes:
    """Give the tables one after the other, each under its title where there are several, an empty line between."""
    tables = [section.table() for section in document.sections]
    if len(tables) == 1:
        return tables[0].csv()
    return b"\r\n".join(f"# {table.title}\r\n".encode() + table.csv() for table in tables)


def xlsx(document: Document) -> bytes:
    """Give the tables as the sheets of a workbook."""
    return workbook([section.table() for section in document.sections])


def html(document: Document) -> bytes:
    """Give one page that needs nothing else: no script, no picture, no font, nothing from the network."""
    words = Words(document.language)
    template = _templates().get_template("report.html")
    return template.render(document=document, t=words.t, clean=clean, rows=_Rows(words)).encode()


def pdf(document: Document) -> bytes:
    """Give pages of A4, tagged.

    Raises:
        NoEngineError: the libraries that lay out a PDF are not installed.

    """
    try:
        with contextlib.redirect_stdout(sys.stderr):  # where the report goes is no place for its advice
            import weasyprint  # noqa: PLC0415 - slow to load, and not there on every machine
    except OSError as failed:
        raise NoEngineError(NO_ENGINE(reason=str(failed), install=f"apt install {PANGO}")) from failed
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    nothing = weasyprint.urls.URLFetcher(allowed_protocols=())
    page = weasyprint.HTML(string=html(document).decode(), url_fetcher=nothing)
    made = page.write_pdf(pdf_variant=_VARIANT, pdf_identifier=document.name.encode())
    return bytes(made)


class _Rows:
    """Writes the cells of a section in the reader's language."""

    def __init__(self, words: Words) -> None:
        self.words = words

    def __call__(self, section: Section) -> Iterator[tuple[Row, Sequence[str]]]:
        for row in section.rows:
            hidden = section.once if row.style == "again" else 0
            yield row, [*[""] * hidden, *map(self._written, row.cells[hidden:])]

    def _written(self, cell: Cell) -> str:
        if cell is None:
            return ""
        if isinstance(cell, str):
            return clean(cell)
        if isinstance(cell, Decimal):
            return self.words.amount(cell)
        return self.words.day(cell) if isinstance(cell, datetime.date) else str(cell)


def breakable(text: str) -> Markup:
    """Let a long word be broken where there is no room for it, so that it widens no column beyond the page."""
    return Markup("<wbr>").join(_LONG_WORD.sub("\\g<0>\0", text).split("\0"))  # clean() leaves no such character


def whole(text: str) -> Markup:
    """Keep each of the references in *text*, such as A001-2026-0007, on one line, unless it is very long."""
    return Markup(" ").join(
        breakable(word) if len(word) > _REFERENCE else Markup('<span class="whole">{}</span>').format(word)
        for word in text.split()
    )


@cache
def _templates() -> Environment:
    loader = PackageLoader("beancoop_cli.reports")
    templates = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    templates.filters |= {"breakable": breakable, "whole": whole}
    return templates
