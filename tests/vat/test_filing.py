"""Filing a return: what is frozen, settled and written; what is refused; a period that is filed answers with it."""

from __future__ import annotations

import hashlib
import re
from decimal import Decimal

import pytest
from beancoop.loading.ledger import load_ledger
from beancount.core.data import Custom, Transaction
from filing_books import DEDUCTED, OWED, Cooperative, purchase, sale

DUE = "2026-04-20"


@pytest.fixture
def cooperative(tmp_path) -> Cooperative:
    made = Cooperative(tmp_path)
    made.write(sale("2026-01-15", "1000.00", "210.00"))
    made.write(purchase("2026-02-03", "400.00", "84.00"))
    made.write(sale("2026-03-31", "100.00", "6.00", "A002"), "A002")
    made.write(purchase("2026-02-10", "200.00", "42.00", "COOP", "61:610-LoyersCharges"), "COOP")
    return made


def balance(cooperative: Cooperative, start: str, link: str = "") -> Decimal:
    ledger = load_ledger(cooperative.main)
    assert ledger.findings == []
    entries = (each for each in ledger.entries if isinstance(each, Transaction) and (not link or link in each.links))
    postings = (posting for entry in entries for posting in entry.postings)
    return sum((posting.units.number for posting in postings if posting.account.startswith(start)), Decimal(0))


def test_what_is_filed_is_frozen_and_settled(cooperative):
    open_return = cooperative.returned("2026-Q1")
    assert open_return["grids"] == {
        "01": "100.00", "03": "1000.00", "54": "216.00", "59": "126.00", "81": "400.00", "82": "200.00", "71": "90.00"
    }  # fmt: skip
    assert open_return["units"]["A001"] == {
        "03": "1000.00", "54": "210.00", "59": "84.00", "81": "400.00", "71": "126.00"
    }  # fmt: skip
    assert open_return["units"]["COOP"] == {"59": "42.00", "82": "200.00", "72": "42.00"}
    done = cooperative.file("2026-Q1", DUE)
    assert done.status == 0, done.err
    ledger = load_ledger(cooperative.main)
    (directive,) = (each for each in ledger.entries if isinstance(each, Custom) and each.type == "vat-return")
    assert (str(directive.date), directive.values[0].value) == (DUE, "2026-Q1")
    assert directive.meta["filename"] == str(cooperative.ledgers / "coop/vat-2026.beancount")
    assert {
        key[5:]: f"{each.number}" for key, each in directive.meta.items() if key.startswith("grid-")
    } == open_return["grids"]
    xml = (cooperative.ledgers / "coop/vat/2026-Q1.xml").read_bytes()
    assert directive.meta["xml-sha256"] == hashlib.sha256(xml).hexdigest()
    assert re.fullmatch("[0-9a-f]{64}", directive.meta["sha256"])
    assert {**cooperative.returned("2026-Q1"), "late": []} == open_return
    assert (
        balance(cooperative, OWED.split("-", maxsplit=1)[0] + "-")
        == balance(cooperative, DEDUCTED.split("-")[0] + "-")
        == 0
    )
    assert balance(cooperative, "Liabilities:45:4519-CompteProvisionTVA:COOP") == Decimal("-90.00")
    assert balance(cooperative, "Assets:9:960-Liaison", "vat-2026-Q1") == 0
    assert balance(cooperative, "Assets:9:960-Liaison:A001", "vat-2026-Q1") == Decimal("-126.00")
    assert cooperative.run("check").status == 0


def test_the_settlement_of_a_unit_stands_in_its_closed_books_and_bears_the_link(cooperative):
    cooperative.file("2026-Q1", DUE)
    text = (cooperative.ledgers / "activities/A001/closed/vat-2026.beancount").read_text()
    assert "^vat-2026-Q1" in text
    assert "960-Liaison:A001" in text
    assert "COOP" not in text


def test_the_csv_holds_each_posting_with_its_grid_before_the_carry(cooperative):
    cooperative.file("2026-Q1", DUE)
    lines = (cooperative.ledgers / "coop/vat/2026-Q1.csv").read_text().splitlines()
    assert lines[0] == "sha256,posting,unit,code,grid,amount"
    assert sorted(line.split(",", 1)[1] for line in lines[1:]) == [
        "1,A001,BE,81,400.00", "1,COOP,BE,82,200.00", "2,A001,BE,59,84.00", "2,A001,S21,03,1000.00",
        "2,A002,S6,01,100.00", "2,COOP,BE,59,42.00", "3,A001,S21,54,210.00", "3,A002,S6,54,6.00",
    ]  # fmt: skip
    assert cooperative.vat("return", "2026-Q1", "--format", "csv").out.splitlines() == lines


def test_a_filed_period_answers_with_what_was_filed_and_says_so(cooperative):
    cooperative.file("2026-Q1", DUE)
    cooperative.write(purchase("2026-03-02", "100.00", "21.00"))
    answered = cooperative.vat("return", "2026-Q1", "--format", "json")
    assert answered.status == 0
    assert '"59": "126.00"' in answered.out
    assert "2026-Q1 was filed on 2026-04-20" in answered.err
    xml = cooperative.vat("return", "2026-Q1", "--format", "xml").out
    assert xml.encode() == (cooperative.ledgers / "coop/vat/2026-Q1.xml").read_bytes()
    assert "2026-Q1 was filed" in cooperative.vat("return", "2026-Q1").err


def test_a_claim_goes_to_the_other_account(cooperative):
    cooperative.write(purchase("2026-02-03", "2000.00", "420.00"))
    assert cooperative.file("2026-Q1", DUE).status == 0
    assert balance(cooperative, "Assets:41:4119-CompteProvisionTVA:COOP") == Decimal("330.00")


def test_a_return_of_nothing_says_71_zero_and_settles_nothing(tmp_path):
    cooperative = Cooperative(tmp_path)
    assert cooperative.returned("2026-Q1")["grids"] == {"71": "0.00"}
    assert cooperative.file("2026-Q1", DUE).status == 0
    assert not (cooperative.ledgers / "activities/A001/closed/vat-2026.beancount").exists()
    assert 'GridNumber="71">0.00<' in (cooperative.ledgers / "coop/vat/2026-Q1.xml").read_text()
    assert cooperative.run("check").status == 0


REFUSED = [
    (("2026-Q1", "9999-12-31"), "BC433"),
    (("2026-Q1", "2026-03-31"), "BC1081"),
    (("2026-Q2", "2026-07-20"), "BC1083"),
    (("2026-Q1", DUE, "--replaces", "1-0123456789-123456"), "BC1092"),
]


@pytest.mark.parametrize(("arguments", "code"), REFUSED, ids=[code for _, code in REFUSED])
def test_what_is_not_its_turn_is_refused_and_nothing_written(cooperative, arguments, code):
    before = cooperative.files()
    done = cooperative.file(*arguments)
    assert (done.status, code in done.err) == (1, True), done.err
    assert cooperative.files() == before


def test_a_filed_period_is_not_filed_again(cooperative):
    cooperative.file("2026-Q1", DUE)
    before = cooperative.files()
    done = cooperative.file("2026-Q1", "2026-04-21")
    assert (done.status, "BC1082" in done.err) == (1, True)
    assert cooperative.files() == before


ODD_ENTRIES = [
    (sale("2026-02-02", "100.00", "0"), "BC1084"),
    (sale("2026-02-02", "100.00", "21.00").replace("*", "!"), "BC1085"),
    (sale("2026-02-02", "1000.00", "100.00", meta='vat: "S21"'), "BC1086"),
    (sale("2026-02-02", "100.00", "0", meta='vat: "ICS"'), "BC1087"),
]


@pytest.mark.parametrize(("text", "code"), ODD_ENTRIES, ids=[code for _, code in ODD_ENTRIES])
def test_what_is_not_ready_is_refused_and_nothing_written(cooperative, text, code):
    line = cooperative.write(text)
    before = cooperative.files()
    done = cooperative.file("2026-Q1", DUE)
    assert (done.status, code in done.err) == (1, True), done.err
    if code in {"BC1084", "BC1085"}:
        assert f"books/2026.beancount:{line}: " in done.err
    assert cooperative.files() == before


def test_a_reason_is_taken_for_what_is_odd_and_stands_in_the_file(cooperative):
    cooperative.write(sale("2026-02-02", "100.00", "0", meta='vat: "ICS"'))
    assert cooperative.file("2026-Q1", DUE, "--justify", "Le numéro du client suit").status == 0
    xml = (cooperative.ledgers / "coop/vat/2026-Q1.xml").read_text()
    assert "Justification>Le numéro du client suit<" in xml


def test_without_an_enterprise_number_nothing_is_filed(tmp_path):
    cooperative = Cooperative(tmp_path, enterprise="")
    before = cooperative.files()
    done = cooperative.file("2026-Q1", DUE)
    assert (done.status, "BC1088" in done.err) == (1, True)
    assert cooperative.files() == before
    assert cooperative.vat("return", "2026-Q1", "--format", "xml").status == 1


def test_months_are_filed_where_the_cooperative_declares_by_months(tmp_path):
    cooperative = Cooperative(tmp_path, vat_period="month")
    cooperative.write(sale("2026-01-15", "1000.00", "210.00"))
    assert cooperative.vat("return", "2026-Q1").status == 2
    assert cooperative.file("2026-01", "2026-02-20").status == 0
    assert (cooperative.ledgers / "coop/vat/2026-01.xml").exists()
    assert cooperative.run("check").status == 0


def test_a_change_of_kind_waits_for_the_next_whole_period(cooperative):
    text = cooperative.main.read_text()
    cooperative.main.write_text(
        text + '2026-02-15 custom "cooperative-terms" "Les Sources SC"\n  vat-period: "month"\n'
    )
    assert [cooperative.vat("return", period).status for period in ("2026-03", "2026-Q1", "2026-04", "2026-Q2")] == [
        2, 0, 0, 2
    ]  # fmt: skip


@pytest.mark.parametrize("period", ["2026", "2026-Q5", "2026-13", "2026-q1", "26-Q1", "", "2026-Q1 "])
def test_what_is_no_period_is_misuse(cooperative, period):
    assert cooperative.vat("return", period).status == 2


def test_a_negative_grid_is_carried_once_over_two_periods(cooperative):
    cooperative.write(purchase("2026-03-03", "-500.00", "-105.00"))
    first = cooperative.returned("2026-Q1")
    assert "81" not in first["grids"]
    assert first["carried"] == {"81": "100.00"}
    assert cooperative.file("2026-Q1", DUE).status == 0
    cooperative.write(purchase("2026-05-05", "60.00", "12.60"))
    second = cooperative.returned("2026-Q2")
    assert "81" not in second["grids"]
    assert second["carried"] == {"81": "40.00"}
    assert cooperative.file("2026-Q2", "2026-07-20").status == 0
    cooperative.write(purchase("2026-08-08", "90.00", "18.90"))
    third = cooperative.returned("2026-Q3")
    assert (third["grids"]["81"], third["carried"]) == ("50.00", {})
    assert cooperative.run("check").status == 0


def test_a_purchase_written_later_goes_into_the_next_return_and_into_no_other(cooperative):
    cooperative.file("2026-Q1", DUE)
    line = cooperative.write(purchase("2026-03-02", "100.00", "21.00"))
    assert cooperative.run("check").status == 0
    assert cooperative.vat("drift", "2026-Q1").status == 0
    second = cooperative.returned("2026-Q2")
    assert second["grids"] == {"59": "21.00", "81": "100.00", "72": "21.00"}
    assert second["units"] == {}
    (late,) = second["late"]
    assert (late["file"], late["line"]) == ("activities/A001/books/2026.beancount", line)
    assert cooperative.returned("2026-Q3")["late"] == []
    assert cooperative.file("2026-Q2", "2026-07-20").status == 0
    assert cooperative.returned("2026-Q2") == second
    assert cooperative.returned("2026-Q3")["late"] == []
    assert cooperative.run("check").status == 0


def test_two_purchases_that_are_alike_count_twice(cooperative):
    cooperative.write(purchase("2026-02-03", "400.00", "84.00"))
    cooperative.file("2026-Q1", DUE)
    assert cooperative.run("check").status == 0
    cooperative.write(purchase("2026-02-03", "400.00", "84.00"))
    assert len(cooperative.returned("2026-Q2")["late"]) == 1


def test_a_return_that_replaces_another_settles_the_difference(cooperative):
    cooperative.file("2026-Q1", DUE)
    filed = cooperative.files()
    cooperative.write(sale("2026-03-30", "-1000.00", "-210.00", narration="Note de crédit"))
    assert cooperative.run("check").status == 1
    done = cooperative.file("2026-Q1", "2026-04-22", "--replaces", "12-0123456789-123456")
    assert done.status == 0, done.err
    xml = (cooperative.ledgers / "coop/vat/2026-Q1.2.xml").read_text()
    assert "ReplacedVATDeclaration>12-0123456789-123456<" in xml
    for name in ("coop/vat/2026-Q1.xml", "coop/vat/2026-Q1.csv"):
        assert cooperative.files()[name] == filed[name]
    text = cooperative.files()["coop/vat-2026.beancount"]
    assert text.startswith(filed["coop/vat-2026.beancount"])
    assert b'replaces: "12-0123456789-123456"' in text
    assert balance(cooperative, "Liabilities:45:4519-CompteProvisionTVA:COOP") == 0
    assert balance(cooperative, "Assets:41:4119-CompteProvisionTVA:COOP") == Decimal("120.00")
    assert balance(cooperative, f"{OWED}:A001") == 0
    assert cooperative.returned("2026-Q1")["grids"]["72"] == "120.00"
    assert cooperative.run("check").status == 0


@pytest.mark.parametrize("reference", ["", "x", "1-2-3", "1-0123456789-12345"])
def test_what_is_no_reference_is_misuse(cooperative, reference):
    cooperative.file("2026-Q1", DUE)
    status = cooperative.file("2026-Q1", DUE, "--replaces", reference).status
    assert status == (1 if reference == "" else 2)


def test_a_return_is_replaced_only_while_it_is_the_last(cooperative):
    cooperative.file("2026-Q1", DUE)
    cooperative.file("2026-Q2", "2026-07-20")
    done = cooperative.file("2026-Q1", "2026-07-21", "--replaces", "12-0123456789-123456")
    assert (done.status, "BC1093" in done.err) == (1, True)


def test_what_stood_on_an_account_that_is_closed_since_is_settled_in_the_structure(cooperative):
    cooperative.write(
        f'2026-04-01 * "Reprise" ^exit\n  {OWED}:A002  6.00 EUR\n  Assets:9:960-Liaison:A002  -6.00 EUR\n', "A002"
    )
    cooperative.write(
        f'2026-04-01 * "Reprise" ^exit\n  {OWED}:COOP  -6.00 EUR\n  Assets:9:960-Liaison:COOP  6.00 EUR\n', "COOP"
    )
    ledger = cooperative.ledgers / "activities/A002/ledger.beancount"
    ledger.write_text(ledger.read_text() + f"2026-04-02 close {OWED}:A002\n")
    assert cooperative.file("2026-Q1", DUE).status == 0
    assert not (cooperative.ledgers / "activities/A002/closed/vat-2026.beancount").exists()
    assert balance(cooperative, f"{OWED}:COOP") == 0
    assert balance(cooperative, "Liabilities:45:4519-CompteProvisionTVA:COOP") == Decimal("-90.00")
    assert cooperative.run("check").status == 0
