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
    new = {cell.key: cell for cell in cells}
    secret = {*hidden, *(cell.key for cell in cells if cell.people < FEWEST)}
    while exposed := {*_computable(relations, secret), *_too_few_together(relations, secret, people)}:
        near: set[str] = exposed
        while not (candidates := [new[key] for key in near & set(new) - secret]):
            near = _wider(near, relations)
        secret.add(min(candidates, key=lambda cell: (cell.cost, cell.key)).key)
    return secret & set(new)


def _wider(keys: set[str], relations: Iterable[Relation]) -> set[str]:
    """Give *keys* and what shares a sum with any of them."""
    return keys | {key for relation in relations if keys & set(relation) for key in relation}


def _computable(relations: Sequence[Relation], secret: Collection[str]) -> Iterator[str]:
    """Give the hidden figures that the shown ones determine: those alone in a row, once the relations are reduced."""
    columns = sorted({key for relation in relations for key in relation if key in secret})
    rows = [[Fraction(relation.get(key, 0)) for key in columns] for relation in relations]
    for row in _reduced(rows):
        where = [position for position, weight in enumerate(row) if weight]
        if len(where) == 1:
            yield columns[where[0]]


def _reduced(rows: list[list[Fraction]]) -> list[list[Fraction]]:
    """Bring *rows* to reduced echelon form (Gauss-Jordan), exactly."""
    done: list[list[Fraction]] = []
    for position in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in rows if row[position]), None)
        if pivot is None:
            continue
        rows = [row for row in rows if row is not pivot]
        first = [weight / pivot[position] for weight in pivot]
        rows = [_without(row, first, position) for row in rows]
        done = [*(_without(row, first, position) for row in done), first]
    return done


def _without(row: Sequence[Fraction], first: Sequence[Fraction], position: int) -> list[Fraction]:
    return [weight - row[position] * other for weight, other in zip(row, first, strict=True)]


def _too_few_together(
    relations: Iterable[Relation], secret: Collection[str], people: Mapping[str, int]
) -> Iterator[str]:
    """Give what is hidden under a shown sum when all of it together is about too few people."""
    for relation in relations:
        own = [key for key in relation if key in secret]
        signs = {relation[key] > 0 for key in own}
        if len(signs) == 1 and len(own) < len(relation) and sum(people[key] for key in own) < FEWEST:
            yield from own
