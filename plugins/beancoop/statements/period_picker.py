"""The periods a reader picks from: this month, quarter and financial year, and what comes before and after."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.months import Month
from beancoop.model.periods import Span, day_before

if TYPE_CHECKING:
    from beancoop.model.cooperative import Cooperative

_QUARTER = 3  # months


class Picker(NamedTuple):
    """What there is to pick.

    Attributes:
        month: the calendar month of the day it is told of.
        quarter: its calendar quarter, as returns of VAT have them.
        year: its financial year.
        previous: as long as what is shown, and just before it; of now, the month before `month`; None where the
            calendar, or the cooperative, has not begun.
        following: just after it; None where that has not begun by the day.

    """

    month: Span
    quarter: Span
    year: Span
    previous: Span | None
    following: Span | None


def picker(cooperative: Cooperative, day: datetime.date, shown: Span | None) -> Picker:
    """Give what there is to pick on *day* from a page that shows the days of *shown*; None for now."""
    month = Month.of(day)
    this = Span.of_month(month)
    quarter = Span.of_quarter(month.year, (month.month - 1) // _QUARTER + 1)
    following = _following(cooperative, shown, day) if shown else None
    return Picker(this, quarter, cooperative.year_with(day), _previous(cooperative, shown or this), following)


def _previous(cooperative: Cooperative, span: Span) -> Span | None:
    if span.year is not None:
        return cooperative.year_before(span)
    if span.last - span.first >= span.first - datetime.date.min:
        return None
    last = day_before(span.first)
    if months := _months(span):
        return Span(Month.of(span.first).later(-months).first_day, last)
    return Span(span.first - (span.after - span.first), last)


def _following(cooperative: Cooperative, span: Span, day: datetime.date) -> Span | None:
    if span.last >= day:
        return None
    first = span.after
    if span.year is not None:
        return cooperative.year_with(first)
    if months := _months(span):
        return Span(first, Month.of(span.last).later(months).last_day)
    return Span(first, day_before(first + min(first - span.first, datetime.date.max - first)))


def _months(span: Span) -> int:
    """Count its calendar months; 0 where it is not made of whole ones."""
    first, last = Month.of(span.first), Month.of(span.last)
    return last.number - first.number + 1 if (first.first_day, last.last_day) == span[:2] else 0
