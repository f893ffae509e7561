"""What a board looks at, and what charts are drawn of: each figure is that of the entries, counted otherwise."""

from __future__ import annotations

import datetime
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from beancoop.books.earned import EARNED
from beancoop.model.months import Month
from beancoop.model.periods import Period, Span, day_after, day_before
from beancoop.statements.accompaniment import clock
from beancoop.statements.available import available, by_day
from beancoop.statements.board import days_of, equity, treasury, treasury_months
from beancoop.statements.entries import made_of
from beancoop.statements.meaning import ACTIVITIES, Meaning
from beancoop.statements.statutory import Balances
from beancoop.statements.twelve_months import IN_BARS, in_bars, statement
from beancount import loader
from books import asked, loaded
from hypothesis import given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterable

    from beancoop.books.books import Books
    from beancoop.model.activity import Activity
    from beancoop.statements.board import Moved

HEAD = """\
option "operating_currency" "EUR"
option "tolerance_multiplier" "0"
plugin "beancoop"
2025-01-01 custom "activity" "A001"
  months: 60
  overdraft: 9000000 EUR
2025-01-01 custom "activity" "A002"
  months: 60
  overdraft: 9000000 EUR
"""
OPEN = "2025-01-01 open {account}\n"
ACCOUNTS = [
    "Assets:55:5500-Banque",
    "Income:70:700-VentesPrestations",
    "Expenses:60:603-SousTraitance",
    "Equity:14:140-Reporte",
]
UNITS = ("COOP", "A001", "A002")
STRUCTURE = ("Equity:13:1311-Reserves:COOP", "Expenses:62:620-Remunerations:COOP")
OPENING = """
2026-01-01 * "Reprise" #opening
  Assets:55:5500-Banque:COOP  5000.00 EUR
  Equity:13:1311-Reserves:COOP
2026-01-01 * "Reprise" #opening
  Assets:55:5500-Banque:A001  800.00 EUR
  Equity:14:140-Reporte:A001
"""
DAY = datetime.date.fromisoformat


def made(*entries: str) -> Books:
    names = [*(f"{account}:{unit}" for account in ACCOUNTS for unit in UNITS if (account[0], unit) != ("I", "COOP"))]
    text = HEAD + "".join(OPEN.format(account=name) for name in (*names, *STRUCTURE)) + "\n".join(entries)
    found, errors, options = loader.load_string(text)
    assert [each for each in errors if "BC305" not in each.message] == []  # an opening after others is told, and shown
    return loaded(found, options)


def sale(day: str, unit: str, amount: str) -> str:
    return f'{day} * "c" "s"\n  Assets:55:5500-Banque:{unit}  {amount} EUR\n  Income:70:700-VentesPrestations:{unit}\n'


def cost(day: str, unit: str, amount: str) -> str:
    return f'{day} * "f" "c"\n  Assets:55:5500-Banque:{unit}  -{amount} EUR\n  Expenses:60:603-SousTraitance:{unit}\n'


def wages(day: str, amount: str) -> str:
    return f'{day} * "p" "w"\n  Assets:55:5500-Banque:COOP  -{amount} EUR\n  Expenses:62:620-Remunerations:COOP\n'


def told(moved: Iterable[Moved]) -> list[tuple[str, ...]]:
    return [
        (each.owner, *(str(amount) for amount in (each.start, each.change, each.end, each.before, each.difference)))
        for each in moved
    ]


YEAR = Span(DAY("2026-01-01"), DAY("2026-12-31"))


def test_what_an_opening_brings_in_was_there_at_the_start() -> None:
    books = made(OPENING, sale("2026-02-01", "A001", "100.00"), wages("2026-03-01", "50.00"))
    assert told(treasury(books, YEAR)) == [
        ("own", "5000.00", "-50.00", "4950.00", "None", "None"),
        ("activities", "800.00", "100.00", "900.00", "None", "None"),
        ("total", "5800.00", "50.00", "5850.00", "None", "None"),
    ]
    assert told(equity(books, Balances(books), YEAR)) == [
        ("own", "5000.00", "-40.00", "4960.00", "None", "None"),  # 10.00 of contribution, less the wages
        ("activities", "800.00", "90.00", "890.00", "None", "None"),
        ("total", "5800.00", "50.00", "5850.00", "None", "None"),
    ]


def test_a_year_before_is_told_where_the_books_know_it() -> None:
    books = made(
        sale("2025-02-01", "A001", "100.00"), sale("2026-02-01", "A002", "30.00"), cost("2026-03-01", "A002", "40.00")
    )
    assert told(treasury(books, YEAR)) == [
        ("own", "0.00", "0.00", "0.00", "0.00", "0.00"),
        ("activities", "100.00", "-10.00", "90.00", "100.00", "-10.00"),
        ("total", "100.00", "-10.00", "90.00", "100.00", "-10.00"),
    ]
    own, activities, total = equity(books, Balances(books), YEAR)
    assert (activities.start, activities.end) == (Decimal("90.00"), Decimal("90.00"))  # a loss is no claim
    assert own.end + activities.end == total.end == Decimal("90.00")
    assert own.end == Decimal("0.00")  # 10.00 levied, less what A002 lost


def test_the_days_are_those_of_the_period_as_far_as_the_books_go() -> None:
    books = made(sale("2025-02-01", "A001", "100.00"), wages("2026-03-10", "5.00"))
    today = DAY("2026-11-28")
    known, end = DAY("2026-03-10"), datetime.date.max
    assert days_of(books, Period(datetime.date.min, end, known, today)) == (DAY("2026-01-01"), known, None)
    assert days_of(books, Period(DAY("2025-01-01"), DAY("2026-01-01"), DAY("2025-12-31")))[:2] == (
        DAY("2025-01-01"),
        DAY("2025-12-31"),
    )
    assert days_of(books, Period(DAY("2027-01-01"), DAY("2028-01-01"), known, today))[1] == DAY("2027-12-31")
    nothing = made()
    assert days_of(nothing, Period(datetime.date.min, end, today))[1] == today
    assert [each.month for each in treasury_months(nothing, Span(DAY("2026-01-01"), today))] == [Month(2026, 11)]


def test_the_months_begin_with_the_books_and_end_with_the_days() -> None:
    books = made(sale("2026-02-01", "A001", "100.00"), wages("2026-03-10", "5.00"))
    found = treasury_months(books, Span(DAY("2026-01-01"), DAY("2026-03-10")))
    assert [(str(each.month), each.last, *map(str, each.held)) for each in found] == [
        ("2026-02", DAY("2026-02-28"), "0.00", "100.00", "100.00"),
        ("2026-03", DAY("2026-03-10"), "-5.00", "100.00", "95.00"),
    ]
    long = treasury_months(books, Span(DAY("2028-01-01"), DAY("2028-06-30")))
    assert (len(long), str(long[0].month)) == (12, "2027-07")


days = st.dates(DAY("2025-01-01"), DAY("2026-12-31")).map(str)
cents = st.integers(1, 10**6).map(lambda each: str(Decimal(each) / 100))
entries = st.one_of(
    st.builds(sale, days, st.sampled_from(["A001", "A002"]), cents),
    st.builds(cost, days, st.sampled_from(["A001", "A002"]), cents),
    st.builds(wages, days, cents),
)


@settings(max_examples=40, deadline=None)  # a load each
@given(st.lists(entries, max_size=8), days, st.integers(0, 400), st.booleans())
def test_each_figure_is_that_of_its_entries_and_of_a_query(
    found: list[str], first: str, length: int, is_opened: bool
) -> None:
    books = made(*found, *([OPENING] if is_opened else []))
    span = Span(DAY(first), DAY(first) + datetime.timedelta(days=length))
    year_before = span.year_before().last
    money = {"own": Meaning(unit="COOP", numbers=("5",)), "activities": Meaning(unit=ACTIVITIES, numbers=("5",)),
             "total": Meaning(numbers=("5",))}  # fmt: skip
    worth = {"own": Meaning("own-equity"), "activities": Meaning("claimed"), "total": Meaning("equity")}
    for moved, meant in ((treasury(books, span), money), (equity(books, Balances(books), span), worth)):
        for each in moved:
            meaning = meant[each.owner]._replace(since=span.first, until=span.last)
            assert made_of(books, meaning._replace(part="start")).total == each.start
            assert made_of(books, meaning._replace(part="change")).total == each.change
            assert made_of(books, meaning._replace(since=None)).total == each.end
            if each.before is not None:
                assert made_of(books, meaning._replace(since=None, until=year_before)).total == each.before
                assert made_of(books, meaning._replace(since=day_after(year_before))).total == each.difference
    until = f"date <= {span.last}"
    own, activities, total = treasury(books, span)
    assert total.end == asked(books, until, "5")
    assert own.end == asked(books, until, "5", unit="COOP")
    assert own.end + activities.end == total.end
    own, activities, total = equity(books, Balances(books), span)
    claims = [-asked(books, until, *EARNED, unit=unit) for unit in ("A001", "A002")]
    assert activities.end == sum(claim for claim in claims if claim > 0)
    assert total.end == -asked(books, until, "1", "6", "7")
    assert own.end == total.end - activities.end


@settings(max_examples=40, deadline=None)  # a load each
@given(st.lists(entries, max_size=8))
def test_what_is_drawn_of_an_activity_is_that_of_its_entries(found: list[str]) -> None:
    books, unit = made(*found), "A001"
    months = [Month(2026, number) for number in range(1, 13)]
    drawn = in_bars(books.sums, unit, months)
    lines = {each.key: each.months for each in statement(books.sums, books.activities[unit], months)}
    assert drawn["sales"] == lines["sales"]
    assert drawn["result"] == lines["result"]
    for key, (numbers, but) in IN_BARS.items():
        for month, amount in zip(months, drawn[key], strict=True):
            own = Meaning(unit=unit, numbers=numbers, but=but, since=month.first_day, until=month.last_day, sign=-1)
            assert made_of(books, own).total == amount
    period = Period(DAY("2025-06-01"), DAY("2026-07-01"), DAY("2026-06-30"))
    points = by_day(books.sums, unit, period)
    assert all(period.holds(day) for day, _ in points)
    assert all(before != after for (_, before), (_, after) in pairwise(points))
    assert all(amount == available(books.sums, unit, day_after(day)) for day, amount in points)
    last = [
        day for day in (datetime.date(2026, 6, 30) - datetime.timedelta(days=each) for each in range(395)) if points
    ]
    held = dict(points)
    for day in last[:60]:
        known = max((each for each in held if each <= day), default=None)
        assert known is None or held[known] == available(books.sums, unit, day_after(day))


def activity(*directives: str) -> Activity:
    text = "".join(f"{line}\n" for line in directives)
    found, errors, options = loader.load_string('option "operating_currency" "EUR"\nplugin "beancoop"\n' + text)
    assert not errors, errors
    return loaded(found, options).activities["A001"]


BEGUN = '2026-01-05 custom "activity" "A001"\n  months: 12'
PAUSED = '2026-03-01 custom "activity-pause" "A001"'
RESUMED = '2026-04-01 custom "activity-resume" "A001"'


@pytest.mark.parametrize(
    ("directives", "today", "stretches"),
    [
        ((BEGUN,), "2025-12-01", ["2026-01-05 2027-01-04 left"]),
        ((BEGUN,), "2026-05-31", ["2026-01-05 2026-05-31 used", "2026-06-01 2027-01-04 left"]),
        ((BEGUN,), "2027-03-01", ["2026-01-05 2027-01-04 used"]),
        ((BEGUN, PAUSED), "2026-03-10", ["2026-01-05 2026-02-28 used", "2026-03-01 2026-03-10 paused"]),
        (
            (BEGUN, PAUSED, RESUMED),
            "2026-04-30",
            [
                "2026-01-05 2026-02-28 used", "2026-03-01 2026-03-31 paused", "2026-04-01 2026-04-30 used",
                "2026-05-01 2027-02-04 left",
            ],
        ),
        (
            (BEGUN, '2026-02-10 custom "activity-exit" "A001" "employed"'),
            "2026-04-30",
            ["2026-01-05 2026-02-10 used"],
        ),
        ((BEGUN,), "2026-01-05", ["2026-01-05 2026-01-05 used", "2026-01-06 2027-01-04 left"]),
    ],
)  # fmt: skip
def test_the_clock_is_told_in_stretches(directives: tuple[str, ...], today: str, stretches: list[str]) -> None:
    found = clock(activity(*directives), DAY(today))
    assert [f"{first} {last} {state}" for first, last, state in found] == stretches


@settings(max_examples=40, deadline=None)  # a load each
@given(st.lists(st.integers(1, 200), max_size=6), st.integers(-100, 1500))
def test_the_clock_has_no_gap_and_counts_the_pauses(lengths: list[int], today: int) -> None:
    start = DAY("2026-01-05")
    day, lines, paused = start, [BEGUN], set()
    for number, length in enumerate(lengths):
        day, before = day + datetime.timedelta(days=length), day
        if number % 2 and before <= DAY("2026-12-01"):
            lines += [f'{before} custom "activity-pause" "A001"', f'{day} custom "activity-resume" "A001"']
            paused |= {before + datetime.timedelta(days=each) for each in range(length)}
    on = start + datetime.timedelta(days=today)
    found = clock(activity(*lines), on)
    assert found[0][0] == start
    assert all(day_before(after[0]) == before[1] for before, after in pairwise(found))
    for first, last, state in found:
        assert first <= last
        for each in range((last - first).days + 1):
            own = first + datetime.timedelta(days=each)
            assert state == ("paused" if own in paused else "left" if own > on else "used")
