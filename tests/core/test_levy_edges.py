"""The edges of the levies: the accounts they need, and closings that were cut off."""

from __future__ import annotations

import pytest
from edges import ACTIVITY, COOP, CUT_OFF, directives, seal, side
from loading import load, purchase, sale

OWN = "2026-01-01 open Assets:55:5500-Banque:A001\n"
TREASURY = '  settlement: "treasury"\n  treasury: "5500-Banque"\n'


def moved(loaded) -> list[tuple[str, str]]:
    """Give the postings of what is injected."""
    return [
        (posting.account, str(posting.units))
        for entry in loaded.levies
        if "provisional" in entry.tags
        for posting in entry.postings
    ]


# Levies


def test_a_bank_account_named_without_being_chosen_settles_nothing():
    loaded = load(ACTIVITY + '  treasury: "5500-Banque"\n' + OWN + sale("2026-01-20", "100.00"))
    assert moved(loaded) == [
        ("Expenses:9:950-Contribution:A001", "10.00 EUR"),
        ("Assets:9:960-Liaison:A001", "-10.00 EUR"),
    ]


def test_the_structure_s_share_of_a_bank_account_opens_by_itself_and_an_activity_s_does_not():
    cash = "2026-01-01 open Assets:57:570-Caisse:COOP\n"
    ledger = ACTIVITY + TREASURY + cash + sale("2026-01-20", "100.00")
    assert ("Assets:55:5500-Banque:COOP", "10.00 EUR") in moved(load(ledger + OWN))
    ((line, message),) = load(ledger).told
    assert line == 1
    assert "needs Assets:55:5500-Banque:A001, which is not open" in message


def test_an_account_closed_too_early_is_told_until_when_it_is_needed():
    ledger = ACTIVITY + sale("2026-01-20", "100.00") + "2026-01-05 open Assets:9:960-Liaison:A001\n"
    ledger += "2026-01-30 close Assets:9:960-Liaison:A001\n"
    ((line, message),) = load(ledger).told
    assert line == 6
    assert "it cannot be closed before 2026-01-31" in message
    assert load(ledger.replace("2026-01-30", "2026-01-31")).told == []


def test_a_purchase_that_comes_after_the_accounts_are_closed_is_told_at_each_close():
    accounts = ("Expenses:9:950-Contribution:A001", "Assets:9:960-Liaison:A001")
    opens = "".join(f"2026-01-05 open {account}\n" for account in accounts)
    closes = "".join(f"2026-03-05 close {account}\n" for account in accounts)
    left = directives("2026-02-01", "exit", more=' "independent"')
    ledger = ACTIVITY + opens + closes + left + sale("2026-01-10", "100.00")
    assert load(ledger).told == []
    told = load(ledger + purchase("2026-04-10", "40.00")).told
    assert [line for line, _ in told] == [4, 5]
    assert all("it cannot be closed before 2026-04-30" in message for _, message in told)


@pytest.mark.parametrize(("opened", "is_early"), [("2026-01-31", True), ("2026-02-01", False)])
def test_an_account_opened_by_hand_is_there_by_the_day_of_its_first_levy(opened, is_early):
    ledger = ACTIVITY + sale("2026-01-20", "100.00") + f"{opened} open Assets:9:960-Liaison:A001\n"
    told = load(ledger).told
    assert [(line, "needs it from 2026-01-31 on" in message) for line, message in told] == [(5, True)][is_early:]


def test_an_account_of_the_structure_that_opens_late_is_told_once_for_all_activities():
    late = "2026-06-01 open Assets:9:960-Liaison:COOP\n"
    two = ACTIVITY + ACTIVITY.replace("A001", "A002") + COOP + late
    sales = sale("2026-03-20", "100.00", unit="A002") + sale("2026-01-20", "100.00") + sale("2026-07-20", "10.00")
    ((line, message),) = load(two + sales).told
    assert (line, "needs it from 2026-01-31 on" in message) == (4, True)


def test_margin_and_cumulative_are_rounded_each_from_exact_sums():
    sales = "".join(
        f'2026-0{month}-10 * "x"\n  Income:70:700-V:A001  -1.005 EUR\n  Assets:40:400-C:A001  1.005 EUR\n'
        for month in (1, 2)
    )
    metas = [levy.meta for levy in load(ACTIVITY + sales).levies]
    assert [str(meta["margin"]) for meta in metas] == ["1.01 EUR", "1.01 EUR"]
    assert [str(meta["cumulative"]) for meta in metas] == ["1.01 EUR", "2.01 EUR"]
    back = load(ACTIVITY + sale("2026-01-05", "100.00") + sales.replace("1.005", "-1.005").replace("--", "")).levies
    assert str(back[-1].meta["margin"]) == "-1.01 EUR"


def test_what_is_injected_stands_at_no_line_of_a_file():
    loaded = load(ACTIVITY + COOP + sale("2026-01-20", "100.00"))
    ours = [entry for entry in loaded.entries if entry.meta["filename"] == "<beancoop.contribution>"]
    assert len(ours) == 6
    assert {entry.meta["lineno"] for entry in ours} == {0}


def test_a_posting_without_a_price_is_told_at_its_own_line():
    ((line, _),) = load(
        ACTIVITY
        + """2026-01-20 * "Vente"
  Assets:40:400-Clients:A001  100.00 USD
  Income:70:700-VentesPrestations:A001  -100.00 USD
"""
    ).told
    assert line == 4


# A closing that was cut off


COOPS = [("Assets:9:960-Liaison:COOP", "10.00 EUR"), ("Expenses:9:950-Contribution:COOP", "-10.00 EUR")]


def test_the_structure_s_side_of_a_written_levy_is_supplied_until_the_structure_closes():
    loaded = load(CUT_OFF)
    ((line, message),) = loaded.told
    assert CUT_OFF.splitlines()[line - 1] == seal("2026-01", "A001").strip()
    assert message.startswith("A001 has a seal of 2026-01 that the structure has not, and which closes nothing.")
    assert moved(loaded) == COOPS


def test_the_structure_s_side_is_not_supplied_where_it_is_written_already():
    loaded = load(CUT_OFF + side("COOP", "-10.00"))
    assert moved(loaded) == []


@pytest.mark.parametrize(
    "other",
    [
        side("COOP", "-10.00", tag="#other"),
        side("COOP", "-10.00", of="A002"),
        side("COOP", "-10.00", date="2026-02-15"),
        side("COOP", "-10.00").replace("950-Contribution", "951-PrestationsInternes"),
    ],
)
def test_what_the_structure_wrote_of_another_levy_takes_nothing_away(other):
    assert moved(load(CUT_OFF + other)) == COOPS


def test_only_what_is_missing_of_the_structure_s_side_is_supplied():
    wrong_by_four = [(account, amount.replace("10", "4")) for account, amount in COOPS]
    assert moved(load(CUT_OFF + side("COOP", "-6.00"))) == wrong_by_four
    assert moved(load(CUT_OFF + side("COOP", "-6.00") + side("COOP", "-4.00"))) == []


def test_nothing_is_supplied_in_a_month_that_the_structure_has_closed():
    loaded = load(CUT_OFF + seal("2026-01", "COOP"))
    assert moved(loaded) == []
    assert any("Assets:9:960-Liaison is -10.00 EUR over all units" in message for _, message in loaded.told)


def test_a_margin_before_the_first_seal_is_told_at_the_seal():
    ledger = ACTIVITY + sale("2026-01-20", "100.00") + seal("2026-02", "A001")
    ((line, message),) = load(ledger).told
    assert line == 5
    assert message.startswith("2026-02 of A001 is closed but 2026-01, which has a margin, is not")
    assert load(ACTIVITY + sale("2026-02-20", "100.00") + seal("2026-02", "A001")).told == []


def test_a_purchase_before_the_start_is_levied_in_its_month():
    loaded = load(ACTIVITY + purchase("2025-12-20", "-40.00"))
    assert [str(levy.date) for levy in loaded.levies] == ["2025-12-31"]
