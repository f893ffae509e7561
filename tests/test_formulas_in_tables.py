"""No text of a ledger runs in a spreadsheet, whichever way a table leaves the program; numbers stay numbers."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from beancoop.presentation.delimited import PLAIN, Form, guarded, guarded_csv
from beancoop_cli.main import main
from beancoop_cli.reports.catalogue import REPORTS
from click.testing import CliRunner
from openpyxl import load_workbook

from tests.fava.conftest import make_coop
from tests.fava.reading import client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fava.conftest import Coop

RUNS = (" =1+1", "=cmd()", "+1+1", "-1+1", "@SUM(A1)", "\uff1d1")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
PAGES = ("Activites", "Autonomie", "Reserves", "Suivi", "Tresorerie", "TVA")
EXPORT = ("journal", "trial-balance", "invoices", "customers", "opening-balance")
QUERIES = [path.stem for path in (Path(__file__).parents[1] / "queries").glob("*.bql")]
OF_ONE = [path.stem for path in (Path(__file__).parents[1] / "queries").glob("*.bql") if "%(unit)s" in path.read_text()]
COOP = f"""
2026-01-05 open Equity:13:1311-Reserve:COOP
2026-01-05 open Equity:14:140-Reporte:COOP
2026-03-06 * "{RUNS[0]}" "{RUNS[1]}"
  Equity:13:1311-Reserve:COOP    -25.00 EUR
  Equity:14:140-Reporte:COOP      25.00 EUR
"""
FAVA = "SELECT date, payee, narration, number, position"


def hostile() -> str:
    entries = [
        f"""
2026-03-{day:02} * "{text}" "{text}" ^F-{day}
  Assets:40:400-Clients:A001               100.50 EUR
  Income:70:700-VentesPrestations:A001    -100.50 EUR
2026-03-{day:02} custom "follow-up" "A001" "{text}" 1.0
"""
        for day, text in enumerate(RUNS, 2)
    ]
    return "".join([COOP, f'2026-03-01 custom "activity-terms" "A001"\n  trade: "{RUNS[0]}"\n', *entries])


@pytest.fixture(scope="module")
def coop(tmp_path_factory: pytest.TempPathFactory) -> Coop:
    made = make_coop(tmp_path_factory.mktemp("formulas"))
    made.add("A001", hostile())
    return made


def run(*arguments: object) -> bytes:
    result = CliRunner().invoke(main, [*map(str, arguments)])
    assert result.exit_code in {0, 1}, result.output
    return result.stdout_bytes


def check(table: bytes, form: Form = PLAIN) -> int:
    """Check each cell of a table in CSV, and count those that would have run."""
    read = csv.reader(io.StringIO(table.decode("utf-8-sig"), newline=""), delimiter=form.separator)
    cells = [_plain(cell, form) for row in read for cell in row]
    assert cells
    for cell in cells:
        assert not cell.lstrip().startswith(("=", "+", "-", "@", "\uff1d")) or NUMBER.fullmatch(cell), cell
        assert not NUMBER.fullmatch(cell.removeprefix("'")) or not cell.startswith("'"), cell
    return sum(text in cell for cell in cells for text in RUNS)


def _plain(cell: str, form: Form) -> str:
    """Write a number with a point, so that it is known as one."""
    plain = cell.replace(form.point, ".")
    return plain if NUMBER.fullmatch(plain) else cell


def check_workbook(book: bytes) -> None:
    for sheet in load_workbook(io.BytesIO(book)):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert cell.hyperlink is None


def all_reports() -> Iterator[tuple[str, ...]]:
    for name, report in REPORTS.items():
        period = ("--quarter", "2026-1") if report.only == "quarter" else ("--month", "2026-03")
        yield (name, *(("--unit", "A001") if report.scope == "activity" else ()), *period)


@pytest.mark.parametrize("report", list(all_reports()), ids=lambda each: each[0])
def test_reports(coop: Coop, report: tuple[str, ...]) -> None:
    seen = check(run("report", *report, "--format", "csv", "--ledger", coop.main))
    assert seen or report[0] not in {"journal", "ledger", "activity"}
    check_workbook(run("report", *report, "--format", "xlsx", "--ledger", coop.main))


@pytest.mark.parametrize("name", PAGES)
def test_pages(coop: Coop, name: str) -> None:
    asking, path = client(coop.main), f"/toute-la-coop/extension/{name}"
    keys = re.findall(r"download-table\.csv\?table=([\w-]+)", asking.get(f"{path}/?unit=A001").text)
    assert keys
    for key in set(keys):
        address = f"{path}/download-table.csv?table={key}&unit=A001"
        check(asking.get(f"{address}&plain=1").get_data())
        for language, form in (("fr", Form(";", ",")), ("en", Form())):
            check(asking.get(address, headers={"Accept-Language": language}).get_data(), form)
    check_workbook(asking.get(f"{path}/download-tables.xlsx?unit=A001").get_data())


@pytest.mark.parametrize("name", QUERIES)
def test_queries(coop: Coop, name: str) -> None:
    unit = ("--unit", "A001") if name in OF_ONE else ()
    check(run("query", name, *unit, "--format", "csv", "--ledger", coop.main))


def test_contributions(coop: Coop) -> None:
    check(run("contributions", "--format", "csv", "--ledger", coop.main))


def test_the_folder_of_someone_who_leaves(coop: Coop, tmp_path: Path) -> None:
    run("export", "A001", "--to", tmp_path / "hers", "--ledger", coop.main)
    assert sum(check((tmp_path / f"hers/{name}.csv").read_bytes()) for name in EXPORT)
    for name in EXPORT:
        check_workbook((tmp_path / f"hers/{name}.xlsx").read_bytes())


def test_what_fava_exports(coop: Coop) -> None:
    path = "/toute-la-coop/download-query/query_result.csv"
    answer = client(coop.main).get(path, query_string={"query_string": FAVA})
    assert answer.status_code == 200
    assert check(answer.get_data()) >= 2 * len(RUNS)
    assert ",-100.5," in answer.text


@pytest.mark.parametrize("text", RUNS)
def test_a_text_that_would_run_gets_an_apostrophe(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-12.50", "+3", "1E-7", "-1.5e3", "", "texte", "3-4", "a@b.be", "'=1"])
def test_numbers_and_other_texts_of_a_table_stay_as_they_are(text: str) -> None:
    assert guarded_csv(f"{text},x\r\n") == f"{text},x\r\n"
