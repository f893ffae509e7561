"""The comparison finds what is wrong with a loader, and what is wrong in one value of an answer."""

from __future__ import annotations

import datetime
import gc
from decimal import Decimal

import pytest
from beancount.core.display_context import DisplayContext
from loading_equal.broken import BROKEN_LATER, BROKEN_ONCE, raises_nothing
from loading_equal.comparison import answer_of, compare, compare_and_spoil, differences, stock
from loading_equal.hostile import HOSTILE, OPEN, SALE, several

LEDGER = several(
    "", main=f'include "a.beancount"\n{OPEN}{SALE}2026-01-06 balance Assets:Bank  1 EUR\n2026-01-07 open open\n', a=SALE
)


@pytest.fixture(autouse=True)
def _collector():
    yield
    gc.enable()


@pytest.fixture
def main(tmp_path):
    return LEDGER.write(tmp_path)


def test_beancount_equals_itself(main):
    assert compare(main, stock) is None
    assert compare_and_spoil(main, stock) is None
    assert compare(main, stock) is None


@pytest.mark.parametrize("load", BROKEN_ONCE, ids=lambda load: load.__name__)
def test_a_broken_loader_is_caught(load, main):
    assert compare(main, load) is not None


@pytest.mark.parametrize("make", BROKEN_LATER, ids=lambda make: make.__name__)
def test_a_loader_that_breaks_later_is_caught_then(make, main):
    load = make()
    assert compare_and_spoil(main, load) is None
    main.with_name("a.beancount").write_text(SALE.replace("100.00", "2000.000"), encoding="utf-8")
    found = [compare_and_spoil(main, load), compare_and_spoil(main, load)]
    assert any(found)


def test_a_loader_that_raises_nothing_is_caught(tmp_path):
    main = HOSTILE["a total cost of no units"].write(tmp_path)
    assert compare(main, stock) is None
    assert str(compare(main, raises_nothing)).startswith("raised: stock (")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Decimal("1.0"), Decimal("1.00")),
        (Decimal("0.00"), Decimal("-0.00")),
        (Decimal(1), 1),
        (True, 1),
        ("a", None),
        ([1], (1,)),
        ([1, 2], [2, 1]),
        ([1], [1, 1]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"a": {"b": [1]}}, {"a": {"b": [2]}}),
        ({"a"}, {"a", "b"}),
        (datetime.date(2026, 1, 1), datetime.datetime(2026, 1, 1)),  # noqa: DTZ001 - neither has an hour
        ("x\nTraceback (most recent call last):\na\nend", "x\nTraceback (most recent call last):\na\nEnd"),
    ],
)
def test_values_that_differ(one, other):
    assert [*differences(one, other, "value")]
    assert not [*differences(one, one, "value")]


def test_of_a_traceback_the_first_and_the_last_line_count():
    one, other = (f"failed: Traceback (most recent call last):\n  {where}\nValueError: x\n" for where in "ab")
    assert not [*differences(one, other, "value")]


@pytest.mark.parametrize("number", ["1.001", "1"])
def test_what_a_display_context_makes_of_numbers(number):
    one, other = DisplayContext(), DisplayContext()
    one.update(Decimal("1.00"), "EUR")
    other.update(Decimal(number), "EUR")
    assert [*differences(one, other, "value")]


def test_a_value_of_which_nothing_is_known_is_not_passed_over():
    with pytest.raises(TypeError, match="equal"):
        [*differences(object(), object(), "value")]


def test_what_a_load_leaves_behind_is_seen(main):
    def load(path):
        gc.set_threshold(*(each + 1 for each in before))
        return stock(path)

    before = gc.get_threshold()
    try:
        assert list(answer_of(load, main).left) == ["collector"]
    finally:
        gc.set_threshold(*before)
