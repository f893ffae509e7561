"""What strangers write in a payee, a narration, a link or a title stays a text in every format."""

from __future__ import annotations

import csv
import io
import re

import pytest
from beancoop.presentation.printable import clean
from beancoop_cli.main import main
from beancoop_cli.reports.catalogue import REPORTS
from beancoop_cli.reports.rendering import breakable, whole
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from openpyxl import load_workbook
from pango import needs_pango
from pypdf import PdfReader

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>&amp;{{ 7*7 }}"
FORMULA = "=HYPERLINK(&quot;http://evil/&quot;;1)"
TURNED = "abc\N{RIGHT-TO-LEFT OVERRIDE}00,001\N{POP DIRECTIONAL FORMATTING}\N{LEFT-TO-RIGHT MARK}"
LONG = "W" * 400
TEXTS = [SCRIPT, FORMULA, "@SUM(1+1)", "+1", "-1+1|cmd", "\t=1", TURNED, LONG, "</style></title><b>x", "\x07bell"]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    """Write books in which every text is hostile."""
    path = tmp_path_factory.mktemp("hostile") / "main.beancount"
    entries = [
        f'2026-01-{day:02} * "{text}" "{text}" ^-{"9" * 80}\n'
        f'  piece: "{text}"\n'
        "  Assets:40:400-Clients:A001       121.00 EUR\n"
        "  Income:70:700-Ventes:A001       -121.00 EUR\n"
        f'2026-01-{day:02} * "{text}" "{text}"\n'
        "  Expenses:61:619-Indemnites:A001    1.00 EUR\n"
        "  Assets:55:5500-Banque:A001        -1.00 EUR\n"
        for day, text in enumerate(TEXTS, 6)
    ]
    opens = ("Assets:40:400-Clients", "Income:70:700-Ventes", "Expenses:61:619-Indemnites", "Assets:55:5500-Banque")
    path.write_text(
        f'option "title" "{SCRIPT}"\noption "operating_currency" "EUR"\noption "tolerance_multiplier" "0"\n'
        'plugin "beancoop"\n'
        f'2026-01-05 custom "activity" "A001"\n  trade: "{FORMULA}{SCRIPT}"\n  overdraft: 99 EUR\n'
        + "".join(f"2026-01-05 open {account}:A001\n" for account in opens)
        + "2026-01-05 open Equity:13:1311-Reserves:COOP\n2026-01-05 open Equity:14:140-Reporte:COOP\n"
        + f'2026-01-05 * "{SCRIPT}" "{FORMULA}"\n  Equity:14:140-Reporte:COOP  5.00 EUR\n'
        "  Equity:13:1311-Reserves:COOP  -5.00 EUR\n"
        + f'2026-01-07 custom "follow-up" "A001" "{SCRIPT}" 1\n'
        + "".join(entries)
    )
    return path


def made(ledger, name, style):
    unit = ["--unit", "A001"] if name in {"activity", "benefit"} else []
    period = {"activity": "--month=2026-01", "committee": "--quarter=2026-1"}.get(name, "--year=2026")
    result = CliRunner().invoke(main, ["report", name, *unit, period, "--format", style, "--ledger", str(ledger)])
    assert result.exit_code == 0, result.stderr
    return result.stdout_bytes


@pytest.mark.parametrize("name", REPORTS)
def test_a_page_holds_no_markup_but_its_own(ledger, name):
    page = made(ledger, name, "html").decode()
    tree = html.document_fromstring(page)
    tags = {element.tag for element in tree.iter() if isinstance(element.tag, str)}
    own = "html head meta title style body header p h1 main dl div dt dd section h2 table thead tbody tr th td span wbr"
    assert tags <= {*own.split(), "ul", "li"}
    assert not [key for element in tree.iter() for key in element.attrib if key.startswith("on")]
    assert "49" not in tree.xpath("//p[@class='entity']")[0].text_content()
    assert SCRIPT in tree.xpath("//title")[0].text_content()
    assert not re.search("[\N{RIGHT-TO-LEFT OVERRIDE}\N{LEFT-TO-RIGHT MARK}\x07]", page)


@pytest.mark.parametrize("name", REPORTS)
def test_no_cell_is_a_formula(ledger, name):
    for row in csv.reader(io.StringIO(made(ledger, name, "csv").decode())):
        for cell in row:
            assert not cell.startswith(("=", "+", "@", "\t")), cell
            assert not cell.startswith("-") or re.fullmatch(r"-[\d.]+", cell)
    book = load_workbook(io.BytesIO(made(ledger, name, "xlsx")))
    kinds = {cell.data_type for sheet in book.worksheets for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "inlineStr", "n", "d"}  # no formula, no error


@needs_pango
@pytest.mark.parametrize("name", ["activity", "journal", "benefit"])
def test_nothing_runs_over_the_edge_of_a_printed_page(ledger, name):
    reader = PdfReader(io.BytesIO(made(ledger, name, "pdf")))
    assert set(reader.root_object).isdisjoint({"/OpenAction", "/AA", "/AcroForm"})
    assert "/JavaScript" not in str(reader.root_object.get("/Names", ""))
    seen = ""
    for page in reader.pages:
        runs = []
        page.extract_text(visitor_text=lambda said, cm, tm, *_, runs=runs: runs.append((cm[0] * tm[4] + cm[4], said)))
        for start, said in runs:
            seen += said.strip()
            widest = max(line.count("W") for line in [*said.splitlines(), ""])
            assert not said.strip() or 45 <= start <= start + 8 * widest <= float(page.mediabox.width) - 45, said
    assert all(text in seen for text in ("<script>alert(1)</script>", "@SUM(1+1)", "W" * 50))


@given(st.text())
def test_what_is_cleaned_is_printable_and_as_long(text):
    found = clean(text)
    assert len(found) == len(text)
    assert found.isascii() is text.isascii() or "\N{REPLACEMENT CHARACTER}" in found
    assert clean(found) == found
    assert all(other in {each, "\N{REPLACEMENT CHARACTER}"} for each, other in zip(text, found, strict=True))


@given(st.text())
def test_breaking_long_words_loses_nothing(text):
    for broken in (breakable(clean(text)), whole(clean(text))):
        shown = html.fragment_fromstring(f"<p>{broken}</p>").text_content()
        assert shown.split() == clean(text).split()


def test_ordinary_letters_of_any_script_are_left_alone():
    for text in ("Crèche Les Marmots", "Größe", "Ελλάδα", "עברית", "日本", "a\N{ZERO WIDTH NON-JOINER}b", "œ«»€"):
        assert clean(text) == text
