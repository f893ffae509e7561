"""For each invariant, books that break it alone fail in its place and words; the books they come from pass."""

from __future__ import annotations

import pytest
from evidence.random_books import drawn
from evidence.red_twins import NOT_IN_THE_CONTRACT, PROPERTIES, TWINS
from evidence.red_twins_evidence import LEDGERS, Told, check, failure, is_idempotent, lay, report


@pytest.mark.parametrize("twin", TWINS, ids=lambda twin: f"{twin.rule} {twin.name}")
def test_a_red_twin_is_told_alone_in_its_place(twin, tmp_path):
    assert failure(twin, tmp_path) == ""


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
def test_the_green_twin_passes(closed, tmp_path):
    assert check(lay(tmp_path, closed=closed)) == Told(0, [])


def test_every_invariant_is_accounted_for():
    told = {twin.rule for twin in TWINS}
    wanted = {f"I{number}" for number in range(1, 24)}
    assert wanted <= told | PROPERTIES.keys() | NOT_IN_THE_CONTRACT.keys()
    assert not told & (PROPERTIES.keys() | NOT_IN_THE_CONTRACT.keys())


def test_loading_what_a_load_gave_adds_nothing():
    for ledger in drawn(10, 16):
        text = ledger.text("beancoop")
        assert is_idempotent(text), text


def test_the_same_books_give_the_same_bytes():
    assert report(LEDGERS / "main.beancount", "1") == report(LEDGERS / "main.beancount", "2") != b""
