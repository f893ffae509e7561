"""What some entries move, account by account: sorted out once, for validation, assertions and rules alike."""

from __future__ import annotations

from collections import defaultdict
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from beancount.core.data import Transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Moves(NamedTuple):
    """The postings to one account, in the order of their transactions.

    Attributes:
        places: where the transaction of each stands among the entries.
        units: the amount of each; None where a posting that was not booked has none.
        is_priced: whether one has a price or a cost.

    """

    places: Sequence[int]
    units: Sequence[Any]
    is_priced: bool


class Sorted(NamedTuple):
    """Some entries, sorted out.

    Attributes:
        directives: the places of all but the transactions.
        tagged: the places of the transactions that have a tag.
        moves: what is posted to each account.

    """

    directives: Sequence[int]
    tagged: Sequence[int]
    moves: dict[str, Moves]


def sort_out(entries: Sequence[Any], leave_out: Callable[[Transaction], bool] | None = None) -> Sorted:
    """Go through entries once.

    Args:
        entries: the entries.
        leave_out: says of a transaction with a tag whether its postings are to be passed over.

    """
    directives: list[int] = []
    tagged: list[int] = []
    found: defaultdict[str, list[Any]] = defaultdict(list)  # places and amounts in turn: half the lists to look up
    priced: set[str] = set()
    for place, entry in enumerate(entries):
        if type(entry) is not Transaction:
            directives.append(place)
            continue
        if entry.tags:
            tagged.append(place)
            if leave_out is not None and leave_out(entry):
                continue
        for account, units, cost, price, _, _ in entry.postings:
            own = found[account]
            own.append(place)
            own.append(units)
            if cost is not None or price is not None:
                priced.add(account)
    moves = {account: Moves(own[::2], own[1::2], account in priced) for account, own in found.items()}
    return Sorted(directives, tagged, moves)


def put_together(sorts: Sequence[tuple[Sorted, Sequence[int]]]) -> Sorted:
    """Give several of them as one, each with the places of its entries among all."""
    directives: list[int] = []
    tagged: list[int] = []
    moves: dict[str, Moves] = {}
    several: dict[str, list[Moves]] = {}
    for each, place_of in sorts:
        directives += map(place_of.__getitem__, each.directives)
        tagged += map(place_of.__getitem__, each.tagged)
        for account, (places, units, is_priced) in each.moves.items():
            own = Moves([place_of[place] for place in places], units, is_priced)
            if account in moves:
                several.setdefault(account, [moves[account]]).append(own)
            moves[account] = own
    moves |= {account: as_one(own) for account, own in several.items()}
    return Sorted(sorted(directives), sorted(tagged), moves)


def as_one(several: Sequence[Moves]) -> Moves:
    """Give what is posted to several accounts, or to one in several files, in the order of its transactions."""
    if len(several) == 1:
        return several[0]
    moves = sorted((move for each in several for move in zip(each.places, each.units, strict=True)), key=itemgetter(0))
    return Moves([place for place, _ in moves], [units for _, units in moves], any(each.is_priced for each in several))
