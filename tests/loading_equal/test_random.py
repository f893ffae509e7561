"""Cooperatives drawn at random, and random edits, one after the other in one process."""

from __future__ import annotations

import gc
import random
from concurrent.futures import ThreadPoolExecutor

import edges
import pytest
from beancoop.loading import load, load_file
from beancoop.loading.memory import Memory
from evidence.clean_books import A001, A002
from evidence.random_books import drawn
from loading import OPTIONS
from loading_equal.comparison import answer_of, compare, compare_and_spoil, difference, spoil, stock
from loading_equal.cooperatives import write_clean, write_drawn
from loading_equal.edits import EDITS, Folder, change_how_all_is_booked, mend
from loading_equal.hostile import HOSTILE
from simulation import Year

BOOKS = 25
STEPS = 40


@pytest.fixture(scope="module")
def books():
    return drawn(BOOKS, 1)


@pytest.mark.parametrize("number", range(BOOKS))
def test_a_cooperative_drawn_at_random(number, books, tmp_path):
    main = write_drawn(tmp_path, books[number], renamed=number % 7 == 3)
    assert compare_and_spoil(main) is None
    assert compare_and_spoil(main) is None
    folder = Folder(tmp_path, main, random.Random(number))
    done = [folder.edit() for _ in range(2)]
    assert compare_and_spoil(main) is None, done


@pytest.mark.parametrize("seed", range(3))
def test_random_edits_in_one_process(seed, tmp_path):
    main = write_clean(tmp_path)
    folder = Folder(tmp_path, main, random.Random(seed))
    assert compare_and_spoil(main) is None
    for step in range(STEPS // 3 + 1):
        done = folder.edit()
        assert compare_and_spoil(main) is None, f"step {step}, {done}"
        alone = tmp_path / (A001, A002)[step % 2]
        assert compare_and_spoil(alone) is None, f"step {step}, {done}, {alone.parent.name} alone"


@pytest.mark.parametrize("seed", range(4))
def test_what_each_process_leaves_for_the_next_and_that_for_a_third(seed, tmp_path, monkeypatch):
    main = write_clean(tmp_path)
    folder = Folder(tmp_path, main, random.Random(seed))
    for step in range(STEPS // 3):
        done = folder.edit() if step % 2 else change_how_all_is_booked(folder)
        expected = answer_of(stock, main)
        for number in range(3):
            monkeypatch.setattr(load, "_MEMORY", Memory())
            assert difference(expected, answer_of(load_file, main)) is None, f"step {step}, {done}, process {number}"


def test_a_single_thing_written_into_an_answer(tmp_path):
    main = write_clean(tmp_path)
    draw = random.Random(0)
    for step in range(STEPS):
        assert compare_and_spoil(main, draw=draw) is None, step


def test_what_is_written_into_a_later_answer_shows_in_no_earlier_one(tmp_path):
    main = write_clean(tmp_path)
    expected, first = answer_of(stock, main), answer_of(load_file, main)
    for _ in range(2):
        spoil(answer_of(load_file, main))
        assert difference(expected, first) is None
    main.write_text(main.read_text(encoding="utf-8") + '2026-01-31 event "a" "b"\n', encoding="utf-8")
    later = answer_of(load_file, main)
    assert difference(expected, first) is None
    spoil(first)
    assert difference(answer_of(stock, main), later) is None
    assert compare(main) is None


def test_threads_that_load_at_once(tmp_path):
    main = write_clean(tmp_path)
    expected = answer_of(stock, main)
    with ThreadPoolExecutor(4) as pool:
        loads = [*pool.map(load_file, [main] * 8)]
    for loaded in loads:
        found = expected._replace(entries=loaded[0], errors=loaded[1], options=loaded[2])
        assert difference(expected, found) is None
        spoil(found)
    assert compare(main) is None


def test_the_collector_is_left_off_where_it_was(tmp_path):
    main = write_clean(tmp_path)
    gc.disable()
    try:
        assert compare(main) is None
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_errors_in_the_language_of_each_load(tmp_path, monkeypatch):
    main = HOSTILE["the suite, and a unit that nobody is"].write(tmp_path)
    told = []
    for language in ("en", "fr", "en"):
        monkeypatch.setenv("BEANCOOP_LANG", language)
        assert compare(main) is None
        told.append([error.message for error in load_file(main)[1]])
    assert told[0] == told[2] != told[1]


def test_a_document_that_comes_and_goes(tmp_path):
    main = HOSTILE["a document named by an included file"].write(tmp_path)
    paper = tmp_path / "c" / "a.txt"
    for step in range(4):
        assert compare_and_spoil(main) is None
        if step % 2:
            paper.write_text("x", encoding="utf-8")
        else:
            paper.unlink()


@pytest.mark.parametrize("edit", dict.fromkeys((*EDITS, mend)), ids=lambda edit: edit.__name__)
def test_each_kind_of_edit_and_its_mending(edit, tmp_path):
    main = write_clean(tmp_path)
    folder = Folder(tmp_path, main, random.Random(edit.__name__))
    assert compare_and_spoil(main) is None
    if edit is mend:
        folder.main.write_text("nonsense", encoding="utf-8")
    done = ""
    while not done:
        done = edit(folder)
    assert compare_and_spoil(main) is None, done
    mend(folder)
    assert compare_and_spoil(main) is None, f"{done}, mended"


def test_a_year_of_the_simulation(tmp_path):
    compared = []

    class Compared(Year):
        def verify(self) -> None:
            compared.append(compare(self.main))
            super().verify()

    year = Compared(tmp_path, 3)
    for month in (1, 2):
        year.live(month)
    assert len(compared) >= 2
    assert not any(compared)


@pytest.mark.parametrize(
    "ledger", [edges.CUT_OFF, edges.ACTIVITY + edges.PAUSES, edges.ACTIVITY + edges.bank("2026-02-01", "-5.00 EUR")]
)
def test_a_ledger_at_the_edge_of_the_rules(ledger, tmp_path):
    main = tmp_path / "main.beancount"
    main.write_text(f'{OPTIONS}plugin "beancoop"\n{ledger}', encoding="utf-8")
    assert compare_and_spoil(main) is None
