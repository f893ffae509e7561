"""Load ledgers with our own loader and with Beancount's, and look for a difference: to the type, the digit, the order.

Hostile ledgers, cooperatives drawn at random and lived from a seed, random edits in one process and between processes
whose cache folder is damaged meanwhile, and whatever ledger a test loads. What a caller writes into an answer is
written into each. Loaders broken on purpose show that the comparison sees.
"""

from __future__ import annotations

import gc
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from beancoop_cli.main import main as beancoop
from click.testing import CliRunner
from evidence.clean_books import A001, A002
from evidence.random_books import drawn
from evidence.row import Row
from loading_equal.broken import BROKEN_LATER, BROKEN_ONCE, raises_nothing
from loading_equal.comparison import compare, compare_and_spoil
from loading_equal.cooperatives import write_clean, write_drawn
from loading_equal.edits import Folder
from loading_equal.hostile import HOSTILE, OPEN, SALE, WHOLE, inside, several
from loading_equal.processes import DAMAGE, Cache
from simulation import Year

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
COOPERATIVES, FIRST = 500, 100
YEARS = 10
EDITS, SEED = 1000, 17
PROCESSES = 200
CHECKS, MENDED = 300, 0.6
OF_BOOKS, OF_ACTIVITIES = 0.8, 0.5
LAST_CLOSED = "2026-07"
COUNTING = (
    "core/test_loading.py",
    "core/test_loading_cache.py",
    "core/test_checklist.py::test_a_suite_that_fails_is_found",
)
"""Tests that count loads, or have the suite fail in one loader, and would count those of the comparison."""
SUITES = ("core", "vat", "trust", "remedies", "importers")
FAULTY = several("", main=f'include "a.beancount"\n{OPEN}{SALE}2026-01-06 balance Assets:Bank  1 EUR\n1 x\n', a=SALE)


def row(promise: str, tried: str, compared: int, differences: Iterable[str]) -> Row:
    """Give the row of a promise, with the first difference found."""
    found = list(differences)
    for each in found:
        sys.stderr.write(f"{promise}: {each}\n")
    first = f"; {found[0]:.200}" if found else ""
    return Row(promise, tried, f"{len(found)} differences in {compared:,} loads{first}", "0", is_held=not found)


def hostile(folder: Path) -> Row:
    """Load each hostile ledger, alone and among others, twice."""
    found = []
    for number, (name, ledger) in enumerate(HOSTILE.items()):
        for main in (
            ledger.write(folder / f"{number}"),
            inside(ledger).write(folder / f"{number}-inside").with_name(WHOLE),
        ):
            found += [f"{name}: {one}" for one in (compare_and_spoil(main), compare_and_spoil(main)) if one]
    return row(
        "A hostile ledger is loaded as Beancount loads it", f"{len(HOSTILE)}, alone and inside", 4 * len(HOSTILE), found
    )


def cooperatives(folder: Path) -> Row:
    """Load books drawn at random: afresh, again, after two edits, and mended."""
    found = []
    for number, books in enumerate(drawn(COOPERATIVES, FIRST)):
        main = write_drawn(folder / str(number), books, renamed=number % 7 == 3)
        edited = Folder(main.parent, main, random.Random(number))
        done = "afresh"
        for _ in range(4):
            if difference := compare_and_spoil(main):
                found.append(f"books {number}, {done}: {difference}")
            done = edited.edit()
    return row("A cooperative drawn at random, too", f"{COOPERATIVES} cooperatives", 4 * COOPERATIVES, found)


def years(folder: Path) -> Row:
    """Live years, and compare wherever they are looked at."""
    found: list[str] = []
    compared: list[str] = []

    class Compared(Year):
        def verify(self) -> None:
            compared.append(self.log[-1])
            if difference := compare(self.main):
                found.append(f"{folder.name}, {self.log[-1]}: {difference}")

    for seed in range(1, YEARS + 1):
        place = folder / f"seed-{seed}"
        place.mkdir()
        year = Compared(place, seed)
        for month in range(1, 13):
            year.live(month)
    return row("A cooperative's year, too", f"{YEARS} simulated years", len(compared), found)


def edits(folder: Path) -> Row:
    """Edit the files of a cooperative, and load after each edit, in this process."""
    main = write_clean(folder)
    edited = Folder(folder, main, random.Random(SEED))
    found = []
    for number in range(EDITS):
        done = edited.edit()
        asked = edited.draw.choice([main, main, folder / A001, folder / A002])  # what is loaded alone, too
        if difference := compare_and_spoil(asked, draw=edited.draw if number % 2 else None):
            found.append(f"edit {number}, {done}: {difference}")
    tried = f"{EDITS} edits of {len(edited.done)} kinds; each answer written into"
    return row("After any edit, in a process that lives", tried, EDITS, found)


def processes(folder: Path) -> Row:
    """Edit the files and damage the cache; load in process after process, or in two at once."""
    draw = random.Random(SEED)
    main = write_clean(folder / "books")
    edited = Folder(folder / "books", main, draw)
    cache = Cache(folder / "cache")
    found: list[str] = []
    done: Counter[str] = Counter()
    for number in range(PROCESSES):
        did = edited.edit() if number % 3 else "nothing more"
        cache.tidy()
        for path in cache.files if draw.random() < 0.5 else ():
            if draw.random() < 0.5:
                damage = draw.choice(DAMAGE)
                damage(path, draw)
                done[damage.__name__] += 1
        asked = [main] if draw.random() < 0.9 else ["--foreign", main]
        running = [cache.start(*asked) for _ in range(1 if draw.random() < 0.9 else 2)]
        for each in running:
            said, failed = each.communicate()
            if said.strip() or each.returncode:
                found.append(f"process {number}, {did}: {said.strip() or failed}")
    tried = f"{edited.done.total()} edits, {done.total()} damages of {len(done)} kinds to the cache"
    return row("After any edit, in a new process, whatever became of the cache", tried, PROCESSES, found)


class Books(Folder):
    """A cooperative of which it is mostly the books that are edited, of one activity or another, or its own."""

    def one(self) -> Path:
        """Draw a file."""
        at, own = self.draw.random(), {"books"} if self.draw.random() < OF_ACTIVITIES else {"coop"}
        books = [path for path in self.files if path.parent.name in own]
        return self.draw.choice(books) if books and at < OF_BOOKS else super().one()


def checks(folder: Path) -> Row:
    """Edit the files of the example, and have `check` say what it says of a load; often mend all of it again."""
    return _checks(folder, "in the example", ())


def closed_checks(folder: Path) -> Row:
    """Do that where months are closed."""
    months = [f"{year}-{month:02}" for year in (2025, 2026) for month in range(1, 13)]
    return _checks(folder, f"closed up to {LAST_CLOSED}", months[: months.index(LAST_CLOSED) + 1])


def _checks(folder: Path, where: str, months: Iterable[str]) -> Row:
    root = shutil.copytree(ROOT / "ledgers", folder / "ledgers")
    for month in months:
        words = ["close", month, "--today", "2026-09-30", "--ledger", str(root / "main.beancount")]
        assert CliRunner().invoke(beancoop, words).exit_code == 0
    edited = Books(root, root / "main.beancount", random.Random(SEED))
    found = []
    good = 0
    for number in range(CHECKS):
        done = edited.edit()
        warm, fresh = _check(root), _check(root, "--no-cache")
        good += warm[0] == 0
        if warm != fresh:
            found.append(f"edit {number}, {done}: {warm} in place of {fresh}")
        if edited.draw.random() < MENDED:
            edited.restore()
            _check(root)
    tried = f"{CHECKS} edits of {len(edited.done)} kinds, {good} of them good, {where}"
    return row("After any edit, `check` says what it says of a load", tried, CHECKS, found)


def _check(root: Path, *options: str) -> tuple[int, str]:
    """Run `check` as a program reads it."""
    done = CliRunner().invoke(
        beancoop, ["check", "--format", "json", "--ledger", str(root / "main.beancount"), *options]
    )
    return done.exit_code, done.output


def tests_ledgers(folder: Path) -> Row:
    """Run tests with a comparison behind each load."""
    counted = folder / "counted"
    command = ["-m", "pytest", "-q", "-p", "loading_equal.everywhere", *(f"tests/{name}" for name in SUITES)]
    command += [f"--deselect=tests/{name}" for name in COUNTING]
    told = {**os.environ, "PYTHONPATH": str(HERE.parent), "BEANCOOP_COMPARED": str(counted)}
    run = subprocess.run(
        [sys.executable, *command], cwd=HERE.parents[1], env=told, capture_output=True, text=True, check=False
    )
    failed = [line for line in run.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    failed += [run.stdout[-2000:]] if run.returncode and not failed else []
    compared = sum(map(int, counted.read_text(encoding="utf-8").split()))
    return row("Whatever ledger a test loads", f"the tests of {', '.join(SUITES)}", compared, failed)


def broken(folder: Path) -> Row:
    """Let the comparison judge loaders that are broken."""
    missed = [load.__name__ for load in BROKEN_ONCE if not compare(FAULTY.write(folder / load.__name__), load)]
    gc.enable()  # one of them leaves it off
    missed += [make.__name__ for make in BROKEN_LATER if not _caught_later(make, folder / make.__name__)]
    deadly = HOSTILE["a total cost of no units"].write(folder / "deadly")
    missed += [] if compare(deadly, raises_nothing) else [raises_nothing.__name__]
    count = len(BROKEN_ONCE) + len(BROKEN_LATER) + 1
    return Row(
        "The comparison catches a broken loader",
        f"{count} loaders, each broken on purpose",
        f"{count - len(missed)}/{count} caught{''.join(f'; {name} is not' for name in missed)}",
        "all",
        is_held=not missed,
    )


def _caught_later(make: Callable, folder: Path) -> bool:
    main, load = FAULTY.write(folder), make()
    first = compare_and_spoil(main, load)
    (folder / "a.beancount").write_text(SALE.replace("100.00", "2000.000"), encoding="utf-8")
    later = [compare_and_spoil(main, load), compare_and_spoil(main, load)]
    return first is None and any(later)


def rows() -> Iterator[Row]:
    """Try all of it."""
    for tried in (broken, hostile, cooperatives, years, edits, processes, checks, closed_checks, tests_ledgers):
        with tempfile.TemporaryDirectory() as folder:
            os.environ["XDG_CACHE_HOME"] = str(Path(folder) / "kept")
            os.environ["GNUPGHOME"] = folder
            (Path(folder) / "pubring.kbx").touch()  # gpg tells of it where it makes one, and not the next time
            (Path(folder) / "ledgers").mkdir()
            yield tried(Path(folder) / "ledgers")
