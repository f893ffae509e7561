"""What a command writes is judged by the ledger that holds it, and taken back whole."""

from __future__ import annotations

import datetime
import errno
import os
import tempfile
from pathlib import Path

import pytest
from beancoop.loading.ledger import load_ledger
from beancoop.model.findings import Finding, Refusal
from beancoop.model.months import Month
from beancoop.storage import atomic
from beancoop.storage.commit import Writing, commit_changes, commit_entries, to_be_written
from beancoop.storage.scaffold import Settings, create_activity, create_cooperative
from beancoop.storage.step import UNDO_FILE, Change, ConflictError, one_writer, take_back_step
from beancoop.words.language import LANGUAGES, speaking
from beancoop.words.messages import code_of
from beancount.core.data import Close
from closings import close_month
from evidence.faults import killed_at
from loading import sale

START, LATER, JANUARY = datetime.date(2026, 1, 5), datetime.date(2026, 3, 1), Month(2026, 1)
UNITS = ("A001", "A002", "A003")
STEP = 3  # has no divisor in common with the 8 touches of one file, so that every kind of touch has its turn


@pytest.fixture
def main(tmp_path, monkeypatch):
    """Make a cooperative of three activities, each with a sale."""
    monkeypatch.setenv("BEANCOOP_CACHE", "no")  # what a load keeps would be among the steps at which it is killed
    folder = tmp_path / "ledgers"
    create_cooperative(folder, UNITS[0], Settings(START))
    for unit in UNITS[1:]:
        create_activity(folder / "activities" / unit, Settings(START))
    for unit in UNITS:
        book = folder / f"activities/{unit}/books/2026.beancount"
        book.write_text(book.read_text() + sale("2026-01-20", "100.00", unit=unit))
    return folder / "main.beancount"


def held(main):
    return {path: path.read_bytes() for path in main.parent.rglob("*") if path.is_file()}


def changed(main, before):
    """Give the files that are new or other than *before*."""
    return {path for path, content in held(main).items() if before.get(path) != content}


def failing(monkeypatch, number, *folders, calls=("mkstemp", "unlink"), let_through=0):
    """Have the system refuse, as Linux does on a read-only mount, to make or take away any file in *folders*."""
    free = iter(range(let_through))

    def refuse(real, folder_of):
        def call(*args, **kwargs):
            folder = Path(folder_of(*args, **kwargs))
            if folder in folders and next(free, None) is None:
                raise OSError(number, os.strerror(number), str(folder))
            return real(*args, **kwargs)

        return call

    if "mkstemp" in calls:
        monkeypatch.setattr(tempfile, "mkstemp", refuse(tempfile.mkstemp, lambda dir, **_: dir))  # noqa: A006
    if "unlink" in calls:
        monkeypatch.setattr(os, "unlink", refuse(os.unlink, lambda path, **_: Path(path).parent))


@pytest.mark.parametrize("unit", UNITS)
def test_nothing_is_left_of_a_closing_that_could_not_be_written_whole(main, monkeypatch, unit):
    """A unit's folder is mounted read-only: what does not stand there cannot be unlinked either."""
    before, closed = held(main), main.parent / f"activities/{unit}/closed"
    with monkeypatch.context() as patch:
        failing(patch, errno.EROFS, closed)
        with pytest.raises(OSError, match="Read-only") as refused:
            close_month(main, JANUARY, LATER)
        assert Path(refused.value.filename) == closed / "contributions-2026.beancount"
    assert held(main) == before
    close_month(main, JANUARY, LATER)


def test_what_cannot_be_taken_back_is_taken_back_by_the_next_writer(main, monkeypatch):
    """The structure's file cannot be written, and then one of those before it cannot be put back."""
    before = held(main)
    stuck, coop = main.parent / "activities/A002/closed", main.parent / "coop"
    with monkeypatch.context() as patch:
        failing(patch, errno.EIO, coop, calls=("mkstemp",))
        failing(patch, errno.EACCES, stuck, calls=("mkstemp",), let_through=1)
        with pytest.raises(Refusal) as refused:
            close_month(main, JANUARY, LATER)
    assert code_of(refused.value.message) == "BC512"
    assert "activities/A002" in refused.value.message
    assert isinstance(refused.value.__cause__, OSError)
    first = main.parent / "activities/A001/closed/contributions-2026.beancount"
    assert changed(main, before) == {first, stuck / "contributions-2026.beancount", main.parent / UNDO_FILE}
    with to_be_written(main):
        assert held(main) == before


def test_what_stays_of_a_step_is_its_beginning(main, monkeypatch):
    """The disk fills up after all was written: the structure's file cannot be put back, so hers stays beside it."""
    before = held(main)
    hers, coop = (
        main.parent / "activities/A001/books/new.beancount",
        next(path for path in before if path.parent.name == "coop"),
    )

    def judge(_):
        failing(patch, errno.ENOSPC, coop.parent, calls=("mkstemp",))
        return [Finding(str(main), 1, "Raison.")]

    changes = [Change(hers, None, "; sien\n"), Change(coop, before[coop].decode(), before[coop].decode() + "; claim\n")]
    with monkeypatch.context() as patch, pytest.raises(Refusal) as refused:
        commit_changes(load_ledger(main), changes, judge)
    assert code_of(refused.value.message) == "BC512"
    assert hers.exists()
    assert coop.read_text().endswith("; claim\n")
    with to_be_written(main):
        assert held(main) == before


def test_an_error_of_the_judge_takes_all_back(main):
    before, ledger = held(main), load_ledger(main)
    new = main.parent / "coop/new.beancount"

    def judge(after):
        assert new in after.files
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        commit_changes(ledger, [Change(new, None, "; rien\n")], judge)
    assert held(main) == before


def test_what_the_judge_finds_takes_all_back_and_is_told(main):
    before, ledger = held(main), load_ledger(main)
    finding = Finding(str(main), 1, "Raison.")
    with pytest.raises(Refusal, match="was taken back") as refused:
        commit_changes(ledger, [Change(main.parent / "coop/new.beancount", None, "")], lambda _: [finding])
    assert refused.value.findings == [finding]
    assert held(main) == before


def test_what_somebody_writes_between_is_not_written_over(main):
    """He saves a file of ours after we wrote it, and before it is taken back."""
    new, other = main.parent / "coop/new.beancount", main.parent / "coop/other.beancount"
    ledger = load_ledger(main)

    def judge(_):
        new.write_text("; à lui\n")
        raise ZeroDivisionError

    with pytest.raises(Refusal, match="was changed by someone else after") as refused:
        commit_changes(ledger, [Change(new, None, "; rien\n"), Change(other, None, "; rien\n")], judge)
    assert code_of(refused.value.message) == "BC512"
    assert new.read_text() == "; à lui\n"
    assert not other.exists()
    with pytest.raises(ConflictError, match="was changed since"), to_be_written(main):
        pass
    (main.parent / UNDO_FILE).unlink()
    with to_be_written(main):
        assert new.read_text() == "; à lui\n"


def test_the_structures_file_is_written_last(main, monkeypatch):
    order: list[Path] = []
    write = atomic.write_text

    def noted(path: Path, text: str) -> None:
        order.append(path)
        write(path, text)

    monkeypatch.setattr(atomic, "write_text", noted)
    declares, apart = main.parent / "coop/2026.beancount", main.parent / "activities/A002/books/2026.beancount"
    closing = Close({}, datetime.date(2026, 2, 1), "Assets:40:400-Clients:A003")
    writings = [Writing("A001", declares, [closing]), Writing("COOP", declares, []), Writing("A002", apart, [])]
    commit_entries(load_ledger(main), writings, "essai", lambda _: [])
    assert [path.name for path in order] == [UNDO_FILE, "2026.beancount", "2026.beancount"]
    assert order[1:] == [apart, declares]


@pytest.mark.unmeasured  # the lines are those of other tests, at half the cost
def test_temporary_files_of_a_killed_write_are_swept(main):
    books = main.parent / "activities/A001/books"
    (main.parent / "activities/A003/books/.2026.beancount.k1l2m3n4").write_text("moitié")
    kept = [books / ".2026.beancount.swp", books / ".gitkeep", main.parent / "coop/.2026.beancount.sauvegarde"]
    for path in kept:
        path.write_text("")
    before = {path: text for path, text in held(main).items() if not path.name.endswith("k1l2m3n4")}
    number, left = 0, set()
    while not left:
        assert killed_at(number := number + STEP, lambda: close_month(main, JANUARY, LATER))
        with to_be_written(main):
            left = changed(main, before)
    assert number > 40  # by then the month is closed, and all that remains is to say so
    assert [path.name for path in left] == ["contributions-2026.beancount"] * 4
    assert all(path.exists() for path in kept)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_is_told_in_the_readers_language(main, language):
    with speaking(language), pytest.raises(Refusal) as refused:
        close_month(main, JANUARY, datetime.date(2026, 1, 31))
    assert code_of(refused.value.message) == "BC504"
    started = {"fr": "Ce mois (janvier 2026)", "nl": "januari 2026", "de": "Januar 2026", "en": "2026-01"}
    assert str(refused.value).startswith(started[language])


def done(main):
    """Write a step of two files; give it, and what was before."""
    before = held(main)
    coop = next(path for path in before if path.parent.name == "coop")
    text = before[coop].decode()
    changes = [Change(main.parent / "activities/A001/books/new.beancount", None, "; sien\n")]
    changes.append(Change(coop, text, f"{text}; ours\n"))
    with to_be_written(main) as ledger:
        commit_changes(ledger, changes, lambda _: ())
    return changes, before


def test_a_step_is_taken_back_whole(main):
    changes, before = done(main)
    with one_writer(main.parent):
        take_back_step(main.parent, changes)
    assert held(main) == before


def test_a_step_that_was_changed_since_is_not_taken_back_at_all(main):
    changes, _ = done(main)
    changes[0].path.write_text("; de sa main\n")
    after = held(main)
    with one_writer(main.parent), pytest.raises(ConflictError) as refused:
        take_back_step(main.parent, changes)
    assert code_of(refused.value.message) == "BC516"
    assert held(main) == after


def test_what_is_half_taken_back_the_next_writer_ends(main, monkeypatch):
    changes, before = done(main)
    with monkeypatch.context() as patch, one_writer(main.parent):
        failing(patch, errno.EIO, changes[0].path.parent)
        with pytest.raises(OSError, match="Input"):
            take_back_step(main.parent, changes)
    assert changes[0].path.exists()
    with to_be_written(main):
        assert held(main) == before
