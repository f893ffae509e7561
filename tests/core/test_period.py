"""The days a statement is of, and the months of an activity on them."""

from __future__ import annotations

import datetime

import pytest
from beancoop.model.cooperative import Cooperative
from beancoop.model.months import Month
from beancoop.model.periods import Span
from beancoop.model.register import read_register
from hypothesis import given
from hypothesis import strategies as st
from loading import load

DAY = datetime.date.fromisoformat


@pytest.mark.parametrize(
    ("span", "first", "last", "text", "before"),
    [
        (Span.of_month(Month(2026, 2)), "2026-02-01", "2026-02-28", "2026-02", "2025-02"),
        (Span.of_month(Month(2025, 2)), "2025-02-01", "2025-02-28", "2025-02", "2024-02"),
        (Span.of_month(Month(2024, 2)), "2024-02-01", "2024-02-29", "2024-02", "2023-02"),
        (Span.of_quarter(2026, 1), "2026-01-01", "2026-03-31", "2026-q1", "2025-q1"),
        (Span.of_quarter(2026, 4), "2026-10-01", "2026-12-31", "2026-q4", "2025-q4"),
        (Span.of_year(2026), "2026-01-01", "2026-12-31", None, "2025-01-01_2025-12-31"),
        (Span(DAY("2026-01-01"), DAY("2026-08-31")), "2026-01-01", "2026-08-31", None, "2025-01-01_2025-08-31"),
    ],
)
def test_a_span_has_a_name_and_a_year_before(span, first, last, text, before):
    assert (span.first, span.last) == (DAY(first), DAY(last))
    assert str(span) == (text or f"{first}_{last}")
    assert str(span.year_before()) == before


@given(st.dates(datetime.date(1900, 1, 1)), st.integers(0, 800))
def test_the_day_after_is_the_first_that_does_not_count(first, days):
    last = min(first, datetime.date.max - datetime.timedelta(801)) + datetime.timedelta(days)
    span = Span(min(first, last), last)
    assert span.after - span.last == datetime.timedelta(1)
    assert span.months[0] == Month.of(span.first)
    assert span.months[-1] == Month.of(span.last)
    assert span.period.end == span.after
    if span.quarter:
        assert Span.of_quarter(*span.quarter) == span


ACTIVITY = """
2026-01-05 custom "activity" "A001"
2026-05-01 custom "activity-pause" "A001"
2026-06-15 custom "activity-resume" "A001"
2027-03-01 custom "activity-exit" "A001" "employed"
"""


@pytest.mark.parametrize(
    ("day", "used", "left"),
    [
        ("2026-01-05", 0, 18),
        ("2026-02-04", 1, 17),
        ("2026-04-30", 3, 14),
        ("2026-05-31", 3, None),  # the clock stands still
        ("2026-06-15", 3, 14),
        ("2027-03-01", 12, 5),
        ("2027-03-02", 12, None),  # she has left
    ],
)
def test_months_used_and_left(day, used, left):
    loaded = load(ACTIVITY)
    activity = read_register(loaded.entries, loaded.options).activities["A001"]
    assert (activity.months_used(DAY(day)), activity.months_left(DAY(day))) == (used, left)


@given(
    st.dates(datetime.date(2000, 1, 1), datetime.date(2040, 12, 31)),
    st.sampled_from([(1, 1), (7, 1), (4, 15), (12, 31)]),
    st.none() | st.tuples(st.dates(datetime.date(2019, 1, 1), datetime.date(2021, 12, 31)), st.integers(30, 700)),
)
def test_each_day_is_in_its_financial_year_and_years_follow_one_another(day, start, first):
    begin, length = first or (None, 0)
    end = begin + datetime.timedelta(length) if begin else None
    cooperative = Cooperative(year_start=start, first_year=begin, first_year_end=end)
    year = cooperative.year_with(day)
    assert cooperative.year(year.year) == year
    if first is None:
        assert (year.first.month, year.first.day) == start
        assert year.first <= day <= year.last
    elif year.last.year != end.year:  # two years may bear the number of the first one's end, which check refuses
        assert year.first <= day <= year.last
        assert not (begin <= day <= end)
    if year.year == year.last.year != (end or year.last).year:
        following = cooperative.year_with(year.after)
        assert following.first in {year.after, begin} or following.year == (end and end.year)
    assert cooperative.named(Span(year.first, year.last)) == year
    assert not cooperative.cuts(year)


def test_the_years_at_both_ends_of_the_calendar_are_there():
    for start in ((1, 1), (7, 1)):
        cooperative = Cooperative(year_start=start)
        for day in (datetime.date.min, datetime.date.max):
            year = cooperative.year_with(day)
            assert year.first <= year.last
            assert year.year == day.year
        assert cooperative.year_before(cooperative.year(1)) is None
        assert cooperative.year_with(datetime.date(2026, 3, 1)) == cooperative.year(2026)
    assert Cooperative().year_with(datetime.date.max) == Span(datetime.date(9999, 1, 1), datetime.date.max, 9999)


def test_a_span_is_compared_with_the_same_days_a_year_earlier():
    cooperative = Cooperative()
    march, year = Span.of_month(Month(2026, 3)), cooperative.year(2026)
    assert str(cooperative.year_before(march)) == "2025-03"
    assert cooperative.year_before(year) == cooperative.year(2025)
    assert str(Cooperative(year_start=(7, 1)).year_before(Cooperative(year_start=(7, 1)).year(2026))) == "2025"


def test_a_first_year_may_end_on_any_day_and_the_next_has_what_it_leaves():
    day = datetime.date
    cooperative = Cooperative(year_start=(7, 1), first_year=day(2025, 1, 1), first_year_end=day(2025, 8, 31))
    assert cooperative.year(2025) == Span(day(2025, 1, 1), day(2025, 8, 31), 2025)
    assert cooperative.year(2026) == Span(day(2025, 9, 1), day(2026, 6, 30), 2026)
    assert cooperative.year(2027) == Span(day(2026, 7, 1), day(2027, 6, 30), 2027)
    assert cooperative.year(2024) == Span(day(2023, 7, 1), day(2024, 6, 30), 2024)
    assert [cooperative.year_of(each) for each in (day(2025, 7, 15), day(2025, 9, 1))] == [2025, 2026]
