"""The figures of the special report, by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from beancoop.books.books import Books
from beancoop.loading.ledger import load_ledger
from beancoop.model.periods import Span
from beancoop.year.shares import COLUMNS
from beancoop.year.special_report import special_report

LEDGER = """
option "operating_currency" "EUR"
option "tolerance_multiplier" "0"
plugin "beancoop"
2025-01-01 custom "cooperative" "Les Sources SC"
2025-03-01 custom "activity" "A001"
2026-02-01 custom "activity" "A002"
2026-03-01 custom "activity" "A003"
2026-06-30 custom "activity-exit" "A002" "employed"
2025-11-05 custom "follow-up" "A001" "commercial" 1
2026-02-12 custom "follow-up" "A001" "commercial" 1.5
2026-02-12 custom "follow-up" "A002" "marketing" 2
2026-04-01 custom "follow-up" "A001" "commercial" 0.5
2026-02-20 custom "meeting" "monthly"
2025-02-01 open Assets:55:5500-Banque:COOP
2025-02-01 open Equity:11:1109-Apports:COOP
2025-02-01 open Equity:13:1311-Reserves:COOP
2025-02-01 open Equity:14:140-Reporte:COOP
2025-02-01 open Income:74:740-Subsides:COOP
2025-02-01 open Expenses:61:610-Loyer:COOP
2025-02-01 open Expenses:69:694-Dividende:COOP
2025-02-01 open Expenses:69:6920-Dotation:COOP
2025-02-01 open Liabilities:47:471-Dividendes:COOP
2025-03-01 open Assets:55:5500-Banque:A001
2025-03-01 open Income:70:700-Ventes:A001
2025-03-01 open Expenses:61:619-Indemnites:A001
2025-02-01 * "Reprise" #opening
  Assets:55:5500-Banque:COOP     1700.00 EUR
  Equity:11:1109-Apports:COOP   -1500.00 EUR
  Equity:13:1311-Reserves:COOP   -200.00 EUR
2026-01-10 * "Subside"
  Assets:55:5500-Banque:COOP      900.00 EUR
  Income:74:740-Subsides:COOP    -900.00 EUR
2026-01-11 * "Loyer"
  Expenses:61:610-Loyer:COOP      300.00 EUR
  Assets:55:5500-Banque:COOP     -300.00 EUR
2026-04-01 * "Vente"
  Assets:55:5500-Banque:A001     1000.00 EUR
  Income:70:700-Ventes:A001     -1000.00 EUR
2026-05-01 * "Indemnité"
  Expenses:61:619-Indemnites:A001  700.00 EUR
  Assets:55:5500-Banque:A001      -700.00 EUR
2026-05-12 * "Remboursement"
  Equity:11:1109-Apports:COOP     500.00 EUR
  Assets:55:5500-Banque:COOP     -500.00 EUR
2027-05-15 * "Assemblée générale"
  appropriates: 2026
  Expenses:69:6920-Dotation:COOP    600.00 EUR
  Equity:13:1311-Reserves:COOP     -600.00 EUR
  Expenses:69:694-Dividende:COOP     80.00 EUR
  Liabilities:47:471-Dividendes:COOP  -80.00 EUR
"""
LINES = (
    "2024-01-01,M001,subscribed,A,4,1000.00,1109,",
    "2024-01-01,M002,subscribed,A,2,500.00,1109,",
    "2024-01-01,COOP,subscribed,,0,0.00,,",
    "2026-02-03,M003,transferred,A,1,250.00,1109,",
    "2026-02-03,M001,transferred,A,-1,-250.00,1109,",
    "2026-03-03,M004,refused,A,0,0.00,,",
    "2026-05-12,M002,resigned,A,-2,-500.00,1109,",
)


@pytest.fixture
def found(tmp_path):
    (tmp_path / "coop").mkdir()
    (tmp_path / "coop/shares.csv").write_text("\n".join([",".join(COLUMNS), *LINES, ""]))
    (tmp_path / "main.beancount").write_text(LEDGER)
    books = Books(load_ledger(tmp_path / "main.beancount"))
    assert books.ledger.findings == []
    return special_report(books, Span.of_year(2026)), books


def test_members_and_what_moved_them(found):
    report, _ = found
    assert report.register.findings == []
    assert report.start == (2, 6, Decimal("1500.00"))
    assert report.end == (2, 4, Decimal("1000.00"))  # M002 has left, M003 has come
    assert [(each.kind, each.lines, each.shares, str(each.paid)) for each in report.moved] == [
        ("transferred", 1, 1, "250.00"),
        ("resigned", 1, 2, "500.00"),
        ("refused", 1, 0, "0.00"),
    ]


def test_activities_come_and_go_and_are_accompanied(found):
    report, _ = found
    assert (report.course.start, report.course.entries, report.course.exits, report.course.end) == (
        1,
        2,
        {"employed": 1},
        2,
    )
    assert report.accompaniment == ({"commercial": 2, "marketing": 2}, 2, 1)


def test_means_are_those_of_the_year(found):
    report, _ = found
    assert {key: str(amount) for key, amount in report.means.items()} == {
        "turnover": "1000.00",
        "contributions": "100.00",
        "subsidies": "900.00",
        "costs": "300.00",
        "candidates": "700.00",
    }


def test_the_profit_is_used_as_the_entry_that_appropriates_it_says(found):
    report, books = found
    use = report.use
    # 900 - 300 + 1000 - 700: contributions are internal
    assert (use.result, use.parts) == (Decimal("900.00"), {"6920": Decimal("600.00"), "694": Decimal("80.00")})
    # 80 less 30 % is 56; 6 % of 1000.00 paid up at the end of the year is 60
    assert (use.gross, use.net, use.most, use.shares) == (80, 56, 60, 1000)
    before = special_report(books, Span.of_year(2025)).use
    assert (before.parts, before.gross, before.shares) == ({}, 0, Decimal("1500.00"))


def test_reserves_brought_in_by_an_opening_were_there_before(found):
    report, books = found
    assert [(each.number, str(each.start), str(each.end)) for each in report.reserves] == [("1311", "200.00", "200.00")]
    (first,) = special_report(books, Span.of_year(2025)).reserves
    assert (first.start, first.end) == (200, 200)
    (after,) = special_report(books, Span.of_year(2027)).reserves
    assert (after.start, after.end) == (200, 800)
