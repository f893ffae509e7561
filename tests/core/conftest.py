"""What several tests of the core look at."""

from __future__ import annotations

import pytest
from beancoop.loading import shelf


@pytest.fixture
def parsed(monkeypatch):
    """Give the names of the files that are parsed."""
    names = []
    parse = vars(shelf)["parse"]

    def noted(filename, text):
        names.append(filename.rpartition("/")[2])
        return parse(filename, text)

    monkeypatch.setattr(shelf, "parse", noted)
    return names
