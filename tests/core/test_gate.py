"""The gate: what a sub-ledger may hold, judged on its text, and nothing of it executed."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time

import pytest
from beancoop.gate import check as gate
from beancoop.gate import child, forked
from beancoop.gate.check import check_gate
from beancoop.gate.child import answer, received
from beancoop.loading.ledger import load_ledger
from beancoop.model.findings import Finding
from beancoop.storage.layout import sub_ledgers
from beancoop.words.language import LANGUAGES, speaking
from gate.corpus import ATTACKS, BOOK, RUNS_CODE, write_honest, write_tracer
from gate.honest import HONEST
from gate.mutants import mutants


@pytest.fixture
def folder(tmp_path):
    """Make an honest sub-ledger."""
    folder = tmp_path / "activities" / "A001"
    write_honest(folder)
    return folder


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """Lay every attack, have all of them judged at once, and give the folder of each, what was found, and the trace."""
    root = tmp_path_factory.mktemp("attacks")
    trace = root / "trace"
    write_tracer(root, trace)
    folders = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(root))
        patch.syspath_prepend(root)
        for number, attack in enumerate(ATTACKS):
            folders[attack.name] = root / str(number) / "activities" / "A001"
            attack.lay(folders[attack.name], trace)
        laid = [path for folder in folders.values() for path in folder.parent.iterdir() if path.is_dir()]
        return folders, check_gate(laid), trace


def test_the_attacks_are_many_and_each_has_its_name():
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS) >= 52


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_is_refused_at_its_place(attack, judged):
    folders, findings, _ = judged
    place = os.path.normpath(folders[attack.name] / attack.file)
    here = [finding for finding in findings if finding.file.startswith(str(folders[attack.name].parent))]
    assert any((found.file, found.line) == (place, attack.line) and attack.words in found.message for found in here)
    assert all(str(found).isprintable() and len(found.message) < 400 for found in here)


def test_no_attack_is_executed(judged):
    _, _, trace = judged
    assert not trace.exists()


def test_without_the_gate_a_plugin_is_executed(tmp_path):
    """The trap works: what the tests above look for would be there."""
    trace = tmp_path / "trace"
    write_tracer(tmp_path, trace)
    ledger = tmp_path / "A001" / BOOK
    RUNS_CODE[0].lay(tmp_path / "A001", trace)
    command = [sys.executable, "-c", "import sys; from beancount import loader; loader.load_file(sys.argv[1])", ledger]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert trace.exists()


@pytest.mark.parametrize("honest", HONEST, ids=lambda honest: honest.name)
def test_an_honest_sub_ledger_is_let_through_and_loads(honest, tmp_path):
    folder = tmp_path / "activities" / "A001"
    honest.lay(folder)
    assert check_gate([folder]) == []
    assert load_ledger(folder / "ledger.beancount").findings == []


def test_the_child_says_what_the_same_words_say_here(judged):
    """What runs in the child runs here too, file by file."""
    folders, findings, _ = judged
    for attack in ATTACKS:
        path = folders[attack.name] / BOOK
        if attack.file == BOOK:
            (line,) = answer([(str(folders[attack.name]), str(path))])
            assert [Finding(str(path), *said) for said in received(line)] == [
                found for found in findings if found.file == str(path)
            ]


def test_the_reader_is_told_in_her_language_in_the_same_order(folder):
    (folder / BOOK).write_text(
        'plugin "os"\n' * 30 + '2026-02-30 note Assets:55:5500-Banque:A001 "x"\n2026-01-01 price EUR 1 USD\n'
    )
    (folder / "books/2027.beancount").write_text('option "title" "' + "x" * 6000 + '"\n')
    (folder / "books/x.py").write_text("")
    told = {}
    for language in LANGUAGES:
        with speaking(language):
            told[language] = check_gate([folder])
    places = [(found.file, found.line, found.code) for found in told["en"]]
    assert len(places) == 23
    assert all(code for *_, code in places)
    for language in LANGUAGES:
        assert [(found.file, found.line, found.code) for found in told[language]] == places
    assert any("les 5\u202f000" in str(found) or "plus de 5\u202f000" in str(found) for found in told["fr"])
    assert any("more than 5,000 characters" in str(found) for found in told["en"])


def test_damaged_books_are_read_to_the_end_and_what_is_let_through_loads(folder):
    for number, book in enumerate(mutants(500, seed=20260105)):
        (folder / f"books/{number}.beancount").write_bytes(book)
    findings = check_gate([folder])
    assert not any("Reading this file" in finding.message for finding in findings)
    for refused in {finding.file for finding in findings}:
        (folder / refused).unlink()
    assert 10 < len(list(folder.glob("books/*"))) < 400
    load_ledger(folder / "ledger.beancount")


def test_many_files_are_one_child(folder, monkeypatch):
    for number in range(100):
        (folder / "books" / f"{number}.beancount").write_text(f"; {number}\n")
    children = []
    run = subprocess.run

    def count(*args, **kwargs):
        children.append(args)
        return run(*args, **kwargs)

    monkeypatch.setattr(subprocess, "run", count)
    start = time.perf_counter()
    assert check_gate([folder]) == []
    assert len(children) == 1
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("import os; os.kill(os.getpid(), 11)", "ends the program (status -11)"),
        ("import time; time.sleep(60)", "takes too long"),
        ("print('[[\"x\", 1', end='')", "ends the program (status 0)"),
        ("print('[]'); print('[]', end='')", "ends the program (status 0)"),
    ],
)
def test_a_file_that_ends_the_child_is_refused(folder, monkeypatch, program, words):
    """Whatever the reason, and though no text is known that does it."""
    run = subprocess.run
    monkeypatch.setattr(gate, "SECONDS_A_CHILD", -1)
    monkeypatch.setattr(subprocess, "run", lambda _, **kwargs: run([sys.executable, "-I", "-c", program], **kwargs))
    messages = [finding.message for finding in check_gate([folder])]
    assert any(words in message for message in messages)


def _say(text):
    return lambda _request, pipe: pipe.write(text)


@pytest.mark.parametrize(
    ("seconds", "child", "words"),
    [
        (30, lambda *_: os.kill(os.getpid(), 9), "ends the program (status -9)"),
        (30, lambda *_: 1 // 0, "ends the program (status 1)"),
        (-2, lambda *_: time.sleep(60), "takes too long"),
        (30, _say(b'[["x", 1'), "ends the program (status 0)"),
        (30, _say(b"[]\n[]"), "ends the program (status 0)"),
    ],
)
def test_a_file_that_ends_a_copy_is_refused(folder, monkeypatch, capfd, seconds, child, words):
    monkeypatch.setattr(gate, "SECONDS_A_CHILD", seconds)
    monkeypatch.setattr(forked, "give", child)
    messages = [finding.message for finding in check_gate([folder], forked=True)]
    assert any(words in message for message in messages)
    assert capfd.readouterr() == ("", "")


def test_a_copy_finds_what_a_child_finds(folder):
    assert check_gate([folder], forked=True) == []
    (folder / BOOK).write_text('plugin "os"\n')
    assert check_gate([folder], forked=True) == check_gate([folder]) != []


def test_a_copy_has_no_secret_and_few_means(folder, monkeypatch):
    monkeypatch.setenv("TOKEN", "secret")
    target = folder / "documents/written"

    def look(_):
        yield json.dumps([dict(os.environ), resource.getrlimit(resource.RLIMIT_AS)[0]])
        target.write_bytes(b"x")

    monkeypatch.setattr(child, "answer", look)
    printed, status = forked.run_forked([], 30)
    environment, memory = json.loads(printed)
    assert "TOKEN" not in environment
    assert memory == child.MAX_MEMORY
    assert status != 0  # it may write no file
    assert target.read_bytes() == b""


def test_after_some_failures_the_rest_is_refused_unread(folder, monkeypatch):
    for number in range(8):
        (folder / "books" / f"{number}.beancount").write_text(f"; {number}\n")
    run = subprocess.run
    children = []

    def die(_, **kwargs):
        children.append(1)
        return run(["false"], **kwargs)

    monkeypatch.setattr(subprocess, "run", die)
    findings = check_gate([folder])
    assert len(children) == gate.MOST_FAILURES
    assert {finding.file for finding in findings} == {str(path) for path in folder.rglob("*.beancount")}
    assert sum("was not read" in finding.message for finding in findings) == 11 - gate.MOST_FAILURES


def test_the_child_has_no_secret_and_few_means(folder, monkeypatch):
    """Its environment, its memory, its time and its files are limited before it reads anything."""
    monkeypatch.setenv("TOKEN", "secret")
    said = {}
    run = subprocess.run
    program = f"""
import os, resource
from beancoop.gate.child import limit_resources, limit_seconds
limit_resources(); limit_seconds()
print(dict(os.environ), resource.getrlimit(resource.RLIMIT_AS)[0], flush=True)
os.write(os.open({str(folder / "documents/written")!r}, os.O_CREAT | os.O_WRONLY), b"x")
"""

    def spy(_, **kwargs):
        said["child"] = run([sys.executable, "-I", "-c", program], **kwargs)
        return said["child"]

    monkeypatch.setattr(subprocess, "run", spy)
    monkeypatch.setattr(json, "loads", lambda *_, **__: [])
    check_gate([folder])
    out = said["child"].stdout.decode()
    assert "secret" not in out
    assert "2000000000" in out
    assert said["child"].returncode != 0  # it may write no file
    assert (folder / "documents/written").read_bytes() == b""


def test_an_entry_cannot_choose_where_its_other_faults_are_told(folder):
    (folder / BOOK).write_text('2026-02-01 P "a" "b" "c"\n  lineno: 77\n  filename: "x"\n')
    findings = check_gate([folder])
    assert sorted(finding.line for finding in findings) == [1, 2, 3]
    assert {finding.file for finding in findings} == {str(folder / BOOK)}


def test_a_book_with_many_findings_tells_the_first_ones(folder):
    (folder / BOOK).write_text('plugin "os"\n' * 500)
    findings = check_gate([folder])
    assert len(findings) == 21
    assert "480 more findings" in findings[-1].message


@pytest.mark.parametrize(
    "name",
    [
        *(".gitkeep", ".DS_Store", ".2026.beancount.swp", ".~lock.liste.ods#"),
        *(".2026.beancount.a1b2c3d4", ".facture.xml.a1b2c3d_", ".facture.pdf.a1b2c3d4"),
    ],
)
def test_what_editors_leave_beside_a_file_is_let_through(folder, name):
    (folder / "books" / name).write_bytes(b"\x00")
    assert check_gate([folder]) == []


def test_a_folder_without_ledger_and_a_loose_file_are_told(tmp_path):
    activities = tmp_path / "activities"
    (activities / "A001").mkdir(parents=True)
    (activities / "note.txt").write_text("")
    (activities / ".DS_Store").write_text("")
    (activities / "A002").symlink_to(activities / "A001")
    messages = [finding.message for finding in check_gate(sub_ledgers(tmp_path / "main.beancount"))]
    assert any("needs a file ledger.beancount" in message for message in messages)
    assert sum("Only the folders of sub-ledgers" in message for message in messages) == 2
    assert any("beancoop check --fix-layout" in message for message in messages)
    assert len(messages) == 4


def test_a_sub_ledger_named_alone_is_judged_too(folder):
    assert sub_ledgers(folder / "ledger.beancount") == [folder]
    assert sub_ledgers(folder.parent.parent / "main.beancount") == [folder]


def test_a_ledger_far_from_any_cooperative_has_no_sub_ledgers(tmp_path, folder):
    elsewhere = tmp_path / "elsewhere" / "A001"
    shutil.copytree(folder, elsewhere)
    assert sub_ledgers(elsewhere / "ledger.beancount") == []
