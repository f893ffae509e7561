"""The report of a closed month is the same to the byte whenever it is drawn up again; a changed month is not it."""

from __future__ import annotations

import datetime
import os
import re
import shutil
import subprocess
import sys

import pytest
from beancoop.loading.ledger import load_ledger
from beancoop.model.months import Month
from beancoop_cli.main import main
from books import EXAMPLE, never_changes
from click.testing import CliRunner
from closings import close_month
from pango import PDF

STYLES = ("html", PDF, "csv", "xlsx")
REPORTS = {
    "activity": ("--unit", "A001", "--month", "2025-02"),
    "trial-balance": ("--month", "2025-02"),
    "journal": ("--from", "2025-01-01", "--until", "2025-02-14"),
    "committee": ("--quarter", "2025-1"),
    "benefit": ("--unit", "A001", "--quarter", "2025-1"),
}


def draw(ledger, name, style="html", language="fr"):
    """Give the result of a report."""
    return CliRunner().invoke(
        main, ["report", name, *REPORTS[name], "--format", style, "--lang", language, "--ledger", str(ledger)]
    )


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    """Close the first quarter of the example in a copy of it."""
    folder = tmp_path_factory.mktemp("closed") / "ledgers"
    shutil.copytree(EXAMPLE.parent, folder)
    for month in (1, 2, 3):
        close_month(folder / "main.beancount", Month(2025, month), datetime.date(2026, 9, 1))
    never_changes(folder)
    return folder / "main.beancount"


@pytest.fixture
def copy(closed, tmp_path):
    """Give a copy of the closed books that a test may change."""
    shutil.copytree(closed.parent, tmp_path / "ledgers")
    return tmp_path / "ledgers/main.beancount"


def seal(ledger, unit, key, month):
    """Give the seal of a month as the ledger holds it."""
    found = [
        entry.meta[key]
        for entry in load_ledger(ledger).entries
        if getattr(entry, "type", "") == "closed" and [each.value for each in entry.values] == [str(month), unit]
    ]
    assert len(found) == 1
    return found[0]


def test_a_closed_report_bears_its_seal(closed):
    for name, owner, key, month in [
        ("activity", "A001", "sha256", Month(2025, 2)),
        ("trial-balance", "COOP", "units", Month(2025, 2)),
        ("committee", "COOP", "units", Month(2025, 3)),
    ]:
        result = draw(closed, name)
        assert result.exit_code == 0, result.stderr
        assert f"Clôturé\N{NO-BREAK SPACE}: sceau {seal(closed, owner, key, month)[:16]}<" in result.stdout
        assert "rovisoire" not in result.stdout


def test_the_sub_ledger_alone_bears_the_same_seal(closed):
    alone = closed.parent / "activities/A001/ledger.beancount"
    standing = re.compile('<p class="standing closed">(.*)</p>')
    assert standing.search(draw(alone, "activity").stdout)[1] == standing.search(draw(closed, "activity").stdout)[1]


@pytest.fixture(scope="module")
def later(closed, tmp_path_factory):
    """Give a copy of the closed books that is in other files, and holds later entries."""
    folder = shutil.copytree(closed.parent, tmp_path_factory.mktemp("later") / "ledgers")
    book = folder / "activities/A001/books/2025.beancount"
    whole, _, later = book.read_text().partition(";; Février 2025")
    (book.parent / "deux.beancount").write_text(f";; Février 2025{later}")
    book.write_text(whole)
    (book.parent / "zz.beancount").write_text(
        '2026-08-30 * "Plus tard" "Facture" ^A001-2025-0001\n'
        "  Assets:9:960-Liaison:A001   12.00 EUR\n  Assets:55:5500-Banque:A001  -12.00 EUR\n"
        '2026-08-30 * "Plus tard" "Facture" ^A001-2025-0001\n'
        "  Assets:9:960-Liaison:A001  -12.00 EUR\n  Assets:55:5500-Banque:A001   12.00 EUR\n"
        '2026-08-29 custom "follow-up" "A003" "commercial" 3\n'
    )
    never_changes(folder)
    return folder / "main.beancount"


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", REPORTS)
def test_later_entries_and_other_files_change_no_byte(closed, later, name, style):
    before = draw(closed, name, style)
    assert before.exit_code == 0, before.stderr
    assert draw(later, name, style).stdout_bytes == before.stdout_bytes


@pytest.mark.parametrize("style", STYLES)
def test_another_process_on_another_day_gives_the_same_bytes(closed, style):
    program = """
import datetime, sys, time
now = time.time() + 1e8
time.time = lambda: now
from beancoop_cli.main import main
main()
"""
    command = [
        sys.executable,
        "-c",
        program,
        "report",
        "activity",
        *REPORTS["activity"],
        "--format",
        style,
        "--lang",
        "fr",
    ]
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland", "LC_ALL": "C"}
    child = subprocess.run([*command, "--ledger", str(closed)], capture_output=True, env=environment, check=False)
    assert child.returncode == 0, child.stderr
    assert child.stdout == draw(closed, "activity", style).stdout_bytes


def test_a_month_that_was_changed_after_it_was_closed_is_not_called_closed(copy):
    book = copy.parent / "activities/A002/books/2025.beancount"
    text = book.read_text()
    at = text.index("2025-02-")
    book.write_text(text[:at] + text[at:].replace('"', '"Autre ', 1))
    for name in ("activity", "trial-balance"):
        result = draw(copy, name)
        assert result.exit_code == 1
        assert "Des mois clôturés ont été modifiés" in result.stdout
        assert "Provisoire" in result.stdout
        assert "sceau" not in result.stdout
        assert "A002, 2025-02: the books are not as they were closed" in draw(copy, name, language="en").stderr


def test_an_open_month_is_provisional_and_says_which_entries_are(closed):
    arguments = ["report", "activity", "--unit", "A001", "--month", "2025-04", "--lang", "fr", "--ledger", str(closed)]
    assert "Provisoire" in CliRunner().invoke(main, arguments).stdout
    rows = CliRunner().invoke(
        main, ["report", "contributions", "--year", "2025", "--format", "csv", "--lang", "fr", "--ledger", str(closed)]
    )
    states = set(re.findall(r"A001,(2025-0[1-6]),.*,(clôturé|provisoire)", rows.stdout))
    assert states == {(f"2025-0{month}", "clôturé" if month < 4 else "provisoire") for month in range(1, 7)}


def test_without_a_month_it_is_that_of_the_last_closing(closed):
    result = CliRunner().invoke(main, ["report", "activity", "--unit", "A001", "--lang", "fr", "--ledger", str(closed)])
    assert '<p class="period">mars 2025</p>' in result.stdout
