"""Twelve months of liquidity, month by month, computed by hand on small books."""

from __future__ import annotations

import datetime
from decimal import Decimal

from beancoop.books.earned import claimed, earned_not_owed
from beancoop.statements.liquidity import KNOWN, liquidity_plan
from books import books_of, example
from hypothesis import given, settings
from hypothesis import strategies as st

HEAD = """
option "operating_currency" "EUR"
option "tolerance_multiplier" "0"
plugin "beancoop"
2026-01-01 custom "activity" "A001"
  overdraft: 99999 EUR
"""
ACCOUNTS = (
    *("Assets:55:5500-Banque", "Assets:40:400-Clients", "Liabilities:44:440-Fournisseurs", "Liabilities:45:451-TVA"),
    *("Assets:41:411-TVA", "Liabilities:45:454-ONSS", "Liabilities:42:423-Credit", "Liabilities:47:471-Dividendes"),
    *("Liabilities:48:489-Dettes", "Liabilities:49:492-Imputer", "Income:70:700-Ventes", "Expenses:60:604-Achats"),
    *("Expenses:61:610-Loyer", "Expenses:63:630-Amortissements", "Equity:11:1109-Apports", "Income:74:740-Subsides"),
    *("Assets:9:960-Liaison", "Expenses:9:950-Contribution", "Expenses:61:619-Indemnites"),
)
OPENS = "".join(f"2025-01-01 open {account}:{unit}\n" for account in ACCOUNTS for unit in ("A001", "COOP"))
DAY = datetime.date(2026, 12, 31)


def entry(day, *postings, unit="COOP", meta=""):
    """Write an entry; the bank, or the account named first, takes what the amounts leave."""
    lines = [f'{day} * "Qui" "Quoi"', *([f"  {meta}"] if meta else [])]
    lines += [f"  {account}:{unit}  {amount} EUR" for account, amount in postings]
    return "\n".join(lines) + "\n"


START = entry("2026-01-01", ("Assets:55:5500-Banque", "12000.00"), ("Equity:11:1109-Apports", "-12000.00"))


def plan(*entries, day=DAY, dividend="0"):
    found = books_of(HEAD + OPENS + "".join(entries))
    assert found.ledger.findings == []
    return liquidity_plan(found, day, Decimal(dividend))


def line(found, key):
    """Give the months in which a line is not zero, by number from 1."""
    months = next(each.months for each in (*found.known, *found.costs, *found.income) if each.key == key)
    return {place: str(amount) for place, amount in enumerate(months, 1) if amount}


def sold(day, amount, due=""):
    meta = f"due: {due}" if due else ""
    return entry(day, ("Assets:40:400-Clients", amount), ("Income:70:700-Ventes", f"-{amount}"), meta=meta)


def test_invoices_come_in_their_month():
    found = plan(
        START,
        sold("2026-10-01", "100.00"),  # overdue: the first month
        sold("2026-12-20", "200.00"),  # in thirty days
        sold("2026-12-20", "300.00", "2027-03-31"),
        sold("2026-12-20", "400.00", "2027-12-31"),
        sold("2026-12-20", "500.00", "2028-01-01"),
        entry(
            "2026-12-10",
            ("Expenses:60:604-Achats", "60.00"),
            ("Liabilities:44:440-Fournisseurs", "-60.00"),
            meta="due: 2027-02-01",
        ),
    )
    assert [str(month) for month in found.months][:2] == ["2027-01", "2027-02"]
    assert line(found, "customers") == {1: "300.00", 3: "300.00", 12: "400.00"}
    assert line(found, "suppliers") == {2: "-60.00"}
    assert found.beyond == 500


def test_vat_is_paid_when_its_return_is_due_and_nothing_is_counted_that_comes_back():
    owed = entry("2026-11-30", ("Assets:55:5500-Banque", "210.00"), ("Liabilities:45:451-TVA", "-210.00"))
    assert line(plan(START, owed), "vat") == {1: "-210.00"}  # the fourth quarter, by 25 January
    assert line(plan(START, owed, day=datetime.date(2026, 11, 30)), "vat") == {2: "-210.00"}
    back = entry("2026-11-30", ("Assets:55:5500-Banque", "-210.00"), ("Assets:41:411-TVA", "210.00"))
    assert line(plan(START, back), "vat") == {}


def test_other_debts_are_paid_at_once_and_loans_in_twelve_parts():
    debts = (
        ("Liabilities:45:454-ONSS", "-10.00"),
        ("Liabilities:47:471-Dividendes", "-20.00"),
        ("Liabilities:48:489-Dettes", "-40.00"),
        ("Liabilities:49:492-Imputer", "-80.00"),
        ("Liabilities:42:423-Credit", "-100.00"),
        ("Assets:55:5500-Banque", "250.00"),
    )
    found = plan(START, entry("2026-06-30", *debts), dividend="75.5")
    assert (line(found, "taxes"), line(found, "debts")) == ({1: "-10.00"}, {1: "-140.00"})
    assert sorted(line(found, "loans").values()) == ["-8.33"] * 11 + ["-8.37"]
    assert line(found, "dividend") == {1: "-75.50"}
    assert found.treasury == (Decimal("12250.00"), 0)
    assert found.balances(found.known)[-1] == 12250 - 10 - 140 - 100 - Decimal("75.50")


def test_what_recurs_is_the_average_of_the_months_before():
    entries = [
        entry(f"2026-{month:02}-15", ("Expenses:61:610-Loyer", "90.00"), ("Assets:55:5500-Banque", "-90.00"))
        for month in range(1, 13)
    ]
    extra = (
        entry("2026-05-01", ("Assets:55:5500-Banque", "600.00"), ("Income:74:740-Subsides", "-600.00")),
        entry("2026-05-01", ("Expenses:63:630-Amortissements", "50.00"), ("Equity:11:1109-Apports", "-50.00")),
    )
    found = plan(START, *entries, *extra)
    assert found.counted == 12
    assert {each.key: str(each.months[0]) for each in (*found.costs, *found.income) if each.months[0]} == {
        "61": "-90.00",
        "74": "50.00",
    }
    assert found.balances(found.known, found.costs)[0] == found.balances(found.known)[0] - 90
    assert found.balances(found.known, found.costs, found.income)[11] == found.balances(found.known)[11] - 480
    part = plan(START, *entries[:3], day=datetime.date(2026, 3, 31))  # three months of books
    assert (part.counted, part.costs[1].months[0]) == (3, -90)
    half = plan(START, *entries[:3], day=datetime.date(2026, 3, 14))  # a month that has begun is none yet
    assert (half.counted, str(half.months[0]), half.costs[1].months[0]) == (2, "2026-03", -90)


def test_books_that_just_begin_have_no_average():
    found = plan(START, day=datetime.date(2026, 1, 10))
    assert (found.counted, found.contributions, found.costs[0].total) == (0, 0, 0)
    assert plan(day=datetime.date(2026, 1, 10)).treasury == (0, 0)


def test_the_calendar_ends_the_months():
    assert [str(month) for month in plan(START, day=datetime.date(9999, 11, 30)).months] == ["9999-12"]


LAST = datetime.date(2026, 12, 31)


def test_what_an_activity_is_worth_is_earned_until_it_is_owed():
    sale = entry("2026-02-01", ("Assets:55:5500-Banque", "1000.00"), ("Income:70:700-Ventes", "-1000.00"), unit="A001")
    owed = entry(
        "2026-12-31", ("Expenses:61:619-Indemnites", "650.00"), ("Liabilities:49:492-Imputer", "-650.00"), unit="A001"
    )
    found = books_of(HEAD + OPENS + START + sale)
    # 1000.00 less the contribution of 100.00, which is a debt to the cooperative (960)
    assert earned_not_owed(found, LAST) == {"A001": Decimal("900.00")}
    found = books_of(HEAD + OPENS + START + sale + owed)
    assert earned_not_owed(found, LAST) == {"A001": Decimal("250.00")}
    loss = entry("2026-02-01", ("Expenses:61:610-Loyer", "1.00"), ("Assets:55:5500-Banque", "-1.00"), unit="A001")
    assert claimed(earned_not_owed(books_of(HEAD + OPENS + START + loss), LAST)) == 0


@settings(deadline=None, max_examples=30)
@given(st.dates(datetime.date(2025, 1, 1), datetime.date(2026, 12, 31)), st.integers(0, 10**7))
def test_the_last_balance_is_all_that_is_known(day, cents):
    """On the example: treasury plus every line is what is held at the end; nothing is counted twice or lost."""
    dividend = Decimal(cents) / 100
    found = liquidity_plan(example(), day, dividend)
    assert [each.key for each in found.known] == [*KNOWN]
    assert found.balances(found.known)[-1] == sum(found.treasury) + sum(each.total for each in found.known)
    invoices = sum((item.amount for item in example().items.at(day + datetime.timedelta(1))), Decimal(0))
    totals = {each.key: each.total for each in found.known}
    assert totals["customers"] + totals["suppliers"] + found.beyond == invoices
    assert totals["dividend"] == -dividend
