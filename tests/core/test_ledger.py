"""A ledger is loaded afresh, from its text alone, and the collector is left as it was."""

from __future__ import annotations

import gc
import pickle
from pathlib import Path

import pytest
from beancoop.loading.collector import without_collector
from beancoop.loading.ledger import load_ledger
from beancount import loader


class Touching:
    """Touches a file when it is taken out of a pickle."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_a_cache_beside_the_ledger_is_not_read(tmp_path):
    """It is a pickle, which runs what it holds."""
    (tmp_path / "main.beancount").write_text("2026-01-01 open Assets:40:400-Clients:COOP\n")
    (tmp_path / ".main.beancount.picklecache").write_bytes(pickle.dumps(Touching(tmp_path / "ran")))
    loader.initialize(use_cache=True)
    try:
        assert len(load_ledger(tmp_path / "main.beancount").entries) == 1
    finally:
        loader.initialize(use_cache=False)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(("before", "after"), [(gc.enable, True), (gc.disable, False)])
def test_the_collector_rests_and_is_left_as_it_was(before, after):
    try:
        before()
        with without_collector():
            assert not gc.isenabled()
        assert gc.isenabled() is after
    finally:
        gc.enable()
