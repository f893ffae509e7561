"""Bank exports into a ledger: booked once, whatever their periods; proved where the bank gives balances."""

from __future__ import annotations

from decimal import Decimal

import pytest
from beancoop_importers.importers import CodaImporter, CsvImporter
from beancoop_importers.ingest.run import import_files
from beancount.core.data import Balance
from coda_writer import Line, Paper, coda
from cooperative import found
from csv_writer import BELFIUS, BNP, KBC, TRIODOS, WISE, Move, argenta
from fava.core import FavaLedger

HISTORY = [
    Move("100.00", "2026-01-12", name="Anne", text="Part", number="2026-00001"),
    Move("100.00", "2026-01-12", name="Anne", text="Part", number="2026-00002"),
    Move("-40.50", "2026-01-13", name="Bart", text="Loyer", number="2026-00003"),
    Move("25.00", "2026-01-14", name="Chloé", text="Part", number="2026-00004"),
    Move("-9.75", "2026-01-15", name="Dries", text="Frais", number="2026-00005"),
    Move("310.00", "2026-01-15", name="Els", text="Vente", number="2026-00006"),
]


@pytest.fixture
def cooperative(tmp_path):
    (tmp_path / "ledgers").mkdir()
    return found(tmp_path / "ledgers", opening="500.00")


@pytest.fixture
def bring(cooperative, tmp_path):
    """Import exports, one file each, and give the results."""
    counter = iter(range(1_000))

    def act(*contents: bytes):
        files = []
        for content in contents:
            files.append(tmp_path / f"{next(counter):03}.csv")
            files[-1].write_bytes(content)
        return import_files(cooperative.main, files)

    return act


def amounts(cooperative) -> list[str]:
    return [str(one.postings[0].units.number) for one in cooperative.movements()]


def asserted(cooperative) -> list[str]:
    return [f"{one.date} {one.amount}" for one in cooperative.balances()]


def above(day: str, balance: str) -> list[str]:
    return [f"Dernier solde;{balance} EUR", f"Date/heure du dernier solde;{day} 12:00:00", ";"]


def write(bank: str, moves: list[Move], old: str = "500.00") -> bytes:
    match bank:
        case "kbc":
            return KBC.write(moves, old)
        case "belfius":
            return BELFIUS.write(moves, encoding="cp1252")
        case "bnp":
            return BNP.write(moves, encoding="utf-8-sig")
        case "argenta":
            return argenta(moves)
        case _:
            return WISE.write(moves, old)


BANKS = ["kbc", "belfius", "bnp", "argenta", "wise"]


@pytest.mark.parametrize("bank", BANKS)
class TestEveryBank:
    def prepare(self, cooperative, bank):
        if bank == "wise":
            path = cooperative.coop / "accounts.beancount"
            path.write_text(path.read_text().replace("BE68 5390 0754 7034", "Wise"))

    def test_booked_once(self, cooperative, bring, bank):
        self.prepare(cooperative, bank)
        (first,) = bring(write(bank, HISTORY))
        assert (first.refusal, first.booked, first.skipped) == (None, 6, 0)
        told = [text for text in map(str, first.warnings) if "gives no balances to prove it whole" in text]
        assert len(told) == len(first.warnings) == (bank not in {"kbc", "wise"})
        assert sorted(amounts(cooperative)) == sorted(move.amount for move in HISTORY)
        assert cooperative.errors() == []
        assert {one.meta["bank-ref"].split("/")[0] for one in cooperative.movements()} == {f"csv-{bank}"}
        before = cooperative.files()
        (second,) = bring(write(bank, HISTORY))
        assert (second.refusal, second.booked, second.skipped, second.warnings) == (None, 0, 6, ())
        assert cooperative.files() == before

    @pytest.mark.parametrize("order", [(0, 1), (1, 0)])
    @pytest.mark.parametrize("together", [True, False])
    def test_an_overlapping_export_adds_only_what_is_new(self, cooperative, bring, bank, order, together):
        self.prepare(cooperative, bank)
        early, late = write(bank, HISTORY[:4]), write(bank, HISTORY[2:], "700.00")
        contents = [(early, late)[one] for one in order]
        results = bring(*contents) if together else [bring(content)[0] for content in contents]
        assert [one.refusal for one in results] == [None, None]
        assert sum(one.booked for one in results) == 6
        assert sum(one.skipped for one in results) == 2
        assert sorted(amounts(cooperative)) == sorted(move.amount for move in HISTORY)
        assert cooperative.errors() == []


class TestTheDayGoesOn:
    """An export of noon, and one of the night or of a week later."""

    @pytest.mark.parametrize("last", [HISTORY[:4], HISTORY])
    @pytest.mark.parametrize("noon_first", [True, False])
    @pytest.mark.parametrize("together", [True, False])
    def test_the_balance_of_noon_is_not_asserted_when_the_day_has_more(
        self, cooperative, bring, last, noon_first, together
    ):
        noon, later = KBC.write(HISTORY[:1], "500.00"), KBC.write(last, "500.00")
        contents = (noon, later) if noon_first else (later, noon)
        results = bring(*contents) if together else [bring(content)[0] for content in contents]
        assert [one.refusal for one in results] == [None, None]
        end = {4: "2026-01-15 684.50 EUR", 6: "2026-01-16 984.75 EUR"}[len(last)]
        assert asserted(cooperative) == [end]
        assert cooperative.errors() == []

    def test_the_balance_of_an_export_stays_when_others_begin_after_it(self, cooperative, bring):
        bring(KBC.write(HISTORY[:3], "500.00"))
        bring(KBC.write(HISTORY[3:], "659.50"))
        assert asserted(cooperative) == ["2026-01-14 659.50 EUR", "2026-01-16 984.75 EUR"]
        assert cooperative.errors() == []

    def test_belfius_announces_the_balance_of_the_moment(self, cooperative, bring):
        bring(BELFIUS.write(HISTORY[:2], above=above("12/01/2026", "700,00")))
        assert asserted(cooperative) == ["2026-01-13 700.00 EUR"]
        (result,) = bring(BELFIUS.write(HISTORY, above=above("15/01/2026", "984,75")))
        assert (result.refusal, result.booked) == (None, 4)
        assert asserted(cooperative) == ["2026-01-13 700.00 EUR", "2026-01-16 984.75 EUR"]
        assert cooperative.errors() == []

    def test_and_a_row_that_is_missing_is_seen_by_it(self, cooperative, bring):
        (result,) = bring(BELFIUS.write(HISTORY[:2] + HISTORY[3:], above=above("15/01/2026", "984,75")))
        assert any("Balance failed" in text for text in map(str, result.warnings))

    def test_an_assertion_edited_since_is_left_to_people(self, cooperative, bring):
        bring(KBC.write(HISTORY[:1], "500.00"))
        target = cooperative.coop / "bank-2026.beancount"
        target.write_text(target.read_text().replace("600.00 EUR\n  bank-ref", "600.00 EUR ; vu\n  bank-ref"))
        (result,) = bring(KBC.write(HISTORY, "500.00"))
        assert "delete it, and import again" in str(result.refusal)


class TestDoubt:
    def test_a_gap_before_the_export_is_told(self, bring):
        (result,) = bring(KBC.write(HISTORY[3:], "659.50"))
        assert "begins at 659.50 on 2026-01-13, but Assets:55:5500-Banque stands at 500.00" in str(result.warnings[0])

    def test_balances_that_the_bank_tells_otherwise_now_are_refused(self, cooperative, bring):
        """As if the night had put the movements of the day in another order."""
        day = [move.but(booked="2026-01-15") for move in HISTORY[2:]]
        bring(KBC.write(day, "500.00"))
        before = cooperative.files()
        (result,) = bring(KBC.write([day[3], *day[:3]], "500.00"))
        assert "they may be the same" in str(result.refusal)
        assert cooperative.files() == before

    def test_where_no_balance_shows_it_it_is_told(self, bring):
        bring(BELFIUS.write(HISTORY[2:4]))
        (result,) = bring(BELFIUS.write([HISTORY[2].but(text="Huur"), HISTORY[3]]))
        assert any("if they are among those booked now" in text for text in map(str, result.warnings))

    def test_a_number_with_another_amount_is_refused_naming_both(self, bring):
        bring(BNP.write(HISTORY))
        (result,) = bring(BNP.write([HISTORY[0].but(amount="90.00")]))
        assert "100.00 EUR" in str(result.refusal)
        assert "90.00 EUR" in str(result.refusal)

    def test_the_days_of_another_format_are_refused(self, cooperative, bring):
        bring(coda(Paper((Line(1_000),), old=500_000)))
        (result,) = bring(KBC.write(HISTORY, "500.00"))
        assert "Keep to one format for an account" in str(result.refusal)

    def test_one_account_that_nobody_knows_refuses_the_file_whole(self, cooperative, bring):
        before = cooperative.files()
        stranger = Move("5.00", "2026-01-12", own="BE62 5100 0754 7061")
        (result,) = bring(KBC.write([*HISTORY, stranger], "500.00"))
        assert "no account of the ledger carries BE62510007547061" in str(result.refusal)
        assert cooperative.files() == before

    def test_two_accounts_go_to_the_books_of_each(self, cooperative, bring):
        own = Move("5.00", "2026-01-12", own="BE71 0961 2345 6769")
        (result,) = bring(KBC.write([*HISTORY, own], "500.00"))
        assert (result.refusal, result.booked, len(result.targets)) == (None, 7, 2)

    def test_movements_that_are_not_booked_yet_come_when_they_are(self, cooperative, bring):
        pending = [move.but(number="2026-") for move in HISTORY[4:]]
        (first,) = bring(BNP.write([*HISTORY[:4], *pending]))
        assert (first.booked, len(first.warnings)) == (4, 2)
        (second,) = bring(BNP.write(HISTORY))
        assert (second.booked, second.skipped) == (2, 4)


def test_hostile_text_reaches_the_ledger_as_harmless_text(cooperative, bring):
    moves = [
        HISTORY[0].but(name='"; 1/0 EUR \\', text='2026-01-01 open Assets:X "\\'),
        HISTORY[1].but(name="<img src=x onerror=a()>", text="=cmd|' /C calc'!A0"),
        HISTORY[2].but(text="CARTE N° 4111 1111 1111 1111 - ANNE DUPONT"),
        HISTORY[3].but(text="a\u202eb\x1b[2J"),
    ]
    (result,) = bring(TRIODOS.write(moves, "500.00"))
    assert (result.refusal, result.booked, cooperative.errors()) == (None, 4, [])
    first, second, third, fourth = cooperative.movements()
    assert (first.payee, first.narration) == ('"; 1/0 EUR \\', '2026-01-01 open Assets:X "\\')
    assert (second.payee, second.narration) == ("\u2039img src=x onerror=a()>", "=cmd|' /C calc'!A0")
    assert third.narration == "CARTE N° ****1111 - ANNE DUPONT"
    assert fourth.narration == "ab [2J"


class TestBeangulp:
    def test_one_importer_takes_them_all(self, cooperative, tmp_path):
        importer = CsvImporter(cooperative.main)
        assert importer.name == "beancoop.csv"
        for bank in BANKS:
            (tmp_path / bank).write_bytes(write(bank, HISTORY))
            assert importer.identify(str(tmp_path / bank))
            assert not CodaImporter(cooperative.main).identify(str(tmp_path / bank))
        (tmp_path / "bank.cod").write_bytes(coda(Paper((Line(1_000),))))
        assert not importer.identify(str(tmp_path / "bank.cod"))
        file = str(tmp_path / "kbc")
        assert importer.account(file) == "Assets:55:5500-Banque"
        assert str(importer.date(file)) == "2026-01-15"

    def test_fava_import_page(self, cooperative, tmp_path):
        (tmp_path / "kbc.csv").write_bytes(KBC.write(HISTORY, "500.00"))
        config = tmp_path / "import.py"
        config.write_text(
            "from beancoop_importers.importers import CodaImporter, CsvImporter\n"
            f"CONFIG = [CodaImporter({str(cooperative.main)!r}), CsvImporter({str(cooperative.main)!r})]\n"
        )
        cooperative.add(
            cooperative.main,
            f'2020-01-01 custom "fava-option" "import-config" "{config}"\n'
            f'2020-01-01 custom "fava-option" "import-dirs" "{tmp_path}"\n',
        )
        ledger = FavaLedger(str(cooperative.main))
        entries = ledger.ingest.extract(str(tmp_path / "kbc.csv"), "beancoop.csv")
        assert [type(entry).__name__ for entry in entries].count("Transaction") == 6
        balance = entries[-1]
        assert isinstance(balance, Balance)
        assert balance.amount.number == Decimal("984.75")
