"""The contribution around its edges: rounding, currencies, losses, closed months, settlement, accounts."""

from __future__ import annotations

import datetime
from decimal import Decimal

import oracle
import pytest
from beancount.core.data import Open
from cases import (
    BANK,
    COOP,
    CURRENT,
    LEVY,
    LOAN,
    PURCHASE,
    SALE,
    SAVINGS,
    SUPPLIERS,
    TABLE,
    activity,
    book,
    change,
    day,
    euros,
    failing,
    leave,
    levies,
    move,
    provisional,
    sale,
    seals,
    written,
)
from strategies import entry, load

# Rounding


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("1.99", "0.20"),
        ("12.34", "1.23"),
        ("99.99", "10.00"),
        ("19.95", "2.00"),
        ("0.05", "0.01"),
        ("0.15", "0.02"),
        ("0.25", "0.03"),
    ],
)
def test_the_levy_is_rounded_half_up_and_never_cut(amount: str, expected: str) -> None:
    assert levies(activity(), sale("2026-01-12", amount)) == euros(m2026_01=expected)


def test_less_than_half_a_cent_is_nothing() -> None:
    assert levies(activity(), sale("2026-01-12", "0.04")) == {}


def test_grouping_postings_changes_nothing() -> None:
    each = (PURCHASE, "-1.95 EUR"), (SUPPLIERS, "1.95 EUR")
    apart = [entry(day("2026-01-12"), "A001", each)] * 2
    together = entry(day("2026-01-12"), "A001", [*each, *each])
    summed = entry(day("2026-01-12"), "A001", [(PURCHASE, "-3.90 EUR"), (SUPPLIERS, "3.90 EUR")])
    assert levies(activity(), *apart) == levies(activity(), together) == levies(activity(), summed)
    assert levies(activity(), summed) == euros(m2026_01="0.39")


def test_no_drift_over_many_months() -> None:
    months = [sale(f"2026-{month:02}-15", "0.55") for month in range(1, 13)]
    found = levies(activity(), *months)
    assert sum(found.values()) == Decimal("0.66")
    assert set(found.values()) == {Decimal("0.05"), Decimal("0.06")}


def test_nothing_but_whole_cents_is_ever_stored() -> None:
    entries, _ = load(book(activity(), COOP, sale("2026-01-12", "99.99"), sale("2026-02-12", "19.95")))
    amounts = [oracle.amount_of(line)[0] for one in provisional(entries) for line in one.postings]
    assert len(amounts) == 8
    assert all(amount.as_tuple().exponent == -2 for amount in amounts)


def test_a_levy_of_zero_gets_no_entry() -> None:
    entries, errors = load(book(activity(), COOP, sale("2026-01-12", "10.00"), sale("2026-01-13", "-10.00")))
    assert errors == []
    assert provisional(entries) == []
    assert not [one for one in entries if isinstance(one, Open) and ":9:" in one.account]


# Other currencies


@pytest.mark.parametrize("price", ["@ 0.90 EUR", "@@ 90.00 EUR"])
def test_a_sale_in_another_currency_counts_at_its_price(price: str) -> None:
    assert levies(activity(), move("2026-01-12", SALE, f"-100.00 USD {price}")) == euros(m2026_01="9.00")


def test_a_total_price_counts_whole_though_no_unit_price_equals_it() -> None:
    assert levies(activity(), move("2026-01-12", SALE, "-7 USD @@ 100.05 EUR")) == euros(m2026_01="10.01")


def test_cost_is_ignored() -> None:
    assert levies(activity(), move("2026-01-12", SALE, "-100 USD {0.50 EUR} @ 0.90 EUR")) == euros(m2026_01="9.00")


@pytest.mark.parametrize("amount", ["-100 USD", "-100 USD @ 0.80 GBP", "-100 USD {0.90 EUR}"])
def test_a_sale_without_a_price_in_euro_is_an_error_at_its_line(amount: str) -> None:
    text = book(activity(), sale("2026-01-10", "5.00"), move("2026-01-12", SALE, amount))
    _, errors = load(text)
    assert len(errors) == 1
    line = text.splitlines()[errors[0].source["lineno"] - 1]
    assert line.startswith("2026-01-12") or "USD" in line
    assert "EUR" in errors[0].message


# Negative months


def test_carry_holds_until_the_month_of_exit_then_gives_back() -> None:
    texts = (activity(negative="carry"), sale("2026-01-12", "500.00"), sale("2026-02-12", "-200.00"))
    assert levies(*texts) == euros(m2026_01="50.00")
    assert levies(*texts, leave("2026-04-10")) == euros(m2026_01="50.00", m2026_04="-20.00")


def test_after_the_exit_carry_is_refund() -> None:
    assert levies(
        activity(negative="carry"),
        sale("2026-01-12", "500.00"),
        leave("2026-02-28"),
        move("2026-03-12", PURCHASE, "100.00", against=SUPPLIERS),
    ) == euros(m2026_01="50.00", m2026_03="-10.00")


def test_negative_is_that_of_the_levy_s_day_and_months_run_to_the_last_terms() -> None:
    texts = (activity(negative="carry"), sale("2026-01-12", "500.00"), sale("2026-02-12", "-200.00"))
    assert levies(*texts, change("2026-05-31", negative="refund")) == euros(m2026_01="50.00", m2026_05="-20.00")


def test_months_never_run_to_today() -> None:
    entries, _ = load(book(activity("2024-01-05", negative="carry"), sale("2024-01-12", "500.00")))
    assert max(one.date for one in entries) == datetime.date(2024, 1, 31)


# Closed months


def test_a_closed_month_is_left_alone_and_nothing_is_levied_twice() -> None:
    texts = (activity(), sale("2026-01-12", "100.00"), written("2026-01-31", "10.00"), *seals("2026-01"))
    assert levies(*texts) == {}
    assert levies(*texts, sale("2026-02-12", "50.00")) == euros(m2026_02="5.00")


def test_written_levies_count_without_a_seal_too() -> None:
    assert levies(
        activity(), sale("2026-01-12", "100.00"), written("2026-01-31", "9.00"), sale("2026-02-12", "50.00")
    ) == euros(m2026_01="1.00", m2026_02="5.00")


def test_only_a_written_contribution_counts_as_levied_and_another_is_an_error() -> None:
    text = book(
        activity(), sale("2026-01-12", "100.00"), written("2026-01-31", "9.00", "A001", "#other"), *seals("2026-01")
    )
    entries, errors = load(text)
    assert {one.date: one.postings[0].units.number for one in provisional(entries)} == {
        datetime.date(2026, 2, 28): Decimal("10.00")
    }
    assert [getattr(error.message, "code", "") for error in errors] == ["BC403"]


def test_a_late_entry_in_a_closed_month_falls_in_the_first_open_month() -> None:
    assert levies(
        activity(),
        sale("2026-01-12", "100.00"),
        written("2026-01-31", "10.00"),
        *seals("2026-01", "2026-02"),
        sale("2026-01-20", "70.00"),
        sale("2026-04-12", "50.00"),
    ) == euros(m2026_03="7.00", m2026_04="5.00")


def test_what_a_closed_month_levied_too_much_comes_back_in_the_month_after_the_last_seal() -> None:
    texts = (sale("2026-01-12", "100.00"), written("2026-01-31", "10.03"), *seals("2026-01"))
    assert levies(activity(), *texts) == euros(m2026_02="-0.03")
    assert levies(activity(negative="carry"), *texts) == {}


def test_a_seal_without_a_levy_closes_the_month_and_a_levy_without_a_seal_does_not() -> None:
    assert levies(activity(), sale("2026-01-12", "100.00"), *seals("2026-01")) == euros(m2026_02="10.00")
    assert levies(activity(), sale("2026-01-12", "100.00"), written("2026-01-31", "4.00")) == euros(m2026_01="6.00")


def test_a_seal_closes_its_own_unit_s_month_only() -> None:
    texts = (
        activity(),
        activity(unit="A002"),
        sale("2026-01-12", "100.00"),
        sale("2026-01-12", "100.00", unit="A002"),
        *seals("2026-01", unit="A002"),
    )
    assert levies(*texts) == euros(m2026_01="10.00")
    assert levies(*texts, unit="A002") == euros(m2026_02="10.00")


def test_the_structure_s_seal_closes_no_activity_s_month() -> None:
    assert levies(activity(), sale("2026-01-12", "100.00"), *seals("2026-01", unit="COOP")) == euros(m2026_01="10.00")


def test_a_gap_in_the_seals_is_an_error() -> None:
    january, _, march = seals("2026-01", "2026-02", "2026-03")
    _, messages = failing(activity(), sale("2026-01-12", "100.00"), january, march)
    assert any("2026-02" in message for message in messages)


# Settlement in the bank


def test_settlement_in_the_bank_moves_both_shares_at_once() -> None:
    terms = {"settlement": "treasury", "treasury": "5500-Banque"}
    fund = move("2026-01-06", BANK, "1000.00", against=LOAN)
    entries, errors = load(book(activity(**terms), COOP, fund, sale("2026-01-12", "2050.00")))
    assert errors == []
    assert sorted(
        (line.account, oracle.amount_of(line)[0]) for one in provisional(entries) for line in one.postings
    ) == [
        ("Assets:55:5500-Banque:A001", Decimal("-205.00")),
        ("Assets:55:5500-Banque:COOP", Decimal("205.00")),
        ("Expenses:9:950-Contribution:A001", Decimal("205.00")),
        ("Expenses:9:950-Contribution:COOP", Decimal("-205.00")),
    ]


def test_settlement_is_that_of_the_levy_s_day() -> None:
    fund = move("2026-01-06", SAVINGS, "1000.00", against=LOAN)
    entries, errors = load(
        book(
            activity(),
            fund,
            sale("2026-01-12", "100.00"),
            change("2026-02-28", settlement="treasury", treasury="5510-Epargne"),
            sale("2026-02-12", "100.00"),
        )
    )
    assert errors == []
    others = [line.account for one in provisional(entries) for line in one.postings if LEVY not in line.account]
    assert others == [f"{CURRENT}:A001", f"{SAVINGS}:A001"]


def test_settlement_in_a_bank_the_unit_has_no_share_of_is_one_error_and_no_levy() -> None:
    terms = {"settlement": "treasury", "treasury": "5510-Epargne"}
    fund = move("2026-01-06", BANK, "1000.00", against=LOAN)
    found, messages = failing(activity(**terms), COOP, fund, sale("2026-01-12", "100.00"), sale("2026-02-12", "100.00"))
    assert found == {}
    assert len(messages) == 1
    assert "5510-Epargne" in messages[0]


# Accounts that a levy needs


def opened(*texts: str) -> dict[str, str]:
    """Load a ledger that must have no error, and give the day each class 9 account is opened."""
    entries, errors = load(book(*texts))
    assert errors == []
    return {one.account: str(one.date) for one in entries if isinstance(one, Open) and ":9:" in one.account}


def test_accounts_are_opened_on_the_activity_s_day_and_the_structure_s_on_the_earliest() -> None:
    assert opened(
        activity("2026-02-05"),
        activity("2026-01-20", unit="A002"),
        COOP,
        sale("2026-02-12", "100.00"),
        sale("2026-03-12", "100.00", unit="A002"),
    ) == {
        f"{LEVY}:A001": "2026-02-05",
        f"{CURRENT}:A001": "2026-02-05",
        f"{LEVY}:A002": "2026-01-20",
        f"{CURRENT}:A002": "2026-01-20",
        f"{LEVY}:COOP": "2026-01-20",
        f"{CURRENT}:COOP": "2026-01-20",
    }


def test_an_account_opened_by_hand_in_time_is_not_opened_again() -> None:
    assert opened(activity(), f"2026-01-05 open {LEVY}:A001", sale("2026-01-12", "100.00")) == {
        f"{LEVY}:A001": "2026-01-05",
        f"{CURRENT}:A001": "2026-01-05",
    }


@pytest.mark.parametrize("account", [LEVY, CURRENT])
def test_an_account_opened_by_hand_too_late_is_an_error(account: str) -> None:
    _, messages = failing(activity(), f"2026-02-01 open {account}:A001", sale("2026-01-12", "100.00"))
    assert any(f"{account}:A001" in message for message in messages)


def test_an_account_of_the_structure_opened_by_hand_too_late_is_an_error() -> None:
    _, messages = failing(activity(), COOP, f"2026-02-01 open {LEVY}:COOP", sale("2026-01-12", "100.00"))
    assert any(f"{LEVY}:COOP" in message for message in messages)


def test_an_account_closed_before_its_last_levy_is_an_error() -> None:
    texts = (activity(), sale("2026-01-12", "100.00"), leave("2026-03-10"), f"2026-01-01 open {LEVY}:A001")
    _, messages = failing(*texts, f"2026-01-30 close {LEVY}:A001")
    assert any(f"{LEVY}:A001" in message for message in messages)
    assert levies(*texts, f"2026-01-31 close {LEVY}:A001") == euros(m2026_01="10.00")


def test_an_account_of_the_structure_closed_before_a_levy_is_an_error() -> None:
    texts = (activity(), COOP, sale("2026-03-12", "100.00"), f"2026-01-01 open {LEVY}:COOP")
    _, messages = failing(*texts, f"2026-02-15 close {LEVY}:COOP")
    assert any(f"{LEVY}:COOP" in message for message in messages)


# Running again


@pytest.mark.parametrize("plugin", ["beancoop", "beancoop.contribution"])
def test_running_again_adds_nothing(plugin: str) -> None:
    text = book(activity(), COOP, *TABLE, plugin=plugin)
    twice = text.replace(f'plugin "{plugin}"', f'plugin "{plugin}"\nplugin "{plugin}"')
    once, errors = load(text)
    again, more = load(twice)
    assert errors == more == []
    assert len(provisional(once)) == len(provisional(again)) == 8


def test_the_levies_once_written_and_sealed_leave_nothing_to_inject() -> None:
    amounts = (("2026-01-31", "205.00"), ("2026-02-28", "57.65"), ("2026-03-31", "-42.00"), ("2026-04-30", "100.00"))
    assert levies(activity(), *TABLE, *(written(*amount) for amount in amounts)) == {}
    sealed = seals("2026-01", "2026-02", "2026-03", "2026-04")
    assert levies(activity(), *TABLE, *(written(*amount) for amount in amounts), *sealed) == {}
