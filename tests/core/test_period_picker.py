"""The periods to pick: this month, quarter and financial year, and what comes before and after."""

from __future__ import annotations

import datetime

import pytest
from beancoop.model.cooperative import Cooperative
from beancoop.model.months import Month
from beancoop.model.periods import Span
from beancoop.statements.period_picker import picker
from hypothesis import given
from hypothesis import strategies as st

DAY = datetime.date(2026, 8, 31)
CALENDAR, SHIFTED = Cooperative(), Cooperative(year_start=(7, 1))
LONG_FIRST = Cooperative(first_year=datetime.date(2024, 9, 1), first_year_end=datetime.date(2025, 12, 31))


def span(first: str, last: str, year: int | None = None) -> Span:
    return Span(datetime.date.fromisoformat(first), datetime.date.fromisoformat(last), year)


def test_of_now_there_are_this_month_quarter_and_year_and_the_month_before() -> None:
    found = picker(CALENDAR, DAY, None)
    assert found.month == span("2026-08-01", "2026-08-31")
    assert found.quarter == span("2026-07-01", "2026-09-30")
    assert found.year == span("2026-01-01", "2026-12-31", 2026)
    assert (found.previous, found.following) == (span("2026-07-01", "2026-07-31"), None)


def test_a_financial_year_may_differ_from_the_calendars() -> None:
    assert picker(SHIFTED, DAY, None).year == span("2026-07-01", "2027-06-30", 2027)
    assert picker(SHIFTED, DAY, SHIFTED.year(2026)).previous == span("2024-07-01", "2025-06-30", 2025)
    assert picker(SHIFTED, DAY, SHIFTED.year(2026)).following == span("2026-07-01", "2027-06-30", 2027)
    long = LONG_FIRST.year(2025)
    assert picker(LONG_FIRST, DAY, long).previous is None  # there was no cooperative yet
    assert picker(LONG_FIRST, DAY, LONG_FIRST.year(2026)).previous == long


@pytest.mark.parametrize(
    ("shown", "previous", "following"),
    [
        (("2026-02-01", "2026-02-28"), ("2026-01-01", "2026-01-31"), ("2026-03-01", "2026-03-31")),
        (("2026-04-01", "2026-06-30"), ("2026-01-01", "2026-03-31"), ("2026-07-01", "2026-09-30")),
        (("2025-09-01", "2026-08-31"), ("2024-09-01", "2025-08-31"), None),
        (("2026-03-10", "2026-03-16"), ("2026-03-03", "2026-03-09"), ("2026-03-17", "2026-03-23")),
        (("0001-01-01", "0001-01-31"), None, ("0001-02-01", "0001-02-28")),
        (("9999-12-01", "9999-12-31"), ("9999-11-01", "9999-11-30"), None),
    ],
)
def test_before_and_after_are_as_long_as_what_is_shown(
    shown: tuple[str, str], previous: tuple[str, str] | None, following: tuple[str, str] | None
) -> None:
    found = picker(CALENDAR, DAY, span(*shown))
    assert found.previous == (span(*previous) if previous else None)
    assert found.following == (span(*following) if following else None)


@given(st.dates(), st.dates(), st.dates(), st.sampled_from([CALENDAR, SHIFTED, LONG_FIRST]))
def test_whatever_is_shown_the_neighbours_touch_it(
    one: datetime.date, other: datetime.date, day: datetime.date, cooperative: Cooperative
) -> None:
    shown = Span(min(one, other), max(one, other))
    found = picker(cooperative, day, shown)
    if found.previous:
        assert found.previous.after == shown.first
    if found.following:
        assert found.following.first == shown.after
        assert found.following.first <= day
    assert found.month.first <= day <= found.month.last
    assert found.quarter.first <= day <= found.quarter.last


@given(st.integers(1, 9999 * 12 - 24), st.integers(1, 24), st.dates())
def test_of_whole_months_the_neighbours_are_as_many(start: int, count: int, day: datetime.date) -> None:
    first = Month.numbered(start + 11)
    shown = Span(first.first_day, first.later(count - 1).last_day)
    found = picker(CALENDAR, day, shown)
    for each in (found.previous, found.following):
        assert each is None or len(each.months) == count
