"""Bank files into a ledger: routed, proved, never twice, whole or not at all."""

from __future__ import annotations

import datetime
import os
from decimal import Decimal

import pytest
from beancoop.storage import atomic
from beancoop_importers.ingest.run import import_files
from beancount import loader
from coda_writer import FREE, STRUCTURED, Line, Paper, coda
from cooperative import FRENCH, OWN, SHARED, found

SALE = Line(100_000, name="Boulangerie Dupont", communication="Facture 12")
RENT = Line(-40_500, sequence=2, communication="Loyer")


@pytest.fixture
def cooperative(tmp_path):
    (tmp_path / "ledgers").mkdir()
    return found(tmp_path / "ledgers")


@pytest.fixture
def bring(cooperative, tmp_path):
    """Import papers, one file each, and give the results."""
    counter = iter(range(1_000))

    def act(*papers, ledger=None):
        files = []
        for paper in papers:
            files.append(tmp_path / f"{next(counter):03}.cod")
            files[-1].write_bytes(paper if isinstance(paper, bytes) else coda(paper))
        return import_files(ledger or cooperative.main, files)

    return act


def amounts(cooperative):
    return [(str(one.date), one.postings[0].account, one.postings[0].units.number) for one in cooperative.movements()]


class TestRouting:
    def test_shared_account_goes_to_coop_and_is_asserted_on_the_parent(self, cooperative, bring):
        (result,) = bring(Paper((SALE, RENT)))
        assert result.refusal is None
        assert (result.statements, result.booked, result.skipped, result.warnings) == (1, 2, 0, ())
        assert result.targets == (cooperative.coop / "bank-2026.beancount",)
        assert amounts(cooperative) == [
            ("2026-01-15", "Assets:55:5500-Banque:COOP", Decimal("100.00")),
            ("2026-01-15", "Assets:55:5500-Banque:COOP", Decimal("-40.50")),
        ]
        (first, _) = cooperative.movements()
        assert (first.flag, first.payee, first.narration) == ("!", "Boulangerie Dupont", "Facture 12")
        assert first.postings[1].account == "Assets:49:499-CompteAttente:COOP"
        assert first.postings[1].units.number == Decimal("-100.00")
        assert first.meta["bank-ref"] == f"coda/{SHARED}/EUR/2026-01-15/001/0001.0000"
        assert first.meta["value-date"] == datetime.date(2026, 1, 15)
        (asserted,) = cooperative.balances()
        assert (asserted.account, str(asserted.date), str(asserted.amount)) == (
            "Assets:55:5500-Banque",
            "2026-01-16",
            "59.50 EUR",
        )
        assert cooperative.errors() == []

    def test_a_unit_s_own_account_goes_to_its_books_and_its_499(self, cooperative, bring):
        (result,) = bring(Paper((SALE,), account=OWN))
        assert result.targets == (cooperative.books / "bank-2026.beancount",)
        (movement,) = cooperative.movements()
        assert [posting.account for posting in movement.postings] == [
            "Assets:55:5501-Banque:A003",
            "Liabilities:49:499-CompteAttente:A003",
        ]
        assert cooperative.balances()[0].account == "Assets:55:5501-Banque:A003"
        assert cooperative.errors() == []

    def test_a_sub_ledger_alone_takes_its_own_file(self, cooperative, bring):
        (result,) = bring(Paper((SALE,), account=OWN), ledger=cooperative.books.parent / "ledger.beancount")
        assert result.targets == (cooperative.books / "bank-2026.beancount",)
        assert len(cooperative.movements()) == 1

    def test_a_ledger_named_the_long_way_round(self, cooperative, bring):
        (result,) = bring(Paper((SALE,)), ledger=cooperative.coop / "../coop/../main.beancount")
        assert result.targets == (cooperative.coop / "bank-2026.beancount",)

    def test_what_stood_in_the_file_stays(self, cooperative, bring):
        target = cooperative.coop / "bank-2026.beancount"
        target.write_bytes(b"; notes de l'ann\xc3\xa9e\r\n; sans fin de ligne")
        bring(Paper((SALE,)))
        assert target.read_bytes().startswith(b"; notes de l'ann\xc3\xa9e\r\n; sans fin de ligne\n\n2026-01-15 !")

    def test_renamed_roots(self, tmp_path):
        (tmp_path / "fr").mkdir()
        cooperative = found(tmp_path / "fr", FRENCH)
        for name, account in (("a", SHARED), ("b", OWN)):
            (tmp_path / f"{name}.cod").write_bytes(coda(Paper((SALE,), account=account)))
        first, second = import_files(cooperative.main, [tmp_path / "a.cod", tmp_path / "b.cod"])
        assert (first.refusal, second.refusal) == (None, None)
        assert {one.postings[0].account for one in cooperative.movements()} == {
            "Actifs:55:5501-Banque:A003",
            "Actifs:55:5500-Banque:COOP",
        }
        assert cooperative.errors() == []

    def test_without_a_folder_of_its_own_the_file_that_opens_the_account_receives(self, tmp_path, bring):
        ledger = tmp_path / "one.beancount"
        ledger.write_text(
            'option "operating_currency" "EUR"\noption "tolerance_multiplier" "0"\nplugin "beancoop"\n'
            f'2020-01-01 open Assets:55:5500-Banque\n  iban: "{SHARED}"\n'
            "2020-01-01 open Assets:55:5500-Banque:COOP\n2020-01-01 open Assets:49:499-CompteAttente:COOP"
        )
        (result,) = bring(Paper((SALE,)), ledger=ledger)
        assert result.targets == (ledger,)
        assert "Boulangerie" in ledger.read_text()
        (again,) = bring(Paper((SALE,)), ledger=ledger)
        assert (again.booked, again.skipped) == (0, 1)

    def test_accounts_that_nobody_has_opened_are_opened(self, tmp_path, bring):
        ledger = tmp_path / "one.beancount"
        ledger.write_text(
            'option "operating_currency" "EUR"\noption "tolerance_multiplier" "0"\nplugin "beancoop"\n'
            f'2020-01-01 open Assets:55:5500-Banque\n  iban: "{SHARED}"\n'
        )
        (result,) = bring(Paper((SALE,)), ledger=ledger)
        assert (result.refusal, result.booked) == (None, 1)
        text = ledger.read_text()
        assert "2020-01-01 open Assets:55:5500-Banque:COOP" in text
        assert "2020-01-01 open Assets:49:499-CompteAttente:COOP" in text
        assert loader.load_file(str(ledger))[1] == []
        (again,) = bring(Paper((SALE,)), ledger=ledger)
        assert (again.booked, again.skipped, ledger.read_text()) == (0, 1, text)

    def test_a_statement_over_new_year_fills_two_files(self, cooperative, bring):
        lines = (Line(1_000, booked="311225"), Line(2_000, sequence=2, booked="020126"))
        (result,) = bring(Paper(lines, old_date="301225", new_date="020126"))
        assert [target.name for target in result.targets] == ["bank-2025.beancount", "bank-2026.beancount"]
        assert cooperative.errors() == []

    @pytest.mark.parametrize(
        ("paper", "words"),
        [
            (Paper((SALE,), account="BE62510007547061"), ("no account of the ledger carries BE62510007547061", "open")),
            (Paper((SALE,), currency="USD"), ("not in USD", "5500-Banque")),
            (Paper((Line(1_000, booked="150119"),)), ("unit COOP has no account 499", "2019-01-15 open")),
        ],
    )
    def test_what_the_ledger_cannot_take_says_what_to_open(self, cooperative, bring, paper, words):
        before = cooperative.files()
        (result,) = bring(paper)
        assert all(word in str(result.refusal) for word in words), result.refusal
        assert str(result.refusal).startswith(str(result.file) + ":2: ")
        assert cooperative.files() == before

    def test_one_iban_on_two_accounts_is_refused(self, cooperative, bring):
        cooperative.add(
            cooperative.coop / "accounts.beancount", f'2020-01-01 open Assets:55:5509-Banque:COOP\n  iban: "{SHARED}"\n'
        )
        (result,) = bring(Paper((SALE,)))
        assert "both carry" in str(result.refusal)

    def test_the_currencies_of_the_account_tell_two_apart(self, cooperative, bring):
        cooperative.add(
            cooperative.coop / "accounts.beancount",
            f'2020-01-01 open Assets:55:5509-Banque:COOP USD\n  iban: "{SHARED}"\n',
        )
        results = bring(Paper((SALE,)), Paper((SALE,), currency="USD"))
        assert [result.refusal for result in results] == [None, None]
        assert {str(one.postings[0].units) for one in cooperative.movements()} == {"100.00 EUR", "100.00 USD"}

    def test_an_account_whose_name_says_no_unit(self, cooperative, bring):
        cooperative.add(
            cooperative.coop / "accounts.beancount", '2020-01-01 open Assets:Banque\n  iban: "BE62510007547061"\n'
        )
        (result,) = bring(Paper((SALE,), account="BE62510007547061"))
        assert "its name says no unit" in str(result.refusal)

    def test_an_empty_statement_is_asserted_and_an_empty_file_says_nothing(self, cooperative, bring):
        empty, silent = bring(Paper(), Paper(closes=False, number="002"))
        assert (empty.refusal, empty.booked, len(cooperative.balances())) == (None, 0, 1)
        assert (silent.refusal, silent.targets) == (None, ())

    def test_closed_account(self, cooperative, bring):
        cooperative.add(cooperative.coop / "accounts.beancount", "2025-12-31 close Assets:55:5500-Banque:COOP\n")
        (result,) = bring(Paper((SALE,)))
        assert "is not open on 2026-01-15" in str(result.refusal)


class TestTwice:
    def test_the_same_file_adds_nothing(self, cooperative, bring):
        bring(Paper((SALE, RENT)))
        before = cooperative.files()
        (again, copy) = bring(Paper((SALE, RENT)), Paper((SALE, RENT), duplicate="D"))
        assert [(one.booked, one.skipped, one.refusal) for one in (again, copy)] == [(0, 2, None), (0, 2, None)]
        assert cooperative.files() == before

    def test_the_same_file_twice_in_one_run(self, cooperative, bring):
        results = bring(Paper((SALE,)), Paper((SALE,)))
        assert sorted((one.booked, one.skipped) for one in results) == [(0, 1), (1, 0)]
        assert len(cooperative.movements()) == 1

    def test_real_twins_are_both_booked(self, bring):
        twin = Line(25_000, name="Membre", communication="Part")
        (result,) = bring(Paper((twin, Line(25_000, sequence=2, name="Membre", communication="Part"))))
        assert result.booked == 2

    def test_the_counter_starts_again_each_year(self, bring):
        bring(Paper((Line(1_000, booked="150125"),), old_date="140125", new_date="150125"))
        (result,) = bring(Paper((SALE,), old=1_000))
        assert (result.booked, result.refusal) == (1, None)

    @pytest.mark.unmeasured  # the lines are those of other tests, at half the cost
    def test_sequence_numbers_that_come_round_are_two_movements(self, cooperative, bring):
        (result,) = bring(Paper(tuple(Line(1_000, sequence=number) for number in range(1, 10_002))))
        assert (result.booked, result.refusal) == (10_001, None)
        assert len({one.meta["bank-ref"] for one in cooperative.movements()}) == 10_001

    def test_same_reference_other_content_is_refused_naming_both(self, cooperative, bring):
        bring(Paper((SALE,)))
        before = cooperative.files()
        (result,) = bring(Paper((Line(90_000),)))
        assert "100.00 EUR" in str(result.refusal)
        assert "90.00 EUR" in str(result.refusal)
        assert "bank-2026.beancount:2" in str(result.refusal) or "bank-2026.beancount:1" in str(result.refusal)
        assert cooperative.files() == before

    def test_what_the_accountant_shared_out_is_still_known(self, cooperative, bring):
        bring(Paper((SALE,)))
        target = cooperative.coop / "bank-2026.beancount"
        text = target.read_text()
        half = text.replace("100.00 EUR\n  ", "60.00 EUR\n  ").replace("-100.00 EUR", "-60.00 EUR")
        rest = text.replace("100.00 EUR\n  ", "40.00 EUR\n  ").replace("-100.00 EUR", "-40.00 EUR")
        first, _, closing = half.partition("\n2026-01-16 balance")
        target.write_text(first + rest.partition("\n2026-01-16 balance")[0] + "\n2026-01-16 balance" + closing)
        assert len(cooperative.movements()) == 2
        (result,) = bring(Paper((SALE,)))
        assert (result.booked, result.skipped, result.refusal) == (0, 1, None)

    def test_noon_and_night(self, cooperative, bring):
        noon, night = Paper((SALE,)), Paper((SALE, RENT))
        bring(noon)
        (result,) = bring(night)
        assert (result.booked, result.skipped, result.refusal) == (1, 1, None)
        assert [str(one.amount) for one in cooperative.balances()] == ["59.50 EUR"]
        before = cooperative.files()
        (late,) = bring(noon)
        assert (late.booked, late.skipped, late.refusal) == (0, 1, None)
        assert cooperative.files() == before
        assert cooperative.errors() == []

    @pytest.mark.parametrize("together", [True, False])
    @pytest.mark.parametrize("backwards", [True, False])
    @pytest.mark.parametrize("numbers", [("001", "002"), ("000", "000")])
    def test_two_statements_of_one_day_assert_the_last(self, cooperative, bring, together, backwards, numbers):
        first = Paper((SALE,), number=numbers[0])
        second = Paper((Line(-30_000),), old=100_000, number=numbers[1])
        papers = (second, first) if backwards else (first, second)
        results = bring(*papers) if together else [bring(paper)[0] for paper in papers]
        assert [result.refusal for result in results] == [None, None]
        assert len(cooperative.movements()) == 2
        assert [str(one.amount) for one in cooperative.balances()] == ["70.00 EUR"]
        assert cooperative.errors() == []

    def test_two_statements_of_one_day_in_one_file(self, cooperative, bring):
        content = coda(Paper((SALE,), more="1"), Paper((Line(-30_000),), old=100_000, number="002", old_date="150126"))
        (result,) = bring(content)
        assert (result.statements, result.booked, result.warnings) == (2, 2, ())
        assert [str(one.amount) for one in cooperative.balances()] == ["70.00 EUR"]

    def test_a_replaced_balance_that_was_edited_is_left_to_people(self, cooperative, bring):
        bring(Paper((SALE,)))
        target = cooperative.coop / "bank-2026.beancount"
        target.write_text(target.read_text().replace("100.00 EUR\n  bank-ref", "100.00 EUR ; vu\n  bank-ref"))
        before = cooperative.files()
        (result,) = bring(Paper((SALE, RENT)))
        assert "delete it, and import again" in str(result.refusal)
        assert cooperative.files() == before

    def test_a_balance_written_by_hand_has_the_last_word(self, cooperative, bring):
        cooperative.add(cooperative.main, "2026-01-16 balance Assets:55:5500-Banque 1.00 EUR\n")
        (result,) = bring(Paper((SALE,)))
        assert "asserts 1.00 EUR" in str(result.warnings[0])
        assert len(cooperative.balances()) == 1


class TestWhole:
    def test_a_refused_file_stops_no_other(self, cooperative, bring):
        results = bring(b"rubbish", Paper((SALE,)), Paper((SALE,), new=1, number="009"), Paper((SALE,), account=OWN))
        assert [result.refusal is None for result in results] == [False, True, False, True]
        assert len(cooperative.movements()) == 2

    def test_a_file_with_one_bad_statement_lands_not_at_all(self, cooperative, bring):
        before = cooperative.files()
        content = coda(Paper((SALE,), more="1"), Paper((SALE,), account="BE62510007547061"))
        (result,) = bring(content)
        assert "BE62510007547061" in str(result.refusal)
        assert cooperative.files() == before

    def test_what_another_file_needs_is_not_kept_of_a_refused_one(self, bring):
        bad = coda(Paper((SALE,), more="1"), Paper((SALE,), account="BE62510007547061"))
        results = bring(bad, Paper((SALE,)))
        assert [(one.booked, one.refusal is None) for one in results] == [(0, False), (1, True)]

    def test_a_folder_that_is_not_included_is_found_out_and_undone(self, cooperative, bring):
        text = cooperative.main.read_text()
        cooperative.main.write_text(text.replace("coop/*.beancount", "coop/accounts.beancount"))
        before = cooperative.files()
        results = bring(Paper((SALE,)), Paper((SALE,), account=OWN))
        assert "is not included by" in str(results[0].refusal)
        assert (results[1].refusal, results[1].booked) == (None, 1)
        after = cooperative.files()
        assert {path for path in after if path not in before} == {cooperative.books / "bank-2026.beancount"}
        assert all(after[path] == content for path, content in before.items())

    def test_thousandths_are_refused(self, cooperative, bring):
        before = cooperative.files()
        (result,) = bring(Paper((Line(23_154_685),)))
        assert "third decimal" in str(result.refusal)
        assert f"{result.file}:3:" in str(result.refusal)
        assert cooperative.files() == before

    def test_a_kill_between_two_files_is_made_good_by_running_again(self, cooperative, bring, monkeypatch):
        lines = (Line(1_000, booked="311225"), Line(2_000, sequence=2, booked="020126"))
        paper = Paper(lines, old_date="301225", new_date="020126")
        before = cooperative.files()
        write, done = atomic.write_text, []

        def stopping(path, text):
            if done:
                raise KeyboardInterrupt
            done.append(path)
            write(path, text)

        with monkeypatch.context() as patch:
            patch.setattr(atomic, "write_text", stopping)
            with pytest.raises(KeyboardInterrupt):
                bring(paper)
        assert cooperative.files() == before
        (result,) = bring(paper)
        assert (result.booked, cooperative.errors()) == (2, [])

    def test_a_disk_that_is_full(self, cooperative, bring, monkeypatch):
        write = atomic.write_text

        def full(path, text):
            if path.name == "bank-2026.beancount":
                raise OSError(28, "No space left on device")
            write(path, text)

        (cooperative.coop / "bank-2026.beancount").touch()
        before = cooperative.files()
        monkeypatch.setattr(atomic, "write_text", full)
        lines = (Line(1_000, booked="311225"), Line(2_000, sequence=2, booked="020126"))
        (result,) = bring(Paper(lines, old_date="301225", new_date="020126"))
        assert "no room left" in str(result.refusal)
        assert cooperative.files() == before

    def test_a_ledger_that_cannot_be_read_whole_takes_nothing(self, cooperative, bring):
        cooperative.add(cooperative.coop / "accounts.beancount", "2026-02-30 * nonsense\n")
        before = cooperative.files()
        results = bring(Paper((SALE,)), b"rubbish")
        assert all("cannot be read whole" in str(result.refusal) for result in results)
        assert cooperative.files() == before

    @pytest.mark.parametrize("name", ["missing.cod", "folder", "empty.cod", "ledger"])
    def test_odd_files(self, cooperative, tmp_path, name):
        (tmp_path / "folder").mkdir()
        (tmp_path / "empty.cod").touch()
        file = cooperative.main if name == "ledger" else tmp_path / name
        (result,) = import_files(cooperative.main, [file])
        assert str(result.refusal).startswith(f"{file}:1: ")

    def test_a_pipe_is_not_waited_for(self, cooperative, tmp_path):
        os.mkfifo(tmp_path / "pipe.cod")
        (result,) = import_files(cooperative.main, [tmp_path / "pipe.cod"])
        assert "not an ordinary one" in str(result.refusal)


class TestClosed:
    def seal(self, cooperative, unit, *months):
        for month in months:
            text = f'{month}-31 custom "closed" "{month}" "{unit}"\n  entries: 0\n  sha256: ""\n  previous: ""\n'
            cooperative.add(cooperative.coop / "accounts.beancount", text)

    def test_what_is_of_a_closed_month_is_booked_on_the_first_open_day(self, cooperative, bring):
        self.seal(cooperative, "COOP", "2025-12", "2026-01")
        (result,) = bring(Paper((SALE,)))
        assert result.refusal is None
        assert any("1 movement of " in one.message and "[BC1245]" in one.message for one in result.warnings)
        (movement,) = cooperative.movements()
        assert str(movement.date) == "2026-02-01"
        assert movement.meta["booking-date"].month == 1
        before = cooperative.files()
        (again,) = bring(Paper((SALE,)))
        assert (again.booked, again.skipped, again.warnings) == (0, 1, ())
        assert cooperative.files() == before

    def test_the_month_after_and_other_units_are_open(self, cooperative, bring):
        self.seal(cooperative, "COOP", "2025-12", "2026-01")
        february = Line(1_000, booked="020226")
        results = bring(Paper((february,), new_date="020226"), Paper((SALE,), account=OWN))
        assert [result.refusal for result in results] == [None, None]

    def test_what_is_already_booked_there_is_no_matter(self, cooperative, bring):
        bring(Paper((SALE,)))
        self.seal(cooperative, "COOP", "2026-01")
        (result,) = bring(Paper((SALE,)))
        assert (result.refusal, result.skipped) == (None, 1)


class TestWarnings:
    def test_a_missing_statement_shows_both_figures(self, bring):
        (result,) = bring(Paper((SALE,), old=500_000))
        (gap, *found_by_beancount) = map(str, result.warnings)
        assert "begins at 500.00 on 2026-01-14" in gap
        assert "stands at 0.00" in gap
        assert any("Balance failed" in text for text in found_by_beancount)

    def test_statements_that_follow_each_other_give_none(self, cooperative, bring):
        papers = [
            Paper((Line(1_000, booked=f"{day}0126"),), old=(day - 11) * 1_000, number=f"{day:03}").but(
                old_date=f"{day - 1}0126", new_date=f"{day}0126"
            )
            for day in range(11, 20)
        ]
        results = bring(*reversed(papers))
        assert [result.warnings for result in results] == [()] * 9
        assert cooperative.errors() == []

    def test_movements_dated_on_the_day_of_the_old_balance_are_no_gap(self, bring):
        papers = [
            Paper(tuple(Line(1_000, sequence=number, booked="140126") for number in range(1, count)))
            for count in (2, 3)
        ]
        assert [bring(paper)[0].warnings for paper in papers] == [(), ()]

    def test_the_reader_s_own_warnings_name_file_and_line(self, bring):
        (result,) = bring(Paper((SALE,), count=9))
        assert str(result.warnings[0]).startswith(f"{result.file}:7: record 9 counts 9")


class TestText:
    def test_hostile_text_reaches_the_ledger_as_harmless_text(self, cooperative, bring):
        lines = (
            Line(1_000, name='"; 1/0 EUR \\', communication='2026-01-01 open Assets:X "\\'),
            Line(1_000, sequence=2, name="<img src=x onerror=a()>", communication="\x1b[2J\x7f <b>x"),
            Line(1_000, sequence=3, communication="VISA 4111 1111 1111 1111 EXP 0128"),
            Line(1_000, sequence=4, structured=STRUCTURED, communication="101090933755493"),
            Line(1_000, sequence=5, structured=STRUCTURED, communication='<"> plugin'),
            Line(1_000, sequence=6, communication="", information=((FREE, "#tag ^link ; comment"),)),
        )
        (result,) = bring(Paper(lines))
        assert (result.refusal, result.booked, cooperative.errors()) == (None, 6, [])
        movements = cooperative.movements()
        assert (movements[0].payee, movements[0].narration) == ('"; 1/0 EUR \\', '2026-01-01 open Assets:X "\\')
        assert movements[1].payee == "\u2039img src=x onerror=a()>"
        assert movements[1].narration == "[2J \u2039b>x"
        assert movements[2].narration == "VISA ****1111 EXP 0128"
        assert (movements[3].meta["ogm"], movements[3].narration) == ("+++090/9337/55493+++",) * 2
        assert movements[5].narration == "#tag ^link ; comment"
        assert all(not movement.tags and not movement.links for movement in movements)

    def test_details_are_told_and_not_posted(self, cooperative, bring):
        lines = (
            Line(-30_000, kind="1", customer="SALAIRES"),
            Line(-10_000, detail=1, kind="5", name="Anne", account=OWN),
            Line(-20_000, detail=2, kind="5", name="Bart"),
        )
        bring(Paper(lines))
        (movement,) = cooperative.movements()
        assert movement.narration == "SALAIRES"
        assert movement.meta["detail-0001"] == f"-10.00 | Anne | {OWN} | REF"
        assert movement.meta["detail-0002"] == "-20.00 | Bart | REF"
        assert movement.postings[0].units.number == Decimal("-30.00")
