"""The golden year lived again: every answer is, byte for byte, the one that was looked at and kept."""

from __future__ import annotations

from contextlib import chdir

import pytest
from golden.golden_year import EXPECTED, HERE, answers

KEPT = sorted(path.name for path in EXPECTED.iterdir())


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    with chdir(tmp_path_factory.mktemp("golden")):
        return answers(HERE / "books")


@pytest.mark.parametrize("name", KEPT)
def test_each_answer_is_the_one_that_was_kept(lived, name):
    assert lived[name].encode() == (EXPECTED / name).read_bytes()


def test_every_answer_is_kept(lived):
    assert sorted(lived) == KEPT
