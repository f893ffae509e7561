"""Two processes that write, and one that reads."""

from __future__ import annotations

from beancoop.storage import atomic
from evidence.faults import careless
from evidence.writers_evidence import race


def test_two_writers_lose_nothing_and_a_reader_sees_whole_files():
    found = race(writes=30, reads=200)
    assert (found.written, found.lost, found.torn) == (60, 0, 0)
    assert found.reads >= 200


def test_a_worse_way_of_writing_is_found_out(monkeypatch):
    monkeypatch.setattr(atomic, "write_text", careless)
    assert any(race(writes=60, reads=200).torn for _ in range(20))


def test_without_the_lock_updates_are_lost():
    """The comparison with what was read leaves a gap of its own, which the lock closes."""
    assert any(race(writes=60, reads=0, locks=False).lost for _ in range(20))
