"""A stray date, or one at an end of the calendar, costs no more than any other, in pages, reports and commands."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from beancoop.books.books import Books
from beancoop.contribution.levy import without_gap
from beancoop.contribution.rule import read_levies
from beancoop.loading.ledger import load_ledger
from beancoop.model.months import Month, months_between
from beancoop.model.periods import Period, Span, year_to
from beancoop.presentation.texts import Words
from beancoop.statements.accompaniment import course
from beancoop.statements.activities import Activities
from beancoop.statements.activity import activity_statement
from beancoop.statements.annual import balance_sheet
from beancoop.statements.committee import committee
from beancoop.statements.contributions import explained_in
from beancoop.statements.customers import customers
from beancoop.statements.follow_up import hours
from beancoop.statements.trial_balance import trial_balance
from beancoop.storage.atomic import write_text
from beancoop_cli.main import main
from beancoop_cli.reports.catalogue import REPORTS
from beancoop_cli.reports.making import Request, document
from click.testing import CliRunner

from tests.fava.reading import client, page

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("Activites", "Autonomie", "Reserves", "Suivi", "Tresorerie", "TVA")
UNITS = ("A001", "A002", "A003", "A004")
A_CENTURY = 1200  # months
OPENS = "\n".join(
    f"1900-01-01 open {account}:{unit}"
    for unit in ("COOP", *UNITS)
    for account in ("Assets:55:5500-Banque", "Income:70:700-VentesPrestations")
)


def sale(day: str, unit: str, amount: int = 10) -> str:
    """Write a sale."""
    return f"""
{day} * "Vente"
  Assets:55:5500-Banque:{unit}  {amount} EUR
  Income:70:700-VentesPrestations:{unit}  {-amount} EUR
"""


STRAY = f"""
option "title" "Stray"
option "operating_currency" "EUR"
option "tolerance_multiplier" "0"
plugin "beancoop"
2026-01-05 custom "fava-extension" "beancoop_fava"
1900-01-01 custom "activity" "A001"
2026-01-05 custom "activity" "A002"
2026-01-05 custom "activity" "A003"
  negative: "carry"
9999-12-31 custom "activity" "A004"
{OPENS}
{sale("1900-01-01", "A001")}{sale("2026-02-01", "A001")}{sale("9999-12-31", "A001")}
{sale("1900-01-01", "A002")}{sale("2026-02-01", "A003", -10)}{sale("9999-12-31", "A003")}
9999-12-31 custom "activity-exit" "A002" "employed"
2026-02-03 custom "follow-up" "A001" "commercial" 1
9999-12-31 custom "follow-up" "A001" "commercial" 2
1900-01-01 custom "meeting" "monthly"
  attended: "A001"
9999-12-31 custom "meeting" "monthly"
  attended: "A001"
"""


EARLY = f"""
option "operating_currency" "EUR"
option "tolerance_multiplier" "0"
plugin "beancoop"
2026-01-05 custom "activity" "A001"
1900-01-01 open Assets:55:5500-Banque:A001
1900-01-01 open Income:70:700-VentesPrestations:A001
{sale("1900-01-01", "A001")}
"""


@pytest.fixture(scope="module")
def stray(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the ledger."""
    file = tmp_path_factory.mktemp("stray") / "main.beancount"
    write_text(file, STRAY)
    return file


def test_each_page_answers_with_few_rows(stray: Path) -> None:
    asking = client(stray)
    for name in NAMES:
        for unit in UNITS if name == "Autonomie" else ("",):
            for interval in ("day", "month"):
                text = page(asking, f"/stray/extension/{name}/", unit=unit, interval=interval)
                assert text.count("<tr") < A_CENTURY + 100, (name, unit)
                assert text.count('"account_balances"') <= 100, (name, unit)


@pytest.mark.parametrize("name", REPORTS)
def test_each_report_is_drawn_with_few_rows(stray: Path, name: str) -> None:
    books, report = Books(load_ledger(stray)), REPORTS[name]
    assert books.last_day is not None
    for unit in UNITS if report.scope != "company" else (None,):
        request = Request(name, books, report.usual(books, unit, books.last_day), unit, Words("en"))
        made = document(request, report.make(request))
        assert sum(len(section.table.rows) for section in made.sections if section.table) < A_CENTURY


AHEAD = """
option "title" "Ahead"
option "operating_currency" "EUR"
option "tolerance_multiplier" "0"
plugin "beancoop"
2026-01-05 custom "fava-extension" "beancoop_fava"
2026-01-05 custom "activity" "A001"
9999-01-05 custom "activity" "A002"
2026-01-05 open Assets:55:5500-Banque:COOP
2026-01-05 open Assets:55:5500-Banque:A001
2026-01-05 open Income:70:700-VentesPrestations:A001
2026-02-01 * "Vente"
  Assets:55:5500-Banque:A001            10.00 EUR
  Income:70:700-VentesPrestations:A001 -10.00 EUR
"""


@pytest.mark.parametrize("name", NAMES)
def test_an_activity_that_outlives_the_calendar_is_shown(tmp_path: Path, name: str) -> None:
    write_text(tmp_path / "main.beancount", AHEAD)
    assert load_ledger(tmp_path / "main.beancount").errors == []
    page(client(tmp_path / "main.beancount"), f"/ahead/extension/{name}/", unit="A002")
    rows = Activities(Books(load_ledger(tmp_path / "main.beancount"))).rows(
        Period(date.min, date.max, date(2026, 6, 1))
    )
    assert [(row.unit, row.months_left, str(row.last_day)) for row in rows] == [
        ("A001", 13, "2027-07-04"),
        ("A002", 11, "9999-12-31"),
    ]


def test_the_last_day_of_the_calendar_counts(stray: Path) -> None:
    books = Books(load_ledger(stray))
    rows = {row.unit: row for row in Activities(books).rows(Period(date.min, date.max, date(2026, 6, 1)))}
    assert (rows["A001"].treasury, rows["A001"].margin, rows["A001"].contribution) == (30, 30, 3)
    last = Span.of_month(Month(9999, 12))
    (line,) = (each for each in trial_balance(books, last, "A001").lines if each.number == "5500")
    assert (line.opening, line.closing) == (20, 30)
    assert activity_statement(books, "A001", last).available[0].amount == 30
    assert sum(line.amount for line in balance_sheet(books, date.max).assets if line.rubric.level == 1) == 40
    assert customers(books, "A001", last.first, last.after).customers[0].sales == 10
    assert hours(books.register, Period(date.min, date.max, date.max)).by_unit == {"A001": {"commercial": 3}}


def test_the_calendar_of_a_slip_adds_up_and_is_short(stray: Path) -> None:
    books = Books(load_ledger(stray))
    months = course(books.register, books.activities["A002"], date(2026, 6, 1))
    assert len(months) < 30
    assert (months[0].month, months[-1].last) == (Month(2026, 1), Month(9999, 12))
    assert sum(each.length for each in months) == len(months_between(months[0].month, months[-1].last))
    assert sum(each.active for each in months) in {(date.max - date(2026, 1, 5)).days + each for each in (0, 1)}
    assert not any(each.paused for each in months)


def test_twelve_months_in_a_silence_have_their_levies(stray: Path) -> None:
    months = year_to(Month(9999, 12))
    found = [each.levy for each in explained_in(Books(load_ledger(stray)), "A001", months)]
    assert [(each.month, each.margin, each.levied, each.levy) for each in found] == [
        *((month, 0, 2, 0) for month in months[:-1]),
        (months[-1], 10, 2, 1),
    ]


def test_a_sale_before_the_start_is_one_mistake(tmp_path: Path) -> None:
    write_text(tmp_path / "main.beancount", EARLY)
    errors = load_ledger(tmp_path / "main.beancount").errors
    assert [getattr(error.message, "code", None) for error in errors] == ["BC301"]


def test_a_quarter_in_a_silence_tells_the_committee_what_the_one_before_told(stray: Path) -> None:
    books = Books(load_ledger(stray))
    early, late = committee(books, 2500, 1).quarter, committee(books, 9998, 4).quarter
    assert (early.figures, early.hidden, early.meetings) == (late.figures, late.hidden, late.meetings)
    assert early.figures["end"].people == 3


def test_a_person_is_spared_the_months_of_a_silence_and_a_program_is_not(stray: Path) -> None:
    ledger = load_ledger(stray)
    known = read_levies(ledger.entries, ledger.options)["A001"]
    assert len(known) < A_CENTURY
    levies = list(without_gap(known))
    assert [each.month for each in levies] == list(months_between(levies[0].month, levies[-1].month))
    assert len(levies) > 8000 * 12
    assert [each.month for each in levies if each.levy] == [levies[0].month, (2026, 2), (9999, 12)]
    told = CliRunner().invoke(main, ["contributions", "--ledger", str(stray)]).stdout.splitlines()
    assert len(told) < 8 * 30
    assert [line.split()[:2] for line in told if "10.00" in line][-1] == ["A003", "9999-12"]
    assert any(set(line.split()) == {"…"} for line in told)
