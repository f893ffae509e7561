"""What a new statement is to the ones the ledger has: next, after a gap, later the same day, or a copy."""

from __future__ import annotations

import pytest
from beancoop_importers.ingest.run import import_files
from coda_writer import Line, Paper, coda
from cooperative import found


@pytest.fixture
def cooperative(tmp_path):
    (tmp_path / "ledgers").mkdir()
    return found(tmp_path / "ledgers")


@pytest.fixture
def bring(cooperative, tmp_path):
    counter = iter(range(100))

    def act(*papers):
        files = []
        for paper in papers:
            files.append(tmp_path / f"{next(counter):03}.cod")
            files[-1].write_bytes(coda(paper))
        return import_files(cooperative.main, files)

    return act


def paper(number, day, old, amount=1_000, *, month="01", year="26", **more):
    """Give a statement of one movement, booked on its day."""
    eve, date = f"{day - 1:02}{month}{year}", f"{day:02}{month}{year}"
    return Paper((Line(amount, booked=date),), number=number, old=old, old_date=eve, new_date=date, **more)


def warned(result):
    assert result.refusal is None, result.refusal
    return [text for text in map(str, result.warnings) if "Balance failed" not in text]


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (paper("005", 15, 3_000), "numbers 002 to 004 are missing, between 2026-01-10 and 2026-01-14"),
        (paper("003", 15, 3_000), "number 002 is missing, between 2026-01-10 and 2026-01-14"),
        (paper("002", 15, 3_000), "number 002 follows 001, so look for what was changed between 2026-01-10 and"),
        (paper("001", 15, 3_000, month="02"), "a statement is missing between 2026-01-10 and 2026-02-14"),
        (paper("000", 15, 3_000), "a statement is missing between 2026-01-10 and 2026-01-14"),
        (paper("003", 15, 3_000, year="27"), "what comes after number 001 of 2026 is missing, between 2026-01-10 and"),
    ],
)
def test_a_gap_names_what_is_missing_and_when(bring, second, words):
    bring(paper("001", 10, 0))
    (result,) = bring(second)
    (text,) = warned(result)
    assert "begins at 3.00" in text
    assert "stands at 1.00" in text
    assert words in text


@pytest.mark.parametrize("number", ["002", "005", "001", "000", "015"])
def test_numbers_that_jump_are_no_gap_where_the_balances_follow(bring, number):
    """Banks that count empty files, number by the day of the year, or give no number."""
    bring(paper("001", 10, 0))
    (result,) = bring(paper(number, 15, 1_000))
    assert warned(result) == []


def test_the_first_statement_may_lack_an_opening_balance(bring):
    (result,) = bring(paper("007", 10, 5_000))
    (text,) = warned(result)
    assert "a statement is missing before it, or the opening balance" in text


def test_a_statement_that_comes_in_late_fills_the_gap(cooperative, bring):
    bring(paper("001", 10, 0))
    bring(paper("003", 15, 2_000))
    assert cooperative.balance_failures()
    (result,) = bring(paper("002", 12, 1_000))
    assert warned(result) == []
    assert cooperative.errors() == []


class TestCopies:
    def test_a_second_copy_of_what_the_ledger_holds_adds_nothing(self, cooperative, bring):
        bring(paper("001", 10, 0))
        before = cooperative.files()
        (result,) = bring(paper("001", 10, 0, duplicate="D"))
        assert (result.booked, result.skipped, warned(result)) == (0, 1, [])
        assert cooperative.files() == before

    def test_a_second_copy_without_a_first_is_booked_and_told(self, bring):
        (result,) = bring(paper("001", 10, 0, duplicate="D"))
        (text,) = warned(result)
        assert result.booked == 1
        assert "marked as a second copy" in text

    def test_a_second_copy_that_says_otherwise_is_refused(self, cooperative, bring):
        bring(paper("001", 10, 0))
        before = cooperative.files()
        (result,) = bring(paper("001", 10, 0, 2_000, duplicate="D"))
        assert "the ledger holds another movement" in str(result.refusal)
        assert cooperative.files() == before

    def test_the_same_statement_under_another_number_is_refused(self, cooperative, bring):
        bring(paper("001", 10, 0))
        before = cooperative.files()
        (result,) = bring(paper("002", 10, 0))
        assert "says the same as the one that" in str(result.refusal)
        assert "bank-2026.beancount:" in str(result.refusal)
        assert cooperative.files() == before

    def test_also_after_the_movement_was_shared_out(self, cooperative, bring):
        bring(paper("001", 10, 0))
        book = cooperative.coop / "bank-2026.beancount"
        entry, closing = book.read_text().split("\n2026-01-11 balance")
        half = entry.replace("1.00 EUR", "0.50 EUR")
        book.write_text(f"{half}{half}\n2026-01-11 balance{closing}")
        assert len(cooperative.movements()) == 2
        (result,) = bring(paper("002", 10, 0))
        assert "says the same" in str(result.refusal)

    def test_two_statements_of_a_day_that_reach_one_balance_are_two(self, bring):
        first = paper("001", 10, 0, 1_000)
        lines = (Line(500, booked="100126"), Line(-500, sequence=2, booked="100126"))
        second = Paper(lines, number="002", old=1_000, old_date="100126", new_date="100126")
        assert [one.refusal for one in bring(first, second)] == [None, None]

    def test_other_movements_that_reach_the_same_balance_are_no_copy(self, bring):
        bring(paper("001", 10, 0))
        lines = (Line(400, booked="100126"), Line(600, sequence=2, booked="100126"))
        (result,) = bring(Paper(lines, number="002", old=0, old_date="090126", new_date="100126"))
        assert result.refusal is None
        assert any("Balance failed" in text for text in map(str, result.warnings))
