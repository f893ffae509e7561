"""A second opinion: hledger reads the same books, and must find the same balance of each account each month end."""

from __future__ import annotations

import csv
import datetime
import io
import os
import shutil
import subprocess
from calendar import monthrange
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from beancoop.loading.ledger import load_ledger
from beancount.core.data import Transaction
from beancount.core.inventory import Inventory
from evidence.hledger_journal import journal
from evidence.random_books import drawn
from evidence.row import Row
from strategies import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from beancount.core.data import Directive

LEDGERS = Path(__file__).parents[2] / "ledgers"
EXAMPLE = [LEDGERS / "main.beancount", *sorted(LEDGERS.glob("activities/*/ledger.beancount"))]
HLEDGER = shutil.which("hledger")
IS_REQUIRED = os.environ.get("BEANCOOP_REQUIRE_ALL") == "1"
ABSENT = "hledger is not installed here (Debian: apt install hledger)"
CHECKS = ("accounts", "assertions", "balancednoautoconversion", "commodities", "ordereddates")
"""What hledger checks on demand, but `payees` (ours are not declared) and `uniqueleafnames` (ours are the units)."""

Place = tuple[str, datetime.date, str]
"""An account, the end of a month, and a currency."""


class Comparison(NamedTuple):
    """What came of asking twice: how many balances, those that differ, and what hledger's checks say."""

    balances: int
    differences: list[str]
    refusal: str


def compare(entries: Sequence[Directive]) -> Comparison:
    """Compare the balances of all accounts at all month ends, and let hledger check the books its own way."""
    text = journal(entries)
    ours, theirs = beancount_balances(entries), hledger_balances(text)
    differences = [
        f"{account} {end} {currency}: {ours.get(place, 0)} here, {theirs.get(place, 0)} in hledger"
        for place in sorted(ours.keys() | theirs.keys())
        for account, end, currency in [place]
        if ours.get(place, Decimal(0)) != theirs.get(place, Decimal(0))
    ]
    return Comparison(len(ours), differences, refusal(text))


def beancount_balances(entries: Sequence[Directive]) -> dict[Place, Decimal]:
    """Give the balances of every account in use, from Beancount's own inventories."""
    transactions = [entry for entry in entries if isinstance(entry, Transaction)]
    inventories = {posting.account: Inventory() for entry in transactions for posting in entry.postings}
    found: dict[Place, Decimal] = {}
    for number, entry in enumerate(transactions):
        for posting in entry.postings:
            inventories[posting.account].add_position(posting)
        following = transactions[number + 1].date if number + 1 < len(transactions) else None
        for end in month_ends(entry.date, following):
            for account, inventory in inventories.items():
                for position in inventory:
                    place = account, end, position.units.currency
                    found[place] = found.get(place, Decimal(0)) + position.units.number
    return found


def month_ends(day: datetime.date, following: datetime.date | None) -> Iterator[datetime.date]:
    """Give each month end from *day* to before the *following* transaction; where none follows, that of its month."""
    end = day.replace(day=monthrange(day.year, day.month)[1])
    yield from [end] if following is None else ()
    while following is not None and end < following:
        yield end
        first = end + datetime.timedelta(1)
        end = first.replace(day=monthrange(first.year, first.month)[1])


def hledger(text: str, *command: str) -> subprocess.CompletedProcess[str]:
    """Run hledger on a journal, with nobody's own settings."""
    return subprocess.run(
        [str(HLEDGER), *command, "-f", "-"], input=text, capture_output=True, text=True, check=False, timeout=60
    )


def hledger_balances(text: str) -> dict[Place, Decimal]:
    """Give the balances hledger finds, its balance assertions among its reasons to refuse."""
    options = ("--monthly", "--historical", "--flat", "--no-total", "--empty", "--layout=tidy", "--output-format=csv")
    answer = hledger(text, "balance", *options)
    assert answer.returncode == 0, answer.stderr
    return {
        (row["account"], datetime.date.fromisoformat(row["end_date"]), row["commodity"]): Decimal(row["value"])
        for row in csv.DictReader(io.StringIO(answer.stdout))
        if row["commodity"]
    }


def refusal(text: str) -> str:
    """Give what hledger's own checks have to say; nothing where all is well."""
    return hledger(text, "check", *CHECKS).stderr


def row(tried: str, comparisons: Sequence[Comparison]) -> Row:
    """Sum up comparisons as a line of the table."""
    balances = sum(one.balances for one in comparisons)
    differences = sum(len(one.differences) for one in comparisons)
    refused = sum(bool(one.refusal) for one in comparisons)
    return Row(
        promise="A second program finds the same balances (R15)",
        tried=f"{tried}: {balances:,} month-end balances in hledger, and its {len(CHECKS)} checks",
        result=f"{differences} differences, {refused} ledgers refused",
        mark="0 differences, 0 refused",
        is_held=balances > 0 and differences == refused == 0,
    )


def rows() -> Iterator[Row]:
    """Compare the example, whole and in parts, and random books."""
    if HLEDGER is None:
        yield Row("A second program finds the same balances (R15)", "not tried", ABSENT, "0", is_held=not IS_REQUIRED)
        return
    yield row(
        f"the example and its {len(EXAMPLE) - 1} sub-ledgers", [compare(load_ledger(one).entries) for one in EXAMPLE]
    )
    ledgers = drawn(100, 15)
    yield row(f"{len(ledgers)} random books", [compare(load(one.text("beancoop"))[0]) for one in ledgers])
