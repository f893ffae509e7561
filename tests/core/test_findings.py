"""What a check tells: one line, a place and a message."""

from __future__ import annotations

from pathlib import Path

from beancoop.loading.ledger import load_ledger
from beancoop.model.findings import BeancoopError, Finding

TRACED = "Error applying plugin:\n  KeyError\nTraceback (most recent call last):\n  File x, line 1\n"


def test_a_finding_is_one_line_without_the_insides_of_the_program():
    found = Finding.of(BeancoopError({"filename": "livre.beancount", "lineno": 7}, TRACED, None))
    assert str(found) == "livre.beancount:7: Error applying plugin: KeyError"


def test_an_error_without_a_place_is_of_the_ledger():
    assert Finding.of(BeancoopError({}, "Rien.", None)) == ("<ledger>", 0, "Rien.")


def test_what_no_file_explains_is_told_at_the_first_line_of_the_ledger(tmp_path):
    """And each thing once, in order of lines, though a book is checked by several rules."""
    path = tmp_path / "main.beancount"
    path.write_text('plugin "nowhere"\n2026-01-01 open Assets:40:400-Clients\n2026-01-02 * "x"\n  Assets:Y  1 EUR\n')
    findings = load_ledger(path).findings
    assert [(Path(each.file).name, each.line) for each in findings] == [("main.beancount", n) for n in (1, 3, 3)]
    assert 'Error importing plugin "nowhere": ModuleNotFoundError' in findings[0].message
    assert "does not balance" in " ".join(each.message for each in findings)
