"""`check --fix-layout`: every directive goes to its file as it is written, all of it or nothing."""

from __future__ import annotations

import datetime

import pytest
from beancoop.closing.relayout import fix_layout
from beancoop.closing.seal import check_seals, lines_by_unit
from beancoop.gate.check import check_gate
from beancoop.loading.ledger import load_ledger
from beancoop.model.findings import Refusal
from beancoop.model.months import Month
from beancoop.storage.layout import sub_ledgers
from beancoop.storage.scaffold import Settings, create_cooperative
from closings import close_month

SALE = """
2026-01-20 * "Client" "Vente"
  Assets:40:400-Clients:A001             1000.00 EUR
  Income:70:700-VentesPrestations:A001  -1000.00 EUR
"""
BOOK = f"""
; Une remarque de janvier.

2026-01-10 custom "follow-up" "A001" "commercial" 1.0
{SALE}
; Décision du conseil du 11 décembre.
; Elle vaut dès février.
2026-02-01 custom "activity-terms" "A001"
  rate: 0.08   ; huit pour cent

2026-02-02 custom "follow-up" "A001" "marketing" 0.5
2026-02-03 note Assets:40:400-Clients:A001 "Un texte
2026-02-04 custom activity
sur trois lignes"

; La fin.
"""


@pytest.fixture
def main(tmp_path):
    """Make a cooperative laid out as before there were rooms: everything of A001 in its ledger and its books."""
    create_cooperative(tmp_path / "ledgers", "A001", Settings(datetime.date(2026, 1, 5)))
    folder = tmp_path / "ledgers/activities/A001"
    ledger, terms = folder / "ledger.beancount", folder / "terms.beancount"
    text = ledger.read_text().replace('include "terms.beancount"\ninclude "closed/*.beancount"\n', "")
    declared = terms.read_text().partition("\n")[2]
    ledger.write_text(text + declared)
    terms.unlink()
    (folder / "closed/contributions-2026.beancount").unlink()
    (folder / "closed").rmdir()
    (folder / "books/2026.beancount").write_text(BOOK)
    return tmp_path / "ledgers/main.beancount"


def home(main):
    return main.parent / "activities/A001"


def said(main):
    ledger = load_ledger(main)
    return lines_by_unit(ledger.entries, ledger.options), [finding.message for finding in ledger.findings]


def snapshot(main):
    return {path: path.read_bytes() for path in main.parent.rglob("*") if path.is_file()}


def test_directives_go_to_their_files_with_their_comments(main):
    assert len(check_gate(sub_ledgers(main))) == 5
    before = said(main)
    assert fix_layout(main).moved == 4
    assert said(main) == before
    assert check_gate(sub_ledgers(main)) == []
    assert (home(main) / "terms.beancount").read_text() == (
        "; A001 : ce que la coopérative décide\n\n"
        '2026-01-05 custom "activity" "A001"\n\n'
        "; Décision du conseil du 11 décembre.\n; Elle vaut dès février.\n"
        '2026-02-01 custom "activity-terms" "A001"\n  rate: 0.08   ; huit pour cent\n'
    )
    assert (home(main) / "follow-up.beancount").read_text() == (
        "; A001 : heures d'accompagnement\n\n"
        '2026-01-10 custom "follow-up" "A001" "commercial" 1.0\n'
        '2026-02-02 custom "follow-up" "A001" "marketing" 0.5\n'
    )
    book = (home(main) / "books/2026.beancount").read_text()
    assert book == (
        f"\n; Une remarque de janvier.\n{SALE}\n"
        '2026-02-03 note Assets:40:400-Clients:A001 "Un texte\n2026-02-04 custom activity\nsur trois lignes"\n'
        "\n; La fin.\n"
    )
    ledger = (home(main) / "ledger.beancount").read_text()
    rooms = ("terms", "follow-up", "closed/*", "books/*")
    assert "".join(f'include "{room}.beancount"\n' for room in rooms) in ledger


def test_what_is_in_its_place_stays_as_it_is(main):
    fix_layout(main)
    before = snapshot(main)
    assert fix_layout(main) == (0, ())
    assert snapshot(main) == before


def test_closed_months_keep_their_seals(main):
    fix_layout(main)
    close_month(main, Month(2026, 1), datetime.date(2026, 2, 1))
    closed = home(main) / "closed/contributions-2026.beancount"
    (home(main) / "books/contributions.beancount").write_text(closed.read_text())
    closed.write_text("; rien\n")
    assert {finding.code for finding in check_gate(sub_ledgers(main))} == {"BC660", "BC661"}
    fix_layout(main)
    assert closed.read_text().count("custom") == 1
    assert closed.read_text().count("#contribution") == 1
    ledger = load_ledger(main)
    assert [*ledger.findings, *check_seals(ledger.entries, ledger.options), *check_gate(sub_ledgers(main))] == []


def test_a_file_of_no_room_is_emptied_and_goes_unless_somebody_wrote_a_comment(main):
    for name in ("avant.beancount", "note.beancount"):
        (home(main) / name).write_text(
            SALE.replace('"Vente"', f'"{name}"') + ("\n; à garder\n" if name[0] == "n" else "")
        )
        with (home(main) / "ledger.beancount").open("a") as file:
            file.write(f'include "{name}"\n')
    before = said(main)
    fix_layout(main)
    assert said(main) == before
    assert not (home(main) / "avant.beancount").exists()
    assert (home(main) / "note.beancount").read_text().strip() == "; à garder"
    assert check_gate(sub_ledgers(main)) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('plugin "os"\n', "BC622"),
        ("2026-01-31 pad Assets:40:400-Clients:A001 Assets:55:5500-Banque:A001\n", "BC634"),
        ('2026-02-01 custom "activity-terms" "A002"\n', "BC642"),
    ],
)
def test_what_no_move_mends_stands_in_the_way(main, text, code):
    with (home(main) / "books/2026.beancount").open("a") as file:
        file.write(text)
    before = snapshot(main)
    with pytest.raises(Refusal, match="BC682") as refused:
        fix_layout(main)
    assert {finding.code for finding in refused.value.findings} == {code}
    assert snapshot(main) == before


def test_a_tag_around_a_directive_is_for_a_person(main):
    with (home(main) / "books/2026.beancount").open("a") as file:
        file.write(f"pushtag #contribution\n{SALE}poptag #contribution\n")
    before = snapshot(main)
    with pytest.raises(Refusal, match="BC680"):
        fix_layout(main)
    assert snapshot(main) == before


def test_a_document_named_from_where_it_stood_is_for_a_person(main):
    (home(main) / "documents/facture.txt").write_text("facture")
    with (home(main) / "ledger.beancount").open("a") as file:
        file.write('2026-01-20 document Assets:40:400-Clients:A001 "documents/facture.txt"\n')
    before = snapshot(main)
    with pytest.raises(Refusal, match="BC681"):
        fix_layout(main)
    assert snapshot(main) == before


def test_line_ends_of_windows_stay(main):
    book = home(main) / "books/2026.beancount"
    book.write_bytes(BOOK.replace("\n", "\r\n").encode())
    before = said(main)
    fix_layout(main)
    assert said(main) == before
    assert book.read_bytes().count(b"\r\n") > 8


def test_a_single_include_of_a_file_is_not_doubled(main):
    ledger = home(main) / "ledger.beancount"
    ledger.write_text(ledger.read_text().replace("books/*.beancount", "books/2026.beancount"))
    fix_layout(main)
    assert load_ledger(main).findings == []
    assert ledger.read_text().count('include "books/') == 1
