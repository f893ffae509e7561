"""No hidden figure can be computed from those that are shown: by linear algebra of another kind, and by trial."""

from __future__ import annotations

from beancoop.statements.masking import FEWEST, Cell, hide
from disclosure import determined
from hypothesis import given, settings
from hypothesis import strategies as st

MANY = 10**6


def table(name, values):
    """Give the cells of a row of counts with its total, and the sum they make."""
    cells = [Cell(f"{name}:{place}", value, value) for place, value in enumerate(values)]
    total = Cell(name, sum(values), MANY)
    return [*cells, total], {total.key: 1, **{cell.key: -1 for cell in cells}}


COUNTS = st.lists(st.integers(0, 12), min_size=2, max_size=5)


@given(COUNTS)
def test_a_row_of_counts_gives_nothing_away(values):
    cells, relation = table("x", values)
    secret = hide(cells, [relation], [], [])
    assert {cell.key for cell in cells if cell.people < FEWEST} <= secret
    assert not determined([relation], secret)
    if (
        "x" not in secret
    ):  # nor together about too few: since counts are whole and none below zero, no doubt would be left
        hidden = [cell.people for cell in cells[:-1] if cell.key in secret]
        assert not hidden or (len(hidden) > 1 and sum(hidden) >= FEWEST)


@given(st.lists(st.integers(5, 12), min_size=2, max_size=5))
def test_where_every_group_is_large_nothing_is_hidden(values):
    cells, relation = table("x", values)
    assert hide(cells, [relation], [], []) == set()


@given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=2, max_size=3))
@settings(max_examples=60, deadline=None)
def test_a_table_with_both_totals_gives_nothing_away(rows):
    cells, relations = [], []
    for place, row in enumerate(rows):
        own, relation = table(f"r{place}", row)
        cells += own
        relations.append(relation)
    for place in range(3):
        total = Cell(f"c{place}", sum(row[place] for row in rows), MANY)
        cells.append(total)
        relations.append({total.key: 1, **{f"r{row}:{place}": -1 for row in range(len(rows))}})
    grand = Cell("all", sum(map(sum, rows)), 2 * MANY)
    cells.append(grand)
    relations.append({"all": 1, **{f"r{row}": -1 for row in range(len(rows))}})
    relations.append({"all": 1, **{f"c{place}": -1 for place in range(3)}})
    secret = hide(cells, relations, [], [])
    assert {cell.key for cell in cells if cell.people < FEWEST} <= secret
    assert not determined(relations, secret)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=6))
@settings(deadline=None)
def test_reports_that_follow_one_another_give_nothing_away(moves):
    """The stock at the end of one is that at the start of the next; what was shown stays shown."""
    cells, relations, secret, stock = [], [], set(), 20
    for turn, (entries, exits) in enumerate(moves):
        left = min(exits, stock)
        start, stock = stock, stock + entries - left
        new = [Cell(f"{turn} in", entries, 1), Cell(f"{turn} out", left, 2), Cell(f"{turn} end", stock, MANY)]
        relation = {f"{turn} in": 1, f"{turn} out": -1, f"{turn} end": -1}
        if turn:
            relation[f"{turn - 1} end"] = 1
        else:
            new.append(Cell("start", start, MANY))
            relation["start"] = 1
        relations.append(relation)
        more = hide(new, relations, cells, secret)
        assert more <= {cell.key for cell in new}
        secret |= more
        cells += new
        assert not determined(relations, secret)
    assert {cell.key for cell in cells if cell.people < FEWEST} <= secret


def test_what_is_worth_least_is_hidden_with_it():
    cells, relation = table("x", [3, 20, 7, 9])
    assert hide(cells, [relation], [], []) == {"x:0", "x:2"}
