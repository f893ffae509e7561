"""`beancoop import`: bank statements and e-invoices into the right sub-ledgers."""

from __future__ import annotations

from pathlib import Path

import click
from beancoop_importers.ingest import Result, import_files

from beancoop_cli.common import FINDINGS, leave, ledger_option


@click.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@ledger_option
def import_statements(files: tuple[Path, ...], ledger: Path) -> None:
    """Book bank statements (CODA, CAMT.053) and e-invoices (Peppol, Factur-X) in the books of whose they are.

    What nothing tells waits on 499-CompteAttente, flagged `!`. A second import of the same file adds nothing; a file
    that is refused is left out whole, and stops no other.
    """
    results = import_files(ledger, files)
    for result in results:
        _report(result)
    if any(result.refusal for result in results):
        leave(FINDINGS)


def _report(result: Result) -> None:
    for warning in result.warnings:
        click.echo(f"Warning: {warning}", err=True)
    if result.refusal:
        click.echo(f"Refused, nothing of it booked: {result.refusal}", err=True)
        return
    where = f" in {', '.join(map(str, result.targets))}" if result.targets else ""
    if result.invoices:
        click.echo(f"{result.file}: invoice booked{where}." if result.booked else f"{result.file}: already there.")
        return
    click.echo(
        f"{result.file}: {_count(result.statements, 'statement')}, {_count(result.booked, 'movement')} booked{where}, "
        f"{result.skipped} already there."
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
