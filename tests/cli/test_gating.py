"""`beancoop gate`: who may change what, and the recipes of docs/gate.md as they stand there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from beancoop_cli.main import main
from click.testing import CliRunner

ROOT = Path(__file__).parents[2]
A001 = "ledgers/activities/A001"
BOOK = f"{A001}/books/2026.beancount"
SALE = """
2026-03-01 * "Client" "Vente"
  Assets:55:5500-Banque:A001             45.00 EUR
  Income:70:700-VentesPrestations:A001  -45.00 EUR
"""


def run(*arguments):
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture
def base(tmp_path, monkeypatch):
    """Make what stands: a cooperative of two activities."""
    monkeypatch.chdir(tmp_path)
    assert run("init", "base", "--start", "2026-01-05").exit_code == 0
    assert run("activity", "A002", "--start", "2026-01-05", "--ledger", "base/ledgers/main.beancount").exit_code == 0
    (tmp_path / "base/.github/workflows").mkdir(parents=True)
    (tmp_path / "base/.github/workflows/ledger.yml").write_text("on: pull_request_target\n")
    (tmp_path / "base/.git").mkdir()
    (tmp_path / "base/.git/config").write_text("here\n")
    return tmp_path / "base"


@pytest.fixture
def proposal(base):
    """Make a proposal that differs in nothing yet."""
    return Path(shutil.copytree(base, base.parent / "proposal"))


def judged(*more):
    result = run("gate", "--base", "base", "--proposal", "proposal", "--format", "json", *more)
    return result.exit_code, {(found["file"], found["code"]) for found in json.loads(result.stdout)}


def append(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(text)


def test_books_and_documents_of_her_own_may_differ(proposal):
    append(proposal / BOOK, SALE)
    append(proposal / A001 / "books/2027.beancount", "; 2027\n")
    append(proposal / A001 / "documents/facture.pdf", "%PDF\n")
    (proposal / A001 / "documents/.gitkeep").unlink()
    (proposal / ".git/config").write_text("there\n")
    assert judged("--by", "A001") == (0, set())


PROTECTED = [
    f"{A001}/terms.beancount",
    f"{A001}/follow-up.beancount",
    f"{A001}/closed/contributions-2026.beancount",
    f"{A001}/closed/new.beancount",
    f"{A001}/ledger.beancount",
    f"{A001}/books.beancount",
    "ledgers/activities/A002/books/2026.beancount",
    "ledgers/activities/A002/documents/x.pdf",
    "ledgers/activities/A003/books/2026.beancount",
    "ledgers/activities/books/2026.beancount",
    "activities/A001/books/2026.beancount",
    "ledgers/coop/2026.beancount",
    "ledgers/main.beancount",
    "ledgers/rules.toml",
    "ledgers/import.py",
    "ledgers/.git/config",
    ".pre-commit-config.yaml",
    ".gitattributes",
    ".github/workflows/ledger.yml",
    "requirements.txt",
]


@pytest.mark.parametrize("file", PROTECTED)
def test_what_is_the_cooperative_s_is_refused_her(proposal, file):
    append(proposal / file, "# x\n")
    append(proposal / BOOK, SALE)
    assert judged("--by", "A001") == (1, {(file, "BC670")})
    if (proposal.parent / "base" / file).exists():
        (proposal / file).unlink()
        assert judged("--by", "A001") == (1, {(file, "BC670")})


@pytest.mark.parametrize(
    ("link", "target"),
    [
        (f"{A001}/books/x.beancount", "/etc/passwd"),
        (f"{A001}/documents/x.pdf", "facture.pdf"),
        (f"{A001}/books/closed", "../../A002/books"),
    ],
)
def test_a_link_is_refused_even_among_her_own(proposal, link, target):
    (proposal / link).symlink_to(target)
    assert judged("--by", "A001") == (1, {(link, "BC671")})
    assert judged() == (1, {(link, "BC671")})


@pytest.mark.parametrize("folder", [f"{A001}/books", A001, "ledgers/activities", "ledgers"])
def test_a_folder_that_became_a_link_is_refused(proposal, folder):
    (proposal / folder).rename(proposal.parent / "moved")
    (proposal / folder).symlink_to(proposal.parent / "moved")
    status, found = judged("--by", "A001")
    assert status == 1
    assert {(folder, "BC670"), (folder, "BC671")} <= found


def test_a_pipe_and_a_right_to_be_run_are_told(proposal):
    os.mkfifo(proposal / A001 / "documents/pipe")
    (proposal / "ledgers/rules.toml").chmod(0o755)
    assert judged("--by", "A001") == (
        1,
        {(f"{A001}/documents/pipe", "BC671"), ("ledgers/rules.toml", "BC670")},
    )


def test_her_own_text_passes_the_gate_and_nothing_of_it_is_run(proposal, tmp_path):
    append(proposal / BOOK, 'plugin "tracer"\n2026-03-01 custom "activity-terms" "A001"\n  rate: 0.00\n')
    append(proposal / A001 / "books/tracer.py", f"open({str(tmp_path / 'trace')!r}, 'w')\n")
    assert judged("--by", "A001") == (1, {(BOOK, "BC622"), (BOOK, "BC660"), (f"{A001}/books/tracer.py", "BC613")})
    assert not (tmp_path / "trace").exists()


def test_a_division_by_zero_is_a_finding(proposal):
    append(proposal / BOOK, SALE.replace("45.00", "1/0", 1))
    assert judged("--by", "A001") == (1, {(BOOK, "BC604")})


def test_a_unit_that_is_not_there_yet_is_told(proposal):
    append(proposal / "ledgers/activities/A009/books/2026.beancount", "; x\n")
    assert judged("--by", "A009") == (1, {("ledgers/activities", "BC672")})


def test_without_a_proposer_what_differs_is_listed_by_who_approves_it(proposal):
    append(proposal / BOOK, SALE)
    append(proposal / "ledgers/activities/A002/documents/x\x1b[31m.pdf", "x")
    append(proposal / f"{A001}/terms.beancount", "; x\n")
    (proposal / ".pre-commit-config.yaml").unlink()
    result = run("gate", "--base", "base", "--proposal", "proposal")
    assert result.stdout.splitlines()[:7] == [
        "For A001 to approve:",
        f"  {BOOK}: changed",
        "For A002 to approve:",
        "  'ledgers/activities/A002/documents/x\\x1b[31m.pdf': new",
        "For the cooperative to approve:",
        "  .pre-commit-config.yaml: taken away",
        f"  {A001}/terms.beancount: changed",
    ]
    assert result.exit_code == 1  # the name itself is a finding of the gate
    (proposal / "ledgers/activities/A002/documents/x\x1b[31m.pdf").unlink()
    assert judged() == (0, set())


def test_what_is_the_same_is_told_so(proposal):
    result = run("gate", "--base", "base", "--proposal", proposal)
    assert (result.exit_code, result.stdout) == (0, "Nothing differs.\n")


def test_another_place_of_the_ledger(base, proposal):
    for folder in (base, proposal):
        (folder / "ledgers").rename(folder / "livres")
    append(proposal / "livres/activities/A001/documents/x.pdf", "x")
    assert judged("--by", "A001", "--ledger", "livres/main.beancount") == (0, set())


@pytest.mark.parametrize("ledger", ["../main.beancount", "/main.beancount", "nulle-part"])
def test_a_ledger_outside_is_misuse(proposal, ledger):
    assert run("gate", "--base", "base", "--proposal", "proposal", "--ledger", ledger).exit_code == 2


# The recipe


def recipe():
    """Give ci/gate.sh as docs/gate.md has it."""
    page = (ROOT / "docs/gate.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"\n\n((?:    .*\n)+)", page[page.index("`ci/gate.sh`") :])[:1]
    return textwrap.dedent(block)


def git(*arguments, cwd):
    command = ["git", "-c", "user.name=x", "-c", "user.email=x@invalid", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def forge(base):
    """Make a forge that holds the protected branch, and a clone of it to propose from."""
    shutil.rmtree(base / ".git")
    (base / "ci").mkdir()
    (base / "ci/gate.sh").write_text(recipe())
    (base / "ci/units").write_text("lea A001\nzoe A002\n")
    git("init", "--quiet", "--initial-branch=main", cwd=base)
    git("add", "--all", cwd=base)
    git("commit", "--quiet", "--message=x", cwd=base)
    git("clone", "--quiet", base, "hers", cwd=base.parent)
    return base.parent


def proposed(forge, author, change):
    """Propose *change* on a branch, and run the recipe beside it; give its status and what it says."""
    git("switch", "--quiet", "--create", "idea", cwd=forge / "hers")
    change(forge / "hers")
    git("add", "--all", cwd=forge / "hers")
    git("commit", "--quiet", "--message=x", cwd=forge / "hers")
    git("push", "--quiet", "origin", "idea:refs/pull/7/head", cwd=forge / "hers")
    runner = forge / "runner"
    git("clone", "--quiet", "--branch", "main", forge / "base", runner / "trusted", cwd=forge)
    environment = {
        **os.environ,
        "PROGRAM": str(Path(sys.executable).parent),
        "PROPOSAL": "refs/pull/7/head",
        "AUTHOR": author,
        "FORMAT": "text",
    }
    command = ["sh", "trusted/ci/gate.sh"]
    done = subprocess.run(command, cwd=runner, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_recipe_lets_her_own_entries_through_and_loads_them(forge):
    status, said = proposed(forge, "lea", lambda folder: append(folder / BOOK, SALE))
    assert (status, "no error" in said) == (0, True), said


def test_the_recipe_loads_what_the_merge_would_be(forge):
    unbalanced = SALE.replace("-45.00", "-44.00")
    status, said = proposed(forge, "lea", lambda folder: append(folder / BOOK, unbalanced))
    assert status == 1
    assert f"{BOOK}:" in said


@pytest.mark.parametrize(
    "file",
    [f"{A001}/terms.beancount", "ci/gate.sh", "ci/units", ".github/workflows/ledger.yml", "ledgers/main.beancount"],
)
def test_the_recipe_runs_nothing_of_the_proposal(forge, file):
    status, said = proposed(forge, "lea", lambda folder: append(folder / file, "\ntouch ../ran\nplugin 'ran'\n"))
    assert (status, f"{file}:0:" in said) == (1, True), said
    assert not list(forge.rglob("ran"))


def test_the_recipe_refuses_another_s_books(forge):
    status, said = proposed(forge, "zoe", lambda folder: append(folder / BOOK, SALE))
    assert (status, "BC670" in said) == (1, True), said


def test_the_recipe_lists_what_somebody_else_proposes_and_loads_nothing(forge):
    def change(folder):
        append(folder / "ledgers/main.beancount", 'plugin "ran"\n')

    status, said = proposed(forge, "comptable", change)
    assert (status, "For the cooperative to approve:" in said) == (0, True), said
    assert "no error" not in said
