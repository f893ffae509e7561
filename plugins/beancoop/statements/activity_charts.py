"""The charts of one activity, each of the figures of a statement; *led* says where what a figure means leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from beancoop.model.periods import day_after
from beancoop.presentation.charts import Chart, Clock, Series, Stretch, across, beside, curve
from beancoop.statements.accompaniment import clock, paused_days
from beancoop.statements.available import by_day
from beancoop.statements.meaning import Meaning
from beancoop.statements.twelve_months import IN_BARS, in_bars
from beancoop.words.language import mark

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterable, Sequence
    from decimal import Decimal

    from beancoop.books.books import Books
    from beancoop.model.activity import Activity
    from beancoop.model.months import Month
    from beancoop.model.periods import Period
    from beancoop.presentation.texts import Words

    Led: TypeAlias = Callable[[Meaning], str]

BARS = {"sales": mark("Sales (70)"), "costs": mark("Costs, less other income"), "result": mark("Result")}


def months_chart(words: Words, books: Books, unit: str, months: Sequence[Month], led: Led) -> Chart | None:
    """Draw what came in, what went out and what is left of each of *months*; None where nothing ever did."""
    found = in_bars(books.sums, unit, months)
    if not any(any(amounts) for amounts in found.values()):
        return None

    def href(key: str, month: Month) -> str:
        numbers, but = IN_BARS[key]
        first, last = month.first_day, month.last_day
        return led(Meaning(unit=unit, numbers=numbers, but=but, since=first, until=last, sign=-1))

    series = [
        Series(
            words.t(BARS[key]),
            [(month.last_day, amount, href(key, month)) for month, amount in zip(months, amounts, strict=True)],
        )
        for key, amounts in found.items()
    ]
    return beside(words.t("Sales, costs and result of twelve months"), books.currency, series)


def available_chart(words: Words, books: Books, unit: str, period: Period) -> Chart | None:
    """Draw what may be spent, day by day; None where nothing moved in the period."""
    points = by_day(books.sums, unit, period)
    return curve(words.t("Available to spend, day by day"), books.currency, points) if points else None


def debtors_chart(words: Words, currency: str, ages: Iterable[tuple[str, Decimal, str]]) -> Chart | None:
    """Draw what customers owe by age: the name of each class of age, its amount and where it leads; None of nothing."""
    points = list(ages)
    if not any(amount for _, amount, _ in points):
        return None
    label = words.t("What customers owe, by age")
    return across(label, currency, [Series(words.t("Open"), points)])


def clock_chart(words: Words, activity: Activity, today: datetime.date) -> Clock:
    """Draw the months of the accompaniment: those used, its pauses, those left on the day *today*."""
    return Clock(
        words.t("The months of the accompaniment"),
        [Stretch(*each) for each in clock(activity, today)],
        today,
        max(0, activity.months_used(today)),
        paused_days(activity, activity.start, day_after(today)),
        activity.months_left(today),
    )
