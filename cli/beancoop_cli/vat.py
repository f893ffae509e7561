"""`beancoop vat`: the return, the two listings, filing, and what differs since."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click
from beancoop.model.findings import Finding, Refusal, in_order
from beancoop.storage.atomic import read_bytes, write_bytes
from beancoop.vat.answers import answer, as_json, clients_csv, intra_csv
from beancoop.vat.drift import drift_of
from beancoop.vat.filed import as_csv
from beancoop.vat.filing import Wish, declarant, file_return, is_reference, no_clients, xml_of
from beancoop.vat.periods import VatPeriod
from beancoop.vat.preparing import KINDS, NO_SUCH_PERIOD, VatDesk
from beancoop.vat.xml import REASON_LENGTH, Asked, Deduction, clients_xml, intra_xml
from beancoop.words.language import mark
from beancoop.words.messages import error, phrase

from beancoop_cli.common import DOUBTFUL, day_option, ledger_option
from beancoop_cli.purposes import PURPOSES
from beancoop_cli.reading import read_ledger
from beancoop_cli.speaking import Program, argument, command, option
from beancoop_cli.telling import FINDINGS, leave, print_findings, refusals_told
from beancoop_cli.vat_mixed import prorata_option, use_option
from beancoop_cli.vat_texts import clients_text, intra_text, return_text

if TYPE_CHECKING:
    import datetime

    from beancoop.vat.answers import Answer
    from beancoop.vat.listings import Client, IntraLine, Listing

    from beancoop_cli.vat_mixed import Prorata, Shares

NOT_A_PERIOD = error("BC1074", "{text} is no period; write it as in 2026-Q1 or 2026-03.")
NOT_A_YEAR = error("BC1075", "{text} is no year; write it as in 2026.")
NOT_A_REFERENCE = error("BC1076", "{text} is no reference of Intervat; write it as in 1234-0123456789-123456.")
TOO_LONG = error("BC1077", "The reason has {count} characters, and Intervat takes {most}.")
NOT_FILED = error("BC1078", "{period} is not filed; there is nothing to compare. To see it: {command}")
NO_FILE_YET = error("BC1079", "There is no file for Intervat before the return is ready.")
AS_FILED = phrase("{period} was filed on {day}: this is what was filed. What differs since: {command}")
NOT_DONE = phrase("{period} is not filed.")
DONE = phrase("{period} is filed. For Intervat: {file}")
WRITTEN = phrase("Written: {file}")
NO_CLIENT = phrase("{year}: no customer to list.")
NO_INTRA = phrase("{period}: no sale within the Union to list.")
UNCHANGED = phrase("{period}: all is as it was filed on {day}.")
DIFFERS = phrase("{period}: {count} difference.", "{period}: {count} differences.")
UNREADY = phrase("{period}: the return is not ready.")

_YEAR = re.compile(r"[1-9]\d{3}")


def _period(_context: click.Context, _parameter: click.Parameter, text: str) -> VatPeriod:
    period = VatPeriod.parse(text)
    if period is None:
        raise click.BadParameter(NOT_A_PERIOD(text=text))
    return period


def _year(_context: click.Context, _parameter: click.Parameter, text: str) -> int:
    if not _YEAR.fullmatch(text):
        raise click.BadParameter(NOT_A_YEAR(text=text))
    return int(text)


def _reference(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    if text and not is_reference(text):
        raise click.BadParameter(NOT_A_REFERENCE(text=text))
    return text


def _reason(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    if len(text) > REASON_LENGTH:
        raise click.BadParameter(TOO_LONG(count=len(text), most=REASON_LENGTH))
    return text


_period_argument = argument("period", metavar=mark("PERIOD"), callback=_period)
_format = option(
    "--format",
    "style",
    type=click.Choice(["text", "csv", "json", "xml"]),
    default="text",
    show_default=True,
    help=mark("For a person, a spreadsheet, a program, or Intervat."),
)
_listing_format = option(
    "--format",
    "style",
    type=click.Choice(["text", "csv", "xml"]),
    default="text",
    show_default=True,
    help=mark("For a person, a spreadsheet, or Intervat."),
)
_to = option(
    "--to",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar=mark("FILE"),
    help=mark("The file to write; else it is shown."),
)
_restitution = option(
    "--restitution", is_flag=True, help=mark("Ask the State to pay back what it owes, in the file for Intervat.")
)


@click.group(cls=Program, help=PURPOSES["vat"])
def vat() -> None:
    """Run one of its commands."""


@command(
    "return",
    help=mark(
        "Show the VAT return of PERIOD, such as 2026-Q1 or 2026-03: each grid, with the entries behind it.\n\n"
        "A period that is filed answers with what was filed."
    ),
)
@_period_argument
@_format
@_to
@_restitution
@prorata_option
@use_option
@ledger_option
def vat_return(  # noqa: PLR0913, PLR0917 - one for each thing the form asks
    period: VatPeriod,
    style: str,
    to: Path | None,
    prorata: Prorata | None,
    uses: Shares,
    ledger: Path,
    *,
    restitution: bool,
) -> None:
    """Show it, and tell what stands in its way."""
    desk = _desk(ledger, period)
    with refusals_told():
        answered = answer(desk, period)
        wrong = _obstacles(desk, answered)
        if style != "xml":
            _give(_written(desk, answered, style), to)
        elif answered.filed:
            _give(read_bytes(answered.filed.xml) or b"", to)
        elif wrong or answered.made is None:
            click.echo(NO_FILE_YET(), err=True)
        else:
            asked = Asked(restitution, no_clients(desk, period), deduction=Deduction(prorata, uses))
            _give(xml_of(desk, period, answered.made, asked), to)
        if wrong or desk.ledger.errors:
            click.echo(UNREADY(period=str(period)), err=True)
            leave(FINDINGS)


def _obstacles(desk: VatDesk, answered: Answer) -> bool:
    """Tell what stands in the way of a return, and what is odd; say whether it is not ready."""
    if desk.ledger.errors:
        print_findings(desk.ledger.findings)
        click.echo(DOUBTFUL(), err=True)
    if answered.filed:
        command_line = f"beancoop vat drift {answered.period}"
        told = AS_FILED(period=str(answered.period), day=answered.filed.day, command=command_line)
        click.echo(told, err=True)
    if answered.made is None:
        return False
    obstacles, main = desk.obstacles(answered.period, answered.made), str(desk.ledger.path)
    print_findings([*answered.undecided, *answered.made.remarks])
    print_findings(Finding(main, 1, message) for message in (*obstacles.wrong, *obstacles.odd))
    return bool(answered.undecided or obstacles.wrong)


def _written(desk: VatDesk, answered: Answer, style: str) -> bytes:
    if style == "json":
        return (json.dumps(as_json(desk, answered), ensure_ascii=False, indent=2) + "\n").encode()
    if style == "csv":
        return as_csv(each.row for each in answered.counted).encode()
    period = answered.period
    prorata = desk.prorata(period.year) if period.is_last_of_year else None
    return "".join(f"{line}\n" for line in return_text(answered, prorata)).encode()


@command(help=mark("Show the Belgian customers of YEAR whom the yearly listing names."))
@argument("year", metavar=mark("YEAR"), callback=_year)
@_listing_format
@_to
@ledger_option
def clients(year: int, style: str, to: Path | None, ledger: Path) -> None:
    """Show the listing, or write its file."""
    desk = VatDesk(read_ledger(ledger))
    listing = desk.clients(year)
    lines = listing.lines
    written = {
        "text": lambda: "".join(f"{line}\n" for line in clients_text(lines)).encode(),
        "csv": lambda: clients_csv(lines).encode(),
        "xml": lambda: clients_xml(declarant(desk), year, lines),
    }
    with refusals_told():
        if lines:
            _give(written[style](), to)
        else:
            click.echo(NO_CLIENT(year=str(year)), err=True)
    _tell(desk, listing)


@command(help=mark("Show the customers of the Union in PERIOD whom the intra-Community listing names."))
@_period_argument
@_listing_format
@_to
@ledger_option
def intra(period: VatPeriod, style: str, to: Path | None, ledger: Path) -> None:
    """Show the listing, or write its file."""
    desk = _desk(ledger, period)
    listing = desk.intra(period)
    lines = listing.lines
    written = {
        "text": lambda: "".join(f"{line}\n" for line in intra_text(lines)).encode(),
        "csv": lambda: intra_csv(lines).encode(),
        "xml": lambda: intra_xml(declarant(desk), period, lines),
    }
    with refusals_told():
        if lines:
            _give(written[style](), to)
        else:
            click.echo(NO_INTRA(period=str(period)), err=True)
    _tell(desk, listing)


def _tell(desk: VatDesk, listing: Listing[Client] | Listing[IntraLine]) -> None:
    """Tell what is wrong with the ledger or a listing, and leave with it."""
    print_findings(in_order([*desk.ledger.findings, *listing.findings]))
    if desk.ledger.errors or listing.findings:
        leave(FINDINGS)


@command(
    "file",
    help=mark(
        "File the return of PERIOD: freeze it, settle it, and write the file for Intervat; all of it, or nothing.\n\n"
        "A filed return is never written again."
    ),
)
@_period_argument
@day_option("--today", mark("The day on which it is filed; today, where none is named."))
@option(
    "--justify",
    default="",
    metavar=mark("TEXT"),
    callback=_reason,
    help=mark("Why the return is right although a control does not hold."),
)
@option(
    "--replaces",
    default="",
    metavar=mark("REFERENCE"),
    callback=_reference,
    help=mark("Intervat's reference of the filed return that this one replaces."),
)
@_restitution
@prorata_option
@use_option
@ledger_option
def file_(  # noqa: PLR0913, PLR0917 - one for each thing the form asks
    period: VatPeriod,
    today: datetime.datetime,
    justify: str,
    replaces: str,
    prorata: Prorata | None,
    uses: Shares,
    ledger: Path,
    *,
    restitution: bool,
) -> None:
    """Write all of it, or nothing."""
    _desk(ledger, period)
    wish = Wish(today.date(), justify, replaces, restitution, Deduction(prorata, uses))
    with refusals_told(NOT_DONE(period=str(period))):
        filing = file_return(ledger, period, wish)
    for written in filing.files:
        click.echo(WRITTEN(file=_relative(written)))
    click.echo(DONE(period=str(period), file=_relative(filing.files[0])))


@command(help=mark("Compare the filed return of PERIOD with the books as they are now."))
@_period_argument
@ledger_option
def drift(period: VatPeriod, ledger: Path) -> None:
    """List what differs."""
    desk = _desk(ledger, period)
    filed = desk.filed_for(period)
    with refusals_told():
        if filed is None:
            raise Refusal(NOT_FILED(period=str(period), command=f"beancoop vat return {period}"))
        found = drift_of(desk, filed)
        print_findings([*desk.ledger.findings, *found])
        if found or desk.ledger.errors:
            click.echo(DIFFERS(period=str(period), count=len(found)), err=True)
            leave(FINDINGS)
        click.echo(UNCHANGED(period=str(period), day=filed.day))


def _desk(ledger: Path, period: VatPeriod) -> VatDesk:
    """Load the ledger.

    Raises:
        click.UsageError: the cooperative does not declare by such periods, and none of them was filed.

    """
    desk = VatDesk(read_ledger(ledger))
    if not desk.fits(period) and desk.filed_for(period) is None:
        fitting = VatPeriod.of(desk.register.cooperative, period.span.first)
        raise click.UsageError(NO_SUCH_PERIOD(period=str(period), kind=KINDS[fitting.kind], example=str(fitting)))
    return desk


def _give(content: bytes, to: Path | None) -> None:
    """Write to a file, or show."""
    if to is None:
        click.echo(content, nl=False)
        return
    write_bytes(to, content)
    click.echo(WRITTEN(file=to), err=True)


def _relative(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


for each in (vat_return, clients, intra, file_, drift):
    vat.add_command(each)
