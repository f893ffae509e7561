"""`beancoop doctor`: each thing that may be missing, made so, told with what to do; done as told, it is well."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from beancoop_cli.examining import program
from beancoop_cli.main import main
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

BOOKS = Path("ledgers/activities/A001/books/2026.beancount")
IDENTITY = {"GIT_AUTHOR_NAME": "Léa", "GIT_AUTHOR_EMAIL": "lea@example.be"}
SALE = """
2026-01-12 * "Commune de Huy" "Facture 1"
  Assets:40:400-Clients:A001               1000.00 EUR
  Income:70:700-VentesPrestations:A001    -1000.00 EUR
"""


@pytest.fixture(autouse=True)
def coop(tmp_path, monkeypatch):
    """Make a cooperative under version control, and a home of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
        monkeypatch.setenv(name.replace("AUTHOR", "COMMITTER"), value)
    assert CliRunner().invoke(main, ["init", ".", "--start", "2026-01-01"]).exit_code == 0
    git("init", "-q")
    commit()
    return tmp_path


def git(*words):
    subprocess.run(["git", "-C", "ledgers", *words], check=True, capture_output=True)


def commit():
    git("add", "-A")
    git("commit", "-qm", "État")


def doctor(*words, status=1):
    result = CliRunner().invoke(main, ["--lang", "en", "doctor", *words])
    assert result.exit_code == status, (result.output, result.exception)
    return result.output


def remedy(output, code):
    """Give the command that the remark under a code proposes."""
    (line,) = (line for line in output.splitlines() if line.endswith(f"[{code}]"))
    assert line.startswith("!!  ")
    return re.search(r"run: (.*) \[", line, re.IGNORECASE)[1]


def test_all_is_well():
    output = doctor(status=0)
    lines = output.splitlines()
    assert lines[-1] == "Nothing is missing."
    assert all(line.startswith("ok  ") for line in lines[:-1])
    assert "No month is closed yet." in output
    assert "Python " in output
    assert "Pango " in output


def test_the_state_of_the_books_is_told():
    BOOKS.write_text(BOOKS.read_text() + SALE)
    assert CliRunner().invoke(main, ["close", "2026-01"]).exit_code == 0
    commit()
    output = doctor(status=0)
    assert "The ledger loads: 3 transactions." in output  # the sale, and the two sides of the levy
    assert "The last closed month is 2026-01." in output


def test_findings_are_told_by_number():
    BOOKS.write_text(
        f"{BOOKS.read_text()}{SALE.replace('-1000', '-1001')}\n2026-01-13 balance Assets:40:400-Clients:A001 7 EUR\n"
    )
    commit()
    output = doctor()
    assert "[BC1576]" in output
    assert "(1)" in output
    command = remedy(output, "BC1576")
    assert CliRunner().invoke(main, shlex.split(command)[1:]).exit_code == 1


@pytest.mark.parametrize(
    ("where", "text"), [(BOOKS, 'plugin "os"\n'), (Path("ledgers/main.beancount"), '2026-01-01 custom "x" 1/0\n')]
)
def test_what_may_not_be_loaded_is_not(where, text):
    where.write_text(where.read_text() + text)
    commit()
    output = doctor()
    assert "[BC1575]" in output
    assert "transaction" not in output


def test_what_is_not_in_the_version_history():
    BOOKS.write_text(BOOKS.read_text() + "; note\n")
    output = doctor()
    assert "1 file of the ledger was changed" in output
    first, second = remedy(output, "BC1574").split(" && ")
    subprocess.run(shlex.split(first), check=True)
    subprocess.run([*shlex.split(second), "-qm", "État"], check=True)
    doctor(status=0)


def test_no_version_history(monkeypatch, tmp_path):
    shutil.rmtree("ledgers/.git")
    output = doctor()
    subprocess.run(["/bin/sh", "-c", remedy(output, "BC1573")], check=True, capture_output=True)
    doctor(status=0)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "[BC1572]" in doctor()


def test_who_may_write():
    BOOKS.chmod(0o666)
    assert "Whoever uses this machine may change" in doctor()
    BOOKS.parent.chmod(0o777)
    output = doctor()
    assert "2 files" in output
    subprocess.run(shlex.split(remedy(output, "BC1568")), check=True)
    doctor(status=0)


def test_a_ledger_that_nobody_may_write(monkeypatch):
    monkeypatch.setattr("os.access", lambda _, mode: mode != os.W_OK)
    assert "[BC1569]" in doctor()


def test_who_may_read_the_list_of_people():
    for name in ("people.toml", "people.passwords.json"):
        Path(name).write_text("")
        Path(name).chmod(0o640)
    output = doctor("--people", "people.toml")
    assert output.count("[BC1570]") == 2
    for line in output.splitlines():
        if "[BC1570]" in line:
            subprocess.run(shlex.split(re.search(r"run: (.*) \[", line)[1]), check=True)
    assert "is read by you alone" in doctor("--people", "people.toml", status=0)


@pytest.mark.parametrize("kind", ["open", "link", "file"])
def test_a_cache_that_is_not_ours_alone(coop, kind):
    place = coop / "cache/beancoop"
    place.parent.mkdir()
    if kind == "open":
        place.mkdir(mode=0o755)
    elif kind == "link":
        place.symlink_to(coop)
    else:
        place.write_text("")
    subprocess.run(shlex.split(remedy(doctor(), "BC1571")), check=True)
    doctor(status=0)
    place.mkdir(mode=0o700)
    assert "is yours alone" in doctor(status=0)


def test_a_clock_that_is_behind_its_files():
    later = time.time() + 86400
    os.utime(BOOKS, (later, later))
    output = doctor()
    assert "[BC1566]" in output
    assert BOOKS.name in output


def test_a_full_disk(monkeypatch):
    few = shutil.disk_usage(".")._replace(free=12 * 10**6)
    monkeypatch.setattr("shutil.disk_usage", lambda _: few)
    assert "Only 12 MB are free" in doctor()


def test_packages_that_are_missing_or_of_another_version(monkeypatch):
    wanted = ["click>=99", "no-such-package>=1", "pytest>=1; extra == 'test'", "fava<1.31,>=1.30.16"]
    monkeypatch.setattr(program, "requires", lambda _: wanted)
    output = doctor()
    assert "no-such-package is not installed" in output
    assert re.search(r"click [0-9.]+ is installed, and >=99 is needed", output)
    assert "fava" not in output
    assert "pytest" not in output


def test_without_pango(monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint.text.ffi", None)
    assert "[BC1564]" in doctor()


def test_a_language_without_texts(monkeypatch):
    def catalogue(language):
        raise FileNotFoundError(language)

    monkeypatch.setattr(program, "catalogue", catalogue)
    assert doctor().count("[BC1565]") == 4


def test_for_a_program():
    BOOKS.write_text(BOOKS.read_text() + "; note\n")
    told = json.loads(doctor("--format", "json"))
    assert {"fine": True, "code": "", "message": "No month is closed yet."} in told
    (wrong,) = (each for each in told if not each["fine"])
    assert wrong["code"] == "BC1574"
    assert "[" not in wrong["message"]


RELEASES = st.lists(st.integers(0, 40), min_size=1, max_size=4).map(tuple)


@given(RELEASES, RELEASES)
def test_bounds_of_a_version(have, limit):
    width = max(len(have), len(limit))
    ours, theirs = (each + (0,) * (width - len(each)) for each in (have, limit))
    installed, wanted = (".".join(map(str, each)) for each in (have, limit))
    assert program.is_within(installed, f">={wanted}") == (ours >= theirs)
    assert program.is_within(installed, f"<{wanted}") == (ours < theirs)
    assert program.is_within(installed, f"<={wanted}") == (ours <= theirs)
    assert program.is_within(installed, f">{wanted}") == (ours > theirs)
    assert program.is_within(installed, f"=={wanted}") == (ours == theirs)
    assert program.is_within(installed, f">={wanted},<{wanted}") is False
    assert program.is_within(f"{installed}.post1", "")
