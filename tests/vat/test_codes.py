"""Each code on an invoice and on a credit note: the grids it moves (FPS Finance's directives to the return)."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from beancoop.model.periods import Span
from beancoop.vat.returns import VatBooks, make_return
from loading import load

YEAR = Span(datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))
CUSTOMER, SUPPLIER = "Assets:40:400-Clients:A001", "Liabilities:44:440-Fournisseurs:A001"
OWED, DEDUCTED = "Liabilities:45:451-TVAPayer:A001", "Assets:41:411-TVARecuperer:A001"
SOLD, GOODS, SERVICES, ASSETS = (
    "Income:70:700-VentesPrestations:A001",
    "Expenses:60:600-MatieresPremieres:A001",
    "Expenses:61:610-Loyers:A001",
    "Assets:24:240-Mobilier:A001",
)


def entry(code: str, *postings: tuple[str, str], date: str = "2026-02-10", links: str = "") -> str:
    meta = f'  vat: "{code}"\n' if code else ""
    return f'{date} * "Essai" {links}\n{meta}' + "".join(f"  {name}  {amount} EUR\n" for name, amount in postings)


def make(*texts: str):
    loaded = load("\n".join(texts), plugin=None)
    assert loaded.errors == []
    books = VatBooks(loaded.entries, "EUR")
    return make_return(books, books.within(YEAR), (), {})


def grids(made) -> dict[str, str]:
    return {grid: str(amount) for grid, amount in made.grids.items()}


def sale(code: str, base: int, tax: str) -> str:
    total = Decimal(base) + Decimal(tax)
    tax_line = [(OWED, f"{-Decimal(tax)}")] if Decimal(tax) else []
    return entry(code, (CUSTOMER, f"{total}"), (SOLD, f"{-base}.00"), *tax_line)


def purchase(code: str, account: str, cost: str, deducted: str = "0", owed: str = "0") -> str:
    lines = [(account, cost)]
    lines += [(DEDUCTED, deducted)] if Decimal(deducted) else []
    lines += [(OWED, f"{-Decimal(owed)}")] if Decimal(owed) else []
    return entry(code, *lines, (SUPPLIER, f"{-Decimal(cost) - Decimal(deducted) + Decimal(owed)}"))


SALES = [
    ("S21", "21.00", {"03": "100.00", "54": "21.00", "71": "21.00"}, {"49": "100.00", "64": "21.00", "72": "21.00"}),
    ("S12", "12.00", {"02": "100.00", "54": "12.00", "71": "12.00"}, {"49": "100.00", "64": "12.00", "72": "12.00"}),
    ("S6", "6.00", {"01": "100.00", "54": "6.00", "71": "6.00"}, {"49": "100.00", "64": "6.00", "72": "6.00"}),
    ("S0", "0", {"00": "100.00", "71": "0.00"}, {"49": "100.00", "71": "0.00"}),
    ("CC", "0", {"45": "100.00", "71": "0.00"}, {"49": "100.00", "71": "0.00"}),
    ("ICS", "0", {"44": "100.00", "71": "0.00"}, {"48": "100.00", "71": "0.00"}),
    ("ICG", "0", {"46": "100.00", "71": "0.00"}, {"48": "100.00", "71": "0.00"}),
    ("ICT", "0", {"46": "100.00", "71": "0.00"}, {"48": "100.00", "71": "0.00"}),
    ("EXP", "0", {"47": "100.00", "71": "0.00"}, {"49": "100.00", "71": "0.00"}),
    ("EX44", "0", {"00": "100.00", "71": "0.00"}, {"49": "100.00", "71": "0.00"}),
    ("UNIV", "0", {"71": "0.00"}, {"71": "0.00"}),
    ("OUT", "0", {"71": "0.00"}, {"71": "0.00"}),
]


@pytest.mark.parametrize(("code", "tax", "invoice", "credit_note"), SALES, ids=[each[0] for each in SALES])
def test_a_sale_and_its_credit_note(code, tax, invoice, credit_note):
    sold = make(sale(code, 100, tax))
    back = make(sale(code, -100, f"{-Decimal(tax)}"))
    assert (grids(sold), grids(back)) == (invoice, credit_note)
    for made in (sold, back):
        assert (made.undecided, made.ties) == ([], (Decimal(0), Decimal(0)))


PURCHASES = [  # code, account, cost, deducted, owed, grids of the invoice, grids of the credit note
    ("BE", GOODS, "100.00", "21.00", "0", {"59": "21.00", "81": "100.00", "72": "21.00"},
     {"63": "21.00", "85": "100.00", "71": "21.00"}, {"81": "100.00"}),
    ("BE", SERVICES, "100.00", "21.00", "0", {"59": "21.00", "82": "100.00", "72": "21.00"},
     {"63": "21.00", "85": "100.00", "71": "21.00"}, {"82": "100.00"}),
    ("BE", ASSETS, "100.00", "21.00", "0", {"59": "21.00", "83": "100.00", "72": "21.00"},
     {"63": "21.00", "85": "100.00", "71": "21.00"}, {"83": "100.00"}),
    ("ICG", GOODS, "100.00", "21.00", "21.00", {"55": "21.00", "59": "21.00", "81": "100.00", "86": "100.00", "71": "0.00"},
     {"61": "21.00", "62": "21.00", "84": "100.00", "71": "0.00"}, {"81": "100.00", "86": "100.00"}),
    ("ICS", GOODS, "100.00", "21.00", "21.00", {"55": "21.00", "59": "21.00", "82": "100.00", "88": "100.00", "71": "0.00"},
     {"61": "21.00", "62": "21.00", "84": "100.00", "71": "0.00"}, {"82": "100.00", "88": "100.00"}),
    ("CC", SERVICES, "100.00", "21.00", "21.00", {"56": "21.00", "59": "21.00", "82": "100.00", "87": "100.00", "71": "0.00"},
     {"61": "21.00", "62": "21.00", "85": "100.00", "71": "0.00"}, {"82": "100.00", "87": "100.00"}),
    ("CC@6", SERVICES, "100.00", "6.00", "6.00", {"56": "6.00", "59": "6.00", "82": "100.00", "87": "100.00", "71": "0.00"},
     {"61": "6.00", "62": "6.00", "85": "100.00", "71": "0.00"}, {"82": "100.00", "87": "100.00"}),
    ("IMP", GOODS, "100.00", "21.00", "21.00", {"57": "21.00", "59": "21.00", "81": "100.00", "87": "100.00", "71": "0.00"},
     {"61": "21.00", "62": "21.00", "85": "100.00", "71": "0.00"}, {"81": "100.00", "87": "100.00"}),
    ("NEU", GOODS, "100.00", "21.00", "21.00", {"56": "21.00", "59": "21.00", "82": "100.00", "87": "100.00", "71": "0.00"},
     {"61": "21.00", "62": "21.00", "85": "100.00", "71": "0.00"}, {"82": "100.00", "87": "100.00"}),
    ("D50", SERVICES, "110.50", "10.50", "0", {"59": "10.50", "82": "110.50", "72": "10.50"},
     {"63": "10.50", "85": "100.00", "71": "10.50"}, {"82": "110.50"}),
    ("ND", SERVICES, "121.00", "0", "0", {"82": "121.00", "71": "0.00"}, {"85": "121.00", "71": "0.00"}, {"82": "121.00"}),
    ("OUT", SERVICES, "100.00", "0", "0", {"71": "0.00"}, {"71": "0.00"}, {}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "account", "cost", "deducted", "owed", "invoice", "credit_note", "carried"),
    PURCHASES,
    ids=[f"{each[0]}-{each[1].split(':')[2]}" for each in PURCHASES],
)
def test_a_purchase_and_its_credit_note(code, account, cost, deducted, owed, invoice, credit_note, carried):
    bought = make(purchase(code, account, cost, deducted, owed))
    back = make(purchase(code, account, *(f"{-Decimal(each)}" for each in (cost, deducted, owed))))
    assert (grids(bought), grids(back)) == (invoice, credit_note)
    assert {grid: str(amount) for grid, amount in back.carried.items()} == carried
    for made in (bought, back):
        assert (made.undecided, made.ties) == ([], (Decimal(0), Decimal(0)))


def test_a_reverse_charge_that_is_deducted_in_part_holds_the_base_alone_in_its_grid():
    made = make(purchase("CC", SERVICES, "110.50", "10.50", "21.00"))
    assert grids(made) == {"56": "21.00", "59": "10.50", "82": "110.50", "87": "100.00", "71": "10.50"}
    assert made.remarks == []


TWO_DEDUCTIONS = entry(
    "", (f"{SERVICES}", "110.50"), (GOODS, "100.00"), (DEDUCTED, "31.50"), (SUPPLIER, "-242.00")
).replace(f"  {GOODS}", f'    vat: "D50"\n  {GOODS}')


def test_a_car_beside_other_purchases_is_declared_as_posted():
    assert grids(make(TWO_DEDUCTIONS)) == {"59": "31.50", "81": "100.00", "82": "110.50", "72": "31.50"}


def test_the_credit_note_of_both_needs_an_entry_for_each_since_grid_85_holds_the_base_alone():
    turned = TWO_DEDUCTIONS
    for amount in ("110.50", "100.00", "31.50", "-242.00"):
        turned = turned.replace(f"  {amount} ", f"  {-Decimal(amount)} ")
    assert [finding.code for finding in make(turned).undecided] == ["BC1032"]


OPENED = """2026-01-01 * "Reprise" #opening
  Assets:24:240-M:A001  100 EUR
  Assets:41:411-T:A001  21 EUR
  Equity:14:140-R:A001  -121 EUR
"""


@pytest.mark.parametrize(
    ("code", "account", "amount", "expected"),
    [
        ("ADJ-STATE", OWED, "-50.00", {"61": "50.00", "71": "50.00"}),
        ("ADJ-STATE", DEDUCTED, "-50.00", {"61": "50.00", "71": "50.00"}),
        ("ADJ-SELF", DEDUCTED, "50.00", {"62": "50.00", "72": "50.00"}),
        ("ADJ-SELF", OWED, "50.00", {"62": "50.00", "72": "50.00"}),
    ],
)
def test_a_correction_has_one_grid_and_its_bases_none(code, account, amount, expected):
    made = make(entry(code, (account, amount), (SERVICES, f"{-Decimal(amount)}")))
    assert (grids(made), made.undecided, made.ties) == (expected, [], (Decimal(0), Decimal(0)))


def test_a_correction_in_the_other_direction_is_told():
    made = make(entry("ADJ-STATE", (OWED, "50.00"), (SERVICES, "-50.00")))
    assert [finding.code for finding in made.undecided] == ["BC1033"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (sale("S22", 100, "22.00"), "BC1010"),
        (sale("BE", 100, "21.00"), "BC1011"),
        (purchase("S21", GOODS, "100.00", "21.00"), "BC1011"),
        (sale("S21@6", 100, "21.00"), "BC1012"),
        (purchase("CC@7", GOODS, "100.00", "7.00", "7.00"), "BC1012"),
        (purchase("CC@x", GOODS, "100.00", "7.00", "7.00"), "BC1012"),
        (purchase("CC@sNaN", GOODS, "100.00", "7.00", "7.00"), "BC1012"),
        (purchase("CC@", GOODS, "100.00", "7.00", "7.00"), "BC1012"),
        (sale("", 100, "0"), "BC1013"),
        (purchase("", GOODS, "100.00", "21.00", "21.00"), "BC1014"),
        (sale("", 100, "17.00"), "BC1015"),
        (
            entry(
                "",
                (CUSTOMER, "122.75"),
                (SOLD, "-66.00"),
                ("Income:70:701-Marchandises:A001", "-43.63"),
                (OWED, "-13.12"),
            ),
            "BC1016",
        ),
        (entry("", (CUSTOMER, "-121.00"), (SOLD, "100.00"), (DEDUCTED, "21.00")), "BC1018"),
        (entry("", (SUPPLIER, "-79.00"), (GOODS, "100.00"), (OWED, "-21.00")), "BC1018"),
        (entry("", (CUSTOMER, "121.00"), (ASSETS, "-100.00"), (OWED, "-21.00")), "BC1019"),
        (sale("OUT", 100, "21.00"), "BC1030"),
        (sale("CC", 100, "21.00"), "BC1030"),
        (purchase("ND", SERVICES, "100.00", "21.00"), "BC1030"),
        (entry("", (OWED, "-21.00"), (CUSTOMER, "21.00")), "BC1003"),
    ],
)
def test_what_cannot_be_read_in_one_way_is_told_with_its_place_and_guessed_never(text, code):
    made = make(text)
    assert [(finding.line, finding.code) for finding in made.undecided] == [(1, code)]
    assert grids(made) == {"71": "0.00"}


def test_undecided_tax_stays_in_the_tie_so_that_a_return_is_not_ready():
    assert make(sale("", 100, "17.00")).ties == (Decimal(0), Decimal("17.00"))
    assert make(purchase("", GOODS, "100.00", "21.00", "21.00")).ties == (Decimal("21.00"), Decimal("21.00"))
    assert make(entry("", (OWED, "-21.00"), (CUSTOMER, "21.00"))).ties == (Decimal(0), Decimal("21.00"))
    assert make(entry("", (DEDUCTED, "21.00"), ("Expenses:65:657-Frais:A001", "-21.00"))).ties == (
        Decimal("21.00"),
        Decimal(0),
    )


def test_tax_that_differs_from_the_rate_counts_as_booked_and_is_told():
    made = make(sale("S21", 100, "20.90"))
    assert grids(made) == {"03": "100.00", "54": "20.90", "71": "20.90"}
    assert [finding.code for finding in made.remarks] == ["BC1034"]
    assert make(sale("S21", 100, "20.98")).remarks == []


@pytest.mark.parametrize(
    "text",
    [
        entry("", (OWED, "21.00"), ("Assets:9:960-Liaison:A001", "-21.00")),
        entry("", (OWED, "21.00"), ("Liabilities:45:4519-CompteProvisionTVA:A001", "-21.00")),
        entry("", (DEDUCTED, "-21.00"), ("Assets:55:5500-Banque:A001", "21.00")),
        OPENED,
        entry("", (OWED, "21.00"), ("Assets:9:960-Liaison:A001", "-21.00"), links="^vat-2026-Q1"),
        entry("", ("Expenses:61:619-Indemnites:A001", "500.00"), ("Assets:55:5500-Banque:A001", "-500.00")),
        entry("", ("Income:74:740-Subsides:A001", "-500.00"), ("Assets:55:5500-Banque:A001", "500.00")),
        entry("", ("Expenses:63:630-Dotations:A001", "50.00"), ("Assets:24:2409-Amort:A001", "-50.00")),
    ],
)
def test_what_is_no_operation_has_no_grid_and_no_part_in_the_tie(text):
    made = make(text)
    assert (grids(made), made.undecided, made.ties) == ({"71": "0.00"}, [], (Decimal(0), Decimal(0)))


def test_a_link_that_settles_hides_no_sale():
    assert grids(make(entry("", (CUSTOMER, "121.00"), (SOLD, "-100.00"), (OWED, "-21.00"), links="^vat-2026-Q1"))) == {
        "03": "100.00",
        "54": "21.00",
        "71": "21.00",
    }


def test_a_code_between_the_accounts_of_the_company_is_told():
    made = make(entry("S21", ("Assets:9:960-Liaison:A001", "5.00"), ("Assets:55:5500-Banque:A001", "-5.00")))
    assert [finding.code for finding in made.remarks] == ["BC1004"]


def test_a_purchase_without_tax_has_a_grid_where_a_supplier_stands_behind_it():
    assert grids(make(purchase("", SERVICES, "100.00"))) == {"82": "100.00", "71": "0.00"}
    by_invoice = entry("", (SERVICES, "100.00"), ("Assets:55:5500-Banque:A001", "-100.00"))
    assert grids(make(by_invoice)) == {"71": "0.00"}
    assert grids(make(by_invoice.replace('"Essai" \n', '"Essai"\n  invoice-ref: "F1"\n'))) == {
        "82": "100.00",
        "71": "0.00",
    }


def test_the_default_of_an_account_comes_after_what_is_written():
    opened = f'2020-01-01 open {SERVICES}\n  vat: "OUT"\n'
    assert grids(make(opened, purchase("", SERVICES, "100.00"))) == {"71": "0.00"}
    assert grids(make(opened, purchase("BE", SERVICES, "100.00", "21.00")))["82"] == "100.00"


def test_a_document_decides_where_its_sums_are_those_booked():
    mixed = entry("", (CUSTOMER, "227.00"), (SOLD, "-200.00"), (OWED, "-27.00"))
    lines = '"Essai" \n  vat-1: "S 21 100.00 21.00"\n  vat-2: "S 6 100.00 6.00"\n'
    assert [finding.code for finding in make(mixed).undecided] == ["BC1015"]
    assert grids(make(mixed.replace('"Essai" \n', lines))) == {
        "01": "100.00",
        "03": "100.00",
        "54": "27.00",
        "71": "27.00",
    }
    assert [
        finding.code for finding in make(mixed.replace('"Essai" \n', lines.replace("100.00", "90.00"))).undecided
    ] == ["BC1015"]


def said(text: str, *lines: str) -> str:
    meta = "".join(f'  vat-{number}: "{line}"\n' for number, line in enumerate(lines, 1))
    return text.replace('"Essai" \n', f'"Essai" \n{meta}', 1)


def test_a_document_is_cut_over_the_postings_in_their_order():
    mixed = entry("", (CUSTOMER, "237.00"), (SOLD, "-150.00"), (SOLD, "-60.00"), (OWED, "-27.00"))
    made = make(said(mixed, "S 21 100.00 21.00", "S 6 100.00 6.00", "Z 0 10.00 0.00"))
    assert grids(made) == {"00": "10.00", "01": "100.00", "03": "100.00", "54": "27.00", "71": "27.00"}
    [declared] = made.declared
    assert [(each.base.number, str(each.amount), each.code.name) for each in declared.coded] == [
        (2, "-100.00", "S21"), (2, "-50.00", "S6"), (3, "-50.00", "S6"), (3, "-10.00", "S0")
    ]  # fmt: skip


def test_a_document_of_several_codes_says_nothing_where_goods_and_services_are_mixed():
    mixed = entry("", (GOODS, "100.00"), (SERVICES, "50.00"), (DEDUCTED, "21.00"), (SUPPLIER, "-171.00"))
    made = make(said(mixed, "S 21 100.00 21.00", "AE 0 50.00 0.00"))
    assert grids(made) == {"59": "21.00", "81": "100.00", "82": "50.00", "72": "21.00"}


def test_where_a_document_leaves_it_open_the_default_of_the_account_decides():
    opened = f'2020-01-01 open {SERVICES}\n  vat: "OUT"\n'
    assert grids(make(opened, said(purchase("", SERVICES, "100.00"), "E 0 100.00 0.00"))) == {"71": "0.00"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Z 0 100.00 0.00", {"00": "100.00", "71": "0.00"}),
        ("G 0 100.00 0.00", {"47": "100.00", "71": "0.00"}),
        ("AE 0 100.00 0.00", {"45": "100.00", "71": "0.00"}),
    ],
)
def test_a_document_without_tax_decides_by_its_category(line, expected):
    assert grids(make(sale("", 100, "0").replace('"Essai" \n', f'"Essai" \n  vat-1: "{line}"\n'))) == expected


@pytest.mark.parametrize("category", ["K", "E", "O"])
def test_a_category_with_several_meanings_is_told(category):
    text = sale("", 100, "0").replace('"Essai" \n', f'"Essai" \n  vat-1: "{category} 0 100.00 0.00"\n')
    assert [finding.code for finding in make(text).undecided] == ["BC1020"]


@pytest.mark.parametrize("party", ['supplier: "FR61954506077"', 'party-vat: "FR 61 954506077"', 'customer: "XI123"'])
def test_a_reverse_charge_across_a_border_is_not_that_of_a_belgian_co_contractor(party):
    said = f'"Essai" \n  {party}\n  vat-1: "AE 0 100.00 0.00"\n'
    assert [each.code for each in make(sale("", 100, "0").replace('"Essai" \n', said)).undecided] == ["BC1020"]
    bought = purchase("", SERVICES, "100.00", "21.00", "21.00").replace('"Essai" \n', said)
    assert [each.code for each in make(bought).undecided] == ["BC1020"]
    home = said.replace(party, 'supplier: "0208:0999777614"\n  customer: "BE0999555405"')
    assert grids(make(sale("", 100, "0").replace('"Essai" \n', home)))["45"] == "100.00"


def test_rounding_beside_an_invoice_is_no_base():
    made = make(
        entry(
            "", (GOODS, "100.00"), (DEDUCTED, "21.00"), ("Expenses:64:643-Arrondis:A001", "0.02"), (SUPPLIER, "-121.02")
        )
    )
    assert grids(made) == {"59": "21.00", "81": "100.00", "72": "21.00"}
