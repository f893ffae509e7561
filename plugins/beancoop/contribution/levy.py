"""The contribution: the share of an activity's gross margin that the cooperative levies (contract, section 5).

Pure arithmetic, from the margin of each month at each rate to what is due and levied:

    exact_t  = sum of rate x margin over all months to t, never rounded inside
    due_t    = max(0, exact_t rounded half up to the cent)
    levy_t   = due_t - what has been levied before
"""

from __future__ import annotations

from bisect import bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from beancoop.model.money import NOTHING, ZERO, to_cent
from beancoop.model.months import Month, months_between, stretches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from beancoop.model.activity import Activity


class Levy(NamedTuple):
    """What one activity owes for one month; amounts in the operating currency.

    Attributes:
        unit: the activity.
        month: the month.
        margin: gross margin of the postings dated in the month.
        cumulative: gross margin of all postings to its end.
        due: contribution on all of it, never below zero.
        levied: what was levied before this levy.
        levy: what this month levies; negative, what it gives back.
        closed: whether the month is sealed: its levy is then what its books say, and nothing is added to it.
        exact: contribution on all of it, of whatever sign and not rounded: what `due` comes from.

    """

    unit: str
    month: Month
    margin: Decimal
    cumulative: Decimal
    due: Decimal
    levied: Decimal
    levy: Decimal
    closed: bool
    exact: Decimal

    @property
    def carried(self) -> Decimal:
        """What is due and still not levied after this levy; negative, what is levied and still not given back."""
        return self.due - self.levied - self.levy


class Basis(NamedTuple):
    """What the levies of an activity are computed from.

    Attributes:
        margins: for each month, the margin of its postings by the rate they bear.
        written: for each month, the contribution that written entries levy.
        last_closed: the last sealed month, or None.

    """

    margins: Mapping[Month, Mapping[Decimal, Decimal]]
    written: Mapping[Month, Decimal]
    last_closed: Month | None


def levies(activity: Activity, basis: Basis) -> Iterator[Levy]:
    """Give the levy of each month from the activity's first to its last known one, but for long silences.

    In those nothing is due but what is due already, and nothing is levied; `without_gap` gives them too.
    """
    cumulative = exact = ZERO
    total = due = levied = NOTHING
    for month in _months(activity, basis):
        margin = NOTHING
        if rates := basis.margins.get(month):  # months without any are cheap: a slip in a date makes thousands
            margin = sum(rates.values(), ZERO)
            exact += sum((rate * amount for rate, amount in rates.items()), ZERO)
            cumulative += margin
            margin, total, due = to_cent(margin), to_cent(cumulative), max(NOTHING, to_cent(exact))
        written = basis.written.get(month, NOTHING)
        closed = basis.last_closed is not None and month <= basis.last_closed
        if closed:
            levy = written
        else:
            levied += written
            levy = _owed(activity, month, due - levied)
        yield Levy(activity.unit, month, margin, total, due, levied, levy, closed, exact)
        levied += levy


def expected(activity: Activity, levy: Levy) -> Decimal:
    """Give what a closed month had to levy, from what was due and levied before it."""
    return _owed(activity, levy.month, levy.due - levy.levied)


def _owed(activity: Activity, month: Month, rest: Decimal) -> Decimal:
    """Give what a month levies of the *rest*: what is negative may be carried, until the activity leaves."""
    if rest >= NOTHING or (activity.exit is not None and month >= Month.of(activity.exit.date)):
        return rest
    return NOTHING if activity.terms_on(month.last_day).negative == "carry" else rest


def _months(activity: Activity, basis: Basis) -> Iterator[Month]:
    """Run from the first month with anything to the last: never to today, which a ledger does not know.

    What a month may levy changes with its margin, with new terms, and where it is the first after a seal, or of the
    exit: between two such months nothing is levied.
    """
    last = [*(Month.of(terms.start) for terms in activity.terms), *basis.margins]
    if activity.exit is not None:
        last.append(Month.of(activity.exit.date))
    if basis.last_closed is not None:
        last += [basis.last_closed, basis.last_closed.next()]
    events, end = {Month.of(activity.start), *basis.written, *last}, max(last)
    among = stretches(event for event in events if event <= end)
    return (first for first, until in among if first == until)


def in_month(rows: Sequence[Levy], month: Month) -> Levy | None:
    """Give the levy of *month* among the *rows* of one activity; None before its first.

    In a silence, and after the last known month, nothing more is levied.
    """
    position = bisect_right(rows, month, key=attrgetter("month"))
    if not position:
        return None
    last = rows[position - 1]
    return last if last.month == month else silent(last, month)


def without_gap(rows: Iterable[Levy]) -> Iterator[Levy]:
    """Give the levies of one activity with those of the months of silence between them."""
    before: Levy | None = None
    for row in rows:
        if before is not None:
            yield from (silent(before, month) for month in months_between(before.month.next(), row.month.later(-1)))
        yield row
        before = row


def silent(before: Levy, month: Month) -> Levy:
    """Give the levy of a month of silence from the one *before* it."""
    return before._replace(month=month, margin=NOTHING, levied=before.levied + before.levy, levy=NOTHING)
