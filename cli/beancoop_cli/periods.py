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

    from beancoop.model.cooperative import Cooperative

    Command = TypeVar("Command", bound=Callable[..., Any])

_QUARTER = re.compile(r"([12]\d{3})-[QqTt]?([1-4])")
YEAR_FORM = re.compile(r"[12]\d{3}")
DAY = click.DateTime(["%Y-%m-%d"])
NOT_A_QUARTER = error("BC936", "{text} is not a quarter; write it as in 2026-1, the first of 2026.")
NOT_A_YEAR = error("BC937", "{text} is not a year; write it as in 2026.")
SEVERAL = error("BC938", "Name one period: --month, --quarter, --year, or --from with --until.")
HALF = error("BC939", "--from and --until go together: the first day and the last.")
NO_SUCH_YEAR = error("BC361", "No financial year of this cooperative ends in {year}; name another one.")
REVERSED = error("BC940", "--until {last} comes before --from {first}.")


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


def read_period(chosen: Mapping[str, Any], cooperative: Cooperative) -> Span | None:
    """Give the days that the options say, or None where they say none; a financial year bears its number.

    Raises:
        click.UsageError: they say several, or half of one, or a year that there is not.

    """
    first, last = chosen["first"], chosen["last"]
    spans = [span for name in ("month", "quarter") if (span := chosen[name])]
    if chosen["year"]:
        spans.append(_year_of(chosen["year"], cooperative))
    if first or last:
        spans.append(cooperative.named(_between(first, last)))
    if len(spans) > 1:
        raise click.UsageError(SEVERAL())
    return spans[0] if spans else None


def _year_of(number: int, cooperative: Cooperative) -> Span:
    year = cooperative.year(number)
    if year.last < year.first:
        raise click.UsageError(NO_SUCH_YEAR(year=str(number)))
    return year


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


def _year(_context: click.Context, _parameter: click.Parameter, text: str | None) -> int | None:
    if text is not None and not YEAR_FORM.fullmatch(text):
        raise click.BadParameter(NOT_A_YEAR(text=text))
    return int(text) if text else None
