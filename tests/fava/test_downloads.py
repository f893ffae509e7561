"""The tables of the pages as files: read again, they say what the page says and what the books hold."""

from __future__ import annotations

import csv
import datetime
import io
import re
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from beancoop.storage.atomic import write_text
from openpyxl import load_workbook

from tests.fava.reading import EXAMPLE, SLUG, Books, amount, client, load, page, tables

if TYPE_CHECKING:
    from werkzeug.test import Client

    from tests.fava.conftest import Coop

ATTACK, FORMULA = "<script>alert(1)</script>", "=cmd()"
PAGES = {
    "Activites": {},
    "Autonomie": {"unit": "A003"},
    "Reserves": {},
    "Suivi": {},
    "Tresorerie": {},
    "TVA": {},
}
TIME = {"time": "2025-09 - 2026-08"}


@pytest.fixture(scope="module")
def asking() -> Client:
    return client(EXAMPLE)


@pytest.fixture(scope="module")
def books() -> Books:
    return load(EXAMPLE)


def table(
    asking: Client, name: str, key: str, slug: str = SLUG, language: str = "fr", **parameters: str
) -> list[list[str]]:
    answer = asking.get(
        f"{slug}/extension/{name}/download-table.csv",
        query_string={"table": key, "plain": "1", **parameters},
        headers={"Accept-Language": language},
    )
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    told = re.fullmatch(
        rf'attachment; filename="{name}(-[-A-Za-z0-9_]+)?-{key}\.csv"', answer.headers["Content-Disposition"]
    )
    assert told
    rows = list(csv.reader(io.StringIO(answer.get_data().decode())))
    assert rows[-2] == []
    assert len(rows[-1]) == 1  # how fresh the books are, in a sentence
    return rows[:-2]


@pytest.mark.parametrize("name", PAGES)
def test_each_table_is_downloaded_with_the_figures_of_the_page(asking: Client, name: str) -> None:
    parameters = {**PAGES[name], **TIME}
    shown = tables(page(asking, f"{SLUG}/extension/{name}/", **parameters))
    assert shown
    for key, rows in shown.items():
        if not rows or key == "terms":  # a section without rows has no file; terms are texts
            continue
        found = table(asking, name, key, **parameters)
        assert len(found) == len(rows)
        assert [heading.removesuffix(" (%)") for heading in found[0]] == rows[0]
        shown_of = slice(0, 2 if key == "now" else None)  # what is to be known of a figure is a sentence on the page
        for written, seen in zip(
            (row[shown_of] for row in found[1:]), (row[shown_of] for row in rows[1:]), strict=True
        ):
            assert numbers(written) == numbers([cell.partition(" (")[0] for cell in seen]), key


def numbers(cells: list[str]) -> list[Decimal]:
    """Give the amounts of a row that are not zero, however it is written; other figures have no comma in French."""
    found = []
    for cell in cells:
        text = cell.replace("\u202f", "")
        if "," in text and text.replace(",", "").removesuffix("\xa0%").lstrip("-").isdigit():
            found.append(amount(cell))
        elif "." in text and text.replace(".", "").lstrip("-").isdigit():
            found.append(Decimal(text))
    return [number for number in found if number]


@pytest.mark.parametrize("name", PAGES)
def test_the_workbook_has_a_sheet_for_each_table(asking: Client, name: str) -> None:
    parameters = {**PAGES[name], **TIME}
    shown = {key: rows for key, rows in tables(page(asking, f"{SLUG}/extension/{name}/", **parameters)).items() if rows}
    answer = asking.get(f"{SLUG}/extension/{name}/download-tables.xlsx", query_string=parameters)
    assert answer.status_code == 200
    unit = "-A003" if name == "Autonomie" else ""
    said = f'attachment; filename="{name}{unit}-2025-09-01_2026-08-31.xlsx"'
    assert answer.headers["Content-Disposition"] == said
    book = load_workbook(io.BytesIO(answer.get_data()))
    *sheets, fresh = book.worksheets
    assert "31/08/2026" in fresh["A2"].value
    assert len(sheets) == len(shown)
    for sheet, rows in zip(sheets, shown.values(), strict=True):
        assert sheet.max_row == len(rows)
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_the_file_of_the_activities_is_that_of_queries(asking: Client, books: Books) -> None:
    rows = table(asking, "Activites", "activities")
    for row in rows[1:-1]:
        unit = row[0]
        assert Decimal(row[3]) == books.total(unit, "5")
        assert Decimal(row[4]) == books.total(unit, "5", "411", "451", "44", "960")
        assert Decimal(row[5]) == -books.total(unit, "70", "60", "951")
        assert Decimal(row[6]) == books.total(unit, "950")
        assert Decimal(row[7]) == books.total(unit, "950")  # no month is closed
        assert Decimal(row[8]) == books.total(unit, "40")
    assert len(rows) == 10
    assert Decimal(rows[-1][3]) == sum(Decimal(row[3]) for row in rows[1:-1])
    workbook = load_workbook(io.BytesIO(asking.get(f"{SLUG}/extension/Activites/download-tables.xlsx").get_data()))
    again = [[cell.value for cell in row] for row in workbook.worksheets[0].iter_rows(min_row=2)]
    for one, other in zip(rows[1:], again, strict=True):
        assert [Decimal(each) for each in one[3:9]] == [Decimal(str(each)) for each in other[3:9]]


@pytest.mark.parametrize(
    ("language", "heading"),
    [("fr", "Trésorerie"), ("nl", "Geldmiddelen"), ("de", "Flüssige Mittel"), ("en", "Treasury")],
)
def test_the_headings_are_in_the_readers_language(coop: Coop, language: str, heading: str) -> None:
    rows = table(client(coop.main), "Activites", "activities", "/toute-la-coop", language)
    assert rows[0][3] == heading


def test_no_text_of_a_ledger_runs_in_a_spreadsheet(coop: Coop) -> None:
    hostile = f"""
2026-03-01 custom "activity-terms" "A001"
  trade: "{FORMULA}"
2026-03-02 * "{FORMULA}" "{ATTACK}" ^F-1
  Assets:40:400-Clients:A001               100.00 EUR
  Income:70:700-VentesPrestations:A001    -100.00 EUR
2026-03-03 custom "follow-up" "A001" "{FORMULA}" 1.0
2026-03-04 custom "meeting" "{FORMULA}"
2026-01-05 open Assets:49:499-CompteAttente:A001
2026-03-05 ! "{FORMULA}" "{FORMULA}"
  Assets:55:5500-Banque:A001      25.00 EUR
  Assets:49:499-CompteAttente:A001    -25.00 EUR
2026-01-05 open Equity:13:1311-Reserve:COOP
2026-01-05 open Equity:14:140-Reporte:COOP
2026-03-06 * "{FORMULA}" "{FORMULA}"
  Equity:13:1311-Reserve:COOP    -25.00 EUR
  Equity:14:140-Reporte:COOP      25.00 EUR
"""
    coop.add("A001", hostile)
    asking = client(coop.main)
    for name in PAGES:
        path = f"/toute-la-coop/extension/{name}/"
        text = page(asking, path, unit="A001")
        assert ATTACK not in text
        seen = 0
        for key, rows in tables(text).items():
            if rows:
                cells = [cell for row in table(asking, name, key, "/toute-la-coop", unit="A001") for cell in row]
                seen += sum(FORMULA in cell for cell in cells)
                assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t"))]
        assert seen > 0, name
        book = asking.get(f"{path}download-tables.xlsx", query_string={"unit": "A001"}).get_data()
        for sheet in load_workbook(io.BytesIO(book)).worksheets:
            assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("query", ["", "table=", "table=nothing", "table=../../main.beancount"])
def test_a_table_that_is_not_there_is_not_found(asking: Client, query: str) -> None:
    assert asking.get(f"{SLUG}/extension/Activites/download-table.csv?{query}").status_code == 404


def test_a_page_without_tables_has_no_file(coop: Coop) -> None:
    asking = client(coop.own("A001"))
    for name in ("download-tables.xlsx", "download-table.csv?table=banks"):
        assert asking.get(f"/livre-a001/extension/Tresorerie/{name}").status_code == 404


def test_the_links_of_the_page_lead_to_its_files(asking: Client) -> None:
    text = page(asking, f"{SLUG}/extension/Autonomie/", unit="A003", **TIME)
    query = "unit=A003&amp;time=2025-09+-+2026-08"
    assert f'href="download-table.csv?table=levies&amp;{query}" data-remote download' in text
    assert f'href="download-tables.xlsx?{query}" data-remote download' in text


def named(asking: Client, path: str, file: str = "download-tables.xlsx", **parameters: str) -> str:
    answer = asking.get(f"{path}/{file}", query_string=parameters, headers={"Accept-Language": "fr"})
    assert answer.status_code == 200
    return answer.headers["Content-Disposition"].removeprefix('attachment; filename="').removesuffix('"')


@pytest.mark.parametrize(
    ("page_name", "parameters", "file"),
    [
        ("Autonomie", {"unit": "A003", "time": "2026-03"}, "Autonomie-A003-2026-03.xlsx"),
        ("Autonomie", {"account": "A003", "time": "2026-Q1"}, "Autonomie-A003-2026-q1.xlsx"),
        ("Autonomie", {"unit": "A003"}, "Autonomie-A003-2026-08-31.xlsx"),  # the day the books end
        ("Autonomie", {}, "Autonomie-2026-08-31.xlsx"),
        ("Activites", {"unit": "A003", "time": "2025"}, "Activites-2025.xlsx"),  # the page shows all of them
        (
            "Ecritures",
            {"unit": "A003", "numbers": "70", "from": "2026-03-01", "until": "2026-03-31"},
            "Ecritures-A003-2026-03.xlsx",
        ),
        ("Ecritures", {"unit": "A003,A004", "numbers": "70"}, "Ecritures-2026-08-31.xlsx"),
        ("Ecritures", {"unit": "A003", "numbers": "70", "from": "2026-03-01", "until": "2026-01-31"}, ""),
    ],
)
def test_a_file_is_named_by_page_unit_and_days(
    asking: Client, page_name: str, parameters: dict[str, str], file: str
) -> None:
    path = f"{SLUG}/extension/{page_name}"
    if not file:  # no entry, no file: and no failure either
        assert asking.get(f"{path}/download-tables.xlsx", query_string=parameters).status_code == 404
        return
    name = named(asking, path, **parameters)
    assert name == file
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", name)


def test_a_file_of_a_financial_year_of_its_own_and_of_a_sub_ledger_alone(coop: Coop) -> None:
    cooperative = '2026-01-01 custom "cooperative" "Toute la coop"\n  year-start: "07-01"\n'
    write_text(coop.main, coop.main.read_text(encoding="utf-8") + cooperative)
    path = "/toute-la-coop/extension/Activites"
    assert named(client(coop.main), path, time="2025-07-01 - 2026-06-30") == "Activites-2026.xlsx"
    alone = client(coop.own("A001"))
    assert named(alone, "/livre-a001/extension/Autonomie", time="2026-01") == "Autonomie-A001-2026-01.xlsx"
    name = named(alone, "/livre-a001/extension/Ecritures", numbers="40", until="2026-01-31", time="2026-01")
    assert name == "Ecritures-A001-2026-01.xlsx"


@pytest.mark.parametrize(
    ("language", "row"),
    [("fr", "A001;Menuiserie"), ("nl", "A001;Menuiserie"), ("de", "A001;Menuiserie"), ("en", "A001,Menuiserie")],
)
def test_a_belgian_spreadsheet_opens_the_csv(coop: Coop, language: str, row: str) -> None:
    path = "/toute-la-coop/extension/Activites/download-table.csv"
    answer = client(coop.main).get(path, query_string={"table": "activities"}, headers={"Accept-Language": language})
    content = answer.get_data()
    assert content.startswith(b"\xef\xbb\xbf")  # else a spreadsheet takes the file for Latin-1
    lines = content.decode("utf-8-sig").split("\r\n")
    amounts = "800,00;696,54;1034,56" if language != "en" else "800.00,696.54,1034.56"
    assert lines[1].startswith(row)
    assert amounts in lines[1]
    assert not [line for line in lines[1:3] if "'" in line]  # numbers are not taken for formulas
    assert lines[-2]  # how fresh the books are


def test_the_workbook_has_true_days_months_and_shares(asking: Client) -> None:
    answer = asking.get(f"{SLUG}/extension/Autonomie/download-tables.xlsx", query_string={"unit": "A003", **TIME})
    found: dict[str, object] = {}
    for sheet in load_workbook(io.BytesIO(answer.get_data())).worksheets:
        assert len(sheet.title) <= 31
        assert not re.search(r"[\[\]:*?/\\]", sheet.title)
        for row in sheet.iter_rows(min_row=2):
            found |= {cell.number_format: cell.value for cell in row if cell.value is not None}
    assert isinstance(found["yyyy-mm"], datetime.datetime)
    assert isinstance(found["yyyy-mm-dd"], datetime.datetime)
    share = found["0.0%"]
    assert isinstance(share, float | int)
    assert -10 < share < 10


def test_sheets_are_named_unlike(asking: Client) -> None:
    for name, parameters in PAGES.items():
        answer = asking.get(f"{SLUG}/extension/{name}/download-tables.xlsx", query_string=parameters)
        titles = [each.casefold() for each in load_workbook(io.BytesIO(answer.get_data())).sheetnames]
        assert len(set(titles)) == len(titles)
