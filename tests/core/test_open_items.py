"""Open customers and suppliers: what settles what, and that nothing is left out."""

import datetime
from collections import defaultdict
from decimal import Decimal

import pytest
from beancoop.books.open_items import OpenItems, open_items
from beancount.loader import load_string
from hypothesis import given
from hypothesis import strategies as st

OPENS = """
2026-01-01 open Assets:40:400-Clients:A001
2026-01-01 open Assets:40:400-Clients:A002
2026-01-01 open Liabilities:44:440-Fournisseurs:A001
2026-01-01 open Assets:55:5500-Banque:A001
2026-01-01 open Assets:55:5500-Banque:A002
"""


def entry(day, amount, *, payee="Client", links="", meta="", account="Assets:40:400-Clients:A001", posting_meta=""):
    unit = account.rpartition(":")[2]
    return (
        f'2026-{day} * "{payee}" "" {links}\n{meta}  {account}  {amount} EUR\n{posting_meta}'
        f"  Assets:55:5500-Banque:{unit}  {-Decimal(amount)} EUR\n"
    )


def items(*texts, end=None, unit=None):
    entries, errors, _ = load_string(OPENS + "".join(texts))
    assert errors == []
    return [
        (item.unit, item.name, item.payee, str(item.date), str(item.invoiced), str(item.amount))
        for item in open_items(entries, "EUR", end, unit)
    ]


def test_a_payment_in_part_leaves_the_rest_open():
    assert items(entry("03-02", "1210.00", links="^F1"), entry("03-20", "-500.00", links="^F1")) == [
        ("A001", "F1", "Client", "2026-03-02", "1210.00", "710.00")
    ]


def test_a_payment_beyond_the_invoice_is_owed_back():
    assert items(entry("03-02", "100.00", links="^F1"), entry("03-20", "-130.00", links="^F1")) == [
        ("A001", "F1", "Client", "2026-03-20", "-30.00", "-30.00")
    ]


def test_one_payment_of_several_invoices_goes_to_each_of_them():
    invoices = entry("03-02", "100.00", links="^F1"), entry("03-03", "50.00", links="^F2")
    assert items(*invoices, entry("03-20", "-150.00", links="^F1 ^F2")) == []
    assert items(*invoices, entry("03-20", "-120.00", links="^F1 ^F2")) == [
        ("A001", "F2", "Client", "2026-03-03", "50.00", "30.00")
    ]


def test_the_posting_s_own_name_comes_first():
    named = entry("03-20", "-50.00", links="^F1", posting_meta='    invoice: "F2"\n')
    assert items(entry("03-02", "100.00", links="^F1"), entry("03-03", "50.00", meta='  invoice: "F2"\n'), named) == [
        ("A001", "F1", "Client", "2026-03-02", "100.00", "100.00")
    ]


def test_a_link_and_the_metadata_name_the_same_invoice():
    assert items(entry("03-02", "100.00", meta='  invoice: "F1"\n'), entry("03-05", "-100.00", links="^F1")) == []


@pytest.mark.parametrize(
    "how", [{"meta": '  invoice: "B-1"\n'}, {"links": "^F1"}, {"posting_meta": '    invoice: "B-1"\n'}]
)
def test_a_purchase_that_bears_the_link_of_its_sale_is_found_by_its_number_and_by_the_link(how):
    bought = entry(
        "03-02", "-300.00", links="^F1", meta='  invoice: "B-1"\n', account="Liabilities:44:440-Fournisseurs:A001"
    )
    paid = entry("03-20", "300.00", account="Liabilities:44:440-Fournisseurs:A001", **how)
    assert [name for _, name, *_ in items(bought)] == ["B-1"]
    assert items(bought, paid) == []


def test_what_is_settled_under_one_name_is_settled_under_the_others():
    bought = entry("03-02", "100.00", links="^F1", meta='  invoice: "B-1"\n')
    by_number, by_link = entry("03-20", "-100.00", meta='  invoice: "B-1"\n'), entry("03-21", "-30.00", links="^F1")
    assert len(items(bought, by_number, by_link)) == 1  # what was paid twice is owed back


def test_without_a_name_the_payee_s_oldest_debt_is_settled_first():
    both = entry("03-02", "100.00"), entry("03-03", "60.00"), entry("03-04", "70.00", payee="Other")
    assert items(*both, entry("03-20", "-120.00")) == [
        ("A001", "", "Client", "2026-03-03", "60.00", "40.00"),
        ("A001", "", "Other", "2026-03-04", "70.00", "70.00"),
    ]


def test_a_credit_note_settles_its_invoice():
    assert items(entry("03-02", "100.00", links="^F1"), entry("03-09", "-100.00", links="^F1")) == []


def test_suppliers_and_customers_units_and_days_stay_apart():
    texts = (
        entry("03-02", "100.00", links="^F1"),
        entry("03-02", "-80.00", links="^F1", account="Liabilities:44:440-Fournisseurs:A001"),
        entry("03-02", "40.00", links="^F1", account="Assets:40:400-Clients:A002"),
        entry("04-02", "-100.00", links="^F1"),
    )
    assert [one[0] + one[5] for one in items(*texts)] == ["A001-80.00", "A00240.00"]
    april = datetime.date(2026, 4, 1)
    assert [one[5] for one in items(*texts, end=april, unit="A001")] == ["100.00", "-80.00"]


def test_the_day_to_pay_by_tells_the_age():
    entries, _, _ = load_string(OPENS + entry("03-02", "100.00", links="^F1", meta="  due: 2026-04-01\n"))
    (item,) = open_items(entries, "EUR")
    assert (item.due, item.age(datetime.date(2026, 4, 11))) == (datetime.date(2026, 4, 1), 10)


def test_a_posting_of_an_opening_says_its_own_party_and_days():
    said = '    invoice: "F9"\n    party: "Dupont"\n    since: 2025-11-30\n    due: 2025-12-31\n'
    opening = entry("01-01", "100.00", payee="", meta="  due: 2026-06-30\n", posting_meta=said)
    assert items(opening) == [("A001", "F9", "Dupont", "2025-11-30", "100.00", "100.00")]
    entries, _, _ = load_string(OPENS + opening)
    (item,) = open_items(entries, "EUR")
    assert (item.due, item.entry.date) == (datetime.date(2025, 12, 31), datetime.date(2026, 1, 1))
    assert items(opening, entry("01-20", "-100.00", meta='  invoice: "F9"\n')) == []


def test_a_party_alone_is_settled_by_its_payee():
    opening = entry("01-01", "100.00", payee="", posting_meta='    party: "Dupont"\n')
    assert items(opening, entry("01-20", "-60.00", payee="Dupont")) == [
        ("A001", "", "Dupont", "2026-01-01", "100.00", "40.00")
    ]


def test_what_an_opening_brought_in_is_paid_from_its_own_day_on():
    opening = entry("01-01", "100.00", posting_meta='    invoice: "F9"\n    since: 2025-12-01\n')
    entries, _, _ = load_string(OPENS + opening + entry("01-11", "-100.00", links="^F9"))
    (settled,) = OpenItems(entries, "EUR").settlements["A001"]
    assert (settled.since, settled.by.date) == (datetime.date(2025, 12, 1), datetime.date(2026, 1, 11))


def test_the_first_day_by_which_something_is_owed():
    texts = (
        entry("03-02", "100.00", links="^F1", meta="  due: 2026-04-15\n"),
        entry("03-03", "50.00", links="^F2"),
        entry("03-04", "-70.00", links="^F3"),  # owed to the customer
        entry("03-05", "-80.00", account="Liabilities:44:440-Fournisseurs:A001"),
        entry("03-20", "-50.00", links="^F2"),
        entry("03-30", "40.00", account="Assets:40:400-Clients:A002"),
    )
    entries, _, _ = load_string(OPENS + "".join(texts))
    history = OpenItems(entries, "EUR")
    days = [datetime.date.fromisoformat(day) for day in ("2026-03-01", "2026-03-04", "2026-03-21", "9999-12-31")]
    told = [{unit: str(day) for unit, day in history.overdue_since("40", day).items()} for day in days]
    assert told == [
        {},
        {"A001": "2026-03-03"},
        {"A001": "2026-04-15"},
        {"A001": "2026-04-15", "A002": "2026-03-30"},
    ]


@pytest.mark.parametrize("due", ['"soon"', "12.00 EUR"])
def test_a_day_to_pay_by_that_is_no_day_counts_for_nothing(due):
    entries, _, _ = load_string(OPENS + entry("03-02", "100.00", meta=f"  due: {due}\n"))
    (item,) = open_items(entries, "EUR")
    assert (item.due, item.age(datetime.date(2026, 3, 12))) == (None, 10)


POSTINGS = st.tuples(
    st.integers(-500, 500),
    st.sampled_from(["", "^F1", "^F2", "^F1 ^F2"]),
    st.sampled_from(["", "Client", "Other"]),
    st.sampled_from(["Assets:40:400-Clients:A001", "Liabilities:44:440-Fournisseurs:A001"]),
)


@given(st.lists(POSTINGS, max_size=12))
def test_the_open_amounts_of_an_account_are_its_balance(postings):
    texts, balances = [], defaultdict(Decimal)
    for day, (cents, links, payee, account) in enumerate(postings, 1):
        amount = Decimal(cents).scaleb(-2)
        balances[account] += amount
        texts.append(entry(f"03-{day:02}", f"{amount:.2f}", payee=payee, links=links, account=account))
    entries, _, _ = load_string(OPENS + "".join(texts))
    found = defaultdict(Decimal)
    for item in open_items(entries, "EUR"):
        assert item.amount
        found[item.account] += item.amount
    assert {account: found[account] for account in balances} == balances
    assert found.keys() <= balances.keys()


@given(st.lists(POSTINGS, max_size=12), st.integers(1, 14))
def test_any_day_of_the_past_is_told_as_if_nothing_had_followed(postings, day):
    texts = [
        entry(f"03-{number:02}", f"{Decimal(cents).scaleb(-2):.2f}", payee=payee, links=links, account=account)
        for number, (cents, links, payee, account) in enumerate(postings, 1)
    ]
    entries, _, _ = load_string(OPENS + "".join(texts))
    end = datetime.date(2026, 3, day)
    history = OpenItems(entries, "EUR")
    assert history.at(end) == history.at(end, "A001") == open_items(entries, "EUR", end)
    assert history.at() == open_items(entries, "EUR")
    for one in history.settlements["A001"]:
        assert one.amount
        assert one.opened.date <= one.by.date


def test_a_settlement_tells_what_paid_what():
    entries, _, _ = load_string(
        OPENS
        + entry("03-02", "1210.00", links="^F1")
        + entry("03-12", "-500.00", links="^F1")
        + entry("03-20", "-710.00", links="^F1")
    )
    history = OpenItems(entries, "EUR")
    told = [((one.by.date - one.opened.date).days, str(one.amount)) for one in history.settlements["A001"]]
    assert told == [(10, "500.00"), (18, "710.00")]
    assert history.settlements.get("A002") is None


@pytest.mark.parametrize("first", ["0.40", "-0.40", "40.00", "-40.00"])
@pytest.mark.parametrize("second", ["0.30", "-0.30", "30.00", "-30.00"])
def test_what_has_the_other_sign_settles_and_what_has_the_same_adds(first, second):
    """Of cents as of euros."""
    found = items(entry("03-02", first, links="^F1"), entry("03-20", second, links="^F1"))
    total = Decimal(first) + Decimal(second)
    assert sum((Decimal(item[-1]) for item in found), Decimal(0)) == total
    assert len(found) == (2 if (Decimal(first) > 0) == (Decimal(second) > 0) else 1)


def test_what_settles_nothing_is_open_under_the_first_of_its_names():
    invoice = entry("03-02", "100.00", links="^F2 ^F1")
    assert items(invoice) == [("A001", "F1", "Client", "2026-03-02", "100.00", "100.00")]
    assert items(invoice, entry("03-05", "-100.00", links="^F1")) == []
    assert len(items(invoice, entry("03-05", "-100.00", links="^F2"))) == 2
