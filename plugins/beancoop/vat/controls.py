"""The relations between grids that Intervat looks at before it takes a return."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.money import ZERO
from beancoop.vat import law
from beancoop.vat.law import SALE, law_on
from beancoop.words.messages import error

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator, Mapping
    from decimal import Decimal

    from beancoop.vat.law import Control
    from beancoop.vat.listings import IntraLine
    from beancoop.vat.parts import Declared
    from beancoop.words.messages import Text

NOT_THE_RATE = error(
    "BC1050", "Grid {tax} holds {booked}, and the rates on grids {base} give {expected}: more than {most} EUR apart."
)
ABOVE = error("BC1051", "Grid {tax} holds {booked}, more than the {ceiling} that grids {base} allow.")
NO_BASE_GRID = error("BC1052", "Grid {tax} holds {booked}, and grid {base} nothing.")
BEYOND = error("BC1053", "Grid {tax} holds {booked}, more than grids {base} together, {ceiling}.")
TURNOVER = error("BC1054", "The sales booked come to {booked}, and the grids of sales to {said}: {difference} apart.")

INTRA = error(
    "BC1055", "The intra-Community listing comes to {listed}, and the grids of it to {said}: {difference} apart."
)


class Warned(NamedTuple):
    """A control that does not hold.

    Attributes:
        message: which, and by how much.
        is_blocking: whether the return cannot be filed so; else a reason may justify it.

    """

    message: Text
    is_blocking: bool


def check_grids(grids: Mapping[str, Decimal], day: datetime.date) -> Iterator[Warned]:
    """Give the controls in force on *day* that *grids* do not satisfy."""
    for control in law_on(day).controls:
        if message := _JUDGES[control.kind](control, grids):
            yield Warned(message, control.is_blocking)


def check_turnover(declared: Iterable[Declared], grids: Mapping[str, Decimal]) -> Iterator[Warned]:
    """Compare the sales that were booked with the grids of sales, to the cent."""
    sold = [coded for each in declared for coded in each.coded if coded.code.side == SALE and not coded.code.is_outside]
    booked = -sum((coded.amount for coded in sold), ZERO)
    said = _sum(grids, law.grids("sales")) - _sum(grids, law.grids("sales-back"))
    if booked != said:
        yield Warned(TURNOVER(booked=booked, said=said, difference=booked - said), is_blocking=False)


def check_intra(lines: Iterable[IntraLine], grids: Mapping[str, Decimal]) -> Iterator[Warned]:
    """Compare the listing of a period with the grids of sales within the Union, to the cent."""
    listing = law.data()["listing"]
    listed = sum((line.amount for line in lines), ZERO)
    said = _sum(grids, listing["intra"]) - _sum(grids, listing["intra-back"])
    if listed != said:
        yield Warned(INTRA(listed=listed, said=said, difference=listed - said), is_blocking=False)


def _sum(grids: Mapping[str, Decimal], wanted: Iterable[str]) -> Decimal:
    return sum((grids.get(grid, ZERO) for grid in wanted), ZERO)


def _weighed(control: Control, grids: Mapping[str, Decimal]) -> Decimal:
    return sum((percent * grids.get(grid, ZERO) / 100 for grid, percent in control.terms), ZERO)


def _named(grids: Iterable[str]) -> str:
    return " + ".join(grids)


def _rate(control: Control, grids: Mapping[str, Decimal]) -> Text | None:
    booked, expected, most = _sum(grids, control.tax), _weighed(control, grids), law.tolerance("return")
    if abs(expected - booked) < most:
        return None
    base = _named(grid for grid, _ in control.terms)
    return NOT_THE_RATE(tax=_named(control.tax), booked=booked, base=base, expected=expected, most=most)


def _ceiling(control: Control, grids: Mapping[str, Decimal]) -> Text | None:
    booked, ceiling = _sum(grids, control.tax), _weighed(control, grids) + law.tolerance("return")
    if booked < ceiling:
        return None
    return ABOVE(
        tax=_named(control.tax), booked=booked, base=_named(grid for grid, _ in control.terms), ceiling=ceiling
    )


def _needs(control: Control, grids: Mapping[str, Decimal]) -> Text | None:
    booked = _sum(grids, control.tax)
    if not booked or _sum(grids, control.base):
        return None
    return NO_BASE_GRID(tax=_named(control.tax), booked=booked, base=_named(control.base))


def _within(control: Control, grids: Mapping[str, Decimal]) -> Text | None:
    booked, ceiling = _sum(grids, control.tax), _sum(grids, control.base)
    if booked <= ceiling:
        return None
    return BEYOND(tax=_named(control.tax), booked=booked, base=_named(control.base), ceiling=ceiling)


_JUDGES = {"rate": _rate, "ceiling": _ceiling, "needs": _needs, "within": _within}
