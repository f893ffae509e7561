"""The cooperative itself: its name and number, its financial years, and what it may pay on its shares."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from beancoop.model.findings import BeancoopError, place
from beancoop.model.periods import Span, day_after, day_before
from beancoop.words.messages import error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from beancount.core.data import Custom

    from beancoop.model.directives import Declaration

TWICE = error("BC151", "The cooperative is already declared at {place}; keep one of the two.")
OTHER_NAME = error("BC152", 'These terms are of "{name}", and the cooperative is "{declared}"; write the same name.')
UNDECLARED = error(
    "BC153", 'The cooperative is not declared; add a directive such as: 2025-01-01 custom "cooperative" "{name}".'
)
TOO_EARLY = error("BC154", "These terms come before the cooperative is declared, on {day} at {place}; correct a date.")
SAME_DAY = error("BC155", "There are terms of that day already at {place}; write them in one directive.")
FIRST_YEAR = error(
    "BC156", "The first year runs from {first} to {last}; write a last day that comes after the first one."
)
SAME_NUMBER = error(
    "BC360",
    "The first year ends on {last} and the next one on {next}, so that both would be {year}; write a last day from "
    "which the next year ends in another calendar year.",
)
END_ALONE = error(
    "BC157", "The last day of the first year is given without the first; add a line such as first-year: {day}."
)


@dataclass(frozen=True, slots=True)
class CooperativeTerms:
    """What holds from a date on (contract, section 4).

    Attributes:
        start: the first day.
        vat_period: "quarter" or "month"; from the next whole period on.
        dividend_ceiling: most that may be paid on shares, as a share of what is paid up, after withholding tax
            (royal decree of 8 January 1962, art. 1).
        withholding: the tax withheld on dividends, as a share of them (CIR 92, art. 269).

    """

    start: datetime.date
    vat_period: str = "quarter"
    dividend_ceiling: Decimal = Decimal("0.06")
    withholding: Decimal = Decimal("0.30")


@dataclass(frozen=True, slots=True)
class Cooperative:
    """The company, as its directives declare it; a ledger that declares nothing has the defaults.

    Attributes:
        name: its name, "" where nothing is declared.
        entry: the directive that declares it, or None.
        enterprise: its enterprise number, ten digits; "" where it is not written.
        year_start: the month and day on which a financial year begins.
        first_year: the first day of the first year, where it is longer or shorter than twelve months.
        first_year_end: its last day.
        terms: what holds from date to date, at least one.

    """

    name: str = ""
    entry: Custom | None = None
    enterprise: str = ""
    year_start: tuple[int, int] = (1, 1)
    first_year: datetime.date | None = None
    first_year_end: datetime.date | None = None
    terms: tuple[CooperativeTerms, ...] = (CooperativeTerms(datetime.date.min),)

    def terms_on(self, day: datetime.date) -> CooperativeTerms:
        """Give what holds on *day*; before the first date, the first."""
        found = self.terms[0]
        for terms in self.terms[1:]:
            if terms.start > day:
                break
            found = terms
        return found

    def year_of(self, day: datetime.date) -> int:
        """Give the financial year that *day* is in: the calendar year in which it ends."""
        first = self._first_span()
        if first is not None and first.first <= day <= first.last:
            return first.last.year
        return _end_of(day, *self.year_start).year

    def year(self, number: int) -> Span:
        """Give the days of a financial year; none, its last before its first, where the first year takes them all."""
        first = self._first_span()
        if first is not None and number == first.last.year:
            return first
        begin = _start_in(number - (self.year_start != (1, 1)), *self.year_start)
        span = Span(begin, _end_of(begin, *self.year_start), number)
        return span if first is None else _left_of(span, first)

    def year_with(self, day: datetime.date) -> Span:
        """Give the financial year that *day* is in."""
        return self.year(self.year_of(day))

    def named(self, span: Span) -> Span:
        """Give the financial year that *span* is, else *span* as it is."""
        year = self.year_with(span.last)
        return year if year[:2] == span[:2] else span

    def cuts(self, span: Span) -> bool:
        """Say whether *span* begins or ends within a financial year."""
        return self.year_with(span.first).first != span.first or self.year_with(span.last).last != span.last

    def year_before(self, span: Span) -> Span | None:
        """Give what *span* is compared with: the year before it, or the same days a year earlier; None in the first."""
        first = self._first_span()
        if first is not None and span.first <= first.last:
            return None
        if span.year is None:
            return self.named(span.year_before())
        return self.year(span.year - 1) if span.year > datetime.MINYEAR else None

    def _first_span(self) -> Span | None:
        if self.first_year is None:
            return None
        last = self.first_year_end or _end_of(self.first_year, *self.year_start)
        return Span(self.first_year, last, last.year)


def _left_of(span: Span, first: Span) -> Span:
    """Give what the first year leaves of twelve months: what follows it, or what comes before there was a company."""
    if first.last < span.first or span.last < first.first:
        return span
    if span.last > first.last:
        return span._replace(first=day_after(first.last))
    return span._replace(last=day_before(first.first))


@lru_cache(maxsize=1 << 12)
def _end_of(day: datetime.date, month: int, first: int) -> datetime.date:
    """Give the eve of the first start of a year after *day*; at the end of the calendar, its last day."""
    start = datetime.date(day.year, month, first)
    return day_before(start) if start > day else _eve(day.year + 1, month, first)


def _eve(year: int, month: int, first: int) -> datetime.date:
    return day_before(datetime.date(year, month, first)) if year <= datetime.MAXYEAR else datetime.date.max


def _start_in(year: int, month: int, first: int) -> datetime.date:
    return datetime.date(year, month, first) if year >= datetime.MINYEAR else datetime.date.min


def read_cooperative(
    declared: Sequence[Declaration], changes: Iterable[Declaration], errors: list[BeancoopError]
) -> Cooperative:
    """Put together what a ledger says of the cooperative; what contradicts itself goes to *errors*."""

    def refuse(declaration: Declaration, message: str) -> None:
        errors.append(BeancoopError(declaration.entry.meta, message, declaration.entry))

    if not declared:
        for change in changes:
            refuse(change, UNDECLARED(name=change.values[0]))
        return Cooperative()
    first, *others = declared
    for other in others:
        refuse(other, TWICE(place=place(first.entry.meta)))
    cooperative = _declared(first, refuse)
    for change in changes:
        if change.values[0] != cooperative.name:
            refuse(change, OTHER_NAME(name=change.values[0], declared=cooperative.name))
        elif change.date < first.date:
            refuse(change, TOO_EARLY(day=first.date, place=place(first.entry.meta)))
        elif change.date == cooperative.terms[-1].start:
            refuse(change, SAME_DAY(place=place(first.entry.meta)))
        else:
            terms = _terms(change, cooperative.terms[-1])
            enterprise = str(change.terms.get("enterprise", cooperative.enterprise))
            cooperative = replace(cooperative, terms=(*cooperative.terms, terms), enterprise=enterprise)
    return cooperative


def _declared(declaration: Declaration, refuse: Callable[[Declaration, str], None]) -> Cooperative:
    said = declaration.terms
    month, _, day = str(said.get("year-start", "01-01")).partition("-")
    first, last = said.get("first-year"), said.get("first-year-end")
    cooperative = Cooperative(
        declaration.values[0],
        declaration.entry,
        str(said.get("enterprise", "")),
        (int(month), int(day)),
        terms=(_terms(declaration, CooperativeTerms(declaration.date)),),
    )
    if isinstance(first, datetime.date) and isinstance(last, datetime.date) and last < first:
        refuse(declaration, FIRST_YEAR(first=first, last=last))
    elif isinstance(last, datetime.date) and first is None:
        refuse(declaration, END_ALONE(day=str(declaration.date)))
    elif isinstance(first, datetime.date):
        end = last if isinstance(last, datetime.date) else None
        dated = replace(cooperative, first_year=first, first_year_end=end)
        year = dated.year_with(first)
        following = dated.year_with(day_after(year.last))
        if following.year == year.year:
            end = _end_of(day_after(year.last), *dated.year_start)
            refuse(declaration, SAME_NUMBER(last=year.last, next=end, year=str(year.year)))
            return cooperative
        return dated
    return cooperative


def _terms(declaration: Declaration, before: CooperativeTerms) -> CooperativeTerms:
    said = declaration.terms
    names = {"vat-period": "vat_period", "dividend-ceiling": "dividend_ceiling", "withholding": "withholding"}
    changes: dict[str, Any] = {name: said[key] for key, name in names.items() if key in said}
    return replace(before, start=declaration.date, **changes)
