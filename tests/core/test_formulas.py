"""Each formula of the core against a slow and obvious one."""

from __future__ import annotations

import datetime
import math
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from beancoop.model.money import to_cent
from beancoop.model.months import Month, months_between
from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st
from loading import load, sale

ONE_DAY = datetime.timedelta(days=1)
FIRST = datetime.date(2025, 1, 1)
amounts = st.decimals(-100_000, 100_000, places=5)


@given(amounts)
def test_rounding_is_half_away_from_zero_to_the_cent(amount):
    cents = Fraction(amount) * 100
    expected = math.copysign(math.floor(abs(cents) + Fraction(1, 2)), cents)
    assert to_cent(amount) * 100 == int(expected)
    assert str(to_cent(Decimal("-0.001"))) == "0.00"


@given(st.dates(datetime.date(1, 1, 1), datetime.date(9999, 12, 31)))
def test_a_month_begins_and_ends_where_its_days_do(day):
    month = Month.of(day)
    assert month.first_day <= day <= month.last_day
    assert month.first_day.day == 1
    assert month.last_day == datetime.date.max or (month.last_day + ONE_DAY).day == 1
    assert Month.parse(str(month)) == month


@given(st.dates(), st.integers(0, 200))
def test_months_follow_each_other_without_gap(day, count):
    if day.year + count // 12 < 9990:
        first = Month.of(day)
        last = Month.of(day.replace(day=1) + relativedelta(months=count))
        months = list(months_between(first, last))
        assert len(months) == count + 1
        assert all(before.last_day + ONE_DAY == after.first_day for before, after in pairwise(months))


@st.composite
def lives(draw):
    """Draw a start, a number of months, and pauses that follow each other, the last perhaps without end."""
    start = FIRST + draw(st.integers(0, 400)) * ONE_DAY
    months = draw(st.integers(1, 8))
    day, pauses = start, []
    for _ in range(draw(st.integers(0, 3))):
        begin = day + draw(st.integers(0, 120)) * ONE_DAY
        day = begin + draw(st.integers(1, 60)) * ONE_DAY
        pauses.append((begin, day))
    if pauses and draw(st.booleans()):
        pauses[-1] = (pauses[-1][0], datetime.date.max)
    leaving = start + draw(st.integers(0, 400)) * ONE_DAY if draw(st.booleans()) else datetime.date.max
    return start, months, pauses, leaving


def selling_days(start, months, pauses, leaving):
    """Walk day by day: the clock has so many days to give, and gives none in a pause."""
    end = start + relativedelta(months=months)
    left = (end - start).days + (end.day != start.day)  # a month without that day gives its last one
    day = start
    while left and day <= leaving and day < FIRST + 2000 * ONE_DAY:
        if not any(begin <= day < end for begin, end in pauses):
            yield day
            left -= 1
        day += ONE_DAY


@settings(max_examples=60, deadline=None)
@given(lives(), st.lists(st.integers(-30, 900), min_size=1, max_size=40, unique=True))
def test_an_activity_sells_on_the_days_that_a_calendar_walk_gives(life, offsets):
    start, months, pauses, leaving = life
    lines = [f'{start} custom "activity" "A001"\n  months: {months}\n']
    for begin, end in pauses:
        lines.append(f'{begin} custom "activity-pause" "A001"\n')
        if end != datetime.date.max:
            lines.append(f'{end} custom "activity-resume" "A001"\n')
    if leaving != datetime.date.max:
        lines.append(f'{leaving} custom "activity-exit" "A001" "employed"\n')
    days = [start + offset * ONE_DAY for offset in offsets]
    ledger = "".join([*lines, *(sale(str(day), "1.00") for day in days)])
    refused = {error.entry.date for error in load(ledger, "beancoop.life").errors}
    allowed = set(selling_days(start, months, pauses, leaving))
    assert refused == {day for day in days if day not in allowed}


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(-500, 500)), max_size=25),
    st.integers(0, 300),
    st.integers(0, 12),
    st.integers(0, 300),
)
def test_a_treasury_is_told_on_each_day_it_falls_below_its_overdraft(movements, overdraft, change_day, overdraft_after):
    change = FIRST + change_day * ONE_DAY
    lines = [
        f'{FIRST} custom "activity" "A001"\n  overdraft: {overdraft} EUR\n',
        f'{change} custom "activity-terms" "A001"\n  overdraft: {overdraft_after} EUR\n',
    ]
    for offset, amount in movements:
        lines.append(f'{FIRST + offset * ONE_DAY} * "x"\n  Assets:55:5500-Banque:A001  {amount} EUR\n')
        lines.append(f"  Assets:40:400-Clients:A001  {-amount} EUR\n")
    told = [error.message.partition("end of ")[2][:10] for error in load("".join(lines), "beancoop.treasury").errors]
    expected, was_below = [], False
    for offset in range(14):
        day = FIRST + offset * ONE_DAY
        total = sum(amount for moved, amount in movements if moved <= offset)
        is_below = total < -(overdraft_after if day >= change else overdraft)
        if is_below and not was_below:
            expected.append(str(day))
        was_below = is_below
    assert sorted(told) == expected
