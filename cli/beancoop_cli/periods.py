"""The options by which a command is told of which days it is to speak."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

import click
from beancoop.model.months import Month
from beancoop.model.periods import Span
from beancoop.words.language import mark
from beancoop.words.messages import error

from beancoop_cli.common import NOT_A_MONTH
from beancoop_cli.speaking import option

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Mapping

    Command = TypeVar("Command", bound=Callable[..., Any])

_QUARTER = re.compile(r"([12]\d{3})-[QqTt]?([1-4])")
YEAR_FORM = re.compile(r"[12]\d{3}")
DAY = click.DateTime(["%Y-%m-%d"])
NOT_A_QUARTER = error("BC936", "{text} is not a quarter; write it as in 2026-1, the first of 2026.")
NOT_A_YEAR = error("BC937", "{text} is not a year; write it as in 2026.")
SEVERAL = error("BC938", "Name one period: --month, --quarter, --year, or --from with --until.")
HALF = error("BC939", "--from and --until go together: the first day and the last.")
REVERSED = error("BC940", "--until {last} comes before --from {first}.")

_NAMES = {"month": "--month", "quarter": "--quarter", "year": "--year"}


def period_options(command: Command) -> Command:
    """Add `--month`, `--quarter`, `--year`, `--from` and `--until` to a command."""
    month, quarter, year, day = mark("MONTH"), mark("QUARTER"), mark("YEAR"), mark("DATE")
    for each in reversed(
        (
            option("--month", metavar=month, callback=_month, help=mark("A month, such as 2026-03.")),
            option("--quarter", metavar=quarter, callback=_quarter, help=mark("A quarter, such as 2026-1.")),
            option("--year", metavar=year, callback=_year, help=mark("A financial year, such as 2026.")),
            option("--from", "first", metavar=day, type=DAY, help=mark("The first day, such as 2026-01-01.")),
            option("--until", "last", metavar=day, type=DAY, help=mark("The last day, which still counts.")),
        )
    ):
        command = each(command)
    return command


def read_period(chosen: Mapping[str, Any]) -> Span | None:
    """Give the days that the options say, or None where they say none.

    Raises:
        click.UsageError: they say several, or half of one.

    """
    first, last = chosen["first"], chosen["last"]
    spans = [span for name in _NAMES if (span := chosen[name])]
    if first or last:
        spans.append(_between(first, last))
    if len(spans) > 1:
        raise click.UsageError(SEVERAL())
    return spans[0] if spans else None


def _between(first: datetime.datetime | None, last: datetime.datetime | None) -> Span:
    if first is None or last is None:
        raise click.UsageError(HALF())
    if last < first:
        raise click.UsageError(REVERSED(last=f"{last:%Y-%m-%d}", first=f"{first:%Y-%m-%d}"))
    return Span(first.date(), last.date())


def _month(_context: click.Context, _parameter: click.Parameter, text: str | None) -> Span | None:
    month = Month.parse(text) if text and YEAR_FORM.match(text) else None
    if text is not None and month is None:
        raise click.BadParameter(NOT_A_MONTH(text=text))
    return Span.of_month(month) if month else None


def _quarter(_context: click.Context, _parameter: click.Parameter, text: str | None) -> Span | None:
    match = _QUARTER.fullmatch(text) if text is not None else None
    if text is not None and match is None:
        raise click.BadParameter(NOT_A_QUARTER(text=text))
    return Span.of_quarter(int(match[1]), int(match[2])) if match else None


def _year(_context: click.Context, _parameter: click.Parameter, text: str | None) -> Span | None:
    if text is not None and not YEAR_FORM.fullmatch(text):
        raise click.BadParameter(NOT_A_YEAR(text=text))
    return Span.of_year(int(text)) if text else None
