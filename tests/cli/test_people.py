"""`beancoop people`: who may see what, by commands that leave the rest of the file as somebody wrote it."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

import pytest
from beancoop.words.language import LANGUAGES
from beancoop_cli.main import main
from beancoop_server.passwords import Passwords
from click.testing import CliRunner

if TYPE_CHECKING:
    from pathlib import Path

WRITTEN = """\
# qui voit quoi
[people]
"Lea@example.be" = "A001"   # menuiserie
compta = "accountant"

[proxy] # Caddy
hosts = ["livres.example.be"]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Write a people file beside a cooperative that has one activity."""
    own = tmp_path / "ledgers/activities/A001/ledger.beancount"
    own.parent.mkdir(parents=True)
    own.touch()
    (tmp_path / "ledgers/main.beancount").touch()
    (tmp_path / "people.toml").write_text(WRITTEN, encoding="utf-8")
    return tmp_path / "people.toml"


@pytest.fixture
def run(file: Path, monkeypatch: pytest.MonkeyPatch):
    """Give a function that runs a command in the folder of the cooperative."""
    monkeypatch.chdir(file.parent)
    return lambda *words: CliRunner().invoke(main, ["people", *words])


def token_in(text: str) -> str:
    found = re.search(r"https://livres\.example\.be/choose-password\?token=([\w-]{40,})\n", text)
    assert found, text
    return found[1]


def test_one_who_is_added_gets_a_link_and_the_rest_of_the_file_stays(run, file: Path) -> None:
    result = run("add", "Tom", "A001")
    assert result.exit_code == 0, result.output
    assert Passwords(file).choose(token_in(result.output), "douze lettres et plus") == "tom"
    text = file.read_text(encoding="utf-8")
    assert tomllib.loads(text)["people"] == {"Lea@example.be": "A001", "compta": "accountant", "Tom": "A001"}
    assert text.replace('Tom = "A001"\n', "") == WRITTEN


def test_the_first_one_makes_the_file(run, file: Path) -> None:
    file.unlink()
    assert "BC1522" in run("remove", "x").output
    result = run("add", "compta", "accountant")
    assert "http://127.0.0.1:5000/choose-password?token=" in result.output
    assert file.read_text(encoding="utf-8") == '[people]\ncompta = "accountant"\n'
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["add", "LEA@example.be", "team"], "BC1520"),
        (["add", "tom", "boss"], "BC990"),
        (["add", "tom", "A099"], "BC991"),
        (["add", " ", "team"], "BC989"),
        (["reset", "tom"], "BC1521"),
        (["remove", "tom"], "BC1521"),
        (["list", "--people", "nowhere.toml"], "BC980"),
        (["add", "tom", "team", "--people", "nowhere/people.toml"], "nowhere"),
    ],
)
def test_what_cannot_be_done_is_told_and_changes_nothing(run, file: Path, words: list[str], code: str) -> None:
    result = run(*words)
    assert result.exit_code in (1, 2)
    assert code in result.output
    assert "Traceback" not in result.output
    assert file.read_text(encoding="utf-8") == WRITTEN
    assert not Passwords(file).file.exists()


def test_a_reset_takes_the_password_away(run, file: Path) -> None:
    passwords = Passwords(file)
    passwords.choose(token_in(run("reset", "lea@example.be").output), "douze lettres et plus")
    stamp = passwords.secrets()["lea@example.be"].stamp
    assert passwords.stamp_for("lea@example.be", "douze lettres et plus") == stamp
    token_in(run("reset", "LEA@example.be").output)
    assert passwords.stamp_for("lea@example.be", "douze lettres et plus") is None


def test_one_who_is_removed_is_forgotten(run, file: Path) -> None:
    run("reset", "lea@example.be")
    result = run("remove", "lea@example.be")
    assert result.output == "lea@example.be sees nothing any more.\n"
    assert tomllib.loads(file.read_text(encoding="utf-8"))["people"] == {"compta": "accountant"}
    assert "# qui voit quoi" in file.read_text(encoding="utf-8")
    assert Passwords(file).secrets() == {}


def test_the_list_says_who_has_a_password(run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = Passwords(file)
    run("add", "tom", "team"), run("add", "ann", "member")
    passwords.choose(passwords.invite("compta"), "douze lettres et plus")
    Passwords(file, lambda: 0.0).invite("ann")
    lines = {line.split()[0]: line for line in run("list").output.splitlines()}
    assert re.fullmatch(r"tom +team +has a link, until \S+", lines["tom"])
    assert re.fullmatch(r"ann +member +the link has ended", lines["ann"])
    assert re.fullmatch(r"compta +accountant +has a password", lines["compta"])
    assert re.fullmatch(r"lea@example.be +A001 +has no password", lines["lea@example.be"])


def test_where_a_proxy_signs_people_in_there_is_no_link(run, file: Path) -> None:
    file.write_text(WRITTEN + 'header = "X-Remote-User"\n', encoding="utf-8")
    assert run("add", "tom", "team").output == "tom signs in with the proxy.\n"
    assert "tom             team        tom signs in with the proxy." in run("list").output
    assert not Passwords(file).file.exists()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["", "add", "reset", "remove", "list"])
def test_each_has_its_help_in_each_language(run, name: str, language: str) -> None:
    result = run(*name.split(), "--help", "--lang", language)
    assert result.exit_code == 0
    assert "--lang" in result.output
