"""The quarterly report to the technical committee: aggregated, and without anything that tells of one person.

No code, trade name, customer or account is in it, and what is about fewer than five people is hidden (`masking`). Since
the activities at the end of one quarter are those at the start of the next, the quarters are gone through from the
first: what an earlier report has shown is known to whoever reads a later one.

Beside the quarter stand the twelve months that end with it, in which fewer groups are small: entries, exits, hours and
amounts of four quarters together. So a reader knows sums across quarters too, and they are part of what is hidden with
what: neither two quarters, nor twelve months less three quarters, nor two runs of twelve months give a hidden figure.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.directives import OUTCOMES
from beancoop.model.months import Month
from beancoop.model.pcmn import SALES
from beancoop.model.periods import YEAR, Span
from beancoop.statements.contributions import levy_of
from beancoop.statements.masking import Cell, Mask

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from beancoop.books.books import Books
    from beancoop.model.activity import Activity
    from beancoop.statements.masking import Relation

MONTHS_USED = (6, 12, 18)
"""Months of accompaniment used: up to 6, up to 12, up to 18, and more."""
TURNOVER = (Decimal(0), Decimal(2500), Decimal(7500))
"""Sales of a quarter: none, up to 2,500, up to 7,500, and more."""
POSITIVE = ("independent", "employed")
"""The exits that count as positive: she installed herself, or found employment."""

KINDS, OTHER = ("commercial", "marketing", "communication", "management"), "other"
"""The kinds of accompaniment that are told apart; a kind that somebody made up could tell of one person."""

START, ENTRIES, EXITS, END, DURING = "start", "entries", "exits", "end", "during"
ACCOMPANIED, ATTENDED, HOURS, SOLD, MARGIN, LEVIED = "accompanied", "attended", "hours", "sold", "margin", "levied"


_DEAREST = (DURING, ENTRIES, EXITS, HOURS, START, END)
"""What is hidden last, where one of several would do: the totals, and of them what is asked for most.

What twelve months say is hidden before what a quarter does: it stands there to show what the quarter cannot.
"""
_ADDING = (ENTRIES, EXITS, HOURS, SOLD, MARGIN, LEVIED)
"""What adds up over quarters; people do not, since the same may come in several."""
_OF_QUARTERS = ("used:", "turnover:")
_SETTLED = 2 + MONTHS_USED[-1] // 3
"""Quarters after which the months used no longer pass from one class into another by themselves."""


class Figure(NamedTuple):
    """A figure of the report.

    Attributes:
        who: the activities it is about, one a person.
        value: what it says: their number itself, or a sum over them.

    """

    who: frozenset[str]
    value: Decimal

    @property
    def people(self) -> int:
        """How many people it is about."""
        return len(self.who)


class Figures(NamedTuple):
    """The figures of a quarter, or of twelve months, by name, and which of them are hidden.

    Attributes:
        span: its days.
        figures: each by name; a name such as `exits:employed` is a part of `exits`.
        hidden: the names of those that must not be shown.
        meetings: how many meetings were held, which tells of nobody.

    """

    span: Span
    figures: Mapping[str, Figure]
    hidden: frozenset[str]
    meetings: int

    def shown(self, name: str) -> Decimal | None:
        """Give a figure, or None where it is hidden."""
        return None if name in self.hidden else self.figures[name].value

    def share(self, parts: Sequence[str], whole: str) -> Decimal | None:
        """Give *parts* as a share of the *whole*; None where one of them is hidden, which the share would betray."""
        values = [self.shown(name) for name in (*parts, whole)]
        known = [value for value in values if value is not None]
        return sum(known[:-1], Decimal(0)) / known[-1] if len(known) == len(values) and known[-1] else None


class Report(NamedTuple):
    """The report of a quarter: its figures, and those of the twelve months that end with it, where they add up."""

    quarter: Figures
    year: Figures


def committee(books: Books, year: int, quarter: int) -> Report:
    """Give the report of a quarter, with what the reports of all quarters before it have shown in mind."""
    wanted = Span.of_quarter(year, quarter)
    mask = Mask()
    before: Span | None = None
    spans: dict[int, Span] = {}
    for span in _quarters(books, wanted):
        months = _twelve_months(span)
        figures, longer = dict(_figures(books, span)), dict(_over_months(books, months))
        spans[_quarter(span.last)] = span
        relations = [*_relations(figures, span, before), *_ages(spans, span), *_sums(longer, months, spans, span)]
        new = [_cell(span, name, figure) for name, figure in figures.items() if name != START or before is None]
        new += [_cell(months, name, figure) for name, figure in longer.items()]
        mask.add(new, relations)
        secret = {name for name in figures if _key(span, name, before) in mask.hidden}
        secret_longer = {name for name in longer if f"{months} {name}" in mask.hidden}
        before = span
    return Report(
        Figures(wanted, figures, frozenset(secret), _meetings(books, wanted)),
        Figures(months, longer, frozenset(secret_longer), _meetings(books, months)),
    )


def _twelve_months(quarter: Span) -> Span:
    """Give the twelve months that end with a quarter."""
    return Span(Month.of(quarter.last).later(1 - YEAR).first_day, quarter.last)


def _quarters(books: Books, last: Span) -> Iterator[Span]:
    """Give the quarters from that of the first activity, or of the last alone.

    Those so long after the last entry that each repeats the one before it add nothing to what a reader knows: they are
    left out, so that a stray date costs no more than any other.
    """
    first = min(books.register.earliest, last.first) if books.register.activities else last.first
    earliest, latest = _quarter(first), _quarter(last.last)
    busy = {_quarter(entry.date) for entry in books.ledger.entries}
    known = {quarter + later for quarter in busy for later in range(_SETTLED) if earliest <= quarter + later <= latest}
    for quarter in sorted({earliest, *known, latest}):
        yield Span.of_quarter(quarter // 4, quarter % 4 + 1)


def _quarter(day: datetime.date) -> int:
    """Give the place of the quarter of *day* among all."""
    return Month.of(day).number // 3


def _key(span: Span, name: str, before: Span | None) -> str:
    """Name a figure once for all quarters: the activities at the start are those at the end of the quarter before."""
    return f"{before} {END}" if name == START and before else f"{span} {name}"


def _cell(span: Span, name: str, figure: Figure) -> Cell:
    rank = _DEAREST.index(name) + 1 if name in _DEAREST else 0
    return Cell(f"{span} {name}", figure.who, rank + (len(_DEAREST) + 1 if span.quarter else 0))


def _relations(figures: Mapping[str, Figure], span: Span, before: Span | None) -> Iterator[Relation]:
    """Give the sums that a reader can add up."""

    def adding(total: Mapping[str, int], *parts: str) -> Relation:
        weights = {**total, **dict.fromkeys(parts, -1)}
        return {_key(span, name, before): weight for name, weight in weights.items()}

    yield adding({END: 1, EXITS: 1}, START, ENTRIES)
    yield adding({DURING: 1}, START, ENTRIES)
    for total, prefix in ((EXITS, EXITS), (END, "used"), (DURING, "turnover"), (HOURS, HOURS)):
        yield adding({total: 1}, *(name for name in figures if name.startswith(f"{prefix}:")))


def _sums(longer: Mapping[str, Figure], months: Span, spans: Mapping[int, Span], span: Span) -> Iterator[Relation]:
    """Give what twelve months say of their quarters: what happens in them adds up, and who was there came or had come.

    A quarter left out as one of silence has nothing to add.
    """

    def adding(total: str, *parts: str) -> Relation:
        return {total: 1, **dict.fromkeys(parts, -1)}

    last = _quarter(span.last)
    own = [spans[each] for each in range(last - 3, last + 1) if each in spans]
    for name in longer:
        if name.partition(":")[0] in _ADDING:
            yield adding(f"{months} {name}", *(f"{each} {name}" for each in own))
    for prefix in (EXITS, HOURS):
        parts = (name for name in longer if name.startswith(f"{prefix}:"))
        yield adding(f"{months} {prefix}", *(f"{months} {name}" for name in parts))
    earlier = [each for each in spans if each < last - 3]
    start = f"{spans[max(earlier)]} {END}" if earlier else f"{spans[min(spans)]} {START}"
    yield adding(f"{months} {DURING}", start, f"{months} {ENTRIES}")


def _ages(spans: Mapping[int, Span], span: Span) -> Iterator[Relation]:
    """Give what the classes of months used say of entries: without exits and pauses, one is those of two quarters.

    An exit or a pause makes it a guess, which is near enough to tell of somebody.
    """
    last = _quarter(span.last)
    for place, months in enumerate(MONTHS_USED):
        entered = [spans[quarter] for quarter in (last - 2 * place, last - 2 * place - 1) if quarter in spans]
        if entered:
            yield {f"{span} used:{months}": 1, **{f"{each} {ENTRIES}": -1 for each in entered}}


def _over_months(books: Books, span: Span) -> Iterator[tuple[str, Figure]]:
    """Give the figures that are told of twelve months too: not those that are of their last day, which the quarter has.

    Nor the classes of turnover, whose limits are those of a quarter.
    """
    for name, figure in _figures(books, span):
        if name not in {START, END} and not name.startswith(_OF_QUARTERS):
            yield name, figure


def _figures(books: Books, span: Span) -> Iterator[tuple[str, Figure]]:
    activities = books.register.activities.values()
    start = [each for each in activities if _is_there_before(each, span.first)]
    entries = [each for each in activities if span.first <= each.start <= span.last]
    exits = [each for each in activities if each.exit and span.first <= each.exit.date <= span.last]
    end = [each for each in activities if _is_there_before(each, span.after)]
    during = [*start, *entries]
    for name, own in ((START, start), (ENTRIES, entries), (EXITS, exits), (END, end), (DURING, during)):
        yield name, _count(own)
    for outcome in OUTCOMES:
        yield f"{EXITS}:{outcome}", _count([each for each in exits if each.exit and each.exit.outcome == outcome])
    used = {each.unit: Decimal(each.months_used(span.last)) for each in end}
    yield from _bands("used", used, tuple(map(Decimal, MONTHS_USED)))
    sold = {each.unit: -books.sums.moved(span.first, span.after, SALES, unit=each.unit) for each in activities}
    yield from _bands("turnover", {each.unit: sold[each.unit] for each in during}, TURNOVER)
    yield from _accompaniment(books, span)
    yield SOLD, _total(sold)
    levies = {each.unit: [levy_of(books, each.unit, month) for month in span.months] for each in activities}
    yield MARGIN, _total({unit: sum((levy.margin for levy in own), Decimal(0)) for unit, own in levies.items()})
    yield LEVIED, _total({unit: sum((levy.levy for levy in own), Decimal(0)) for unit, own in levies.items()})


def _is_there_before(activity: Activity, day: datetime.date) -> bool:
    return activity.start < day and (activity.exit is None or activity.exit.date >= day)


def _count(own: Iterable[Activity]) -> Figure:
    return _people(each.unit for each in own)


def _people(units: Iterable[str]) -> Figure:
    who = frozenset(units)
    return Figure(who, Decimal(len(who)))


def _total(amounts: Mapping[str, Decimal]) -> Figure:
    return Figure(frozenset(unit for unit, amount in amounts.items() if amount), sum(amounts.values(), Decimal(0)))


def _bands(name: str, values: Mapping[str, Decimal], limits: Sequence[Decimal]) -> Iterator[tuple[str, Figure]]:
    """Count *values* up to each of *limits*, and beyond the last."""
    lower: Decimal | None = None
    for upper in (*limits, None):
        own = (
            unit
            for unit, value in values.items()
            if (lower is None or value > lower) and (upper is None or value <= upper)
        )
        yield f"{name}:{upper if upper is not None else 'more'}", _people(own)
        lower = upper


def _accompaniment(books: Books, span: Span) -> Iterator[tuple[str, Figure]]:
    hours: dict[str, dict[str, Decimal]] = {
        name: {} for name in (HOURS, *(f"{HOURS}:{kind}" for kind in (*KINDS, OTHER)))
    }
    for each in books.register.follow_ups:
        if span.first <= each.date <= span.last and each.unit in books.register.activities:
            for name in (HOURS, f"{HOURS}:{each.domain if each.domain in KINDS else OTHER}"):
                hours[name][each.unit] = hours[name].get(each.unit, Decimal(0)) + each.hours
    for name, own in hours.items():
        yield name, Figure(frozenset(own), sum(own.values(), Decimal(0)))
        yield f"{ACCOMPANIED}{name.removeprefix(HOURS)}", _people(own)
    came = [each.attended for each in books.register.meetings if _within(each.date, span)]
    yield ATTENDED, _people(unit for units in came for unit in units)


def _meetings(books: Books, span: Span) -> int:
    return sum(_within(each.date, span) for each in books.register.meetings)


def _within(day: datetime.date, span: Span) -> bool:
    return span.first <= day <= span.last
