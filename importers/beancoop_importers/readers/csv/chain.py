"""The order of a bank's rows, and the proof that none of them is missing: each balance follows from the one before.

Banks list the oldest first or the newest; dates tell, and within one day the balances do. Where neither does, no
balance is answered rather than a wrong one.
"""

from __future__ import annotations

from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from beancoop.words.messages import error

from beancoop_importers.model.statement import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from beancoop_importers.readers.csv.layout import CsvRow, Reading

BROKEN = error(
    "BC789",
    "the balance {balance} after {amount} does not follow from {before} (line {line}); a row is missing, doubled "
    "or changed: export the file again, whole days and all movements, and open it in no other program.",
)


_booked = attrgetter("booked")


class Settled(NamedTuple):
    """The rows of one account, the oldest first, and what stood on it before and after, None where that is not told."""

    rows: tuple[CsvRow, ...]
    old: Decimal | None
    new: Decimal | None

    @property
    def out_of_date(self) -> CsvRow | None:
        """The first row dated before the one that its balance follows from."""
        return next((later for sooner, later in pairwise(self.rows) if later.booked < sooner.booked), None)


def newest_first(rows: Sequence[CsvRow]) -> bool | None:
    """Tell by their dates whether the newest comes first, None where they are of one day."""
    return None if rows[0].booked == rows[-1].booked else rows[0].booked > rows[-1].booked


def settle(rows: Sequence[CsvRow], readings: Sequence[Reading], *, reverse: bool | None) -> Settled:
    """Put the rows of one account in order, and prove by their balances that none is missing.

    Args:
        rows: as the bank lists them, all with a balance or none.
        readings: how amounts and balances may be meant, the likeliest first.
        reverse: whether the newest comes first, None where that is not known.

    Raises:
        Refused: the balances do not follow from each other.

    """
    if rows[0].balance is None:
        return Settled(tuple(sorted(_listed(rows, reverse=bool(reverse)), key=_booked)), None, None)
    ways = [False, True] if reverse is None else [reverse]
    found = [settled for way in ways if (settled := _chained(rows, readings, reverse=way))]
    if not found:
        raise _broken(list(map(readings[0].read, _listed(rows, reverse=ways[0]))))
    if len({(settled.old, settled.new) for settled in found}) > 1:
        return Settled(found[0].rows, None, None)
    return found[0]


def _chained(rows: Sequence[CsvRow], readings: Sequence[Reading], *, reverse: bool) -> Settled | None:
    for order in _orders(rows, reverse=reverse):
        for reading in readings:
            read = tuple(map(reading.read, order))
            if _break(read) is None:
                return Settled(read, _before(read[0]), read[-1].balance if reading.tells_end else None)
    return None


def _orders(rows: Sequence[CsvRow], *, reverse: bool) -> Iterator[list[CsvRow]]:
    """Give the rows as listed, then by their dates, for banks that list days one way and what is in them the other."""
    yield _listed(rows, reverse=reverse)
    yield sorted(_listed(rows, reverse=reverse), key=_booked)
    yield sorted(_listed(rows, reverse=not reverse), key=_booked)


def _listed(rows: Sequence[CsvRow], *, reverse: bool) -> list[CsvRow]:
    return list(reversed(rows)) if reverse else list(rows)


def _before(row: CsvRow) -> Decimal | None:
    return None if row.balance is None else row.balance - row.amount


def _break(rows: Sequence[CsvRow]) -> tuple[CsvRow, CsvRow] | None:
    return next(((one, other) for one, other in pairwise(rows) if one.balance != _before(other)), None)


def _broken(rows: Sequence[CsvRow]) -> Refused:
    one, other = _break(rows) or (rows[0], rows[0])
    return Refused(
        BROKEN(balance=other.balance, amount=other.amount, before=one.balance, line=one.line),
        other.line,
    )
