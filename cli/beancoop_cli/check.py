"""`beancoop check`: everything that can be checked, for CI."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from beancoop import RULES
from beancoop.checklist import check_pieces
from beancoop.gate import LEDGER_FILE, check_gate, sub_ledgers
from beancoop.ledger import Ledger, load_ledger
from beancoop.proof import unproved
from beancoop.seal import check_seals
from rich.console import Console
from rich.progress import track

from beancoop_cli.common import FINDINGS, leave, ledger_option, print_findings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from beancoop.findings import Finding


@click.command()
@ledger_option
@click.option("--format", "style", type=click.Choice(["text", "json", "github"]), default="text", show_default=True)
def check(ledger: Path, style: str) -> None:
    """Check the cooperative: the gate, the whole ledger, and each sub-ledger alone.

    The gate comes first, on the text: where it finds something, nothing is loaded.
    """
    folders = sub_ledgers(ledger)
    findings = check_gate(folders) or sorted(set(_load_all(ledger, folders)))
    print_findings(findings, style)
    if findings:
        count = "1 finding" if len(findings) == 1 else f"{len(findings)} findings"
        click.echo(f"{ledger}: {count}.", err=True)
        leave(FINDINGS)
    if style == "text":
        click.echo(f"{ledger}: no error, in the whole and in each of its {len(folders)} sub-ledgers alone.")


def _load_all(ledger: Path, folders: list[Path]) -> Iterator[Finding]:
    whole = load_ledger(ledger)
    yield from _check(whole)
    yield from check_pieces(whole.entries)
    console = Console(stderr=True)
    alone = [folder / LEDGER_FILE for folder in folders]
    for path in track(alone, "Sub-ledgers", console=console, disable=not console.is_terminal, transient=True):
        yield from _check(load_ledger(path))


def _check(ledger: Ledger) -> Iterator[Finding]:
    """Give what is wrong in a ledger: its errors, its broken seals, and what no plugin has looked at."""
    yield from ledger.findings
    yield from check_seals(ledger.entries, ledger.options)
    yield from unproved(ledger, RULES)
