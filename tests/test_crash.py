"""A kill, a power cut or a full disk, at a sample of the points that `make evidence` tries all of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from beancoop.storage import atomic
from evidence.crash_evidence import SCENARIOS, Trial, files, found, run, strays
from evidence.faults import Disk, careless, killed_at

if TYPE_CHECKING:
    from pathlib import Path

STEP = 7  # has no divisor in common with the 8 touches of one file, so that every kind of touch has its turn


@pytest.fixture(params=SCENARIOS, ids=lambda scenario: scenario.name.replace(", ", "-"))
def trial(request, tmp_path):
    return Trial(request.param, tmp_path)


def test_a_kill_loses_nothing(trial):
    tally = trial.kill(STEP)
    assert tally.wrong == []
    assert tally.points == len(range(1, len(trial.touches) + 1, STEP))


@pytest.mark.parametrize("stays", [False, True], ids=["once", "from-there-on"])
def test_a_full_disk_loses_nothing(trial, stays):
    tally = trial.fill(STEP, stays=stays)
    assert tally.wrong == []
    assert tally.points == len(range(1, len(trial.touches) + 1, STEP))


def hasty(path: Path, text: str) -> None:
    """Write beside and rename, and flush nothing."""
    careless(draft := path.with_name(f".{path.name}.draft"), text)
    draft.rename(path)


@pytest.mark.parametrize("write", [careless, hasty])
def test_a_worse_way_of_writing_is_found_out(write, tmp_path, monkeypatch):
    monkeypatch.setattr(atomic, "write_text", write)
    assert Trial(SCENARIOS[1], tmp_path).kill(2).wrong


def test_the_process_ends_where_it_is_told_to(tmp_path):
    ledgers = found(tmp_path)
    before = files(ledgers)
    with Disk() as disk:
        atomic.write_text(tmp_path / "counted", "texte")
    assert disk.touches == ["open", "write", "flush", "fchmod", "fsync", "flush", "rename", "fsync"]
    assert killed_at(2, lambda: run(ledgers, SCENARIOS[0].command))
    (draft,) = strays(ledgers)
    assert 0 < draft.stat().st_size < 200  # half of the half that was written when the power failed
    assert files(ledgers) == before
    assert not killed_at(1000, lambda: run(ledgers, SCENARIOS[0].command))
