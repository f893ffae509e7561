"""The contribution on one month after another: the contract's table, then what other software gets wrong."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from beancount.core.amount import Amount
from cases import (
    BANK,
    CLIENTS,
    COOP,
    CURRENT,
    PURCHASE,
    REBATE,
    RENT,
    SALE,
    SERVICE,
    SUBCONTRACT,
    SUBSIDY,
    SUPPLIERS,
    TABLE,
    Levies,
    activity,
    book,
    change,
    day,
    euros,
    levied,
    levies,
    move,
    provisional,
    sale,
)
from strategies import custom, entry, load

COUNTED, OWED = "Expenses:60:604-Marchandises", "Liabilities:44:440-Fournisseurs"

# The contract's acceptance table


@pytest.mark.parametrize(
    ("negative", "expected"),
    [
        ("refund", euros(m2026_01="205.00", m2026_02="57.65", m2026_03="-42.00", m2026_04="100.00")),
        ("carry", euros(m2026_01="205.00", m2026_02="57.65", m2026_04="58.00")),
    ],
)
def test_acceptance_table(negative: str, expected: Levies) -> None:
    assert levies(activity(negative=negative), *TABLE) == expected


def test_acceptance_table_shows_margins_and_due() -> None:
    entries, _ = load(book(activity(), *TABLE))
    shown = [[str(one.meta[key]) for key in ("period", "margin", "cumulative", "due")] for one in provisional(entries)]
    assert shown == [
        ["2026-01", "2050.00 EUR", "2050.00 EUR", "205.00 EUR"],
        ["2026-02", "576.45 EUR", "2626.45 EUR", "262.65 EUR"],
        ["2026-03", "-420.00 EUR", "2206.45 EUR", "220.65 EUR"],
        ["2026-04", "1000.00 EUR", "3206.45 EUR", "320.65 EUR"],
    ]


def test_both_sides_of_a_levy() -> None:
    entries, errors = load(book(activity(), COOP, sale("2026-01-12", "2050.00")))
    assert errors == []
    found = provisional(entries)
    assert {one.postings[0].account[-4:]: [(line.account, line.units) for line in one.postings] for one in found} == {
        "A001": [
            ("Expenses:9:950-Contribution:A001", Amount(Decimal("205.00"), "EUR")),
            ("Assets:9:960-Liaison:A001", Amount(Decimal("-205.00"), "EUR")),
        ],
        "COOP": [
            ("Assets:9:960-Liaison:COOP", Amount(Decimal("205.00"), "EUR")),
            ("Expenses:9:950-Contribution:COOP", Amount(Decimal("-205.00"), "EUR")),
        ],
    }
    assert len(found) == 2
    for one in found:
        assert one.date == datetime.date(2026, 1, 31)
        assert one.flag == "*"
        assert one.tags == {"contribution", "provisional"}
        assert one.links == {"contribution-2026-01"}
        assert one.meta["unit"] == "A001"
        assert len({line.account.rpartition(":")[2] for line in one.postings}) == 1


def test_a_ledger_without_the_structure_holds_only_the_activity_s_side() -> None:
    entries, _ = load(book(activity(), sale("2026-01-12", "2050.00")))
    assert "COOP" not in str(provisional(entries))
    assert levied(entries) == euros(m2026_01="205.00")


def test_leap_february_ends_on_the_29th() -> None:
    entries, _ = load(book(activity("2024-02-10"), sale("2024-02-10", "100.00")))
    assert [one.date for one in provisional(entries)] == [datetime.date(2024, 2, 29)]


# Rates and credit notes


def test_credit_note_after_a_rate_change_gives_back_what_its_invoice_bore() -> None:
    assert levies(
        activity(),
        sale("2026-01-12", "80.00", "^F1"),
        change("2026-02-01", rate=Decimal("0.08")),
        sale("2026-02-10", "-80.00", "^F1"),
    ) == euros(m2026_01="8.00", m2026_02="-8.00")


def test_credit_note_without_a_link_bears_the_rate_of_its_own_day() -> None:
    assert levies(
        activity(),
        sale("2026-01-12", "80.00"),
        change("2026-02-01", rate=Decimal("0.08")),
        sale("2026-02-10", "-80.00"),
    ) == euros(m2026_01="8.00", m2026_02="-6.40")


def test_credit_note_dated_before_its_invoice_bears_the_rate_of_its_own_day() -> None:
    assert levies(
        activity(),
        sale("2026-01-12", "-30.00", "^F1"),
        change("2026-01-20", rate=Decimal("0.20")),
        sale("2026-01-25", "100.00", "^F2"),
        sale("2026-01-31", "30.00", "^F1"),  # bound to the earlier credit note: also 10 %
    ) == euros(m2026_01="20.00")


def test_credit_note_on_the_day_of_its_invoice_is_bound_to_it() -> None:
    assert levies(
        activity(),
        sale("2026-01-12", "100.00", "^F1"),
        change("2026-02-01", rate=Decimal("0.20")),
        sale("2026-02-01", "50.00", "^F2"),
        sale("2026-02-01", "-50.00", "^F2", "^F1"),
    ) == euros(m2026_01="10.00", m2026_02="5.00")


def test_of_several_links_the_earliest_sale_decides() -> None:
    assert levies(
        activity(rate=Decimal("0.10")),
        sale("2026-01-12", "100.00", "^F1"),
        change("2026-02-01", rate=Decimal("0.20")),
        sale("2026-02-12", "100.00", "^F2"),
        change("2026-03-01", rate=Decimal("0.30")),
        sale("2026-03-12", "-100.00", "^F2", "^F1"),
    ) == euros(m2026_01="10.00", m2026_02="20.00", m2026_03="-10.00")


def test_links_are_not_followed_further() -> None:
    assert levies(
        activity(),
        sale("2026-01-12", "100.00", "^F1"),
        move("2026-01-15", PURCHASE, "10.00", "^F1", "^P1", against=SUPPLIERS),
        change("2026-02-01", rate=Decimal("0.20")),
        move("2026-02-12", PURCHASE, "10.00", "^P1", against=SUPPLIERS),
    ) == euros(m2026_01="9.00", m2026_02="-2.00")


def test_a_purchase_bears_the_rate_of_the_sale_it_is_linked_to() -> None:
    assert levies(
        activity(),
        sale("2026-01-12", "100.00", "^F1"),
        change("2026-02-01", rate=Decimal("0.20")),
        move("2026-02-12", SUBCONTRACT, "40.00", "^F1", against=SUPPLIERS),
    ) == euros(m2026_01="10.00", m2026_02="-4.00")


def test_a_payment_sharing_the_link_is_no_sale() -> None:
    assert levies(
        activity(),
        move("2026-01-12", BANK, "100.00", "^F1", against=CLIENTS),
        change("2026-02-01", rate=Decimal("0.20")),
        sale("2026-02-12", "100.00", "^F1"),
    ) == euros(m2026_02="20.00")


def test_another_unit_s_sale_under_the_same_link_binds_nothing() -> None:
    texts = (
        activity(),
        activity(unit="A002"),
        sale("2026-01-12", "100.00", "^F1", unit="A002"),
        change("2026-02-01", rate=Decimal("0.20")),
        sale("2026-02-10", "100.00", "^F1"),
    )
    assert levies(*texts) == euros(m2026_02="20.00")
    assert levies(*texts, unit="A002") == euros(m2026_01="10.00")


def test_new_terms_do_not_touch_an_invoice_already_entered() -> None:
    before = (activity(), sale("2026-01-12", "80.00"))
    assert levies(*before) == levies(*before, change("2026-02-01", rate=Decimal("0.08"))) == euros(m2026_01="8.00")


def test_terms_hold_from_their_own_day_and_keep_what_they_do_not_repeat() -> None:
    assert levies(
        activity(margin="operating", rate=Decimal("0.10")),
        sale("2026-01-14", "100.00"),
        change("2026-01-15", rate=Decimal("0.20")),
        sale("2026-01-15", "100.00"),
        move("2026-01-16", RENT, "50.00", against=SUPPLIERS),
    ) == euros(m2026_01="20.00")


@pytest.mark.parametrize(
    ("rate", "expected"), [("0", {}), ("1", euros(m2026_01="100.00")), ("0.0725", euros(m2026_01="7.25"))]
)
def test_rates(rate: str, expected: Levies) -> None:
    assert levies(activity(rate=Decimal(rate)), sale("2026-01-12", "100.00")) == expected


# What makes the margin


def test_the_levy_is_on_the_margin_and_not_on_the_revenue() -> None:
    assert levies(
        activity(), sale("2026-01-12", "1000.00"), move("2026-01-12", SUBCONTRACT, "400.00", against=SUPPLIERS)
    ) == euros(m2026_01="60.00")


def test_credit_note_with_expenses_billed_again_gives_everything_back() -> None:
    def invoice(date: str, sign: str) -> str:
        other = "" if sign else "-"
        lines = [(SALE, f"{sign}100.00 EUR"), (SALE, f"{sign}50.00 EUR"), (CLIENTS, f"{other}150.00 EUR")]
        return entry(day(date), "A001", lines, ["^F1"])

    assert levies(activity(), invoice("2026-01-12", "-"), invoice("2026-02-12", "")) == euros(
        m2026_01="15.00", m2026_02="-15.00"
    )


def test_credit_note_of_a_part_gives_back_that_part() -> None:
    assert levies(activity(), sale("2026-01-12", "100.00", "^F1"), sale("2026-02-12", "-25.00", "^F1")) == euros(
        m2026_01="10.00", m2026_02="-2.50"
    )


def test_rebate_reduces_the_margin() -> None:
    assert levies(activity(), sale("2026-01-12", "100.00"), move("2026-01-20", REBATE, "10.00")) == euros(
        m2026_01="9.00"
    )


def test_supplier_credit_note_counts() -> None:
    assert levies(activity(), move("2026-01-12", PURCHASE, "-30.00", against=SUPPLIERS)) == euros(m2026_01="3.00")


def test_a_margin_below_zero_owes_nothing_and_gets_nothing() -> None:
    assert (
        levies(activity(), sale("2026-01-12", "100.00"), move("2026-01-13", PURCHASE, "250.00", against=SUPPLIERS))
        == {}
    )


def test_a_loss_gives_back_what_was_levied_and_no_more_then_is_made_good_first() -> None:
    assert levies(
        activity(),
        sale("2026-01-12", "100.00"),
        move("2026-02-12", PURCHASE, "250.00", against=SUPPLIERS),
        sale("2026-03-12", "120.00"),
        sale("2026-04-12", "80.00"),
    ) == euros(m2026_01="10.00", m2026_02="-10.00", m2026_04="5.00")


def test_internal_service_is_counted_once() -> None:
    def side(unit: str, amount: str) -> str:
        return move("2026-01-15", SERVICE, amount, "^S1", unit=unit, against=CURRENT)

    texts = (
        activity(),
        activity(unit="A002"),
        sale("2026-01-12", "1000.00"),
        side("A001", "300.00"),
        side("A002", "-300.00"),
    )
    assert levies(*texts) == euros(m2026_01="70.00")
    assert levies(*texts, unit="A002") == euros(m2026_01="30.00")


def test_the_structure_pays_no_levy_on_its_own_sales() -> None:
    entries, errors = load(book(activity(), sale("2026-01-12", "1000.00", unit="COOP")))
    assert errors == []
    assert provisional(entries) == []


@pytest.mark.parametrize(("margin", "expected"), [("direct", "10.00"), ("operating", "24.00")])
def test_subsidies_and_rent_count_only_in_the_operating_margin(margin: str, expected: str) -> None:
    assert levies(
        activity(margin=margin),
        sale("2026-01-12", "100.00"),
        move("2026-01-13", SUBSIDY, "-200.00"),
        move("2026-01-14", RENT, "60.00", against=SUPPLIERS),
    ) == euros(m2026_01=expected)


@pytest.mark.parametrize("number", ["71:713-EnCours", "72:720-Immobilisee", "73:730-Cotisations"])
@pytest.mark.parametrize(("margin", "expected"), [("direct", {}), ("operating", euros(m2026_01="5.00"))])
def test_other_operating_income(number: str, margin: str, expected: Levies) -> None:
    assert levies(activity(margin=margin), move("2026-01-13", f"Income:{number}", "-50.00")) == expected


def test_the_margin_agreed_on_is_that_of_the_posting_s_day() -> None:
    assert levies(
        activity(margin="direct"),
        move("2026-01-31", SUBSIDY, "-100.00"),
        change("2026-02-01", margin="operating"),
        move("2026-02-01", SUBSIDY, "-100.00"),
        change("2026-03-01", margin="direct"),
        sale("2026-03-12", "10.00"),
    ) == euros(m2026_02="10.00", m2026_03="1.00")


def test_stock_variation_counts() -> None:
    stock = ("Expenses:60:609-VariationStocks", "-40.00")
    assert levies(activity(), move("2026-01-31", *stock, against="Assets:30:300-Stocks")) == euros(m2026_01="4.00")


def test_two_vat_rates_change_nothing() -> None:
    lines = [
        (SALE, "-100.00 EUR"),
        (SALE, "-100.00 EUR"),
        ("Liabilities:45:451-TVA", "-21.00 EUR"),
        ("Liabilities:45:451-TVA", "-6.00 EUR"),
        (CLIENTS, "227.00 EUR"),
    ]
    assert levies(activity(), entry(day("2026-01-12"), "A001", lines)) == euros(m2026_01="20.00")


def test_payment_in_parts_or_never_changes_nothing() -> None:
    invoice = (activity(), sale("2026-01-12", "100.00", "^F1"))
    part = move("2026-02-12", BANK, "40.00", "^F1")
    note = sale("2026-03-12", "-100.00", "^F1")
    assert levies(*invoice) == levies(*invoice, part) == euros(m2026_01="10.00")
    assert levies(*invoice, part, note) == euros(m2026_01="10.00", m2026_03="-10.00")


# Dates


def test_an_invoice_of_january_stays_in_january() -> None:
    assert levies(activity("2025-11-03"), sale("2025-12-31", "100.00"), sale("2026-01-01", "200.00")) == euros(
        m2025_12="10.00", m2026_01="20.00"
    )


def test_a_new_year_forgets_nothing() -> None:
    assert levies(
        activity("2025-11-03"),
        sale("2025-12-10", "100.00"),
        move("2025-12-20", PURCHASE, "150.00", against=SUPPLIERS),
        sale("2026-01-10", "80.00"),
        sale("2026-12-10", "0.55"),
    ) == euros(m2026_01="3.00", m2026_12="0.06")


def test_same_month_of_two_years_are_two_months() -> None:
    assert levies(activity("2025-01-03"), sale("2025-01-10", "100.00"), sale("2026-01-10", "50.00")) == euros(
        m2025_01="10.00", m2026_01="5.00"
    )


def test_a_pause_changes_nothing_to_what_is_owed() -> None:
    assert levies(
        activity(),
        sale("2026-01-10", "100.00"),
        custom(day("2026-02-01"), "activity-pause", "A001"),
        move("2026-02-10", PURCHASE, "20.00", against=SUPPLIERS),
        custom(day("2026-04-01"), "activity-resume", "A001"),
        sale("2026-04-01", "50.00"),
    ) == euros(m2026_01="10.00", m2026_02="-2.00", m2026_04="5.00")


def test_an_account_of_the_structure_opens_for_the_earliest_levy_of_any_activity() -> None:
    """A slip may be dated before an activity starts: what opens by itself is then open for it, whoever comes last."""
    opens = "".join(
        f"2025-01-01 open {account}\n"
        for account in (
            "Assets:55:5500-Banque:COOP",
            *(f"{stem}:{unit}" for unit in ("A001", "A002") for stem in (COUNTED, OWED)),
        )
    )
    days = {"A001": "2025-11-05", "A002": "2026-02-05"}
    for order in (("A001", "A002"), ("A002", "A001")):
        text = 'option "operating_currency" "EUR"\nplugin "beancoop"\n' + opens
        for unit in order:
            text += f'2026-01-01 custom "activity" "{unit}"\n'
            text += f'{days[unit]} * "Refund"\n  {COUNTED}:{unit}  -10.00 EUR\n  {OWED}:{unit}  10.00 EUR\n'
        entries, errors = load(text)
        assert errors == []
        assert [
            each.date for each in entries if getattr(each, "account", "") == "Expenses:9:950-Contribution:COOP"
        ] == [datetime.date(2025, 11, 30)]
