"""A small cooperative without fault, at the edge of what is allowed: treasuries at zero, dividends at the ceiling."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

OPTIONS = """option "title" "Coopérative d'essai"
option "operating_currency" "EUR"
option "tolerance_multiplier" "0"
plugin "beancoop"
"""
MAIN = "main.beancount"
ACCOUNTS, COOP = "coop/accounts.beancount", "coop/2026.beancount"
A001_TERMS, A002_TERMS = "activities/A001/terms.beancount", "activities/A002/terms.beancount"
A001_CLOSED, A002_CLOSED = "activities/A001/closed/2026.beancount", "activities/A002/closed/2026.beancount"
A001, A001_BOOK = "activities/A001/ledger.beancount", "activities/A001/books/2026.beancount"
A002, A002_BOOK = "activities/A002/ledger.beancount", "activities/A002/books/2026.beancount"
INVOICE = "activities/A001/documents/facture.txt"

FILES = {
    MAIN: f"""{OPTIONS}include "coop/*.beancount"
include "activities/*/ledger.beancount"
""",
    ACCOUNTS: """2026-01-01 open Assets:55:5500-Banque
  iban: "BE68539007547034"
2026-01-01 open Assets:55:5500-Banque:COOP
2026-01-01 open Assets:9:960-Liaison:COOP
2026-01-01 open Equity:11:1100-Apports:COOP
2026-01-01 open Equity:13:1311-ReserveIndisponible:COOP
2026-01-01 open Equity:14:140-ResultatReporte:COOP
2026-01-01 open Expenses:61:610-Loyers:COOP
2026-01-01 open Expenses:69:694-RemunerationApport:COOP
2026-01-01 open Expenses:9:950-Contribution:COOP
2026-01-01 open Expenses:9:951-PrestationsInternes:COOP
2026-01-01 open Income:74:740-Subsides:COOP
2026-01-01 open Liabilities:47:471-Dividendes:COOP
""",
    COOP: """2026-01-02 * "Apports des associés"
  Assets:55:5500-Banque:COOP                  1000.00 EUR
  Equity:11:1100-Apports:COOP                -1000.00 EUR

2026-01-03 * "Résultat de 2025 mis en réserve"
  Equity:14:140-ResultatReporte:COOP           200.00 EUR
  Equity:13:1311-ReserveIndisponible:COOP     -200.00 EUR

2026-01-20 * "Loyer de janvier"
  Expenses:61:610-Loyers:COOP                  300.00 EUR
  Assets:55:5500-Banque:COOP                  -300.00 EUR

2026-02-01 balance Assets:55:5500-Banque      1910.00 EUR

2026-02-10 * "Site de la coopérative, par A001" ^PI-2026-001
  Expenses:9:951-PrestationsInternes:COOP       80.00 EUR
  Assets:9:960-Liaison:COOP                    -80.00 EUR

2026-02-15 * "Dividende, 6 % des apports après précompte"
  appropriates: 2026
  Expenses:69:694-RemunerationApport:COOP       85.71 EUR
  Liabilities:47:471-Dividendes:COOP           -85.71 EUR

2026-02-20 custom "meeting" "monthly"
  attended: "A001 A002"

2026-03-01 balance Assets:55:5500-Banque      1910.00 EUR
""",
    A001_TERMS: """2026-01-05 custom "activity" "A001"
  rate: 0.10
  overdraft: 0 EUR

2026-02-12 custom "follow-up" "A001" "commercial" 1.5
""",
    A001: f"""{OPTIONS}include "terms.beancount"
include "closed/*.beancount"
include "books/*.beancount"

2026-01-05 open Assets:40:400-Clients:A001
2026-01-05 open Assets:55:5500-Banque:A001
2026-01-05 open Assets:9:960-Liaison:A001
2026-01-05 open Expenses:60:601-Fournitures:A001
2026-01-05 open Expenses:9:950-Contribution:A001
2026-01-05 open Expenses:9:951-PrestationsInternes:A001
2026-01-05 open Income:70:700-VentesPrestations:A001
2026-01-05 open Liabilities:44:440-Fournisseurs:A001
2026-01-05 open Liabilities:45:451-TVAAPayer:A001
""",
    A001_BOOK: """2026-01-05 * "Facture A001-2026-0001" ^A001-2026-0001
  piece: "VEN-A001-2026-0001"
  Assets:40:400-Clients:A001                  1210.00 EUR
  Income:70:700-VentesPrestations:A001       -1000.00 EUR
  Liabilities:45:451-TVAAPayer:A001           -210.00 EUR

2026-01-05 document Assets:40:400-Clients:A001 "../documents/facture.txt"

2026-01-25 * "Paiement A001-2026-0001" ^A001-2026-0001
  Assets:55:5500-Banque:A001                  1210.00 EUR
  Assets:40:400-Clients:A001                 -1210.00 EUR

2026-02-03 * "Facture A001-2026-0002, en dollars" ^A001-2026-0002
  piece: "VEN-A001-2026-0002"
  Assets:40:400-Clients:A001                   100.00 USD @ 0.90 EUR
  Income:70:700-VentesPrestations:A001        -100.00 USD @ 0.90 EUR

2026-02-05 * "Bois"
  Expenses:60:601-Fournitures:A001              50.00 EUR
  Liabilities:44:440-Fournisseurs:A001         -50.00 EUR

2026-02-10 * "Site de la coopérative" ^PI-2026-001
  Assets:9:960-Liaison:A001                     80.00 EUR
  Expenses:9:951-PrestationsInternes:A001      -80.00 EUR
""",
    A002_TERMS: """2026-02-02 custom "activity" "A002"
  months: 3
2026-03-01 custom "activity-pause" "A002"
2026-03-15 custom "activity-resume" "A002"
2026-05-15 custom "activity-exit" "A002" "independent"
""",
    A002: f"""{OPTIONS}include "terms.beancount"
include "closed/*.beancount"
include "books/*.beancount"

2026-02-02 open Assets:40:400-Clients:A002
2026-02-02 open Assets:55:5500-Banque:A002
2026-02-02 open Expenses:60:601-Fournitures:A002
2026-02-02 open Income:70:700-VentesPrestations:A002
""",
    A002_BOOK: """2026-02-02 * "Facture A002-2026-0001" ^A002-2026-0001
  Assets:40:400-Clients:A002                    50.00 EUR
  Income:70:700-VentesPrestations:A002         -50.00 EUR

2026-02-03 * "Paiement A002-2026-0001" ^A002-2026-0001
  Assets:55:5500-Banque:A002                    50.00 EUR
  Assets:40:400-Clients:A002                   -50.00 EUR

2026-02-04 * "Vis, payées comptant"
  Expenses:60:601-Fournitures:A002              50.00 EUR
  Assets:55:5500-Banque:A002                   -50.00 EUR

2026-05-15 * "Facture A002-2026-0002" ^A002-2026-0002
  Assets:40:400-Clients:A002                    30.00 EUR
  Income:70:700-VentesPrestations:A002         -30.00 EUR
""",
    A001_CLOSED: "; A001: what the cooperative closes\n",
    A002_CLOSED: "; A002: what the cooperative closes\n",
    INVOICE: "Facture A001-2026-0001\n",
}


def found(root: Path) -> Path:
    """Lay the cooperative out under *root*; gives its main ledger."""
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root / MAIN
