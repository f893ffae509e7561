"""Hostile and odd entries: each is told with its file and line and a code, and none ends in a traceback or a guess."""

from __future__ import annotations

import json

import pytest
from filing_books import CUSTOMER, DEDUCTED, OWED, SALES, Cooperative, purchase, sale

SUPPLIER, BANK, LIAISON = "Liabilities:44:440-Fournisseurs", "Assets:55:5500-Banque", "Assets:9:960-Liaison"
GOODS, RENT, CAR = "Expenses:60:600-MatieresPremieres", "Expenses:61:610-LoyersCharges", "Assets:24:241-Roulant"
DAY = "2026-02-10"


@pytest.fixture
def cooperative(tmp_path) -> Cooperative:
    return Cooperative(tmp_path)


def entry(*postings: tuple[str, str] | tuple[str, str, str], meta: str = "") -> str:
    lines = [f'{DAY} * "Essai"', *(f"  {line}" for line in meta.splitlines())]
    for account, amount, *code in postings:
        lines.append(f"  {account}:A001  {amount}" + ("" if amount[-1].isalpha() else " EUR"))
        lines += [f'    vat: "{each}"' for each in code]
    return "\n".join(lines) + "\n"


NINE = [(SALES, "-10.00")] * 9
ODD = {
    "an unknown code": (sale(DAY, "100.00", "21.00", meta='vat: "S22"'), "BC1010"),
    "a code in small letters": (sale(DAY, "100.00", "21.00", meta='vat: "s21"'), "BC1010"),
    "an empty code": (sale(DAY, "100.00", "21.00", meta='vat: ""'), "BC1010"),
    "a code that is a number": (sale(DAY, "100.00", "21.00", meta="vat: 21"), "BC1010"),
    "a code of the other side": (sale(DAY, "100.00", "21.00", meta='vat: "BE"'), "BC1011"),
    "a correction on one posting": (entry((CUSTOMER, "100"), (SALES, "-100", "ADJ-STATE")), "BC1011"),
    "a rate that is none": (purchase(DAY, "100.00", "0", meta='vat: "CC@sNaN"'), "BC1012"),
    "a sale without VAT": (sale(DAY, "100.00", "0"), "BC1013"),
    "VAT both ways": (entry((GOODS, "100"), (DEDUCTED, "21"), (OWED, "-21"), (SUPPLIER, "-100")), "BC1014"),
    "VAT of no rate": (sale(DAY, "100.00", "17.00"), "BC1015"),
    "VAT of a rate on nothing that is sold": (entry((CUSTOMER, "21"), (OWED, "-21")), "BC1003"),
    "VAT that is read in two ways": (
        entry((CUSTOMER, "122.75"), (SALES, "-66"), (SALES, "-43.63"), (OWED, "-13.12")),
        "BC1016",
    ),
    "nine bases": (entry((CUSTOMER, "99.36"), *NINE, (OWED, "-9.36")), "BC1017"),
    "VAT of a sale on a purchase": (entry((GOODS, "100"), (OWED, "-21"), (SUPPLIER, "-79")), "BC1018"),
    "VAT of a purchase on a sale": (entry((CUSTOMER, "79"), (SALES, "-100"), (DEDUCTED, "21")), "BC1018"),
    "an asset that goes": (entry((BANK, "100"), (CAR, "-100")), "BC1019"),
    "an asset that is sold": (entry((BANK, "121"), (CAR, "-100"), (OWED, "-21")), "BC1019"),
    "an asset given back": (entry((SUPPLIER, "121"), (CAR, "-100"), (DEDUCTED, "-21")), "BC1019"),
    "a document that leaves it open": (sale(DAY, "100.00", "0", meta='vat-1: "K 0 100.00 0.00"'), "BC1020"),
    "a code that bears no VAT": (sale(DAY, "100.00", "21.00", meta='vat: "EXP"'), "BC1030"),
    "an invoice and a credit note at once": (
        entry((RENT, "-100", "CC"), (GOODS, "50", "BE"), (DEDUCTED, "-10.50"), (OWED, "21"), (SUPPLIER, "39.50")),
        "BC1031",
    ),
    "a correction the wrong way": (entry((OWED, "50"), (RENT, "-50"), meta='vat: "ADJ-STATE"'), "BC1033"),
    "VAT in another currency": (entry((CUSTOMER, "100"), (SALES, "-100"), (OWED, "0 USD")), "BC1001"),
    "a base whose worth nobody says": (entry((CUSTOMER, "100 USD"), (SALES, "-100 USD")), "BC1002"),
}


@pytest.mark.parametrize("text", ODD, ids=[each.replace(" ", "-") for each in ODD])
def test_what_nobody_can_tell_is_told_with_file_and_line(cooperative, text):
    written, code = ODD[text]
    line = cooperative.write(written)
    told = cooperative.vat("return", "2026-Q1", "--format", "json")
    assert told.status == 1
    answered = json.loads(told.out)
    assert [(each["file"], each["line"]) for each in answered["undecided"]] == [
        ("activities/A001/books/2026.beancount", line)
    ]
    assert answered["grids"] == {"71": "0.00"}
    spoken = cooperative.vat("return", "2026-Q1").err
    assert any(f"2026.beancount:{line}: " in each and f"[{code}]" in each for each in spoken.splitlines()), spoken
    assert "Traceback" not in spoken


@pytest.mark.parametrize("text", [sale("1066-10-14", "1.00", "0.21"), purchase("1066-10-14", "1.00", "0.21")])
def test_a_date_before_all_law_is_told(cooperative, text):
    line = cooperative.write(text)
    told = cooperative.vat("return", "1066-Q4")
    assert told.status == 1
    assert f"2026.beancount:{line}: No rate of VAT is known for 1066-10-14; correct the date. [BC1021]" in told.err


def test_both_signs_of_one_code_are_added_and_their_sum_decides(cooperative):
    cooperative.write(entry((CUSTOMER, "96.80"), (SALES, "-100"), (SALES, "20"), (OWED, "-16.80"), meta='vat: "S21"'))
    assert cooperative.returned("2026-Q1")["grids"] == {"03": "80.00", "54": "16.80", "71": "16.80"}
    cooperative.write(entry((CUSTOMER, "-96.80"), (SALES, "100"), (SALES, "-20"), (OWED, "16.80"), meta='vat: "S21"'))
    grids = {"03": "80.00", "49": "80.00", "54": "16.80", "64": "16.80", "71": "0.00"}
    assert cooperative.returned("2026-Q1")["grids"] == grids


def test_a_sale_and_a_credit_note_of_two_rates_in_one_entry(cooperative):
    lines = (CUSTOMER, "110.40"), (SALES, "-100", "S21"), (SALES, "10", "S6"), (OWED, "-20.40")
    cooperative.write(entry(*lines))
    grids = {"03": "100.00", "49": "10.00", "54": "20.40", "71": "20.40"}
    assert cooperative.returned("2026-Q1")["grids"] == grids


@pytest.mark.parametrize("on_posting", [True, False])
def test_a_code_on_an_entry_between_units_is_told_and_counts_for_nothing(cooperative, on_posting):
    own = ("S21",) if on_posting else ()
    line = cooperative.write(entry((LIAISON, "100", *own), (BANK, "-100"), meta="" if on_posting else 'vat: "S21"'))
    cooperative.write(entry((LIAISON, "-100"), (BANK, "100")).replace(":A001", ":COOP"), "COOP")
    told = cooperative.vat("return", "2026-Q1")
    assert f"2026.beancount:{line}: " in told.err
    assert "[BC1004]" in told.err
    assert cooperative.returned("2026-Q1")["grids"] == {"71": "0.00"}


@pytest.mark.parametrize(
    "line", ["S 21", "S x 100.00 21.00", "S NaN 100.00 21.00", "S 21 Infinity 21.00", "", "S 21 1 2 3"]
)
def test_a_line_of_a_document_that_cannot_be_read_says_nothing(cooperative, line):
    cooperative.write(sale(DAY, "100.00", "21.00", meta=f'vat-1: "{line}"'))
    assert cooperative.returned("2026-Q1")["grids"] == {"03": "100.00", "54": "21.00", "71": "21.00"}


def test_a_line_of_an_endless_number_says_nothing(cooperative):
    cooperative.write(sale(DAY, "100.00", "21.00", meta=f'vat-{"9" * 5000}: "S 6 100.00 6.00"'))
    assert cooperative.returned("2026-Q1")["grids"] == {"03": "100.00", "54": "21.00", "71": "21.00"}
