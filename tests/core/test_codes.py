"""Each error has a code of its own, and its paragraph in docs/checks.md."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from beancoop.words.messages import CODES, error
from codes import PACKAGES, PAGE, declared, refreshed, written

TO_DO = "run: make checks, and write a sentence under each new heading"


def test_each_error_has_its_paragraph_with_the_message_of_the_code():
    page = PAGE.read_text(encoding="utf-8")
    assert written(page).keys() == declared().keys(), TO_DO
    assert page == refreshed(page), TO_DO


def test_each_paragraph_says_something():
    assert [code for code, paragraph in written(PAGE.read_text(encoding="utf-8")).items() if not paragraph] == [], TO_DO


def test_a_code_is_declared_once():
    sources = [path for package in PACKAGES for path in Path(package.__file__).parent.rglob("*.py")]
    calls = [
        node.args[0].value
        for path in sources
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "error"
        if node.args and isinstance(node.args[0], ast.Constant)
    ]
    assert {code: times for code, times in Counter(calls).items() if times > 1} == {}
    assert set(calls) == declared().keys()


def test_a_code_that_is_taken_is_refused():
    code = next(iter(declared()))
    with pytest.raises(ValueError, match=code):
        error(code, "Something else.")
    assert CODES[code].text != "Something else."


def test_what_was_written_is_kept_and_what_is_gone_goes():
    page = PAGE.read_text(encoding="utf-8")
    code = next(iter(written(page)))
    changed = (
        page.replace(f"### {code}\n", f"### {code}\n\nKept.\n", 1).replace("> ", "> Old: ") + "\n### BC9999\n\nGone.\n"
    )
    again = refreshed(changed)
    assert "Kept." in written(again)[code]
    assert "BC9999" not in again
    assert "Old: " not in again
    assert all(re.fullmatch(r"BC\d{3,4}", each) for each in written(again))
