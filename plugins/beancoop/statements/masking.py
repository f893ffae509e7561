"""Which figures of an aggregated report must be hidden, so that no small group of people can be told from it.

A figure about fewer than five people is hidden. So is as much else as it takes that no hidden figure can be computed
from those that are shown, by adding and subtracting along what is known of their sums; and that what is hidden together
under a shown sum is not about fewer than five people either, each of them counted once. What earlier reports have shown
stays shown, and counts as known: only new figures can be hidden.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    Relation: TypeAlias = Mapping[str, int]
    Row: TypeAlias = Mapping[str, Fraction]

FEWEST = 5
"""How many people a figure that is shown is about, at least."""


class Cell(NamedTuple):
    """A figure.

    Attributes:
        key: its name, unlike that of any other.
        who: the people it is about.
        rank: how dear it is. Of several that would do, one of the lowest rank is hidden: of these, one that makes the
            fewest others be hidden, as far as the next step shows; and of these the one about the fewest people.

    """

    key: str
    who: frozenset[str]
    rank: int


class _Solved(NamedTuple):
    """Sums, solved for the hidden figures in them (Gauss-Jordan, exact).

    Attributes:
        rows: in reduced echelon form, each by the hidden figure that no other row has.
        shown: those in which nothing is hidden.

    """

    rows: Mapping[str, Row]
    shown: Sequence[Row]

    def with_hidden(self, key: str) -> _Solved:
        """Hide one figure more."""
        own = next((row for row in self.shown if key in row), None)
        if own is None:
            return self
        new = {each: weight / own[key] for each, weight in own.items()}
        rows = {first: _without(row, key, new) for first, row in self.rows.items()}
        others = (_without(row, key, new) for row in self.shown if row is not own)
        return _Solved({**rows, key: new}, [row for row in others if row])

    def with_sum(self, relation: Relation, hidden: Iterable[str]) -> _Solved:
        """Add a sum."""
        row: Row = {key: Fraction(weight) for key, weight in relation.items()}
        for key in row.keys() & self.rows.keys():
            row = _without(row, key, self.rows[key])
        added = _Solved(self.rows, [*self.shown, row] if row else self.shown)
        unknown = min(row.keys() & set(hidden), default=None)
        return added if unknown is None else added.with_hidden(unknown)


class Mask:
    """The figures of reports that follow one another, and which of them are hidden.

    Attributes:
        hidden: the keys of those that are.

    """

    def __init__(self) -> None:
        """Start before the first report."""
        self.hidden: set[str] = set()
        self._who: dict[str, frozenset[str]] = {}
        self._solved = _Solved({}, ())

    def add(self, cells: Sequence[Cell], relations: Sequence[Relation]) -> None:
        """Add a report, and hide what must be of it.

        Args:
            cells: its figures.
            relations: what is known of sums, over new figures and old ones: for each, the weights by which its figures
                add up to zero.

        """
        self._who |= {cell.key: cell.who for cell in cells}
        self.hidden |= {cell.key for cell in cells if len(cell.who) < FEWEST}
        shown = {cell.key: cell for cell in cells if cell.key not in self.hidden}
        for relation in relations:
            self._solved = self._solved.with_sum(relation, self.hidden)
        while helping := self._helping(relations) & shown.keys():
            chosen = min(helping, key=lambda key: self._loss(shown[key], relations))
            del shown[chosen]
            self.hidden.add(chosen)
            self._solved = self._solved.with_hidden(chosen)
        # what is shown stays so: sums of it alone tell nothing more
        self._solved = self._solved._replace(shown=())

    def _helping(self, relations: Sequence[Relation]) -> set[str]:
        """Give the figures by which hidden ones are betrayed: without one of them they would not be, or by others."""
        sums = self._betraying(self._solved, relations, self.hidden)
        return {key for each in sums for key in each if key not in self.hidden}

    def _loss(self, cell: Cell, relations: Sequence[Relation]) -> tuple[int, int, int, str]:
        return cell.rank, self._left_by(cell.key, relations), len(cell.who), cell.key

    def _left_by(self, key: str, relations: Sequence[Relation]) -> int:
        """Count the sums that would still betray something, or would then, if *key* were hidden too."""
        return len(self._betraying(self._solved.with_hidden(key), relations, {*self.hidden, key}))

    def _betraying(
        self, solved: _Solved, relations: Sequence[Relation], hidden: AbstractSet[str]
    ) -> list[Row | Relation]:
        sums: list[Row | Relation] = [*solved.rows.values(), *relations]
        return [each for each in sums if self._betrays(each, hidden)]

    def _betrays(self, weights: Row | Relation, hidden: AbstractSet[str]) -> bool:
        """Say whether a sum tells one hidden figure, or of one sign several that are about too few people together."""
        own = [key for key in weights if key in hidden]
        if len(own) <= 1:
            return bool(own)
        if len({weights[key] > 0 for key in own}) > 1:
            return False
        return len(frozenset().union(*(self._who[key] for key in own))) < FEWEST


def _without(row: Row, key: str, other: Row) -> Row:
    """Take as much of *other* from *row* as it takes to be rid of *key*."""
    if key not in row:
        return row
    factor = row[key] / other[key]
    weights = {each: row.get(each, Fraction(0)) - factor * other.get(each, Fraction(0)) for each in row.keys() | other}
    return {each: weight for each, weight in weights.items() if weight}
