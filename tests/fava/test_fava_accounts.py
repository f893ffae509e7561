"""Fava's accounts, found in one walk, are those that Fava finds."""

from __future__ import annotations

from pathlib import Path

import pytest
from beancoop_fava.server.fava_accounts import Accounts
from fava.core import FavaLedger
from fava.core.accounts import AccountDict

EXAMPLE = Path(__file__).parents[2] / "ledgers/main.beancount"
LEDGER = """
2026-01-01 open Assets:Bank EUR
  key: "value"
2026-01-01 open Assets:Never
2026-01-01 open Assets:Noted
2026-01-01 open Assets:Closed
2026-01-01 open Income:Sales
2026-01-02 * "Sale"
  Assets:Bank  1 EUR
  Income:Sales  -1 EUR
2026-01-03 U "Unrealized"
  Assets:Bank  1 EUR
  Income:Sales  -1 EUR
2026-01-04 note Assets:Noted "x"
2026-01-05 custom "x" Assets:Noted
2026-01-05 close Assets:Closed
2026-01-05 close Assets:Unknown
"""
ASKING = "2026-01-01 open Assets:Asks\n  fava-uptodate-indication: TRUE\n2026-01-09 balance Assets:Asks  0 EUR\n"


def compare(path: Path) -> None:
    ledger = FavaLedger(str(path))
    found = {}
    for kind in (AccountDict, Accounts):
        accounts = kind(ledger)
        for _ in range(2):  # a second load leaves nothing of the first
            accounts.load_file()
        found[kind] = dict(accounts)
    assert found[Accounts] == found[AccountDict]
    assert found[Accounts]


@pytest.mark.parametrize("more", ["", ASKING])
def test_they_are_favas_own(tmp_path: Path, more: str) -> None:
    (tmp_path / "main.beancount").write_text(LEDGER + more)
    compare(tmp_path / "main.beancount")


def test_they_are_favas_own_in_the_example() -> None:
    compare(EXAMPLE)
