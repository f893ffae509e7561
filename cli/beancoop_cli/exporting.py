"""`beancoop export`: everything that belongs to an activity, in a folder that stands alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from beancoop.leaving.extract import CannotExportError, Days, extract
from beancoop.loading.ledger import load_ledger
from beancoop.storage.folder import create_folder, is_taken
from beancoop.storage.layout import ACTIVITIES
from beancoop.words.language import LANGUAGES

from beancoop_cli.common import FINDINGS, check_unit, leave, ledger_option, print_findings
from beancoop_cli.dossier.dossier import MANIFEST, Portfolio, write_manifest
from beancoop_cli.dossier.statement import statement
from beancoop_cli.reports.rendering import NoEngineError

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sized

    from beancoop.leaving.extract import Extract
    from beancoop.loading.ledger import Ledger

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("unit")
@click.option("--to", "folder", metavar="DIR", required=True, type=click.Path(path_type=Path), help="The new folder.")
@ledger_option
@click.option("--from", "first", type=_DAY, help="The first day; what was there before opens the books.")
@click.option("--until", "last", type=_DAY, help="The last day.")
@click.option("--lang", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True, help="Of its tables.")
def export(  # noqa: PLR0913, PLR0917 - one parameter an option
    unit: str,
    folder: Path,
    ledger: Path,
    first: datetime.datetime | None,
    last: datetime.datetime | None,
    lang: str,
) -> None:
    """Write all that belongs to the activity UNIT in a new folder DIR, for someone who leaves, or who wants to see.

    Her books for any Beancount, journal, invoices, customers, documents, an opening balance for her own books, and a
    README; nothing of any other unit. What was left out or replaced is listed. All of it is written, or nothing.
    """
    days = Days(first.date() if first else None, last.date() if last else None)
    if days.first and days.last and days.last < days.first:
        raise click.UsageError(f"{days.last} comes before {days.first}; turn --from and --until round.")
    target = folder.resolve()
    if is_taken(target):
        raise click.UsageError(f"{folder} is there already, and not empty; choose another folder.")
    if any(target.is_relative_to(books) for books in _books(ledger)):
        raise click.UsageError(
            f"{folder} lies among the books, which would read it as theirs; choose a folder outside."
        )
    loaded = load_ledger(ledger)
    check_unit(loaded, unit)
    try:
        own = extract(loaded, unit, days)
        if not own.entries:
            raise click.UsageError(f"{unit} has no entry in those days; correct --from and --until.")
        portfolio = Portfolio(own, loaded.options, lang)
        files = portfolio.files(_statement(portfolio, loaded, lang))
        create_folder(target, files, lambda draft: _finish(draft, portfolio))
    except CannotExportError as refused:
        print_findings(refused.findings)
        click.echo(f"{unit} is not exported. {refused}", err=True)
        leave(FINDINGS)
    except OSError as error:
        click.echo(f"{unit} is not exported: {error}.", err=True)
        leave(FINDINGS)
    _tell(own, folder, len(files), loaded)


def _books(ledger: Path) -> list[Path]:
    """Give the folder of the ledger, and, for a sub-ledger, that of the cooperative it is part of."""
    folder = ledger.resolve().parent
    return [folder, *([folder.parents[1]] if folder.parent.name == ACTIVITIES else [])]


def _statement(portfolio: Portfolio, ledger: Ledger, language: str) -> bytes | None:
    """Give the statement, or say why there is none."""
    try:
        found = statement(portfolio.own, portfolio.every, ledger, language)
    except NoEngineError as error:
        click.echo(f"Without a statement: {error}", err=True)
        return None
    if found is None:
        click.echo("Without a statement: the days asked for hold no whole month with an entry.", err=True)
    return found


def _finish(draft: Path, portfolio: Portfolio) -> None:
    """Look at what was written before anyone else can, and put its fingerprints beside it."""
    findings = portfolio.judge(draft)
    if findings:
        raise CannotExportError("What was written does not load as it was meant, and was taken back.", findings)
    write_manifest(draft)


def _tell(own: Extract, folder: Path, files: int, ledger: Ledger) -> None:
    if own.remarks:
        click.echo("Left out, or replaced, so that nothing tells of another unit:")
        print_findings(own.remarks, err=False)
    if ledger.errors:
        count = _count(ledger.errors, "error", "errors")
        click.echo(f"Warning: the ledger has {count}, none of which keeps her books from being read.", err=True)
    click.echo(
        f"{folder}: what belongs to {own.unit}, {_count(own.entries, 'entry', 'entries')} and "
        f"{_count(own.papers, 'document', 'documents')} in {files + 1} files. "
        f"To check them: cd {folder} && sha256sum -c {MANIFEST}"
    )


def _count(things: Sized, one: str, several: str) -> str:
    return f"{len(things)} {one if len(things) == 1 else several}"
