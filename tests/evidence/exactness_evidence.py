"""Not a cent is lost: exact sums, exact balances, no transaction gone or doubled unseen, whatever the order."""

from __future__ import annotations

import itertools
import random
import re
import shutil
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from beancoop.contribution.rule import read_levies
from beancoop.loading.collector import without_collector
from beancoop.loading.ledger import Ledger, load_ledger
from beancount import loader
from beancount.core.convert import get_weight
from beancount.core.data import Balance, Transaction
from beancount.ops import validation
from beancount.parser import booking
from evidence.hledger_evidence import beancount_balances
from evidence.random_books import drawn
from evidence.row import Row
from loading import load as load_text
from strategies import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from beancount.core.data import Directive

LEDGERS = Path(__file__).parents[2] / "ledgers"
MAIN = LEDGERS / "main.beancount"
YEAR = 2025
CENT = Decimal("0.01")
BANK = re.compile(r"Assets:55:(5500|5501)-Banque\b")
"""The accounts of the example that have a bank statement each month."""

RESIDUALS = {
    "half a cent": ("10.00 EUR", "-10.005 EUR"),
    "less than half a cent": ("10.00 EUR", "-10.004 EUR"),
    "a millionth": ("10.000000 EUR", "-10.000001 EUR"),
    "a cent on whole numbers": ("10 EUR", "-10.01 EUR"),
    "price each": ("3.00 USD @ 0.3333 EUR", "-1.00 EUR"),
    "total price": ("3.00 USD @@ 1.00 EUR", "-1.004 EUR"),
    "cost": ("3.00 USD {0.3333 EUR}", "-1.00 EUR"),
}
"""Seven ways not to sum to zero; Beancount lets most of them pass when it is not told otherwise."""

CAREFREE, EXACT = "", 'option "tolerance_multiplier" "0"\n'


def residuals_told(options: str, plugin: str | None = "beancoop") -> set[str]:
    """Give the residuals that a load tells of, and of nothing else, at their line."""
    return {
        name
        for name, sides in RESIDUALS.items()
        if {line for line, _ in load_text(_two_sides(*sides), plugin, options).told} == {1}
    }


def _two_sides(first: str, second: str) -> str:
    return f'2026-01-10 * "x"\n  Assets:40:400-Clients:COOP  {first}\n  Assets:55:5500-Banque:COOP  {second}\n'


def total(entries: Iterable[Directive]) -> dict[str, Decimal]:
    """Sum the weights of all postings, by currency."""
    sums: dict[str, Decimal] = {}
    for entry in entries:
        if isinstance(entry, Transaction):
            for posting in entry.postings:
                weight = get_weight(posting)
                sums[weight.currency] = sums.get(weight.currency, Decimal(0)) + weight.number
    return sums


def small_books(chance: random.Random) -> str:
    """Write books of a few sales and purchases in awkward amounts: quicker to draw than a whole cooperative."""
    rate = chance.choice(("0.10", "0.0725", "0.333", "1"))
    lines = [f'2026-01-05 custom "activity" "A001"\n  rate: {rate}', "2026-01-01 open Assets:55:5500-Banque:COOP"]
    for _ in range(chance.randint(1, 12)):
        day = f"2026-{chance.randint(2, 9):02}-{chance.randint(1, 28):02}"
        parts = [Decimal(chance.randint(-100_000, 900_000)) / 100 for _ in range(chance.randint(1, 3))]
        account = chance.choice(("Income:70:700-Ventes", "Expenses:60:601-Achats", "Income:74:740-Subsides"))
        postings = [f"  {account}:A001  {-part} EUR" for part in parts]
        lines.append("\n".join([f'{day} * "x"', *postings, f"  Assets:40:400-Clients:A001  {sum(parts)} EUR"]))
    return "\n".join(lines)


def sums_of_small_books(count: int, seed: int) -> Iterator[bool]:
    """Say of each of *count* random books whether all it holds, levies too, sums to Decimal 0 and to no error."""
    chance = random.Random(seed)
    for _ in range(count):
        loaded = load_text(small_books(chance))
        yield not loaded.errors and all(not number for number in total(loaded.entries).values())


class Wrong(NamedTuple):
    """A balance of the example a cent off: where it stands, and what the load says."""

    file: str
    line: int
    told: list[tuple[str, int]]

    @property
    def is_caught(self) -> bool:
        """Whether the one thing told is that balance."""
        return self.told == [(self.file, self.line)]


class Example:
    """The example parsed once, so that thousands of variants of it can be run through all the rest of a load."""

    def __init__(self) -> None:
        """Parse and book."""
        entries, errors, self.options = loader._parse_recursive([(str(MAIN), True)], None, None)
        entries.sort(key=loader.data.entry_sortkey)
        self.entries, booking_errors = booking.book(entries, self.options)
        assert not [*errors, *booking_errors]

    def errors(self, entries: Sequence[Directive]) -> list:
        """Run the plugins and the validation over *entries*, as a load does; gives the errors."""
        with without_collector():
            found, errors = loader.run_transformations(list(entries), [], self.options, None)
            return [*errors, *validation.validate(found, self.options, None, None)]

    def wrong_balances(self) -> Iterator[Wrong]:
        """Move every balance by a cent, up and down."""
        for place, entry in enumerate(self.entries):
            if isinstance(entry, Balance):
                for change in (CENT, -CENT):
                    wrong = entry._replace(amount=entry.amount._replace(number=entry.amount.number + change))
                    errors = self.errors([*self.entries[:place], wrong, *self.entries[place + 1 :]])
                    told = [(error.source["filename"], error.source["lineno"]) for error in errors]
                    yield Wrong(entry.meta["filename"], entry.meta["lineno"], told)

    def transactions(self) -> list[int]:
        """Give where the transactions of the year stand."""
        return [
            place
            for place, entry in enumerate(self.entries)
            if isinstance(entry, Transaction) and entry.date.year == YEAR
        ]

    def is_seen(self, place: int, *, twice: bool) -> bool:
        """Say whether the transaction at *place* is missed when it goes, or seen when it comes *twice*."""
        middle = [self.entries[place]] * 2 if twice else []
        return bool(self.errors([*self.entries[:place], *middle, *self.entries[place + 1 :]]))

    def touches_bank(self, place: int) -> bool:
        """Say whether the transaction moves a bank account that has statements."""
        return any(BANK.match(posting.account) for posting in self.entries[place].postings)


class Layout(NamedTuple):
    """The directives of one file as blocks of text, and what stands before them."""

    head: list[str]
    blocks: list[str]


NAMED = ("main.beancount", "ledger.beancount", "terms.beancount", "follow-up.beancount")
"""The files that are included by their name, and so cannot be cut."""
_DATED = re.compile(r"^(?=\d{4}-\d\d-\d\d )", re.MULTILINE)

_INCLUDE = re.compile(r"^include .*\n", re.MULTILINE)


def layout_of(path: Path) -> Layout:
    """Take a file apart, its comments with the directive before them."""
    head, *blocks = _DATED.split(path.read_text(encoding="utf-8"))
    return Layout([line for line in head.splitlines() if line and not line.startswith(";")], blocks)


def shuffled(chance: random.Random, folder: Path) -> Path:
    """Lay the example out again: every file's directives in another order and cut into one to four files."""
    shutil.copytree(LEDGERS, folder, dirs_exist_ok=True)
    for path in sorted(folder.rglob("*.beancount")):
        head, blocks = layout_of(path)
        chance.shuffle(blocks)
        number = chance.randint(1, 4) if path.name not in NAMED else 1
        pieces = [blocks[start::number] for start in range(number)]
        path.write_text("\n".join([*head, "", *map(_block, pieces[0])]), encoding="utf-8")
        for extra, piece in enumerate(pieces[1:], 1):
            path.with_stem(f"{path.stem}-{extra}").write_text("\n".join(map(_block, piece)), encoding="utf-8")
    return folder / "main.beancount"


def merged(chance: random.Random, folder: Path) -> Path:
    """Write the whole example into one file, in any order."""
    layouts = [layout_of(path) for path in sorted(LEDGERS.rglob("*.beancount"))]
    head = [line for line in layout_of(MAIN).head if not line.startswith("include")]
    blocks = [_INCLUDE.sub("", block) for layout in layouts for block in layout.blocks]
    chance.shuffle(blocks)
    path = folder / "main.beancount"
    path.write_text("\n".join([*head, *map(_block, blocks)]).replace('"../documents/', '"'), encoding="utf-8")
    return path


def _block(text: str) -> str:
    return text.rstrip() + "\n"


class Figures(NamedTuple):
    """All that must not depend on how the books are laid out."""

    errors: int
    transactions: int
    balances: dict
    levies: dict

    @classmethod
    def of(cls, ledger: Ledger) -> Figures:
        """Read the figures of a loaded ledger."""
        count = sum(isinstance(entry, Transaction) for entry in ledger.entries)
        levies = read_levies(ledger.entries, ledger.options)
        return cls(len(ledger.errors), count, beancount_balances(ledger.entries), levies)


def layouts(count: int, seed: int) -> Iterator[Figures]:
    """Give the figures of the example in *count* other layouts."""
    chance = random.Random(seed)
    for number in range(count):
        with tempfile.TemporaryDirectory() as name:
            lay = merged if number % 4 == 3 else shuffled
            yield Figures.of(load_ledger(lay(chance, Path(name))))


def rows() -> Iterator[Row]:
    """Try all of it."""
    yield from _sums()
    example = Example()
    assert not example.errors(example.entries)
    yield from _balances(example)
    yield from _transactions(example)
    figures = list(layouts(40, 17))
    same = figures.count(Figures.of(load_ledger(MAIN)))
    yield Row(
        promise="Order, split and merge of files change nothing (I17)",
        tried=f"the example in {len(figures)} other layouts: directives shuffled, files cut in 4, all in one file",
        result=f"{same} give the same balances, levies and no error",
        mark=f"{len(figures)}",
        is_held=same == len(figures),
    )


def _sums() -> Iterator[Row]:
    exact, carefree = residuals_told(EXACT), residuals_told(CAREFREE)
    passed = RESIDUALS.keys() - residuals_told(CAREFREE, None)
    yield Row(
        promise="A transaction sums to exactly 0 (R1)",
        tried=f"{len(RESIDUALS)} residuals, {len(passed)} of which Beancount's own tolerance lets pass",
        result=f"{len(exact)} told with tolerance 0, {len(carefree)} where it was forgotten",
        mark=f"{len(RESIDUALS)} and {len(RESIDUALS)}",
        is_held=exact == carefree == RESIDUALS.keys(),
    )
    count = 10_000
    zero = sum(sums_of_small_books(count, 1))
    whole = drawn(100, 1)
    zero += sum(not any(total(load(book.text("beancoop"))[0]).values()) for book in whole)
    yield Row(
        promise="All postings sum to Decimal 0 (R1)",
        tried=f"{count:,} random books of an activity and {len(whole)} of a cooperative, levies included",
        result=f"{zero:,} sum to 0",
        mark=f"{count + len(whole):,}",
        is_held=zero == count + len(whole),
    )


def _balances(example: Example) -> Iterator[Row]:
    wrong = list(example.wrong_balances())
    caught = sum(one.is_caught for one in wrong)
    yield Row(
        promise="The bank agrees with its statement to the cent (R2)",
        tried=f"a cent more and a cent less on each of the example's {len(wrong) // 2} balances",
        result=f"{caught} told, alone and at the line",
        mark=f"{len(wrong)}",
        is_held=0 < len(wrong) == caught,
    )


def _transactions(example: Example) -> Iterator[Row]:
    places = example.transactions()
    seen = {key: example.is_seen(key[0], twice=key[1]) for key in itertools.product(places, (False, True))}
    for touches, mark in ((True, 1.0), (False, 0.0)):
        keys = [key for key in seen if example.touches_bank(key[0]) is touches]
        gone = [seen[key] for key in keys if not key[1]]
        doubled = [seen[key] for key in keys if key[1]]
        which = "on a bank account with statements" if touches else "on no such account"
        yield Row(
            promise="No transaction goes or comes twice unseen (R3)",
            tried=f"each of the {len(gone)} of {YEAR} {which}, taken out and doubled",
            result=f"{sum(gone) / len(gone):.1%} and {sum(doubled) / len(doubled):.1%} seen",
            mark=f"{mark:.0%}" if mark else "no figure promised",
            is_held=bool(keys) and min(sum(gone) / len(gone), sum(doubled) / len(doubled)) >= mark,
        )
