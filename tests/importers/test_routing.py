"""Movements of an account that the units share: whose they are, and in whose books they land."""

from __future__ import annotations

import pytest
from beancount.loader import load_file
from beancount.parser import printer
from coda_writer import Line
from cooperative import OWN, SHARED
from trade import TRADING, Trade, ogm, structured

OTHER = "BE84999330817459"
BANK, WAITING, CUSTOMERS = "Assets:55:5500-Banque:", "Assets:49:499-CompteAttente:", "Assets:40:400-Clients:"


@pytest.fixture
def trade(tmp_path):
    return Trade(tmp_path)


def accounts(trade):
    return [[posting.account for posting in one.postings] for one in trade.booked()]


def decide(trade, unit, account):
    """Do what a person does: say, in the unit's books, what the one movement on COOP's 499 is."""
    file = trade.coop.coop / "bank-2026.beancount"
    (entry,) = [one for one in trade.booked() if one.postings[1].account == f"{WAITING}COOP"]
    lines = file.read_text().splitlines(keepends=True)
    start = entry.meta["lineno"] - 1
    end = next(number for number in range(start, len(lines) + 1) if number == len(lines) or lines[number] == "\n")
    text = "".join(lines[start:end])
    file.write_text("".join(lines[:start] + lines[end:]))
    said = text.replace(f"{WAITING}COOP", f"{account}:{unit}").replace(f"{BANK}COOP", f"{BANK}{unit}")
    trade.write(unit, said.replace(" ! ", " * ", 1))
    assert trade.coop.errors() == []


def test_what_nothing_tells_waits_with_coop(trade):
    result = trade.pay(Line(10_000, account=OTHER, name="Inconnu"))
    assert accounts(trade) == [[f"{BANK}COOP", f"{WAITING}COOP"]]
    (routed,) = result.undecided
    assert (routed.way, routed.why) == ("waits", "nothing tells what it is for [BC1230]")


class TestCounterparties:
    def test_known_for_one_unit(self, trade):
        trade.pay(Line(-10_000, account=OTHER))
        decide(trade, "A001", "Expenses:61:6121-Telephone")
        result = trade.pay(Line(-12_000, account=OTHER))
        assert [f"{BANK}A001", f"{WAITING}A001"] in accounts(trade)
        (routed,) = result.undecided
        assert routed.why == f"{OTHER} is known for A001 alone; what it is for is not [BC1242]"

    def test_known_for_two(self, trade):
        for unit in ("A001", "A002"):
            trade.write(
                unit,
                f'2026-01-03 * "Opérateur" "Abonnement"\n  bank-ref: "coda/x/{unit}"\n'
                f'  counterparty-account: "{OTHER}"\n'
                f"  Expenses:61:6121-Telephone:{unit}  1.00 EUR\n  {BANK}{unit}  -1.00 EUR\n",
            )
        trade.balance[SHARED] = -2_000
        trade.pay(Line(-12_000, account=OTHER))
        assert accounts(trade)[-1] == [f"{BANK}COOP", f"{WAITING}COOP"]

    def test_what_nobody_has_decided_teaches_nothing(self, trade):
        trade.pay(Line(-10_000, account=OTHER))
        trade.pay(Line(-10_000, account=OTHER))
        assert accounts(trade) == [[f"{BANK}COOP", f"{WAITING}COOP"]] * 2

    def test_a_settled_invoice_teaches_whose_customer_it_is(self, trade):
        trade.sale("A002", "A002-2026-0001", "10.00", meta=f'  ogm: "{ogm(3)}"\n')
        result = trade.pay(Line(10_000, account=OTHER, **structured(ogm(3))), Line(15_000, account=OTHER))
        assert accounts(trade) == [[f"{BANK}A002", f"{CUSTOMERS}A002"], [f"{BANK}A002", f"{WAITING}A002"]]
        assert len(result.undecided) == 1

    def test_a_payment_in_part_teaches_nothing(self, trade):
        trade.sale("A002", "A002-2026-0001", "10.00")
        result = trade.pay(
            Line(4_000, account=OTHER, communication="A002-2026-0001"),
            Line(15_000, account=OTHER, communication="Divers"),
        )
        assert [one.way for one in result.routed] == ["invoice", "waits"]

    def test_the_account_of_a_unit_is_that_unit_s(self, trade):
        trade.pay(Line(-10_000, account=OWN))
        assert accounts(trade) == [["Assets:55:5500-Banque:A003", "Liabilities:49:499-CompteAttente:A003"]]

    def test_the_name_alone_tells_nothing(self, trade):
        trade.pay(Line(-10_000, account=OTHER, name="Fournisseur"))
        decide(trade, "A001", "Expenses:61:6121-Telephone")
        result = trade.pay(Line(-10_000, name="Fournisseur"))
        assert [entry.postings[0].account for entry in result.routed[0].transactions] == [f"{BANK}COOP"]


class TestBooks:
    def test_a_share_that_nobody_has_opened_is_opened(self, tmp_path):
        trade = Trade(tmp_path, shares=())
        trade.sale("A001", "A001-2026-0007", "10.00")
        trade.pay(Line(15_000, communication="A001-2026-0007"))
        book = trade.coop.root / "activities/A001/books/bank-2026.beancount"
        assert book.read_text().startswith(
            f"\n2020-01-01 open {BANK}A001\n\n2020-01-01 open {WAITING}A001\n\n2026-01-15 !"
        )

    def test_what_is_settled_opens_no_499(self, tmp_path):
        trade = Trade(tmp_path, shares=())
        trade.sale("A001", "A001-2026-0007", "10.00")
        trade.pay(Line(10_000, communication="A001-2026-0007"))
        assert "499" not in (trade.coop.root / "activities/A001/books/bank-2026.beancount").read_text()

    def test_the_sub_ledger_alone_holds_its_part(self, trade):
        trade.sale("A001", "A001-2026-0007", "10.00")
        trade.sale("A002", "A002-2026-0007", "20.00")
        trade.pay(Line(30_000, communication="A001-2026-0007 A002-2026-0007"))
        for unit, amount in (("A001", "10.00"), ("A002", "20.00")):
            entries, errors, _ = load_file(str(trade.coop.root / "activities" / unit / "ledger.beancount"))
            assert errors == []
            assert f"{BANK}{unit}   {amount} EUR" in "".join(map(printer.format_entry, entries))

    def test_the_balance_stands_on_the_parent(self, trade):
        trade.sale("A001", "A001-2026-0007", "10.00")
        trade.pay(Line(10_000, communication="A001-2026-0007"), Line(-4_000))
        (balance,) = trade.coop.balances()
        assert (balance.account, str(balance.amount)) == ("Assets:55:5500-Banque", "6.00 EUR")
        assert balance.meta["filename"] == str(trade.coop.coop / "bank-2026.beancount")

    def test_importing_again_adds_nothing(self, trade):
        trade.sale("A001", "A001-2026-0007", "10.00")
        trade.sale("A002", "A002-2026-0007", "20.00")
        file = trade.paper(Line(33_000, communication="A001-2026-0007 A002-2026-0007"))
        trade.bring(file)
        before = trade.coop.files()
        (again,) = trade.bring(file)
        assert (again.booked, again.skipped, again.refusal) == (0, 1, None)
        assert trade.coop.files() == before

    def test_a_later_statement_of_the_day_replaces_the_balance(self, trade):
        trade.sale("A001", "A001-2026-0007", "10.00")
        trade.pay(Line(5_000))
        trade.pay(Line(10_000, communication="A001-2026-0007"))
        assert [str(one.amount) for one in trade.coop.balances()] == ["15.00 EUR"]

    def test_an_account_that_was_closed_leaves_the_payment_to_people(self, trade):
        trade.sale("A001", "A001-2026-0007", "10.00")
        trade.coop.add(trade.coop.root / "activities/A001/ledger.beancount", f"2026-01-10 close {BANK}A001\n")
        result = trade.pay(Line(10_000, communication="A001-2026-0007"))
        assert accounts(trade) == [[f"{BANK}COOP", f"{WAITING}COOP"]]
        assert "is not open on 2026-01-15" in result.undecided[0].why

    def test_what_is_of_a_closed_month_waits_for_the_first_open_day(self, trade):
        trade.sale("A001", "A001-2026-0007", "10.00")
        for month in ("2025-12", "2026-01"):
            seal = f'{month}-31 custom "closed" "{month}" "A001"\n  entries: 0\n  sha256: ""\n  previous: ""\n'
            trade.write("A001", seal)
            trade.coop.add(trade.coop.coop / "accounts.beancount", seal.replace("A001", "COOP"))
        paper = trade.paper(Line(10_000, communication="A001-2026-0007"))
        (result,) = trade.bring(paper)
        assert result.refusal is None
        assert not result.undecided
        (entry,) = trade.coop.movements()
        assert (str(entry.date), str(entry.meta["booking-date"])) == ("2026-02-01", "2026-01-15")
        assert {posting.account.rpartition(":")[2] for posting in entry.postings} == {"A001"}
        assert trade.coop.balance_failures() == []
        (again,) = trade.bring(paper)
        assert (again.booked, again.skipped) == (0, 1)

    def test_a_unit_whose_books_are_not_read(self, trade):
        book = trade.coop.root / "activities/A001/ledger.beancount"
        book.write_text(book.read_text().replace('"books/*.beancount"', '"books/first.beancount"'))
        trade.sale("A001", "A001-2026-0007", "10.00")
        before = trade.coop.files()
        (result,) = trade.bring(trade.paper(Line(10_000, communication="A001-2026-0007")))
        assert "A001/books/bank-2026.beancount is not included by" in str(result.refusal)
        assert trade.coop.files() == before

    def test_a_unit_without_a_folder_of_books(self, trade):
        single = trade.coop.root / "activities/A009/ledger.beancount"
        single.parent.mkdir()
        opens = TRADING.format(unit="A009")
        single.write_text(f'2020-01-01 custom "activity" "A009"\n  months: 240\n{opens}')
        trade.coop.add(trade.coop.main, 'include "activities/A009/ledger.beancount"\n')
        trade.coop.add(
            single,
            '2026-01-02 * "Client" "Vente" ^A009-2026-0001\n'
            "  Assets:40:400-Clients:A009  10.00 EUR\n  Income:70:700-VentesPrestations:A009  -10.00 EUR\n",
        )
        result = trade.pay(Line(10_000, communication="A009-2026-0001"))
        assert result.targets == (single, trade.coop.coop / "bank-2026.beancount")

    @pytest.mark.parametrize("backwards", [False, True])
    def test_whatever_the_order_of_the_files(self, tmp_path, backwards):
        trade = Trade(tmp_path)
        trade.sale("A001", "A001-2026-0007", "30.00")
        trade.sale("A003", "A003-2026-0001", "5.00")
        files = [trade.paper(Line(n * 10_000, communication="A001-2026-0007")) for n in (1, 2, 3)]
        files.append(trade.paper(Line(5_000, communication="A003-2026-0001"), account=OWN))
        results = trade.bring(*(reversed(files) if backwards else files))
        told = {result.file.name: [one.decided for one in result.routed] for result in results}
        assert told == {"001.cod": [False], "002.cod": [True], "003.cod": [False], "004.cod": [True]}
        assert trade.coop.errors() == []
