"""Which figures of an aggregated report must be hidden, so that no small group of people can be told from it.

A figure about fewer than five people is hidden. So is as much else as it takes that no hidden figure can be computed
from those that are shown, by adding and subtracting along what is known of their sums; and that what is hidden together
under a shown sum is not about fewer than five people either. What earlier reports have shown stays shown, and counts as
known: only new figures can be hidden.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    Relation: TypeAlias = Mapping[str, int]

FEWEST = 5
"""How many people a figure that is shown is about, at least."""


class Cell(NamedTuple):
    """A figure.

    Attributes:
        key: its name, unlike that of any other.
        people: how many people it is about.
        cost: what is lost by hiding it: of several that would do, the one with the least is hidden.

    """

    key: str
    people: int
    cost: int


def hide(
    cells: Sequence[Cell], relations: Sequence[Relation], known: Sequence[Cell], hidden: Collection[str]
) -> set[str]:
    """Give the keys of those of *cells* that must be hidden.

    Args:
        cells: the new figures.
        relations: what is known of sums, over new figures and old ones: for each, the weights by which its figures add
            up to zero.
        known: the figures of earlier reports.
        hidden: the keys of those of them that were hidden.

    """
    people = {cell.key: cell.people for cell in (*known, *cells)}
    secret = {*hidden, *(cell.key for cell in cells if cell.people < FEWEST)}
    shown = sorted((cell for cell in cells if cell.key not in secret), key=lambda cell: (cell.cost, cell.key))
    while exposed := _exposed(relations, secret, people):
        helping = (cell for cell in shown if not exposed <= _exposed(relations, {*secret, cell.key}, people))
        cell = next(helping, shown[0])
        shown.remove(cell)
        secret.add(cell.key)
    return secret - set(hidden)


def _exposed(relations: Sequence[Relation], secret: Collection[str], people: Mapping[str, int]) -> set[str]:
    """Give the hidden figures that the shown ones betray."""
    return {*_computable(relations, secret), *_too_few_together(relations, secret, people)}


def _computable(relations: Iterable[Relation], secret: Collection[str]) -> Iterator[str]:
    """Give the hidden figures that the shown ones determine: those alone in a row, once the relations are reduced.

    A row says what a sum of hidden figures is; in reduced echelon form (Gauss-Jordan, exact) each begins with a figure
    that no other row has, so that a figure is determined exactly where its row has nothing else.
    """
    rows: dict[str, dict[str, Fraction]] = {}
    for relation in relations:
        row = {key: Fraction(weight) for key, weight in relation.items() if key in secret}
        for key in row.keys() & rows.keys():
            row = _without(row, key, rows[key])
        if not row:
            continue
        first = min(row)
        new = {key: weight / row[first] for key, weight in row.items()}
        rows = {key: _without(other, first, new) if first in other else other for key, other in rows.items()}
        rows[first] = new
    yield from (key for key, row in rows.items() if len(row) == 1)


def _without(row: Mapping[str, Fraction], key: str, other: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Take as much of *other* from *row* as it takes to be rid of *key*."""
    factor = row[key] / other[key]
    weights = {each: row.get(each, Fraction(0)) - factor * other.get(each, Fraction(0)) for each in row.keys() | other}
    return {each: weight for each, weight in weights.items() if weight}


def _too_few_together(
    relations: Iterable[Relation], secret: Collection[str], people: Mapping[str, int]
) -> Iterator[str]:
    """Give what is hidden under a shown sum when all of it together is about too few people."""
    for relation in relations:
        own = [key for key in relation if key in secret]
        signs = {relation[key] > 0 for key in own}
        if len(signs) == 1 and len(own) < len(relation) and sum(people[key] for key in own) < FEWEST:
            yield from own
