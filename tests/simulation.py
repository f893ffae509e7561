"""A cooperative's year from a seed, with everything that goes wrong in one, against an oracle that knows no Beancount.

    python tests/simulation.py 17        # replay the year of seed 17; where it fails, its files are kept

The books are written as an accountant would: sales, credit notes, purchases, services between activities, payments
that come late, in parts or twice, by statements that are imported; months are closed, one of the activities leaves.
Imports and closings are killed, find the disk full, or are run twice at once; statements come again, or too late; and
closed months are tampered with. After each step every balance, levy and closed month must be what the oracle says.
"""

from __future__ import annotations

import datetime
import random
import shutil
import sys
import tempfile
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from beancoop.closing.seal import check_seals
from beancoop.contribution.rule import read_levies
from beancoop.loading.ledger import Ledger, load_ledger
from beancoop.model.accounts import BEANCOUNTS_OWN, COOP, RootNames
from beancoop.model.findings import Refusal
from beancoop.model.months import Month
from beancoop.model.register import read_register
from beancoop.storage.scaffold import FRENCH, Settings, create_activity, create_cooperative
from beancoop.storage.step import ConflictError, one_writer
from beancoop_importers.ingest.run import import_files
from beancount.core.data import Transaction
from closings import close_month
from coda_writer import Line, Paper, coda
from evidence.blocks import EDITS, blocks
from evidence.faults import HALF_CLOSED, Disk, killed_at, start, status_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from beancoop.model.findings import Finding

YEAR = 2026
SHARED, OWN = "BE68539007547034", "BE71096123456769"
BANK, OWN_BANK, SUSPENSE, LIAISON = "5500-Banque", "5501-Banque", "499-CompteAttente", "960-Liaison"
CLIENTS, SUPPLIERS = "400-Clients", "440-Fournisseurs"
CENT, ZERO = Decimal("0.01"), Decimal(0)
TOUCHES = 40  # about as many as a closing of four activities has


class Terms(NamedTuple):
    """On what terms an activity is there; from *change* on, at the second rate."""

    unit: str
    start: int
    rates: tuple[Decimal, Decimal]
    change: int
    negative: str
    has_own_bank: bool
    settles_at_once: bool
    leaves: int  # the month; 13 for none

    def rate(self, month: int) -> Decimal:
        """Give the rate in force in a month."""
        return self.rates[month >= self.change]


class Invoice(NamedTuple):
    """What is owed to a unit (or, below zero, by it), and since when."""

    unit: str
    link: str
    month: int
    gross: Decimal


OF_CLOSED_MONTHS = ("[BC1244]", "[BC1245]")
"""What an import tells of a statement that comes too late: where its movements are booked, and which balance is not."""
Payments: TypeAlias = dict[str, list[tuple[int, Invoice, Decimal]]]
"""By bank account, who pays what on which day."""


class Oracle:
    """What the books must say, by the contract's words and plain sums."""

    def __init__(self) -> None:
        """Know nobody yet."""
        self.terms: dict[str, Terms] = {}
        self.month = 0
        self.posted: dict[tuple[str, str], Decimal] = defaultdict(Decimal)  # by number and label, and unit
        self.exact: dict[tuple[str, int], Decimal] = defaultdict(Decimal)  # by unit and month, rate x margin
        self.closed = 0

    def post(self, unit: str, postings: Mapping[str, Decimal], month: int, rate_of: int) -> None:
        """Count a transaction of *month*, which bears the rate of the month *rate_of*."""
        assert sum(postings.values()) == 0
        for stem, amount in postings.items():
            self.posted[stem, unit] += amount
            if stem.startswith(("60", "70", "951")):
                self.exact[unit, month] -= self.terms[unit].rate(rate_of) * amount

    def levies(self) -> dict[tuple[str, int], Decimal]:
        """Give each activity's levy of each month, where there is one."""
        found = {}
        for unit, terms in self.terms.items():
            exact = levied = ZERO
            for month in range(terms.start, self.month + 1):
                exact += self.exact[unit, month]
                levy = max(ZERO, exact.quantize(CENT, ROUND_HALF_UP)) - levied
                if terms.negative == "carry" and month < terms.leaves:
                    levy = max(ZERO, levy)
                levied += levy
                if levy:
                    found[unit, month] = levy
        return found

    def balances(self) -> dict[tuple[str, str], Decimal]:
        """Give every balance that is not zero, levies included."""
        found = defaultdict(Decimal, self.posted)
        for (unit, _), levy in self.levies().items():
            settled = BANK if self.terms[unit].settles_at_once else LIAISON
            for whose, amount in ((unit, levy), (COOP, -levy)):
                found["950-Contribution", whose] += amount
                found[settled, whose] -= amount
        return {key: amount for key, amount in found.items() if amount}


class Seen(NamedTuple):
    """What a loaded ledger says, in the oracle's terms."""

    balances: dict[tuple[str, str], Decimal]
    levies: dict[tuple[str, int], Decimal]
    closed: dict[str, int]


def look(ledger: Ledger) -> Seen:
    """Read a loaded ledger."""
    balances: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for entry in ledger.entries:
        for posting in entry.postings if isinstance(entry, Transaction) else ():
            *_, stem, unit = posting.account.split(":")
            balances[stem, unit] += posting.units.number
    rows = [row for months in read_levies(ledger.entries, ledger.options).values() for row in months if row.levy]
    seals = read_register(ledger.entries, ledger.options).seals
    return Seen(
        {key: amount for key, amount in balances.items() if amount},
        {(row.unit, row.month.month): row.levy for row in rows},
        {unit: max(months).month for unit, months in seals.items()},
    )


class Year:
    """One cooperative, its books on disk, and its oracle."""

    def __init__(self, folder: Path, seed: int) -> None:
        """Found it, with what its founders paid in."""
        self.draw = random.Random(seed)
        self.roots: RootNames = self.draw.choice([BEANCOUNTS_OWN, FRENCH])
        self.root, self.papers = folder / "ledgers", folder
        self.main = self.root / "main.beancount"
        self.oracle, self.log = Oracle(), [f"seed {seed}"]
        self.plans = [self._plan(number) for number in range(1, self.draw.choice([2, 2, 2, 3, 3, 4]) + 1)]
        self.unpaid: list[Invoice] = []
        self.open: defaultdict[str, Decimal] = defaultdict(Decimal)  # of each invoice, by its link
        self.bank = {SHARED: ZERO, OWN: ZERO}
        self.late: tuple[Payments, list[Path]] | None = None
        self.links = iter(range(1, 10_000))
        create_cooperative(self.root, self.plans[0].unit, self._settings(self.plans[0]))
        self._join(self.plans[0])
        accounts = self.root / "coop/accounts.beancount"
        parent = f"open {self.roots.assets}:55:{BANK}\n"
        accounts.write_text(accounts.read_text().replace(parent, f'{parent}  iban: "{SHARED}"\n'))
        self.write(COOP, 1, 1, "Apports", {BANK: Decimal(10_000), "1109-Apports": Decimal(-10_000)})
        self.bank[SHARED] += 10_000

    def _plan(self, number: int) -> Terms:
        draw = self.draw
        has_own_bank = number == 2 and draw.random() < 0.7
        rates = [Decimal(text) for text in draw.sample(["0.10", "0.08", "0.125", "0.0333"], 2)]
        return Terms(
            unit=f"A{number:03}",
            start=1 if number == 1 else draw.randint(1, 5),
            rates=(rates[0], rates[1]),
            change=draw.randint(6, 14),
            negative=draw.choice(["refund", "carry"]),
            has_own_bank=has_own_bank,
            settles_at_once=not has_own_bank and draw.random() < 0.3,
            leaves=draw.randint(7, 11) if number == 1 else 13,
        )

    def _settings(self, terms: Terms) -> Settings:
        start = datetime.date(YEAR, terms.start, 1)
        return Settings(start, self.roots, OWN if terms.has_own_bank else None)

    def _join(self, terms: Terms) -> None:
        """Write the terms of an activity whose files are there."""
        self.oracle.terms[terms.unit] = terms
        path = self.root / f"activities/{terms.unit}/terms.beancount"
        extra = f'  rate: {terms.rates[0]}\n  negative: "{terms.negative}"\n  overdraft: 1000000 EUR\n'
        if terms.settles_at_once:
            extra += f'  settlement: "treasury"\n  treasury: "{BANK}"\n'
        declared = f'custom "activity" "{terms.unit}"\n'
        text = path.read_text().replace(declared, declared + extra)
        if terms.change <= 12:
            text += f'{YEAR}-{terms.change:02}-01 custom "activity-terms" "{terms.unit}"\n  rate: {terms.rates[1]}\n'
        path.write_text(text)

    def account(self, stem: str, unit: str) -> str:
        """Name an account in full, by the first digit of its number."""
        root = {"1": 2, "4": 0, "5": 0, "6": 4, "7": 3, "9": 4}[stem[0]]
        root = 1 if stem.startswith(("44", "45")) else 0 if stem == LIAISON else root
        return f"{self.roots[root]}:{stem[: 1 if stem[0] == '9' else 2]}:{stem}:{unit}"

    def write(self, unit: str, month: int, day: int, words: str, postings: Mapping[str, Decimal], **how) -> None:
        """Write a transaction by hand; *how* gives its link, and the month of the invoice whose rate it bears."""
        link = how.get("link")
        lines = [f'{YEAR}-{month:02}-{day:02} * "{words}"{f" ^{link}" if link else ""}']
        lines += [f"  {self.account(stem, unit)}  {amount} EUR" for stem, amount in postings.items()]
        folder = "coop" if unit == COOP else f"activities/{unit}/books"
        (book,) = (path for path in (self.root / folder).glob(f"{YEAR}.beancount"))
        with book.open("a") as file:
            file.write("\n" + "\n".join(lines) + "\n")
        self.oracle.post(unit, postings, month, how.get("rate_of", month))

    # What happens in a month.

    def money(self, most: int) -> Decimal:
        """Draw an amount above zero."""
        return Decimal(self.draw.randint(1, most * 100)) / 100

    def trade(self, terms: Terms, month: int) -> None:
        """Sell, take back and buy."""
        draw, unit = self.draw, terms.unit
        for _ in range(draw.randint(0, 2) if month <= terms.leaves else 0):
            link, net, day = f"{unit}-{next(self.links)}", self.money(2000), draw.randint(1, 14)
            vat = (net * Decimal("0.21")).quantize(CENT)
            sale = {CLIENTS: net + vat, "700-VentesPrestations": -net, "451-TVAPayer": -vat}
            self.write(unit, month, day, "Facture", sale, link=link)
            self.open[link] += net + vat
            self.unpaid.append(Invoice(unit, link, month, net + vat))
        if month <= terms.leaves and (mine := [one for one in self.unpaid if one.unit == unit and one.gross > 0]):
            invoice = draw.choice(mine)
            how = {"link": invoice.link, "rate_of": invoice.month}
            if draw.random() < 0.3:
                net = (invoice.gross * Decimal(draw.choice(["0.1", "0.5", "0.8"]))).quantize(CENT)
                back = {CLIENTS: -net, "700-VentesPrestations": net}
                self.write(unit, month, draw.randint(15, 28), "Note de crédit", back, **how)
                self.open[invoice.link] -= net
            elif draw.random() < 0.3:
                net = self.money(500)
                self.write(unit, month, 28, "Sous-traitance", {"603-SousTraitance": net, SUPPLIERS: -net}, **how)
        if draw.random() < 0.5:
            net = self.money(900)
            vat = (net * Decimal("0.21")).quantize(CENT)
            bought = {"601-Fournitures": net, "411-TVARecuperer": vat, SUPPLIERS: -net - vat}
            self.write(unit, month, draw.randint(1, 28), "Achat", bought)
            self.unpaid.append(Invoice(unit, "", month, -net - vat))

    def serve(self, here: Sequence[Terms], month: int) -> None:
        """Let one activity work for another."""
        if len(here) < 2:
            return
        (seller, buyer), amount = self.draw.sample(here, 2), self.money(400)
        day, link = self.draw.randint(1, 28), f"PI-{next(self.links)}"
        for unit, sign in ((seller.unit, 1), (buyer.unit, -1)):
            sides = {LIAISON: sign * amount, "951-PrestationsInternes": -sign * amount}
            self.write(unit, month, day, "Prestation interne", sides, link=link)

    def pay(self) -> Payments:
        """Draw who pays what: on time, later, in part, or twice; by bank account, in order of days."""
        payments: Payments = {SHARED: [], OWN: []}
        for invoice in list(self.unpaid) if self.draw.random() < 0.7 else ():
            kind = self.draw.choices(["late", "whole", "part", "twice"], [5, 4, 2, 1])[0]
            if kind == "late":
                continue
            if kind != "part":
                self.unpaid.remove(invoice)
            amount = (invoice.gross / 3).quantize(CENT) if kind == "part" else invoice.gross
            iban = OWN if self.oracle.terms[invoice.unit].has_own_bank else SHARED
            for _ in range(2 if kind == "twice" else 1):
                said = invoice if self.draw.random() < 0.7 else invoice._replace(link="")
                payments[iban].append((self.draw.randint(15, 28), said, amount))
        return {iban: sorted(paid, key=lambda one: one[0]) for iban, paid in payments.items() if paid}

    def statement(self, iban: str, month: int, paid: Sequence[tuple[int, Invoice, Decimal]]) -> Path:
        """Write the bank's statement of a month."""
        before = max(datetime.date(YEAR, month, 1) - datetime.timedelta(1), datetime.date(YEAR, 1, 1))
        lines = tuple(
            Line(
                int(amount * 1000),
                sequence=number,
                booked=f"{day:02}{month:02}{YEAR % 100}",
                value=f"{day:02}{month:02}{YEAR % 100}",
                communication=f"Facture {invoice.link}" if invoice.link else "Virement",
            )
            for number, (day, invoice, amount) in enumerate(paid, 1)
        )
        old = int(self.bank[iban] * 1000)
        dates = {"old_date": f"{before:%d%m%y}", "new_date": f"{Month(YEAR, month).last_day:%d%m%y}"}
        path = self.papers / f"{iban}-{month:02}.cod"
        path.write_bytes(coda(Paper(lines, old=old, number=f"{month:03}", account=iban, **dates)))
        return path

    def receive(self, month: int) -> None:
        """Import the month's statements, or leave them until it is closed; say whose a movement without invoice is."""
        payments = self.pay()
        statements = [self.statement(iban, month, paid) for iban, paid in payments.items()]
        for iban, paid in payments.items():
            self.bank[iban] += sum(amount for _, _, amount in paid)
        if self.late:
            self.book(*self.late, month, is_late=True)
            self.late = None
        if self.draw.random() < 0.15:
            self.log.append("late: the statements")
            self.late = payments, statements
        else:
            self.book(payments, statements, month)

    def book(self, payments: Payments, statements: Sequence[Path], month: int, *, is_late: bool = False) -> None:
        """Import statements; of a month that is closed by now, they are booked on the first day of this one."""
        before = self.oracle.balances()
        for iban, paid in payments.items():
            for _, invoice, amount in paid:
                bank = OWN_BANK if iban == OWN else BANK
                unit = invoice.unit if iban == OWN or invoice.link else COOP
                sides = {bank: amount, **self.sides(invoice, amount)}
                self.oracle.post(unit, {stem: one for stem, one in sides.items() if one}, month, month)
        if statements:
            self.perform("import", lambda: imported(self.main, statements), before)
            if self.draw.random() < 0.3:
                self.log.append("again: the statements")
                self.unchanged("the statements again", lambda: imported(self.main, statements), done=True)
        for iban, paid in payments.items():
            for day, invoice, amount in paid:
                if not invoice.link and self.draw.random() < 0.9:  # the rest keeps waiting
                    self.allot(month, 28 if is_late else day, invoice, amount, has_own_bank=iban == OWN)

    def sides(self, invoice: Invoice, amount: Decimal) -> dict[str, Decimal]:
        """Say what a payment is for: the invoice it names, up to what is open of it, or all where nothing is."""
        if not invoice.link:
            return {SUSPENSE: -amount}
        part = min(amount, self.open[invoice.link]) if self.open[invoice.link] > 0 else amount
        self.open[invoice.link] -= part
        return {CLIENTS: -part, SUSPENSE: part - amount}

    def allot(self, month: int, day: int, invoice: Invoice, amount: Decimal, *, has_own_bank: bool) -> None:
        """Write, by hand, whose a payment is."""
        if not has_own_bank:
            self.write(COOP, month, day, "Ventilation", {SUSPENSE: amount, BANK: -amount})
        owed = CLIENTS if invoice.gross > 0 else SUPPLIERS
        self.write(invoice.unit, month, day, "Paiement", {SUSPENSE if has_own_bank else BANK: amount, owed: -amount})

    # What goes wrong.

    def perform(self, what: str, action: Callable[[], str], before: Mapping[tuple[str, str], Decimal]) -> None:
        """Do something that is disturbed, or not; then it is done once."""
        fault = self.draw.choice(["none", "kill", "kill", "full", "locked", "twice"])
        touch = self.draw.randint(1, TOUCHES)
        self.log.append(f"{what}: {fault} {touch}")
        if fault == "kill":
            killed_at(touch, action)
        elif fault == "full":
            with Disk(lambda number: number >= touch):
                action()
        elif fault == "locked":
            with one_writer(self.root):
                self.unchanged(f"{what} beside another writer", action, done=False)
        elif fault == "twice":
            self.at_once(action)
        if fault in {"kill", "full"}:
            self.between(before)
        refusal = action()
        assert not refusal or (fault != "none" and "closed already" in refusal), refusal

    def at_once(self, action: Callable[[], str]) -> None:
        """Let two processes do it; at least one of them gets through."""
        child = start(lambda: int(bool(action())))
        mine = action()
        theirs = status_of(child)
        assert theirs in {0, 1}
        assert not mine or theirs == 0, mine

    def between(self, before: Mapping[tuple[str, str], Decimal]) -> None:
        """See that every account is as before or as after; a killed closing says of itself that it is half done."""
        ledger = load_ledger(self.main)
        assert_none([finding for finding in ledger.findings if finding.code != HALF_CLOSED])
        found, after = look(ledger).balances, self.oracle.balances()
        for key in found.keys() | before.keys() | after.keys():
            assert found.get(key) in {before.get(key), after.get(key)}, (key, found.get(key))

    def unchanged(self, what: str, action: Callable[[], str], *, done: bool) -> None:
        """See that it changes no file, and whether it says that it is done."""
        files = self.files()
        refusal = action()
        assert done is not bool(refusal), f"{what}: {refusal or 'done'}"
        assert self.files() == files, what

    def files(self) -> dict[Path, bytes]:
        """Give every file but the temporary ones that a kill left."""
        paths = (path for path in self.root.rglob("*") if path.is_file() and not path.name.startswith("."))
        return {path: path.read_bytes() for path in paths}

    def tamper(self, month: int) -> None:
        """Change a closed month by hand: it is found, nothing is built on it, and it is taken back."""
        end = Month(YEAR, self.oracle.closed).last_day
        last = f'"closed" "{Month(YEAR, self.oracle.closed)}" "{COOP}"'  # without it, the month is open again
        paths = sorted(path for path in self.root.rglob("*.beancount") if path != self.main)
        sealed = [block for path in paths for block in blocks(path) if block.date <= end and last not in block.text]
        text = None
        while text is None:
            block, edit = self.draw.choice(sealed), self.draw.choice(EDITS)
            text = edit(block.text, self.draw)
        before = block.path.read_text()
        block.path.write_text(block.replaced(text))
        what = f"{edit.__name__} in {block.path.name}:\n{block.text}\n{text}"
        self.log.append(f"tamper: {what}")
        ledger = load_ledger(self.main)
        assert [*ledger.findings, *check_seals(ledger.entries, ledger.options)], what
        self.unchanged("closing on a broken seal", lambda: closed(self.main, month), done=False)
        block.path.write_text(before)

    # The year.

    def live(self, month: int) -> None:
        """Live through a month, and close it."""
        self.log.append(f"month {month}")
        self.oracle.month = month
        for terms in self.plans[1:]:
            if terms.start == month:
                create_activity(self.root / f"activities/{terms.unit}", self._settings(terms))
                self._join(terms)
        here = list(self.oracle.terms.values())
        for terms in here:
            if terms.leaves == month:
                self._leave(terms)
            self.trade(terms, month)
        self.serve([terms for terms in here if month <= terms.leaves], month)
        self.receive(month)
        if self.draw.random() < 0.5:
            self.verify()
        if self.oracle.closed and self.draw.random() < 0.4:
            self.tamper(month)
        self.perform("close", lambda: closed(self.main, month), self.oracle.balances())
        self.oracle.closed = month
        self.verify()

    def _leave(self, terms: Terms) -> None:
        path = self.root / f"activities/{terms.unit}/terms.beancount"
        with path.open("a") as file:
            file.write(f'{YEAR}-{terms.leaves:02}-28 custom "activity-exit" "{terms.unit}" "independent"\n')

    def verify(self) -> None:
        """Compare the whole with the oracle."""
        ledger = load_ledger(self.main)
        assert_none([*ledger.findings, *check_seals(ledger.entries, ledger.options)])
        units = [COOP, *self.oracle.terms]
        began = {unit: self.oracle.closed for unit in units if self._start(unit) <= self.oracle.closed}
        found, expected = look(ledger), Seen(self.oracle.balances(), self.oracle.levies(), began)
        parts: Iterable[tuple[str, dict[Any, Any], dict[Any, Any]]]
        parts = zip(Seen._fields, found, expected, strict=True)
        for name, said, meant in parts:
            differing = {key: (said.get(key), meant.get(key)) for key in said.keys() | meant.keys()}
            differing = {key: both for key, both in differing.items() if both[0] != both[1]}
            assert not differing, f"{name}, in the ledger and in the oracle: {differing}"

    def _start(self, unit: str) -> int:
        return 1 if unit == COOP else self.oracle.terms[unit].start

    def part(self) -> None:
        """Take every sub-ledger away: alone, it says of its unit what the whole does."""
        balances, levies = self.oracle.balances(), self.oracle.levies()
        for unit in self.oracle.terms:
            away = Path(shutil.copytree(self.root / f"activities/{unit}", self.papers / unit))
            ledger = load_ledger(away / "ledger.beancount")
            assert_none([*ledger.findings, *check_seals(ledger.entries, ledger.options)])
            found = look(ledger)
            assert found.balances == {key: amount for key, amount in balances.items() if key[1] == unit}
            assert found.levies == {key: amount for key, amount in levies.items() if key[0] == unit}


def imported(main: Path, statements: Sequence[Path]) -> str:
    """Import bank files; say what stood in the way. That a movement is of a closed month does not."""
    results = import_files(main, statements)
    told = [str(text) for one in results for text in (one.refusal, *one.warnings) if text]
    return "; ".join(text for text in told if not text.endswith(OF_CLOSED_MONTHS))


def closed(main: Path, month: int) -> str:
    """Close a month; say what stood in the way."""
    try:
        close_month(main, Month(YEAR, month), Month(YEAR, month).next().first_day)
    except (Refusal, ConflictError, OSError) as refused:
        return str(refused)
    return ""


def assert_none(findings: Iterable[Finding]) -> None:
    """Show what a ledger has to say for itself."""
    assert not [*findings], "\n".join(map(str, findings))


class SeedFailedError(AssertionError):
    """A year did not come out as the oracle says; the message tells how to live it again."""


def simulate(seed: int, folder: Path, months: int = 12) -> list[str]:
    """Live through the year of a seed in *folder*, which is empty; give what happened in it."""
    year = Year(folder, seed)
    try:
        for month in range(1, months + 1):
            year.live(month)
        year.part()
    except Exception as error:
        happened = "\n".join(year.log)
        raise SeedFailedError(f"{happened}\n{error}\nAgain: python tests/simulation.py {seed}") from error
    return year.log


def main() -> int:
    """Replay the seeds on the command line, and keep the files of those that fail."""
    failed = 0
    for seed in map(int, sys.argv[1:]):
        folder = Path(tempfile.mkdtemp(prefix=f"seed-{seed}-"))
        try:
            happened = simulate(seed, folder)
        except SeedFailedError as error:
            print(f"{error.__cause__!r}\n{error}\nIts files: {folder}")  # noqa: T201
            failed += 1
        else:
            print("\n".join(happened))  # noqa: T201
            shutil.rmtree(folder)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
