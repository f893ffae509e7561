"""The names of what the core names by a key."""

from __future__ import annotations

from beancoop.model.directives import OUTCOMES
from beancoop.presentation import names


def test_each_state_has_a_name() -> None:
    assert set(names.STATES) == {"future", "active", "paused", "ended", *OUTCOMES}
