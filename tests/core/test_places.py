"""Who may say what (contract, section 3): each sentence, with the twin that breaks it, and what breaks no rule."""

from __future__ import annotations

import pytest
from beancoop.gate.check import check_gate
from beancoop.gate.places import OF_PLACE
from beancoop.loading.ledger import load_ledger
from gate.corpus import BANK, LEDGER, LEDGER_TEXT, TERMS, write_honest

BOOKS, CLOSED, FOLLOW_UP = "books/2026.beancount", "closed/2026.beancount", "follow-up.beancount"
ROOMS = (LEDGER, TERMS, FOLLOW_UP, CLOSED, BOOKS)

LEVY = """2026-01-31 * "Coopérative" "Contribution 2026-01" #contribution
  Expenses:9:950-Contribution:A001  0.00 EUR
  Assets:9:960-Liaison:A001         0.00 EUR
"""
SALE = f"""2026-02-01 * "Client" "Vente"
  {BANK}                               45.00 EUR
  Income:70:700-VentesPrestations:A001 -45.00 EUR
"""
TAGGED = SALE.replace('"Vente"', '"Vente" #contribution')
TO_950 = SALE.replace("Income:70:700-VentesPrestations:A001 ", "Expenses:9:950-Contribution:A001     ")
EXIT = SALE.replace('"Vente"', '"Sortie : trésorerie remise à la coopérative" ^exit-A001')
VAT = SALE.replace('"Vente"', '"TVA" ^vat-2026-Q1')

SENTENCES = {
    "activity": ('2026-01-05 custom "activity" "A001"\n', {TERMS}),
    "activity-terms": ('2026-02-01 custom "activity-terms" "A001"\n  rate: 0.00\n', {TERMS}),
    "activity-pause": ('2026-02-01 custom "activity-pause" "A001"\n', {TERMS}),
    "activity-resume": ('2026-03-01 custom "activity-resume" "A001"\n', {TERMS}),
    "activity-exit": ('2026-03-01 custom "activity-exit" "A001" "independent"\n', {TERMS}),
    "follow-up": ('2026-02-12 custom "follow-up" "A001" "commercial" 1.5\n', {TERMS, FOLLOW_UP}),
    "seal": ('2026-01-31 custom "closed" "2026-01" "A001"\n', {CLOSED}),
    "levy": (LEVY, {CLOSED}),
    "tag of a levy": (TAGGED, {CLOSED}),
    "tag of a levy, pushed": (f"pushtag #contribution\n{SALE}poptag #contribution\n", {CLOSED}),
    "posting to 950": (TO_950, {CLOSED}),
    "settlement of an exit": (EXIT, {CLOSED}),
    "settlement of a VAT return": (VAT, {CLOSED}),
    "option": ('option "title" "x"\n', {LEDGER}),
    "name of a root": ('option "name_income" "Income"\n', set(ROOMS)),
    "plugin": ('plugin "beancoop"\n', {LEDGER}),
    "include": (None, {LEDGER}),
    "close": (f"2026-12-31 close {BANK}\n", {LEDGER}),
    "open": ("2026-01-05 open Assets:57:570-Caisse:A001\n", {LEDGER, CLOSED, BOOKS}),
    "open with a VAT code": ('2026-01-05 open Assets:57:570-Caisse:A001\n  vat: "none"\n', {LEDGER}),
    "open with an IBAN": ('2026-01-05 open Assets:55:5501-B:A001\n  iban: "BE68539007547034"\n', {LEDGER}),
    "transaction": (SALE, {CLOSED, BOOKS}),
    "balance": (f"2026-03-01 balance {BANK}  0.00 EUR\n", {CLOSED, BOOKS}),
    "note": (f'2026-03-01 note {BANK} "x"\n', {CLOSED, BOOKS}),
    "query": ('2026-03-01 query "x" "SELECT account"\n', {CLOSED, BOOKS}),
}


@pytest.fixture
def folder(tmp_path):
    """Make an honest sub-ledger with a file in each room."""
    folder = tmp_path / "activities" / "A001"
    write_honest(folder)
    (folder / "closed").mkdir()
    for name in (CLOSED, FOLLOW_UP):
        (folder / name).write_text("; rien encore\n")
    return folder


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_directive_stands_in_its_own_file_and_is_refused_in_any_other(folder, sentence, room):
    text, allowed = SENTENCES[sentence]
    if text is None:  # an include names what is there, from whichever folder
        (folder / room).with_name("beside.beancount").write_text("")
        text = 'include "beside.beancount"\n'
    before = (folder / room).read_text()
    (folder / room).write_text(f"{before}{text}")
    findings = check_gate([folder])
    if room in allowed:
        assert findings == []
    else:
        (finding,) = findings
        assert finding.file == str(folder / room)
        assert finding.line > before.count("\n")
        assert finding.code in OF_PLACE


@pytest.mark.parametrize("name", ["notes.beancount", "old/2026.beancount", "documents/x.beancount"])
def test_a_file_in_no_room_may_hold_nothing(folder, name):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(f'{SALE}option "title" "x"\n')
    assert [(found.file, found.line, found.code) for found in check_gate([folder])] == [
        (str(folder / name), line, "BC662") for line in (1, 4)
    ]


def test_a_document_is_hers(folder):
    text = f'2026-03-01 document {BANK} "{folder}/documents/facture.txt"\n'
    (folder / BOOKS).write_text(text)
    assert check_gate([folder]) == []
    (folder / BOOKS).write_text("")
    (folder / TERMS).write_text((folder / TERMS).read_text() + text)
    assert [found.code for found in check_gate([folder])] == ["BC660"]


def test_a_room_within_a_room_is_that_room(folder):
    (folder / "books/bank").mkdir()
    (folder / "books/bank/2026.beancount").write_text(SALE)
    assert check_gate([folder]) == []
    (folder / "books/closed").mkdir()
    (folder / "books/closed/2026.beancount").write_text(LEVY)
    assert [found.code for found in check_gate([folder])] == ["BC661"]


def test_links_are_refused_in_every_room(folder):
    (folder / "terms2.beancount").symlink_to(folder / TERMS)
    (folder / "closed/link").symlink_to(folder / "books")
    assert [found.code for found in check_gate([folder])] == ["BC612", "BC612"]


def test_a_folder_without_terms_names_what_lays_it_out(folder):
    (folder / TERMS).unlink()
    (folder / LEDGER).write_text(LEDGER_TEXT.replace(f'include "{TERMS}"\n', ""))
    (finding,) = check_gate([folder])
    assert (finding.file, finding.line, finding.code) == (str(folder), 0, "BC663")
    assert "beancoop check --fix-layout" in finding.message


def test_a_ledger_in_one_file_is_not_judged_by_place(tmp_path):
    file = tmp_path / "alone.beancount"
    file.write_text(f'{LEDGER_TEXT.split("include")[0]}2026-01-05 custom "activity" "A001"\n')
    assert load_ledger(file).findings == []
