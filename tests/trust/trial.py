"""The cooperative that is attacked, and what stops a proposal: what the table of attacks is tried on."""

from __future__ import annotations

import json
import os
import re
import shutil
from typing import TYPE_CHECKING, NamedTuple

from beancoop.contribution.rule import read_levies
from beancoop.gate.proposal import MAY_BE_RUN, NO_PLAIN_FILE, NO_SUCH_UNIT, NOT_HERS
from beancoop.loading.ledger import load_ledger
from beancoop.model.accounts import COOP
from beancoop_cli.main import main
from camt_writer import Detail, Entry, Paper, camt
from click.testing import CliRunner
from gate.corpus import write_tracer
from inside import stay_inside
from trust.attacks import BY, CHECK, GATE, IMPORT, LOAD
from trust.lab import Lab, laboratory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from decimal import Decimal
    from pathlib import Path

    from trust.attacks import Attack

CLOSED_MONTHS = ("2026-01", "2026-02")
OF_CHANGES = frozenset(each.code for each in (NOT_HERS, NO_PLAIN_FILE, MAY_BE_RUN, NO_SUCH_UNIT))
TODAY = ("--today", "2026-04-02")
BEGUN = """2026-01-20 * "Client" "Facture 0" ^A001-2026-0000
  document: "../documents/facture.pdf"
  Assets:40:400-Clients:A001              1210.00 EUR
  Income:70:700-VentesPrestations:A001   -1000.00 EUR
  Liabilities:45:451-TVAPayer:A001        -210.00 EUR

2026-01-25 document Assets:40:400-Clients:A001 "../documents/facture.pdf"

2026-02-20 * "Client" "Virement" ^A001-2026-0000
  Assets:55:5500-Banque:A001              1210.00 EUR
  Assets:40:400-Clients:A001             -1210.00 EUR
"""
MARCH = """2026-03-05 * "Client" "Facture 2" ^A001-2026-0002
  Assets:40:400-Clients:A001               363.00 EUR
  Income:70:700-VentesPrestations:A001    -300.00 EUR
  Liabilities:45:451-TVAPayer:A001         -63.00 EUR
"""
DECIDED = """
2026-05-01 custom "activity-terms" "A001"
  rate: 0.20
2026-06-01 custom "activity-pause" "A001"
2026-06-15 custom "activity-resume" "A001"
"""


def cooperative(root: Path) -> Lab:
    """Lay it out: January and February are closed, the VAT of the first quarter is filed, the rate doubles in May."""
    lab = laboratory(root)
    text = lab.main.read_text(encoding="utf-8")
    lab.main.write_text(text.replace('  vat-period: "quarter"\n', '  enterprise: "0123456749"\n'), encoding="utf-8")
    lab.write(BEGUN)
    (lab.folder("A001") / "books/mars.beancount").write_text(MARCH, encoding="utf-8")
    (lab.folder("A001") / "documents/facture.pdf").write_bytes(b"%PDF-1.4 facture\n")
    with (lab.folder("A001") / "terms.beancount").open("a", encoding="utf-8") as terms:
        terms.write(DECIDED)
    for month in CLOSED_MONTHS:
        _done(lab.run("close", month, *TODAY))
    _done(run("vat", "file", "2026-Q1", "--ledger", lab.main, *TODAY))
    return lab


def run(*arguments: object):
    """Run `beancoop` in this process."""
    result = CliRunner().invoke(main, list(map(str, arguments)))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert "Traceback" not in result.output
    return result


def _done(result) -> None:
    assert result.exit_code == 0, result.output


class Told(NamedTuple):
    """A finding: its file from the folder of A001, its line, and its code."""

    file: str
    line: int
    code: str


class Verdict(NamedTuple):
    """What stopped a proposal, "" where nothing did, and what it told."""

    by: str
    told: list[Told]

    def has(self, attack: Attack) -> bool:
        """Say whether it tells what the row says, where the row says."""
        return any(
            (each.file, each.code) == (attack.file, attack.code) and attack.line in (None, each.line)
            for each in self.told
        )


class Trial:
    """Proposals to one cooperative, judged one after the other as the recipe of docs/gate.md judges them.

    Text is read and ledgers are loaded in this process, where the program starts others, which tests elsewhere kill.
    """

    def __init__(self, root: Path, patch: Callable[[object, str, object], object]) -> None:
        """Lay out what stands."""
        stay_inside(patch)
        self.base = cooperative(root / "base")
        self.paper = root / "avril.xml"
        self.paper.write_bytes(_statement())
        self.proposal = Lab(root / "proposal")
        self.figures = figures(self.base)
        self.trace = root / "trace"
        write_tracer(root, self.trace)

    def propose(self, lay: Callable[[Path], object]) -> None:
        """Copy what stands, and change it."""
        if self.proposal.root.exists():
            shutil.rmtree(self.proposal.root)
        shutil.copytree(self.base.root, self.proposal.root)
        lay(self.proposal.folder("A001"))

    def judge(self, *, imports: bool = False) -> Verdict:
        """Give the first that stops it."""
        told = self._told("gate", "--base", self.base.root, "--proposal", self.proposal.root, "--by", "A001")
        if told:
            return Verdict(BY if {each.code for each in told} & OF_CHANGES else GATE, told)
        told = self._told("check", "--ledger", self.proposal.main)
        if told:
            loaded = {found.code for found in load_ledger(self.proposal.main).findings}
            return Verdict(LOAD if loaded else CHECK, told)
        if imports:
            result = self.proposal.run("import", self.paper, "--dry-run")
            told = [*self._in_text(result.stdout)]
            return Verdict(IMPORT if "To decide" in result.stdout else "", told)
        return Verdict("", [])

    def keeps_figures(self) -> bool:
        """Say whether what others are levied, and what is closed, stands, and each levy has its two sides."""
        now = figures(self.proposal)
        kept = {key: self.figures[key] for key in self.figures if key[0] != "A001" or key[1] in CLOSED_MONTHS}
        return kept.items() <= now.items() and all(own == coops for own, coops in now.values())

    def _told(self, *arguments: object) -> list[Told]:
        result = run(*arguments, "--format", "json")
        found = json.loads(result.stdout)
        assert result.exit_code == (1 if found else 0), result.output
        return [Told(self._from_folder(each["file"]), each["line"], each["code"]) for each in found]

    def _from_folder(self, file: str) -> str:
        path = os.path.join(self.proposal.root, file)  # noqa: PTH118 - absolute or not
        return os.path.relpath(path, self.proposal.folder("A001")).removeprefix("./")

    def _in_text(self, text: str) -> Iterator[Told]:
        """Read places and codes out of what a command says, a line of it together."""
        for line in text.splitlines():
            for code in re.findall(r"\[(BC\d+)\]", line):
                for file, number in re.findall(r"(/\S+?):(\d+)", line):
                    yield Told(self._from_folder(file), int(number), code)


def figures(lab: Lab) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    """Give what each activity is levied in each month, and what the structure's books have of it."""
    ledger = load_ledger(lab.main)
    coop: dict[tuple[str, str], Decimal] = {}
    for entry in ledger.entries:
        for posting in getattr(entry, "postings", ()):
            if posting.account == f"Expenses:9:950-Contribution:{COOP}":
                coop[entry.meta["unit"], entry.meta["period"]] = -posting.units.number
    levies = read_levies(ledger.entries, ledger.options)
    return {
        (unit, str(levy.month)): (levy.levy, coop.get((unit, str(levy.month)), levy.levy - levy.levy))
        for unit, rows in levies.items()
        for levy in rows
        if levy.levy
    }


def _statement() -> bytes:
    """Write the bank's statement of the movement that belongs to A002."""
    entry = Entry(
        "2420.00",
        booked="2026-04-15",
        value="2026-04-15",
        reference="R1",
        details=(Detail(name="Client Deux", text="A002-2026-0001"),),
    )
    return camt(Paper((entry,), old_date="2026-04-14", new_date="2026-04-15"))
