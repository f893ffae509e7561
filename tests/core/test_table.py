"""Tables as files: read again, cell by cell."""

import csv
import datetime
import io
import re
from decimal import Decimal
from types import SimpleNamespace
from zipfile import ZipFile

import pytest
from beancoop.presentation.table import Table, workbook
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

DAY = datetime.date(2026, 3, 31)
TABLE = Table(
    "Grand livre: mars/avril [1] with a name too long for a sheet",
    ["Date", "Text", "Amount", "Pieces"],
    [[DAY, '=cmd()|"é\n', Decimal("-1234567890123.45"), 3], [None, "+32 4", Decimal("0.10"), None]],
)


def test_csv_is_exact_and_runs_nothing():
    rows = list(csv.reader(io.StringIO(TABLE.csv().decode())))
    assert rows == [
        ["Date", "Text", "Amount", "Pieces"],
        ["2026-03-31", "'=cmd()|\"é\n", "-1234567890123.45", "3"],
        ["", "'+32 4", "0.10", ""],
    ]


def test_xlsx_holds_numbers_dates_and_texts():
    sheet = load_workbook(io.BytesIO(TABLE.xlsx())).active
    assert sheet.title == "Grand livre  mars avril  1  wit"
    first = next(iter(sheet.iter_rows(min_row=2)))
    assert [cell.data_type for cell in first] == ["d", "s", "n", "n"]
    assert [cell.value for cell in first] == [
        datetime.datetime.fromisoformat("2026-03-31"),
        '=cmd()|"é\n',
        -1234567890123.45,
        3,
    ]


def test_xlsx_is_ready_to_read():
    """The headings bold and in sight, amounts and days written as such, and columns as wide as what is in them."""
    sheet = load_workbook(
        io.BytesIO(Table("T", ["Date", "Text", "x" * 70], [[DAY, "e" * 20, Decimal(1)]]).xlsx())
    ).active
    assert sheet.freeze_panes == "A2"
    head, cells = sheet.iter_rows()
    assert [cell.font.b for cell in (*head, *cells)] == [True] * 3 + [False] * 3
    assert [cell.number_format for cell in cells] == ["yyyy-mm-dd", "General", "#,##0.00"]
    assert [sheet.column_dimensions[letter].width for letter in "ABC"] == [12, 22, 60]
    narrow = load_workbook(io.BytesIO(Table("T", ["N", "M"], [[1, None]]).xlsx())).active
    assert narrow.column_dimensions["A"].width == 8
    assert [cell.number_format for cell in list(narrow.iter_rows())[1]] == ["General", "General"]


def test_a_row_has_as_many_cells_as_there_are_headings():
    with pytest.raises(ValueError, match="shorter"):
        Table("T", ["One", "Two"], [[1]]).xlsx()


def test_xlsx_keeps_every_digit():
    with ZipFile(io.BytesIO(TABLE.xlsx())) as archive:
        assert b">-1234567890123.45<" in archive.read("xl/worksheets/sheet1.xml")


def test_several_tables_are_sheets_of_one_workbook():
    book = load_workbook(io.BytesIO(workbook([TABLE, Table("Vide", ["A"], [])])))
    assert [sheet.max_row for sheet in book] == [3, 1]


class Later(datetime.datetime):
    """A clock that is ahead."""

    @classmethod
    def now(cls, tz=None):
        return cls(2051, 2, 3, 4, 5, 6, tzinfo=tz)


def test_the_same_table_gives_the_same_bytes_at_any_hour(monkeypatch):
    before = TABLE.xlsx()
    monkeypatch.setattr("time.time", lambda: Later.now(datetime.UTC).timestamp())
    clock = SimpleNamespace(datetime=Later, timezone=datetime.timezone)
    monkeypatch.setattr("openpyxl.writer.excel.datetime", clock)
    monkeypatch.setattr("openpyxl.packaging.core.datetime", clock)
    assert TABLE.xlsx() == before
    with ZipFile(io.BytesIO(before)) as archive:
        assert {each.date_time[0] for each in archive.infolist()} == {1980}


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(max_size=9), st.decimals(-(10**12), 10**12, places=2)), max_size=5))
def test_whatever_the_text_both_files_open_and_no_cell_is_a_formula(rows):
    table = Table("T", ["Text", "Amount"], rows)
    sheet = load_workbook(io.BytesIO(table.xlsx())).active
    assert sheet.max_row == len(rows) + 1
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    read = list(csv.reader(io.StringIO(table.csv().decode(), newline="")))
    assert [Decimal(amount) for _, amount in read[1:]] == [amount for _, amount in rows]
    assert not any(text.startswith(("=", "+", "-", "@", "\t", "\r")) for text, _ in read[1:])


def test_a_workbook_does_not_say_when_it_was_made():
    with ZipFile(io.BytesIO(TABLE.xlsx())) as archive:
        properties = archive.read("docProps/core.xml").decode()
        assert re.findall(r"\d{4}-\d\d-\d\dT[^<]*", properties) == ["1980-01-01T00:00:00Z"] * 2
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
