"""What opens someone's own books, and what stays with the cooperative."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from beancoop.books.inventories import holdings
from beancoop.books.invoices import BOUGHT, documents, parties
from beancoop.leaving.opening_balance import FATES, GOES, carried, fate_of, opening_balance
from beancoop.model.accounts import BEANCOUNTS_OWN
from beancount import loader
from beancount.core.data import Open, Transaction
from hypothesis import given
from hypothesis import strategies as st
from loading import load

DAY = datetime.date(2026, 7, 1)
BOOKS = """
2026-01-05 custom "activity" "A001"
2026-02-01 * "Client" "Facture" ^F1
  due: 2026-03-03
  Assets:40:400-Clients:A001               121.00 EUR
  Income:70:700-VentesPrestations:A001    -100.00 EUR
  Liabilities:45:451-TVAPayer:A001         -21.00 EUR
2026-02-09 * "Client" "Note de crédit" ^F1
  Assets:40:400-Clients:A001               -12.10 EUR
  Income:70:700-VentesPrestations:A001      10.00 EUR
  Liabilities:45:451-TVAPayer:A001           2.10 EUR
2026-02-10 * "Client" "Acompte" ^F1
  Assets:55:5500-Banque:A001                50.00 EUR
  Assets:40:400-Clients:A001               -50.00 EUR
2026-02-12 * "Autre" "Facture"
  invoice: "F2"
  Assets:40:400-Clients:A001               121.00 EUR
  Income:70:700-VentesPrestations:A001    -100.00 EUR
  Liabilities:45:451-TVAPayer:A001         -21.00 EUR
2026-02-13 * "Caisse"
  Assets:57:570-Caisse:A001                  5.00 EUR
  Income:70:700-VentesPrestations:A001      -5.00 EUR
2026-03-01 * "Fournisseur" "Achat"
  Expenses:60:601-Fournitures:A001          40.00 EUR
  Assets:41:411-TVARecuperer:A001            8.40 EUR
  Liabilities:44:440-Fournisseurs:A001     -48.40 EUR
2026-03-02 * "Stock"
  Assets:30:300-Stock:A001                  30.00 EUR
  Expenses:60:609-Variation:A001           -30.00 EUR
"""


def texts(entries):
    (transaction,) = (entry for entry in entries if isinstance(entry, Transaction))
    return [
        " ".join(
            [posting.account, str(posting.units.number), *(posting.meta.get(key, "") for key in ("invoice", "party"))]
        )
        for posting in transaction.postings
    ]


def test_what_goes_opens_her_books_item_by_item():
    entries = opening_balance(load(BOOKS).entries, "EUR", BEANCOUNTS_OWN, DAY, "Reprise")
    assert texts(entries) == [
        "Assets:30:300-Stock 30.00  ",
        "Assets:40:400-Clients 58.90 F1 Client",
        "Assets:40:400-Clients 121.00 F2 Autre",
        "Liabilities:44:440-Fournisseurs -48.40  Fournisseur",
        "Equity:10:100-Apport -161.50  ",
    ]
    assert {entry.date for entry in entries} == {DAY}
    (due,) = {posting.meta.get("due") for posting in entries[-1].postings} - {None}
    assert due == datetime.date(2026, 3, 3)
    assert {entry.account for entry in entries if isinstance(entry, Open)} == set(holdings(entries))


def test_each_balance_of_the_balance_sheet_says_what_becomes_of_it():
    lines = carried(load(BOOKS).entries, "EUR", BEANCOUNTS_OWN)
    assert [(line.number, line.debit, line.credit, line.fate) for line in lines] == [
        ("300", Decimal("30.00"), None, "goes"),
        ("400", Decimal("179.90"), None, "goes"),
        ("411", Decimal("8.40"), None, "vat"),
        ("440", None, Decimal("48.40"), "goes"),
        ("451", None, Decimal("39.90"), "vat"),
        ("5500", Decimal("50.00"), None, "treasury"),
        ("570", Decimal("5.00"), None, "treasury"),
        ("960", None, Decimal("18.50"), "internal"),
    ]


@pytest.mark.parametrize(
    ("number", "fate"),
    [
        *((number, GOES) for number in ("240", "300", "404", "440", "460", "490")),
        *((number, "company") for number in ("416", "453", "489", "131", "174", "0")),
        *(("4992", "suspense"), ("4512", "vat"), ("580", "treasury"), ("951", "internal")),
    ],
)
def test_the_longest_number_decides(number, fate):
    assert fate_of(number) == fate
    assert fate in {*FATES.values(), "company"}


def test_books_that_hold_nothing_open_nothing():
    assert opening_balance([], "EUR", BEANCOUNTS_OWN, DAY, "Reprise") == []


def test_invoices_and_customers():
    sold = documents(load(BOOKS).entries, "EUR")
    found = sold.invoices
    shown = [
        (str(each.date), each.number, each.customer, *map(str, (each.net, each.tax, each.total, each.open)))
        for each in found
    ]
    assert shown == [
        ("2026-02-01", "F1", "Client", "100.00", "21.00", "121.00", "58.90"),
        ("2026-02-09", "F1", "Client", "-10.00", "-2.10", "-12.10", "0.00"),
        ("2026-02-12", "F2", "Autre", "100.00", "21.00", "121.00", "121.00"),
    ]
    assert found[0].due == datetime.date(2026, 3, 3)
    assert [tuple(map(str, each)) for each in parties(sold)] == [
        ("Autre", "1", "100.00", "121.00", "121.00", "2026-02-12", "2026-02-12"),
        ("Client", "2", "90.00", "108.90", "58.90", "2026-02-01", "2026-02-09"),
    ]


def invoiced(text, side=None):
    """Give the documents of a text, and the parties, as they are printed."""
    found = documents(load(text).entries, "EUR", *([side] if side else []))
    rows = [(each.number, *map(str, (each.net, each.tax, each.total, each.open))) for each in found.invoices]
    return rows, [tuple(map(str, each[:5])) for each in parties(found)]


ADVANCE = """
2026-01-05 custom "activity" "A001"
2026-01-10 * "Client" "Facture d'acompte" ^AC1
  invoice: "AC1"
  Assets:40:400-Clients:A001              605.00 EUR
  Liabilities:46:460-Acomptes:A001       -500.00 EUR
  Liabilities:45:451-TVAPayer:A001       -105.00 EUR
2026-01-20 * "Client" "Paiement" ^AC1
  Assets:55:5500-Banque:A001              605.00 EUR
  Assets:40:400-Clients:A001             -605.00 EUR
2026-02-10 * "Client" "Facture finale" ^F2
  invoice: "F2"
  Assets:40:400-Clients:A001             1815.00 EUR
  Liabilities:46:460-Acomptes:A001        500.00 EUR
  Income:70:700-VentesPrestations:A001  -2000.00 EUR
  Liabilities:45:451-TVAPayer:A001       -315.00 EUR
"""


def test_an_advance_is_an_invoice_and_its_sale_asks_for_the_rest():
    assert invoiced(ADVANCE) == (
        [("AC1", "500.00", "105.00", "605.00", "0.00"), ("F2", "1500.00", "315.00", "1815.00", "1815.00")],
        [("Client", "2", "2000.00", "2420.00", "1815.00")],
    )


def test_so_it_is_where_a_supplier_asks_for_it():
    bought = """
2026-01-05 custom "activity" "A001"
2026-01-10 * "Bois SA" "Facture d'acompte" ^B1
  Assets:40:406-AcomptesVerses:A001       500.00 EUR
  Assets:41:411-TVARecuperer:A001         105.00 EUR
  Liabilities:44:440-Fournisseurs:A001   -605.00 EUR
2026-01-20 * "Bois SA" "Paiement" ^B1
  Liabilities:44:440-Fournisseurs:A001    605.00 EUR
  Assets:55:5500-Banque:A001             -605.00 EUR
2026-02-10 * "Bois SA" "Facture finale" ^B2
  Expenses:60:601-Fournitures:A001       2000.00 EUR
  Assets:40:406-AcomptesVerses:A001      -500.00 EUR
  Assets:41:411-TVARecuperer:A001         315.00 EUR
  Liabilities:44:440-Fournisseurs:A001  -1815.00 EUR
2026-02-12 * "Machines SA" "Une machine"
  invoice: "M1"
  Assets:23:230-Installations:A001        100.00 EUR
  Liabilities:44:440-Fournisseurs:A001   -100.00 EUR
"""
    assert invoiced(bought, BOUGHT) == (
        [
            ("B1", "500.00", "105.00", "605.00", "0.00"),
            ("B2", "1500.00", "315.00", "1815.00", "1815.00"),
            ("M1", "100.00", "0.00", "100.00", "100.00"),
        ],
        [("Bois SA", "2", "2000.00", "2420.00", "1815.00"), ("Machines SA", "1", "100.00", "100.00", "100.00")],
    )
    assert invoiced(bought) == ([], [])


PAID_TWICE = """
2026-01-05 custom "activity" "A001"
2026-01-10 * "Client A" "Facture" ^F1
  Assets:40:400-Clients:A001              300.00 EUR
  Income:70:700-VentesPrestations:A001   -300.00 EUR
2026-01-13 * "Client A" "Paiement" ^F1
  Assets:55:5500-Banque:A001              300.00 EUR
  Assets:40:400-Clients:A001             -300.00 EUR
2026-01-14 * "Client A" "Double paiement" ^F1
  Assets:55:5500-Banque:A001              300.00 EUR
  Assets:40:400-Clients:A001             -300.00 EUR
2026-01-15 * "Client B" "Payé sans facture"
  Assets:55:5500-Banque:A001               50.00 EUR
  Assets:40:400-Clients:A001              -50.00 EUR
"""


def test_what_was_paid_twice_is_to_be_paid_back():
    assert invoiced(PAID_TWICE) == (
        [("F1", "300.00", "0.00", "300.00", "-300.00")],
        [("Client A", "1", "300.00", "300.00", "-300.00"), ("Client B", "0", "0.00", "0.00", "-50.00")],
    )


@pytest.mark.parametrize(
    "lines",
    [
        # paid, with a discount; and written off under the number of the invoice
        ("Assets:55:5500-Banque:A001 97.00 EUR", "Income:70:708-Remises:A001 3.00 EUR"),
        ("Expenses:64:642-MoinsValues:A001 100.00 EUR",),
        ("Liabilities:46:460-Acomptes:A001 100.00 EUR",),  # an advance that was not invoiced, set against it
        ("Liabilities:44:440-Fournisseurs:A001 100.00 EUR",),
        ("Assets:9:960-Liaison:A001 100.00 EUR",),
    ],
)
def test_what_settles_an_invoice_is_none(lines):
    settles = "\n  ".join((*lines, "Assets:40:400-Clients:A001 -100.00 EUR"))
    text = f"""
2026-01-05 custom "activity" "A001"
2026-01-10 * "Client" "Facture"
  invoice: "F1"
  Assets:40:400-Clients:A001              100.00 EUR
  Income:74:743-Divers:A001              -100.00 EUR
2026-01-20 * "Client" "Soldée"
  invoice: "F1"
  {settles}
"""
    assert invoiced(text)[0] == [("F1", "100.00", "0.00", "100.00", "0.00")]
    assert invoiced(text, BOUGHT)[0] == []


ACCOUNTS = ("Assets:40:400-Clients", "Liabilities:44:440-Fournisseurs", "Assets:30:300-Stock", "Assets:55:5500-Banque")
MOVES = st.tuples(st.sampled_from(ACCOUNTS), st.integers(-500, 500), st.sampled_from(["", "^F1", "^F2"]))


@given(st.lists(MOVES, max_size=8))
def test_the_opening_sums_to_zero_and_holds_what_goes(moves):
    opens = "".join(f"2026-01-01 open {account}:A001\n" for account in (*ACCOUNTS, "Income:70:700-Ventes"))
    texts = (
        f'2026-02-{day:02} * "x" {link}\n  {account}:A001  {cents / 100:.2f} EUR\n'
        f"  Income:70:700-Ventes:A001  {-cents / 100:.2f} EUR\n"
        for day, (account, cents, link) in enumerate(moves, 1)
    )
    entries, errors, _ = loader.load_string(opens + "".join(texts))
    assert errors == []
    opened = holdings(opening_balance(entries, "EUR", BEANCOUNTS_OWN, DAY, "Reprise"))
    kept = {name: held for name, held in holdings(entries).items() if not name.startswith(("Income", "Assets:55"))}
    opened.pop("Equity:10:100-Apport", None)
    assert opened == {name.removesuffix(":A001"): held for name, held in kept.items()}
