"""`beancoop report`: every report in every format, and what is said where it cannot be drawn up."""

from __future__ import annotations

import csv
import html
import io
import itertools
import re
import socket
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, cast

import pytest
from beancoop.model.periods import Span
from beancoop.presentation.texts import Words
from beancoop.statements.annual import balance_sheet
from beancoop.statements.trial_balance import trial_balance
from beancoop.words.language import LANGUAGES
from beancoop_cli.main import main
from beancoop_cli.reports import many, rendering
from beancoop_cli.reports.catalogue import REPORTS
from beancoop_cli.reports.document import Document
from beancoop_cli.reports.making import Request, document
from books import EXAMPLE, example
from click.testing import CliRunner
from lxml import html as lxml_html
from openpyxl import load_workbook
from pango import PDF, needs_pango
from pypdf import PdfReader

if TYPE_CHECKING:
    from pypdf.generic import DictionaryObject, StreamObject

SUB_LEDGER = EXAMPLE.parent / "activities/A003/ledger.beancount"
OF_ONE = {"activity": ("--unit", "A004"), "benefit": ("--unit", "A004")}


def run(*arguments, ledger=EXAMPLE):
    """Run the command in this process."""
    return CliRunner().invoke(main, ["report", *map(str, arguments), "--ledger", str(ledger)])


def made(name, style, *arguments, ledger=EXAMPLE):
    """Give the bytes of a report."""
    result = run(name, "--format", style, *OF_ONE.get(name, ()), "--lang", "fr", *arguments, ledger=ledger)
    assert result.exit_code == 0, result.output
    return result.stdout_bytes


def drawn(name, style, language="fr", span=None, unit="A004"):
    """Give the bytes of a report on the example, which is loaded but once."""
    report, books = REPORTS[name], example()
    unit = unit if report.scope not in {"company", "entity"} else None
    span = span or report.usual(books, unit, books.last_day)
    request = Request(name, books, span, unit, Words(language))
    return rendering.rendered(document(request, report.make(request)), style)


def blocks(content):
    """Give the tables of a CSV by title; a single one has none."""
    text = content.decode()
    if not text.startswith("# "):
        return {"": list(csv.DictReader(io.StringIO(text)))}
    parts = re.split(r"(?m)^# (.*)\r\n", text)[1:]
    return {
        title: list(csv.DictReader(io.StringIO(rows.strip("\r\n"))))
        for title, rows in zip(parts[::2], parts[1::2], strict=True)
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", REPORTS)
def test_every_page_stands_alone_and_can_be_read_aloud(name, language):
    page = drawn(name, "html", language, unit="A004" if name in OF_ONE else None).decode()
    tree = lxml_html.document_fromstring(page.encode())
    assert tree.get("lang") == language
    assert len(tree.xpath("//header//h1")) == len(tree.xpath("//main")) == len(tree.xpath("//title")) == 1
    assert tree.xpath("//p[contains(@class, 'entity')]")[0].text_content().startswith("Les Sources du Hoyoux")
    assert not tree.xpath("//script | //link | //img | //iframe | //object | //@src | //@href | //@onload")
    assert "http" not in page
    for table in tree.xpath("//table"):
        heads = table.xpath("./thead/tr/th[@scope='col']")
        assert heads
        assert all(head.text_content().strip() for head in heads)
        assert tree.get_element_by_id(table.get("aria-labelledby")).tag == "h2"
        for row in table.xpath("./tbody/tr"):
            assert len(row.xpath("./th[@scope='row']")) == 1
            assert len(row) == len(heads)
    assert tree.xpath("//table") or tree.xpath("//p[@class='nothing']")


def test_each_language_has_its_own_words():
    year = Span.of_year(2025)
    pages = {language: drawn("balance-sheet", "html", language, year).decode() for language in LANGUAGES}
    titles = {language: re.search("<h1>(.*?)</h1>", page)[1] for language, page in pages.items()}
    assert titles == {"fr": "Bilan", "nl": "Balans", "de": "Bilanz", "en": "Balance sheet"}
    assert "123\N{NARROW NO-BREAK SPACE}903,66" in pages["fr"]
    assert "123.903,66" in pages["nl"]
    assert "123,903.66" in pages["en"]


@pytest.mark.unmeasured  # the lines are those of other tests, at half the cost
@needs_pango
@pytest.mark.parametrize("name", REPORTS)
def test_every_report_is_a_tagged_pdf_of_a4_pages(name):
    reader = PdfReader(io.BytesIO(drawn(name, "pdf", unit="A007")))
    title = re.search("<title>(.*)</title>", drawn(name, "html", unit="A007").decode())[1]
    assert reader.metadata.title == html.unescape(title)
    assert reader.metadata.creation_date is None
    assert reader.metadata.modification_date is None
    assert cast("DictionaryObject", reader.root_object["/MarkInfo"])["/Marked"]
    assert reader.root_object["/Lang"] == "fr"
    assert b"pdfuaid" in cast("StreamObject", reader.root_object["/Metadata"]).get_data()
    assert {tuple(sorted(map(round, page.mediabox[2:]))) for page in reader.pages} == {(595, 842)}
    assert f"1 / {len(reader.pages)}" in reader.pages[0].extract_text()


@needs_pango
def test_the_pages_of_a_pdf_say_whose_they_are_and_that_they_are_provisional():
    reader = PdfReader(io.BytesIO(made("trial-balance", "pdf")))
    assert len(reader.pages) > 1
    for page in reader.pages:
        text = page.extract_text()
        assert "Les Sources du Hoyoux" in text
        assert "Balance des comptes" in text
        assert "Provisoire" in text


def test_the_trial_balance_has_the_figures_of_the_books_in_each_format():
    lines = {line.number: line for line in trial_balance(example(), Span.of_year(2025)).lines}
    tables = blocks(made("trial-balance", "csv", "--year", "2025"))
    rows = {row["Compte"]: row for table in tables.values() for row in table if row["Compte"]}
    assert set(rows) == set(lines)
    page = lxml_html.document_fromstring(made("trial-balance", "html", "--year", "2025", "--lang", "en"))
    cells = {row[0].text_content(): [cell.text_content() for cell in row] for row in page.xpath("//tbody/tr")}
    book = load_workbook(io.BytesIO(made("trial-balance", "xlsx", "--year", "2025")))
    sheet = {str(row[0].value): row for each in book.worksheets for row in each.iter_rows(min_row=2)}
    for number, line in lines.items():
        assert Decimal(rows[number]["Débit"] or 0) == line.debit
        assert Decimal(rows[number]["Crédit"] or 0) == line.credit
        balance = Decimal(rows[number]["Solde débiteur"] or 0) - Decimal(rows[number]["Solde créditeur"] or 0)
        assert balance == line.closing
        assert cells[number][3].replace(",", "") == (f"{line.debit:.2f}" if line.debit else "")
        assert (sheet[number][3].value or 0) == pytest.approx(float(line.debit))
        assert sheet[number][3].data_type == "n"


@needs_pango
def test_the_balance_sheet_has_the_figures_of_the_books():
    sheet = balance_sheet(example(), Span.of_year(2025).last)
    tables = blocks(made("balance-sheet", "csv", "--year", "2025"))
    assert list(tables) == ["Actif", "Passif"]
    shown = {row["Codes"]: Decimal(row["2025-12-31"]) for rows in tables.values() for row in rows}
    for line in (*sheet.assets, *sheet.liabilities, sheet.total_assets, sheet.total_liabilities):
        assert shown.get(line.rubric.code, Decimal(0)) == line.amount
    assert shown["20/58"] == shown["10/49"] == Decimal("123903.66")
    text = "".join(
        page.extract_text() for page in PdfReader(io.BytesIO(made("balance-sheet", "pdf", "--year", "2025"))).pages
    )
    assert "123903,66" in re.sub(r"\s", "", text)


def test_the_contributions_are_those_of_the_other_command():
    result = CliRunner().invoke(main, ["contributions", "--format", "csv", "--ledger", str(EXAMPLE)])
    theirs = {(row["unit"], row["period"]): row for row in csv.DictReader(io.StringIO(result.stdout))}
    rows = blocks(made("contributions", "csv", "--year", "2026"))["Contributions par activité et par mois"]
    own = [row for row in rows if row["Mois"].startswith("2026-")]
    assert len(own) == sum(period.startswith("2026") for _, period in theirs)
    for row in own:
        other = theirs[row["Unité"], row["Mois"]]
        names = ("margin", "cumulative", "due", "levied", "levy")
        shown = [row[name] for name in ("Marge", "Marge depuis le début", "Dû", "Prélevé auparavant", "Prélevé")]
        assert shown == [other[name] for name in names]


def test_an_activity_alone_has_the_statement_that_the_whole_gives_it():
    whole, alone = (
        blocks(made("activity", "csv", "--unit", "A003", "--month", "2026-03")),
        blocks(
            run("activity", "--format", "csv", "--month", "2026-03", "--lang", "fr", ledger=SUB_LEDGER).stdout_bytes
        ),
    )
    assert whole == alone
    assert len(whole) == 10


def test_a_file_is_named_after_what_it_holds(tmp_path):
    assert made("income-statement", "csv", "--quarter", "2026-1", "--to", tmp_path) == b""
    assert made("income-statement", "csv", "--unit", "A001", "--to", tmp_path / "x.csv") == b""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["income-statement-2026-q1.csv", "x.csv"]


@pytest.mark.parametrize("style", ["html", PDF])
def test_all_activities_at_once_are_as_each_by_itself(tmp_path, style, monkeypatch):
    monkeypatch.setattr(many, "_FEW", 2)
    folder = tmp_path / "new"
    result = run("benefit", "--all", "--month", "2026-03", "--format", style, "--to", folder)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    names = sorted(path.name for path in folder.iterdir())
    assert names == [f"benefit-A00{each}-2026-03.{style}" for each in range(1, 9)]
    one = run("benefit", "--unit", "A007", "--month", "2026-03", "--format", style).stdout_bytes
    assert (folder / f"benefit-A007-2026-03.{style}").read_bytes() == one


def test_without_a_name_the_reports_are_listed():
    result = run()
    assert (result.exit_code, result.stderr) == (0, "")
    assert [line.split()[0] for line in result.stdout.splitlines()] == list(REPORTS)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["balance"], "There is no report balance; there are: activity,"),
        (["reserves", "--unit", "A001"], "is of the whole company; leave --unit and --all out"),
        (["committee", "--all", "--to", "."], "is of the whole company"),
        (["activity"], "is of one activity; say which, as in --unit A001"),
        (["activity", "--unit", "COOP"], "is of one activity"),
        (["benefit", "--unit", "A099"], "declares no unit A099; it has COOP, A001,"),
        (["activity", "--unit", "A001", "--all"], "Name one activity with --unit, or take --all"),
        (["activity", "--all"], "name their folder with --to"),
        (["activity", "--unit", "A001", "--year", "2026"], "is of one month; name it, as in --month 2026-03"),
        (["committee", "--month", "2026-03"], "is of one quarter; name it, as in --quarter 2026-1"),
        (["journal", "--month", "2026-13"], "2026-13 is not a month"),
        (["journal", "--month", "0001-01"], "0001-01 is not a month"),
        (["journal", "--quarter", "2026-5"], "2026-5 is not a quarter"),
        (["journal", "--year", "26"], "26 is not a year"),
        (["journal", "--year", "2026", "--month", "2026-01"], "Name one period"),
        (["journal", "--from", "2026-01-01"], "--from and --until go together"),
        (["journal", "--from", "2026-02-01", "--until", "2026-01-01"], "comes before --from"),
        (["journal", "--to", "/nowhere/x.html"], "x.html cannot be written: /nowhere is not there. [BC959]"),
        (["journal", "--lang", "it"], "'it' is not one of"),
        (["journal", "--format", "doc"], "'doc' is not one of"),
    ],
)
def test_misuse_says_what_to_do(arguments, said):
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    assert said in re.sub(r"\s+", " ", result.stderr)
    assert result.stdout == ""


def test_the_statements_of_the_company_are_not_those_of_a_sub_ledger():
    result = run("balance-sheet", ledger=SUB_LEDGER)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "name its ledger with --ledger, not a sub-ledger" in re.sub(r"\s+", " ", result.stderr)


def test_books_without_entries_need_a_period(tmp_path):
    assert CliRunner().invoke(main, ["init", str(tmp_path / "new"), "--start", "2026-01-05"]).exit_code == 0
    ledger = tmp_path / "new/ledgers/main.beancount"
    result = run("trial-balance", ledger=ledger)
    assert result.exit_code == 2
    assert "has no entry yet; name a period" in re.sub(r"\s+", " ", result.stderr)
    for name, style in zip(REPORTS, itertools.cycle(["html", "csv", "xlsx"]), strict=False):
        period = {"activity": "--month=2026-01", "committee": "--quarter=2026-1"}.get(name, "--year=2026")
        unit = ["--unit", "A001"] if name in OF_ONE else []
        assert run(name, period, *unit, "--format", style, ledger=ledger).exit_code == 0, name


def test_a_terminal_is_not_sent_what_it_cannot_show(monkeypatch):
    monkeypatch.setattr("beancoop_cli.reporting._is_terminal", lambda: True)
    result = run("journal", "--format", "pdf")
    assert result.exit_code == 2
    assert "A terminal shows no PDF; name a file with --to." in result.stderr


class NoPango:
    """Fails to load the library as a machine without Pango does."""

    def find_spec(self, name, *_):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")


def test_without_the_libraries_of_pdf_it_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [NoPango(), *sys.meta_path])
    result = run("balance-sheet", "--format", "pdf", "--to", tmp_path / "x.pdf")
    assert result.exit_code == 1
    assert "apt install libpango-1.0-0 libpangoft2-1.0-0" in result.stderr
    assert not (tmp_path / "x.pdf").exists()
    assert run("balance-sheet", "--format", "html").exit_code == 0


@needs_pango
def test_a_pdf_fetches_nothing(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        page = f"""<html lang="fr"><title>x</title><style>@import "{address}";</style>
            <img alt="" src="{address}"><img alt="" src="file:///etc/hostname"><p>Texte</p>"""
        monkeypatch.setattr(rendering, "html", lambda _: page.encode())
        found = PdfReader(io.BytesIO(rendering.pdf(Document("x", "fr", "", "", "", "", is_closed=False, sections=()))))
        with pytest.raises(BlockingIOError):
            server.accept()
    assert found.pages[0].extract_text() == "Texte"
    assert not found.pages[0].images


def test_a_ledger_with_errors_is_told_on_the_page_too(tmp_path):
    ledger = tmp_path / "main.beancount"
    ledger.write_text(
        'option "operating_currency" "EUR"\noption "tolerance_multiplier" "0"\nplugin "beancoop"\n'
        '2026-01-05 custom "activity" "A001"\n2026-01-05 open Assets:55:5500-Banque:COOP\n'
        '2026-01-06 * "x"\n  Assets:55:5500-Banque:COOP  1.00 EUR\n  Assets:57:570-Caisse:COOP  -1.00 EUR\n'
    )
    result = run("trial-balance", "--lang", "fr", ledger=ledger)
    assert result.exit_code == 1
    assert "Le grand livre contient des erreurs" in result.stdout
    assert f"{ledger}:6: " in result.stderr
    assert "Ces chiffres peuvent être faux" in result.stderr


def test_two_sides_that_differ_are_told(tmp_path):
    ledger = tmp_path / "main.beancount"
    ledger.write_text(
        'option "operating_currency" "EUR"\noption "tolerance_multiplier" "0"\nplugin "beancoop"\n'
        '2026-01-05 custom "activity" "A001"\n2026-01-05 open Assets:55:5500-Banque:COOP\n'
        "2026-01-05 open Assets:51:510-Actions:COOP\n"
        '2026-01-06 * "Titres, sans prix"\n'
        "  Assets:51:510-Actions:COOP  2 ACT {10.00 EUR}\n  Assets:55:5500-Banque:COOP  -20.00 EUR\n"
    )
    for name in ("trial-balance", "balance-sheet", "journal", "ledger", "central-journal"):
        result = run(name, "--lang", "fr", ledger=ledger)
        assert result.exit_code == 1
        assert re.search(r"Les deux côtés diffèrent de .?20,00 EUR", result.stdout), name
        assert "Les deux côtés diffèrent" in result.stderr
