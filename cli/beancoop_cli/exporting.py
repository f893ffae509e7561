"""`beancoop export`: everything that belongs to an activity, in a folder that stands alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from beancoop.leaving.extract import Days, extract
from beancoop.model.findings import Refusal
from beancoop.storage.folder import create_folder, is_taken
from beancoop.storage.layout import ACTIVITIES
from beancoop.words.language import current, mark
from beancoop.words.messages import error, phrase

from beancoop_cli.common import check_unit, ledger_option
from beancoop_cli.dossier.dossier import MANIFEST, Portfolio, write_manifest
from beancoop_cli.dossier.statement import statement
from beancoop_cli.purposes import PURPOSES
from beancoop_cli.reading import read_ledger
from beancoop_cli.reports.rendering import NoEngineError
from beancoop_cli.speaking import argument, command, option
from beancoop_cli.telling import print_findings, refusals_told

if TYPE_CHECKING:
    import datetime

    from beancoop.leaving.extract import Extract
    from beancoop.loading.ledger import Ledger

_DAY = click.DateTime(["%Y-%m-%d"])

BACKWARDS = error("BC930", "{last} comes before {first}; turn --from and --until round.")
TAKEN = error("BC931", "{folder} is there already, and not empty; choose another folder.")
AMONG_THE_BOOKS = error(
    "BC932", "{folder} lies among the books, which would read it as theirs; choose a folder outside."
)
NO_ENTRY = error("BC933", "{unit} has no entry in those days; correct --from and --until.")
NOT_AS_MEANT = error("BC934", "What was written does not load as it was meant, and was taken back.")
NOT_EXPORTED = phrase("{unit} is not exported.")
WITHOUT_STATEMENT = phrase("There is no statement beside the books.")
NO_WHOLE_MONTH = phrase("Without a statement: the days asked for hold no whole month with an entry.")
LEFT_OUT = phrase("Left out, or replaced, so that nothing tells of another unit:")
HAS_ERRORS = phrase(
    "Warning: the ledger has {count} error, which does not keep her books from being read.",
    "Warning: the ledger has {count} errors, none of which keeps her books from being read.",
)
EXPORTED = phrase("{folder}: what belongs to {unit}; entries: {entries}, documents: {documents}, files: {files}.")
TO_CHECK = phrase("To check them: {command}")


@command(help=PURPOSES["export"])
@argument("unit", metavar=mark("UNIT"))
@option(
    "--to",
    "folder",
    metavar=mark("FOLDER"),
    required=True,
    type=click.Path(path_type=Path),
    help=mark("The new folder."),
)
@ledger_option
@option(
    "--from",
    "first",
    metavar=mark("DATE"),
    type=_DAY,
    help=mark("The first day; what was there before opens the books."),
)
@option("--until", "last", metavar=mark("DATE"), type=_DAY, help=mark("The last day."))
def export(
    unit: str, folder: Path, ledger: Path, first: datetime.datetime | None, last: datetime.datetime | None
) -> None:
    """Write the folder, all of it or nothing."""
    days = Days(first.date() if first else None, last.date() if last else None)
    if days.first and days.last and days.last < days.first:
        raise click.UsageError(BACKWARDS(last=str(days.last), first=str(days.first)))
    target = folder.resolve()
    if is_taken(target):
        raise click.UsageError(TAKEN(folder=folder))
    if any(target.is_relative_to(books) for books in _books(ledger)):
        raise click.UsageError(AMONG_THE_BOOKS(folder=folder))
    loaded = read_ledger(ledger)
    check_unit(loaded, unit)
    with refusals_told(NOT_EXPORTED(unit=unit)):
        own = extract(loaded, unit, days)
        if not own.entries:
            raise click.UsageError(NO_ENTRY(unit=unit))
        portfolio = Portfolio(own, loaded.options, current())
        files = portfolio.files(_statement(portfolio, loaded))
        create_folder(target, files, lambda draft: _finish(draft, portfolio))
    _tell(own, folder, len(files), loaded)


def _books(ledger: Path) -> list[Path]:
    """Give the folder of the ledger, and, for a sub-ledger, that of the cooperative it is part of."""
    folder = ledger.resolve().parent
    return [folder, *([folder.parents[1]] if folder.parent.name == ACTIVITIES else [])]


def _statement(portfolio: Portfolio, ledger: Ledger) -> bytes | None:
    """Give the statement, or say why there is none."""
    try:
        found = statement(portfolio.own, portfolio.every, ledger, current())
    except NoEngineError as no_engine:
        click.echo(f"{WITHOUT_STATEMENT()} {no_engine}", err=True)
        return None
    if found is None:
        click.echo(NO_WHOLE_MONTH(), err=True)
    return found


def _finish(draft: Path, portfolio: Portfolio) -> None:
    """Look at what was written before anyone else can, and put its fingerprints beside it."""
    findings = portfolio.judge(draft)
    if findings:
        raise Refusal(NOT_AS_MEANT(), findings)
    write_manifest(draft)


def _tell(own: Extract, folder: Path, files: int, ledger: Ledger) -> None:
    if own.remarks:
        click.echo(LEFT_OUT())
        print_findings(own.remarks, err=False)
    if ledger.errors:
        click.echo(HAS_ERRORS(count=len(ledger.errors)), err=True)
    count = {"entries": len(own.entries), "documents": len(own.papers), "files": files + 1}
    click.echo(EXPORTED(folder=folder, unit=own.unit, **count))
    click.echo(TO_CHECK(command=f"cd {folder} && sha256sum -c {MANIFEST}"))
