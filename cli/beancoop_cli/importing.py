"""`beancoop import`: bank statements and e-invoices into the right sub-ledgers."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
from beancoop.words import language
from beancoop.words.formats import as_written, day
from beancoop.words.language import mark
from beancoop.words.messages import phrase
from beancoop_importers.ingest.run import import_files
from beancoop_importers.model.invoice import to_cents

from beancoop_cli.common import day_option, format_option, ledger_option
from beancoop_cli.importing_json import as_json
from beancoop_cli.progress import is_terminal, progress
from beancoop_cli.purposes import PURPOSES
from beancoop_cli.speaking import argument, command, option
from beancoop_cli.telling import FINDINGS, leave, relative

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from beancoop.model.findings import Finding
    from beancoop.words.messages import Text as Said
    from beancoop_importers.ingest.results import Result
    from beancoop_importers.model.statement import Movement
    from beancoop_importers.routing.splitting import Routed
    from beancount.core.data import Transaction

_Thing = TypeVar("_Thing")

WARNING = phrase("Warning: {finding}")
REFUSED = phrase("Refused, nothing of it booked: {finding}")
NOTHING_WRITTEN = phrase("Nothing was written: this was a dry run.")
HIDDEN = phrase("Passed over: {path} is hidden.")
FOLDER = phrase("Passed over: {path} is a folder; name it to import what is in it.")
BOOKED_TITLE = phrase("Booked")
TRIED_TITLE = phrase("Would be booked")
TITLES = (
    phrase("File"),
    phrase("Statements"),
    phrase("Invoices"),
    BOOKED_TITLE,
    phrase("Already there"),
    phrase("To an invoice"),
    phrase("To decide"),
    phrase("Refused"),
)
YES = phrase("refused")
THERE = phrase("{file}: already there.")
INVOICE = phrase("{file}: invoice booked in {targets}.")
INVOICE_TRIED = phrase("{file}: invoice would be booked in {targets}.")
STATEMENTS = phrase("{count} statement", "{count} statements")
BOOKED = phrase("{count} movement booked", "{count} movements booked")
TRIED = phrase("{count} movement would be booked", "{count} movements would be booked")
SUMMARY = phrase(
    "{file}: {statements}, {booked}, {known} already there, {matched} to an invoice, {undecided} to decide."
)
SUMMARY_IN = phrase(
    "{file}: {statements}, {booked} in {targets}, {known} already there, {matched} to an invoice, "
    "{undecided} to decide."
)
TOTAL = phrase(
    "{count} file: {booked} booked, {known} already there, {undecided} to decide, {refused} refused.",
    "{count} files: {booked} booked, {known} already there, {undecided} to decide, {refused} refused.",
)
TOTAL_TRIED = phrase(
    "{count} file: {booked} would be booked, {known} already there, {undecided} to decide, {refused} refused.",
    "{count} files: {booked} would be booked, {known} already there, {undecided} to decide, {refused} refused.",
)
TO_DECIDE = phrase("To decide ({count}):")
WAYS = {
    "invoice": phrase("invoice"),
    "return": phrase("return"),
    "rule": phrase("rule"),
    "counterparty": phrase("counterparty"),
    "waits": phrase("waits"),
}
"""What told where a movement goes (see `Routed.way`), as `--explain` says it."""


@command("import", help=PURPOSES["import"])
@argument("paths", metavar=mark("FILE|FOLDER..."), nargs=-1, required=True, type=click.Path(path_type=Path))
@ledger_option
@option("--dry-run", is_flag=True, help=mark("Tell what would be done; write nothing."))
@day_option("--today", mark("The day beyond which nothing is booked unasked; today, where none is named."))
@option("--as-dated", is_flag=True, help=mark("Book also what is dated beyond today, or due before it was issued."))
@format_option
@option("--explain", is_flag=True, help=mark("Tell of every movement where it goes, and what told it."))
def import_statements(  # noqa: PLR0913 - its options
    paths: tuple[Path, ...],
    ledger: Path,
    *,
    dry_run: bool,
    today: datetime.datetime,
    as_dated: bool,
    style: str,
    explain: bool,
) -> None:
    """Import the files, and say what became of each."""
    files = list(dict.fromkeys(file for path in paths for file in _files(path)))
    until = None if as_dated else today.date()
    results = import_files(ledger, files, dry_run=dry_run, watch=_watch, today=until)
    if style == "json":
        click.echo(json.dumps([*map(as_json, results)], ensure_ascii=False, indent=2))
    else:
        _tell(results, dry_run=dry_run, explain=explain)
    if any(result.refusal or result.elsewhere for result in results):
        leave(FINDINGS)


def _tell(results: Sequence[Result], *, dry_run: bool, explain: bool) -> None:
    """Say what became of each file to a person."""
    for result in results:
        for warning in result.warnings:
            click.echo(WARNING(finding=_here(warning)), err=True)
        if result.refusal:
            click.echo(REFUSED(finding=_here(result.refusal)), err=True)
    _summarise(results, dry_run=dry_run)
    if explain:
        _explain(results)
    _list_undecided(results)
    if dry_run:
        click.echo(NOTHING_WRITTEN())


def _here(finding: Finding) -> str:
    """Write a finding, its file named from here."""
    return str(finding._replace(file=relative(finding.file)))


def _files(path: Path) -> Iterator[Path]:
    """Give a file, or the files of a folder in the order of their names; what is passed over is told."""
    if not path.is_dir():
        yield path
        return
    for inside in sorted(path.iterdir()):
        if inside.name.startswith("."):
            click.echo(HIDDEN(path=inside), err=True)
        elif inside.is_dir():
            click.echo(FOLDER(path=inside), err=True)
        else:
            yield inside


def _watch(things: Sequence[_Thing], what: str) -> Iterable[_Thing]:
    """Show a bar on standard error, where a person looks at it."""
    return progress(things, what, len(things))


def _summarise(results: Sequence[Result], *, dry_run: bool) -> None:
    """Say what became of each file: a table at a terminal, of the files that bring something; else a line for each."""
    if not is_terminal(sys.stdout):
        for result in results:
            if not result.refusal:
                click.echo(_line(result, dry_run=dry_run))
        if len(results) > 1:
            click.echo(_total(results, dry_run=dry_run))
        return
    told = [_row(one) for one in results if one.booked or one.refusal or one.elsewhere]
    if told:
        _draw(told, dry_run=dry_run)
    click.echo(_total(results, dry_run=dry_run))


def _row(one: Result) -> tuple[str, ...]:
    """Give what stands under each of the TITLES for a file; nothing where there is none."""
    counts = (one.statements, one.invoices, one.booked, one.skipped, one.matched, _to_decide(one))
    return (str(one.file), *(str(count) if count else "" for count in counts), YES() if one.refusal else "")


def _draw(rows: Sequence[tuple[str, ...]], *, dry_run: bool) -> None:
    """Draw the columns that hold something; headings give way to names, which are folded and never cut."""
    from rich.console import Console  # noqa: PLC0415 - at a terminal alone
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    held = [at for at in range(len(TITLES)) if any(row[at] for row in rows)]
    table = Table()
    for at in held:
        title = TRIED_TITLE if dry_run and TITLES[at] is BOOKED_TITLE else TITLES[at]
        longest = max(len(said) for said in (*(row[at] for row in rows), *title().split()))
        table.add_column(title(), justify="right" if at else "left", overflow="fold", width=longest if at else None)
    for row in rows:
        table.add_row(*(Text(row[at]) for at in held))
    Console().print(table)


def _total(results: Sequence[Result], *, dry_run: bool) -> Said:
    """Say all files in one line."""
    return (TOTAL_TRIED if dry_run else TOTAL)(
        count=len(results),
        booked=sum(one.booked for one in results),
        known=sum(one.skipped for one in results),
        undecided=sum(map(_to_decide, results)),
        refused=sum(one.refusal is not None for one in results),
    )


def _line(result: Result, *, dry_run: bool) -> str:
    targets = [relative(str(target)) for target in result.targets]
    if result.invoices and result.booked:
        return (INVOICE_TRIED if dry_run else INVOICE)(file=result.file, targets=targets)
    if result.invoices:
        return THERE(file=result.file)
    return (SUMMARY_IN if targets else SUMMARY)(
        file=result.file,
        statements=STATEMENTS(count=result.statements),
        booked=(TRIED if dry_run else BOOKED)(count=result.booked),
        targets=targets,
        known=result.skipped,
        matched=result.matched,
        undecided=_to_decide(result),
    )


def _explain(results: Sequence[Result]) -> None:
    """Tell of every movement where it goes, and what told it."""
    for result in results:
        for routed in result.routed:
            sides = [
                f"{posting.account} {_signed(posting.units.number)}"
                for entry in routed.transactions
                for posting in entry.postings
                if posting.units is not None and posting.units.number is not None
            ]
            flag = routed.transactions[0].flag
            click.echo(
                f"{_movement(result.file, routed)}: {flag} {WAYS[routed.way]()}: {routed.why}: {', '.join(sides)}"
            )


def _to_decide(result: Result) -> int:
    return len(result.undecided) + len(result.elsewhere)


def _list_undecided(results: Sequence[Result]) -> None:
    """List what a person has to decide: what waits, and what is already there in another unit's books."""
    if count := sum(map(_to_decide, results)):
        click.echo(TO_DECIDE(count=count))
    for result in results:
        for routed in result.undecided:
            click.echo(f"{_movement(result.file, routed)}: {routed.why}")
        for one in result.elsewhere:
            click.echo(f"{_named(result.file, one.movement, one.waiting)}: {one.why}")


def _movement(file: Path, routed: Routed) -> str:
    return _named(file, routed.movement, routed.transactions[0])


def _named(file: Path, movement: Movement, entry: Transaction) -> str:
    currency = next(posting.units.currency for posting in entry.postings if posting.units is not None)
    who = f" {entry.payee}" if entry.payee else ""
    date = day(movement.booked, language.current())
    return f"{file}:{movement.line}: {date} {_signed(to_cents(movement.amount))} {currency}{who}"


def _signed(amount: Decimal) -> str:
    return f"{'-' if amount < 0 else '+'}{as_written(abs(amount), language.current())}"
