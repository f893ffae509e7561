"""The edges of the rules on treasury, class 9, sales, reserves and accounts."""

from __future__ import annotations

import pytest
from beancoop.model.accounts import parse_account
from beancount.core.data import Custom, Pad
from edges import ACTIVITY, COOP, CUT_OFF, bank, directives, seal, side
from loading import load

# Treasury


def test_an_overdraft_taken_back_on_the_day_the_account_is_filled_up_is_no_fault():
    terms = "  overdraft: 10.00 EUR\n" + directives("2026-03-01", "terms") + "  overdraft: 0 EUR\n"
    ledger = ACTIVITY + terms + bank("2026-01-10", "-10.00 EUR")
    assert load(ledger + bank("2026-03-01", "10.00 EUR")).told == []
    assert len(load(ledger + bank("2026-03-02", "10.00 EUR")).told) == 1


# Class 9


def liaison(date: str, unit: str, amount: str) -> str:
    return bank(date, amount, unit).replace("55:5500-Banque", "9:960-Liaison")


def test_a_parent_of_class_9_that_comes_right_a_day_later_is_told():
    ledger = ACTIVITY + COOP + liaison("2026-02-10", "A001", "30.00 EUR") + liaison("2026-02-11", "COOP", "-30.00 EUR")
    ((line, message),) = load(ledger).told
    assert line == 3
    assert "Assets:9:960-Liaison is 30.00 EUR over all units at the end of 2026-02-10" in message


@pytest.mark.parametrize("last", ["-20.00 EUR", "0.00 EUR"])
def test_a_parent_of_class_9_is_told_at_the_last_movement_of_the_day_be_it_of_nothing(last):
    ledger = ACTIVITY + COOP + liaison("2026-02-10", "A001", "30.00 EUR") + liaison("2026-02-10", "COOP", last)
    ((line, _),) = load(ledger).told
    assert line == 6


def test_each_currency_of_class_9_sums_to_zero_alone():
    ledger = ACTIVITY + COOP + liaison("2026-02-10", "A001", "30.00 EUR") + liaison("2026-02-10", "COOP", "-30.00 USD")
    assert [message.partition(" over")[0] for _, message in load(ledger).told] == [
        "Assets:9:960-Liaison is 30.00 EUR",
        "Assets:9:960-Liaison is -30.00 USD",
    ]


def test_services_that_differ_are_told_once_for_both_sides():
    def service(unit: str, amount: str) -> str:
        return liaison("2026-02-10", unit, amount).replace('"x"', '"x" ^S').replace("40:400-Clients", "9:951-Services")

    ledger = ACTIVITY + '2026-01-05 custom "activity" "A002"\n' + COOP
    told = load(ledger + service("A001", "30.00 EUR") + service("A002", "-20.00 EUR")).told
    assert len([message for _, message in told if "internal services" in message]) == 1


def test_a_closing_that_was_cut_off_hides_nothing_else():
    ((_, message),) = load(CUT_OFF).told
    assert "A001 has a seal of 2026-01 that the structure has not" in message
    told = load(CUT_OFF + liaison("2026-02-10", "A001", "30.00 EUR")).told
    assert sum("is 30.00 EUR over all units" in message for _, message in told) == 1
    assert len(told) == 2


@pytest.mark.parametrize("ahead", ["", seal("2026-02", "A001")])
def test_one_side_of_a_levy_is_an_error_once_its_month_is_closed(ahead):
    told = load(CUT_OFF + seal("2026-01", "COOP") + ahead).told
    assert any("is -10.00 EUR over all units at the end of 2026-01-31" in message for _, message in told)


def test_one_side_of_a_levy_is_an_error_where_no_closing_is_under_way():
    both = CUT_OFF + side("COOP", "-10.00") + seal("2026-01", "COOP")
    assert load(both).told == []
    told = load(both + side("A001", "5.00", date="2026-02-28")).told
    assert any("is -5.00 EUR over all units at the end of 2026-02-28" in message for _, message in told)


# Sales of nothing


def test_a_sale_of_nothing_is_no_sale():
    nothing = """2026-01-02 * "Facture et sa note de crédit"
  Income:70:700-VentesPrestations:A001  -10.00 EUR
  Income:70:700-VentesPrestations:A001  10.00 EUR
"""
    assert load(ACTIVITY + nothing).told == []
    assert len(load(ACTIVITY + nothing.replace("  10.00", "  9.99") + "  Assets:40:400-C:A001  0.01 EUR\n").told) == 1


# Accounts


ROOTS = ("Assets", "Liabilities", "Equity", "Income", "Expenses")
PCMN = {
    **dict.fromkeys([*range(10, 16), 19], ("Equity",)),
    **dict.fromkeys([16, 17, *range(42, 49), 492, 493], ("Liabilities",)),
    **dict.fromkeys([*range(20, 40), 40, 41, *range(50, 60), 490, 491], ("Assets",)),
    **dict.fromkeys(range(60, 70), ("Expenses",)),
    **dict.fromkeys(range(70, 80), ("Income",)),
    **dict.fromkeys([*range(90, 100), *range(950, 960)], ROOTS),
    499: ("Assets", "Liabilities"),
    **dict.fromkeys([18, *range(494, 499)], ()),
}


def test_every_number_of_the_pcmn_stands_under_its_roots_alone():
    numbers = {f"{number}{more}": roots for number, roots in PCMN.items() for more in ("", "0", "01")}
    numbers |= {f"0{digit}": ROOTS for digit in range(10)}
    wanted, opens = [], []
    for number, roots in numbers.items():
        chapter = "9" if number[0] == "9" else number[:2]
        for root in ROOTS:
            opens.append(f"2026-01-01 open {root}:{chapter}:{number}-Compte:COOP\n")
            wanted += [] if root in roots else [len(opens)]
    assert [line for line, _ in load("".join(opens)).told] == wanted


def test_a_transaction_over_two_units_is_told_beside_an_account_of_no_form():
    lines = "".join(
        f"  {account}  {amount} EUR\n"
        for account, amount in [
            ("Assets:Banque", "1"),
            ("Assets:55:5500-Banque", "1"),
            ("Assets:55:5500-Banque:A001", "1"),
            ("Assets:55:5500-Banque:COOP", "-3"),
        ]
    )
    told = load(f'{ACTIVITY}2026-01-10 * "x"\n{lines}').told
    assert [message[:39] for line, message in told if line == 2] == ["This transaction touches A001 and COOP;"]


@pytest.mark.parametrize(("residual", "faults"), [("1", 0), ("2", 1)])
def test_what_a_division_loses_is_not_money(residual, faults):
    ledger = f"""2026-01-10 * "x"
  Assets:40:400-Clients:COOP  10.00000000000000{residual} EUR
  Assets:55:5500-Banque:COOP  -10.00 EUR
"""
    options = 'option "tolerance_multiplier" "0.5"\noption "inferred_tolerance_default" "EUR:0.01"\n'
    assert len(load(ledger, "beancoop.exact", options).told) == faults


def test_a_directive_without_values_ends_nothing_and_one_with_values_keeps_them():
    """Beancount's own pad, which comes after the plugins, stumbles over a `custom` that has None."""
    account = "Assets:40:400-Clients:COOP"
    loaded = load(
        '2026-01-01 custom "fava-option"\n2026-01-01 custom "fava-option" "language" "fr"\n'
        f"2026-01-01 pad {account} {account}\n"
    )
    assert [len(entry.values) for entry in loaded.entries if isinstance(entry, Custom)] == [0, 2]
    assert [entry for entry in loaded.entries if isinstance(entry, Pad)] != []


def test_a_parent_has_no_unit_and_a_share_has_its_parent_s_name():
    share = parse_account("Assets:55:5500-Banque:A001")
    assert share.parent == "Assets:55:5500-Banque"
    assert parse_account(share.parent).unit is None
