"""What is closed stays closed: documents sealed with their entries, the anchor outside, a rehearsal that tells all."""

from __future__ import annotations

import datetime
import hashlib
import os
import shutil
from typing import TYPE_CHECKING

import pytest
from trust.lab import START, Lab, laboratory

if TYPE_CHECKING:
    from pathlib import Path

FAR = datetime.date.today().replace(year=datetime.date.today().year + 2).isoformat()  # noqa: DTZ011
SALE = """2026-01-05 * "Vente"
  Assets:40:400-Clients:A001              10.00 EUR
  Income:70:700-VentesPrestations:A001   -10.00 EUR
"""
BILL = b"%PDF-1.7 facture"
NAMED = {
    "document": '2026-01-25 document Assets:40:400-Clients:A001 "../documents/f.pdf"\n',
    "said": '2026-01-25 document Assets:40:400-Clients:A001 "../documents/f.pdf"\n  sha256: "{sha256}"\n',
    "entry": '2026-01-25 * "Rien"\n  document: "../documents/f.pdf"\n  Assets:40:400-Clients:A001  0.00 EUR\n',
    "posting": '2026-01-25 * "Rien"\n  Assets:40:400-Clients:A001  0.00 EUR\n    document-2: "../documents/f.pdf"\n',
    "note": '2026-01-25 note Assets:40:400-Clients:A001 "Lettre"\n  document-lettre: "../documents/f.pdf"\n',
}


@pytest.fixture
def lab(tmp_path):
    lab = laboratory(tmp_path)
    lab.write(SALE)
    return lab


def paper(lab: Lab) -> Path:
    return lab.folder("A001") / "documents/f.pdf"


def codes(result) -> set[str]:
    return {word[1:-1] for word in result.stderr.split() if word.startswith("[BC")}


@pytest.mark.parametrize("how", NAMED)
class TestDocuments:
    @pytest.fixture
    def closed(self, lab, how):
        paper(lab).write_bytes(BILL)
        lab.write(NAMED[how].format(sha256=hashlib.sha256(BILL).hexdigest()))
        result = lab.run("close", "2026-01")
        assert result.exit_code == 0, result.output
        assert lab.run("check").exit_code == 0
        return lab

    def test_one_that_was_replaced_is_told_with_its_line(self, closed, how):
        paper(closed).write_bytes(BILL[::-1])
        result = closed.run("check")
        assert (result.exit_code, codes(result)) == (1, {"BC526" if how == "said" else "BC522"})
        place = closed.book() if how == "said" else closed.folder("A001") / "closed/contributions-2026.beancount"
        assert str(place) in result.stderr
        assert closed.run("close", "2026-02").exit_code == 1

    def test_one_that_is_gone_is_told(self, closed, how):
        paper(closed).unlink()
        assert closed.run("check").exit_code == 1

    def test_the_folder_may_move(self, closed, how):
        shutil.move(closed.root / "ledgers", closed.root / "livres")
        moved = closed.root / "livres/main.beancount"
        assert closed.run("check", "--ledger", moved).exit_code == 0


@pytest.mark.parametrize("how", ["entry", "posting", "note"])
def test_what_is_not_there_cannot_be_sealed(lab, how):
    lab.write(NAMED[how])
    for options in ((), ("--dry-run",)):
        result = lab.run("close", "2026-01", *options)
        assert (result.exit_code, codes(result)) == (1, {"BC527", "BC533"})
        assert "f.pdf is named here" in result.stderr
    paper(lab).write_bytes(BILL)
    assert lab.run("close", "2026-01").exit_code == 0


def test_a_document_of_an_open_month_may_still_be_missing(lab):
    lab.write(NAMED["entry"].replace("2026-01-25", "2026-02-25"))
    assert lab.run("close", "2026-01").exit_code == 0
    assert lab.run("check").exit_code == 0


def test_a_pipe_or_a_name_that_no_file_has_is_no_document(lab):
    """In the structure's own books, which no gate judges."""
    os.mkfifo(lab.root / "pipe")
    with (lab.main.parent / "coop/2026.beancount").open("a") as books:
        for name in ("../coop", "f" * 300, "../../pipe"):
            books.write(NAMED["note"].replace("../documents/f.pdf", name).replace("A001", "COOP"))
    result = lab.run("close", "2026-01")
    assert (result.exit_code, codes(result)) == (1, {"BC527", "BC533"})
    assert result.stderr.count("[BC527]") == 3


class TestAnchor:
    @pytest.fixture
    def kept(self, lab, tmp_path):
        """Close two months and keep what is printed, among other lines."""
        printed = [lab.run("close", month).stdout for month in ("2026-01", "2026-02")]
        (file := tmp_path / "ancres.txt").write_text("Chère auditrice,\n" + "".join(printed))
        assert [line[:14] for line in file.read_text().splitlines() if line.startswith("anchor")] == [
            "anchor 2026-01",
            "anchor 2026-02",
        ]
        return file

    def check(self, lab, file):
        result = lab.run("check", "--anchor", file)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    def test_books_as_they_were_agree(self, lab, kept):
        assert self.check(lab, kept).exit_code == 0

    def test_seals_that_were_all_written_anew_do_not(self, lab, kept):
        """Who may write every file takes the closings away, changes January, and closes again: all seals agree."""
        for path in lab.main.parent.rglob("contributions-2026.beancount"):
            path.write_text("; rien\n")
        lab.book().write_text(lab.book().read_text().replace("10.00", "9.00"))
        for month in ("2026-01", "2026-02"):
            assert lab.run("close", month).exit_code == 0
        assert lab.run("check").exit_code == 0
        result = self.check(lab, kept)
        assert (result.exit_code, codes(result)) == (1, {"BC532"})
        assert f"{kept}:3: " in result.stderr
        assert f"{kept}:5: " in result.stderr

    def test_a_month_that_is_open_again_is_told(self, lab, kept):
        for path in lab.main.parent.rglob("contributions-2026.beancount"):
            path.write_text("; rien\n")
        assert codes(self.check(lab, kept)) == {"BC531"}

    def test_a_line_that_was_cut_is_told(self, lab, kept):
        kept.write_text(kept.read_text()[:-20])
        result = self.check(lab, kept)
        assert (result.exit_code, codes(result)) == (1, {"BC530"})

    @pytest.mark.parametrize("content", [b"", b"rien\n", b"\xff\x00\xfe", b"anchored\n"])
    def test_a_file_without_any_is_misuse(self, lab, tmp_path, content):
        (file := tmp_path / "f.txt").write_bytes(content)
        result = self.check(lab, file)
        assert (result.exit_code, "BC529" in result.stderr) == (2, True)

    def test_no_file_is_misuse(self, lab, tmp_path):
        assert self.check(lab, tmp_path / "none").exit_code == 2
        assert self.check(lab, tmp_path).exit_code == 2


def test_a_day_to_come_is_believed_by_force_alone(lab):
    for options in ((), ("--dry-run",)):
        result = lab.run("close", "2026-01", "--today", FAR, *options)
        assert (result.exit_code, "BC998" in result.stderr) == (2, True)
    assert lab.run("close", "2026-01", "--today", FAR, "--force").exit_code == 0


class TestBearing:
    """A contribution that moves at once between shares of the bank account, and a treasury without a cent."""

    @pytest.fixture
    def short(self, lab):
        terms = lab.folder("A001") / "terms.beancount"
        settled = '"A001"\n  settlement: "treasury"\n  treasury: "5500-Banque"\n'
        terms.write_text(terms.read_text().replace('custom "activity" "A001"\n', f'custom "activity" {settled}'))
        return lab

    def told(self, lab):
        before = {path: path.read_bytes() for path in lab.root.rglob("*") if path.is_file()}
        results = [lab.run("close", "2026-01", *options) for options in (("--dry-run",), ())]
        assert {path: path.read_bytes() for path in lab.root.rglob("*") if path.is_file()} == before
        assert {result.exit_code for result in results} == {1}
        (said,) = {line for result in results for line in result.stderr.splitlines() if "BC528" in line}
        return said

    def test_it_is_told_with_what_is_missing_and_the_ways_out(self, short):
        said = self.told(short)
        assert f"{short.folder('A001') / 'terms.beancount'}:3: " in said
        assert "The treasury of A001 cannot bear its contribution of 2026-01, 1.00 EUR: 1.00 EUR is missing" in said
        assert "1.00 EUR is missing on 2026-01-31" in said

    def test_what_comes_later_counts(self, short):
        """What the levy leaves is spent in February."""
        short.write(
            '2026-01-06 * "Avance"\n  Assets:55:5500-Banque:A001  5.00 EUR\n  Assets:40:400-Clients:A001  -5.00 EUR\n'
            '2026-02-06 * "Achat"\n  Assets:55:5500-Banque:A001  -4.50 EUR\n'
            "  Expenses:60:601-Fournitures:A001  4.50 EUR\n"
        )
        assert "0.50 EUR is missing on 2026-02-06" in self.told(short)

    @pytest.mark.parametrize("way", ["overdraft", "account"])
    def test_each_way_out_is_one(self, short, way):
        terms = short.folder("A001") / "terms.beancount"
        if way == "overdraft":
            terms.write_text(terms.read_text().replace('5500-Banque"\n', '5500-Banque"\n  overdraft: 1.00 EUR\n'))
        else:
            form = self.told(short).partition("through its account: ")[2].partition(" [BC528]")[0]
            directive, _, metadata = form.partition(", ")
            terms.write_text(f"{terms.read_text()}\n{directive}\n  {metadata}\n")
        for options in (("--dry-run",), ()):
            result = short.run("close", "2026-01", *options)
            assert result.exit_code == 0, result.output


def test_a_rehearsal_tells_what_the_load_of_the_closed_books_would(lab):
    """The account of the contribution is closed before the levy: only the ledger as it would be knows."""
    ledger = lab.folder("A001") / "ledger.beancount"
    ledger.write_text(ledger.read_text() + "\n2026-01-20 close Expenses:9:950-Contribution:A001\n")
    results = [lab.run("close", "2026-01", *options) for options in (("--dry-run",), ())]
    assert [result.exit_code for result in results] == [1, 1]
    assert START in ledger.read_text()
