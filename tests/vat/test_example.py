"""The example cooperative: each quarter is decided and tied to the cent; what was over by its last day is filed."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from beancoop.loading.ledger import load_ledger
from beancoop.model.money import amount_in
from beancoop.vat.periods import VatPeriod
from beancoop.vat.preparing import VatDesk
from beancoop.vat.returns import balance_of
from beancoop_cli.main import main
from beancount.core.data import Transaction
from click.testing import CliRunner

EXAMPLE = Path(__file__).parents[2] / "ledgers/main.beancount"
FILED = ["2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2"]
QUARTERS = [*FILED, "2026-Q3", "2026-Q4"]
OWED = {
    "2025-Q1": "1374.20", "2025-Q2": "2302.08", "2025-Q3": "2987.81", "2025-Q4": "4417.40",
    "2026-Q1": "3311.33", "2026-Q2": "4591.57",
}  # fmt: skip
FIRST = {
    "01": "4839.12", "03": "9925.69", "54": "2374.75", "55": "86.75", "59": "1087.30", "71": "1374.20",
    "81": "3027.40", "82": "2460.28", "86": "322.58", "88": "90.50",
}  # fmt: skip


def run(*arguments: str):
    return CliRunner().invoke(main, ["vat", *arguments, "--ledger", str(EXAMPLE)])


@pytest.fixture(scope="module")
def desk() -> VatDesk:
    return VatDesk(load_ledger(EXAMPLE))


@pytest.mark.parametrize("quarter", QUARTERS)
def test_each_quarter_is_decided_and_ready(desk, quarter):
    period = VatPeriod.parse(quarter)
    made = desk.prepare(period)
    assert (made.undecided, made.remarks, made.late, [*made.ties]) == ([], [], [], [0, 0])
    assert desk.obstacles(period, made) == ([], [])
    for grid, amount in made.grids.items():
        if grid not in {"71", "72"}:
            assert amount == sum(own.get(grid, 0) for own in made.units.values())


@pytest.mark.parametrize("quarter", FILED)
def test_what_was_filed_is_what_the_entries_still_say(desk, quarter):
    period = VatPeriod.parse(quarter)
    assert desk.filed_for(period).grids == desk.prepare(period).grids
    assert desk.filed_for(period).grids["71"] == Decimal(OWED[quarter])
    done = run("drift", quarter)
    assert (done.exit_code, done.stderr) == (0, "")


def test_a_filed_quarter_answers_with_what_was_filed():
    done = run("return", "2025-Q1", "--format", "json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["grids"] == FIRST
    assert "2025-Q1 was filed on 2025-04-18" in done.stderr


def test_what_is_not_over_is_not_filed(desk):
    assert [str(filed.period) for filed in desk.in_force] == FILED
    assert json.loads(run("return", "2026-Q3", "--format", "json").stdout)["grids"]["71"] == "2098.64"


@pytest.mark.parametrize("quarter", FILED)
def test_each_unit_passes_its_vat_through_960_and_the_structure_pays_from_4519(desk, quarter):
    period, sums = VatPeriod.parse(quarter), {}
    for entry in desk.ledger.entries:
        if isinstance(entry, Transaction) and entry.links & {f"vat-{quarter}", f"tva-{quarter}"}:
            for posting in entry.postings:
                _, _, account, unit = posting.account.split(":")
                key = account.split("-")[0], unit
                sums[key] = sums.get(key, 0) + amount_in(posting, "EUR")
    made = desk.prepare(period)
    for unit, grids in made.units.items():
        assert sums.get(("960", unit), 0) == 0
        assert sums.get(("411", unit), 0) + sums.get(("451", unit), 0) == balance_of(grids)
    assert sums["4519", "COOP"] == 0
    paid = sum(amount for (number, _), amount in sums.items() if number.startswith("55"))
    assert paid == -made.balance


@pytest.mark.parametrize("quarter", QUARTERS)
def test_the_customers_in_the_union_are_all_named(quarter):
    assert run("intra", quarter).exit_code == 0


@pytest.mark.parametrize("year", ["2025", "2026"])
def test_the_customers_of_a_year_are_listed(year):
    done = run("clients", year, "--format", "csv")
    assert done.exit_code == 0
    assert done.stdout.startswith("number,turnover,vat\nBE0999")


def test_the_example_shows_what_a_return_may_hold(desk):
    grids = {grid for quarter in QUARTERS for grid in desk.prepare(VatPeriod.parse(quarter)).grids}
    assert {"01", "02", "03", "44", "45", "48", "49", "54", "55", "56", "59", "63", "64"} <= grids
    assert {"81", "82", "83", "85", "86", "87", "88"} <= grids
