"""Books that are wrong, odd or hostile: each page answers, and says that the ledger has errors where it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from beancoop.storage.atomic import write_text

from tests.fava.reading import client, page

if TYPE_CHECKING:
    from tests.fava.conftest import Coop

NAMES = ("Activites", "Autonomie", "Reserves", "Suivi", "Tresorerie", "TVA", "Ecritures")
ATTACK = "<script>alert(1)</script>"
WRONG = {
    "an account of no form": """
2026-01-05 open Assets:Cash
2026-01-06 * "x"
  Assets:Cash  1 EUR
  Assets:Cash  -1 EUR
""",
    "an undeclared unit": "2026-01-05 open Assets:55:5500-Banque:A099\n",
    "a unit that comes and goes": """
2026-03-01 custom "activity" "A001"
2025-01-01 custom "activity-exit" "A001" "employed"
""",
    "a resume without pause": '2026-02-01 custom "activity-resume" "A001"\n',
    "terms of no sense": '2026-02-01 custom "activity-terms" "A001"\n  rate: 7\n  margin: "all"\n  months: 0\n',
    "a follow-up of nobody": '2026-02-01 custom "follow-up" "A099" "commercial" 1\n',
    "a follow-up of no hours": '2026-02-01 custom "follow-up" "A001" "commercial" "many"\n',
    "a meeting of nobody": '2026-02-01 custom "meeting" "monthly"\n  attended: "A099 nobody"\n',
    "a custom without values": '2026-02-01 custom "activity"\n',
    "a currency without price": """
2026-02-01 * "x"
  Assets:40:400-Clients:A001               10 USD
  Income:70:700-VentesPrestations:A001    -10 USD
""",
    "two operating currencies": 'option "operating_currency" "USD"\n',
    "a transaction of two units": """
2026-02-01 * "x"
  Assets:40:400-Clients:A001  10 EUR
  Assets:40:400-Clients:A002  -10 EUR
""",
    "a transaction out of balance": '2026-02-01 * "x"\n  Assets:40:400-Clients:A001  10 EUR\n',
    "a treasury below zero": """
2026-02-01 * "x"
  Assets:40:400-Clients:A001  99999 EUR
  Assets:55:5500-Banque:A001  -99999 EUR
""",
    "an amount too long": """
2026-02-01 * "x"
  Assets:40:400-Clients:A001              1234567890123456789012345678901234567890.12345 EUR
  Income:70:700-VentesPrestations:A001   -1234567890123456789012345678901234567890.12345 EUR
""",
    "the ends of the calendar": """
0001-01-01 open Assets:55:5501-Banque:A002
  iban: "BE68 5390 0754 7034"
0001-01-02 * "x"
  Assets:55:5501-Banque:A002   1 EUR
  Assets:55:5501-Banque:A002  -1 EUR
9999-12-31 * "x" ^F
  Assets:40:400-Clients:A001              10 EUR
  Income:70:700-VentesPrestations:A001   -10 EUR
9999-12-31 * "x" ^F
  Assets:55:5500-Banque:A001   10 EUR
  Assets:40:400-Clients:A001  -10 EUR
9999-12-31 custom "follow-up" "A001" "commercial" 1
9999-12-31 balance Assets:55:5501-Banque:A002  0 EUR
""",
    "a pause without end": '2026-02-20 custom "activity-pause" "A001"\n',
    "a bank reference of another kind": """
2026-02-20 * "x"
  bank-ref: 12
  Assets:55:5500-Banque:A001   1 EUR
  Assets:40:400-Clients:A001  -1 EUR
""",
    "an IBAN that is a number": "2026-01-05 open Assets:55:5501-Banque:A001\n  iban: 12\n",
    "hostile text": f"""
2026-02-20 ! "{ATTACK}" "{ATTACK}" ^F
  due: 2026-03-01
  Assets:40:400-Clients:A001              10 EUR
  Income:70:700-VentesPrestations:A001   -10 EUR
2026-02-20 custom "follow-up" "A001" "{ATTACK}" 1
2026-02-20 custom "meeting" "{ATTACK}"
2026-02-20 custom "activity-terms" "A001"
  trade: "{ATTACK}"
""",
}


@pytest.mark.parametrize("books", WRONG.values(), ids=WRONG)
def test_each_page_answers_whatever_the_books_hold(coop: Coop, books: str) -> None:
    write_text(coop.main, coop.main.read_text(encoding="utf-8") + books)
    asking = client(coop.main)
    for name in NAMES:
        for time in ("", "2026-02", "9999"):
            text = page(asking, f"/toute-la-coop/extension/{name}/", unit="A001", time=time)
            assert ATTACK not in text
            assert "ne peu" not in text  # nothing is said not to be shown
        answer = asking.get(f"/toute-la-coop/extension/{name}/download-tables.xlsx", query_string={"unit": "A001"})
        assert answer.status_code in (200, 404)  # a page may have no table
