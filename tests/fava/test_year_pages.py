"""What the pages show of the activities' own, of what was paid twice, and of advances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from beancoop.loading.ledger import load_ledger
from beancoop.storage.atomic import write_text

from tests.fava.reading import amount, client, page, tables

if TYPE_CHECKING:
    from pathlib import Path

    from werkzeug.test import Client

LEDGER = """
option "title" "Year"
option "operating_currency" "EUR"
option "tolerance_multiplier" "0"
plugin "beancoop"
2026-01-01 custom "fava-extension" "beancoop_fava"
2026-01-01 custom "activity" "A001"
2026-01-01 custom "activity" "A002"
  overdraft: 100 EUR
2026-01-01 open Assets:55:5500-Banque:COOP
2026-01-01 open Assets:55:5500-Banque:A001
2026-01-01 open Assets:55:5500-Banque:A002
2026-01-01 open Assets:40:400-Clients:A001
2026-01-01 open Liabilities:46:460-Acomptes:A001
2026-01-01 open Income:70:700-Ventes:A001
2026-01-01 open Expenses:61:610-Loyer:A002
2026-01-10 * "Client A" "Vente" ^F1
  Assets:40:400-Clients:A001  300.00 EUR
  Income:70:700-Ventes:A001  -300.00 EUR
2026-01-13 * "Client A" "Paiement" ^F1
  Assets:55:5500-Banque:A001  300.00 EUR
  Assets:40:400-Clients:A001  -300.00 EUR
2026-01-14 * "Client A" "Payé deux fois" ^F1
  Assets:55:5500-Banque:A001  300.00 EUR
  Assets:40:400-Clients:A001  -300.00 EUR
2026-01-15 * "Client B" "Acompte facturé" ^F2
  Assets:40:400-Clients:A001  500.00 EUR
  Liabilities:46:460-Acomptes:A001  -500.00 EUR
2026-01-16 * "Client B" "Solde" ^F3
  Assets:40:400-Clients:A001  1500.00 EUR
  Liabilities:46:460-Acomptes:A001  500.00 EUR
  Income:70:700-Ventes:A001  -2000.00 EUR
2026-01-17 * "Client C" "Acompte reçu sans facture"
  Assets:55:5500-Banque:A001  70.00 EUR
  Liabilities:46:460-Acomptes:A001  -70.00 EUR
2026-01-20 * "Loyer"
  Expenses:61:610-Loyer:A002  50.00 EUR
  Assets:55:5500-Banque:A002  -50.00 EUR
"""


def served(folder: Path) -> Client:
    """Serve the ledger."""
    file = folder / "main.beancount"
    write_text(file, LEDGER)
    assert load_ledger(file).errors == []
    return client(file)


def test_reserves_show_three_columns_and_what_each_activity_earned(tmp_path: Path) -> None:
    found = tables(page(served(tmp_path), "/year/extension/Reserves/", time="2026"))
    rows = [[amount(cell) for cell in row[1:]] for row in found["whose"][1:]]
    assert rows == [
        [180, 2070, 2250],  # the contribution of 230.00, less the loss of A002, which nobody else bears
        [0, 620, 620],
        [180, 2070, 2250],
        [180, 2070, 2250],
    ]
    earned = {row[0]: amount(row[2]) for row in found["earned"][1:-1]}
    assert earned == {"A001": 2070, "A002": -50}
    assert amount(found["earned"][-1][-1]) == 2070


def test_what_was_paid_twice_is_negative_on_both_pages_and_in_their_tables(tmp_path: Path) -> None:
    asking = served(tmp_path)
    found = tables(page(asking, "/year/extension/Autonomie/", unit="A001", time="2026"))
    assert [(row[2], amount(row[5])) for row in found["open"][1:]] == [("F1", -300), ("F2", 500), ("F3", 1500)]
    rows = tables(page(asking, "/year/extension/Activites/", time="2026"))["activities"]
    assert amount(rows[1][8]) == 1700
    asked = {"table": "open", "unit": "A001", "time": "2026", "plain": "1"}
    downloaded = asking.get("/year/extension/Autonomie/download-table.csv", query_string=asked).text
    assert ",F1,,-300.00,-300.00," in downloaded


def test_an_advance_counts_as_sold_when_it_is_invoiced_and_once(tmp_path: Path) -> None:
    found = tables(page(served(tmp_path), "/year/extension/Autonomie/", unit="A001", time="2026"))
    assert {row[0]: amount(row[1]) for row in found["customers"][1:]} == {"Client B": 2000, "Client A": 300}
