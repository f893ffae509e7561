"""What a VAT return cannot decide: each code is written as its message says, and the return is then whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from remedies.commanding import Trial, append, said, try_it

pytestmark = pytest.mark.usefixtures("in_lab")

BOOK = Path("ledgers/activities/A002/books/2026.beancount")
RETURN = ("vat", "return", "2026-Q1")
CUSTOMER, SUPPLIER = "Assets:40:400-Clients:A002", "Liabilities:44:440-Fournisseurs:A002"
SALES, GOODS, RENT = (
    "Income:70:700-VentesPrestations:A002",
    "Expenses:60:601-Fournitures:A002",
    "Expenses:61:610-LoyersCharges:A002",
)
OWED, DEDUCTED = "Liabilities:45:451-TVAPayer:A002", "Assets:41:411-TVARecuperer:A002"
CAR, BANK = "Assets:24:2400-MobilierMateriel:A002", "Assets:55:5500-Banque:A002"


def entry(*postings: tuple[str, str], meta: str = "") -> str:
    lines = "".join(f"  {account}  {amount}{'' if ' ' in amount else '.00 EUR'}\n" for account, amount in postings)
    return f'2026-02-10 * "Essai"\n{f"  {meta}{chr(10)}" if meta else ""}{lines}'


def vat(code: str, text: str, new: str, pattern: str = "", old: str = '"Essai"\n') -> Trial:
    """Write *new*, with what the message says at *pattern*, in place of *old*, or below the entry's line."""

    def then(message: str) -> None:
        right = new.replace("{said}", said(pattern, message)) if pattern else new
        book = BOOK.read_text()
        assert old in book
        BOOK.write_text(book.replace(old, f"{old}  {right}\n" if old.endswith('"\n') else right))

    return Trial(code, RETURN, then, append(BOOK, text))


SOLD = entry((CUSTOMER, "121"), (SALES, "-100"), (OWED, "-21"))
UNTAXED = entry((CUSTOMER, "100"), (SALES, "-100"))
BOTH_WAYS = entry((GOODS, "100"), (DEDUCTED, "21"), (OWED, "-21"), (SUPPLIER, "-100"))
SERVICE = entry((RENT, "100"), (DEDUCTED, "21"), (OWED, "-21"), (SUPPLIER, "-100"))
TRIALS = [
    vat(
        "BC1001",
        entry((CUSTOMER, "100"), (SALES, "-100"), (OWED, "0 USD"), meta='vat: "S0"'),
        "0 {said}",
        r"write it in (\w+)",
        "0 USD",
    ),
    vat(
        "BC1002",
        entry((CUSTOMER, "100 USD"), (SALES, "-100 USD"), meta='vat: "S0"'),
        "100 USD @ 0.90 EUR",
        "",
        "100 USD",
    ),
    vat("BC1003", entry((CUSTOMER, "21"), (OWED, "-21")), "{said}", r'(vat: "ADJ-STATE")'),
    vat("BC1010", SOLD.replace('"Essai"\n', '"Essai"\n  vat: "S22"\n'), "{said}", r"codes of VAT: .*\b(S21)\b", "S22"),
    vat(
        "BC1011", SOLD.replace('"Essai"\n', '"Essai"\n  vat: "BE"\n'), '"{said}"', r"Possible here: .*\b(S21)\b", '"BE"'
    ),
    vat("BC1012", SOLD.replace('"Essai"\n', '"Essai"\n  vat: "S21@21"\n'), "S21", "", "S21@21"),
    *(vat("BC1013", UNTAXED, "{said}", pattern) for pattern in (r'rate: (vat: "S0")',)),
    *(vat("BC1013", UNTAXED, 'vat: "{said}"', rf'"({code})"') for code in ("CC", "EXP", "EX44", "OUT")),
    vat("BC1013", UNTAXED, 'party-vat: "DE136695976"\n  vat: "{said}"', r'"(ICS)" or'),
    vat("BC1014", BOTH_WAYS, "{said}", r'sold: (vat: "CC")'),
    vat("BC1014", BOTH_WAYS, 'vat: "{said}"', r'"(ICG)" or'),
    vat("BC1014", SERVICE, 'vat: "{said}"', r'"(NEU)"'),
    vat("BC1014", BOTH_WAYS, 'vat: "{said}"', r'"(IMP)"'),
    vat(
        "BC1018",
        entry((GOODS, "121"), (OWED, "-21"), (SUPPLIER, "-100")),
        "vat: {said}",
        r'such as vat: ("[^"]+")',
    ),
    vat(
        "BC1018",
        entry((GOODS, "100"), (OWED, "21"), (SUPPLIER, "-121")),
        "Assets:41:{said}-TVARecuperer:A002  21",
        r"VAT on (411),",
        f"{OWED.rpartition(':')[0]}:A002  21",
    ),
    vat(
        "BC1018",
        entry((CUSTOMER, "121"), (SALES, "-100"), (DEDUCTED, "-21")),
        "Liabilities:45:{said}-TVAPayer",
        r"VAT on (451),",
        DEDUCTED.rpartition(":")[0],
    ),
    vat("BC1019", entry((BANK, "121"), (CAR, "-100"), (OWED, "-21")), "vat: {said}", r'sale \(("S21")\)'),
    vat("BC1019", entry((SUPPLIER, "121"), (CAR, "-100"), (DEDUCTED, "-21")), "vat: {said}", r'note \(("BE")\)'),
    vat(
        "BC1020",
        UNTAXED.replace('"Essai"\n', '"Essai"\n  vat-1: "E 0 100.00 0.00"\n'),
        'vat: "{said}"',
        r"one of .*\b(EX44)\b",
    ),
    vat("BC1030", SOLD.replace('"Essai"\n', '"Essai"\n  vat: "EXP"\n'), '"S21"', "", '"EXP"'),
    vat(
        "BC1033",
        entry((OWED, "50"), (RENT, "-50"), meta='vat: "ADJ-STATE"'),
        entry((OWED, "-50"), (RENT, "50"), meta='vat: "ADJ-STATE"'),
        "",
        entry((OWED, "50"), (RENT, "-50"), meta='vat: "ADJ-STATE"'),
    ),
]


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.code)
def test_what_the_message_says_does(trial):
    try_it(trial)
