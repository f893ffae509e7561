"""A little damage to everything that is read; `make evidence` does more of it."""

from __future__ import annotations

from collections import Counter

import pytest
from evidence.fuzz_evidence import (
    BROKEN,
    SECONDS,
    Request,
    camt_files,
    coda_files,
    cooperatives,
    crashes_in_books,
    crashes_in_main,
    ledgers,
    outcomes,
    people_files,
)


@pytest.mark.parametrize(
    ("requests", "excused"),
    [
        (coda_files(500), ()),
        (camt_files(500), ()),
        (people_files(300), ()),
        (ledgers(60), ("died",)),  # before any plugin of ours
        (cooperatives(6), ()),
    ],
    ids=["CODA files", "CAMT files", "people files", "ledgers", "cooperatives"],
)
def test_damage_is_refused_in_words(requests, excused):
    found = list(outcomes(requests))
    assert [one for one in found if one.word in BROKEN and one.word not in excused] == []
    words = Counter(one.word for one in found)
    assert words["refused"] > len(found) / 10, words


@pytest.mark.parametrize("requests", [crashes_in_main(), crashes_in_books()], ids=["main ledger", "sub-ledger"])
def test_what_ends_beancount_is_told(requests):
    found = zip(requests, outcomes(requests.values()), strict=True)
    assert {name: outcome.words for name, outcome in found if outcome.word in BROKEN} == {}


def test_the_child_s_death_and_silence_are_noticed(monkeypatch):
    def requests():
        yield Request("load", "2026-01-01 price USD 1/0 EUR\n")
        with monkeypatch.context() as hurried:
            hurried.setitem(SECONDS, "load", 1)  # the others may take their time
            yield Request("load", 'include "/dev/zero"\n')
        yield Request("load", 'plugin "beancoop"\n')

    assert [one.word for one in outcomes(requests())] == ["died", "hung", "accepted"]
