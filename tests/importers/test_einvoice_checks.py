"""What does not agree is refused, with the terms and both figures; what is odd is told."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from beancoop_importers.model.statement import Refused
from beancoop_importers.readers import einvoice
from ubl_writer import FRENCH, SUPPLIER, US, Bill, Item, Who, credit, ubl

BILL = Bill(
    items=(Item(Decimal("100.00")), Item(Decimal("50.00"), "S", Decimal(6))),
    adjustments=(Item(Decimal("-5.00")), Item(Decimal("7.50"))),
    prepaid=Decimal("20.00"),
    rounding=Decimal("0.03"),
)


def refusal(bill: Bill) -> str:
    with pytest.raises(Refused) as caught:
        einvoice.read(ubl(bill))
    return f"line {caught.value.line}: {caught.value.message}" if caught.value.line else caught.value.message


def warnings(bill: Bill) -> list[str]:
    return [note.text for note in einvoice.read(ubl(bill)).warnings]


class TestSums:
    @pytest.mark.parametrize(
        ("term", "figures"),
        [
            ("BT-131/1", "149.99.*150.00"),
            ("BT-92/1", "4.99.*5.00"),
            ("BT-92/2", "4.99.*7.50"),
            ("BT-106", "150.00.*4.99"),
            ("BT-107", "5.00.*4.99"),
            ("BT-108", "7.50.*4.99"),
            ("BT-109", "152.50.*4.99"),
            ("BT-116/1", "54.99.*152.50"),
            ("BT-117/1", "7.99.*24.53"),
            ("BT-110", "24.53.*4.99"),
            ("BT-112", "177.03.*4.99"),
            ("BT-113", "172.07.*157.06"),
            ("BT-114", "162.02.*157.06"),
            ("BT-115", "157.06.*4.99"),
        ],
    )
    def test_a_figure_changed(self, term, figures):
        changed = "99.99" if term == "BT-131/1" else "4.99"
        said = refusal(replace(BILL, says={term: changed}))
        assert re.match(rf"line \d+: .*{figures}.*contradicts itself", said), said

    def test_a_base_moved_from_one_rate_to_the_other(self):
        """The bases and the VAT add up, but not to what the lines are."""
        said = refusal(
            replace(
                BILL,
                says={"BT-116/1": "52.50", "BT-117/1": "11.03", "BT-116/2": "100.00", "BT-117/2": "6.00"}
                | {"BT-110": "17.03", "BT-112": "169.53", "BT-115": "149.56"},
            )
        )
        assert "the lines, allowances and charges of S 21 % make 102.50, but the base (BT-116) is 52.50" in said

    def test_vat_is_rounded_once_per_rate_on_its_total(self):
        """Three lines of 0.35 at 21 % bear 0.07 each, and 0.22 together."""
        lines = (Item(Decimal("0.35")),) * 3
        assert einvoice.read(ubl(Bill(lines))).totals.tax == Decimal("0.22")
        one_by_one = Bill(lines, says={"BT-117/1": "0.21", "BT-110": "0.21", "BT-112": "1.26", "BT-115": "1.26"})
        assert "S 21 % of 1.05 make 0.22, but the VAT (BT-117) is 0.21" in refusal(one_by_one)

    def test_half_a_cent_goes_up_whatever_the_sign(self):
        for net, tax in (("0.50", "0.11"), ("-0.50", "-0.11")):
            assert einvoice.read(ubl(Bill((Item(Decimal(net)),)))).totals.tax == Decimal(tax)

    def test_without_breakdown_there_is_no_vat(self):
        content = re.sub(rb"<cac:TaxTotal>.*?</cac:TaxTotal>", b"", ubl(Bill((Item(Decimal(9), "O", Decimal(0)),))))
        assert einvoice.read(content).vat == ()
        with pytest.raises(Refused, match=r"net total and VAT \(BT-109, BT-110\) make 9.00, but"):
            einvoice.read(
                content.replace(b'InclusiveAmount currencyID="EUR">9.00', b'InclusiveAmount currencyID="EUR">9.01')
            )


class TestSorts:
    @pytest.mark.parametrize("code", ["325", "310", "1", "ABC"])
    def test_what_is_no_invoice(self, code):
        assert f"BT-3, the type, is {code}" in refusal(Bill(type=code))

    @pytest.mark.parametrize("code", ["380", "384", "386", "389", "381"])
    def test_what_is_one(self, code):
        assert einvoice.read(ubl(Bill(type=code))).type == code

    def test_a_credit_note_of_a_negative_total(self):
        assert "nobody can tell" in refusal(credit(Bill((Item(Decimal("-100.00")),))))

    def test_an_invoice_of_a_negative_total(self):
        read = einvoice.read(ubl(Bill((Item(Decimal("-100.00")),))))
        assert (read.is_credit_note, read.gives_back, read.totals.payable) == (False, True, Decimal("-121.00"))

    @pytest.mark.parametrize("category", ["B", "L", "M", "X", ""])
    def test_a_vat_category_of_no_belgian_law(self, category):
        said = refusal(Bill((Item(Decimal("100.00"), category, Decimal(0)),)))
        assert f"the VAT category {category!r} (BT-118)" in said

    @pytest.mark.parametrize(("category", "rate"), [("S", 0), ("AE", 21), ("E", 6), ("Z", 21)])
    def test_a_rate_where_there_is_none(self, category, rate):
        assert "category S alone has a rate" in refusal(Bill((Item(Decimal("1.00"), category, Decimal(rate)),)))

    def test_a_rate_given_twice(self):
        content = ubl(Bill((Item(Decimal("0.00")), Item(Decimal("9.00"), "Z", Decimal(0)))))
        subtotal = re.search(rb"<cac:TaxSubtotal>.*?</cac:TaxSubtotal>", content)[0]
        with pytest.raises(Refused, match=r"S 21 % .* is given twice"):
            einvoice.read(content.replace(subtotal, subtotal * 2))

    def test_more_rates_than_anyone_counts(self):
        items = tuple(Item(Decimal("1.00"), "S", Decimal(rate)) for rate in range(1, 52))
        assert "51 rates of VAT" in refusal(Bill(items))

    @pytest.mark.parametrize("changes", [{"number": "9" * 101}, {"preceding": ("9" * 101,)}])
    def test_a_number_no_invoice_has(self, changes):
        assert "has 101 characters" in refusal(replace(Bill(), **changes))


class TestOddities:
    def test_none(self):
        assert warnings(BILL) == []

    def test_check_digits_of_an_enterprise_number(self):
        assert warnings(Bill(seller=Who("X", "0999777615"))) == [
            "the check digits of the seller's enterprise number 0999777615 are wrong. [BC840]"
        ]
        assert warnings(Bill(buyer=replace(US, vat="BE0999777615"))) == [
            "the check digits of the buyer's enterprise number 0999777615 are wrong. [BC841]"
        ]

    def test_a_vat_number_of_another_country(self):
        assert warnings(Bill(seller=FRENCH)) == []
        assert warnings(Bill(seller=replace(FRENCH, vat="FR61954506078"))) == [
            "the seller's VAT number FR61954506078 is wrong by the rules of its country. [BC842]"
        ]
        assert warnings(Bill(seller=replace(FRENCH, vat="CHE116281710MWST"))) == []

    def test_an_account_to_pay_to(self):
        assert warnings(Bill(payments=(("", "BE71096123456768"), ("", "1234567")))) == [
            "the check digits of the account to pay to, BE71096123456768, are wrong. [BC838]"
        ]

    def test_a_rate_that_is_not_belgian(self):
        bill = Bill((Item(Decimal("10.00"), "S", Decimal(20)),), seller=SUPPLIER)
        assert warnings(bill) == ["S 20 % is no Belgian rate of VAT, though the seller is Belgian. [BC839]"]
        assert warnings(replace(bill, seller=FRENCH)) == []
