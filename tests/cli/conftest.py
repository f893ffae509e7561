"""What tests of commands share."""

from __future__ import annotations

import pytest
from beancoop_cli import judging_whole


@pytest.fixture
def loaded(monkeypatch):
    """Give how often the whole was loaded."""
    seen = []
    judge_whole = vars(judging_whole)["judge_whole"]

    def noted(*given):
        seen.append(given)
        return judge_whole(*given)

    monkeypatch.setattr(judging_whole, "judge_whole", noted)
    monkeypatch.setattr("beancoop_cli.check._apart", lambda _ledger, work, *given: work(*given))
    return seen
