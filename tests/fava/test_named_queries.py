"""The pages and the queries that come with the program say the same of the example."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from beancoop.books.query import find_queries
from beancoop.loading.ledger import load_ledger

from tests.fava.reading import EXAMPLE, SLUG, ZERO, amount, client, page, tables

if TYPE_CHECKING:
    from decimal import Decimal

    from werkzeug.test import Client

QUERIES = Path(__file__).parents[2] / "queries"


@pytest.fixture(scope="module")
def asking() -> Client:
    return client(EXAMPLE)


@pytest.fixture(scope="module")
def answers() -> dict[str, defaultdict[str, Decimal]]:
    """Give, of each query that has a unit in its rows, what it says of each unit, and of customers alone."""
    ledger, found = load_ledger(EXAMPLE), {}
    columns = {"treasury": "balance", "contributions": "contribution", "vat": "balance", "open-items": "balance"}
    for name, column in columns.items():
        answer = find_queries([QUERIES])[name].run(ledger)
        names = [each.name for each in answer.columns]
        sums: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
        for row in (dict(zip(names, values, strict=True)) for values in answer.rows):
            if name != "open-items" or row["account"].startswith("40"):
                sums[row["unit"]] += row[column]
        found[name] = sums
    return found


def test_the_page_of_the_activities(asking: Client, answers: dict[str, dict[str, Decimal]]) -> None:
    rows = tables(page(asking, f"{SLUG}/extension/Activites/"))["activities"]
    assert len(rows) == 10
    for row in rows[1:-1]:
        assert amount(row[3]) == answers["treasury"][row[0]]
        assert amount(row[6]) == answers["contributions"][row[0]]
        assert amount(row[8]) == answers["open-items"][row[0]]


def test_the_pages_of_each_activity(asking: Client, answers: dict[str, dict[str, Decimal]]) -> None:
    for number in range(1, 9):
        unit = f"A00{number}"
        rows = tables(page(asking, f"{SLUG}/extension/Autonomie/", unit=unit))["steps"]
        assert amount(rows[1][1]) == answers["treasury"][unit]
        assert amount(rows[2][1]) == answers["vat"][unit]


def test_the_page_of_the_treasury(asking: Client, answers: dict[str, dict[str, Decimal]]) -> None:
    found = tables(page(asking, f"{SLUG}/extension/Tresorerie/"))
    held: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for key in ("shares-1", "shares-2"):
        for row in found[key][1:-1]:
            held[row[0]] += amount(row[1])
    banked = {
        unit: total for unit, total in answers["treasury"].items() if total and unit != "A004"
    }  # who has cash too
    assert {unit: total for unit, total in held.items() if unit != "A004"} == banked


def test_a_name_is_read_whole_in_the_side_bar_of_fava() -> None:
    names = [path.stem for path in QUERIES.glob("*.bql")]
    assert len(names) > 5
    assert all(len(name) < 25 for name in names)  # of a longer one, Fava shows the end
