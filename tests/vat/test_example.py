"""The example cooperative: every quarter is decided, tied to the cent, and ready to be filed."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from beancoop_cli.main import main
from click.testing import CliRunner

EXAMPLE = Path(__file__).parents[2] / "ledgers/main.beancount"
QUARTERS = [f"{year}-Q{quarter}" for year in (2025, 2026) for quarter in (1, 2, 3, 4)]


def run(*arguments: str):
    return CliRunner().invoke(main, ["vat", *arguments, "--ledger", str(EXAMPLE)])


@pytest.mark.parametrize("quarter", QUARTERS)
def test_each_quarter_is_decided_and_ready(quarter):
    done = run("return", quarter, "--format", "json")
    answered = json.loads(done.stdout)
    assert (done.exit_code, done.stderr, answered["undecided"]) == (0, "", [])
    assert answered["tie"] == {"411": "0.00", "451": "0.00"}
    for grid, amount in answered["grids"].items():
        if grid not in {"71", "72"}:
            assert Decimal(amount) == sum(Decimal(own.get(grid, 0)) for own in answered["units"].values())


@pytest.mark.parametrize("quarter", QUARTERS)
def test_the_customers_in_the_union_are_all_named(quarter):
    assert run("intra", quarter).exit_code == 0


@pytest.mark.parametrize("year", ["2025", "2026"])
def test_the_customers_of_a_year_are_listed(year):
    done = run("clients", year, "--format", "csv")
    assert done.exit_code == 0
    assert done.stdout.startswith("number,turnover,vat\nBE0999")


def test_the_example_shows_what_a_return_may_hold():
    grids = set()
    for quarter in QUARTERS:
        grids |= json.loads(run("return", quarter, "--format", "json").stdout)["grids"].keys()
    assert {"01", "02", "03", "44", "45", "48", "49", "54", "55", "56", "59", "63", "64"} <= grids
    assert {"81", "82", "83", "85", "86", "87", "88"} <= grids
