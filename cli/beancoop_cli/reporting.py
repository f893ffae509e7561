"""`beancoop report`: the statements, as files to read, to print and to send."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from beancoop.books.books import Books
from beancoop.model.accounts import COOP
from beancoop.model.money import ZERO
from beancoop.model.periods import Span
from beancoop.opening.cells import read_amount
from beancoop.opening.table import NO_AMOUNT
from beancoop.presentation.texts import Words
from beancoop.statements.appropriation import decisions
from beancoop.statements.nbb import ABRIDGED, MODELS
from beancoop.storage.atomic import write_bytes
from beancoop.words.language import current, mark
from beancoop.words.messages import error, phrase
from beancoop.words.system import reason

from beancoop_cli.common import NO_UNIT, ledger_option
from beancoop_cli.periods import DAY, SEVERAL, period_options, read_period
from beancoop_cli.progress import progress
from beancoop_cli.purposes import PURPOSES
from beancoop_cli.reading import read_ledger
from beancoop_cli.reports.catalogue import REPORTS
from beancoop_cli.reports.making import Request, document
from beancoop_cli.reports.many import render_all
from beancoop_cli.reports.rendering import NoEngineError
from beancoop_cli.speaking import argument, command, option, told
from beancoop_cli.telling import FINDINGS, leave, print_findings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from beancoop_cli.reports.catalogue import Report
    from beancoop_cli.reports.document import Document

Each = TypeVar("Each")

_ON_NO_TERMINAL = ("pdf", "xlsx")
_MUCH = 8  # documents

NO_REPORT = error("BC942", "There is no report {name}; there are: {known}.")
ONE_OR_ALL = error("BC943", "Name one activity with --unit, or take --all of them.")
OF_THE_COMPANY = error("BC944", "{name} is of the whole company; leave --unit and --all out.")
NOT_A_SUB_LEDGER = error("BC945", "{name} is of the whole company; name its ledger with --ledger, not a sub-ledger.")
OF_ONE_ACTIVITY = error("BC946", "{name} is of one activity; say which, as in --unit A001, or take --all of them.")
NO_ENTRY_YET = error("BC947", "{ledger} has no entry yet; name a period, such as --month 2026-03.")
OF_ONE_MONTH = error("BC948", "{name} is of one month; name it, as in --month 2026-03.")
OF_ONE_QUARTER = error("BC949", "{name} is of one quarter; name it, as in --quarter 2026-1.")
NO_FOLDER = error("BC950", "--all writes a file for each activity; name their folder with --to.")
ON_NO_TERMINAL = error("BC951", "A terminal shows no {style}; name a file with --to.")
CUT = error(
    "BC362",
    "{first} to {last} cuts a financial year; {name} is of whole ones: {years}. Name one, as in --year {year}.",
)
OF_A_YEAR = error("BC363", "--after-appropriation is of one whole financial year; name it, as in --year {year}.")
NO_ACCOUNTS = error(
    "BC364", "--after-appropriation and --model are of the annual accounts alone; leave them out of {name}."
)
NOT_DECIDED = error(
    "BC365",
    "The result of {year} has not been appropriated: no entry says appropriates: {year}, or moves 69 or 79 for it. "
    "Book what the general meeting decided, or leave --after-appropriation out.",
)
NOT_WRITTEN = error("BC959", "{file} cannot be written: {reason}")
MAY_BE_WRONG = phrase("These figures may be wrong; the report says so.")
FIGURES = phrase("Figures")


def _amount(_context: click.Context, _parameter: click.Parameter, text: str | None) -> Decimal | None:
    amount = read_amount(text) if text is not None else None
    if text is not None and (amount is None or amount < ZERO):
        raise click.BadParameter(NO_AMOUNT(text=text))
    return amount


@command(help=PURPOSES["report"])
@argument("name", metavar=mark("[NAME]"), required=False)
@ledger_option
@option(
    "--format",
    "style",
    type=click.Choice(["html", "pdf", "csv", "xlsx"]),
    default="html",
    show_default=True,
    help=mark("What kind of file."),
)
@option("--unit", metavar=mark("UNIT"), help=mark("The unit it is of, such as A001."))
@option("--all", "is_for_all", is_flag=True, help=mark("One for each activity, in the folder that --to names."))
@period_options
@option("--date", "day", metavar=mark("DATE"), type=DAY, help=mark("The day it is of: its financial year, up to it."))
@option(
    "--dividend",
    metavar=mark("AMOUNT"),
    callback=_amount,
    help=mark("What is proposed to be paid on the shares, before tax; of distribution-test and shares-register."),
)
@option(
    "--after-appropriation",
    "is_after",
    is_flag=True,
    help=mark("Annual accounts as the general meeting decided on the result."),
)
@option("--model", type=click.Choice([*MODELS]), help=mark("The model of the National Bank; else the abridged one."))
@option(
    "--to",
    metavar=mark("FILE"),
    type=click.Path(path_type=Path),
    help=mark("The file to write, or the folder; else standard output."),
)
def report(name: str | None, ledger: Path, **options: Any) -> None:  # noqa: ANN401 - one for each option
    """Draw it up in the language in force."""
    if name is None:
        click.echo(_listed())
        return
    chosen = _chosen(name)
    books = Books(read_ledger(ledger))
    words = Words(current())
    units = _units(books, name, chosen, options)
    _check_accounts(name, chosen, options)
    spans = [_span(books, name, chosen, unit, options) for unit in units]
    is_after, model = options["is_after"], options["model"] or ABRIDGED
    for span in spans[:1] if is_after else ():  # all are of the same days
        _check_decided(books, span)
    dividend = options["dividend"] if chosen.takes_dividend else None
    requests = [
        Request(name, books, span, unit, words, dividend=dividend, is_after=is_after, model=model)
        for span, unit in zip(spans, units, strict=True)
    ]
    style, to = options["style"], options["to"]
    documents = [document(request, chosen.make(request)) for request in _shown(requests, FIGURES(), len(requests))]
    try:
        _write(documents, style, _targets(documents, style, to, is_for_all=options["is_for_all"]))
    except NoEngineError as no_engine:
        click.echo(str(no_engine), err=True)
        leave(FINDINGS)
    except OSError as failed:
        raise click.UsageError(NOT_WRITTEN(file=to, reason=reason(failed, to))) from None
    _tell(books, documents)


def _listed() -> str:
    width = max(map(len, REPORTS))
    return "\n".join(f"{name:{width}}  {told(each.sentence)}" for name, each in REPORTS.items())


def _chosen(name: str) -> Report:
    if name not in REPORTS:
        raise click.UsageError(NO_REPORT(name=name, known=[*REPORTS]))
    return REPORTS[name]


def _units(books: Books, name: str, chosen: Report, options: dict[str, Any]) -> Sequence[str | None]:
    """Give the units to draw up a report of; None stands for the whole ledger."""
    unit, register = options["unit"], books.register
    known = [COOP, *register.activities] if register.coop_is_open else [*register.activities]
    if unit is not None and options["is_for_all"]:
        raise click.UsageError(ONE_OR_ALL())
    if unit is not None and unit not in known:
        raise click.UsageError(NO_UNIT(ledger=books.ledger.path, unit=unit, known=known))
    if chosen.scope == "company" and (unit is not None or options["is_for_all"]):
        raise click.UsageError(OF_THE_COMPANY(name=name))
    if options["is_for_all"]:
        return [*register.activities]
    if chosen.scope in {"company", "entity"} and unit is None and not register.coop_is_open:
        raise click.UsageError(NOT_A_SUB_LEDGER(name=name))
    if chosen.scope in {"company", "entity", "any"} or (unit is not None and unit != COOP):
        return [unit]
    if len(register.activities) == 1 and unit is None and not register.coop_is_open:
        return [*register.activities]
    raise click.UsageError(OF_ONE_ACTIVITY(name=name))


def _span(books: Books, name: str, chosen: Report, unit: str | None, options: dict[str, Any]) -> Span:
    cooperative, day = books.register.cooperative, options["day"]
    span = read_period(options, cooperative)
    if day is not None:
        if span is not None:
            raise click.UsageError(SEVERAL())
        span = cooperative.named(Span(cooperative.year_with(day.date()).first, day.date()))
    if span is None:
        if books.last_day is None:
            raise click.UsageError(NO_ENTRY_YET(ledger=books.ledger.path))
        return chosen.usual(books, unit, books.last_day)
    if chosen.only == "month" and not span.is_month:
        raise click.UsageError(OF_ONE_MONTH(name=name))
    if chosen.only == "quarter" and not span.quarter:
        raise click.UsageError(OF_ONE_QUARTER(name=name))
    if chosen.is_annual and options["first"] and cooperative.cuts(span):
        years = [cooperative.year_with(day) for day in span[:2]]
        raise click.UsageError(
            CUT(
                first=f"{span.first}",
                last=f"{span.last}",
                name=name,
                years=[f"{year.year} ({year.first} - {year.last})" for year in dict.fromkeys(years)],
                year=str(years[-1].year),
            )
        )
    return span


def _check_accounts(name: str, chosen: Report, options: dict[str, Any]) -> None:
    """Refuse what is said of annual accounts for another report."""
    if not chosen.is_annual and (options["is_after"] or options["model"]):
        raise click.UsageError(NO_ACCOUNTS(name=name))


def _check_decided(books: Books, span: Span) -> None:
    """Leave where a general meeting has decided nothing on the result of the year."""
    if span.year is None:
        year = books.register.cooperative.year_with(span.first)
        raise click.UsageError(OF_A_YEAR(year=str(year.year)))
    if not decisions(books, span):
        click.echo(NOT_DECIDED(year=str(span.year)), err=True)
        leave(FINDINGS)


def _targets(documents: Sequence[Document], style: str, to: Path | None, *, is_for_all: bool) -> Sequence[Path | None]:
    """Give the file each document goes to; None is standard output."""
    if is_for_all:
        if to is None:
            raise click.UsageError(NO_FOLDER())
        to.mkdir(parents=True, exist_ok=True)
    elif to is None:
        if style in _ON_NO_TERMINAL and _is_terminal():
            raise click.UsageError(ON_NO_TERMINAL(style=style.upper()))
        return [None]
    return [to / f"{document.name}.{style}" if to.is_dir() else to for document in documents]


def _is_terminal() -> bool:
    return sys.stdout.isatty()


def _write(documents: Sequence[Document], style: str, targets: Sequence[Path | None]) -> None:
    made = zip(targets, render_all(documents, style), strict=True)
    for target, content in _shown(made, style.upper(), len(targets)):
        if target is None:
            sys.stdout.buffer.write(content)
        else:
            write_bytes(target, content)


def _shown(each: Iterable[Each], what: str, total: int) -> Iterable[Each]:
    """Show a bar while there is much to do."""
    return each if total < _MUCH else progress(each, what, total)


def _tell(books: Books, documents: Sequence[Document]) -> None:
    """Say on standard error why figures may be wrong, and leave with the status of findings."""
    doubts = list(dict.fromkeys(doubt for document in documents for doubt in document.doubts))
    if not books.ledger.errors and not books.broken_seals and not doubts:
        return
    print_findings([*books.ledger.findings, *books.broken_seals])
    for doubt in doubts:
        click.echo(doubt, err=True)
    click.echo(MAY_BE_WRONG(), err=True)
    leave(FINDINGS)
