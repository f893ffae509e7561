"""Payments that name an invoice settle it; nothing else does."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from beancoop.books.open_items import open_items
from beancoop_importers.matching.open_invoices import Invoices
from coda_writer import STRUCTURED, Line, Paper, coda
from cooperative import OWN
from trade import Trade, ogm, structured

OGM = ogm(10_203_040)
BANK, CUSTOMERS, SUPPLIERS = "Assets:55:5500-Banque:", "Assets:40:400-Clients:", "Liabilities:44:440-Fournisseurs:"
WAITING = "Assets:49:499-CompteAttente:"
SUPPLIER = "BE84999330817459"


@pytest.fixture
def trade(tmp_path):
    return Trade(tmp_path)


def items(trade):
    entries, _, _ = trade.coop.load()
    return {(item.unit, item.name): str(item.amount) for item in open_items(entries, "EUR")}


def why(result):
    (routed,) = result.routed
    return routed.why


class TestSettled:
    """Nothing is left to decide: flag `*`."""

    def test_a_structured_communication_settles_the_invoice_of_its_unit(self, trade):
        trade.sale("A001", "A001-2026-0007", "1210.00", meta=f'  ogm: "{OGM}"\n')
        result = trade.pay(Line(1_210_000, name="Quelqu'un d'autre", **structured(OGM)))
        assert trade.sides() == [
            (
                "*",
                "A001-2026-0007",
                [(f"{BANK}A001", "1210.00", ""), (f"{CUSTOMERS}A001", "-1210.00", "A001-2026-0007")],
            )
        ]
        assert items(trade) == {}
        assert (result.booked, result.matched, result.undecided) == (1, 1, ())
        assert result.targets == (
            trade.coop.root / "activities/A001/books/bank-2026.beancount",
            trade.coop.coop / "bank-2026.beancount",
        )

    @pytest.mark.parametrize(
        "text",
        [
            OGM,
            OGM.replace("+", "*"),
            OGM.strip("+"),
            OGM.strip("+").replace("/", ""),
            OGM.strip("+").replace("/", " "),
            f"Merci {OGM.strip('+').replace('/', '-')}, bien à vous",
        ],
    )
    def test_a_structured_communication_typed_in_free_text(self, trade, text):
        trade.sale("A001", "A001-2026-0007", "10.00", meta=f'  ogm: "{OGM}"\n')
        trade.pay(Line(10_000, communication=text))
        assert [flag for flag, _, _ in trade.sides()] == ["*"]
        assert items(trade) == {}

    @pytest.mark.parametrize("where", ["structured", "free"])
    def test_a_creditor_reference(self, trade, where):
        trade.sale("A001", "A001-2026-0007", "10.00", meta='  rf: "RF18 5390 0754 7034"\n')
        line = Line(10_000, structured=STRUCTURED, communication="100RF18539007547034")
        trade.pay(line if where == "structured" else Line(10_000, communication="voir rf18539007547034."))
        assert items(trade) == {}

    @pytest.mark.parametrize(
        "text",
        [
            "A001-2026-0007",
            "a001-2026-0007",
            "Facture A001-2026-0007, merci",
            "FACTURE:A001-2026-0007.",
            "(A001-2026-0007)",
            "pour A001-2026-0007 -",
        ],
    )
    @pytest.mark.parametrize("link", [True, False])
    def test_the_number_as_a_whole_word(self, trade, text, link):
        trade.sale("A001", "A001-2026-0007", "10.00", link=link)
        trade.pay(Line(10_000, communication=text))
        ((flag, links, _),) = trade.sides()
        assert (flag, links) == ("*", "A001-2026-0007" if link else "")
        assert items(trade) == {}

    def test_several_invoices_of_one_unit_are_one_transaction(self, trade):
        trade.sale("A001", "A001-2026-0007", "10.00", meta=f'  ogm: "{OGM}"\n')
        trade.sale("A001", "A001-2026-0008", "20.00")
        trade.pay(Line(30_000, communication=f"{OGM} et A001-2026-0008"))
        ((flag, links, postings),) = trade.sides()
        assert (flag, links) == ("*", "A001-2026-0007 A001-2026-0008")
        assert [number for _, number, _ in postings] == ["30.00", "-10.00", "-20.00"]
        assert items(trade) == {}

    def test_invoices_of_two_units_are_two_transactions_with_one_reference(self, trade):
        trade.sale("A001", "A001-2026-0007", "10.00")
        trade.sale("A002", "A002-2026-0003", "20.00")
        trade.pay(Line(30_000, communication="A001-2026-0007 + A002-2026-0003"))
        assert trade.sides() == [
            ("*", f"{unit}-2026-000{n}", [(f"{BANK}{unit}", amount, ""), (f"{CUSTOMERS}{unit}", f"-{amount}", name)])
            for unit, n, amount, name in (
                ("A001", 7, "10.00", "A001-2026-0007"),
                ("A002", 3, "20.00", "A002-2026-0003"),
            )
        ]
        assert len({one.meta["bank-ref"] for one in trade.booked()}) == 1

    def test_a_credit_note_that_is_paid_back(self, trade):
        trade.sale("A001", "A001-2026-0009", "-50.00")
        trade.pay(Line(-50_000, communication="Note de credit A001-2026-0009"))
        assert items(trade) == {}
        assert trade.sides()[0][0] == "*"

    def test_what_two_statements_of_one_run_pay(self, trade):
        trade.sale("A001", "A001-2026-0007", "30.00")
        papers = [trade.paper(Line(amount, communication="A001-2026-0007")) for amount in (10_000, 20_000)]
        first, second = trade.bring(*papers)
        assert (len(first.undecided), len(second.undecided)) == (1, 0)
        assert items(trade) == {}

    def test_the_parts_of_a_total_are_matched_apart(self, trade):
        trade.sale("A001", "A001-2026-0007", "10.00", meta=f'  ogm: "{OGM}"\n')
        trade.sale("A002", "A002-2026-0003", "20.00")
        total = Line(30_000, kind="1", reference="REMISE")
        parts = (
            Line(10_000, detail=1, kind="5", **structured(OGM)),
            Line(20_000, detail=2, kind="5", communication="A002-2026-0003"),
        )
        trade.pay(total, *parts)
        assert items(trade) == {}
        assert [flag for flag, _, _ in trade.sides()] == ["*", "*"]

    def test_an_account_of_ones_own(self, trade):
        trade.sale("A003", "A003-2026-0001", "10.00", meta=f'  ogm: "{OGM}"\n')
        trade.pay(Line(10_000, **structured(OGM)), account=OWN)
        ((flag, _, postings),) = trade.sides()
        assert (flag, postings[0][0], postings[1][0]) == ("*", "Assets:55:5501-Banque:A003", f"{CUSTOMERS}A003")


class TestToDecide:
    """The reference tells the invoice, and something does not agree: flag `!`."""

    @pytest.fixture
    def trade(self, tmp_path):
        trade = Trade(tmp_path)
        trade.sale("A001", "A001-2026-0007", "100.00", meta=f'  ogm: "{OGM}"\n')
        return trade

    def test_a_payment_in_part_leaves_the_rest_open(self, trade):
        result = trade.pay(Line(40_000, **structured(OGM)))
        assert items(trade) == {("A001", "A001-2026-0007"): "60.00"}
        assert trade.sides()[0][0] == "!"
        assert "60.00 of A001-2026-0007 stays open" in why(result)

    def test_what_is_paid_beyond_waits(self, trade):
        result = trade.pay(Line(130_000, **structured(OGM)))
        ((flag, _, postings),) = trade.sides()
        assert flag == "!"
        assert postings == [
            (f"{BANK}A001", "130.00", ""),
            (f"{CUSTOMERS}A001", "-100.00", "A001-2026-0007"),
            (f"{WAITING}A001", "-30.00", ""),
        ]
        assert "30.00 is more than what is open of A001-2026-0007" in why(result)

    def test_the_oldest_of_several_is_settled_first(self, trade):
        trade.sale("A001", "A001-2026-0008", "100.00", day="01-03")
        trade.pay(Line(120_000, communication=f"A001-2026-0008 {OGM}"))
        assert items(trade) == {("A001", "A001-2026-0008"): "80.00"}
        assert trade.sides()[0][0] == "!"

    def test_what_is_beyond_several_of_two_units_waits_with_coop(self, trade):
        trade.sale("A002", "A002-2026-0003", "20.00")
        trade.pay(Line(150_000, communication=f"A002-2026-0003 {OGM}"))
        sides = trade.sides()
        assert {flag for flag, _, _ in sides} == {"!"}
        assert max(postings for _, _, postings in sides) == [
            (f"{BANK}COOP", "30.00", ""),
            (f"{WAITING}COOP", "-30.00", ""),
        ]
        assert items(trade) == {}

    def test_a_payment_made_twice_is_owed_back(self, trade):
        trade.pay(Line(100_000, **structured(OGM)))
        result = trade.pay(Line(100_000, **structured(OGM)))
        assert trade.sides()[1] == (
            "!",
            "A001-2026-0007",
            [(f"{BANK}A001", "100.00", ""), (f"{CUSTOMERS}A001", "-100.00", "A001-2026-0007")],
        )
        assert items(trade) == {("A001", "A001-2026-0007"): "-100.00"}
        assert "is settled already" in why(result)

    def test_a_payment_made_twice_within_one_statement(self, trade):
        trade.pay(Line(100_000, **structured(OGM)), Line(100_000, **structured(OGM)))
        assert [flag for flag, _, _ in trade.sides()] == ["*", "!"]
        assert items(trade) == {("A001", "A001-2026-0007"): "-100.00"}

    def test_and_paid_back_again(self, trade):
        trade.pay(Line(100_000, **structured(OGM)), Line(100_000, **structured(OGM)))
        trade.pay(Line(-100_000, communication="Remboursement A001-2026-0007"))
        assert trade.sides()[-1][0] == "*"
        assert items(trade) == {}

    def test_a_wrong_check_digit_is_text(self, trade):
        wrong = f"{OGM[:-4]}{(int(OGM[-4]) + 1) % 10}+++"
        result = trade.pay(Line(100_000, communication=wrong))
        ((flag, _, postings),) = trade.sides()
        assert (flag, postings[1][0]) == ("!", f"{WAITING}COOP")
        assert trade.booked()[0].narration == wrong
        assert f"the communication {wrong} has wrong check digits" in why(result)

    def test_a_wrong_one_beside_a_right_one_raises_a_doubt(self, trade):
        wrong = f"{OGM[:-4]}{(int(OGM[-4]) + 1) % 10}+++"
        trade.pay(Line(100_000, communication=f"{wrong} A001-2026-0007"))
        assert items(trade) == {}
        assert trade.sides()[0][0] == "!"

    def test_a_communication_that_no_invoice_bears(self, trade):
        result = trade.pay(Line(100_000, **structured(ogm(99))))
        assert why(result) == f"no invoice bears {ogm(99)} [BC1254]"
        assert trade.sides()[0][2][1][0] == f"{WAITING}COOP"

    def test_the_account_of_another_unit(self, trade):
        result = trade.pay(Line(100_000, **structured(OGM)), account=OWN)
        assert "is an invoice of A001, and the account is that of A003" in why(result)
        assert trade.sides()[0][2][1][0] == "Liabilities:49:499-CompteAttente:A003"
        assert items(trade) == {("A001", "A001-2026-0007"): "100.00"}

    def test_money_in_the_other_direction(self, trade):
        result = trade.pay(Line(-100_000, communication="A001-2026-0007"))
        assert "is not open for money that is paid out" in why(result)
        assert items(trade) == {("A001", "A001-2026-0007"): "100.00"}

    def test_one_number_for_two_invoices(self, trade):
        trade.sale("A001", "2026-001", "10.00", link=False)
        trade.sale("A002", "2026-001", "10.00", link=False)
        result = trade.pay(Line(10_000, communication="facture 2026-001"))
        assert why(result) == "2026-001 may mean one of these: 2026-001 (A001), 2026-001 (A002) [BC1257]"
        assert trade.sides()[0][2][1][0] == f"{WAITING}COOP"

    def test_one_number_for_two_credit_notes(self, trade):
        for unit in ("A001", "A002"):
            trade.sale(unit, "NC-001", "-10.00", link=False)
        result = trade.pay(Line(-10_000, communication="NC-001"))
        assert why(result) == "nc-001 may mean one of these: NC-001 (A001), NC-001 (A002) [BC1257]"

    def test_one_number_for_two_invoices_of_which_one_is_open(self, trade):
        for name in ("A001-2026-0011", "A001-2026-0012"):
            trade.sale("A001", name, "10.00", meta=f'  ogm: "{ogm(5)}"\n')
        trade.pay(Line(10_000, communication="A001-2026-0011"))
        trade.pay(Line(10_000, **structured(ogm(5))))
        assert [flag for flag, _, _ in trade.sides()] == ["*", "*"]

    def test_another_currency_than_the_invoice_s(self, trade):
        trade.coop.add(
            trade.coop.books / "first.beancount",
            '2020-01-01 open Assets:55:5502-Devises:A003 USD\n  iban: "BE62510007547061"\n',
        )
        file = trade.root / "usd.cod"
        paper = Paper((Line(100_000, **structured(OGM)),), account="BE62510007547061", currency="USD")
        file.write_bytes(coda(paper))
        (result,) = trade.bring(file)
        assert (result.refusal, len(result.undecided)) == (None, 1)
        assert items(trade) == {("A001", "A001-2026-0007"): "100.00"}


class TestLikeness:
    """What only resembles settles nothing, however well the amount agrees."""

    @pytest.mark.parametrize(
        "text",
        [
            "A001-2026-00071",
            "XA001-2026-0007",
            "A001-2026-0007-bis",
            "A001-2026-0007/2",
            "1/A001-2026-0007",
            "A0012026 0007",
            "A001 2026 0007",
            "A001-2026-007",
            "2026-0007",
            "é" + "A001-2026-0007",
            "Client de A001, 100.00",
        ],
    )
    def test_not_quite_the_number(self, trade, text):
        trade.sale("A001", "A001-2026-0007", "100.00")
        trade.pay(Line(100_000, communication=text, name="Client de A001"))
        assert items(trade) == {("A001", "A001-2026-0007"): "100.00"}
        assert trade.sides() == [("!", "", [(f"{BANK}COOP", "100.00", ""), (f"{WAITING}COOP", "-100.00", "")])]

    @pytest.mark.parametrize("name", ["7", "2026", "F-12", "Solde", "Facture"])
    def test_a_name_that_could_stand_in_any_text(self, trade, name):
        trade.sale("A001", name, "100.00", link=False)
        trade.pay(Line(100_000, communication=f"Facture {name} Solde 7 2026"))
        assert items(trade) == {("A001", name): "100.00"}

    def test_five_characters_with_a_figure_are_enough(self, trade):
        trade.sale("A001", "F-123", "100.00", link=False)
        trade.pay(Line(100_000, communication="Facture f-123"))
        assert items(trade) == {}

    def test_figures_within_an_account_number_are_none(self, trade):
        digits = "".join(filter(str.isdecimal, OGM))
        trade.sale("A001", "A001-2026-0007", "100.00", meta=f'  ogm: "{OGM}"\n')
        trade.pay(Line(100_000, communication=f"BE12{digits} N{digits} {digits}9"))
        assert items(trade) == {("A001", "A001-2026-0007"): "100.00"}

    def test_what_a_card_terminal_says_is_no_communication(self, trade):
        digits = "".join(filter(str.isdecimal, OGM))
        trade.sale("A001", "A001-2026-0007", "100.00", meta=f'  ogm: "{OGM}"\n')
        trade.pay(Line(100_000, structured=STRUCTURED, communication=f"113{digits}"))
        assert items(trade) == {("A001", "A001-2026-0007"): "100.00"}

    def test_what_the_bank_said_before_names_no_invoice(self, trade):
        """A person has put one payment on a customer's account; its communication says nothing of the next one."""
        trade.pay(Line(-100_000, **structured(OGM)))
        file = trade.coop.coop / "bank-2026.beancount"
        there = next(line for line in file.read_text().splitlines(keepends=True) if f"{WAITING}COOP" in line)
        named = f'  {CUSTOMERS}COOP  100.00 EUR\n    invoice: "COOP-2026-0001"\n'
        file.write_text(file.read_text().replace(there, named))
        assert items(trade) == {("COOP", "COOP-2026-0001"): "100.00"}
        result = trade.pay(Line(100_000, **structured(OGM)))
        assert why(result) == f"no invoice bears {OGM} [BC1254]"


class TestSuppliers:
    def test_the_communication_of_the_purchase_is_enough(self, trade):
        trade.purchase("A001", "2026/0871", "240.06", meta=f'  ogm: "{OGM}"\n')
        trade.pay(Line(-240_060, account=SUPPLIER, **structured(OGM)))
        assert trade.sides() == [
            ("*", "", [(f"{BANK}A001", "-240.06", ""), (f"{SUPPLIERS}A001", "240.06", "2026/0871")])
        ]
        assert items(trade) == {}

    def test_a_number_is_not_while_the_account_is_unknown(self, trade):
        trade.purchase("A001", "2026/0871", "240.06")
        result = trade.pay(Line(-240_060, account=SUPPLIER, communication="Facture 2026/0871"))
        assert why(result) == f"2026/0871 is open, but {SUPPLIER} is not known as an account of Grossiste [BC1255]"
        assert trade.sides()[0][2][1][0] == f"{WAITING}COOP"
        result = trade.pay(Line(-240_060, communication="Facture 2026/0871"))
        assert "no account is named" in why(result)

    def test_the_purchase_may_name_the_account(self, trade):
        trade.purchase("A001", "2026/0871", "240.06", meta='  counterparty-account: "BE84 9993 3081 7459"\n')
        trade.pay(Line(-240_060, account=SUPPLIER, communication="Facture 2026/0871"))
        assert items(trade) == {}
        assert trade.sides()[0][0] == "*"

    def test_an_earlier_payment_makes_the_account_known(self, trade):
        trade.purchase("A001", "2026/0870", "10.00", meta=f'  ogm: "{OGM}"\n')
        trade.purchase("A002", "2026/0871", "20.00", payee=" grossiste ")
        trade.pay(Line(-10_000, account=SUPPLIER, **structured(OGM)))
        trade.pay(Line(-20_000, account=SUPPLIER, communication="2026/0871"))
        assert items(trade) == {}

    def test_the_account_of_another_supplier_is_not_enough(self, trade):
        trade.purchase("A001", "2026/0871", "20.00", payee="Autre", meta=f'  counterparty-account: "{SUPPLIER}"\n')
        trade.purchase("A002", "2026/0872", "20.00")
        trade.pay(Line(-20_000, account=SUPPLIER, communication="2026/0872"))
        assert items(trade) == {("A001", "2026/0871"): "-20.00", ("A002", "2026/0872"): "-20.00"}

    def test_the_same_number_of_two_suppliers_is_told_by_the_account(self, trade):
        trade.purchase("A001", "2026-12", "20.00", payee="Autre", meta='  counterparty-account: "BE62998245009361"\n')
        trade.purchase("A001", "2026-012", "20.00", meta=f'  counterparty-account: "{SUPPLIER}"\n')
        trade.pay(Line(-20_000, account=SUPPLIER, communication="2026-012 2026-12"))
        assert items(trade) == {("A001", "2026-12"): "-20.00"}

    def test_a_supplier_who_pays_a_credit_note(self, trade):
        meta = f'  counterparty-account: "{SUPPLIER}"\n'
        trade.purchase("A001", "NC-2026-1", "-30.00", meta=meta)
        trade.pay(Line(30_000, account=SUPPLIER, communication="NC-2026-1"))
        assert items(trade) == {}

    def test_paid_twice(self, trade):
        trade.purchase("A001", "2026/0871", "20.00", meta=f'  ogm: "{OGM}"\n')
        trade.pay(
            Line(-20_000, account=SUPPLIER, **structured(OGM)), Line(-20_000, account=SUPPLIER, **structured(OGM))
        )
        assert items(trade) == {("A001", "2026/0871"): "20.00"}
        assert [flag for flag, _, _ in trade.sides()] == ["*", "!"]


class TestReturns:
    """A payment that came back reopens what it had settled, found by the reference it went out with."""

    def paid(self, trade, *, customer="E2E-2026-77"):
        trade.purchase("A001", "2026/0871", "240.06", meta=f'  ogm: "{OGM}"\n')
        trade.pay(Line(-240_060, account=SUPPLIER, customer=customer, **structured(OGM)))

    def test_a_transfer_that_could_not_be_delivered(self, trade):
        self.paid(trade)
        result = trade.pay(Line(240_060, customer="E2E-2026-77", returned="1AC04", account=SUPPLIER))
        assert trade.sides()[1] == (
            "*",
            "",
            [(f"{BANK}A001", "240.06", ""), (f"{SUPPLIERS}A001", "-240.06", "2026/0871")],
        )
        assert items(trade) == {("A001", "2026/0871"): "-240.06"}
        original, returned = trade.booked()
        assert returned.meta["returns"] == original.meta["bank-ref"]
        assert (result.matched, result.undecided) == (1, ())

    def test_a_direct_debit_that_came_back_reopens_the_customers_of_both_units(self, trade):
        trade.sale("A001", "A001-2026-0007", "10.00")
        trade.sale("A002", "A002-2026-0003", "20.00")
        trade.pay(Line(30_000, communication="A001-2026-0007 A002-2026-0003", customer="MANDAT-0042-03"))
        trade.pay(Line(-30_000, customer="MANDAT-0042-03", returned="1MS03"))
        assert items(trade) == {("A001", "A001-2026-0007"): "10.00", ("A002", "A002-2026-0003"): "20.00"}
        assert [links for _, links, _ in trade.sides()[2:]] == ["A001-2026-0007", "A002-2026-0003"]

    def test_and_is_paid_again(self, trade):
        self.paid(trade)
        trade.pay(Line(240_060, customer="E2E-2026-77", returned="1AC04"))
        trade.pay(Line(-240_060, account=SUPPLIER, customer="E2E-2026-77", **structured(OGM)))
        assert items(trade) == {}
        trade.pay(Line(240_060, customer="E2E-2026-77", returned="1AC04"))
        assert items(trade) == {("A001", "2026/0871"): "-240.06"}

    def test_within_one_statement(self, trade):
        trade.purchase("A001", "2026/0871", "240.06", meta=f'  ogm: "{OGM}"\n')
        trade.pay(
            Line(-240_060, account=SUPPLIER, customer="E2E-2026-77", **structured(OGM)),
            Line(240_060, customer="E2E-2026-77", returned="1AC04"),
        )
        assert items(trade) == {("A001", "2026/0871"): "-240.06"}

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            (Line(240_060, customer="E2E-2026-78", returned="1AC04"), "no payment of this account went out"),
            (Line(240_060, customer="", returned="1AC04"), "no payment of this account went out"),
            (Line(240_000, customer="E2E-2026-77", returned="1AC04"), "was for another amount"),
            (Line(-240_060, customer="E2E-2026-77", returned="1AC04"), "no payment of this account went out"),
        ],
    )
    def test_what_is_not_told_exactly_is_left_to_people(self, trade, line, words):
        self.paid(trade)
        result = trade.pay(line)
        assert words in why(result)
        assert items(trade) == {}
        ((_, _, postings),) = [side for side in trade.sides() if side[0] == "!"]
        assert postings[1][0].startswith(WAITING)

    def test_a_reference_that_is_none(self, trade):
        self.paid(trade, customer="NOTPROVIDED")
        result = trade.pay(Line(240_060, customer="NOTPROVIDED", returned="1AC04"))
        assert "no payment of this account went out" in why(result)

    def test_a_reference_used_twice(self, trade):
        self.paid(trade)
        trade.purchase("A001", "2026/0872", "240.06", meta=f'  ogm: "{ogm(8)}"\n')
        trade.pay(Line(-240_060, customer="E2E-2026-77", **structured(ogm(8))))
        result = trade.pay(Line(240_060, customer="E2E-2026-77", returned="1AC04"))
        assert "several payments went out" in why(result)

    def test_it_comes_back_once(self, trade):
        self.paid(trade)
        back = Line(240_060, customer="E2E-2026-77", returned="1AC04")
        result = trade.pay(back, back)
        assert [one.decided for one in result.routed] == [True, False]

    def test_a_payment_nobody_has_explained_comes_back_to_where_it_waits(self, trade):
        trade.pay(Line(-10_000, customer="E2E-2026-80"), account=OWN)
        result = trade.pay(Line(10_000, customer="E2E-2026-80", returned="1AC04"), account=OWN)
        assert "was not for an invoice" in why(result)
        assert trade.sides()[1][2][1][0] == "Liabilities:49:499-CompteAttente:A003"

    def test_without_a_reason_to_return_it_is_no_return(self, trade):
        self.paid(trade)
        trade.pay(Line(240_060, customer="E2E-2026-77"))
        assert items(trade) == {}


def test_ten_thousand_payments_are_matched_by_look_up(tmp_path, monkeypatch):
    """Count what is looked at, since time tells of the machine: no invoice is compared that is not named."""
    trade = Trade(tmp_path)
    for number in range(300):
        trade.sale("A001", f"A001-2026-{number:04}", "1.00")
    seen = []
    find = Invoices.find

    def counting(self, reference):
        answer = find(self, reference)
        seen.extend(answer)
        return answer

    monkeypatch.setattr(Invoices, "find", counting)
    trade.pay(*(Line(1_000, communication=f"facture A001-2026-{number:04}") for number in range(300)))
    assert len(seen) == 300
    assert items(trade) == {}


def test_the_sum_of_the_movements_is_on_the_bank(trade):
    trade.sale("A001", "A001-2026-0007", "10.00")
    trade.pay(Line(12_500, communication="A001-2026-0007"), Line(-3_000, communication="Loyer"))
    posted = [p.units.number for e in trade.booked() for p in e.postings if p.account.startswith(BANK)]
    assert sum(posted) == Decimal("9.50")
    (balance,) = trade.coop.balances()
    assert (balance.account, balance.date) == ("Assets:55:5500-Banque", datetime.date(2026, 1, 16))
