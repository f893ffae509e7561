"""End `close` and `import` at every point at which they touch the disk, or fill the disk there: nothing is lost."""

from __future__ import annotations

import datetime
import shutil
import tempfile
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from beancoop.closing.seal import check_seals
from beancoop.contribution.rule import read_levies
from beancoop.gate.check import check_gate
from beancoop.loading.ledger import load_ledger
from beancoop.storage.layout import LEDGER_FILE, sub_ledgers
from beancoop.storage.scaffold import Settings, create_activity, create_cooperative
from beancoop_cli.main import main as beancoop
from beancount.core.data import Transaction
from beancount.core.inventory import Inventory
from click.testing import CliRunner, Result
from coda_writer import Line, Paper, coda
from evidence.faults import HALF_CLOSED, Disk, killed_at
from evidence.row import Row
from ubl_writer import CUSTOMER, OURS, US, Bill, Item, ubl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from beancoop.loading.ledger import Ledger

START = datetime.date(2026, 1, 5)
SHARED, OWN = "BE68539007547034", "BE71096123456769"
CLOSED_ALREADY = "is closed already"
UNITS = ("A001", "A002", "A003")
SALE = """
2026-{month:02}-20 * "Facture" ^{unit}-{month}
  Assets:55:{bank}:{unit}  {amount}.35 EUR
  Income:70:700-VentesPrestations:{unit}  -{amount}.35 EUR
"""
INVOICE = """
2026-02-2{number} * "Client" "Facture" ^{unit}-2026-000{number}
  Assets:40:400-Clients:{unit}  {amount}.00 EUR
  Income:70:700-VentesPrestations:{unit}  -{amount}.00 EUR
"""


class Scenario(NamedTuple):
    """A command on a cooperative of three activities, after the commands that lead up to it."""

    name: str
    before: tuple[tuple[str, ...], ...]
    command: tuple[str, ...]


CLOSE_FIRST, CLOSE_LATER = ("close", "2026-01"), ("close", "2026-02")
IMPORT_FIRST, IMPORT_LATER = ("import", "1-own.cod", "1-shared.cod"), ("import", "2-own.cod", "2-shared.cod")
IMPORT_INVOICES = ("import", "--as-dated", "bought.xml", "sold.xml")
SCENARIOS = (
    Scenario("close, first month", (), CLOSE_FIRST),
    Scenario("close, later month", (CLOSE_FIRST, IMPORT_FIRST), CLOSE_LATER),
    Scenario("import, new files", (), IMPORT_FIRST),
    Scenario("import, into files", (IMPORT_FIRST,), IMPORT_LATER),
    Scenario("import, invoices", (IMPORT_FIRST,), IMPORT_INVOICES),
)


class State(NamedTuple):
    """What a ledger says: every account's balance, and every levy."""

    balances: dict[str, Inventory]
    levies: list[tuple]


def found(folder: Path) -> Path:
    """Lay out a cooperative of three activities, one with a bank account of its own, and its bank's statements."""
    ledgers = folder / "ledgers"
    create_cooperative(ledgers, UNITS[0], Settings(START))
    create_activity(ledgers / "activities/A002", Settings(START))
    create_activity(ledgers / "activities/A003", Settings(START, iban=OWN))
    settled = '  settlement: "treasury"\n  treasury: "5500-Banque"\n'
    _say_below(ledgers / "coop/accounts.beancount", "open Assets:55:5500-Banque\n", f'  iban: "{SHARED}"\n')
    _say_below(ledgers / "main.beancount", 'custom "cooperative" "Coopérative"\n', f'  enterprise: "{OURS}"\n')
    _say_below(ledgers / "activities/A002/terms.beancount", 'custom "activity" "A002"\n', settled)
    for unit, amounts in zip(UNITS, ((2050, 576), (800, 90), (333, -120)), strict=True):
        bank = "5501-Banque" if unit == "A003" else "5500-Banque"
        sales = (SALE.format(month=n, unit=unit, bank=bank, amount=amount) for n, amount in enumerate(amounts, 1))
        book = ledgers / f"activities/{unit}/books/2026.beancount"
        invoices = (INVOICE.format(unit=unit, number=n, amount=n * 10) for n in (1, 2))
        book.write_text(book.read_text() + "".join((*sales, *invoices)).replace("--", ""))
    for name, paper in _papers().items():
        (ledgers / "statements" / name).write_bytes(coda(paper))
    for name, bill in _bills().items():
        (ledgers / "statements" / name).write_bytes(ubl(bill))
    return ledgers


def _say_below(path: Path, line: str, metadata: str) -> None:
    """Write metadata below the line of a directive, which is there once."""
    text = path.read_text()
    assert text.count(line) == 1, (path, line)
    path.write_text(text.replace(line, line + metadata))


def _papers() -> dict[str, Paper]:
    """Give two statements of one day for each account: the later one's balance replaces the earlier one's.

    Of the shared account, each holds a payment of invoices of two units.
    """
    papers = {}
    for name, iban, opening in (("own", OWN, 213_000), ("shared", SHARED, 3_517_400)):
        day = {"account": iban, "old_date": "010326", "new_date": "020326"}
        names = "A001-2026-000{0} A002-2026-000{0}" if name == "shared" else "Client {0}"
        lines = (Line(50_000, booked="020326", name="Client"), Line(-12_500, sequence=2, booked="020326"))
        paid = Line(20_000, sequence=3, booked="020326", communication=names.format(1))
        papers[f"1-{name}.cod"] = Paper((*lines, paid), old=opening, number="001", **day)
        more = (
            Line(7_250, booked="020326", reference="AUTRE", communication="Solde"),
            Line(40_000, sequence=2, booked="020326", communication=names.format(2)),
        )
        papers[f"2-{name}.cod"] = Paper(more, old=opening + 57_500, number="002", **day)
    return papers


def _bills() -> dict[str, Bill]:
    """Give an invoice that one activity receives, and one that another sends."""
    items = (Item(Decimal("100.00")), Item(Decimal("10.50"), rate=Decimal(6), name="Livre"))
    sold = Bill(items, number="A003-2026-0001", date="2026-03-02", seller=US, buyer=CUSTOMER)
    return {"bought.xml": Bill(items, date="2026-03-01", buyer_reference="A002"), "sold.xml": sold}


def run(ledgers: Path, command: Sequence[str]) -> Result:
    """Run a command of beancoop on the cooperative in *ledgers*."""
    name, *words = command
    files = [str(ledgers / "statements" / word) if "." in word else word for word in words]
    today = ["--today", "2026-03-15"] if name == "close" else []
    words = [name, *files, *today, "--ledger", str(ledgers / "main.beancount")]
    return CliRunner().invoke(
        beancoop, words, env={"BEANCOOP_CACHE": "no"}
    )  # what a load keeps is no part of the books


def state(ledger: Ledger) -> State:
    """Say what the ledger says."""
    balances: dict[str, Inventory] = {}
    for entry in ledger.entries:
        for posting in entry.postings if isinstance(entry, Transaction) else ():
            balances.setdefault(posting.account, Inventory()).add_position(posting)
    levies = [levy for months in read_levies(ledger.entries, ledger.options).values() for levy in months]
    return State(balances, [levy._replace(closed=False) for levy in levies if levy.levy])


def files(ledgers: Path) -> dict[Path, bytes]:
    """Give every file that a ledger or an accountant reads; the temporary ones, whose names begin with a dot, apart."""
    paths = (path for path in ledgers.rglob("*") if path.is_file() and path.name != ".gitkeep")
    return {path.relative_to(ledgers): path.read_bytes() for path in paths if not path.name.startswith(".")}


def strays(ledgers: Path) -> list[Path]:
    """Give the temporary files that a killed process left."""
    return [path for path in ledgers.rglob(".*") if path.name != ".gitkeep"]


def complaints(ledgers: Path, allowed: Sequence[State], *, halfway: bool = False) -> Iterator[str]:
    """Tell what is wrong with a ledger that is to say, of every account and levy, one of what is *allowed*.

    *halfway* through its work, a killed closing may tell that it is half done; nobody may tell anything else.
    """
    forgiven = {HALF_CLOSED} if halfway else set()
    main = ledgers / "main.beancount"
    folders = sub_ledgers(main)
    yield from map(str, check_gate(folders) if strays(ledgers) else ())
    for path in (main, *(folder / LEDGER_FILE for folder in folders)):
        ledger = load_ledger(path)
        told = (*ledger.findings, *check_seals(ledger.entries, ledger.options))
        yield from (str(each) for each in told if getattr(each, "code", None) not in forgiven)
        yield from (f"{file} is read" for file in ledger.files if file.name.startswith("."))
    now = state(load_ledger(main))
    for account in {account for one in (now, *allowed) for account in one.balances}:
        if now.balances.get(account) not in [one.balances.get(account) for one in allowed]:
            yield f"{account} stands at {now.balances.get(account)}"
    charged = [one.levies for one in allowed]
    # A levy that is written but not yet sealed counts as levied: it stands in no month's list until the closing ends.
    if now.levies not in charged and not (halfway and all(any(levy in one for one in charged) for levy in now.levies)):
        yield f"the levies are {now.levies}"


class Tally(NamedTuple):
    """What came of breaking one scenario at some points: how many points, what was wrong, temporary files left."""

    points: int
    wrong: list[str]
    strays: int


class Trial:
    """One scenario, with how it ends when nobody disturbs it."""

    def __init__(self, scenario: Scenario, folder: Path) -> None:
        """Lead up to the command in *folder*, and run it undisturbed beside."""
        self.scenario, self.folder = scenario, folder
        self.start = found(folder / "start")
        for command in scenario.before:
            assert run(self.start, command).exit_code == 0, command
        self.end = folder / "end"
        shutil.copytree(self.start, self.end)
        with Disk() as disk:
            assert run(self.end, scenario.command).exit_code == 0, scenario.command
        self.touches = disk.touches
        self.allowed = [state(load_ledger(path / "main.beancount")) for path in (self.start, self.end)]
        assert files(self.start) != files(self.end)
        assert not [*complaints(self.end, self.allowed[1:])]

    def kill(self, step: int = 1) -> Tally:
        """End the process at every *step*-th point until it comes to its end."""
        return self._each(count(1, step), self._killed)

    def fill(self, step: int = 1, *, stays: bool) -> Tally:
        """Have no room at every *step*-th point, there only or from there on."""
        points = range(1, len(self.touches) + 1, step)
        return self._each(points, lambda ledgers, number: self._filled(ledgers, number, stays=stays))

    def _each(self, points, disturb: Callable[[Path, int], list[str] | None]) -> Tally:
        wrong: list[str] = []
        tried = left = 0
        for number in points:
            with tempfile.TemporaryDirectory(dir=self.folder) as folder:
                ledgers = Path(shutil.copytree(self.start, Path(folder) / "ledgers"))
                said = disturb(ledgers, number)
                if said is None:
                    break
                tried += 1
                left += len(strays(ledgers))
                said += [*complaints(ledgers, self.allowed, halfway=True), *self._again(ledgers)]
                wrong += [f"{self.scenario.name}, point {number}: {one}" for one in said]
        return Tally(tried, wrong, left)

    def _killed(self, ledgers: Path, number: int) -> list[str] | None:
        return [] if killed_at(number, lambda: run(ledgers, self.scenario.command)) else None

    def _filled(self, ledgers: Path, number: int, *, stays: bool) -> list[str]:
        with Disk(lambda touch: touch >= number if stays else touch == number):
            result = run(ledgers, self.scenario.command)
        if result.exit_code == 0:  # what needs no room, or is over by then
            return [] if files(ledgers) == files(self.end) else ["says that it is done, and is not"]
        wrong = []
        if result.exit_code != 1 or not isinstance(result.exception, SystemExit) or "Traceback" in result.output:
            wrong.append(f"ends with {result.exit_code}, {result.exception!r}")
        if "There is no room left for " not in result.output:
            wrong.append(f"does not say why: {result.output}")
        if not stays and files(ledgers) != files(self.start):
            wrong.append(f"is refused, and has written: {result.output}")
        return wrong

    def _again(self, ledgers: Path) -> Iterator[str]:
        """Run the command again: it ends the work."""
        result = run(ledgers, self.scenario.command)
        if result.exit_code != 0 and CLOSED_ALREADY not in result.output:
            yield f"again: {result.output}"
        if files(ledgers) != files(self.end):
            yield "again: the files are not those of an undisturbed run"
        yield from complaints(ledgers, self.allowed[1:])


def row(promise: str, tallies: Sequence[Tally], mark: str) -> Row:
    """Sum up as a line of the table."""
    points, wrong = sum(each.points for each in tallies), [one for each in tallies for one in each.wrong]
    left = sum(each.strays for each in tallies)
    return Row(
        promise=promise,
        tried=f"{points} points in {len(tallies)} runs of close and import",
        result=f"{len(wrong)} faults{''.join(f'; {one}' for one in wrong[:2])}; {left} temporary files, none read",
        mark=mark,
        is_held=points > 0 and not wrong,
    )


def rows() -> Iterator[Row]:
    """Break every scenario at every point."""
    with tempfile.TemporaryDirectory() as folder:
        trials = [Trial(one, Path(folder) / str(number)) for number, one in enumerate(SCENARIOS)]
        mark = "0 faults at every point"
        killed = [trial.kill() for trial in trials]
        assert [each.points for each in killed] == [len(trial.touches) for trial in trials]
        yield row("A kill or power cut at any moment loses nothing (R7)", killed, mark)
        full = [trial.fill(stays=stays) for trial in trials for stays in (False, True)]
        yield row("A full disk at any moment loses nothing (R7)", full, mark)
