"""A command imports what it needs: what the list of commands, `check` and a few others may import, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import click
import pytest
from beancoop.words.language import LANGUAGES, catalogue
from beancoop_cli.main import PLACES, main
from beancoop_cli.purposes import PURPOSES
from click.testing import CliRunner

EXAMPLE = Path(__file__).parents[2] / "ledgers/main.beancount"

WORDS = {
    *("beancoop", "beancoop.words", "beancoop.words.language"),
    *("beancoop_cli", "beancoop_cli.main", "beancoop_cli.purposes", "beancoop_cli.speaking"),
}
"""All of ours that the list of the commands needs, of libraries click alone."""

LOADING = {"beancount", "click", "dateutil", "regex", "stdnum"}
"""The libraries of a load and its checks; stdnum is there for the numbers of enterprises."""

FILED = {"lxml", "cython_runtime"}
"""What reads the file of a VAT return that was filed, which `check` compares with the books."""

LEVYING = {
    *("chart", "contribution", "exact", "internal", "life", "loading", "model", "presentation", "reserves", "rules"),
    *("storage", "treasury", "words"),
}
CLOSING = LEVYING | {"closing", "gate"}
MAY_IMPORT = {
    "check": CLOSING | {"books", "vat"},
    "close": CLOSING,
    "contributions": LEVYING,
}
"""The rooms of the core that a command may import. Importers, pages, reports and statements are not among them."""

RUN = {
    "check": ["check"],
    "close": ["close", "2025-01", "--today", "2025-02-05", "--dry-run"],
    "contributions": ["contributions", "--format", "csv"],
}

PROGRAM = """
import json, sys
before = set(sys.modules)
from beancoop_cli.main import main
sys.argv[0] = "beancoop"
if sys.argv[1:2] == ["check"]:
    from beancoop_cli import check
    check._load_apart = check._load_all  # what the process that loads would import counts too
try:
    main()
finally:
    print("\\0" + json.dumps([*set(sys.modules) - before]))
"""


def imported(*arguments, status=0, **environment):
    """Run a command in a process of its own; give what it imports beyond the standard library, and what it says."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env=os.environ | {"BEANCOOP_LANG": "en"} | environment,
    )
    assert done.returncode == status, done.stderr
    said, _, names = done.stdout.rpartition("\0")
    modules = {name for name in json.loads(names) if not _is_apart(name.partition(".")[0])}
    return {name for name in modules if name.startswith("beancoop")}, _tops(modules), said


def _is_apart(top):
    """Say whether a module is of Python, or of what measures the coverage of tests."""
    return top in sys.stdlib_module_names or top.startswith("_") or top == "coverage"


def _tops(modules):
    return {name.partition(".")[0] for name in modules if not name.startswith("beancoop")}


def _commands(ours):
    """Give the modules of commands among those that were imported."""
    modules = {place.partition(":")[0] for place in PLACES.values()}
    return {name for name in modules if f"beancoop_cli.{name}" in ours}


@pytest.mark.parametrize(
    ("arguments", "status"), [(["--help"], 0), (["--lang", "de", "--help"], 0), ([], 2), (["--lang", "xx"], 2)]
)
def test_the_list_of_commands_imports_none_of_them(arguments, status):
    ours, libraries, _ = imported(*arguments, status=status)
    assert libraries == {"click"}
    assert ours == WORDS


def test_the_version_imports_no_command():
    ours, _, said = imported("--version")
    assert ours == WORDS
    assert said == f"beancoop {version('beancoop')}\n"


def test_completion_imports_no_command_but_the_one_that_is_typed():
    shell = {"_BEANCOOP_COMPLETE": "bash_complete", "COMP_CWORD": "1"}
    ours, libraries, said = imported(COMP_WORDS="beancoop ch", **shell)
    assert said.split() == ["plain,check"]
    assert (ours, libraries) == (WORDS, {"click"})
    ours, _, said = imported(COMP_WORDS="beancoop contributions --fo", **shell | {"COMP_CWORD": "2"})
    assert said.split() == ["plain,--format"]
    assert _commands(ours) == {"contributions"}


@pytest.mark.parametrize("name", sorted(MAY_IMPORT))
def test_a_command_imports_what_it_needs(name):
    ours, libraries, _ = imported(*RUN[name], "--ledger", str(EXAMPLE))
    packages = {module.partition(".")[0] for module in ours}
    rooms = {module.split(".")[1] for module in ours if module.startswith("beancoop.")}
    assert packages == {"beancoop", "beancoop_cli"}
    assert rooms <= MAY_IMPORT[name]
    assert libraries <= LOADING | (FILED if name == "check" else set())
    assert not ours & {"beancoop_cli.dossier", "beancoop_cli.reports"}
    assert _commands(ours) == {PLACES[name].partition(":")[0]}


def test_a_check_that_knows_all_imports_no_beancount(tmp_path):
    """Nor what judges: it reads the files, and finds that it knows them."""
    asked = ["check", "--ledger", str(EXAMPLE)]
    first = imported(*asked, XDG_CACHE_HOME=str(tmp_path))
    ours, libraries, said = imported(*asked, XDG_CACHE_HOME=str(tmp_path))
    assert libraries == {"click"}
    assert {module.split(".")[1] for module in ours if module.startswith("beancoop.")} == {
        *("loading", "model", "storage", "words")
    }
    assert said == first[2] != ""


def test_every_command_is_where_it_is_said_to_be():
    assert PLACES.keys() == PURPOSES.keys() == main.commands.keys()
    for name in sorted(PLACES):
        _, command, _ = main.resolve_command(click.Context(main), [name])
        assert command.name == name
        assert vars(command)["help"] == PURPOSES[name]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_tells_what_each_is_for(language):
    shown = CliRunner().invoke(main, ["--help", "--lang", language], terminal_width=200).stdout
    listed = {words[0]: words[1].strip() for line in shown.splitlines() if len(words := line.split(None, 1)) == 2}
    for name, purpose in PURPOSES.items():
        told = " ".join(catalogue(language).gettext(purpose).split())
        assert told.startswith(" ".join(listed[name].split()).removesuffix("...").removesuffix("."))
