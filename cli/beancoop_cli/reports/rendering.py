"""A document as a file: HTML, PDF, CSV or XLSX; the same document always gives the same bytes."""

from __future__ import annotations

import datetime
import logging
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from beancoop.table import workbook
from jinja2 import Environment, PackageLoader

from beancoop_cli.reports.document import Document, Section, clean
from beancoop_cli.reports.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import NoReturn

    from beancoop_cli.reports.document import Cell, Row

PANGO = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
"""What Debian calls the libraries that lay out the text of a PDF."""

_VARIANT = "pdf/ua-1"
"""ISO 14289-1: tagged, so that it can be read aloud."""


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
        import weasyprint  # noqa: PLC0415 - slow to load, and not there on every machine
    except OSError as error:
        raise NoEngineError(
            f"PDF needs libraries that are not on this machine ({error}). On Debian or Ubuntu: apt install {PANGO}. "
            "Meanwhile --format html can be printed from a browser."
        ) from error
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    page = weasyprint.HTML(string=html(document).decode(), url_fetcher=_refuse)
    made = page.write_pdf(pdf_variant=_VARIANT, pdf_identifier=document.name.encode())
    return bytes(made)


def _refuse(url: str, *_: object, **__: object) -> NoReturn:
    raise ValueError(f"{url}: a report fetches nothing")


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


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("beancoop_cli.reports"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
