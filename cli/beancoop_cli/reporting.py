"""`beancoop report`: the statements, as files to read, to print and to send."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from beancoop.books.books import Books
from beancoop.loading.ledger import load_ledger
from beancoop.model.accounts import COOP
from beancoop.storage.atomic import write_bytes
from beancoop.words.language import LANGUAGES
from beancoop.words.texts import Words
from rich.console import Console
from rich.progress import track

from beancoop_cli.common import FINDINGS, leave, ledger_option, print_findings
from beancoop_cli.periods import period_options, read_period
from beancoop_cli.reports.catalogue import REPORTS
from beancoop_cli.reports.making import Request, document
from beancoop_cli.reports.many import render_all
from beancoop_cli.reports.rendering import NoEngineError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from beancoop.model.periods import Span

    from beancoop_cli.reports.catalogue import Report
    from beancoop_cli.reports.document import Document

Each = TypeVar("Each")

_ON_NO_TERMINAL = ("pdf", "xlsx")
_MUCH = 8  # documents


@click.command()
@click.argument("name", required=False)
@ledger_option
@click.option("--format", "style", type=click.Choice(["html", "pdf", "csv", "xlsx"]), default="html", show_default=True)
@click.option("--unit", help="The unit it is of, such as A001.")
@click.option("--all", "is_for_all", is_flag=True, help="One for each activity, in the folder that --to names.")
@period_options
@click.option("--lang", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True, help="Its language.")
@click.option("--to", type=click.Path(path_type=Path), help="The file to write, or the folder; else standard output.")
def report(name: str | None, ledger: Path, **options: Any) -> None:  # noqa: ANN401 - one for each option
    """Draw up the report NAME; without NAME, list the reports.

    Without a period it is of the financial year so far; where it is monthly or quarterly, of the last closed month or
    the last whole quarter. The report of closed months is the same to the byte whenever it is drawn up again.
    """
    if name is None:
        click.echo(_listed())
        return
    chosen = _chosen(name)
    books = Books(load_ledger(ledger))
    words = Words(options["lang"])
    units = _units(books, name, chosen, options)
    requests = [Request(name, books, _span(books, name, chosen, unit, options), unit, words) for unit in units]
    style, to = options["style"], options["to"]
    documents = [document(request, chosen.make(request)) for request in _shown(requests, "Figures", len(requests))]
    try:
        _write(documents, style, _targets(documents, style, to, is_for_all=options["is_for_all"]))
    except NoEngineError as error:
        click.echo(str(error), err=True)
        leave(FINDINGS)
    except OSError as error:
        raise click.UsageError(f"{error.filename or to} cannot be written: {error.strerror}.") from None
    _tell(books, documents)


def _listed() -> str:
    width = max(map(len, REPORTS))
    return "\n".join(f"{name:{width}}  {each.sentence}" for name, each in REPORTS.items())


def _chosen(name: str) -> Report:
    if name not in REPORTS:
        raise click.UsageError(f"There is no report {name}. There are:\n{_listed()}")
    return REPORTS[name]


def _units(books: Books, name: str, chosen: Report, options: dict[str, Any]) -> Sequence[str | None]:
    """Give the units to draw up a report of; None stands for the whole ledger."""
    unit, register = options["unit"], books.register
    known = [COOP, *register.activities] if register.coop_is_open else [*register.activities]
    if unit is not None and options["is_for_all"]:
        raise click.UsageError("Name one activity with --unit, or take --all of them.")
    if unit is not None and unit not in known:
        raise click.UsageError(f"{books.ledger.path} has no unit {unit}; it has {', '.join(known)}.")
    if chosen.scope == "company":
        if unit is not None or options["is_for_all"]:
            raise click.UsageError(f"{name} is of the whole company; leave --unit and --all out.")
        if not register.coop_is_open:
            raise click.UsageError(f"{name} is of the whole company; name its ledger with --ledger, not a sub-ledger.")
        return [None]
    if options["is_for_all"]:
        return [*register.activities]
    if chosen.scope == "any" or (unit is not None and unit != COOP):
        return [unit]
    if len(register.activities) == 1 and unit is None and not register.coop_is_open:
        return [*register.activities]
    raise click.UsageError(f"{name} is of one activity; say which, as in --unit A001, or take --all of them.")


def _span(books: Books, name: str, chosen: Report, unit: str | None, options: dict[str, Any]) -> Span:
    span = read_period(options)
    if span is None:
        if books.last_day is None:
            raise click.UsageError(f"{books.ledger.path} has no entry yet; name a period, such as --month 2026-03.")
        return chosen.usual(books, unit, books.last_day)
    if chosen.only == "month" and not span.is_month:
        raise click.UsageError(f"{name} is of one month; name it, as in --month 2026-03.")
    if chosen.only == "quarter" and not span.quarter:
        raise click.UsageError(f"{name} is of one quarter; name it, as in --quarter 2026-1.")
    return span


def _targets(documents: Sequence[Document], style: str, to: Path | None, *, is_for_all: bool) -> Sequence[Path | None]:
    """Give the file each document goes to; None is standard output."""
    if is_for_all:
        if to is None:
            raise click.UsageError("--all writes a file for each activity; name their folder with --to.")
        to.mkdir(parents=True, exist_ok=True)
    elif to is None:
        if style in _ON_NO_TERMINAL and _is_terminal():
            raise click.UsageError(f"A terminal shows no {style.upper()}; name a file with --to.")
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
    console = Console(stderr=True)
    is_quick = total < _MUCH or not console.is_terminal
    return track(each, what, total=total, console=console, disable=is_quick, transient=True)


def _tell(books: Books, documents: Sequence[Document]) -> None:
    """Say on standard error why figures may be wrong, and leave with the status of findings."""
    doubts = list(dict.fromkeys(doubt for document in documents for doubt in document.doubts))
    if not books.ledger.errors and not books.broken_seals and not doubts:
        return
    print_findings([*books.ledger.findings, *books.broken_seals])
    for doubt in doubts:
        click.echo(doubt, err=True)
    click.echo("These figures may be wrong; the report says so.", err=True)
    leave(FINDINGS)
