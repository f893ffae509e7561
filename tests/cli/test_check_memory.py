"""`beancoop check` remembers what it found good, and only that, by every byte of it."""

from __future__ import annotations

import os
import shutil
from hashlib import sha256

import pytest
from beancoop.gate import check as gate
from beancoop.loading.folder import Look
from beancoop.loading.load import load_stock
from beancoop.storage.step import one_writer
from beancoop_cli import check, judging_one, verifying
from beancoop_cli.main import main
from checked_books import found_cooperative
from click.testing import CliRunner

UNITS = ["A001", "A002", "A003"]


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    """Found a cooperative of three activities, which each test copies."""
    ledgers = found_cooperative(tmp_path_factory.mktemp("founded"), UNITS[1:])
    for folder in (ledgers / "statements", ledgers / "activities/A001/documents"):
        folder.mkdir(exist_ok=True)
    return ledgers


@pytest.fixture
def books(founded, tmp_path, monkeypatch):
    """Give a cooperative in which nothing is wrong, and nothing remembered of it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    return shutil.copytree(founded, tmp_path / "ledgers")


@pytest.fixture
def closed(tmp_path, monkeypatch):
    """Give a new cooperative with a closed month, and the line that keeps its seal."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    CliRunner().invoke(main, ["init", str(tmp_path / "coop"), "--start", "2026-01-01"])
    books = tmp_path / "coop/ledgers"
    done = CliRunner().invoke(main, ["close", "2026-01", "--ledger", str(books / "main.beancount")])
    return books, next(f"{line}\n" for line in done.output.splitlines() if line.startswith("anchor"))


@pytest.fixture
def looked(monkeypatch):
    """Give, of each check that loads, the units loaded alone; of each gate, those that were judged."""
    seen = {"loaded": [], "judged": []}
    check_gate = vars(gate)["check_gate"]

    def load_here(ledger, folders, kept, sound):
        seen["loaded"].append([folder.name for folder in folders])
        return check._load_all(ledger, folders, kept, sound)

    def judge(folders, **how):
        seen["judged"].append([folder.name for folder in folders])
        return check_gate(folders, **how)

    monkeypatch.setattr(check, "_load_apart", load_here)
    monkeypatch.setattr(gate, "check_gate", judge)
    return seen


def run(books, *arguments, status=0):
    done = CliRunner().invoke(main, ["check", "--ledger", str(books / "main.beancount"), *arguments])
    assert done.exit_code == status, done.output
    return done.output


def book(books, unit="A001"):
    return next((books / "activities" / unit / "books").glob("*.beancount"))


def test_what_was_found_good_is_not_looked_at_again(books, looked):
    first = run(books)
    assert looked == {"loaded": [UNITS], "judged": [UNITS]}
    assert run(books) == first
    assert run(books, "--format", "json") == run(books, "--format", "json", "--no-cache")
    assert looked == {"loaded": [UNITS, UNITS], "judged": [UNITS, UNITS]}  # the second without what is remembered


def test_each_file_is_read_once(books, looked, monkeypatch):
    seen = []
    read = vars(Look)["_read"]

    def noted(look, path):
        seen.append(path)
        return read(look, path)

    monkeypatch.setattr("beancoop.loading.folder._SETTLED", -(10**18))  # as if all had stood there for long
    monkeypatch.setattr(Look, "_read", noted)
    for _ in range(2):
        run(books)
        assert sorted(seen) == sorted(os.fsencode(path) for path in books.rglob("*") if path.is_file())
        seen.clear()


def test_after_an_edit_the_whole_and_that_sub_ledger_are(books, looked):
    run(books)
    book(books).write_text(book(books).read_text() + "\n; a remark\n")
    run(books)
    assert looked["loaded"][1:] == looked["judged"][1:] == [["A001"]]
    run(books)
    assert len(looked["loaded"]) == 2


def test_what_concerns_the_whole_alone_loads_the_whole_alone(books, looked):
    run(books)
    path = next((books / "coop").glob("*.beancount"))
    path.write_text(path.read_text() + "\n; a remark\n")
    run(books)
    assert looked["loaded"][1:] == looked["judged"][1:] == [[]]


def test_what_is_wrong_is_told_each_time(books, looked):
    run(books)
    sound = book(books).read_text()
    book(books).write_text(sound + '\n2026-08-20 * "x"\n  Assets:55:5500-Banque:A001  1.00 EUR\n')
    first = run(books, status=1)
    assert run(books, status=1) == first == run(books, "--no-cache", status=1)
    assert looked["loaded"][1:3] == [["A001"], ["A001"]]
    book(books).write_text(sound)
    run(books)
    assert looked["loaded"][4:] == []  # as it was before


def test_what_the_gate_refuses_is_refused_each_time(books, looked):
    run(books)
    (books / "activities/A001/books/x.py").write_text("")
    first = run(books, status=1)
    assert run(books, status=1) == first
    assert len(looked["loaded"]) == 1


def test_a_document_in_the_place_of_another_is_looked_at(books, looked):
    """Of the same size and with the same date, in a cooperative of which every sub-ledger was found good."""
    document = books / "activities/A001/documents/invoice.txt"
    document.write_text("one")
    said = sha256(b"one").hexdigest()
    entry = f'\n2026-08-20 document Assets:55:5500-Banque:A001 "../documents/invoice.txt"\n  sha256: "{said}"\n'
    book(books).write_text(book(books).read_text() + entry)
    run(books)
    before = document.stat()
    document.write_text("two")
    os.utime(document, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert "BC526" in run(books, status=1)
    assert len(looked["loaded"]) == 2


def test_another_program_begins_anew(books, looked, monkeypatch):
    run(books)
    monkeypatch.setattr("beancoop.loading.cache.program", lambda *_: b"another")
    run(books)
    assert looked["loaded"] == [UNITS, UNITS]


@pytest.mark.parametrize("spoil", [b"", b"?" * 700])
def test_a_memory_that_was_spoilt_is_none(books, looked, spoil):
    run(books)
    for path in (books.parent / "home/beancoop").glob("check-*"):
        path.write_bytes(spoil)
    run(books)
    assert looked["loaded"] == [UNITS, UNITS]


def test_with_other_anchors_the_whole_is_looked_at(closed, looked):
    books, anchor = closed
    anchors = books.parent / "anchors"
    anchors.write_text(anchor)
    run(books)
    run(books, "--anchor", str(anchors))
    run(books, "--anchor", str(anchors))
    assert looked["loaded"] == [["A001"], []]
    anchors.write_text(anchor.replace("a", "b").replace("bnchor", "anchor"))
    run(books, "--anchor", str(anchors), status=1)


def test_anchors_through_a_pipe_are_those_that_were_read(closed):
    books, anchor = closed
    run(books)
    for text, status in ((anchor, 0), (anchor.replace("a", "b").replace("bnchor", "anchor"), 1)):
        reader, writer = os.pipe()
        os.write(writer, text.encode())
        os.close(writer)
        run(books, "--anchor", f"/dev/fd/{reader}", status=status)
        os.close(reader)


def test_a_ledger_that_reaches_outside_its_folder_is_not_remembered(books, looked):
    outside = books.parent / "outside.beancount"
    outside.write_text("; nothing yet\n")
    main_file = books / "main.beancount"
    main_file.write_text(main_file.read_text() + '\ninclude "../outside.beancount"\n')
    run(books)
    run(books)
    assert looked["loaded"] == [UNITS, []]
    outside.write_text("2026-01-01 nonsense\n")
    run(books, status=1)


def test_what_git_keeps_and_the_ledger_reads_is_not_remembered(books, looked):
    """Of `.git` only that it is there counts in what a folder is known by."""
    kept = books / ".git/kept.beancount"
    kept.parent.mkdir()
    kept.write_text("; nothing yet\n")
    _append(books / "main.beancount", '\ninclude ".git/kept.beancount"\n')
    run(books)
    run(books)
    assert looked["loaded"] == [UNITS, []]
    kept.write_text("2026-01-01 nonsense\n")
    run(books, status=1)


@pytest.mark.parametrize("ledger", ["main.beancount", "activities/A001/ledger.beancount"])
def test_what_git_keeps_in_a_sub_ledger_is_refused_though_all_else_was_found_good(books, ledger):
    asked = ["check", "--ledger", str(books / ledger)]
    invoke(*asked)
    (books / "activities/A001/.git").mkdir()
    warm, fresh = (CliRunner().invoke(main, [*asked, *more]) for more in ([], ["--no-cache"]))
    assert (warm.exit_code, warm.output) == (fresh.exit_code, fresh.output)
    assert "[BC615]" in warm.output


def test_a_folder_with_a_link_is_not_remembered(books, looked):
    (books / "statements/link").symlink_to("..")
    run(books)
    run(books)
    assert looked["loaded"] == [UNITS, []]


def test_what_changes_while_it_is_looked_at_is_not_remembered(books, looked, monkeypatch):
    judge = check._load_apart

    def changed(*given):
        judged = judge(*given)
        book(books).write_text(book(books).read_text() + "\n; a remark\n")
        return judged

    monkeypatch.setattr(check, "_load_apart", changed)
    run(books)
    monkeypatch.setattr(check, "_load_apart", judge)
    run(books)
    assert looked["loaded"] == [UNITS, ["A001"]]


def test_what_changes_and_changes_back_while_it_is_looked_at_is_not_remembered(books, looked, monkeypatch):
    judge = check._load_apart

    def changed(*given):
        sound = book(books).read_text()
        book(books).write_text(f"{sound}\n; a remark\n")
        judged = judge(*given)
        book(books).write_text(sound)
        return judged

    monkeypatch.setattr(check, "_load_apart", changed)
    run(books)
    monkeypatch.setattr(check, "_load_apart", judge)
    run(books)
    assert looked["loaded"] == [UNITS, ["A001"]]


def test_a_closing_under_way_is_let_pass_and_not_remembered(closed, looked):
    """The seal of a unit without the structure's is no finding as long as a program that lives is writing."""
    books, _ = closed
    (books / "coop/contributions-2026.beancount").write_text("; not written yet\n")
    with one_writer(books):
        run(books)
        run(books)
    assert looked["loaded"] == [["A001"], []]
    assert "BC404" in run(books, status=1)


def test_a_sub_ledger_alone_is_remembered(books, looked):
    ledger = books / "activities/A001/ledger.beancount"
    for _ in range(2):
        done = CliRunner().invoke(main, ["check", "--ledger", str(ledger)])
        assert done.exit_code == 0, done.output
    assert looked["loaded"] == [["A001"]]


def test_the_cache_is_shown_and_cleared(books):
    run(books)
    folder = books.parent / "home/beancoop"
    shown = CliRunner().invoke(main, ["cache"]).output
    assert str(folder) in shown
    assert f" {len(list(folder.iterdir()))} files" in shown
    assert "0 files, 0 kB" in CliRunner().invoke(main, ["cache", "--clear"]).output
    assert list(folder.iterdir()) == []


def test_both_loaders_are_compared(books, monkeypatch):
    run(books, "--verify")
    found = list(verifying.compare_loads([books / "main.beancount", books / "main.beancount"]))
    assert found == []
    monkeypatch.setattr(verifying, "load_file", lambda path: (*load_stock(path)[:2], {}))
    (finding,) = verifying.compare_loads([books / "main.beancount"])
    assert finding.code == "BC585"
    assert "options" in finding.message
    monkeypatch.setattr(check, "_apart", lambda _ledger, work, *given: work(*given))
    assert "[BC585]" in run(books, "--verify", status=1)


@pytest.fixture(scope="module")
def closed_once(founded, tmp_path_factory):
    """Close the books of those three activities, which have sold something."""
    books = shutil.copytree(founded, tmp_path_factory.mktemp("closed") / "ledgers")
    for unit in UNITS:
        path = book(books, unit)
        path.write_text(
            f'{path.read_text()}\n2026-01-10 * "Vente" ^{unit}-1\n'
            f"  Assets:40:400-Clients:{unit}  100.00 EUR\n  Income:70:700-VentesPrestations:{unit}  -100.00 EUR\n"
        )
    invoke("close", "2026-01", "--ledger", str(books / "main.beancount"))
    return books


@pytest.fixture
def sealed(closed_once, tmp_path, monkeypatch):
    """Give a cooperative of three activities with closed books, and nothing remembered of it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    return shutil.copytree(closed_once, tmp_path / "ledgers")


def invoke(*arguments):
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output


FEIGNED = """
2026-01-20 * "Une vente de plus" ^A002-2
  filename: "{file}"
  Assets:40:400-Clients:A002  10.00 EUR
  Income:70:700-VentesPrestations:A002  -10.00 EUR
"""


def _seal(books):
    return books / "activities/A002/closed/contributions-2026.beancount"


@pytest.mark.parametrize(
    "change",
    [
        lambda books: book(books, "A002").write_text(book(books, "A002").read_text().replace("100.00", "101.00")),
        lambda books: _append(books / "coop/2026.beancount", FEIGNED.replace('  filename: "{file}"\n', "")),
        lambda books: _append(books / "coop/2026.beancount", FEIGNED.format(file=book(books, "A002"))),
        lambda books: _append(book(books, "A001"), FEIGNED.replace('  filename: "{file}"\n', "")),
        lambda books: _seal(books).write_text(_seal(books).read_text().replace('sha256: "', 'sha256: "0')),
        lambda books: _seal(books).write_text(_seal(books).read_text().split("2026-01-31 custom")[0]),
        lambda books: _append(books / "coop/2026.beancount", '\n2026-01-31 custom "closed" "2026-01" "A002"\n'),
        lambda books: _append(books / "coop/2026.beancount", "\n2026-01-15 open Assets:57:570-Caisses:A002\n"),
        lambda books: _append(books / "coop/2026.beancount", '\n2026-01-20 note Assets:40:400-Clients:A002 "x"\n'),
        lambda books: _append(books / "coop/2026.beancount", '\n2026-02-20 custom "nonsense"\n'),
    ],
)
def test_a_warm_answer_is_that_of_a_fresh_look(sealed, looked, change):
    """Whatever touches the seals of a unit that was found good, wherever it is written."""
    run(sealed)
    change(sealed)
    warm = CliRunner().invoke(main, ["check", "--ledger", str(sealed / "main.beancount")])
    fresh = CliRunner().invoke(main, ["check", "--no-cache", "--ledger", str(sealed / "main.beancount")])
    assert (warm.exit_code, warm.output) == (fresh.exit_code, fresh.output)
    assert warm.exit_code == 1


def _append(path, text):
    path.write_text(path.read_text() + text)


def test_the_seals_of_units_found_good_are_not_worked_out_again(sealed, looked, monkeypatch):
    run(sealed)
    seen = []
    check_closed = vars(judging_one)["check_closed"]

    def noted(entries, options, proved):
        seen.append(sorted(proved))
        return check_closed(entries, options, proved)

    monkeypatch.setattr(judging_one, "check_closed", noted)
    _append(book(sealed, "A001"), "\n; a remark\n")
    run(sealed)
    assert seen == [[]]  # of A001 alone
    (sealed / "coop/remarks.beancount").write_text("; a remark\n")
    run(sealed)
    assert seen == [[], ["A001", "A002", "A003"]]  # of the whole
