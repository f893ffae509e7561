"""The first two months of a new user, from `init` to two closed months: commands, files from outside, no edit by hand.

python tests/cli/test_scripted_day.py    # prints the whole of it
"""

from __future__ import annotations

import json
import os
import shlex
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "importers")]

from beancoop.loading.ledger import load_ledger
from beancoop_cli.main import main
from beancount.core.data import Transaction
from camt_writer import Entry, camt
from camt_writer import Paper as Statement
from click.testing import CliRunner
from coda_writer import IBAN, Line, Paper, coda
from ubl_writer import CUSTOMER, OURS, US, Bill, Item, ubl

OWN = "BE71096123456769"
OPENING = """\
unit;account;balance;party;invoice;date;due;amount
COOP;5500;5000,00
COOP;140;-5000,00
A001;5500;200,00
A001;400;;Client SA;A001-2025-0042;10/12/2025;09/01/2026;1210,00
A001;140;-1410,00
A002;5500;500,00
A002;140;-500,00
A003;5501;300,00
A003;140;-300,00
"""
CUSTOMERS, SUPPLIER = 1_210_000, -121_000


def papers() -> dict[str, bytes]:
    """Give what comes from outside: two months of two bank accounts, a sale and a purchase by e-invoice."""
    sold = Bill((Item(Decimal("500.00")),), number="A001-2026-0001", date="2026-01-20", seller=US, buyer=CUSTOMER)
    bought = Bill((Item(Decimal("100.00")),), number="D-7", date="2026-01-22", buyer_reference="A002")
    january = (
        Line(CUSTOMERS, booked="080126", value="080126", communication="A001-2025-0042", name="Client SA"),
        Line(-30_000, sequence=2, booked="310126", value="310126", communication="Assurance 2026", name="Ethias"),
    )
    february = (
        Line(605_000, booked="030226", value="030226", communication="A001-2026-0001", name="Halleux"),
        Line(SUPPLIER, sequence=2, booked="100226", value="100226", communication="D-7", name="Delhez"),
        Line(-31_000, sequence=3, booked="280226", value="280226", communication="Assurance 2026", name="Ethias"),
    )
    own = (Entry("-12.00", booked="2026-02-12", value="2026-02-12", text="Frais de compte"),)
    shared = {"account": IBAN}
    return {
        "opening.csv": OPENING.encode(),
        "inbox-01/releve.cod": coda(Paper(january, old=5_700_000, old_date="311225", new_date="310126", **shared)),
        "inbox-01/vente.xml": ubl(sold),
        "inbox-01/achat.xml": ubl(bought),
        "inbox-02/releve.cod": coda(
            Paper(february, old=6_880_000, old_date="310126", new_date="280226", number="002", **shared)
        ),
        "inbox-02/extrait.xml": camt(
            Statement(own, old="300.00", account=OWN, old_date="2026-01-31", new_date="2026-02-28")
        ),
    }


DAY = (
    (f'init . --start 2026-01-01 --iban "{IBAN}" --name "Les Sources SC" --enterprise {OURS}', ""),
    ('activity A002 --start 2026-01-01 --trade "Vélos"', ""),
    (f'activity A003 --start 2026-01-01 --iban "{OWN}"', ""),
    ("open-books opening.csv --write", ""),
    ("import inbox-01", ""),
    ("decide", "604\n613\ny\n"),  # what was bought; then the insurance, and a rule for the next one
    ("close 2026-01 --dry-run", ""),
    ("close 2026-01", ""),
    ("import inbox-02", ""),
    ("decide", "440 A002\n657\nn\n"),  # the supplier is paid; the bank has its costs
    ("vat return 2026-Q1", ""),
    ("close 2026-02", ""),
    ("decide --list", ""),
    ("contributions --format json", ""),
    ("check", ""),
)


def live(folder: Path) -> dict[str, str]:
    """Do it in *folder*, and give what each command has said; all of it is said on the way."""
    os.chdir(folder)
    for name, content in papers().items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_bytes(content)
    said: dict[str, str] = {}
    for command, typed in DAY:
        result = CliRunner().invoke(main, ["--lang", "en", *shlex.split(command)], input=typed)
        print(f"$ beancoop {command}\n{result.output}")  # noqa: T201 - the transcript
        assert result.exit_code == 0, command
        said[command] = result.stdout
    return said


def test_two_months_from_init_on_need_no_edit_by_hand(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = live(tmp_path)
    levies = {(row["unit"], row["period"]): row["levy"] for row in json.loads(said["contributions --format json"])}
    assert levies["A001", "2026-01"] == "50.00"
    ledger = load_ledger(tmp_path / "ledgers/main.beancount")
    held: dict[str, Decimal] = {}
    for entry in ledger.entries:
        for posting in entry.postings if isinstance(entry, Transaction) else ():
            held[posting.account] = held.get(posting.account, Decimal(0)) + posting.units.number
    assert sum(amount for account, amount in held.items() if ":5500-" in account) == Decimal("7333.00")
    assert held["Assets:55:5501-Banque:A003"] == Decimal("288.00")
    assert not any(amount for account, amount in held.items() if account[10:13] in {"400", "440", "499"})


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        live(Path(name))
