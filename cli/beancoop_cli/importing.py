"""`beancoop import`: bank statements and e-invoices into the right sub-ledgers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
from beancoop.words.language import mark
from beancoop_importers.ingest.run import import_files
from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from beancoop_cli.common import FINDINGS, leave, ledger_option
from beancoop_cli.speaking import argument, command, option

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from beancoop_importers.ingest.results import Result
    from beancoop_importers.routing.splitting import Routed

_Thing = TypeVar("_Thing")


@command(
    "import",
    help=mark(
        "Book bank statements (CODA, CAMT.053, ...) and e-invoices (Peppol, Factur-X) in the books of whom they "
        "concern.\n\n"
        "A payment that names an invoice exactly settles it; the rules in rules.toml, beside the ledger, tell what "
        "others are for; what nothing tells waits on 499-CompteAttente, flagged `!`, and is listed at the end. A "
        "second import of the same file adds nothing; a file that is refused is left out whole, and stops no other."
    ),
)
@argument("paths", metavar=mark("FILE|FOLDER..."), nargs=-1, required=True, type=click.Path(path_type=Path))
@ledger_option
@option("--dry-run", is_flag=True, help=mark("Tell what would be done; write nothing."))
@option("--explain", is_flag=True, help=mark("Tell of every movement where it goes, and what told it."))
def import_statements(paths: tuple[Path, ...], ledger: Path, *, dry_run: bool, explain: bool) -> None:
    """Import the files, and say what became of each."""
    files = list(dict.fromkeys(file for path in paths for file in _files(path)))
    results = import_files(ledger, files, dry_run=dry_run, watch=_watch)
    for result in results:
        for warning in result.warnings:
            click.echo(f"Warning: {warning}", err=True)
        if result.refusal:
            click.echo(f"Refused, nothing of it booked: {result.refusal}", err=True)
    _summarise(results)
    if explain:
        _explain(results)
    _list_undecided(results)
    if dry_run:
        click.echo("Nothing was written: this was a dry run.")
    if any(result.refusal for result in results):
        leave(FINDINGS)


def _files(path: Path) -> Iterator[Path]:
    """Give a file, or the files of a folder in the order of their names; what is passed over is told."""
    if not path.is_dir():
        yield path
        return
    for inside in sorted(path.iterdir()):
        if inside.name.startswith("."):
            click.echo(f"Passed over: {inside} is hidden.", err=True)
        elif inside.is_dir():
            click.echo(f"Passed over: {inside} is a folder; name it to import what is in it.", err=True)
        else:
            yield inside


def _watch(things: Sequence[_Thing], what: str) -> Iterable[_Thing]:
    """Show a bar on standard error, where a person looks at it."""
    console = Console(stderr=True)
    return track(things, what, console=console, disable=not console.is_terminal, transient=True)


def _summarise(results: Sequence[Result]) -> None:
    """Say what became of each file: a table for a person, lines for a program."""
    console = Console()
    if not console.is_terminal:
        for result in results:
            if not result.refusal:
                click.echo(_line(result))
        return
    table = Table()
    for title in ("File", "Statements", "Invoices", "Booked", "Already there", "To an invoice", "To decide", "Refused"):
        table.add_column(title, justify="left" if title == "File" else "right")
    for one in results:
        counts = (one.statements, one.invoices, one.booked, one.skipped, one.matched, len(one.undecided))
        table.add_row(Text(str(one.file)), *map(str, counts), "refused" if one.refusal else "")
    console.print(table)


def _line(result: Result) -> str:
    where = f" in {', '.join(map(str, result.targets))}" if result.targets else ""
    if result.invoices:
        return f"{result.file}: invoice booked{where}." if result.booked else f"{result.file}: already there."
    return (
        f"{result.file}: {_count(result.statements, 'statement')}, {_count(result.booked, 'movement')} booked{where}, "
        f"{result.skipped} already there, {result.matched} to an invoice, {len(result.undecided)} to decide."
    )


def _explain(results: Sequence[Result]) -> None:
    """Tell of every movement where it goes, and what told it."""
    for result in results:
        for routed in result.routed:
            sides = [
                f"{posting.account} {posting.units.number:+}"
                for entry in routed.transactions
                for posting in entry.postings
                if posting.units
            ]
            flag = routed.transactions[0].flag
            click.echo(f"{_movement(result.file, routed)}: {flag} {routed.way}: {routed.why}: {', '.join(sides)}")


def _list_undecided(results: Sequence[Result]) -> None:
    """List what a person has to decide."""
    undecided = [(result.file, routed) for result in results for routed in result.undecided]
    if undecided:
        click.echo(f"To decide ({len(undecided)}):")
    for file, routed in undecided:
        click.echo(f"{_movement(file, routed)}: {routed.why}")


def _movement(file: Path, routed: Routed) -> str:
    first, amount = routed.transactions[0], routed.movement.amount
    currency = next(posting.units.currency for posting in first.postings if posting.units)
    who = f" {first.payee}" if first.payee else ""
    return f"{file}:{routed.movement.line}: {first.date} {amount:+.2f} {currency}{who}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
