"""Closed months of the example, changed in some of the ways that `make evidence` tries all of."""

from __future__ import annotations

import pytest
from beancoop.closing.seal import check_seals
from beancoop.loading.ledger import load_ledger
from beancoop.model.months import Month
from evidence import damage_evidence, seals_evidence
from evidence.blocks import EDITS, blocks, delete
from evidence.closed_months_evidence import touch
from evidence.damage_evidence import change, cut, damage
from evidence.seals_evidence import Closed, Size, generate, reseal, try_edits, try_neutral

SEALED = range(3, 6_000, 500)
"""Places in the book of 2025 of A001, all before March."""


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    return Closed(tmp_path_factory.mktemp("closed"), Month(2025, 2))


def test_every_kind_of_edit_is_found(closed):
    assert try_edits(closed, len(EDITS), seed=11).wrong == []


def test_another_way_of_writing_raises_no_alarm(closed):
    assert try_neutral(closed, 10, seed=12).wrong == []


def test_every_sub_ledger_tells_alone_of_what_is_done_to_it_and_of_nothing_else(closed):
    tallies = [touch(closed, unit, 1) for unit in closed.units]
    assert [one for tally in tallies for one in (*tally.missed, *tally.alarms)] == []
    assert {(tally.entries, tally.changed, tally.rewritten) for tally in tallies} == {(1, 5, 2)}


def test_what_the_seals_do_not_tell_is_counted_as_missed(closed, monkeypatch):
    monkeypatch.setattr(seals_evidence, "check_seals", lambda *_: [])
    assert len(touch(closed, "A001", 2).missed) > 5


@pytest.mark.parametrize("way", [cut, change])
def test_damage_to_a_closed_book_is_not_silent(way, closed):
    tally = damage(closed, way, SEALED, "A001")
    assert tally.silent == []
    assert tally.told > 5


def test_damage_that_the_seals_do_not_tell_is_counted_as_silent(closed, monkeypatch):
    monkeypatch.setattr(damage_evidence, "check_seals", lambda *_: [])
    assert damage(closed, change, SEALED, "A001").silent != []


def test_an_edit_after_the_closed_months_is_free(closed):
    """Else every change would be found, and finding one would prove nothing."""
    (path,) = [path for path in closed.books["A001"] if path.name == "2025.beancount"]
    free = next(block for block in blocks(path) if block.date > closed.last.last_day)
    assert closed.with_changes({path: free.replaced(delete(free.text, None))}) == []


def test_a_large_ledger_is_sealed_as_close_seals_it(tmp_path):
    ledger = load_ledger(generate(tmp_path / "ledgers", Size(activities=4, months=4)))
    assert check_seals(ledger.entries, ledger.options) != []
    assert reseal(ledger) > 150
    assert check_seals(ledger.entries, ledger.options) == []
