"""A document as a file: HTML, PDF, CSV or XLSX; the same document always gives the same bytes."""

from __future__ import annotations

import contextlib
import logging
import re
import sys
from functools import cache, partial
from typing import TYPE_CHECKING

from beancoop.presentation.delimited import all_as_csv
from beancoop.presentation.drawing import draw
from beancoop.presentation.printable import clean, clean_table
from beancoop.presentation.texts import Words
from beancoop.presentation.workbook import workbook
from beancoop.words.messages import error
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment

    from beancoop_cli.reports.document import Document

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
    """Give the tables one after the other, each under its title where there are several."""
    return all_as_csv(list(map(clean_table, document.tables)))


def xlsx(document: Document) -> bytes:
    """Give the tables as the sheets of a workbook."""
    return workbook(list(map(clean_table, document.tables)))


def html(document: Document) -> bytes:
    """Give one page that needs nothing else: no script, no picture, no font, nothing from the network."""
    words = Words(document.language)
    template = _templates().get_template("report.html")
    drawn = partial(draw, language=document.language, nothing="")
    return template.render(document=document, t=words.t, clean=clean, draw=drawn).encode()


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
    from jinja2 import Environment, PackageLoader  # noqa: PLC0415 - a table has no page

    loader = PackageLoader("beancoop_cli.reports")
    templates = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    templates.filters |= {"breakable": breakable, "whole": whole}
    return templates
