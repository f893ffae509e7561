"""Tables as files: read again, cell by cell."""

import csv
import datetime
import io
import re
from decimal import Decimal
from zipfile import ZipFile

import pytest
from beancoop.model.months import Month
from beancoop.presentation import section
from beancoop.presentation.delimited import as_csv, for_spreadsheet, form_of
from beancoop.presentation.section import Column, Row
from beancoop.presentation.workbook import sheet_name, workbook
from beancoop.words.language import LANGUAGES
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

DAY = datetime.date(2026, 3, 31)


def Table(title, heads, rows):  # noqa: N802
    return section.Table("", title, [Column(head) for head in heads], [Row(row) for row in rows])


TABLE = Table(
    "Grand livre: mars/avril [1] with a name too long for a sheet",
    ["Date", "Text", "Amount", "Pieces"],
    [[DAY, '=cmd()|"é\n', Decimal("-1234567890123.45"), 3], [None, "+32 4", Decimal("0.10"), None]],
)


def test_csv_is_exact_and_runs_nothing():
    rows = list(csv.reader(io.StringIO(as_csv(TABLE).decode())))
    assert rows == [
        ["Date", "Text", "Amount", "Pieces"],
        ["2026-03-31", "'=cmd()|\"é\n", "-1234567890123.45", "3"],
        ["", "'+32 4", "0.10", ""],
    ]


def test_xlsx_holds_numbers_dates_and_texts():
    sheet = load_workbook(io.BytesIO(workbook([TABLE]))).active
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
        io.BytesIO(workbook([Table("T", ["Date", "Text", "x" * 70], [[DAY, "e" * 20, Decimal(1)]])]))
    ).active
    assert sheet.freeze_panes == "A2"
    head, cells = sheet.iter_rows()
    assert [cell.font.b for cell in (*head, *cells)] == [True] * 3 + [False] * 3
    assert [cell.number_format for cell in cells] == ["yyyy-mm-dd", "General", "#,##0.00"]
    assert [int(sheet.column_dimensions[letter].width) for letter in "ABC"] == [12, 22, 60]
    narrow = load_workbook(io.BytesIO(workbook([Table("T", ["N", "M"], [[1, None]])]))).active
    assert int(narrow.column_dimensions["A"].width) == 8
    assert [cell.number_format for cell in list(narrow.iter_rows())[1]] == ["General", "General"]


def test_a_row_has_as_many_cells_as_there_are_headings():
    with pytest.raises(ValueError, match="has 1 cells, not 2"):
        workbook([Table("T", ["One", "Two"], [[1]])])


def test_xlsx_keeps_every_digit():
    with ZipFile(io.BytesIO(workbook([TABLE]))) as archive:
        assert b">-1234567890123.45<" in archive.read("xl/worksheets/sheet1.xml")


def test_several_tables_are_sheets_of_one_workbook():
    book = load_workbook(io.BytesIO(workbook([TABLE, Table("Vide", ["A"], [])])))
    assert [sheet.max_row for sheet in book] == [3, 1]


class Clock(type):
    """Every time is one of such a clock."""

    def __instancecheck__(cls, each):
        return isinstance(each, datetime.datetime)


class Later(datetime.datetime, metaclass=Clock):
    """A clock that is ahead."""

    @classmethod
    def now(cls, tz=None):
        return cls(2051, 2, 3, 4, 5, 6, tzinfo=tz)


def test_the_same_table_gives_the_same_bytes_at_any_hour(monkeypatch):
    before = workbook([TABLE])
    monkeypatch.setattr("time.time", lambda: Later.now(datetime.UTC).timestamp())
    monkeypatch.setattr("xlsxwriter.core.datetime", Later)
    assert workbook([TABLE]) == before
    with ZipFile(io.BytesIO(before)) as archive:
        assert {each.date_time[0] for each in archive.infolist()} == {1980}


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(max_size=9), st.decimals(-(10**12), 10**12, places=2)), max_size=5))
def test_whatever_the_text_both_files_open_and_no_cell_is_a_formula(rows):
    table = Table("T", ["Text", "Amount"], rows)
    sheet = load_workbook(io.BytesIO(workbook([table]))).active
    assert sheet.max_row == len(rows) + 1
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    read = list(csv.reader(io.StringIO(as_csv(table).decode(), newline="")))
    assert [Decimal(amount) for _, amount in read[1:]] == [amount for _, amount in rows]
    assert not any(text.startswith(("=", "+", "-", "@", "\t", "\r")) for text, _ in read[1:])


def test_a_workbook_does_not_say_when_it_was_made():
    with ZipFile(io.BytesIO(workbook([TABLE]))) as archive:
        properties = archive.read("docProps/core.xml").decode()
        assert re.findall(r"\d{4}-\d\d-\d\dT[^<]*", properties) == ["1980-01-01T00:00:00Z"] * 2
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


ROUND = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(st.lists(st.one_of(ROUND, st.sampled_from(["History", "history", "'a'", "A" * 40, "a" * 40, "[]:*?/\\", ""]))))
def test_every_sheet_has_a_name_of_its_own_that_a_spreadsheet_allows(titles):
    names = []
    for title in titles:
        names.append(sheet_name(title, names))
    assert len({name.lower() for name in names}) == len(names)
    for name in names:
        assert 0 < len(name) <= 31
        assert not re.search(r"[\[\]:*?/\\\x00-\x1f]|^'|'$", name)
        assert name.lower() != "history"


def test_tables_of_one_title_are_sheets_of_a_workbook_that_opens():
    book = load_workbook(io.BytesIO(workbook([Table(title, ["A"], [["x"]]) for title in ("Same", "SAME", "", "'q'")])))
    assert book.sheetnames == ["Same", "SAME (2)", "(2)", "q"]


@pytest.mark.parametrize(
    "text", ["<r>x</r>", "<r><t>=1</t></r>", "http://example.org", "12.50", "_x0041_", "a\x00b", "x" * 40_000]
)
def test_a_text_stays_a_text(text):
    content = workbook([Table("T", ["A", "B"], [[text, "after"]])])
    (cell, after), *_ = load_workbook(io.BytesIO(content)).active.iter_rows(min_row=2)
    assert cell.data_type == "s"
    assert cell.value.strip() == text.replace("\x00", "")[:32_767]
    assert (cell.hyperlink, after.value) == (None, "after")


def test_a_day_before_spreadsheets_count_is_told_as_it_is():
    days = [datetime.date(1, 1, 1), datetime.date(1900, 2, 28), datetime.date(1900, 3, 1), datetime.date.max]
    rows = load_workbook(io.BytesIO(workbook([Table("T", ["Day"], [[day] for day in days])]))).active.iter_rows(
        min_row=2
    )
    assert [str(cell.value)[:10] for (cell,) in rows] == [str(day) for day in days]


def test_a_table_longer_than_a_sheet_goes_on_in_another(monkeypatch):
    monkeypatch.setattr("beancoop.presentation.workbook.ROWS", 3)
    book = load_workbook(io.BytesIO(workbook([Table("T", ["N"], [[number] for number in range(5)])])))
    found = [[cell.value for (cell,) in sheet.iter_rows()] for sheet in book]
    assert (book.sheetnames, found) == (["T", "T (2)", "T (3)"], [["N", 0, 1], ["N", 2, 3], ["N", 4]])


def test_shares_are_in_per_cent_and_rates_keep_their_digits():
    columns = [Column("S", "share"), Column("R", "rate"), Column("M", "money"), Column("E", "exact")]
    row = Row([Decimal("0.33333"), Decimal("0.06125"), Decimal("1.005"), Decimal("1.00512")])
    table = section.Table("", "T", columns, [row])
    assert as_csv(table) == b"S (%),R (%),M,E\r\n33.3,6.125,1.01,1.00512\r\n"
    cells = next(load_workbook(io.BytesIO(workbook([table]))).active.iter_rows(min_row=2))
    assert [cell.value for cell in cells] == [0.333, 0.06125, 1.01, 1.00512]
    assert [cell.number_format for cell in cells] == ["0.0%", "0.0#####%", "#,##0.00", "#,##0.00########"]
    assert [cell.value for cell in next(load_workbook(io.BytesIO(workbook([table]))).active.iter_rows())] == [*"SRME"]


def test_a_month_is_its_first_day_written_as_a_month():
    table = section.Table("", "T", [Column("M", "month")], [Row([Month(2026, 3)]), Row([Month(1, 1)])])
    sheet = load_workbook(io.BytesIO(workbook([table]))).active
    assert (sheet["A2"].value, sheet["A2"].number_format) == (datetime.datetime.fromisoformat("2026-03-01"), "yyyy-mm")
    assert sheet["A3"].value == "0001-01"


@pytest.mark.parametrize(
    ("language", "point", "separator"), [*((one, ",", ";") for one in ("fr", "nl", "de")), ("en", ".", ",")]
)
def test_a_spreadsheet_opens_the_csv_of_its_language(language, point, separator):
    content = for_spreadsheet(TABLE, language, [["below; this, too"]])
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator))
    assert rows == [
        ["Date", "Text", "Amount", "Pieces"],
        ["2026-03-31", "'=cmd()|\"é\n", f"-1234567890123{point}45", "3"],
        ["", "'+32 4", f"0{point}10", ""],
        ["below; this, too"],
    ]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.text(max_size=9), st.decimals(-(10**12), 10**12, places=2)), max_size=5),
    st.sampled_from(LANGUAGES),
)
def test_whatever_the_text_a_csv_of_any_language_is_read_again_and_runs_nothing(rows, language):
    form = form_of(language)
    content = for_spreadsheet(Table("T", ["Text", "Amount"], rows), language).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(content, newline=""), delimiter=form.separator))[1:]
    assert [Decimal(amount.replace(form.point, ".")) for _, amount in read] == [amount for _, amount in rows]
    assert not any(text.startswith(("=", "+", "-", "@", "\t", "\r")) for text, _ in read)
