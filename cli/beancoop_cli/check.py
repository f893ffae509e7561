"""`beancoop check`: everything that can be checked, for CI."""

from __future__ import annotations

import re
import resource
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TYPE_CHECKING

import click
from beancoop import RULES
from beancoop.closing.checklist import check_pieces
from beancoop.closing.seal import check_seals
from beancoop.gate.check import check_gate
from beancoop.loading.ledger import Ledger, load_ledger
from beancoop.model.findings import Finding
from beancoop.rules.proof import unproved
from beancoop.rules.written_amounts import inexact
from beancoop.storage.layout import LEDGER_FILE, sub_ledgers
from rich.console import Console
from rich.progress import track

from beancoop_cli.common import FINDINGS, leave, ledger_option, print_findings

if TYPE_CHECKING:
    from pathlib import Path


_INCLUDE = re.compile(r'\s*include\s+"([^"]*)"')
_MEMORY = 8 << 30
"""Bytes a load may take: some twenty times what 100,000 transactions need."""


@click.command()
@ledger_option
@click.option("--format", "style", type=click.Choice(["text", "json", "github"]), default="text", show_default=True)
def check(ledger: Path, style: str) -> None:
    """Check the cooperative: the gate, the whole ledger, and each sub-ledger alone.

    The gate comes first, on the text: where it finds something, nothing is loaded.
    """
    folders = sub_ledgers(ledger)
    findings = check_gate(folders) or odd_includes(ledger) or sorted(set(_load_apart(ledger, folders)))
    print_findings(findings, style)
    if findings:
        count = "1 finding" if len(findings) == 1 else f"{len(findings)} findings"
        click.echo(f"{ledger}: {count}.", err=True)
        leave(FINDINGS)
    if style == "text":
        click.echo(f"{ledger}: no error, in the whole and in each of its {len(folders)} sub-ledgers alone.")


def odd_includes(ledger: Path) -> list[Finding]:
    """Give a finding for each include, in the main ledger and the structure's books, of what is no plain file.

    Beancount would wait for a pipe, and read a device, without end.
    """
    return [
        Finding(str(path.resolve()), number, f'include "{match[1]}" leads to no plain file; correct the name.')
        for path in [ledger, *sorted((ledger.parent / "coop").glob("*.beancount"))]
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if (match := _INCLUDE.match(line)) and (named := path.parent / match[1]).exists() and not named.is_file()
    ]


def _load_apart(ledger: Path, folders: list[Path]) -> list[Finding]:
    """Load in a process of its own: some slips, such as a division by zero, end Beancount and what it runs in."""
    with ProcessPoolExecutor(1, get_context("spawn"), _limit_memory) as pool:
        try:
            return pool.submit(_load_all, ledger, folders).result()
        except BrokenProcessPool:
            reason = "Loading this ledger ends the program; look for a division by zero in what was written last."
        except Exception as error:  # noqa: BLE001 - whatever Beancount does not catch
            reason = f"This ledger cannot be loaded; look at what was written last. Beancount says: {error!r}."
    return [Finding(str(ledger.resolve()), 1, reason)]


def _limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _load_all(ledger: Path, folders: list[Path]) -> list[Finding]:
    whole = load_ledger(ledger)
    findings = [*_check(whole), *check_pieces(whole.entries)]
    console = Console(stderr=True)
    alone = [folder / LEDGER_FILE for folder in folders]
    for path in track(alone, "Sub-ledgers", console=console, disable=not console.is_terminal, transient=True):
        findings += _check(load_ledger(path))
    return findings


def _check(ledger: Ledger) -> list[Finding]:
    """Give what is wrong in a ledger: errors, inexact amounts, broken seals, and what no plugin has looked at."""
    seals = check_seals(ledger.entries, ledger.options)
    return [*ledger.findings, *inexact(ledger), *seals, *unproved(ledger, RULES)]
