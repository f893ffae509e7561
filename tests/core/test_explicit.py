"""Amounts are written, to the cent, and tolerate nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from beancoop.loading.ledger import Ledger
from beancoop.rules.written_amounts import inexact
from loading import load

BOOK = """2026-01-10 * "x"
  Assets:40:400-Clients:COOP  {amount}
  Assets:55:5500-Banque:COOP  {other}
2026-01-11 balance Assets:55:5500-Banque:COOP  -10.00 {tolerance} EUR
"""


@pytest.mark.parametrize(
    ("amount", "other", "tolerance", "found"),
    [
        ("10.00 EUR", "-10.00 EUR", "", []),
        ("10.000 EUR", "-10.00 EUR", "", []),
        ("10.00 EUR", "", "", [(3, "has no amount of its own; write it, -10.00 EUR")]),
        ("10.005 EUR", "-10.005 EUR", "~ 1", [(2, "finer"), (3, "finer than a cent"), (4, "tolerates 1")]),
        (f"{'7' * 30}.001 EUR", "-10.00 EUR", "", [(2, "finer")]),
        ("1.23456 USD @@ 10.00 EUR", "-10.00 EUR", "", []),
    ],
)
def test_what_is_left_out_tolerated_or_too_fine(amount, other, tolerance, found):
    loaded = load(BOOK.format(amount=amount, other=other, tolerance=tolerance))
    findings = list(inexact(Ledger(Path("x"), *loaded)))
    assert [(finding.line, words in finding.message) for finding, (_, words) in zip(findings, found, strict=True)] == [
        (line, True) for line, _ in found
    ]


def test_a_ledger_that_lets_differences_pass():
    (finding,) = inexact(Ledger(Path("x"), *load("", options='option "operating_currency" "EUR"\n')))
    assert 'add the line: option "tolerance_multiplier" "0"' in finding.message
    assert finding.line == 1


FACTORS = " * ".join(["7" * 200] * 80)  # a product has more digits than a number may be written with


@pytest.mark.parametrize(
    "ledger",
    [
        '9999-12-01 custom "activity" "A001"\n9999-12-31 custom "activity-exit" "A001" "stopped"\n',
        (
            '9999-12-31 custom "activity" "A001"\n9999-12-31 * "x"\n  Income:70:700-V:A001  -1 EUR\n'
            "  Assets:40:400-C:A001  1 EUR\n"
        ),
        (
            '2026-01-01 custom "activity" "A001"\n2026-01-02 custom "activity-pause" "A001"\n'
            '9999-12-31 custom "activity-resume" "A001"\n9999-12-31 * "x"\n  Income:70:700-V:A001  -1 EUR\n'
            "  Assets:40:400-C:A001  1 EUR\n"
        ),
        (
            '2026-01-01 custom "activity" "A001"\n2026-01-02 * "x"\n'
            f"  Expenses:60:600-A:A001  {'9' * 60} EUR\n  Assets:40:400-C:A001  -{'9' * 60} EUR\n"
        ),
        (
            '2026-01-01 custom "activity" "A001"\n2026-01-02 * "x"\n'
            f"  Income:70:700-V:A001  -1 * {FACTORS} EUR\n  Assets:40:400-C:A001  {FACTORS} EUR\n"
        ),
        '9999-12-31 custom "closed" "9999-12" "COOP"\n',
    ],
)
def test_the_end_of_the_calendar_and_of_numbers_ends_no_load(ledger):
    assert [error.message for error in load(ledger).errors if "Traceback" in error.message] == []
