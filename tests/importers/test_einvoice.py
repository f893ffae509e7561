"""E-invoices read: the terms of EN 16931 from UBL, CII and PDF; and hostile files, which are refused in words."""

from __future__ import annotations

import datetime
import io
import re
import zlib
from dataclasses import replace
from decimal import Decimal

import facturx
import pytest
from beancoop_importers.model.invoice import Identifier
from beancoop_importers.model.statement import MAX_BYTES, Refused
from beancoop_importers.readers import einvoice
from cii_writer import cii, factur_x, pdf_with
from pypdf import PdfWriter
from pypdf.generic import NameObject, StreamObject
from ubl_writer import CUSTOMER, DELHEZ, FRENCH, OURS, US, Bill, Item, Who, credit, ubl

FULL = Bill(
    items=(
        Item(Decimal("100.00"), name="Plaques & <b>vis</b>"),
        Item(Decimal("50.00"), "S", Decimal(6), "Livres", "A003"),
    ),
    adjustments=(Item(Decimal("-5.00"), name="Remise"), Item(Decimal("7.50"), "S", Decimal(6), "Port")),
    buyer_reference="A003",
    order="PO-7",
    cost="604",
    preceding=("2600900",),
    buyer=replace(US, contact="Atelier A003"),
    prepaid=Decimal("20.00"),
    rounding=Decimal("0.03"),
)


def refusal(content: bytes) -> str:
    with pytest.raises(Refused) as caught:
        einvoice.read(content)
    return f"line {caught.value.line}: {caught.value.message}" if caught.value.line else caught.value.message


def without(pattern: str, content: bytes) -> bytes:
    changed = re.sub(pattern.encode(), b"", content, flags=re.DOTALL)
    assert changed != content
    return changed


@pytest.fixture(scope="module", params=[ubl, cii, factur_x])
def read(request):
    """Give the full bill as it is read from each syntax."""
    return einvoice.read(request.param(FULL))


class TestTerms:
    def test_heading(self, read):
        assert (read.number, read.type, read.currency) == ("2601018", "380", "EUR")
        assert (read.date, read.due) == (datetime.date(2026, 1, 15), datetime.date(2026, 2, 14))
        assert (read.buyer_reference, read.order, read.cost, read.preceding) == ("A003", "PO-7", "604", ("2600900",))
        assert read.payments[0] == ("+++090/9337/55493+++", "BE71096123456769")
        assert read.warnings == ()
        assert not read.is_credit_note

    def test_syntax(self, read, request):
        assert read.syntax == request.node.callspec.params["read"].__name__.replace("_", "-")

    def test_parties(self, read):
        assert (read.seller.name, read.seller.vat, read.seller.country) == ("Matériaux Delhez SA", f"BE{DELHEZ}", "BE")
        assert read.seller.legal == Identifier("0208", DELHEZ)
        assert (read.seller.enterprises, read.seller.key) == ((DELHEZ,), f"0208:{DELHEZ}")
        assert (read.buyer.enterprises, read.buyer.contact) == ((OURS,), ("Atelier A003",))

    def test_lines_and_adjustments(self, read):
        assert [(one.number, one.net, one.category, one.rate) for one in read.lines] == [
            ("1", Decimal("100.00"), "S", 21),
            ("2", Decimal("50.00"), "S", 6),
        ]
        assert read.lines[0].name == "Plaques & \u2039b>vis\u2039/b>"
        assert [(one.name, one.net, one.charge, one.rate) for one in read.adjustments] == [
            ("Remise", Decimal("-5.00"), False, 21),
            ("Port", Decimal("7.50"), True, 6),
        ]

    def test_vat_and_totals(self, read):
        assert [(one.category, one.rate, one.base, one.tax) for one in read.vat] == [
            ("S", 21, Decimal("95.00"), Decimal("19.95")),
            ("S", 6, Decimal("57.50"), Decimal("3.45")),
        ]
        totals = read.totals
        assert (totals.lines, totals.allowances, totals.charges, totals.net) == (
            150,
            5,
            Decimal("7.50"),
            Decimal("152.50"),
        )
        assert (totals.tax, totals.gross) == (Decimal("23.40"), Decimal("175.90"))
        assert (totals.prepaid, totals.rounding, totals.payable) == (20, Decimal("0.03"), Decimal("155.93"))

    @pytest.mark.parametrize("write", [ubl, cii])
    def test_a_reason_for_no_vat(self, write):
        read = einvoice.read(write(Bill((Item(Decimal("10.00"), "AE", Decimal(0)),))))
        assert [(one.category, one.rate, one.tax, one.reason) for one in read.vat] == [("AE", 0, 0, "Autoliquidation")]


def test_the_writers_keep_to_the_schemas():
    """What the tests read is what the standards call an invoice."""
    facturx.xml_check_xsd(ubl(FULL), flavor="ubl-2.1-invoice")
    facturx.xml_check_xsd(ubl(credit(FULL)), flavor="ubl-2.1-creditnote")
    facturx.xml_check_xsd(cii(FULL), flavor="factur-x", level="en16931")


class TestUbl:
    def test_accounting_reference_of_a_line(self):
        assert einvoice.read(ubl(FULL)).lines[1].reference == "A003"

    def test_credit_note(self):
        read = einvoice.read(ubl(credit(FULL)))
        assert (read.type, read.is_credit_note, read.gives_back) == ("381", True, True)
        assert read.totals.payable == Decimal("155.93")

    def test_a_credit_note_is_due_where_its_payment_says(self):
        content = ubl(credit(Bill())).replace(
            b"</cbc:PaymentMeansCode>", b"</cbc:PaymentMeansCode><cbc:PaymentDueDate>2026-03-01</cbc:PaymentDueDate>"
        )
        assert einvoice.read(content).due == datetime.date(2026, 3, 1)

    @pytest.mark.parametrize(("bill", "expected"), [(Bill(), "380"), (credit(Bill()), "381")])
    def test_without_type_the_document_tells(self, bill, expected):
        assert einvoice.read(without("<cbc:[A-Za-z]+TypeCode>.*?TypeCode>", ubl(bill))).type == expected

    def test_two_tax_totals_when_the_tax_currency_differs(self):
        read = einvoice.read(ubl(Bill(tax_currency=("USD", "23.45"))))
        assert (read.totals.tax, len(read.vat)) == (Decimal("21.00"), 1)

    def test_two_tax_totals_in_one_currency_are_refused(self):
        total = re.search(rb"<cac:TaxTotal>.*?</cac:TaxTotal>", ubl(Bill()))[0]
        assert "BT-110 (TaxAmount) is given 2 times" in refusal(ubl(Bill()).replace(total, total * 2))

    def test_the_envelope_of_peppol(self):
        inside = ubl(Bill()).partition(b"?>")[2]
        envelope = b'<StandardBusinessDocument xmlns="http://www.unece.org/x">%s</StandardBusinessDocument>'
        assert einvoice.recognises((envelope % inside)[:4096])
        assert einvoice.read(envelope % inside).number == "2601018"
        assert "the envelope holds 2 invoices" in refusal(envelope % (inside * 2))

    @pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "utf-8-sig"])
    def test_encodings(self, encoding):
        declared = encoding.replace("-sig", "")
        content = ubl(Bill()).decode().replace("UTF-8", declared, 1).encode(encoding)
        assert einvoice.recognises(content[:4096])
        assert einvoice.read(content).seller.name == "Matériaux Delhez SA"

    def test_dates_with_a_time_zone(self):
        content = ubl(Bill()).replace(b"<cbc:IssueDate>2026-01-15<", b"<cbc:IssueDate>2026-01-15+02:00<")
        assert einvoice.read(content).date == datetime.date(2026, 1, 15)

    def test_a_member_of_a_vat_group_has_two_numbers(self):
        read = einvoice.read(ubl(Bill(buyer=replace(US, vat=f"BE{DELHEZ}"))))
        assert read.buyer.enterprises == (OURS, DELHEZ)

    @pytest.mark.parametrize(
        ("who", "key"),
        [
            (FRENCH, "FR61954506077"),
            (Who("X", vat="be 0999.777.614"), f"0208:{DELHEZ}"),
            (Who("X", country="NL", endpoint="0106:57151520"), "0106:57151520"),
            (Who("X", endpoint=f"9925:BE{DELHEZ}"), f"0208:{DELHEZ}"),
            (Who("X", country="NL"), ""),
        ],
    )
    def test_what_a_seller_is_known_by(self, who, key):
        assert einvoice.read(ubl(Bill(seller=who))).seller.key == key

    def test_a_company_number_without_scheme_is_belgian_in_belgium(self):
        content = ubl(Bill(seller=Who("X", DELHEZ, endpoint="0088:123"))).replace(b' schemeID="0208"', b"")
        assert einvoice.read(content).seller.enterprises == (DELHEZ,)


class TestWhatIsMissingOrSaidTwice:
    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("ID", "BT-1 (number of the invoice) is missing"),
            ("IssueDate", "BT-2 (date of issue) is missing"),
            ("DocumentCurrencyCode", "BT-5 (currency) is missing"),
        ],
    )
    def test_terms_of_the_heading(self, name, expected):
        head, body = ubl(Bill()).split(b"<cac:AccountingSupplierParty>")
        assert expected in refusal(
            without(f"<cbc:{name}>.*?</cbc:{name}>", head) + b"<cac:AccountingSupplierParty>" + body
        )

    @pytest.mark.parametrize("name", ["LegalMonetaryTotal", "AccountingSupplierParty", "AccountingCustomerParty"])
    def test_groups(self, name):
        assert "missing" in refusal(without(f"<cac:{name}>.*?</cac:{name}>", ubl(Bill())))

    @pytest.mark.parametrize("name", ["PayableAmount", "TaxInclusiveAmount", "IssueDate", "LineExtensionAmount"])
    def test_a_term_said_twice(self, name):
        element = re.search(rf"<cbc:{name}\b.*?</cbc:{name}>".encode(), ubl(Bill()))[0]
        assert "is given 2 times" in refusal(ubl(Bill()).replace(element, element * 2, 1))

    def test_without_lines(self):
        assert "has no lines" in refusal(without("<cac:InvoiceLine>.*</cac:InvoiceLine>", ubl(Bill())))

    def test_cii_minimum(self):
        content = without(
            "<ram:IncludedSupplyChainTradeLineItem>.*</ram:IncludedSupplyChainTradeLineItem>", cii(Bill())
        )
        assert "has no lines" in refusal(content)

    def test_an_indicator_that_is_neither(self):
        content = ubl(FULL).replace(b"<cbc:ChargeIndicator>false", b"<cbc:ChargeIndicator>faux")
        assert "expected true for a charge" in refusal(content)


class TestValues:
    @pytest.mark.parametrize("written", ["1e3", "12,50", "", "NaN", "9" * 16, "٣.00"])
    def test_no_amount(self, written):
        content = ubl(Bill(says={"BT-115": written or "x"})).replace(b">x<", b"><")
        assert re.search(r"line \d+: BT-115( \(amount due\))? is", refusal(content))

    def test_a_third_decimal(self):
        assert "an amount has two decimals" in refusal(ubl(Bill(says={"BT-131/1": "100.001"})))

    def test_a_third_decimal_of_nothing(self):
        assert einvoice.read(ubl(Bill(says={"BT-131/1": "100.000"}))).lines[0].net == Decimal("100.00")

    def test_another_currency(self):
        content = ubl(Bill()).replace(b'<cbc:PayableAmount currencyID="EUR"', b'<cbc:PayableAmount currencyID="USD"')
        assert "BT-115 is in USD, the invoice in EUR" in refusal(content)

    @pytest.mark.parametrize("written", ["2026-02-30", "15/01/2026", "0999-01-01"])
    def test_no_date(self, written):
        assert f"BT-2 is '{written}'" in refusal(ubl(Bill(date=written)))

    def test_another_form_of_date(self):
        assert "BT-2 has format '610'" in refusal(cii(Bill()).replace(b'format="102"', b'format="610"', 1))

    @pytest.mark.parametrize("written", ["-21", "121", "21.00001", "21 %"])
    def test_no_rate(self, written):
        content = ubl(Bill()).replace(b"<cbc:Percent>21<", f"<cbc:Percent>{written}<".encode())
        assert re.search("BT-1(19|52) is", refusal(content))


class TestHostileXml:
    def test_doctype(self):
        content = ubl(Bill()).replace(b"?>\n", b"?>\n<!DOCTYPE Invoice>\n", 1)
        assert refusal(content).startswith("line 2: the file has a document type")

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-32", "utf-32-le"])
    def test_bomb(self, encoding):
        entities = "".join(f'<!ENTITY {chr(c)} "{f"&{chr(c - 1)};" * 10}">' for c in range(ord("b"), ord("l")))
        bomb = f'<!DOCTYPE Invoice [<!ENTITY a "{"x" * 1000}">{entities}]>'
        text = ubl(Bill()).decode().replace("UTF-8", encoding, 1).replace("?>", f"?>{bomb}", 1)
        said = refusal(text.replace("Plaques", "&k;").encode(encoding))
        assert "document type" in said or "not whole XML" in said

    @pytest.mark.parametrize("blanks", [1, 5000])
    def test_a_doctype_hidden_by_its_encoding(self, blanks):
        """In UTF-7 the sign that begins a tag can be written otherwise; nothing long is then let through either."""
        body = ubl(Bill(attachment=("x.pdf", "QUJD" * 3_000_000))).partition(b"?>")[2]
        head = b'<?xml version="1.0"' + b" " * blanks + b'encoding="UTF-7"?>+ADw-!DOCTYPE Invoice>'
        assert "not whole XML" in refusal(head + body) or "document type" in refusal(head + body)

    def test_an_attachment_of_12_mb(self):
        read = einvoice.read(ubl(Bill(attachment=("facture.pdf", "QUJD" * 3_000_000))))
        assert (read.attachments[0].filename, read.totals.payable) == ("facture.pdf", 121)

    def test_too_big_is_told(self):
        said = refusal(ubl(Bill(attachment=("x.pdf", "A" * MAX_BYTES))))
        assert "more than the 50,000,000" in said
        assert "smaller attachments" in said

    def test_too_many_tags_are_told(self):
        assert "tags, more than" in refusal(ubl(Bill()).replace(b"</Invoice>", b"<a/>" * 1_000_001 + b"</Invoice>"))

    def test_deep(self):
        assert "not whole XML" in refusal(b"<Invoice>" + b"<a>" * 100_000)

    @pytest.mark.parametrize("share", [0.1, 0.5, 0.999])
    def test_cut(self, share):
        content = ubl(Bill())
        assert "not whole XML" in refusal(content[: int(len(content) * share)])

    def test_no_invoice(self):
        assert "no e-invoice" in refusal(b"<Order/>")

    def test_zugferd_1(self):
        assert "ZUGFeRD 1" in refusal(cii(Bill()).replace(b"CrossIndustryInvoice", b"CrossIndustryDocument"))


class TestPdf:
    @pytest.mark.parametrize(
        ("name", "write"), [("ZUGFeRD-invoice.xml", cii), ("xrechnung.xml", ubl), ("autre.xml", ubl)]
    )
    def test_names(self, name, write):
        assert einvoice.read(pdf_with([(name, write(Bill()))])).number == "2601018"

    def test_the_name_of_the_standard_counts(self):
        content = pdf_with([("notes.xml", ubl(Bill(number="1"))), ("factur-x.xml", cii(Bill(number="2")))])
        assert einvoice.read(content).number == "2"

    def test_two_invoices(self):
        content = pdf_with([("factur-x.xml", cii(Bill())), ("xrechnung.xml", ubl(Bill()))])
        assert "holds 2 XML files (factur-x.xml, xrechnung.xml)" in refusal(content)

    def test_none(self):
        assert "no e-invoice is attached" in refusal(pdf_with([("photo.jpg", b"x")]))

    def test_locked(self):
        assert "password" in refusal(pdf_with([("factur-x.xml", cii(Bill()))], "secret"))

    def test_what_is_wrong_inside_is_told_with_its_line(self):
        content = pdf_with([("factur-x.xml", cii(Bill(says={"BT-115": "99.00"})))])
        assert re.match(r"in factur-x.xml inside the PDF, line \d+: gross total", refusal(content))

    def test_a_warning_too(self):
        (note,) = einvoice.read(
            pdf_with([("factur-x.xml", cii(Bill((Item(Decimal(10), rate=Decimal(25)),))))])
        ).warnings
        assert re.match(
            r"in factur-x.xml inside the PDF, line \d+ \(ApplicableTradeTax 1\): S 25 % is no Belgian rate", note.text
        )

    @pytest.mark.parametrize(
        "content",
        [
            b"%PDF-1.7\n" + b"\x00\xff" * 1000,
            factur_x(Bill())[:2000],
            (
                b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles 3 0 R>>>>endobj\n"
                b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n3 0 obj<</Kids[3 0 R 3 0 R]>>endobj\n"
                b"trailer<</Root 1 0 R>>\n%%EOF"
            ),
        ],
        ids=["garbage", "cut", "in-a-circle"],
    )
    def test_damaged(self, content):
        assert "damaged" in refusal(content)

    def test_a_bomb(self):
        writer = PdfWriter()
        writer.add_blank_page(9, 9)
        writer.add_attachment("factur-x.xml", b"x")
        for one in writer._objects:
            if isinstance(one, StreamObject) and one.get("/Type") == "/EmbeddedFile":
                one._data = zlib.compress(bytes(300_000_000), 1)
                one[NameObject("/Filter")] = NameObject("/FlateDecode")
        writer.write(output := io.BytesIO())
        assert "damaged" in refusal(output.getvalue())

    def test_a_statement_that_quotes_the_signature_is_no_pdf(self):
        assert not einvoice.recognises(b"0000015011672505        00123456  %PDF-1.7")


def test_a_sale_reads_as_any_other():
    read = einvoice.read(ubl(Bill(seller=US, buyer=CUSTOMER)))
    assert (read.seller.enterprises, read.name) == ((OURS,), "invoice 2601018 of 2026-01-15")
