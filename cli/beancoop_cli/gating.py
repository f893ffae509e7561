"""`beancoop gate`: a proposal judged beside what stands, for CI."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click
from beancoop.gate.proposal import ADDED, CHANGED, REMOVED, Change, judge, shown
from beancoop.words.language import mark
from beancoop.words.messages import error, phrase

from beancoop_cli.common import NO_LEDGER, findings_option
from beancoop_cli.purposes import PURPOSES
from beancoop_cli.speaking import command, option
from beancoop_cli.telling import FINDINGS, leave, print_findings

if TYPE_CHECKING:
    from collections.abc import Sequence

NOT_WITHIN = error("BC994", "{ledger} is not within a checkout; name the ledger from the top of either.")
BY_UNIT = phrase("For {unit} to approve:")
BY_COOPERATIVE = phrase("For the cooperative to approve:")
NEW, OTHER, GONE = phrase("{file}: new"), phrase("{file}: changed"), phrase("{file}: taken away")
NOTHING = phrase("Nothing differs.")
LET_THROUGH = phrase("{count} file differs, and none is refused.", "{count} files differ, and none is refused.")
REFUSED = phrase("The proposal is refused: {count} finding.", "The proposal is refused: {count} findings.")

_KINDS = {ADDED: NEW, CHANGED: OTHER, REMOVED: GONE}
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@command(help=PURPOSES["gate"])
@option("--base", metavar=mark("FOLDER"), type=_FOLDER, required=True, help=mark("What stands: the protected branch."))
@option("--proposal", metavar=mark("FOLDER"), type=_FOLDER, required=True, help=mark("What it would be afterwards."))
@option("--by", metavar=mark("UNIT"), default=None, help=mark("The unit whose entrepreneur proposes it."))
@option(
    "--ledger",
    metavar=mark("FILE"),
    default="ledgers/main.beancount",
    show_default=True,
    help=mark("The cooperative's ledger, from the top of either checkout."),
)
@findings_option
def gate(base: Path, proposal: Path, by: str | None, ledger: str, style: str) -> None:
    """Judge, and list."""
    within = PurePosixPath(ledger)
    if within.is_absolute() or ".." in within.parts:
        raise click.UsageError(NOT_WITHIN(ledger=ledger))
    if not (base / within).is_file():
        raise click.UsageError(NO_LEDGER(ledger=ledger))
    found, findings = judge(base, proposal, within, by)
    print_findings(findings, style)
    if style == "text" and by is None:
        _list(found)
    if findings:
        click.echo(REFUSED(count=len(findings)), err=True)
        leave(FINDINGS)
    if style == "text":
        click.echo(LET_THROUGH(count=len(found)) if found else NOTHING())


def _list(found: Sequence[Change]) -> None:
    """List what differs by who must approve it, the cooperative last."""
    for owner in sorted({each.owner for each in found}, key=lambda owner: (not owner, owner)):
        click.echo(BY_UNIT(unit=owner) if owner else BY_COOPERATIVE())
        for each in found:
            if each.owner == owner:
                click.echo(f"  {_KINDS[each.kind](file=shown(each.path))}")
