"""What is looked at before a closing, and the proof that the suite ran."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from beancoop import RULES
from beancoop.closing.checklist import checklist
from beancoop.loading.ledger import Ledger
from beancoop.model.months import Month
from beancoop.rules.proof import unproved
from beancoop.words.language import speaking
from loading import load, purchase, sale

JANUARY = Month(2026, 1)
ACTIVITY = '2026-01-05 custom "activity" "A001"\n'


def ledger(text: str, plugin: str | None = "beancoop") -> Ledger:
    return whole(load(text, plugin))


def whole(loaded) -> Ledger:
    """Name the text as a file of the ledger, as a load from a disk does."""
    loaded.options["include"] = ["<string>"]
    return Ledger(Path("<string>"), *loaded)


def piece(date: str, number: str) -> str:
    return f"""{date} * "Pièce"
  piece: "{number}"
  Assets:40:400-Clients:COOP  1.00 EUR
  Assets:55:5500-Banque:COOP  -1.00 EUR
"""


@pytest.mark.parametrize(
    ("pieces", "words"),
    [
        ([("2026-01-02", "VEN-2026-0001"), ("2026-01-03", "VEN-2026-0002"), ("2026-01-01", "BNQ-2026-1")], []),
        ([("2026-01-02", "VEN-2026-0001"), ("2026-01-03", "VEN-2026-0003")], ["VEN-2026-0002 is missing"]),
        ([("2026-01-02", "VEN-2026-0002")], ["VEN-2026-0001 is missing"]),
        ([("2026-01-02", "VEN-2026-0001"), ("2026-01-03", "VEN-2026-0001")], ["VEN-2026-0001 is there twice"]),
        ([("2026-01-03", "VEN-2026-0001"), ("2026-01-02", "VEN-2026-0002")], ["is dated before the piece ahead"]),
        ([("2026-01-03", "VEN-2026-0001"), ("2027-01-02", "VEN-2027-0001")], []),
        ([("2026-01-03", "12")], ["is not a journal, a year and a number"]),
    ],
)
def test_pieces_are_numbered_without_gap(pieces, words):
    found = checklist(ledger("".join(piece(*each) for each in pieces)), Month(2025, 12))
    assert len(found) == len(words)
    assert all(word in finding.message for word, finding in zip(words, found, strict=True))


def test_suspense_statements_and_documents_are_told():
    text = """2026-01-01 open Assets:55:5500-Banque
  iban: "BE68539007547034"
2026-01-10 * "Qui ?"
  Assets:55:5500-Banque:COOP  5.00 EUR
  Assets:49:499-CompteAttente:COOP  -5.00 EUR
2026-01-12 * "Achat"
  Expenses:61:610-Loyers:COOP  5.00 EUR
  Assets:55:5500-Banque:COOP  -5.00 EUR
"""
    found = checklist(ledger(text), Month(2026, 1))
    assert [(finding.line, finding.message.partition(";")[0]) for finding in found] == [
        (3, "Assets:49:499-CompteAttente:COOP holds -5.00 EUR at the end of 2026-01"),
        (1, "Assets:55:5500-Banque has no balance on 2026-02-01"),
        (6, "1 purchase of 2026-01 has no document"),
    ]
    settled = (
        text.replace("499-CompteAttente", "400-Clients")
        .replace("49:", "40:")
        .replace('"Achat"', '"Achat"\n  document: "a.pdf"')
    )
    assert checklist(ledger(settled + "2026-02-01 balance Assets:55:5500-Banque  0.00 EUR\n"), Month(2026, 1)) == []


def told(text: str, month: Month = JANUARY) -> list[tuple[int, str]]:
    return [(finding.line, finding.message.partition(";")[0]) for finding in checklist(ledger(text), month)]


@pytest.mark.parametrize(("date", "count"), [("2026-01-31", 1), ("2026-02-01", 0)])
def test_suspense_counts_to_the_last_day_of_the_month(date, count):
    text = f'{date} * "x"\n  Assets:49:499-CompteAttente:COOP  1 EUR\n  Assets:40:400-Clients:COOP  -1 EUR\n'
    assert len(told(text)) == count


@pytest.mark.parametrize(
    ("opened", "closed", "count"),
    [
        ("2026-01-31", None, 1),
        ("2026-02-01", None, 0),
        ("2026-01-01", "2026-01-31", 0),
        ("2026-01-01", "2026-02-01", 1),
    ],
)
def test_a_bank_account_is_asked_for_its_statement_while_it_is_open(opened, closed, count):
    close = f"{closed} close Assets:55:5500-Banque\n" if closed else ""
    assert len(told(f'{opened} open Assets:55:5500-Banque\n  iban: "BE68539007547034"\n{close}')) == count


def test_a_purchase_has_a_document_of_its_own_or_by_a_link():
    text = (
        purchase("2026-01-10", "1.00", "COOP", "600-Achats")
        + purchase("2026-01-11", "2.00", "COOP", links="^F1")
        + purchase("2026-01-12", "3.00", "COOP", "610-Loyers", links="^F2")
        + '2026-01-12 document Expenses:61:610-Loyers:COOP "/F2.pdf" ^F2\n'
        + '2026-01-12 document Expenses:61:610-Loyers:COOP "/seul.pdf"\n'
    )
    assert [each for each in told(text) if "documents" not in each[1]][-1:] == [
        (1, "2 purchases of 2026-01 have no document")
    ]


def test_a_ledger_that_the_suite_has_checked_is_proved():
    text = ACTIVITY + sale("2026-01-20", "100.00") + "2026-01-01 open Assets:55:5500-Banque:COOP\n"
    assert list(unproved(ledger(text), RULES)) == []
    assert list(unproved(ledger(text + sale("2026-01-01", "1.00")), RULES)) == []


def test_the_language_in_which_a_ledger_was_loaded_proves_nothing_against_it():
    with speaking("fr"):
        loaded = ledger(ACTIVITY + sale("2026-01-01", "1.00"))
    assert loaded.errors
    assert list(unproved(loaded, RULES)) == []


def test_a_ledger_without_the_suite_is_not_proved():
    (finding,) = unproved(ledger(ACTIVITY, None), RULES)
    assert 'has no line: plugin "beancoop"' in finding.message
    assert finding.line == 1


def test_a_part_alone_does_not_prove_the_whole():
    (finding,) = unproved(ledger(ACTIVITY, "beancoop.chart"), RULES)
    assert 'has no line: plugin "beancoop"' in finding.message


UNDOING = """
__plugins__ = ("undo",)
def undo(entries, options):
    return [entry for entry in entries if "provisional" not in getattr(entry, "tags", ())], []
"""


def test_a_plugin_that_undoes_the_levies_is_found(tmp_path, monkeypatch):
    (tmp_path / "undoing.py").write_text(UNDOING)
    monkeypatch.syspath_prepend(str(tmp_path))
    loaded = load(ACTIVITY + sale("2026-01-20", "100.00") + 'plugin "beancoop"\nplugin "undoing"\n', None)
    (finding,) = unproved(whole(loaded), RULES)
    assert "are not those that follow from its entries" in finding.message
    sys.modules.pop("undoing")


def test_a_suite_that_fails_is_found(monkeypatch):
    import beancoop  # noqa: PLC0415

    monkeypatch.setattr(beancoop, "suite", lambda entries, _options: (entries, []))
    loaded = load(ACTIVITY + sale("2026-01-20", "100.00") + sale("2026-01-01", "1.00"))
    messages = [finding.message for finding in unproved(whole(loaded), RULES)]
    assert any("The load did not report this" in message for message in messages)
    assert any("are not those that follow from its entries" in message for message in messages)


@pytest.mark.parametrize("keys", ['filename: "<beancoop.contribution>"', "lineno: 0", 'filename: "x"\n  lineno: 0'])
def test_an_entry_cannot_feign_where_it_stands(keys):
    """Nor pass for one of the suite's own, which the treasury does not count."""
    text = f"""2026-02-01 * "x" #provisional
  {keys}
  Assets:55:5500-Banque:A001  -100.00 EUR
  Assets:40:400-Clients:A001  100.00 EUR
{ACTIVITY}"""
    told = ledger(text)
    assert any("The treasury of A001 is -100.00 EUR" in error.message for error in told.errors)
    assert any("Beancount's own keys" in finding.message for finding in unproved(told, RULES))


@pytest.mark.parametrize("line", ['"abc"', "NULL", "2026-01-01"])
def test_nor_say_something_else_for_a_line(line):
    told = ledger(f'{ACTIVITY}2026-02-01 event "place" "Huy"\n  lineno: {line}\n')
    (finding,) = [each for each in unproved(told, RULES) if each.line == 0]
    assert "Beancount's own keys" in finding.message
