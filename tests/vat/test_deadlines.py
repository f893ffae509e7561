"""By when a return is due: the 25th after a quarter, the 20th after a month or the working day after it."""

from __future__ import annotations

import pytest
from beancoop.vat.deadlines import clients_day, due_day
from beancoop.vat.periods import VatPeriod


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ("2025-Q4", "2026-01-25"),  # a Sunday: nothing shifts since October 2025
        ("2026-Q1", "2026-04-25"),
        ("2026-Q2", "2026-07-25"),
        ("2026-Q3", "2026-10-25"),
        ("2024-Q4", "2025-01-27"),  # a Saturday before that
        ("2026-01", "2026-02-20"),
        ("2026-05", "2026-06-22"),  # a Saturday
        ("2025-06", "2025-07-22"),  # a Sunday before the national holiday
        ("2025-03", "2025-04-22"),  # Easter, and its Monday
        ("2031-12", "2032-01-20"),
        ("2024-Q3", "None"),  # before the data
        ("9999-Q4", "9999-12-25"),  # the calendar ends
        ("9999-01", "9999-02-22"),  # no Easter is known so far ahead
    ],
)
def test_a_return_is_due(period, day):
    assert str(due_day(VatPeriod.parse(period))) == day


@pytest.mark.parametrize(("year", "day"), [(2025, "2026-03-31"), (1990, "None"), (9999, "None")])
def test_the_listing_of_customers_is_due(year, day):
    assert str(clients_day(year)) == day
