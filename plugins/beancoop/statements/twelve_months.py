"""Twelve months of an activity: what it sold, bought, contributed and spent, and what it is left with.

Each line has the sign with which it adds to the result, so that every column adds up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from beancoop.contribution.rule import OPERATING
from beancoop.model.money import ZERO, to_cent
from beancoop.model.pcmn import CONTRIBUTION, INTERNAL_SERVICES, PURCHASES, RESULT, SALES
from beancoop.model.periods import after
from beancoop.statements.activities import operating_spans

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from beancoop.books.sums import Sums
    from beancoop.model.activity import Activity
    from beancoop.model.months import Month

SOLD: Mapping[str, tuple[str, ...]] = {"sales": (SALES,), "services": (INTERNAL_SERVICES,), "purchases": (PURCHASES,)}
"""The lines of the direct margin, and the PCMN numbers of each."""

AFTER_MARGIN: Mapping[str, tuple[str, ...]] = {
    "contribution": (CONTRIBUTION,),
    "costs": ("61", "62", "63", "64", "65", "66", "67", "68", "69"),
    "income": ("71", "72", "73", "74", "75", "76", "77", "78", "79"),
}
"""The lines between the margin and the result; an operating margin takes its part of the last two."""

LINES: Mapping[str, tuple[str, ...]] = {
    **SOLD,
    "operating": OPERATING,
    "margin": (*SOLD["sales"], *SOLD["services"], *SOLD["purchases"]),
    **AFTER_MARGIN,
    "result": (*RESULT, INTERNAL_SERVICES, CONTRIBUTION),
}
"""All lines in order, with the PCMN numbers their entries are found by."""


class StatementLine(NamedTuple):
    """A line of the statement.

    Attributes:
        key: which it is, as in LINES.
        numbers: the PCMN numbers it adds up; of a sum, those of all it adds.
        months: its amount in each month, to the cent.
        total: its amount in all of them.
        share: `total` as a share of the sales; None where nothing was sold.

    """

    key: str
    numbers: tuple[str, ...]
    months: Sequence[Decimal]
    total: Decimal
    share: Decimal | None


def statement(sums: Sums, activity: Activity, months: Sequence[Month]) -> list[StatementLine]:
    """Give the lines for those *months*; one that only an operating margin has is left out where it is empty."""
    columns = [_month(sums, activity, month.first_day, after(month)) for month in months]
    sold = sum((column["sales"] for column in columns), ZERO)
    lines = []
    for key, numbers in LINES.items():
        amounts = [to_cent(column[key]) for column in columns]
        if key != "operating" or any(amounts):
            total = sum((column[key] for column in columns), ZERO)
            lines.append(StatementLine(key, numbers, amounts, to_cent(total), total / sold if sold > ZERO else None))
    return lines


IN_BARS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "sales": (LINES["sales"], ()),
    "costs": (LINES["result"], LINES["sales"]),
    "result": (LINES["result"], ()),
}
"""What a chart of them shows, each by the PCMN numbers that it adds up, and those it leaves out: "costs" are all that
stands between the sales and the result, less other income."""


def in_bars(sums: Sums, unit: str, months: Sequence[Month]) -> Mapping[str, Sequence[Decimal]]:
    """Give what came in, what went out and what is left of each of *months*, to the cent; costs are negative."""

    def moved(month: Month, numbers: tuple[str, ...]) -> Decimal:
        return -sums.moved(month.first_day, after(month), *numbers, unit=unit) if numbers else ZERO

    return {
        key: [to_cent(moved(month, numbers) - moved(month, but)) for month in months]
        for key, (numbers, but) in IN_BARS.items()
    }


def _month(sums: Sums, activity: Activity, begin: datetime.date, end: datetime.date) -> dict[str, Decimal]:
    """Give all the lines of one month, not rounded."""
    unit = activity.unit

    def moved(*numbers: str) -> Decimal:
        return -sums.moved(begin, end, *numbers, unit=unit)

    amounts = {key: moved(*numbers) for key, numbers in {**SOLD, **AFTER_MARGIN}.items()}
    spans = list(operating_spans(activity, begin, end))
    counted = {
        kind: -sum((sums.moved(*span, *numbers, unit=unit) for span in spans), ZERO)
        for kind, numbers in (("income", OPERATING[1:]), ("costs", OPERATING[:1]))
    }
    amounts["operating"] = counted["income"] + counted["costs"]
    amounts["margin"] = sum((amounts[key] for key in (*SOLD, "operating")), ZERO)
    amounts["income"] -= counted["income"]
    amounts["costs"] -= counted["costs"]
    amounts["result"] = sum((amounts[key] for key in ("margin", *AFTER_MARGIN)), ZERO)
    return amounts
