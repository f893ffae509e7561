"""No hidden figure can be computed from those that are shown: by linear algebra of another kind, and by trial."""

from __future__ import annotations

from beancoop.statements.masking import FEWEST, Cell, Mask
from disclosure import determined, told
from hypothesis import given, settings
from hypothesis import strategies as st


def cell(key, number, rank=0):
    """Give a figure about so many people, whom no other is about."""
    return Cell(key, frozenset(f"{key} {each}" for each in range(number)), rank)


def hide(cells, relations):
    """Give what is hidden of a report that comes alone."""
    mask = Mask()
    mask.add(cells, relations)
    return mask.hidden


def table(name, values):
    """Give the cells of a row of counts with its total, and the sum they make."""
    cells = [cell(f"{name}:{place}", value) for place, value in enumerate(values)]
    total = cell(name, sum(values), 1)
    return [*cells, total], {total.key: 1, **{one.key: -1 for one in cells}}


COUNTS = st.lists(st.integers(0, 12), min_size=2, max_size=5)


@given(COUNTS)
def test_a_row_of_counts_gives_nothing_away(values):
    cells, relation = table("x", values)
    secret = hide(cells, [relation])
    assert {one.key for one in cells if len(one.who) < FEWEST} <= secret
    assert not determined([relation], secret)
    if (
        "x" not in secret
    ):  # nor together about too few: since counts are whole and none below zero, no doubt would be left
        hidden = [len(one.who) for one in cells[:-1] if one.key in secret]
        assert not hidden or (len(hidden) > 1 and sum(hidden) >= FEWEST)


@given(st.lists(st.integers(5, 12), min_size=2, max_size=5))
def test_where_every_group_is_large_nothing_is_hidden(values):
    cells, relation = table("x", values)
    assert hide(cells, [relation]) == set()


@given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=2, max_size=3))
@settings(max_examples=60, deadline=None)
def test_a_table_with_both_totals_gives_nothing_away(rows):
    cells, relations = [], []
    for place, row in enumerate(rows):
        own, relation = table(f"r{place}", row)
        cells += own
        relations.append(relation)
    for place in range(3):
        total = cell(f"c{place}", sum(row[place] for row in rows), 1)
        cells.append(total)
        relations.append({total.key: 1, **{f"r{row}:{place}": -1 for row in range(len(rows))}})
    grand = cell("all", sum(map(sum, rows)), 2)
    cells.append(grand)
    relations.append({"all": 1, **{f"r{row}": -1 for row in range(len(rows))}})
    relations.append({"all": 1, **{f"c{place}": -1 for place in range(3)}})
    secret = hide(cells, relations)
    assert {one.key for one in cells if len(one.who) < FEWEST} <= secret
    assert not determined(relations, secret)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=6))
@settings(deadline=None)
def test_reports_that_follow_one_another_give_nothing_away(moves):
    """The stock at the end of one is that at the start of the next; what was shown stays shown."""
    mask, every, relations, stock = Mask(), [], [], 20
    for turn, (entries, exits) in enumerate(moves):
        left = min(exits, stock)
        start, stock = stock, stock + entries - left
        new = [cell(f"{turn} in", entries), cell(f"{turn} out", left), cell(f"{turn} end", stock, 1)]
        relation = {f"{turn} in": 1, f"{turn} out": -1, f"{turn} end": -1}
        if turn:
            relation[f"{turn - 1} end"] = 1
        else:
            new.append(cell("start", start, 1))
            relation["start"] = 1
        relations.append(relation)
        before = set(mask.hidden)
        mask.add(new, [relation])
        assert mask.hidden - before <= {one.key for one in new}
        every += new
        assert not determined(relations, mask.hidden)
    assert {one.key for one in every if len(one.who) < FEWEST} <= mask.hidden


def test_what_is_worth_least_is_hidden_with_it():
    cells, relation = table("x", [3, 20, 7, 9])
    assert hide(cells, [relation]) == {"x:0", "x:2"}


def test_the_second_reader_sees_what_no_count_below_zero_leaves_no_doubt_of():
    """The tests of masking stand on it: sums tell a count alone, counts of nothing together, and no more."""
    one, two = {"x": 1, "y": 1}, {"x": 1, "y": 1, "z": 1}
    assert told([one, two], {"x": 1, "y": 2, "z": 0}) == {"z"}
    assert told([two], {"x": 0, "y": 0, "z": 0}) == {"x", "y", "z"}
    assert told([two], {"x": 1, "y": 0, "z": 0}) == set()
    assert told([{"x": 1, "y": -1}], {"x": 0, "y": 0}) == set()
    assert told([{"x": 1, "y": -1}, {"y": 1, "z": 1}, {"x": 2, "z": 1}], {"x": 0, "y": 0, "z": 3}) == {"x", "y", "z"}
    assert told([{"x": 1, "y": 1, "z": -1}, {"z": 1, "u": 1}], {"x": 0, "y": 0, "z": 0, "u": 0}) == {"x", "y", "z", "u"}
