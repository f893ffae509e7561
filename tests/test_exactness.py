"""Sums, balances and layouts, a little of each; `make evidence` tries the rest."""

from __future__ import annotations

import itertools

import pytest
from beancoop.loading.ledger import load_ledger
from evidence.exactness_evidence import (
    CAREFREE,
    EXACT,
    MAIN,
    RESIDUALS,
    Example,
    Figures,
    layouts,
    residuals_told,
    sums_of_small_books,
)


@pytest.fixture(scope="module")
def example():
    return Example()


@pytest.mark.parametrize("options", [EXACT, CAREFREE])
def test_each_residual_is_told_at_its_line(options):
    assert residuals_told(options) == RESIDUALS.keys()


def test_random_books_sum_to_zero():
    assert all(sums_of_small_books(100, 1))


def test_the_example_itself_has_no_error(example):
    assert example.errors(example.entries) == []


def test_a_cent_on_a_bank_balance_is_told_alone_and_in_its_place(example):
    wrong = list(itertools.islice(example.wrong_balances(), 0, None, 9))
    assert [one for one in wrong if not one.is_caught] == []
    assert len(wrong) > 5


@pytest.mark.parametrize("twice", [False, True])
def test_a_movement_of_the_bank_is_missed_and_seen_twice(example, twice):
    places = [place for place in example.transactions() if example.touches_bank(place)][::40]
    assert [place for place in places if not example.is_seen(place, twice=twice)] == []
    assert len(places) > 5


def test_the_layout_of_files_changes_nothing():
    usual = Figures.of(load_ledger(MAIN))
    assert usual.errors == 0
    for figures in layouts(4, 17):
        assert figures == usual
