"""What would be available if nothing more were sold, added up a second time from the books as text."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from beancoop.books.books import Books
from beancoop.loading.ledger import load_ledger
from beancoop.model.months import Month
from beancoop.model.periods import Period
from beancoop.statements.entries import made_of
from beancoop.statements.forecast import LONGEST, forecast, months_to_come, recurring, window
from beancoop.statements.meaning import Meaning
from beancoop.statements.next_steps import next_steps
from beancoop.storage.atomic import write_text
from hypothesis import given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """\
option "operating_currency" "EUR"
plugin "beancoop"
2026-01-01 custom "activity" "A001"
  overdraft: 99999.00 EUR
2026-01-01 open Assets:55:5500-Banque:A001
2026-01-01 open Assets:40:400-Clients:A001
2026-01-01 open Liabilities:46:460-Acomptes:A001
2026-01-01 open Liabilities:45:455-Remunerations:A001
2026-01-01 open Assets:49:499-CompteAttente:A001
2026-01-01 open Income:70:700-Ventes:A001
2026-01-01 open Expenses:61:610-Loyer:A001
2026-01-01 open Expenses:60:600-Achats:A001
2026-01-01 open Expenses:63:630-Amortissements:A001
2026-01-01 open Expenses:9:950-Contribution:A001
2026-01-01 open Assets:9:960-Liaison:A001
2026-01-01 open Expenses:9:950-Contribution:COOP
2026-01-01 open Assets:9:960-Liaison:COOP
"""
RENT = """\
{day} * "{payee}" "Loyer"
  Expenses:{number}:A001    {amount} EUR
  Assets:55:5500-Banque:A001
"""
SALE = """\
{day} * "Client" "Vente" ^{name}
{due}  Assets:40:400-Clients:A001    {amount} EUR
  Income:70:700-Ventes:A001
"""
DAY = datetime.date(2026, 3, 31)
NOW = Period(datetime.date.min, datetime.date(2026, 4, 1), DAY)


def books_of(folder: Path, text: str) -> Books:
    file = folder / "main.beancount"
    write_text(file, HEAD + text)
    ledger = load_ledger(file)
    assert ledger.errors == []
    return Books(ledger)


def rent(day: str, amount: str = "300.00", payee: str = "Bailleur", number: str = "61:610-Loyer") -> str:
    return RENT.format(day=day, amount=amount, payee=payee, number=number)


def sale(day: str, amount: str, name: str, due: str = "") -> str:
    return SALE.format(day=day, amount=amount, name=name, due=f"  due: {due}\n" if due else "")


RENTS = "".join(rent(day) for day in ("2026-01-05", "2026-02-05", "2026-03-05"))


def test_the_example_of_the_docstring(tmp_path: Path) -> None:
    money = '2026-03-31 * "Apport"\n  Assets:55:5500-Banque:A001  1912.10 EUR\n  Liabilities:46:460-Acomptes:A001\n'
    text = RENTS + sale("2026-03-31", "121.00", "V1", "2026-04-15") + money
    books = books_of(tmp_path, text)
    months = forecast(books, books.activities["A001"], NOW)
    # 1912.10 - 900.00 of rent, less the deposit of 1912.10, which is the customer's, less the contribution of 12.10
    assert [str(each.available) for each in months[:2]] == ["-1091.10", "-1391.10"]
    assert [str(each.coming) for each in months[:2]] == ["121.00", "0.00"]
    assert {each.costs for each in months} == {Decimal("-300.00")}
    assert [str(each.month) for each in (months[0], months[-1])] == ["2026-04", "2027-06"]


def test_what_is_no_recurring_cost(tmp_path: Path) -> None:
    """A month without it, another payee, goods to be sold on, depreciation, and what an opening brought in."""
    text = (
        rent("2026-01-05", payee="Deux fois") + rent("2026-03-05", payee="Deux fois")
        + rent("2025-12-05".replace("2025-12", "2026-01"), payee="A") + rent("2026-02-05", payee="B")
        + "".join(rent(f"2026-0{month}-06", payee="Marchandise", number="60:600-Achats") for month in (1, 2, 3))
        + "".join(rent(f"2026-0{month}-07", payee="Usure", number="63:630-Amortissements") for month in (1, 2, 3))
    )  # fmt: skip
    books = books_of(tmp_path, text)
    assert recurring(books, "A001", DAY) == []
    books = books_of(tmp_path, text + RENTS)
    assert [(each.payee, each.account.number, str(each.monthly)) for each in recurring(books, "A001", DAY)] == [
        ("Bailleur", "610", "300.00")
    ]
    assert recurring(books, "A001", datetime.date(2026, 3, 30)) == []  # March is not over: no rent of December


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [("2026-03-31", "2026-01", "2026-03"), ("2026-03-30", "2025-12", "2026-02"), ("2026-01-01", "2025-10", "2025-12")],
)
def test_three_whole_months(day: str, first: str, last: str) -> None:
    assert window(datetime.date.fromisoformat(day)) == (Month.parse(first), Month.parse(last))


def test_the_months_to_come_end_with_the_accompaniment(tmp_path: Path) -> None:
    books = books_of(tmp_path, '2026-02-01 custom "activity-terms" "A001"\n  months: 4\n')
    activity = books.activities["A001"]
    assert list(map(str, months_to_come(activity, DAY))) == ["2026-04"]
    assert months_to_come(activity, datetime.date(2026, 4, 30)) == ()
    paused = books_of(tmp_path, '2026-02-01 custom "activity-pause" "A001"\n')
    assert forecast(paused, paused.activities["A001"], NOW) == []
    endless = books_of(tmp_path, "2026-01-02 *\n")
    assert len(months_to_come(endless.activities["A001"], datetime.date(2026, 1, 1))) < LONGEST


amounts = st.decimals(Decimal("0.01"), Decimal(5000), places=2)
days = st.dates(datetime.date(2026, 1, 1), DAY)
due_days = st.none() | st.dates(datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(days, amounts, due_days), max_size=4),
    st.lists(st.tuples(days, amounts, st.sampled_from(("A", "B"))), max_size=9),
)
def test_each_month_adds_what_is_due_and_takes_the_mean_of_what_recurs(tmp_path_factory, sales, costs) -> None:  # type: ignore[no-untyped-def]
    text = "".join(
        sale(str(day), str(amount), f"V{place}", str(due) if due else "")
        for place, (day, amount, due) in enumerate(sales)
    ) + "".join(rent(str(day), str(amount), payee) for day, amount, payee in costs)
    books = books_of(tmp_path_factory.mktemp("forecast"), text)
    monthly = sum(
        (
            (sum(own) / 3).quantize(Decimal("0.01"), "ROUND_HALF_UP")
            for payee in "AB"
            if {day.month for day, _, to in costs if to == payee} == {1, 2, 3}
            for own in [[amount for _, amount, to in costs if to == payee]]
        ),
        Decimal(0),
    )
    spent = sum((amount for _, amount, _ in costs), Decimal(0))
    levied = sum((amount for _, amount, _ in sales), Decimal(0)) / 10
    start = -spent - levied.quantize(Decimal("0.01"), "ROUND_HALF_UP")
    for place, month in enumerate(forecast(books, books.activities["A001"], NOW), 1):
        last = month.month.last_day
        due = sum(
            (amount for day, amount, by in sales if (by or day + datetime.timedelta(days=30)) <= last), Decimal(0)
        )
        assert month.available == start + due - place * monthly
        meant = Meaning("forecast", "A001", since=DAY, until=DAY, day=last)
        assert made_of(books, meant).total == month.available


def test_what_waits_is_told_as_facts(tmp_path: Path) -> None:
    text = (
        sale("2026-01-10", "100.00", "V1") + sale("2026-03-20", "50.00", "V2")
        + sale("2026-02-01", "30.00", "V3", "2026-03-30")
        + rent("2026-03-05") + rent("2026-03-06").replace('"Loyer"\n', '"Loyer"\n  document-1: "bail.pdf"\n')
        + '2026-03-07 ! "Banque" "Inconnu"\n  Assets:55:5500-Banque:A001  25 EUR\n  Assets:49:499-CompteAttente:A001\n'
        + '2026-06-01 custom "meeting" "monthly"\n2026-05-01 custom "meeting" "monthly"\n'
        + '2026-02-01 custom "activity-terms" "A001"\n  months: 5\n'
    )  # fmt: skip
    books = books_of(tmp_path, text)
    activity = books.activities["A001"]
    found = next_steps(books, activity, NOW)
    assert [str(each.amount) for each in found.overdue] == ["100.00", "30.00"]
    assert [str(each.date) for each in found.unsupported] == ["2026-03-05"]
    assert [each.amount for each in found.waiting] == [Decimal(-25)]
    assert found.meeting is not None
    assert str(found.meeting.date) == "2026-05-01"
    assert str(found.last_day) == "2026-05-31"
    assert found.since == datetime.date(2026, 1, 1)
    asked = NOW._replace(asked=datetime.date(2026, 5, 1))
    assert next_steps(books, activity, asked).meeting.date == datetime.date(2026, 6, 1)
