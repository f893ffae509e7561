"""The seals that a ledger holds: which month and which year is closed, for which unit (contract, section 6)."""

from __future__ import annotations

import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model import directives as d
from beancoop.model import doubts as doubtful
from beancoop.model.findings import BeancoopError, place
from beancoop.model.months import Month
from beancoop.model.periods import parse_year
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from beancount.core.data import Custom

    from beancoop.model.cooperative import Cooperative
    from beancoop.model.directives import Declaration
    from beancoop.model.doubts import Doubts

SEAL_DATE = error("BC122", "The seal of {month} is dated {day}; it must be dated {last_day}.")
SEALED_TWICE = error("BC123", "{month} of {unit} is already closed at {place}; a month has one seal.")
GAP = error("BC124", "{month} of {unit} is closed but {open} is not; months close one after the other.")
LEVIED_WHEN = error(
    "BC125",
    "The seal of the year {year} names in {key} the month after it in which the year's entries change the "
    "contribution; take the change back with the version history.",
)
OF_A_YEAR = error("BC126", "{key} belongs to the seal of a year, and this one is of a month; take the line out.")
YEARS_GAP = error("BC127", "The year {year} of {unit} is closed but {open} is not; years close one after the other.")


class Seals(NamedTuple):
    """The accepted seals of each unit: of months, and of financial years."""

    months: Mapping[str, Mapping[Month, Custom]]
    years: Mapping[str, Mapping[int, Custom]]


class _Reader:
    """Sorts out the seals; what is refused is told at the seal, and what would follow from it is not."""

    def __init__(self, refuse: Callable[[Declaration, str], None], doubts: Doubts) -> None:
        self.refuse, self.doubts = refuse, doubts
        self.months: dict[str, dict[Month, Custom]] = {}
        self.years: dict[str, dict[int, Custom]] = {}

    def of_month(self, seal: Declaration, month: Month) -> None:
        unit = seal.values[1]
        if seal.date != month.last_day:
            self._doubt(seal, SEAL_DATE(month=month, day=seal.date, last_day=month.last_day))
        elif d.LEVIED_IN in seal.terms:
            self._doubt(seal, OF_A_YEAR(key=d.LEVIED_IN))
        elif first := self.months.setdefault(unit, {}).get(month):
            self.refuse(seal, SEALED_TWICE(month=month, unit=unit, place=place(first.meta)))
        else:
            self.months[unit][month] = seal.entry

    def of_year(self, seal: Declaration, year: int, last_day: datetime.date) -> None:
        unit = seal.values[1]
        levied_in = Month.parse(str(seal.terms.get(d.LEVIED_IN)))
        if seal.date != last_day:
            self._doubt(seal, SEAL_DATE(month=str(year), day=seal.date, last_day=last_day))
        elif levied_in is None or levied_in <= Month.of(seal.date):
            self._doubt(seal, LEVIED_WHEN(year=str(year), key=d.LEVIED_IN))
        elif first := self.years.setdefault(unit, {}).get(year):
            self.refuse(seal, SEALED_TWICE(month=str(year), unit=unit, place=place(first.meta)))
        else:
            self.years[unit][year] = seal.entry

    def _doubt(self, seal: Declaration, message: str) -> None:
        self.refuse(seal, message)
        self.doubts.add(seal.values[1], (doubtful.SEAL,))

    def gaps(self) -> Iterator[BeancoopError]:
        """Tell of the gaps between two seals of a unit; what is missing may have been refused."""
        for unit, months in self.months.items():
            for before, after in [] if self._is_doubted(unit) else pairwise(sorted(months)):
                if before.next() != after:
                    yield _at(months[after], GAP(month=after, unit=unit, open=before.next()))
        for unit, years in self.years.items():
            for year, later in [] if self._is_doubted(unit) else pairwise(sorted(years)):
                if year + 1 != later:
                    yield _at(years[later], YEARS_GAP(year=str(later), unit=unit, open=str(year + 1)))

    def _is_doubted(self, unit: str) -> bool:
        return self.doubts.about(unit, doubtful.SEAL)


def read_seals(
    given: Iterable[Declaration],
    cooperative: Cooperative | None,
    has: Callable[[str, Declaration], bool],
    refuse: Callable[[Declaration, str], None],
    doubts: Doubts,
) -> tuple[Seals, list[BeancoopError]]:
    """Give the closed months and years of each unit; a gap between two is an error, and what is in it stays closed.

    Args:
        given: the seals, whose form was checked.
        cooperative: says when a financial year ends; None in a sub-ledger alone, which takes the seal's word for it.
        has: says whether a unit is declared, and tells where it is not.
        refuse: tells what is wrong with a seal.
        doubts: what is left open.

    """
    reader = _Reader(refuse, doubts)
    for seal in given:
        period, unit = seal.values
        if not has(unit, seal):
            continue
        month, year = Month.parse(period), parse_year(period)
        if month is not None:
            reader.of_month(seal, month)
        elif year is not None:
            reader.of_year(seal, year, cooperative.year(year).last if cooperative else _in(year, seal.date))
    return Seals(reader.months, reader.years), list(reader.gaps())


def _in(year: int, day: datetime.date) -> datetime.date:
    """Give *day* where it is in the calendar year of that number, which any financial year ends in; else its last."""
    return day if day.year == year else datetime.date(year, 12, 31)


def levied_in(seal: Custom) -> Month:
    """Give the month that the accepted seal of a year names."""
    month = Month.parse(str(seal.meta.get(d.LEVIED_IN)))
    assert month is not None  # noqa: S101 - its form was checked
    return month


def _at(seal: Custom, message: str) -> BeancoopError:
    return BeancoopError(seal.meta, message, seal)
