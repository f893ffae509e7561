"""A small cooperative's year, from the balances of the programme used before to the first day of the second year.

It is founded, kept, closed and reported by commands alone, as an accountant would give them; `tests/golden/expected`
keeps every answer. `python tests/golden/golden_year.py` writes them anew: look at what changed before you commit it.

By hand. A001 sells 1000.00, 2000.00 and 500.00, buys wood of 300.00 of which 100.00 is left, grants 500.00 to its
candidate, and its saw of 1200.00 loses 8 of 60 months, 160.00: 3500.00 - 200.00 - 500.00 - 160.00 = 2640.00. A002 sells
400.00 and buys 100.00: 300.00. The structure has a subsidy of 5000.00, rent of 1200.00, a premium of 240.00 of which
200.00 are of 2027, and desks of 600.00 that lose 10 of 60 months, 100.00: 3660.00. The year makes 6600.00.

Levied in 2026: 10 % of 3500.00 - 300.00 and of 300.00, 320.00 and 30.00; the stock of 100.00 gives 10.00 more in 2027.
So A001 has earned 2640.00 - 320.00 = 2320.00 and A002 270.00 that nobody owes yet; once 619/492 says so, the year makes
6600.00 - 2590.00 = 4010.00: 1500.00 to the reserves, 600.00 of dividend (420.00 after tax of 30 %, under 540.00, 6 % of
9000.00), 1910.00 carried forward.

VAT: 210.00 - 63.00 - 126.00 - 126.00 = -105.00 in the first quarter, 120.00 + 84.00 - 252.00 = -48.00 in the second,
-126.00 in the third, 105.00 - 21.00 = 84.00 in the fourth. The bank holds 12582.00 + 2420.00 + 484.00 = 15486.00.
"""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import chdir
from pathlib import Path

from beancoop_cli.main import main
from click.testing import CliRunner

HERE = Path(__file__).parent
EXPECTED = HERE / "expected"
IBAN = "BE68539007547034"
MAIN = Path("ledgers/main.beancount")
QUARTERS = {3: "2026-Q1", 6: "2026-Q2", 9: "2026-Q3", 12: "2026-Q4"}
CLOSED_ON = "2027-04-15"

ANNUAL = ("--year", "2026")
AFTER = (*ANNUAL, "--after-appropriation")
REPORTS = {
    "trial-balance": ANNUAL,
    "balance-sheet": ANNUAL,
    "balance-sheet after appropriation": AFTER,
    "balance-sheet A001": (*ANNUAL, "--unit", "A001"),
    "balance-sheet of 2027": ("--from", "2027-01-01", "--until", "2027-12-31"),
    "income-statement": ANNUAL,
    "income-statement after appropriation": (*AFTER, "--model", "micro"),
    "income-statement A001": (*ANNUAL, "--unit", "A001"),
    "journal": ANNUAL,
    "ledger": ("--month", "2026-12"),
    "central-journal": ANNUAL,
    "contributions": ("--from", "2026-01-01", "--until", "2027-01-31"),
    "reserves": ANNUAL,
    "committee": ("--quarter", "2026-4"),
    "benefit": (*ANNUAL, "--unit", "A001"),
    "activity": ("--month", "2026-12", "--unit", "A001"),
    "assets": ANNUAL,
    "inventory-book": ANNUAL,
    "distribution-test": ("--date", "2026-12-31", "--dividend", "600"),
    "shares-register": ("--date", "2026-12-31", "--dividend", "600"),
    "special-report": ANNUAL,
}


def run(*words: str, language: str = "en") -> str:
    """Run a command of beancoop here, and give what it answers, with no path of this machine."""
    result = CliRunner().invoke(main, ["--lang", language, *words])
    if result.exit_code:
        raise AssertionError((words, result.output))
    return result.stdout.replace(f"{Path.cwd()}/", "")


def live(books: Path) -> dict[str, str]:
    """Live the year in this folder; give the checklists and returns by name.

    Args:
        books: the folder of what an accountant writes.

    """
    told: dict[str, str] = {}
    run("init", ".", "--start", "2026-01-01", "--iban", IBAN, "--name", "Les Ateliers SC", "--enterprise", "0999888767")
    run("activity", "A002", "--start", "2026-01-01")
    run("open-books", str(books / "opening.csv"), "--write")
    keep(books, "2026")
    shutil.copy(books / "shares.csv", "ledgers/coop/shares.csv")
    told["check"] = run("check")
    for month in range(1, 13):
        name = f"2026-{month:02}"
        told[f"close {name}"] = run("close", name, "--today", CLOSED_ON, "--force")
        if quarter := QUARTERS.get(month):
            told[f"vat return {quarter}"] = run("vat", "return", quarter)
            run("vat", "file", quarter, "--today", f"{2026 + month // 12}-{month % 12 + 1:02}-20")
    told["vat clients"] = run("vat", "clients", "2026", "--format", "csv")
    told["depreciate"] = run("depreciate", "2026", "--write", "--today", CLOSED_ON)
    keep(books, "inventory")
    checklist = run("close", "2026", "--today", CLOSED_ON, "--force", "--dry-run")
    told["checklist"] = checklist[: checklist.index("\n; ledgers/")]
    for unit in ("A001", "A002"):
        folder = Path(f"ledgers/activities/{unit}/books/accruals-2026.beancount")
        folder.write_text(proposed(checklist, unit), encoding="utf-8")
    told["close 2026"] = run("close", "2026", "--today", CLOSED_ON, "--force")
    keep(books, "2027")
    told["check at the end"] = run("check")
    return told


def keep(books: Path, what: str) -> None:
    """Put what an accountant writes into the books of each unit."""
    for unit, folder in (("COOP", "coop"), ("A001", "activities/A001/books"), ("A002", "activities/A002/books")):
        text = (books / f"{unit}-{what}.beancount").read_text(encoding="utf-8")
        (Path("ledgers") / folder / f"{what}-kept.beancount").write_text(text, encoding="utf-8")


def proposed(checklist: str, unit: str) -> str:
    """Give the entry of a unit among those that the checklist proposes."""
    entries = checklist.split("\n\n")
    return next(f"{entry.strip()}\n" for entry in entries if f"619-Indemnites:{unit}" in entry)


def answers(books: Path) -> dict[str, str]:
    """Give every answer of the year by its file's name."""
    found = {f"{name}.txt": text for name, text in live(books).items() if not name.startswith("close 2026-")}
    for name, words in REPORTS.items():
        report = name.split()[0]
        for language in ("en", "fr"):
            found[f"{name}.{language}.csv"] = run("report", report, *words, "--format", "csv", language=language)
    return {name.replace(" ", "-"): text for name, text in found.items()}


def write(folder: Path) -> None:
    """Live the year in *folder*, and keep its answers."""
    folder.mkdir()
    with chdir(folder):
        found = answers(HERE / "books")
    shutil.rmtree(EXPECTED, ignore_errors=True)
    EXPECTED.mkdir()
    for name, text in found.items():
        (EXPECTED / name).write_text(text, encoding="utf-8", newline="")


if __name__ == "__main__":
    os.environ["BEANCOUNT_DISABLE_LOAD_CACHE"] = "1"
    write(Path(sys.argv[1]))
