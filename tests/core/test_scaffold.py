"""New books: complete, readable by others, and there whole or not at all."""

from __future__ import annotations

import datetime
import os
import re
import shutil
import stat

import pytest
from beancoop.gate.check import check_gate
from beancoop.loading.ledger import load_ledger
from beancoop.model.register import read_register
from beancoop.storage.scaffold import FRENCH, Settings, create_activity, create_cooperative

START = datetime.date(2026, 1, 5)
IBAN = "BE68539007547034"


def test_a_new_cooperative_loads_with_the_accounts_of_its_units(tmp_path):
    create_cooperative(tmp_path / "new" / "ledgers", "A001", Settings(START, FRENCH))
    ledger = load_ledger(tmp_path / "new/ledgers/main.beancount")
    assert ledger.findings == []
    opens = read_register(ledger.entries, ledger.options).opens
    for unit in ("COOP", "A001"):
        assert {
            f"Actifs:49:499-CompteAttente:{unit}",
            f"Actifs:9:960-Liaison:{unit}",
            f"Charges:9:950-Contribution:{unit}",
            f"Charges:9:951-PrestationsInternes:{unit}",
            f"Passifs:44:440-Fournisseurs:{unit}",
        } <= set(opens)
    assert not any("iban" in opened.meta for opened in opens.values())


def test_each_word_stands_in_the_file_of_its_author(tmp_path):
    create_cooperative(tmp_path / "ledgers", "A001", Settings(START))
    home = tmp_path / "ledgers/activities/A001"
    texts = {path.relative_to(home).as_posix(): path.read_text() for path in home.rglob("*.beancount")}
    own, terms, closed, books = (
        texts.pop(name)
        for name in (
            "ledger.beancount",
            "terms.beancount",
            "closed/contributions-2026.beancount",
            "books/2026.beancount",
        )
    )
    assert texts == {}
    assert 'custom "activity" "A001"' in terms
    assert re.findall(r"^include (.*)$", own, re.MULTILINE) == [
        '"terms.beancount"',
        '"closed/*.beancount"',
        '"books/*.beancount"',
    ]
    assert not any(line[:1].isdigit() for text in (closed, books) for line in text.splitlines())
    assert (home / "documents").is_dir()
    assert check_gate([home]) == []


def test_the_bank_account_that_books_bring_along_has_its_iban(tmp_path):
    create_cooperative(tmp_path / "ledgers", "A001", Settings(START, iban=IBAN))
    coop, activity = (
        (tmp_path / "ledgers" / name).read_text()
        for name in ("coop/accounts.beancount", "activities/A001/ledger.beancount")
    )
    assert f'open Assets:55:5500-Banque\n  iban: "{IBAN}"\n' in coop
    assert "open Assets:55:5500-Banque:A001\n" in activity
    assert "iban" not in activity
    create_activity(tmp_path / "A002", Settings(START, iban=IBAN))
    own = (tmp_path / "A002/ledger.beancount").read_text()
    assert f'open Assets:55:5501-Banque:A002\n  iban: "{IBAN}"\n' in own


def test_others_may_read_the_new_folder(tmp_path):
    """A temporary folder is its maker's alone; the accountant's colleague must get in."""
    before = os.umask(0o022)
    try:
        create_activity(tmp_path / "A001", Settings(START))
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "A001").stat().st_mode) == 0o755


@pytest.mark.parametrize("removes", [False, True], ids=["full disk", "folder taken away"])
def test_what_cannot_be_written_whole_is_not_there_at_all(removes, tmp_path, monkeypatch):
    def fail(_descriptor):
        for draft in tmp_path.iterdir() if removes else ():
            shutil.rmtree(draft)
        raise OSError("plein")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="plein"):
        create_activity(tmp_path / "A001", Settings(START))
    assert list(tmp_path.iterdir()) == []
