"""Ledgers at the edge of what Beancount reads are loaded as Beancount loads them: afresh, again, and after an edit."""

from __future__ import annotations

import os

import pytest
from loading_equal.comparison import answer_of, compare_and_spoil, stock
from loading_equal.hostile import ACTIVITY, DEADLY, HOSTILE, MAIN, WHOLE, inside
from loading_equal.processes import ends_of

EVERY = 1 if os.environ.get("BEANCOOP_EXAMPLES") else 3
"""Of the hostile ledgers, one in so many is loaded here in each way; the evidence loads them all."""
EDIT = '\n2026-01-31 event "edited" "yes"\n'


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_ledger_is_what_its_row_says(name, tmp_path):
    found = answer_of(stock, HOSTILE[name].write(tmp_path))
    told = [error.message for error in found.errors or ()] + ([str(found.raised)] if found.raised else [])
    assert any(HOSTILE[name].says in each for each in told) if HOSTILE[name].says else not told


@pytest.mark.parametrize("name", [*HOSTILE][::EVERY])
def test_a_hostile_ledger_is_loaded_as_beancount_loads_it(name, tmp_path):
    _three_times(HOSTILE[name].write(tmp_path), tmp_path)


@pytest.mark.parametrize("name", [*HOSTILE][1::EVERY])
def test_one_hostile_file_among_those_of_a_cooperative(name, tmp_path):
    inside(HOSTILE[name]).write(tmp_path)
    _three_times(tmp_path / WHOLE, tmp_path)


def _three_times(main, folder):
    """Compare afresh and again; then with more in a file, and with what was there before."""
    assert compare_and_spoil(main) is None
    assert compare_and_spoil(main) is None
    file = next(
        (folder / name for name in ("behind.beancount", "a.beancount", MAIN) if (folder / name).is_file()), None
    )
    if file is not None:
        before = file.read_bytes()
        file.write_bytes(before + EDIT.encode())
        assert compare_and_spoil(main) is None
        file.write_bytes(before)
        assert compare_and_spoil(main) is None


def test_what_ends_a_process_ends_it_both_ways(tmp_path):
    main = DEADLY.write(tmp_path)
    by_stock, by_ours = ends_of(main)
    assert by_stock == by_ours != 0


def test_a_ledger_that_is_mended_is_loaded(tmp_path):
    main = tmp_path / MAIN
    for text in (ACTIVITY, f'{ACTIVITY}2026-02-01 * "ouvert\n', ACTIVITY, "\0", "", ACTIVITY):
        main.write_text(text, encoding="utf-8")
        assert compare_and_spoil(main) is None


@pytest.mark.parametrize("form", ["{}", "./{}", "sub/../{}", "sub/.././{}", "~/{}", "$PLACE/{}", "//{}"])
def test_a_path_written_in_any_form(form, tmp_path, monkeypatch):
    (tmp_path / "sub").mkdir()
    (tmp_path / MAIN).write_text(f'include "sub/*.beancount"\n{ACTIVITY}', encoding="utf-8")
    (tmp_path / "sub" / "a.beancount").write_text('2026-01-31 event "a" "b"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PLACE", str(tmp_path))
    name = form.format(MAIN)
    assert compare_and_spoil(name) is None
    assert compare_and_spoil(name) is None


def test_one_relative_path_from_two_folders(tmp_path, monkeypatch):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / MAIN).write_text(f'{ACTIVITY}2026-01-31 event "in" "{name}"\n', encoding="utf-8")
    for name in ("one", "two", "one"):
        monkeypatch.chdir(tmp_path / name)
        assert compare_and_spoil(MAIN) is None


def test_a_main_file_by_a_link_that_is_moved(tmp_path):
    link = tmp_path / "link.beancount"
    for name in ("one", "two", "one"):
        (tmp_path / name).write_text(f'{ACTIVITY}2026-01-31 event "in" "{name}"\n', encoding="utf-8")
        link.unlink(missing_ok=True)
        link.symlink_to(name)
        assert compare_and_spoil(link) is None
