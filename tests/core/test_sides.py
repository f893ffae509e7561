"""Balances against the side of their account are shown on the other side of the balance sheet, and said."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from beancoop.statements.annual import appropriated_sheet, balance_sheet
from books import books_of

DAY = datetime.date(2025, 12, 31)
OPTIONS = (
    'option "title" "C"\noption "operating_currency" "EUR"\noption "tolerance_multiplier" "0"\nplugin "beancoop"\n'
    '2025-01-01 custom "activity" "A001"\n  overdraft: 100000 EUR\n'
    '2025-01-01 custom "activity" "A002"\n  overdraft: 100000 EUR\n'
)


def kept(*entries, parents=""):
    """Give the books with entries of (account, amount) pairs; what they name is opened."""
    names = sorted({account for _, *postings in entries for account, _ in postings})
    opens = "".join(f"2025-01-01 open {name}\n" for name in names)
    text = "".join(
        f"{head}\n" + "".join(f"  {account}  {Decimal(amount):.2f} EUR\n" for account, amount in postings)
        for head, *postings in entries
    )
    books = books_of(OPTIONS + parents + opens + text)
    assert [error.message for error in books.ledger.errors] == []
    return books


def shown(books, unit=None):
    """Give the amounts of a balance sheet that are not zero, by code, and what was turned."""
    sheet = balance_sheet(books, DAY, unit)
    assert sheet.difference == 0
    lines = (*sheet.assets, sheet.total_assets, *sheet.liabilities, sheet.total_liabilities)
    turned = {(each.account.number, each.unit, each.code): each.amount for each in sheet.turned}
    return {line.rubric.code: line.amount for line in lines if line.amount}, turned


BANK, CUSTOMERS, SUPPLIERS = "Assets:55:5500-Banque:COOP", "Assets:40:400-Clients:COOP", "Liabilities:44:440-F:COOP"
SALES, RENT = "Income:70:700-Ventes:COOP", "Expenses:61:610-Loyer:COOP"
HEAD = '2025-03-01 * "x"'


def test_what_is_inverted_on_31_december_is_a_debt_or_a_claim():
    books = kept(
        ('2025-01-02 * "Apports"', (BANK, 100), ("Equity:11:1109-Apports:COOP", -100)),
        ('2025-03-01 * "Loyer"', (RENT, 400), (BANK, -400)),
        ('2025-03-02 * "Client A : trop perçu"', (BANK, 250), (CUSTOMERS, -250)),
        ('2025-03-03 * "Vente B" ^B', (CUSTOMERS, 100), (SALES, -100)),
        ('2025-03-04 * "Note de crédit"', (SUPPLIERS, 60), (RENT, -60)),
        ('2025-03-05 * "Dette"', (RENT, 5), ("Liabilities:48:489-Divers:COOP", -5)),
        ('2025-03-06 * "Payée"', ("Liabilities:48:489-Divers:COOP", 5), (RENT, -5)),
    )
    amounts, turned = shown(books)
    assert amounts["20/58"] == amounts["10/49"] == amounts["41"] == 60
    assert (amounts["46"], amounts["43"], amounts["9905"]) == (150, 50, -240)
    assert turned == {("400", "COOP", "46"): 150, ("5500", "COOP", "430/8"): 50, ("440", "COOP", "41"): 60}


def test_customers_and_suppliers_are_judged_by_party_where_one_is_named():
    books = kept(
        ('2025-03-02 * "Alpha" "trop perçu"', (BANK, 250), (CUSTOMERS, -250)),
        ('2025-03-03 * "Beta" "vente"', (CUSTOMERS, 100), (SALES, -100)),
        ('2025-03-04 * "Gamma" "achat"', (RENT, 70), (SUPPLIERS, -70)),
        ('2025-03-05 * "Delta" "note de crédit"', (SUPPLIERS, 60), (RENT, -60)),
        ('2025-03-06 * "Epsilon" "note de crédit"', (SUPPLIERS, 5), (RENT, -5)),
    )
    amounts, turned = shown(books)
    assert (amounts["40"], amounts["46"], amounts["44"], amounts["41"]) == (100, 250, 70, 65)
    assert turned == {("400", "COOP", "46"): 250, ("440", "COOP", "41"): 65}


def test_one_party_of_several_units_is_judged_for_each():
    own = "Assets:40:400-Clients:A001"
    books = kept(
        ('2025-03-02 * "Alpha" "trop perçu"', (BANK, 250), (CUSTOMERS, -250)),
        ('2025-03-03 * "Alpha" "vente"', (own, 100), ("Income:70:700-Ventes:A001", -100)),
    )
    amounts, turned = shown(books)
    assert (amounts["40"], amounts["46"]) == (100, 250)
    assert turned == {("400", "COOP", "46"): 250}


@pytest.mark.parametrize(("parents", "held", "owed"), [("", 500, 30), ('  iban: "BE68539007547034"\n', 470, 0)])
def test_the_shares_of_one_bank_account_are_judged_together(parents, held, owed):
    opened = f"2025-01-01 open Assets:55:5500-Banque\n{parents}"
    share = "Assets:55:5500-Banque:A001"
    books = kept(
        (HEAD, (BANK, 500), ("Equity:11:1109-Apports:COOP", -500)),
        (HEAD, ("Expenses:61:610-Loyer:A001", 30), (share, -30)),
        parents=opened,
    )
    amounts, turned = shown(books)
    assert (amounts["54/58"], amounts.get("43", 0)) == (held, owed)
    assert turned == ({("5500", "A001", "430/8"): 30} if owed else {})
    assert shown(books, "A001")[0]["43"] == 30


def test_an_overdrawn_bank_account_of_one_unit_names_it():
    own = '2025-01-01 open Assets:55:5500-Banque\n  iban: "BE68539007547034"\n'
    _, turned = shown(kept((HEAD, (RENT, 500), (BANK, -500)), parents=own))
    assert turned == {("5500", "COOP", "430/8"): 500}


def test_an_overdrawn_bank_account_of_several_units_is_one_debt():
    share = "Assets:55:5500-Banque:A001"
    books = kept(
        (HEAD, (RENT, 500), (BANK, -500)),
        (HEAD, (share, 30), ("Income:70:700-Ventes:A001", -30)),
        parents='2025-01-01 open Assets:55:5500-Banque\n  iban: "BE68539007547034"\n',
    )
    amounts, turned = shown(books)
    assert "54/58" not in amounts
    assert amounts["43"] == 470
    assert turned == {("5500", None, "430/8"): 470}


@pytest.mark.parametrize(
    ("account", "amount", "code", "is_turned"),
    [
        ("Assets:41:411-TVA", -1, "450/3", True),
        ("Assets:41:416-Divers", -1, "47/48", True),
        ("Assets:41:419-ReductionsValeur", -1, "41", False),  # there to be taken off
        ("Assets:40:409-ReductionsValeur", -1, "40", False),
        ("Assets:24:2409-Amortissements", -1, "24", False),
        ("Assets:40:406-Acomptes", -1, "440/4", True),
        ("Assets:29:290-Creances", -1, "175", True),
        ("Assets:29:291-Creances", -1, "178/9", True),
        ("Assets:49:490-AReporter", -1, "492/3", True),
        ("Assets:49:499-Attente", -1, "492/3", True),
        ("Liabilities:49:499-Attente", 1, "490/1", True),
        ("Liabilities:49:492-AImputer", 1, "490/1", True),
        ("Liabilities:45:451-TVA", 1, "41", True),
        ("Liabilities:46:460-Acomptes", 1, "41", True),
        ("Liabilities:48:489-Divers", 1, "41", True),
        ("Liabilities:43:433-Credit", 1, "54/58", True),
        ("Liabilities:17:173-Emprunt", 1, "291", True),
        ("Liabilities:17:175-Fournisseurs", 1, "290", True),
        ("Assets:51:510-Actions", -1, "439", True),
        ("Equity:12:121-PlusValues", 1, "12", False),  # equity may be below zero
        ("Equity:19:190-Avance", 1, "19", False),  # taken off the equity, and told as it is
        ("Assets:24:240-Mobilier", -1, "24", False),  # no debt to show in its place
    ],
)
def test_each_account_has_its_other_side(account, amount, code, is_turned):
    name = f"{account}:COOP"
    paid = ("Assets:57:570-Caisse:COOP", 1000), ("Equity:11:1109-Apports:COOP", -1000)
    books = kept((HEAD, *paid), (HEAD, (name, amount), ("Assets:57:570-Caisse:COOP", -amount)))
    amounts, turned = shown(books)
    told = {"41": -1, "40": -1, "24": -1, "12": -1}.get(code, 1) if not is_turned else 1
    assert amounts[code] == told + (1000 - 1 if code == "54/58" else 0)
    assert list(turned) == ([(account.split(":")[2].partition("-")[0], "COOP", code)] if is_turned else [])


def test_the_balance_sheet_of_a_unit_shows_what_the_rest_of_the_company_owes_it():
    pair = [
        ("Assets:9:960-Liaison:A001", 70, "Expenses:9:951-PrestationsInternes:A001", -70),
        ("Assets:9:960-Liaison:COOP", -70, "Expenses:9:951-PrestationsInternes:COOP", 70),
    ]
    services = [(f"{HEAD} ^S1", (one, amount), (other, against)) for one, amount, other, against in pair]
    sale = (HEAD, ("Assets:55:5500-Banque:A001", 100), ("Income:70:700-Ventes:A001", -100))
    books = kept(sale, *services)
    levied = Decimal(17)  # 10 per cent of 170
    amounts, _ = shown(books, "A001")
    assert (amounts["54/58"], amounts["960"], amounts["9905"], amounts["95"]) == (100, 53, 100, 70 - levied)
    assert amounts["20/58"] == 153
    assert shown(books, "COOP")[0]["960"] == 53  # which it owes
    assert "960" not in shown(books)[0]


def test_what_has_no_rubric_is_left_out_and_makes_the_sides_differ():
    text = (
        "2025-01-01 open Equity:18:180-Inconnu:COOP\n2025-01-01 open Assets:Autre\n"
        f"2025-01-01 open {BANK}\n2025-01-01 open Expenses:69:6921-Dotation:COOP\n"
        f'2025-03-01 * "x"\n  {BANK}  5.00 EUR\n  Equity:18:180-Inconnu:COOP  -5.00 EUR\n'
        '2025-12-31 * "x"\n  appropriates: 2025\n'
        "  Expenses:69:6921-Dotation:COOP  1.00 EUR\n  Assets:Autre  -1.00 EUR\n"
    )
    books = books_of(OPTIONS + text)
    assert books.ledger.errors
    sheet = appropriated_sheet(books, books.register.cooperative.year(2025))
    assert (sheet.total_assets.amount, sheet.total_liabilities.amount, sheet.difference) == (5, -1, 6)
