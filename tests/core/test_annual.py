"""The annual accounts: what an accountant checks first, on the example and on random books."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
import strategies
from beancoop.model.months import Month
from beancoop.model.pcmn import roots_for
from beancoop.model.periods import Span
from beancoop.statements.annual import balance_sheet, equity_changes, gross_margin, income_statement
from beancoop.statements.appropriation_table import appropriation_table
from beancoop.statements.contributions import margins
from beancoop.statements.nbb import rubrics
from beancoop.statements.state import result_of
from beancoop.statements.trial_balance import trial_balance
from books import asked, books_of, example
from hypothesis import given, settings
from hypothesis import strategies as st

ZERO = Decimal(0)
YEARS = [Span.of_year(2025)._replace(year=2025), Span.of_year(2026)._replace(year=2026)]
SPANS = [*YEARS, Span.of_month(Month(2026, 3)), Span.of_quarter(2025, 4)]
NUMBERS = [str(number) for number in range(10_000) if str(number)[0] in "123456789"]
RUBRICS = rubrics(datetime.date(2026, 1, 1))


def test_every_number_of_the_pcmn_has_a_rubric_on_its_side():
    side = {"assets": ("assets",), "liabilities": ("liabilities",), "equity": ("liabilities",)}
    known = [each for each in NUMBERS if roots_for(each) and each[0] != "9"]
    assert len(known) > 5000
    for number in known:
        for root in roots_for(number):
            found = RUBRICS.of(number, is_asset=root == "assets")
            assert found.part in side.get(root, ("result", "appropriation")), number


@pytest.mark.parametrize("number", ["9", "950", "960", "0", "070", "18", "8"])
def test_what_is_internal_or_unknown_has_none(number):
    assert RUBRICS.of(number) is None


@pytest.mark.parametrize(
    ("number", "code"),
    [
        *(("1109", "110"), ("1119", "111"), ("1311", "1311"), ("1319", "1319"), ("133", "133"), ("140", "14")),
        *(("172", "172/3"), ("170", "174/0"), ("440", "440/4"), ("444", "440/4"), ("451", "450/3"), ("455", "454/9")),
        *(("489", "47/48"), ("492", "492/3"), ("400", "40"), ("411", "41"), ("490", "490/1"), ("5500", "54/58")),
        *(("708", "70"), ("609", "60/61"), ("619", "60/61"), ("768", "76A"), ("769", "76B"), ("668", "66B")),
        *(("660", "66A"), ("649", "649"), ("640", "640/8"), ("670", "67/77"), ("771", "67/77"), ("694", "694")),
        *(("6921", "6921"), ("693", "(14)"), ("792", "791/2"), ("789", "789"), ("680", "680"), ("753", "753")),
        *(
            ("761", "76B"),
            ("7621", "76B"),
            ("7631", "76B"),
            ("760", "76A"),
            ("7620", "76A"),
            ("7630", "76A"),
            ("764", "76A"),
        ),
        *(
            ("661", "66B"),
            ("6621", "66B"),
            ("6631", "66B"),
            ("6691", "66B"),
            ("6620", "66A"),
            ("6630", "66A"),
            ("669", "66A"),
        ),
    ],
)
def test_a_number_is_in_the_rubric_of_the_model(number, code):
    assert RUBRICS.of(number).code == code


def test_a_suspense_account_stands_on_the_side_of_its_root():
    assert RUBRICS.of("499", is_asset=True).code == "490/1"
    assert RUBRICS.of("499").code == "492/3"


@pytest.mark.parametrize("span", SPANS, ids=str)
def test_assets_equal_liabilities_and_are_those_of_the_books(span):
    sheet = balance_sheet(example(), span.last)
    assert sheet.difference == ZERO
    day = f"date <= {span.last}"
    assert sheet.total_assets.amount == asked(example(), day, "2", "3", "4[01]", "49[01]", "5") > ZERO
    assert sheet.total_liabilities.amount == -asked(example(), day, "1", "4[2-8]", "49[23]", "6", "7")
    amounts = {line.rubric.code: line.amount for line in (*sheet.assets, *sheet.liabilities)}
    for code, numbers in {"40": ["40"], "54/58": ["5[4-8]"], "22/27": ["2[2-7]"], "21/28": ["2[1-8]"]}.items():
        assert amounts[code] == asked(example(), day, *numbers)
    for code, numbers in {"110": ["110"], "1311": ["1311"], "450/3": ["45[0-3]"], "454/9": ["45[4-9]"]}.items():
        assert amounts[code] == -asked(example(), day, *numbers)
    assert amounts["10/15"] + amounts["16"] + amounts["17/49"] == sheet.total_liabilities.amount


@pytest.mark.parametrize(
    ("day", "carried"), [("2025-12-31", "10446.80"), ("2026-04-30", "19613.30"), ("2026-05-28", "13165.30")]
)
def test_14_has_the_results_not_appropriated_yet_and_the_running_year_stands_apart(day, carried):
    day = datetime.date.fromisoformat(day)
    amounts = {line.rubric.code: line.amount for line in balance_sheet(example(), day).liabilities}
    assert amounts["14"] == Decimal(carried)
    assert amounts["9905"] == result_of(example(), Span(datetime.date(day.year, 1, 1), day))
    assert (amounts["9905"] == Decimal("9166.50")) is (day.year == 2025)


@pytest.mark.parametrize("span", SPANS, ids=str)
def test_the_income_statement_is_that_of_the_books(span):
    statement = income_statement(example(), span)
    days = f"date >= {span.first} AND date <= {span.last}"
    gross = ("70", "71", "72", "73", "74", "76(?!1|21|31|9)", "60", "61")  # law and practice of the models m81, m87
    operating = (*gross, "62", "63", "64", "66(?!1|21|31|8|91)")
    before_tax = (*operating, "75", "76", "65", "66")
    for code, numbers in {
        "9900": gross,
        "9901": operating,
        "9903": before_tax,
        "9904": (*before_tax, "680", "780", "67", "77"),
        "9905": ("6[0-8]", "7[0-8]"),
        "70": ("70",),
        "71/74": ("7[1-4]",),
    }.items():
        assert statement.amount(code) == -asked(example(), days, *numbers)
    for code, numbers in {"60/61": ("60", "61"), "62": ("62",), "65": ("65",), "630": ("630",)}.items():
        assert statement.amount(code) == asked(example(), days, *numbers)


def test_what_the_general_meeting_of_the_example_decided_stands_in_its_year():
    table = appropriation_table(example(), YEARS[0])
    found = {line.rubric.code: line.amount for line in table.lines if line.amount}
    assert table.until == datetime.date(2026, 5, 28)
    assert found == {
        "9906": Decimal("19613.30"),
        "(9905)": Decimal("9166.50"),
        "14P": Decimal("10446.80"),
        "691/2": Decimal("5400.00"),
        "6921": Decimal("5400.00"),
        "(14)": Decimal("13165.30"),
        "694/7": Decimal("1048.00"),
        "694": Decimal("1048.00"),
    }


@pytest.mark.parametrize("span", SPANS, ids=str)
def test_the_result_is_what_changed_the_equity_apart_from_its_owners(span):
    changes = equity_changes(example(), span)
    assert changes.closing - changes.opening == sum(changes[1:-1])
    assert changes.result == income_statement(example(), span).amount("9905")
    days = f"date >= {span.first} AND date <= {span.last}"
    books = example()
    assert changes.contributions == -asked(books, days, "1[01]") - books.brought_in(span, "10", "11")
    before = balance_sheet(example(), span.first - datetime.timedelta(1))
    after = balance_sheet(example(), span.last)
    brought = books.brought_in(span, "10", "11", "12", "13", "14", "15", "19")
    assert bool(brought) == (span.first == datetime.date(2025, 1, 1))
    for sheet, amount in ((before, changes.opening - brought), (after, changes.closing)):
        assert next(line.amount for line in sheet.liabilities if line.rubric.code == "10/15") == amount


@pytest.mark.parametrize("span", SPANS, ids=str)
def test_the_gross_margins_of_the_units_are_that_of_the_company(span):
    books = example()
    rows = {row.unit: row for row in margins(books, span)}
    assert sum(row.gross for row in rows.values()) == income_statement(books, span).amount("9900")
    assert sum(row.turnover for row in rows.values()) == income_statement(books, span).amount("70")
    for unit, row in rows.items():
        assert row.gross == gross_margin(books, span, unit) == income_statement(books, span, unit).amount("9900")
        days = f"date >= {span.first} AND date <= {span.last}"
        assert row.direct == -asked(books, days, "60", "70", "951", unit=unit)


@pytest.mark.parametrize("unit", [None, "COOP", "A001", "A004"])
@pytest.mark.parametrize("span", SPANS, ids=str)
def test_the_trial_balance_balances_and_is_that_of_the_books(span, unit):
    balance = trial_balance(example(), span, unit)
    assert balance.difference == ZERO
    assert sum(line.debit for line in balance.lines) == sum(line.credit for line in balance.lines) > ZERO
    days = f"date >= {span.first} AND date <= {span.last}"
    for line in balance.lines:
        own = f"{line.number}-"
        assert line.debit == asked(example(), f"number > 0 AND {days}", own, unit=unit)
        assert line.credit == -asked(example(), f"number < 0 AND {days}", own, unit=unit)
        january = datetime.date(span.first.year, 1, 1)
        since = f" AND date >= {january}" if line.number[0] in "67" else ""
        assert line.opening == asked(example(), f"date < {span.first}{since}", own, unit=unit)
    assert balance.earlier == asked(example(), f"date < {datetime.date(span.first.year, 1, 1)}", "[67]", unit=unit)


@pytest.mark.parametrize("span", SPANS, ids=str)
def test_class_9_is_zero_over_all_units(span):
    inner = [line for line in trial_balance(example(), span).lines if line.number.startswith("9")]
    assert {"950", "960"} <= {line.number for line in inner} <= {"950", "951", "960"}
    assert all(line.closing == ZERO for line in inner)


@settings(max_examples=25, deadline=None)  # a load each
@given(strategies.books(), st.sampled_from([Month(2024, month) for month in range(1, 11)]))
def test_random_books_balance_too(drawn, month):
    books = books_of(drawn.text("beancoop"))
    span = Span(datetime.date(2024, 1, 1), month.last_day)
    if books.register.coop_is_open:
        assert books.sums.balance(span.after, "9") == ZERO
    sheet, balance, changes = balance_sheet(books, span.last), trial_balance(books, span), equity_changes(books, span)
    assert sheet.difference == -books.sums.balance(span.after, "0")  # zero but for class 0
    assert balance.difference == ZERO
    assert sum(line.debit for line in balance.lines) == sum(line.credit for line in balance.lines)
    assert changes.closing - changes.opening == sum(changes[1:-1])
    statement = income_statement(books, span)
    assert statement.amount("9905") == changes.result == result_of(books, span)
    assert statement.amount("9900") == sum(row.gross for row in margins(books, span))
