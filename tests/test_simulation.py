"""A few seeds of the cooperative's year; `make evidence` lives through 200, and `tests/simulation.py` replays one."""

from __future__ import annotations

import fcntl
from decimal import ROUND_DOWN, Decimal

import pytest
import simulation
from beancoop.contribution import levy
from beancoop.storage import atomic
from beancoop_importers.bank.known import KnownEntries
from evidence.faults import careless
from simulation import SeedFailedError, simulate


@pytest.mark.parametrize("seed", range(201, 207))
def test_a_year_is_as_the_oracle_says(seed, tmp_path):
    assert simulate(seed, tmp_path, months=8)[0] == f"seed {seed}"


def test_a_seed_gives_the_same_year_again(tmp_path):
    """The shape of the year, and not what a race between two processes left to chance, comes from the seed."""
    (first := tmp_path / "first").mkdir()
    (second := tmp_path / "second").mkdir()
    assert simulate(7, first, months=3) == simulate(7, second, months=3)
    for path in (first / "ledgers").rglob("*.beancount"):
        assert path.read_bytes() == (second / path.relative_to(first)).read_bytes()


def write_carelessly(monkeypatch):
    monkeypatch.setattr(atomic, "write_text", careless)


def believe_every_seal(monkeypatch):
    monkeypatch.setattr(simulation, "check_seals", lambda *_: [])


def book_everything_twice(monkeypatch):
    monkeypatch.setattr(KnownEntries, "holds", lambda *_: False)


def keep_nobody_out(monkeypatch):
    monkeypatch.setattr(fcntl, "flock", lambda *_: None)


def round_down(monkeypatch):
    monkeypatch.setattr(levy, "to_cent", lambda amount: amount.quantize(Decimal("0.01"), ROUND_DOWN))


@pytest.mark.parametrize(
    "worsen", [write_carelessly, believe_every_seal, book_everything_twice, keep_nobody_out, round_down]
)
def test_a_worse_program_does_not_live_long(worsen, tmp_path, monkeypatch):
    worsen(monkeypatch)
    with pytest.raises(SeedFailedError, match=r"Again: python tests/simulation.py \d"):
        live_through(range(1, 9), tmp_path)


def live_through(seeds, folder):
    for seed in seeds:
        (home := folder / str(seed)).mkdir()
        simulate(seed, home)
