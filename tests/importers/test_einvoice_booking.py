"""E-invoices into a ledger: what is booked, for whom, with which document; never twice, whole or not at all."""

from __future__ import annotations

import datetime
import hashlib
import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from beancoop.books.open_items import open_items
from beancoop.contribution.rule import read_levies
from beancoop.gate.check import check_gate
from beancoop.loading.ledger import load_ledger
from beancoop.storage import atomic
from beancoop_cli.main import main
from beancoop_importers.ingest.run import import_files
from beancoop_importers.invoices.booking import Purpose
from beancount.core import data
from cii_writer import cii, factur_x
from click.testing import CliRunner
from cooperative import FRENCH as FRENCH_ROOTS
from einvoice_cooperative import ENTERPRISE, Inbox, postings
from ubl_writer import CLIENT, CUSTOMER, DELHEZ, FRENCH, OURS, SERVAIS, SUPPLIER, US, Bill, Item, Who, credit, ubl

EXAMPLE = Path(__file__).parents[2] / "ledgers"
PURCHASE = Bill(buyer_reference="A003")
SALE = Bill(seller=US, buyer=CUSTOMER, number="A003-2026-0001")
REVERSED = (Item(Decimal("564.50"), "AE", Decimal(0)),)


@pytest.fixture
def inbox(tmp_path):
    return Inbox(tmp_path)


def notes(result) -> str:
    return "\n".join(map(str, result.warnings))


class TestPurchase:
    def test_what_waits_for_a_person(self, inbox):
        result = inbox.one(PURCHASE)
        assert (result.refusal, result.invoices, result.booked, result.skipped) == (None, 1, 1, 0)
        assert result.targets == (inbox.coop.books / "invoices-2026.beancount",)
        (entry,) = inbox.booked()
        assert (entry.flag, entry.payee, entry.narration) == ("!", "Matériaux Delhez SA", "Plaques")
        assert postings(entry) == {"499:A003": "100.00", "411:A003": "21.00", "440:A003": "-121.00"}
        assert "waits on 499" in notes(result)

    def test_what_the_ledger_tells_of_it(self, inbox):
        inbox.one(replace(PURCHASE, attachment=("../../x\\..\\fac<t>ure.pdf", "QUJD")))
        (entry,) = inbox.booked()
        told = {key: value for key, value in entry.meta.items() if key not in {"filename", "lineno"}}
        assert {key: value for key, value in told.items() if not key.startswith("__")} == {
            "invoice": "2601018",
            "invoice-ref": f"einvoice/0208:{DELHEZ}/2601018/2026-01-15/380",
            "supplier": f"0208:{DELHEZ}",
            "due": datetime.date(2026, 2, 14),
            "ogm": "+++090/9337/55493+++",
            "counterparty-account": "BE71096123456769",
            "payable": "121.00 EUR",
            "vat-1": "S 21 100.00 21.00",
            "routed": "buyer reference",
            "vat": "BE",
            "attachments": "fac\u2039t>ure.pdf",
        }
        assert entry.links == frozenset()

    @pytest.mark.parametrize(
        ("reference", "key", "value"),
        [
            ("090933755493", "ogm", "+++090/9337/55493+++"),
            ("***090/9337/55493***", "ogm", "+++090/9337/55493+++"),
            ("+++090/9337/55494+++", "payment-reference", "+++090/9337/55494+++"),
            ("Facture 12, +++090/9337/55493+++", "ogm", "+++090/9337/55493+++"),
            ("RF18 5390 0754 7034", "rf", "RF18539007547034"),
            ("Facture 12", "payment-reference", "Facture 12"),
        ],
    )
    def test_payment_references(self, inbox, reference, key, value):
        inbox.one(replace(PURCHASE, payments=((reference, ""),)))
        (entry,) = inbox.booked()
        assert entry.meta[key] == value
        assert {"ogm", "rf", "payment-reference"} & set(entry.meta) == {key}

    def test_of_several_ways_to_pay_the_first_that_holds(self, inbox):
        inbox.one(replace(PURCHASE, payments=(("Mandat 7", "12"), ("090933755493", "BE71096123456769"))))
        (entry,) = inbox.booked()
        assert (entry.meta["ogm"], entry.meta["counterparty-account"]) == ("+++090/9337/55493+++", "BE71096123456769")

    def test_vat_by_rate_and_adjustments(self, inbox):
        bill = replace(
            PURCHASE,
            items=(
                Item(Decimal("100.00")),
                Item(Decimal("50.00"), "S", Decimal(6)),
                Item(Decimal("9.00"), "E", Decimal(0)),
            ),
            adjustments=(Item(Decimal("-5.00")), Item(Decimal("7.50"), "S", Decimal(6))),
        )
        inbox.one(bill)
        (entry,) = inbox.booked()
        assert postings(entry) == {"499:A003": "161.50", "411:A003": "23.40", "440:A003": "-184.90"}
        assert [entry.meta[f"vat-{n}"] for n in (1, 2, 3)] == ["S 21 95.00 19.95", "S 6 57.50 3.45", "E 0 9.00 0.00"]

    def test_credit_note_the_other_way_settles_its_invoice(self, inbox):
        inbox.bring(PURCHASE, credit(replace(PURCHASE, number="NC1", date="2026-01-20", preceding=("2601018",))))
        entry = inbox.booked()[1]
        assert postings(entry) == {"499:A003": "-100.00", "411:A003": "-21.00", "440:A003": "121.00"}
        assert (entry.meta["preceding"], entry.links) == ("2601018", frozenset())
        assert not {"ogm", "counterparty-account"} & set(entry.meta)
        assert [one for one in open_items(inbox.booked(), "EUR") if "440" in one.account] == []

    def test_negative_invoice_is_not_negated_twice(self, inbox):
        inbox.one(replace(PURCHASE, items=(Item(Decimal("-100.00")),), preceding=("2600900",)))
        (entry,) = inbox.booked()
        assert postings(entry) == {"499:A003": "-100.00", "411:A003": "-21.00", "440:A003": "121.00"}

    @pytest.mark.parametrize("category", ["AE", "K"])
    def test_reverse_charge(self, inbox, category):
        result = inbox.one(replace(PURCHASE, items=(Item(Decimal("564.50"), category, Decimal(0)),)))
        (entry,) = inbox.booked()
        assert postings(entry) == {
            "499:A003": "564.50",
            "411:A003": "118.55",
            "451:A003": "-118.55",
            "440:A003": "-564.50",
        }
        assert "counted at 21 %" in notes(result)

    def test_reverse_charge_given_back(self, inbox):
        inbox.one(credit(replace(PURCHASE, items=REVERSED)))
        (entry,) = inbox.booked()
        assert postings(entry) == {
            "499:A003": "-564.50",
            "411:A003": "-118.55",
            "451:A003": "118.55",
            "440:A003": "564.50",
        }

    @pytest.mark.parametrize("category", ["Z", "E", "O"])
    def test_no_vat(self, inbox, category):
        result = inbox.one(replace(PURCHASE, items=(Item(Decimal("10.00"), category, Decimal(0)),)))
        (entry,) = inbox.booked()
        assert postings(entry) == {"499:A003": "10.00", "440:A003": "-10.00"}
        assert "not Belgian" not in notes(result)

    def test_vat_of_another_country_is_not_recovered(self, inbox):
        bill = replace(PURCHASE, seller=FRENCH, items=(Item(Decimal("100.00"), "S", Decimal(20)),))
        result = inbox.one(bill, purpose_of=lambda *_: Purpose("6150-Deplacements", "*"))
        (entry,) = inbox.booked()
        assert postings(entry) == {"6150:A003": "100.00", "499:A003": "20.00", "440:A003": "-120.00"}
        assert entry.flag == "!"
        assert "VAT of another country, 20.00" in notes(result)

    def test_a_foreign_supplier_without_vat(self, inbox):
        bill = replace(PURCHASE, seller=FRENCH, items=(Item(Decimal("10.00"), "O", Decimal(0)),))
        assert "see whether you owe it here" in notes(inbox.one(bill))

    def test_prepaid(self, inbox):
        result = inbox.one(replace(PURCHASE, prepaid=Decimal("21.00")))
        (entry,) = inbox.booked()
        assert postings(entry) == {
            "499:A003": "100.00",
            "411:A003": "21.00",
            "406:A003": "-21.00",
            "440:A003": "-100.00",
        }
        assert "21.00 was paid before" in notes(result)

    def test_prepaid_whole(self, inbox):
        inbox.one(replace(PURCHASE, prepaid=Decimal("121.00")))
        (entry,) = inbox.booked()
        assert postings(entry)["440:A003"] == "0.00"

    @pytest.mark.parametrize(("rounding", "account"), [("0.03", "643:A003"), ("-0.03", "743:A003")])
    def test_rounding(self, inbox, rounding, account):
        inbox.one(replace(PURCHASE, rounding=Decimal(rounding)))
        (entry,) = inbox.booked()
        assert postings(entry)[account] == rounding

    def test_a_rounding_that_is_none(self, inbox):
        result = inbox.one(replace(PURCHASE, rounding=Decimal("1.00")), purpose_of=lambda *_: Purpose("601-F", "*"))
        assert inbox.booked()[0].flag == "!"
        assert "more than a rounding" in notes(result)

    def test_an_invoice_for_an_advance(self, inbox):
        inbox.one(replace(PURCHASE, type="386"))
        (entry,) = inbox.booked()
        assert (entry.flag, postings(entry)["406:A003"]) == ("*", "100.00")

    def test_a_corrected_invoice_is_for_a_person(self, inbox):
        result = inbox.one(replace(PURCHASE, type="384"), purpose_of=lambda *_: Purpose("601-Fournitures", "*"))
        (entry,) = inbox.booked()
        assert entry.flag == "!"
        assert "see whether it takes its place" in notes(result)

    def test_in_a_closed_month_it_is_booked_in_the_first_open_one(self, inbox):
        inbox.close("A003", "2026-01", "2026-01-31")
        assert inbox.one(replace(PURCHASE, number="late", date="2026-01-31")).refusal is None
        (entry,) = inbox.booked()
        assert (entry.date, entry.meta["invoice-date"]) == (datetime.date(2026, 2, 1), datetime.date(2026, 1, 31))
        assert inbox.documents()[-1].filename.endswith(f"2026-01-31.0208-{DELHEZ}.late.380.xml")
        again = inbox.one(replace(PURCHASE, number="late", date="2026-01-31"))
        assert (again.booked, again.skipped) == (0, 1)


class TestPurpose:
    def test_a_rule_says_the_account_and_the_flag(self, inbox):
        def purpose_of(invoice, item, unit):
            assert (invoice.seller.key, unit) == (f"0208:{DELHEZ}", "A003")
            return Purpose("601-Fournitures", "*") if item.name == "Vis" else None

        bill = replace(PURCHASE, items=(Item(Decimal("3.00"), name="Vis"), Item(Decimal("1.00"), name="?")))
        inbox.one(bill, purpose_of=purpose_of)
        inbox.one(replace(bill, number="2", items=bill.items[:1]), purpose_of=purpose_of)
        mixed, whole = inbox.numbered("2601018"), inbox.numbered("2")
        assert (mixed.flag, postings(mixed)["601:A003"], postings(mixed)["499:A003"]) == ("!", "3.00", "1.00")
        assert (whole.flag, postings(whole)["601:A003"]) == ("*", "3.00")

    def test_an_allowance_goes_with_the_lines(self, inbox):
        bill = replace(PURCHASE, adjustments=(Item(Decimal("-10.00"), name="Remise"),))
        purpose = {"Plaques": Purpose("600-MatieresPremieres", "*")}
        inbox.one(bill, purpose_of=lambda _, item, __: purpose.get(item.name))
        (entry,) = inbox.booked()
        assert (entry.flag, postings(entry)["600:A003"]) == ("*", "90.00")

    def test_an_account_is_found_by_its_number(self, inbox):
        inbox.coop.add(inbox.coop.books / "first.beancount", "2020-01-01 open Expenses:60:601-Divers:A003\n")
        inbox.one(PURCHASE, purpose_of=lambda *_: Purpose("601"))
        (entry,) = inbox.booked()
        assert entry.postings[0].account == "Expenses:60:601-Divers:A003"

    def test_of_several_the_label_tells(self, inbox):
        opens = "".join(f"2020-01-01 open Expenses:60:601-{label}:A003\n" for label in ("Divers", "Vis"))
        inbox.coop.add(inbox.coop.books / "first.beancount", opens)
        inbox.one(PURCHASE, purpose_of=lambda *_: Purpose("601-Vis"))
        assert inbox.booked()[0].postings[0].account == "Expenses:60:601-Vis:A003"

    def test_the_only_longer_number_will_do(self, inbox):
        inbox.coop.add(inbox.coop.books / "first.beancount", "2020-01-01 open Assets:41:4110-TVA:A003\n")
        inbox.one(PURCHASE)
        assert postings(inbox.booked()[0])["4110:A003"] == "21.00"

    @pytest.mark.parametrize("account", ["601", "18-Rien"])
    def test_an_account_that_cannot_be_opened(self, inbox, account):
        assert "name it in full" in str(inbox.one(PURCHASE, purpose_of=lambda *_: Purpose(account)).refusal)

    def test_the_supplier_s_history_proposes(self, inbox):
        inbox.one(PURCHASE, purpose_of=lambda *_: Purpose("601-Fournitures", "*"))
        inbox.one(replace(PURCHASE, number="2"))
        entry = inbox.numbered("2")
        assert (entry.flag, postings(entry)["601:A003"]) == ("!", "100.00")

    def test_a_history_of_two_accounts_proposes_nothing(self, inbox):
        inbox.one(PURCHASE, purpose_of=lambda *_: Purpose("601-Fournitures", "*"))
        inbox.one(replace(PURCHASE, number="2"), purpose_of=lambda *_: Purpose("603-SousTraitance", "*"))
        inbox.one(replace(PURCHASE, number="3"))
        assert "499:A003" in postings(inbox.numbered("3"))

    def test_the_history_of_another_unit_or_of_roundings_tells_nothing(self, inbox):
        inbox.also("A004")
        inbox.one(replace(PURCHASE, rounding=Decimal("0.01")), purpose_of=lambda *_: Purpose("601-Fournitures", "*"))
        inbox.one(replace(PURCHASE, number="2"))
        inbox.one(replace(PURCHASE, number="3", buyer_reference="A004"))
        assert "601:A003" in postings(inbox.numbered("2"))
        assert "499:A004" in postings(inbox.numbered("3"))


class TestSale:
    def test_sale(self, inbox):
        result = inbox.one(SALE)
        (entry,) = inbox.booked()
        assert (entry.flag, entry.payee, entry.links) == ("*", "Constructions Halleux SA", {"A003-2026-0001"})
        assert postings(entry) == {"700:A003": "-100.00", "451:A003": "-21.00", "400:A003": "121.00"}
        assert (entry.meta["customer"], entry.meta["routed"]) == (f"0208:{CLIENT}", "number")
        assert not {"supplier", "counterparty-account"} & set(entry.meta)
        assert result.warnings == ()

    def test_reverse_charge_bears_no_vat(self, inbox):
        inbox.one(replace(SALE, items=REVERSED))
        assert postings(inbox.booked()[0]) == {"700:A003": "-564.50", "400:A003": "564.50"}

    def test_prepaid_and_rounding(self, inbox):
        inbox.one(replace(SALE, prepaid=Decimal("21.00"), rounding=Decimal("-0.02")))
        assert postings(inbox.booked()[0]) == {
            "700:A003": "-100.00",
            "451:A003": "-21.00",
            "643:A003": "0.02",
            "460:A003": "21.00",
            "400:A003": "99.98",
        }

    def test_a_link_is_made_safe(self, inbox):
        inbox.one(replace(SALE, number="A003 2026#1"))
        assert inbox.booked()[0].links == {"A003-2026-1"}

    def test_a_credit_note_gives_back_the_contribution_its_invoice_bore(self, inbox):
        """The rate changes between the two: what is given back is at the rate of the sale."""
        inbox.coop.add(
            inbox.coop.books / "first.beancount", '2026-02-01 custom "activity-terms" "A003"\n  rate: 0.05\n'
        )
        note = credit(replace(SALE, number="A003-2026-0002", date="2026-02-10", preceding=("A003-2026-0001",)))
        (_, result) = inbox.bring(SALE, note)
        assert result.warnings == ()
        entry = inbox.booked()[1]
        assert (entry.links, entry.meta["preceding"]) == ({"A003-2026-0001"}, "A003-2026-0001")
        assert postings(entry) == {"700:A003": "100.00", "451:A003": "21.00", "400:A003": "-121.00"}
        ledger = load_ledger(inbox.coop.main)
        levies = read_levies(ledger.entries, ledger.options)["A003"]
        assert [levy.due for levy in levies if levy.month.year == 2026] == [Decimal("10.00"), Decimal("0.00")]
        assert open_items(ledger.entries, "EUR") == []

    def test_a_credit_note_for_a_sale_nobody_knows(self, inbox):
        note = credit(replace(SALE, number="A003-2026-0002", preceding=("A003-2026-0009",)))
        assert "no sale ^A003-2026-0009 of A003" in notes(inbox.one(note))

    def test_a_credit_note_that_does_not_say_for_what(self, inbox):
        result = inbox.one(credit(SALE))
        assert "BT-25" in notes(result)
        assert (inbox.booked()[0].flag, inbox.booked()[0].links) == ("!", {"A003-2026-0001"})

    def test_a_final_invoice_keeps_its_own_number(self, inbox):
        """What it settles is named, and not linked: else it would take the rate of the advance."""
        inbox.one(replace(SALE, preceding=("A003-2025-0009",)))
        (entry,) = inbox.booked()
        assert (entry.links, entry.meta["preceding"]) == ({"A003-2026-0001"}, "A003-2025-0009")

    def test_of_a_closed_month_is_booked_in_the_first_open_one_and_told(self, inbox):
        inbox.close("A003", "2026-01", "2026-01-31")
        bill = replace(SALE, number="A003-2026-0002", date="2026-01-31")
        assert "it is booked on 2026-02-01, the first open day. See to the VAT return" in notes(inbox.one(bill))
        (entry,) = inbox.booked()
        assert (str(entry.date), str(entry.meta["invoice-date"])) == ("2026-02-01", "2026-01-31")
        again = inbox.one(bill)
        assert (again.booked, again.skipped) == (0, 1)

    def test_the_customer_s_reference_names_no_unit_of_ours(self, inbox):
        inbox.also("A004")
        inbox.one(replace(SALE, buyer_reference="A004", order="A004"))
        assert postings(inbox.booked()[0])["400:A003"] == "121.00"


class TestDirection:
    def test_without_the_cooperative_s_number_nothing_is_booked(self, inbox):
        inbox.coop.main.write_text(inbox.coop.main.read_text().replace(ENTERPRISE, ""))
        before = inbox.coop.files()
        assert 'enterprise: "0xxxxxxxxx"' in str(inbox.one(PURCHASE).refusal)
        assert inbox.coop.files() == before

    def test_what_an_account_says_does_not_count(self, inbox):
        inbox.also("A004", f'2020-01-01 open Assets:57:570-Caisse:A004\n  enterprise: "0208:{SERVAIS}"\n')
        assert inbox.one(PURCHASE).refusal is None

    def test_somebody_else_s(self, inbox):
        said = str(inbox.one(replace(PURCHASE, buyer=CUSTOMER)).refusal)
        assert f"from 0208:{DELHEZ} to 0208:{CLIENT}" in said
        assert f"0208:{OURS}" in said

    def test_from_us_to_us(self, inbox):
        assert "send each other no invoices" in str(inbox.one(replace(PURCHASE, seller=US)).refusal)

    def test_by_the_vat_number_alone(self, inbox):
        inbox.one(replace(PURCHASE, buyer=Who("Nous", vat=f"BE {OURS}", endpoint="9925:x")))
        assert len(inbox.booked()) == 1

    def test_a_seller_without_any_number(self, inbox):
        assert "BT-29 to BT-31" in str(inbox.one(replace(PURCHASE, seller=Who("X", country="NL"))).refusal)

    def test_a_seller_with_a_number_without_end(self, inbox):
        assert "named by 500 characters" in str(
            inbox.one(replace(PURCHASE, seller=Who("X", country="NL", endpoint=f"0106:{'9' * 495}"))).refusal
        )

    def test_another_currency(self, inbox):
        assert "is in USD, the books in EUR" in str(inbox.one(replace(PURCHASE, currency="USD")).refusal)


class TestRouting:
    @pytest.mark.parametrize(
        ("changes", "by"),
        [
            ({"buyer_reference": "A004", "order": "A003"}, "buyer reference"),
            ({"buyer_reference": "réf. A004/12", "order": "A003"}, "buyer reference"),
            ({"buyer_reference": "7", "order": "PO-A004-0012", "cost": "A003"}, "order"),
            ({"cost": "A004"}, "cost"),
            ({"items": (Item(Decimal("1.00"), reference="A004"),)}, "cost"),
            ({"buyer": replace(US, contact="Atelier A004, bât. 2")}, "contact"),
        ],
    )
    def test_what_the_invoice_names(self, inbox, changes, by):
        inbox.also("A004")
        inbox.one(replace(Bill(), **changes))
        (entry,) = inbox.booked()
        assert "440:A004" in postings(entry)
        assert entry.meta["routed"] == by

    @pytest.mark.parametrize("text", ["A0041", "XA004", "a004", "A004é", "A00-4", "A 004"])
    def test_never_by_likeness(self, inbox, text):
        inbox.also("A004")
        result = inbox.one(Bill(buyer_reference=text))
        (entry,) = inbox.booked()
        assert (entry.flag, entry.meta["routed"]) == ("!", "to be decided")
        assert "440:COOP" in postings(entry)
        assert "for a person to decide" in notes(result)

    def test_two_units_named_at_once_tell_nothing(self, inbox):
        inbox.also("A004")
        result = inbox.one(Bill(buyer_reference="A003 ou A004", order="A004"))
        assert inbox.booked()[0].meta["routed"] == "order"
        assert "names A003, A004" in notes(result)

    def test_the_longer_of_two_codes(self, inbox):
        inbox.also("A003-B")
        inbox.one(Bill(buyer_reference="A003-B"))
        assert "440:A003-B" in postings(inbox.booked()[0])

    def test_the_structure_is_a_unit_too(self, inbox):
        inbox.one(Bill(buyer_reference="COOP"))
        (entry,) = inbox.booked()
        assert (entry.meta["routed"], list(postings(entry))[-1]) == ("buyer reference", "440:COOP")

    def test_the_structure_s_name_in_the_contact_is_a_name(self, inbox):
        inbox.one(Bill(buyer=replace(US, contact="COOP Les Sources")))
        assert inbox.booked()[0].meta["routed"] == "to be decided"

    def test_the_supplier_s_history(self, inbox):
        inbox.bring(PURCHASE, replace(Bill(), number="2", date="2026-02-01"))
        entry = inbox.booked()[1]
        assert (entry.meta["routed"], list(postings(entry))[-1]) == ("supplier history", "440:A003")

    def test_what_was_booked_by_hand_is_history_too(self, inbox):
        text = inbox.coop.books / "first.beancount"
        opens = "".join(f"2020-01-01 open {name}:A003\n" for name in ("Expenses:60:601-Vis", "Liabilities:44:440-F"))
        entry = f'2025-12-01 * "Delhez"\n  supplier: "0208:{DELHEZ}"\n  Expenses:60:601-Vis:A003  1.00 EUR\n'
        inbox.coop.add(text, f"{opens}{entry}  Liabilities:44:440-F:A003  -1.00 EUR\n")
        inbox.one(Bill())
        assert postings(inbox.booked()[0]) == {"601:A003": "100.00", "411:A003": "21.00", "440:A003": "-121.00"}

    def test_two_activities_with_one_supplier(self, inbox):
        inbox.also("A004")
        inbox.bring(PURCHASE, replace(PURCHASE, number="2", buyer_reference="A004"))
        inbox.one(replace(Bill(), number="3"))
        assert inbox.numbered("3").meta["routed"] == "to be decided"
        assert {list(postings(one))[-1] for one in inbox.booked()} == {"440:A003", "440:A004", "440:COOP"}

    def test_what_waits_for_a_decision_is_no_history(self, inbox):
        inbox.one(Bill())
        inbox.one(Bill(number="2"))
        assert [one.meta["routed"] for one in inbox.booked()] == ["to be decided"] * 2
        path = inbox.coop.coop / "invoices-2026.beancount"
        path.write_text(path.read_text().replace("2026-01-15 !", "2026-01-15 *"))
        inbox.one(Bill(number="3"))
        assert inbox.numbered("3").meta["routed"] == "supplier history"

    def test_a_sub_ledger_alone_takes_its_own_and_nothing_else(self, inbox):
        own = inbox.coop.books.parent / "ledger.beancount"
        own.write_text(own.read_text() + f"2020-01-01 open Assets:40:400-Clients:A003\n{ENTERPRISE}")
        taken, left = inbox.bring(PURCHASE, Bill(number="2"), ledger=own)
        assert taken.targets == (inbox.coop.books / "invoices-2026.beancount",)
        assert "import it into the ledger of the whole cooperative" in str(left.refusal)


class TestTwice:
    def test_again(self, inbox):
        inbox.one(PURCHASE)
        before = inbox.coop.files()
        again = inbox.one(PURCHASE)
        assert (again.booked, again.skipped, again.warnings, again.targets) == (0, 1, (), ())
        assert inbox.coop.files() == before

    @pytest.mark.parametrize("bill", [PURCHASE, SALE])
    def test_again_when_its_month_is_closed(self, inbox, bill):
        inbox.one(bill)
        inbox.close("A003", "2026-01", "2026-01-31")
        again = inbox.one(bill)
        assert (again.refusal, again.booked, again.skipped) == (None, 0, 1)

    def test_again_when_the_activity_has_left(self, inbox):
        inbox.one(PURCHASE)
        closes = "".join(f"2026-06-30 close {one.account}\n" for one in inbox.booked()[0].postings)
        inbox.coop.add(inbox.coop.books / "first.beancount", closes)
        assert inbox.one(PURCHASE).skipped == 1

    def test_twice_at_once(self, inbox):
        results = inbox.bring(PURCHASE, PURCHASE)
        assert sorted((one.booked, one.skipped) for one in results) == [(0, 1), (1, 0)]
        assert len(inbox.booked()) == 1

    def test_in_another_syntax(self, inbox):
        inbox.one(PURCHASE)
        assert [one.skipped for one in inbox.bring(cii(PURCHASE), factur_x(PURCHASE))] == [1, 1]

    def test_after_a_person_has_worked_on_it(self, inbox):
        inbox.one(PURCHASE)
        path = inbox.coop.books / "invoices-2026.beancount"
        inbox.coop.add(inbox.coop.books / "first.beancount", "2020-01-01 open Expenses:60:601-Fournitures:A003\n")
        text = path.read_text().replace("Liabilities:49:499-CompteAttente", "Expenses:60:601-Fournitures")
        path.write_text(text.replace("2026-01-15 !", "2026-01-15 *").replace("due: 2026-02-14", "due: 2026-03-01"))
        assert inbox.one(PURCHASE).skipped == 1

    def test_same_number_other_content(self, inbox):
        inbox.one(PURCHASE)
        before = inbox.coop.files()
        said = inbox.one(replace(PURCHASE, items=(Item(Decimal("200.00")),))).refusal.message
        assert "payable 121.00 EUR, vat-1 S 21 100.00 21.00" in said
        assert "payable 242.00 EUR, vat-1 S 21 200.00 42.00" in said
        assert inbox.coop.files() == before

    @pytest.mark.parametrize("changes", [{"date": "2026-02-15"}, {"type": "389"}])
    def test_same_number_on_another_day_is_told(self, inbox, changes):
        inbox.one(PURCHASE)
        result = inbox.one(replace(PURCHASE, **changes))
        assert result.booked == 1
        assert "the ledger holds that number of this supplier" in notes(result)

    def test_an_other_supplier_s_number_is_its_own(self, inbox):
        inbox.one(PURCHASE)
        assert "that number" not in notes(inbox.one(replace(PURCHASE, seller=Who("Servais", SERVAIS))))

    def test_another_account_to_pay_to_is_told(self, inbox):
        inbox.one(PURCHASE)
        result = inbox.one(replace(PURCHASE, number="2", payments=(("", "BE68539007547034"),)))
        assert "asks to be paid to BE68539007547034, earlier ones of this supplier to BE71096123456769" in notes(result)
        assert "asks to be paid" not in notes(inbox.one(replace(PURCHASE, number="3")))


class TestDocument:
    def test_the_file_as_received_is_kept_and_shown(self, inbox):
        inbox.one(PURCHASE)
        (document,) = inbox.documents()
        kept = inbox.coop.books.parent / "documents" / f"2026-01-15.0208-{DELHEZ}.2601018.380.xml"
        assert document.filename == str(kept)
        assert kept.read_bytes() == ubl(PURCHASE)
        assert (document.account, document.date) == ("Liabilities:44:440-Fournisseurs:A003", datetime.date(2026, 1, 15))
        assert document.meta["sha256"] == hashlib.sha256(ubl(PURCHASE)).hexdigest()

    def test_a_pdf(self, inbox):
        inbox.one(factur_x(replace(SALE, number="A003/../../1")))
        (document,) = inbox.documents()
        assert document.filename.endswith(f"/documents/2026-01-15.0208-{OURS}.A003-1.380.pdf")
        assert document.account == "Assets:40:400-Clients:A003"

    def test_the_structure_has_its_own(self, inbox):
        inbox.one(Bill(buyer_reference="COOP"))
        assert inbox.documents()[0].filename.startswith(str(inbox.coop.coop / "documents"))

    def test_a_long_number(self, inbox):
        inbox.one(replace(PURCHASE, number="9" * 100))
        assert len(inbox.documents()) == 1

    def test_two_numbers_that_look_alike_as_file_names(self, inbox):
        inbox.one(replace(PURCHASE, number="1/2"))
        before = inbox.coop.files()
        assert "is another document already" in str(inbox.one(replace(PURCHASE, number="1-2")).refusal)
        assert inbox.coop.files() == before

    def test_two_that_look_alike_at_once(self, inbox):
        results = inbox.bring(replace(PURCHASE, number="1/2"), replace(PURCHASE, number="1-2"))
        assert sorted(one.booked for one in results) == [0, 1]
        assert len(inbox.documents()) == 1

    def test_a_copy_left_by_an_import_that_was_killed(self, inbox):
        kept = inbox.coop.books.parent / "documents" / f"2026-01-15.0208-{DELHEZ}.2601018.380.xml"
        kept.parent.mkdir()
        kept.write_bytes(ubl(PURCHASE))
        assert inbox.one(PURCHASE).booked == 1


class TestWhole:
    def test_a_disk_that_is_full_leaves_no_document(self, inbox, monkeypatch):
        before = inbox.coop.files()

        def full(path, text):
            raise OSError(28, "No space left on device", str(path))

        monkeypatch.setattr(atomic, "write_text", full)
        assert "no room left" in str(inbox.one(PURCHASE).refusal)
        assert inbox.coop.files() == before

    def test_a_document_that_cannot_be_written_leaves_no_entry(self, inbox, monkeypatch):
        before = inbox.coop.files()

        def full(path, content):
            raise OSError(28, "No space left on device", str(path))

        monkeypatch.setattr(atomic, "write_bytes", full)
        assert "no room left" in str(inbox.one(PURCHASE).refusal)
        assert inbox.coop.files() == before

    def test_one_that_is_refused_stops_no_other(self, inbox):
        good, bad = inbox.bring(PURCHASE, replace(PURCHASE, number="2", says={"BT-115": "1.00"}))
        assert (good.booked, bad.booked) == (1, 0)
        assert "BT-115" in str(bad.refusal)
        assert len(inbox.booked()) == 1

    def test_a_ledger_that_does_not_read_the_folder(self, inbox):
        main_ledger = inbox.coop.main
        main_ledger.write_text(main_ledger.read_text().replace("coop/*", "coop/accounts"))
        (inbox.coop.coop / "invoices-2026.beancount").write_text("")
        before = inbox.coop.files()
        assert "include it, and import again" in str(inbox.one(Bill(buyer_reference="COOP")).refusal)
        assert inbox.coop.files() == before

    def test_an_account_that_is_closed(self, inbox):
        inbox.coop.add(
            inbox.coop.books / "first.beancount",
            "2020-01-01 open Liabilities:44:440-Fournisseurs:A003\n"
            "2025-12-31 close Liabilities:44:440-Fournisseurs:A003\n",
        )
        assert "440-Fournisseurs:A003 is not open on 2026-01-15" in str(inbox.one(PURCHASE).refusal)

    def test_before_the_activity_begins(self, inbox):
        inbox.also("A004")
        assert "499-CompteAttente:A003 is not open on 2019-12-31" in str(
            inbox.one(replace(PURCHASE, date="2019-12-31")).refusal
        )
        assert "A004 begins on 2020-01-01" in str(inbox.one(Bill(date="2019-12-31", order="A004")).refusal)

    def test_renamed_roots(self, tmp_path):
        inbox = Inbox(tmp_path, FRENCH_ROOTS)
        inbox.bring(PURCHASE, SALE)
        accounts = {posting.account for entry in inbox.booked() for posting in entry.postings}
        assert {name.partition(":")[0] for name in accounts} == {"Actifs", "Passifs", "Produits"}

    def test_text_of_a_stranger(self, inbox):
        seller = replace(SUPPLIER, name='Évil "SA"\\ \u202e<script>\n2026-01-01 open X')
        assert inbox.one(replace(PURCHASE, seller=seller, number='1"\\2', order='A"\n')).booked == 1
        (entry,) = inbox.booked()
        assert entry.meta["invoice"] == '1"\\2'
        assert entry.payee == 'Évil "SA"\\ \u2039script> 2026-01-01 open X'
        assert check_gate([inbox.coop.books.parent]) == []


def test_the_e_invoice_of_the_example(tmp_path):
    """It comes into the example's own books, and leaves them without an error."""
    shutil.copytree(EXAMPLE, tmp_path / "ledgers")
    ledger, file = tmp_path / "ledgers/main.beancount", tmp_path / "ledgers/statements/2026-09-A008.xml"
    (result,) = import_files(ledger, [file])
    assert (result.refusal, result.booked) == (None, 1)
    assert result.targets == (tmp_path / "ledgers/activities/A008/books/invoices-2026.beancount",)
    assert load_ledger(ledger).errors == []


def test_from_the_command_line_to_a_silent_check(inbox):
    """Bought, sold, given back, reverse charged, of the structure and of an activity: no error anywhere."""
    note = credit(replace(SALE, number="A003-2026-0002", date="2026-02-01", preceding=("A003-2026-0001",)))
    bills = [
        PURCHASE,
        SALE,
        note,
        replace(PURCHASE, number="2", items=REVERSED),
        Bill(number="3", buyer_reference="COOP"),
    ]
    files = [str(inbox.file(bill)) for bill in bills]
    ledger = ["--ledger", str(inbox.coop.main)]
    result = CliRunner().invoke(main, ["import", *files, *ledger])
    assert (result.exit_code, result.output.count(": invoice booked in ")) == (0, 5)
    assert "Warning: " in result.output
    again = CliRunner().invoke(main, ["import", *files, *ledger])
    *lines, total = again.output.splitlines()
    assert lines == [f"{file}: already there." for file in files]
    assert total == "5 files: 0 booked, 5 already there, 0 to decide, 0 refused."
    check = CliRunner().invoke(main, ["check", *ledger])
    assert (check.exit_code, check.stderr) == (0, "")
    alone = load_ledger(inbox.coop.books.parent / "ledger.beancount")
    assert alone.errors == []
    assert len([one for one in alone.entries if isinstance(one, data.Document)]) == 4
