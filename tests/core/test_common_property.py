"""The lock on the common property: what may leave reserves, results and shares, and what is paid on shares."""

from __future__ import annotations

import datetime

import pytest
from beancoop.reserves import reserves
from beancount.core.data import EMPTY_SET, Posting, Transaction, new_metadata
from beancount.parser.options import OPTIONS_DEFAULTS
from loading import load

RESERVE, OTHER = "Equity:13:1311-ReserveIndisponible:COOP", "Equity:13:133-ReserveDisponible:COOP"
UNTAXED, RELEASED = "Equity:13:132-ReserveImmunisee:COOP", "Income:78:789-Prelevement:COOP"
STATUTORY = "Equity:13:1319-AutresIndisponibles:COOP"
RESULT, LOSS, ABSORBED = (
    "Equity:14:140-ResultatReporte:COOP",
    "Equity:14:141-PerteReportee:COOP",
    "Income:79:792-PrelevementReserves:COOP",
)
BANK, DUE, TAX = (
    "Assets:55:5500-Banque:COOP",
    "Liabilities:47:471-Dividendes:COOP",
    "Liabilities:45:453-Precomptes:COOP",
)
DIVIDEND, DIRECTORS = "Expenses:69:694-Remuneration:COOP", "Expenses:69:695-Administrateurs:COOP"
TO_RESERVE, TO_CARRY = "Expenses:69:6921-Dotation:COOP", "Expenses:69:693-AReporter:COOP"
SHARE, OTHER_SHARE = "Equity:11:1109-Apports:COOP", "Equity:11:1119-ApportsIndisponibles:COOP"
RENT, SALES = "Expenses:61:610-Loyers:COOP", "Income:70:700-Ventes:COOP"


def entry(date: str, *postings: tuple[str, str], tag: str = "", meta: str = "") -> str:
    return f'{date} * "x" {tag}\n{meta}' + "".join(f"  {account}  {amount} EUR\n" for account, amount in postings)


def move(
    debit: str, credit: str, amount: str = "100.00", date: str = "2026-06-30", tag: str = "", meta: str = ""
) -> str:
    return entry(date, (debit, amount), (credit, f"-{amount}"), tag=tag, meta=meta)


def codes(*texts: str) -> list[str]:
    return [message.rpartition("[")[2][:-1] for _, message in load("".join(texts), plugin="beancoop.reserves").told]


SHARES = move(BANK, SHARE, "1000.00", "2025-01-02")
LOST = move(RENT, BANK, "100.00", "2026-01-31")


@pytest.mark.parametrize("against", [BANK, DUE, SHARE, OTHER_SHARE, RENT])
@pytest.mark.parametrize("reserve", [RESERVE, STATUTORY])
def test_an_indivisible_reserve_leaves_to_nothing_else(reserve, against):
    assert codes(move(reserve, against)) == ["BC341"]


def test_an_indivisible_reserve_leaves_to_another_and_to_no_other_kind():
    assert codes(move(RESERVE, STATUTORY)) == []
    assert codes(move(RESERVE, OTHER)) == ["BC341"]
    assert codes(move(OTHER, RESERVE)) == []


@pytest.mark.parametrize("absorbed", [ABSORBED, LOSS, RESULT])
def test_a_reserve_absorbs_a_loss_that_is_there_and_no_more(absorbed):
    assert codes(LOST, move(RESERVE, absorbed, "100.00")) == []
    assert codes(LOST, move(RESERVE, absorbed, "100.01")) == ["BC343"]
    assert codes(move(RESERVE, absorbed)) == ["BC343"]


def test_a_loss_that_was_absorbed_is_absorbed_once():
    assert codes(LOST, move(RESERVE, ABSORBED, "60.00"), move(RESERVE, ABSORBED, "60.00", "2026-07-01")) == ["BC343"]


def test_other_reserves_leave_to_each_other_and_into_the_result():
    assert codes(move(UNTAXED, RELEASED)) == []
    assert codes(move(OTHER, UNTAXED)) == []
    assert codes(move(OTHER, BANK)) == ["BC342"]
    assert codes(move(RESERVE, RELEASED)) == ["BC341"]


def test_the_result_leaves_by_a_decision_alone():
    appropriated = entry(
        "2026-05-28", (RESULT, "40.00"), (DIVIDEND, "40.00"), ("Income:79:790-Reporte:COOP", "-40.00"), (DUE, "-40.00")
    )
    assert codes(SHARES, appropriated) == []
    assert codes(move(RESULT, BANK)) == ["BC344"]
    assert codes(move(RESULT, DUE)) == ["BC344"]


def test_what_enters_the_result_was_somebody_s_result():
    assert codes(move(BANK, RESULT)) == []  # nothing was earned yet: what stands there can only be brought in
    assert codes(LOST, move(BANK, RESULT)) == ["BC345"]


@pytest.mark.parametrize("decided", [DIVIDEND, DIRECTORS])
def test_what_is_decided_stands_against_debts_and_tax(decided):
    assert codes(SHARES, entry("2026-06-30", (decided, "50.00"), (DUE, "-35.00"), (TAX, "-15.00"))) == []
    assert codes(SHARES, move(decided, BANK, "50.00")) == ["BC346"]


def test_the_appropriation_of_a_year_is_no_loss_of_anything():
    earned = move(BANK, SALES, "1000.00", "2025-06-30")
    appropriated = entry(
        "2025-12-31",
        (TO_RESERVE, "400.00"),
        (DIVIDEND, "60.00"),
        (TO_CARRY, "540.00"),
        (RESERVE, "-400.00"),
        (DUE, "-60.00"),
        (RESULT, "-540.00"),
    )
    assert codes(SHARES, earned, appropriated) == []


@pytest.mark.parametrize("share", [SHARE, OTHER_SHARE])
def test_shares_are_paid_back_or_owed_and_never_less_than_nothing(share):
    paid_in = move(BANK, share, "100.00", "2025-01-02")
    assert codes(paid_in, move(share, BANK, "100.00")) == []
    assert codes(paid_in, move(share, "Liabilities:48:489-Autres:COOP", "40.00")) == []
    assert codes(paid_in, move(share, SALES, "40.00")) == ["BC347"]
    assert codes(paid_in, move(share, BANK, "100.01")) == ["BC348"]


def test_dividends_of_a_year_stay_under_the_ceiling_after_withholding_tax():
    assert codes(SHARES, move(DIVIDEND, DUE, "85.71")) == []  # 59.997 of 60.00
    assert codes(SHARES, move(DIVIDEND, DUE, "85.72")) == ["BC349"]
    halves = move(DIVIDEND, DUE, "43.00"), move(DIVIDEND, DUE, "43.00", "2026-12-30")
    assert codes(SHARES, *halves) == ["BC349"]


def test_the_year_is_the_one_that_is_appropriated_whatever_the_entry_s_date():
    first, second = move(DIVIDEND, DUE, "60.00"), move(DIVIDEND, DUE, "60.00", "2026-12-31")
    assert codes(SHARES, first, second) == []  # of 2025, and of 2026 on its last day
    assert codes(SHARES, first, move(DIVIDEND, DUE, "60.00", "2026-12-31", meta="  appropriates: 2025\n")) == ["BC349"]


def test_the_shares_are_those_of_the_end_of_the_year():
    later = move(BANK, SHARE, "1000.00", "2026-01-02")
    assert codes(SHARES, later, move(DIVIDEND, DUE, "100.00")) == ["BC349"]
    assert codes(SHARES, later, move(DIVIDEND, DUE, "100.00", "2026-12-31")) == []


def test_ceiling_and_tax_are_those_of_the_entry_s_day():
    declared = '2025-01-01 custom "cooperative" "C"\n  dividend-ceiling: 0.04\n  withholding: 0.15\n'
    changed = '2027-01-01 custom "cooperative-terms" "C"\n  dividend-ceiling: 0.06\n'
    assert codes(declared, changed, SHARES, move(DIVIDEND, DUE, "47.05")) == []
    assert codes(declared, changed, SHARES, move(DIVIDEND, DUE, "47.06")) == ["BC349"]
    assert codes(declared, changed, SHARES, move(DIVIDEND, DUE, "70.58", "2027-06-30")) == []


def test_an_opening_brings_balances_in_and_is_left_alone():
    opened = entry("2025-01-01", (BANK, "500.00"), (RESERVE, "-300.00"), (RESULT, "-200.00"), tag="#opening")
    assert codes(LOST, opened) == []
    assert codes(opened.replace("-200.00", "200.00").replace("500.00", "100.00")) == []


def test_what_takes_an_entry_back_under_its_link_is_no_second_mistake():
    wrong, back = move(BANK, RESERVE, tag="^R1"), move(RESERVE, BANK, date="2026-07-01", tag="^R1")
    assert codes(wrong, back) == []
    assert codes(wrong, back.replace("^R1", "^R2")) == ["BC341"]
    assert codes(wrong, back, back) == ["BC341"]
    assert codes(wrong, back.replace("100.00", "99.00")) == ["BC341"]


def test_one_entry_is_one_error():
    assert codes(entry("2026-06-30", (RESERVE, "10.00"), (RESULT, "10.00"), (SHARE, "10.00"), (BANK, "-30.00"))) == [
        "BC341"
    ]


def test_a_reserve_that_leaves_by_way_of_14_is_refused_twice():
    """Once where it is called a result though no loss is there, and once where that result leaves (reserve-par-14)."""
    carried = move(RESERVE, RESULT, "3000.00", "2026-06-20")
    left = move(RESULT, BANK, "3000.00", "2026-06-21")
    held = move(BANK, SHARE, "10000.00", "2025-01-02") + move(BANK, RESERVE, "5000.00", "2025-01-03")
    assert codes(held, carried, left) == ["BC343", "BC344"]


@pytest.mark.parametrize(
    "entries",
    [
        # a share paid back at its nominal value to a member who leaves (remboursement-1119)
        (move(BANK, OTHER_SHARE, "1000.00", "2025-01-02"), move(OTHER_SHARE, BANK, "250.00", "2025-06-30")),
        # untaxed reserves released into the result (reserves-immunisees)
        (move(BANK, UNTAXED, "100.00", "2025-01-02"), move(UNTAXED, RELEASED, "40.00", "2025-12-31")),
        # a dividend of 6 % of the shares after withholding tax of 30 %: 857.14, of which 600.00 (dividende-net)
        (
            move(BANK, SHARE, "10000.00", "2025-01-02"),
            move(BANK, RESULT, "5000.00", "2025-01-03"),
            move(DIVIDEND, DUE, "857.14", "2026-06-20"),
        ),
    ],
)
def test_what_the_law_allows_is_no_error(entries):
    assert codes(*entries) == []


def test_a_cent_more_of_dividend_is_one_too_much():
    shares = move(BANK, SHARE, "10000.00", "2025-01-02")
    assert len(codes(shares, move(DIVIDEND, DUE, "857.15", "2026-06-20"))) == 1


def test_what_another_plugin_leaves_without_an_amount_is_passed_over():
    bare = Posting(RESERVE, None, None, None, None, None)
    moved = Transaction(new_metadata("x", 1), datetime.date(2026, 6, 30), "*", None, "x", EMPTY_SET, EMPTY_SET, [bare])
    tolerant = {**OPTIONS_DEFAULTS, "operating_currency": ["EUR"], "include": [], "plugin": []}
    assert reserves([moved], tolerant) == ([moved], [])
