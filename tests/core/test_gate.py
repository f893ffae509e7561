"""The gate: what a sub-ledger may hold, judged on its text, and nothing of it executed."""

from __future__ import annotations

import json
import os

import pytest
from beancoop.gate import check_gate, sub_ledgers
from beancoop.gatekeeper import answer

LEDGER = """option "title" "A001"
option "operating_currency" "EUR"
option "tolerance_multiplier" "0"
plugin "beancoop"
2026-01-05 custom "activity" "A001"
2026-01-05 open Assets:55:5500-Banque:A001
include "books/*.beancount"
"""


@pytest.fixture
def folder(tmp_path):
    """Make an honest sub-ledger."""
    folder = tmp_path / "activities" / "A001"
    (folder / "books").mkdir(parents=True)
    (folder / "documents").mkdir()
    (folder / "ledger.beancount").write_text(LEDGER)
    (folder / "books" / "2026.beancount").write_text("; 2026\n")
    return folder


def found(folder, text: str) -> list[tuple[int, str]]:
    """Give the findings on a book that holds *text*."""
    (folder / "books" / "2026.beancount").write_text(text)
    return [(finding.line, finding.message) for finding in check_gate([folder])]


def test_an_honest_sub_ledger_passes(folder):
    (folder / "documents" / "facture.txt").write_text("facture")
    assert (
        found(
            folder,
            """2026-01-10 * "Client" "Façade < 3 étages" ^A001-2026-0001
  Assets:55:5500-Banque:A001  0.00 EUR
2026-01-10 note Assets:55:5500-Banque:A001 "Vu"
2026-01-10 document Assets:55:5500-Banque:A001 "../documents/facture.txt"
2026-01-11 balance Assets:55:5500-Banque:A001  0.00 EUR
2026-01-12 query "mien" "SELECT account"
2026-02-01 custom "activity-terms" "A001"
  rate: 0.08
2026-02-12 custom "follow-up" "A001" "commercial" 1.5
2026-01-31 custom "closed" "2026-01" "A001"
2026-12-31 close Assets:55:5500-Banque:A001
""",
        )
        == []
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-01-05 open Assets:55:5500-Banque:A002", "is not an account of A001"),
        ("2026-01-05 open Assets:55:5500-Banque:COOP", "is not an account of A001"),
        ("2026-01-05 open Assets:55:5500-Banque", "is not an account of A001"),
        ("2026-01-05 open Assets:Banque", "is not an account of A001"),
        ("2026-01-05 close Assets:55:5500-Banque:COOP", "is not an account of A001"),
        ("2026-01-05 balance Assets:55:5500-Banque:COOP 0 EUR", "is not an account of A001"),
        ('2026-01-05 * "x"\n  Assets:55:5500-Banque:COOP  0 EUR', "is not an account of A001"),
        ("2026-01-05 pad Assets:55:5500-Banque:A001 Assets:40:400-Clients:A001", "may not hold a pad directive"),
        ("2026-01-05 price USD 1 EUR", "may not hold a price directive"),
        ('2026-01-05 event "lieu" "Huy"', "may not hold a event directive"),
        ("2026-01-05 commodity EUR", "may not hold a commodity directive"),
        ('2026-01-05 custom "fava-option" "import-config" "x.py"', 'may not hold custom "fava-option"'),
        ('2026-01-05 custom "fava-extension" "os"', 'may not hold custom "fava-extension"'),
        ('2026-01-05 custom "meeting" "monthly"', 'may not hold custom "meeting"'),
        ('2026-01-05 custom "activity" "A002"', "must name A001"),
        ('2026-01-05 custom "activity-terms"', "must name A001"),
        ('2026-01-31 custom "closed" "2026-01" "A002"', "must name A001"),
        ('option "insert_pythonpath" "TRUE"', 'may not set option "insert_pythonpath"'),
        ('option "tolerance_multiplier" "1"', 'may not set option "tolerance_multiplier" "1"'),
        ('option "documents" "/"', 'may not set option "documents"'),
        ('plugin "os"', 'take "os" away'),
        ('plugin "beancoop" "config"', 'take "beancoop" away'),
        ('  plugin "os"', 'take "os" away'),
        ('include "../../A002/ledger.beancount"', "of its own folder alone"),
        ('include "/etc/passwd"', "of its own folder alone"),
        ('include "notes.txt"', "of its own folder alone"),
        ('2026-01-05 document Assets:55:5500-Banque:A001 "/etc/passwd"', "outside the sub-ledger"),
        ('2026-01-05 document Assets:55:5500-Banque:A001 "../../x.txt"', "outside the sub-ledger"),
        ('2026-01-05 note Assets:55:5500-Banque:A001 "<script>"', 'holds "<" before a letter'),
        ('2026-01-05 note Assets:55:5500-Banque:A001 "a\u202eb"', "invisible character U+202E"),
        ('2026-01-05 note Assets:55:5500-Banque:A001 "a\u200bb"', "invisible character U+200B"),
        ("; " + "x" * 5001, "more than 5,000 characters"),
        ('2026-02-30 note Assets:55:5500-Banque:A001 "x"', ""),
    ],
)
def test_what_a_sub_ledger_may_not_hold(folder, text, words):
    findings = found(folder, f"; first line\n{text}\n")
    assert findings
    # the child process says what the same words would say in this one
    files = [folder / "books" / "2026.beancount", folder / "ledger.beancount"]
    said = [json.loads(line) for line in answer([(str(folder), str(path)) for path in files])]
    assert sorted((line, message) for _, line, message in said[0]) == sorted(findings)
    assert said[1] == []
    assert any(words in message and line in (2, 3) for line, message in findings)


def test_a_division_by_zero_is_refused_and_the_other_files_are_still_judged(folder):
    (folder / "books" / "2025.beancount").write_text('2025-01-05 * "x"\n  Assets:55:5500-Banque:A001  1/0 EUR\n')
    (folder / "books" / "2027.beancount").write_text('plugin "os"\n')
    findings = check_gate([folder])
    assert any(
        finding.file.endswith("2025.beancount") and "ends the program" in finding.message for finding in findings
    )
    assert any(finding.file.endswith("2027.beancount") and finding.line == 1 for finding in findings)


def test_a_file_that_is_not_utf_8_is_refused_at_its_line(folder):
    (folder / "books" / "2026.beancount").write_bytes(b"; un\n; caf\xe9\n")
    ((line, message),) = [(finding.line, finding.message) for finding in check_gate([folder])]
    assert line == 2
    assert "UTF-8" in message


def test_a_file_too_large_is_refused(folder):
    (folder / "books" / "2026.beancount").write_text("; x\n" * 600_000)
    (finding,) = check_gate([folder])
    assert "more than 2,000,000 bytes" in finding.message


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_a_link_to_a_file_outside_is_refused(folder, tmp_path, link):
    outside = tmp_path / "outside.beancount"
    outside.write_text("; outside\n")
    link(outside, folder / "books" / "inside.beancount")
    assert any("leads out of the sub-ledger" in finding.message for finding in check_gate([folder]))


def test_a_program_or_a_cache_is_refused(folder):
    (folder / "evil.py").write_text("")
    (folder / ".ledger.beancount.picklecache").write_text("")
    assert len([finding for finding in check_gate([folder]) if "A program has no place" in finding.message]) == 2


def test_a_folder_without_ledger_and_a_loose_file_are_told(tmp_path):
    activities = tmp_path / "activities"
    (activities / "A001").mkdir(parents=True)
    (activities / "note.txt").write_text("")
    messages = [finding.message for finding in check_gate(sub_ledgers(tmp_path / "main.beancount"))]
    assert any("needs a file ledger.beancount" in message for message in messages)
    assert any("Only the folders of sub-ledgers" in message for message in messages)


def test_nothing_is_executed(folder, tmp_path, monkeypatch):
    """A plugin that would leave a trace when imported leaves none."""
    trace = tmp_path / "trace"
    (tmp_path / "tracer.py").write_text(f"open({str(trace)!r}, 'w').close()\n__plugins__ = ()\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert found(folder, 'plugin "tracer"\n')
    assert not trace.exists()
