"""The rubrics of the annual accounts, and the PCMN numbers in each: data, in `nbb.tsv`, with its source.

The models of the National Bank's Central Balance Sheet Office for companies without capital, which is what a
cooperative (SC) is: its equity has the contributions 110 and 111 in place of a capital, and no legal reserve 130. The
abridged model (m81) and the micro model (m87) have the same rubrics in balance sheet, income statement and
appropriation; they differ in the notes that follow.

A number belongs to the rubric that has its longest beginning, so that whatever the PCMN allows is in exactly one.
"""

from __future__ import annotations

import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from beancoop.model.money import ZERO
from beancoop.model.pcmn import SUSPENSE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal

FILE = Path(__file__).with_name("nbb.tsv")

Part: TypeAlias = Literal["assets", "liabilities", "result", "appropriation"]
ABRIDGED, MICRO = "abridged", "micro"
MODELS: Mapping[str, str] = {MICRO: "m87", ABRIDGED: "m81"}
"""The models, as the National Bank numbers them."""
OURS = "beancoop"

TOTAL_ASSETS, TOTAL_LIABILITIES, CARRIED, RESULT = "20/58", "10/49", "14", "9905"
LIAISON, INTERNAL = "960", "95"
GROSS_MARGIN = "9900"
_LANGUAGES = ("fr", "nl", "de", "en")


class Rubric(NamedTuple):
    """A line of the annual accounts.

    Attributes:
        part: the statement it is in.
        code: its code, as it is printed.
        level: how deep it stands, from 1, or 0 for a total.
        is_debit: whether its amount is told as debits less credits; else as credits less debits.
        numbers: the beginnings of the PCMN numbers it has itself.
        sum: the codes that are added up to it beside them, after a minus those that are taken off.
        opposite: the code under which a balance against the side of its account is shown, by beginning of number.
        models: those that print it; OURS where it is no rubric of a model, and none where it is counted alone.
        start: the first day of the years it is of.
        end: the last of these days; None where it still is.
        labels: its name by language.

    """

    part: str
    code: str
    level: int
    is_debit: bool
    numbers: tuple[str, ...]
    sum: tuple[str, ...]
    opposite: tuple[tuple[str, str], ...]
    models: tuple[str, ...]
    start: datetime.date
    end: datetime.date | None
    labels: tuple[tuple[str, str], ...]

    def name(self, language: str) -> str:
        """Give what the model calls it."""
        return dict(self.labels)[language]

    def across(self, number: str) -> str:
        """Give the code under which a balance of *number* against its side is shown; "" where there is none."""
        fitting = [each for each in self.opposite if number.startswith(each[0])]
        return max(fitting)[1] if fitting else ""


class AnnualLine(NamedTuple):
    """A rubric and its amount; assets, equity, liabilities and income positive, and charges as what they cost."""

    rubric: Rubric
    amount: Decimal


class Rubrics:
    """The rubrics in force for a financial year."""

    def __init__(self, rows: Sequence[Rubric]) -> None:
        """Sort *rows* out by part and code."""
        self.parts: dict[str, dict[str, Rubric]] = {}
        for row in rows:
            self.parts.setdefault(row.part, {})[row.code] = row
        self._of = lru_cache(maxsize=4096)(self._longest)

    def of(self, number: str, *, is_asset: bool = False) -> Rubric | None:
        """Give the rubric of a PCMN number; None where it has none: class 0, class 9, and what the PCMN does not know.

        Args:
            number: the PCMN number.
            is_asset: which side a suspense account (499) stands on, the only one that may stand on either.

        """
        return self._of(number, is_asset=is_asset)

    def _longest(self, number: str, *, is_asset: bool) -> Rubric | None:
        parts = list(self.parts)
        if number.startswith(SUSPENSE):
            parts = ["assets" if is_asset else "liabilities"]
        rows = (row for part in parts for row in self.parts[part].values())
        fitting = [(len(start), row) for row in rows for start in row.numbers if number.startswith(start)]
        return max(fitting, key=lambda fit: fit[0])[1] if fitting else None

    def added_up(self, part: Part, own: Mapping[str, Decimal], model: str | None = None) -> list[AnnualLine]:
        """Give the rubrics of a *part* with their amounts.

        Args:
            part: the statement.
            own: what each rubric has itself by code, as it is told.
            model: the model that is printed; None for every rubric that is counted.

        """
        rows = self.parts[part]
        totals: dict[str, Decimal] = {}

        def total(code: str) -> Decimal:
            if code not in totals:
                signed = ((each[1:], -1) if each.startswith("-") else (each, 1) for each in rows[code].sum)
                totals[code] = sum((sign * total(each) for each, sign in signed), own.get(code, ZERO))
            return totals[code]

        shown = (row for row in rows.values() if model is None or model in row.models or OURS in row.models)
        return [AnnualLine(row, total(row.code)) for row in shown]

    def below(self, part: Part, code: str) -> Iterator[Rubric]:
        """Give the rubrics that a sum is made of, itself among them."""
        row = self.parts[part][code]
        yield row
        for each in row.sum:
            yield from self.below(part, each.removeprefix("-"))


def rubrics(day: datetime.date) -> Rubrics:
    """Give the rubrics for the financial year that begins on *day*; before the first of them, the first."""
    rows = _rows()
    day = max(day, min(row.start for row in rows))
    return _sorted_out(tuple(row for row in rows if row.start <= day and (row.end is None or day <= row.end)))


_sorted_out = cache(Rubrics)


@cache
def _rows() -> Sequence[Rubric]:
    lines = (line for line in FILE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    _head, *rows = (line.split("\t") for line in lines)
    return [_row(*row) for row in rows]


def _row(  # noqa: PLR0913, PLR0917 - one for each column
    part: str,
    code: str,
    level: str,
    side: str,
    numbers: str,
    parts: str,
    opposite: str,
    models: str,
    start: str,
    end: str,
    *labels: str,
) -> Rubric:
    pairs = (each.rpartition(":")[::2] for each in opposite.split())
    return Rubric(
        part=part,
        code=code,
        level=int(level),
        is_debit=side == "D",
        numbers=tuple(numbers.split()),
        sum=tuple(parts.split()),
        opposite=tuple(pairs),
        models=tuple(models.split()),
        start=datetime.date.fromisoformat(start),
        end=datetime.date.fromisoformat(end) if end else None,
        labels=tuple(zip(_LANGUAGES, labels, strict=True)),
    )
