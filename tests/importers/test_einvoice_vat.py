"""What an e-invoice is to VAT: the code it is booked with, what of its VAT is deducted, and the return that follows."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from beancoop.loading.ledger import load_ledger
from beancoop.model.periods import Span
from beancoop.vat.returns import VatBooks, make_return
from einvoice_cooperative import Inbox, codes, postings
from ubl_writer import CLIENT, CUSTOMER, FRENCH, US, Bill, Item, Who, credit, ubl

PURCHASE = Bill(buyer_reference="A003")
SALE = Bill(seller=US, buyer=CUSTOMER, number="A003-2026-0001")
PARISIAN = Who("Bois de Lorraine SARL", vat="FR61954506077", country="FR")
AMERICAN = Who("Widgets Inc.", vat="US123", country="US", endpoint="0088:1234567890128")
YEAR = Span(datetime.date(2026, 1, 1), datetime.date(2026, 12, 31))
D100 = Decimal("100.00")


@pytest.fixture
def inbox(tmp_path):
    return Inbox(tmp_path)


def item(category: str = "S", rate: int = 21, net: str = "100.00", name: str = "Plaques") -> Item:
    return Item(Decimal(net), category, Decimal(rate), name)


def rule(account: str, code: str, text: str = "plaques", flag: str = "*") -> str:
    said = f', vat = "{code}"' if code else ""
    then = f'account = "{account}", flag = "{flag}"{said}'
    return f'[[invoice]]\nname = "{text} {code}"\nwhen = {{ text = "{text}" }}\nthen = {{ {then} }}\n'


def bring(inbox: Inbox, bill: Bill | bytes, *rules: str):
    (inbox.coop.root / "rules.toml").write_text("\n".join(rules))
    result = inbox.one(bill)
    assert result.refusal is None
    return inbox.booked()[-1], "\n".join(map(str, result.warnings))


def grids(inbox: Inbox) -> dict[str, str]:
    """Give the return of what was booked, which must be whole."""
    books = VatBooks(load_ledger(inbox.coop.main).entries, "EUR")
    made = make_return(books, books.within(YEAR), (), {})
    assert ([each.message for each in made.undecided], made.ties) == ([], (Decimal(0), Decimal(0)))
    return {grid: str(amount) for grid, amount in made.grids.items()}


@pytest.mark.parametrize(
    ("items", "expected", "returned"),
    [
        ([item()], "S21", {"03": "100.00", "54": "21.00", "71": "21.00"}),
        ([item(rate=6)], "S6", {"01": "100.00", "54": "6.00", "71": "6.00"}),
        ([item("Z", 0)], "S0", {"00": "100.00", "71": "0.00"}),
        ([item("AE", 0)], "CC", {"45": "100.00", "71": "0.00"}),
        ([item("G", 0)], "EXP", {"47": "100.00", "71": "0.00"}),
        (
            [item(), item(rate=6, net="50.00"), item(rate=6, net="4.50"), item("AE", 0, "7.00")],
            "700 S21 -100.00, 700 S6 -54.50, 700 CC -7.00",
            {"01": "54.50", "03": "100.00", "45": "7.00", "54": "24.27", "71": "24.27"},
        ),
    ],
)
def test_a_sale_has_the_code_of_its_category_and_rate_and_one_posting_for_each(inbox, items, expected, returned):
    entry, told = bring(inbox, replace(SALE, items=tuple(items)))
    assert (codes(entry), entry.flag, told, grids(inbox)) == (expected, "*", "", returned)


def test_a_credit_note_of_several_rates_gives_each_back(inbox):
    bill = replace(SALE, items=(item(), item(rate=6)), number="A003-2026-0002", preceding=("A003-2026-0001",))
    entry, _ = bring(inbox, credit(bill))
    assert codes(entry) == "700 S21 100.00, 700 S6 100.00"
    assert grids(inbox) == {"49": "200.00", "64": "27.00", "72": "27.00"}


@pytest.mark.parametrize(
    ("buyer", "expected"),
    [
        (CUSTOMER, f"BE{CLIENT}"),
        (replace(CUSTOMER, vat="BE0999555406"), "BE0999555406"),  # wrong, and told by the listings
        (Who("Constructions Halleux SA", endpoint=f"9925:BE{CLIENT}"), f"BE{CLIENT}"),
        (PARISIAN, "FR61954506077"),
        (AMERICAN, None),
        (Who("Madame Dupont"), None),
    ],
)
def test_a_sale_tells_the_listings_who_bought(inbox, buyer, expected):
    entry, _ = bring(inbox, replace(SALE, buyer=buyer))
    assert entry.meta.get("party-vat") == expected


def test_a_purchase_tells_no_listing_who_sold(inbox):
    assert "party-vat" not in bring(inbox, PURCHASE)[0].meta


@pytest.mark.parametrize(("category", "buyer"), [("K", PARISIAN), ("AE", PARISIAN), ("E", CUSTOMER), ("O", CUSTOMER)])
def test_a_sale_whose_category_has_several_meanings_is_for_a_person_or_a_rule(inbox, category, buyer):
    bill = replace(SALE, buyer=buyer, items=(item(category, 0),))
    entry, told = bring(inbox, bill)
    assert (codes(entry), entry.flag) == ("", "!")
    assert f"category {category} of VAT has several meanings" in told
    entry, told = bring(inbox, replace(bill, number="A003-2026-0002"), rule("700-VentesPrestations", "ICS"))
    assert (codes(entry), entry.flag, told) == ("ICS", "*", "")


@pytest.mark.parametrize(
    ("code", "category", "deducted", "cost", "returned"),
    [
        ("", "S", "21.01", "100.05", {"59": "21.01", "82": "100.05", "72": "21.01"}),
        ("D50", "S", "10.50", "110.56", {"59": "10.50", "82": "110.56", "72": "10.50"}),
        ("ND", "S", None, "121.06", {"82": "121.06", "71": "0.00"}),
        ("BE", "E", None, "100.05", {"82": "100.05", "71": "0.00"}),
        ("OUT", "E", None, "100.05", {"71": "0.00"}),
    ],
)
def test_a_rule_says_what_of_the_vat_is_deducted(inbox, code, category, deducted, cost, returned):
    bill = replace(PURCHASE, items=(item(category, 21 if category == "S" else 0, "100.05"),))
    entry, told = bring(inbox, bill, rule("6130-Vehicules", code))
    assert (codes(entry), entry.flag, told) == (code or "BE", "*", "")
    booked = postings(entry)
    assert (booked.get("411:A003"), booked["6130:A003"]) == (deducted, cost)
    assert grids(inbox) == returned


def test_the_credit_note_of_a_car_is_the_mirror(inbox):
    entry, _ = bring(inbox, credit(replace(PURCHASE, items=(item(net="100.05"),))), rule("6130-Vehicules", "D50"))
    assert postings(entry) == {"6130:A003": "-110.56", "411:A003": "-10.50", "440:A003": "121.06"}
    assert grids(inbox)["63"] == "10.50"


def test_what_is_deducted_in_part_stands_beside_what_is_deducted_in_full(inbox):
    items = (item(net="10.00", name="Repas"), item(net="20.00", name="Hotel"), item(), item(rate=6, net="33.33"))
    rules = rule("6131-Restaurant", "ND", "repas"), rule("6131-Restaurant", "ND", "hotel"), rule("601-Divers", "")
    entry, _ = bring(inbox, replace(PURCHASE, items=items), *rules)
    assert codes(entry) == "6131 ND 36.30, 601 BE 133.33"
    assert postings(entry)["411:A003"] == "23.00"
    assert grids(inbox) == {"59": "23.00", "81": "133.33", "82": "36.30", "72": "23.00"}


@pytest.mark.parametrize(
    ("category", "seller", "code", "due", "returned"),
    [
        ("AE", PURCHASE.seller, "CC", "21.00", {"56": "21.00", "59": "21.00", "82": "100.00", "87": "100.00"}),
        ("AE", PURCHASE.seller, "CC@6", "6.00", {"56": "6.00", "59": "6.00", "82": "100.00", "87": "100.00"}),
        ("K", FRENCH, "ICG@12", "12.00", {"55": "12.00", "59": "12.00", "82": "100.00", "86": "100.00"}),
        ("AE", FRENCH, "ICS@21", "21.00", {"55": "21.00", "59": "21.00", "82": "100.00", "88": "100.00"}),
        ("O", AMERICAN, "NEU@21", "21.00", {"56": "21.00", "59": "21.00", "82": "100.00", "87": "100.00"}),
        ("G", AMERICAN, "IMP", "21.00", {"57": "21.00", "59": "21.00", "82": "100.00", "87": "100.00"}),
    ],
)
def test_what_the_buyer_owes_has_the_code_and_rate_of_a_rule(inbox, category, seller, code, due, returned):
    bill = replace(PURCHASE, seller=seller, items=(item(category, 0),))
    entry, told = bring(inbox, bill, rule("6130-Vehicules", code))
    assert (codes(entry), entry.flag, told) == (code, "*", "")
    assert (postings(entry)["411:A003"], postings(entry)["451:A003"]) == (due, f"-{due}")
    assert grids(inbox) == {**returned, "71": "0.00"}


@pytest.mark.parametrize(("category", "told"), [("AE", "which nobody has said"), ("K", "which nobody has said")])
def test_what_the_buyer_owes_at_a_rate_nobody_says_is_for_a_person(inbox, category, told):
    bill = replace(PURCHASE, items=(item(category, 0),))
    entry, notes = bring(inbox, bill, rule("6130-Vehicules", ""))
    assert (codes(entry), entry.flag) == ("", "!")
    assert told in notes
    assert postings(entry)["451:A003"] == "-21.00"


@pytest.mark.parametrize("category", ["G", "Z", "O"])
def test_what_a_foreign_supplier_asks_no_vat_for_is_for_a_person(inbox, category):
    entry, told = bring(inbox, replace(PURCHASE, seller=AMERICAN, items=(item(category, 0),)), rule("601-Divers", ""))
    assert (codes(entry), entry.flag) == ("", "!")
    assert "see whether you owe it here" in told


@pytest.mark.parametrize("category", ["E", "O", "G"])
def test_a_belgian_purchase_whose_category_has_several_meanings_is_for_a_person(inbox, category):
    entry, told = bring(inbox, replace(PURCHASE, items=(item(category, 0),)), rule("601-Divers", ""))
    assert (codes(entry), entry.flag) == ("", "!")
    assert f"category {category} of VAT has several meanings" in told


def test_the_vat_of_another_country_is_part_of_a_cost_that_a_rule_puts_outside(inbox):
    bill = replace(PURCHASE, seller=FRENCH, items=(item(rate=20),))
    entry, told = bring(inbox, bill, rule("6150-Deplacements", "OUT"))
    assert (codes(entry), entry.flag, told) == ("OUT", "*", "")
    assert postings(entry) == {"6150:A003": "120.00", "440:A003": "-120.00"}
    assert grids(inbox) == {"71": "0.00"}


@pytest.mark.parametrize(
    ("bill", "code", "kept"),
    [
        (PURCHASE, "CC@6", "BE"),  # the document asks VAT
        (PURCHASE, "OUT", "BE"),
        (PURCHASE, "S21", "BE"),  # of the other side
        (replace(PURCHASE, seller=FRENCH, items=(item(rate=20),)), "BE", ""),
        (SALE, "S6", "S21"),
        (SALE, "CC", "S21"),
        (replace(SALE, items=(item("AE", 0),)), "S21", "CC"),
    ],
)
def test_a_rule_that_contradicts_the_document_is_told(inbox, bill, code, kept):
    entry, told = bring(inbox, bill, rule("700-VentesPrestations" if bill.seller is US else "601-Divers", code))
    assert (codes(entry), entry.flag) == (kept, "!")
    assert f"the rule says vat = '{code}'" in told


@pytest.mark.parametrize(
    ("default", "items", "expected"),
    [
        ("D50", [item()], "D50"),
        ("CC@6", [item("AE", 0)], "CC@6"),
        ("OUT", [item("E", 0)], "OUT"),
        ("OUT", [item()], "BE"),  # a default that cannot stand on what the document says
        ("CC@6", [item()], "BE"),
        ("S21", [item()], "BE"),
    ],
)
def test_the_default_of_the_account_says_what_the_document_leaves_open(inbox, default, items, expected):
    opened = f'2020-01-01 open Expenses:61:6130-Vehicules:A003\n  vat: "{default}"\n'
    inbox.coop.add(inbox.coop.books.parent / "ledger.beancount", opened)
    entry, told = bring(inbox, replace(PURCHASE, items=tuple(items)), rule("6130-Vehicules", ""))
    assert (codes(entry), entry.flag, told) == (expected, "*", "")


def test_what_is_set_off_or_rounded_is_no_operation_of_its_own(inbox):
    bill = replace(SALE, prepaid=Decimal("21.00"), rounding=Decimal("0.40"))
    entry, _ = bring(inbox, bill)
    assert codes(entry) == "700 S21 -100.00, 743 OUT -0.40, 460 OUT 21.00"
    assert grids(inbox) == {"03": "100.00", "54": "21.00", "71": "21.00"}
    assert codes(bring(inbox, replace(SALE, number="A003-2026-0002", rounding=Decimal("0.02")))[0]) == "S21"


@pytest.mark.parametrize(("bill", "expected"), [(PURCHASE, "406"), (SALE, "460")])
def test_an_invoice_for_an_advance_has_its_code(inbox, bill, expected):
    entry, _ = bring(inbox, replace(bill, type="386"))
    assert codes(entry) == ("BE" if bill is PURCHASE else "S21")
    assert f"{expected}:A003" in postings(entry)


def test_lines_that_cancel_each_other_cost_what_is_left(inbox):
    items = (item(net="100.00", name="Repas"), item(net="-100.00"), item(net="0.00", name="Cadeau"))
    rules = rule("6131-Restaurant", "ND", "repas"), rule("601-Divers", "D50")
    entry, _ = bring(inbox, replace(PURCHASE, items=items), *rules)
    assert sum(posting.units.number for posting in entry.postings) == 0


@pytest.mark.parametrize("code", ['"S99"', '"CC@7"', '"BE@21"', "21", '""', '"CC@sNaN"'])
def test_a_rule_with_a_code_that_is_none_is_refused_with_its_line(inbox, code):
    (inbox.coop.root / "rules.toml").write_text(rule("601-Divers", "BE").replace('"BE"', code))
    refusal = str(inbox.one(PURCHASE).refusal)
    assert "rules.toml:4: " in refusal
    assert "vat" in refusal


def test_a_rate_that_nothing_is_under_has_no_posting(inbox):
    written = ubl(PURCHASE).decode()
    subtotal = re.search("<cac:TaxSubtotal>.*?</cac:TaxSubtotal>", written)[0]
    nothing = subtotal.replace(">100.00<", ">0.00<").replace(">21.00<", ">0.00<").replace(">21<", ">6<")
    entry, _ = bring(inbox, written.replace(subtotal, subtotal + nothing).encode())
    assert (codes(entry), entry.meta["vat-2"]) == ("BE", "S 6 0.00 0.00")
    assert len(entry.postings) == 3
