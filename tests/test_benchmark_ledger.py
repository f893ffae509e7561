"""The benchmark's generated cooperative is a valid one, always the same, and its closed months are whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from beancount import loader
from beancount.core.data import Custom, Directive, Transaction

if TYPE_CHECKING:
    from collections.abc import Sequence

GENERATE = Path(__file__).with_name("benchmarks") / "generate.py"
SIZE = {"activities": 3, "months": 4, "transactions": 8}
UNITS = ("A001", "A002", "A003")
CLOSED, OPEN = {"2026-01", "2026-02"}, {"2026-03", "2026-04"}


def generate(folder: Path, **options: int) -> Path:
    arguments = [text for name, value in (SIZE | options).items() for text in (f"--{name}", str(value))]
    subprocess.run([sys.executable, GENERATE, folder, *arguments], check=True)
    return folder


@pytest.fixture(scope="module")
def cooperative(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("generated") / "ledgers")


def load(ledger: Path) -> tuple[Sequence[Directive], list[Any]]:
    entries, errors, _ = loader._load([(str(ledger), True)], None, None, None)
    return entries, [error.message for error in errors]


def contents(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def levies(entries: Sequence[Directive]) -> list[Transaction]:
    return [one for one in entries if isinstance(one, Transaction) and "contribution" in one.tags]


def ledger_of(cooperative: Path, unit: str) -> Path:
    return cooperative / "activities" / unit / "ledger.beancount"


def test_the_whole_loads_without_error(cooperative: Path) -> None:
    entries, errors = load(cooperative / "main.beancount")
    assert errors == []
    assert {one.meta["unit"] for one in levies(entries)} == set(UNITS)


@pytest.mark.parametrize("unit", UNITS)
def test_each_sub_ledger_loads_alone_without_error(cooperative: Path, unit: str) -> None:
    entries, errors = load(ledger_of(cooperative, unit))
    assert errors == []
    assert {one.meta["unit"] for one in levies(entries)} == {unit}


def test_each_activity_writes_as_many_transactions_as_asked(cooperative: Path) -> None:
    for unit in UNITS:
        entries, _ = load(ledger_of(cooperative, unit))
        written = [one for one in entries if isinstance(one, Transaction) and "contribution" not in one.tags]
        assert len(written) == SIZE["months"] * SIZE["transactions"]


@pytest.mark.parametrize("name", ["main.beancount", *(f"activities/{unit}/ledger.beancount" for unit in UNITS)])
def test_only_the_open_months_are_injected(cooperative: Path, name: str) -> None:
    entries, _ = load(cooperative / name)
    injected = {one.meta["period"] for one in levies(entries) if "provisional" in one.tags}
    written = {one.meta["period"] for one in levies(entries) if "provisional" not in one.tags}
    assert injected
    assert injected <= OPEN
    assert written
    assert written <= CLOSED


def test_the_suite_would_have_levied_in_closed_months_what_is_written_there(tmp_path: Path) -> None:
    """Opened again, the closed months get from the plugin the very levies that the generator had written."""
    closed, opened = generate(tmp_path / "closed", activities=7, months=9, transactions=12), tmp_path / "opened"
    entries, errors = load(closed / "main.beancount")
    assert errors == []
    assert has_credit_note_across_a_change_of_rate(entries)
    written = {key(one) for one in levies(entries) if "provisional" not in one.tags}
    for path, content in contents(closed).items():
        if not path.name.startswith("contributions-"):
            (opened / path).parent.mkdir(parents=True, exist_ok=True)
            (opened / path).write_bytes(content)
    entries, errors = load(opened / "main.beancount")
    assert errors == []
    injected = {key(one) for one in levies(entries)}
    assert written <= injected
    assert {one[0].month for one in injected - written} == {8, 9}


def has_credit_note_across_a_change_of_rate(entries: Sequence[Directive]) -> bool:
    """Say whether the ledger puts the rule of the invoice's own rate to the test."""
    terms = {one.values[0].value: one.date for one in entries if isinstance(one, Custom) and "terms" in one.type}
    notes = [
        one for one in entries if isinstance(one, Transaction) and (one.narration or "").startswith("Note de crédit")
    ]
    invoices = {link: one for one in reversed(entries) if isinstance(one, Transaction) for link in one.links}
    return any(
        invoices[link].date < terms[unit] <= note.date
        for note in notes
        for link in note.links
        if (unit := link[:4]) in terms
    )


def key(levy: Transaction) -> tuple[Any, ...]:
    figures = [levy.meta[name] for name in ("unit", "period", "margin", "cumulative", "due")]
    return (levy.date, *figures, *sorted((one.account, one.units) for one in levy.postings))


def test_every_unit_seals_every_month_but_the_last_two(cooperative: Path) -> None:
    entries, _ = load(cooperative / "main.beancount")
    seals = [one for one in entries if isinstance(one, Custom) and one.type == "closed"]
    found = {(one.values[1].value, one.values[0].value): one.meta for one in seals}
    assert set(found) == {(unit, month) for unit in (*UNITS, "COOP") for month in CLOSED}
    for unit in UNITS:
        assert found[unit, "2026-01"]["previous"] == ""
        assert found[unit, "2026-02"]["previous"] == found[unit, "2026-01"]["sha256"]


def test_same_arguments_give_the_same_bytes(cooperative: Path, tmp_path: Path) -> None:
    assert contents(generate(tmp_path / "again")) == contents(cooperative)
    assert contents(generate(tmp_path / "other", seed=2)) != contents(cooperative)


def test_a_folder_with_a_ledger_is_not_overwritten(cooperative: Path) -> None:
    before = contents(cooperative)
    done = subprocess.run([sys.executable, GENERATE, cooperative], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "is not an empty folder" in done.stderr
    assert contents(cooperative) == before
