"""The edges of a closing: the text it writes, the accounts it opens, and what is taken back."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest
from beancoop.closing.seal import check_seals
from beancoop.loading.ledger import load_ledger
from beancoop.model.accounts import BEANCOUNTS_OWN
from beancoop.model.findings import Finding, Refusal
from beancoop.model.months import Month
from beancoop.storage.scaffold import Settings, create_activity, create_cooperative
from beancount.core.data import Transaction
from beancount.core.inventory import Inventory
from closings import close_month

NEXT_YEAR = datetime.date(2027, 1, 1)
JANUARY, FEBRUARY = Month(2026, 1), Month(2026, 2)
WRITTEN = """; A001 : contributions et clôtures

2026-01-31 * "Contribution A001 2026-01" #contribution ^contribution-2026-01
  unit: "A001"
  period: "2026-01"
  margin: 2050.00 EUR
  cumulative: 2050.00 EUR
  due: 205.00 EUR
  Expenses:9:950-Contribution:A001   205.00 EUR
  Assets:9:960-Liaison:A001         -205.00 EUR

2026-01-31 custom "closed" "2026-01" "A001"
  entries: 56
  sha256: "..."
  previous: ""

2026-02-28 custom "closed" "2026-02" "A001"
  entries: 57
  sha256: "..."
  previous: "..."
"""
COOPS = """
2026-01-31 * "Contribution A001 2026-01" #contribution ^contribution-2026-01
  unit: "A001"
  period: "2026-01"
  margin: 2050.00 EUR
  cumulative: 2050.00 EUR
  due: 205.00 EUR
  Assets:9:960-Liaison:COOP          205.00 EUR
  Expenses:9:950-Contribution:COOP  -205.00 EUR

2026-01-31 custom "closed" "2026-01" "COOP"
"""


def sale(date: str, amount: str) -> str:
    return f"""
{date} * "Facture"
  Assets:40:400-Clients:A001  {amount} EUR
  Income:70:700-VentesPrestations:A001  -{amount} EUR
"""


@pytest.fixture
def main(tmp_path):
    """Make a cooperative of two activities, and one sale."""
    settings = Settings(datetime.date(2026, 1, 5), BEANCOUNTS_OWN)
    create_cooperative(tmp_path / "ledgers", "A001", settings)
    create_activity(tmp_path / "ledgers/activities/A002", settings)
    add(tmp_path / "ledgers/main.beancount", sale("2026-01-20", "2050.00"))
    return tmp_path / "ledgers/main.beancount"


def add(main: Path, text: str) -> None:
    book = main.parent / "activities/A001/books/2026.beancount"
    book.write_text(book.read_text() + text)


def change(main: Path, pattern: str, new: str) -> None:
    for file in main.parent.rglob("*.beancount"):
        file.write_text(re.sub(pattern, new, file.read_text()))


def contributions(main: Path, unit: str) -> str:
    folder = "coop" if unit == "COOP" else f"activities/{unit}/closed"
    return (main.parent / folder / "contributions-2026.beancount").read_text()


def snapshot(main: Path) -> dict[Path, str]:
    return {path: path.read_text() for path in main.parent.rglob("*.beancount")}


def close(main: Path, *months: Month) -> None:
    for month in months:
        close_month(main, month, NEXT_YEAR)
    ledger = load_ledger(main)
    assert [*ledger.findings, *check_seals(ledger.entries, ledger.options)] == []


def balances_of(entries) -> dict[str, Inventory]:
    found: dict[str, Inventory] = {}
    for entry in entries:
        for posting in entry.postings if isinstance(entry, Transaction) else ():
            found.setdefault(posting.account, Inventory()).add_position(posting)
    return found


def test_the_text_that_closings_write(main):
    close(main, JANUARY, FEBRUARY)
    assert re.sub("[0-9a-f]{64}", "...", contributions(main, "A001")) == WRITTEN
    assert COOPS in contributions(main, "COOP")


@pytest.mark.parametrize("unit", ["A001", "A002", "COOP"])
def test_the_first_closing_opens_the_accounts_of_each_unit_once(main, unit):
    """Opened later, they would be dated in a month that is closed by then."""
    change(main, "2026-01-05", "2025-11-03")
    change(main, r".* open \S+:9:9[56]0-\S+\n", "")
    add(main, sale("2026-02-20", "100.00"))
    close(main, JANUARY, FEBRUARY)
    assert re.findall(r"(\S+) open (\S+)", contributions(main, unit)) == [
        ("2025-11-03", f"Expenses:9:950-Contribution:{unit}"),
        ("2025-11-03", f"Assets:9:960-Liaison:{unit}"),
    ]


TREASURY = """  settlement: "{settlement}"
  treasury: "5500-Banque"
  overdraft: 1000 EUR
"""
SHARE = "Assets:55:5500-Banque:COOP"


def test_a_share_first_needed_later_is_opened_in_the_month_that_needs_it(main):
    """Opened at the start of the ledger, as in memory, it would break the seal of January."""
    change(main, rf".* open {SHARE}\n", "")
    declaration = main.parent / "activities/A001/terms.beancount"
    terms = TREASURY.format(settlement="treasury")
    declaration.write_text(f'{declaration.read_text()}\n2026-02-01 custom "activity-terms" "A001"\n{terms}')
    add(main, sale("2026-02-20", "100.00") + sale("2026-03-20", "200.00"))
    close(main, JANUARY)
    assert SHARE not in contributions(main, "COOP")
    close(main, FEBRUARY, Month(2026, 3))
    assert re.findall(rf"(\S+) open {SHARE}", contributions(main, "COOP")) == ["2026-02-01"]


@pytest.mark.parametrize("settlement", ["account", "treasury"])
def test_closed_books_need_no_plugin(main, settlement):
    """What is closed stands in the files: no account and no entry of it is there in memory alone."""
    change(main, rf".* open (\S+:9:9[56]0-\S+|{SHARE})\n", "")
    change(main, 'custom "activity" "A001"\n', rf"\g<0>{TREASURY.format(settlement=settlement)}")
    close(main, JANUARY)
    before = balances_of(load_ledger(main).entries)
    change(main, 'plugin "beancoop"\n', "")
    plain = load_ledger(main)
    assert plain.errors == []
    assert balances_of(plain.entries) == before


def test_what_the_ledger_would_not_read_is_taken_back(main):
    ledger = main.parent / "activities/A002/ledger.beancount"
    (ledger.parent / "closed/contributions-2026.beancount").rename(ledger.parent / "closed/first.beancount")
    ledger.write_text(ledger.read_text().replace("closed/*.beancount", "closed/first.beancount"))
    before = snapshot(main)
    with pytest.raises(Refusal, match="was taken back") as refused:
        close(main, JANUARY)
    unread = [each for each in refused.value.findings if "does not include this file" in each.message]
    assert [(Path(each.file).parts[-3:], each.line) for each in unread] == [
        (("A002", "closed", "contributions-2026.beancount"), 0)
    ]
    assert snapshot(main) == before


def test_a_cooperative_in_a_single_file_closes(tmp_path):
    """Every unit's books are then written in that one."""
    path = tmp_path / "main.beancount"
    accounts = (
        "Expenses:9:950-Contribution",
        "Assets:9:960-Liaison",
        "Assets:40:400-Clients",
        "Income:70:700-VentesPrestations",
    )
    opens = "".join(f"2026-01-01 open {account}:{unit}\n" for account in accounts for unit in ("A001", "COOP"))
    options = 'option "operating_currency" "EUR"\noption "tolerance_multiplier" "0"\nplugin "beancoop"\n'
    path.write_text(f'{options}2026-01-01 custom "activity" "A001"\n{opens}{sale("2026-01-20", "100.00")}')
    close(path, JANUARY)
    text = path.read_text()
    assert re.findall(r'custom "closed" "2026-01" "(\S+)"', text) == ["A001", "COOP"]
    assert text.count("#contribution") == 2


def test_months_before_the_first_entry_need_no_closing(main):
    change(main, "2026-01-05", "2025-11-03")
    close(main, JANUARY)


def test_a_refusal_reads_as_its_reason():
    refusal = Refusal("Raison.", [Finding("x", 1, "y")])
    assert str(refusal) == "Raison."
    assert refusal.findings == [Finding("x", 1, "y")]
    assert list(Refusal("Raison.").findings) == []


def test_a_unit_that_begins_after_the_month_is_not_closed_with_it(main):
    for name in ("ledger", "terms"):
        file = main.parent / f"activities/A002/{name}.beancount"
        file.write_text(file.read_text().replace("2026-01-05", "2026-02-01"))
    close(main, JANUARY)
    assert "closed" not in contributions(main, "A002")
    close(main, FEBRUARY)
    assert 'custom "closed" "2026-02" "A002"' in contributions(main, "A002")


def test_a_file_that_does_not_end_its_last_line_is_continued_on_the_next(main):
    close(main, JANUARY)
    path = main.parent / "coop/contributions-2026.beancount"
    path.write_text(path.read_text().rstrip("\n"))
    close(main, FEBRUARY)
    assert '"\n\n2026-02-28 custom "closed" "2026-02" "COOP"\n' in path.read_text()


def test_a_unit_that_begins_on_the_last_day_of_the_month_is_closed_with_it(main):
    create_activity(main.parent / "activities/A003", Settings(datetime.date(2026, 1, 31), BEANCOUNTS_OWN))
    ledger = main.parent / "activities/A003/ledger.beancount"
    ledger.write_text(ledger.read_text().replace("2026-01-31 open", "2026-02-01 open"))
    close(main, JANUARY)
    assert "  entries: 1\n" in contributions(main, "A003")


def test_the_last_day_of_the_month_is_not_after_it(main):
    with pytest.raises(Refusal, match="is not over on 2026-01-31; close it from 2026-02-01 on"):
        close_month(main, JANUARY, datetime.date(2026, 1, 31))
    close_month(main, JANUARY, datetime.date(2026, 2, 1))


def test_a_new_activity_of_a_closed_structure_starts_its_own_chain(main):
    close(main, JANUARY)
    create_activity(main.parent / "activities/A003", Settings(datetime.date(2026, 2, 2), BEANCOUNTS_OWN))
    close(main, FEBRUARY)
    assert re.findall('previous: "(.*)"', contributions(main, "A003")) == [""]
