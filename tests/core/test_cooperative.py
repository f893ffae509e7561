"""The cooperative as its directives declare it: what contradicts itself is refused, once, at its line."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from beancoop.model.periods import Span
from beancoop.model.register import read_register
from loading import load

DECLARED = '2025-01-01 custom "cooperative" "Les Sources SC"\n'
TERMS = '2027-01-01 custom "cooperative-terms" "Les Sources SC"\n'


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (DECLARED + DECLARED, "BC151", 2),
        (DECLARED + TERMS.replace("Les Sources", "La Source"), "BC152", 2),
        (TERMS, "BC153", 1),
        (DECLARED + TERMS.replace("2027", "2024"), "BC154", 2),
        (DECLARED + TERMS + TERMS, "BC155", 3),
        (DECLARED + "  first-year: 2025-01-01\n  first-year-end: 2024-12-31\n", "BC156", 1),
        (DECLARED + "  first-year-end: 2025-12-31\n", "BC157", 1),
        (DECLARED + "  first-year: 2025-01-01\n  first-year-end: 2025-06-30\n", "BC360", 1),
    ],
)
def test_what_contradicts_itself_is_refused_at_its_line(text, code, line):
    ((told, message),) = load(text).told
    assert (told, getattr(message, "code", None)) == (line, code)


def test_terms_hold_from_their_day_and_keep_what_they_do_not_say():
    text = DECLARED + TERMS + '  dividend-ceiling: 0.05\n  enterprise: "0123456749"\n'
    cooperative = register(text).cooperative
    before, after = (cooperative.terms_on(datetime.date(year, 6, 1)) for year in (2026, 2027))
    assert (before.dividend_ceiling, after.dividend_ceiling) == (Decimal("0.06"), Decimal("0.05"))
    assert before.withholding == after.withholding == Decimal("0.30")
    assert cooperative.enterprise == "0123456749"


def test_a_first_year_is_read():
    long = register(DECLARED + "  first-year: 2024-10-01\n  first-year-end: 2025-12-31\n").cooperative
    short = register(DECLARED + '  first-year: 2025-03-01\n  year-start: "07-01"\n').cooperative
    assert long.year(2025) == Span(datetime.date(2024, 10, 1), datetime.date(2025, 12, 31), 2025)
    assert short.year(2025) == Span(datetime.date(2025, 3, 1), datetime.date(2025, 6, 30), 2025)


def register(text):
    """Give the register of a ledger without an error."""
    loaded = load(text)
    found = read_register(loaded.entries, loaded.options)
    assert found.errors == ()
    return found
