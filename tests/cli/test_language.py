"""Every command speaks the language of --lang, else of the environment; its errors carry their codes."""

from __future__ import annotations

import gettext
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from beancoop.words.language import LANGUAGES, SOURCE, VARIABLE, catalogue
from beancoop_cli.clicks_texts import TEXTS
from beancoop_cli.main import main
from click.testing import CliRunner

EXAMPLE = Path(__file__).parents[2] / "ledgers/main.beancount"
NOT_THERE = {
    "fr": "nulle-part n\N{RIGHT SINGLE QUOTATION MARK}existe pas.",
    "nl": "nulle-part is er niet.",
    "de": "nulle-part ist nicht da.",
    "en": "nulle-part is not there.",
}
ERROR = {"fr": "Erreur\N{NO-BREAK SPACE}: ", "nl": "Fout: ", "de": "Fehler: ", "en": "Error: "}
USAGE = {"fr": "Usage\N{NO-BREAK SPACE}: ", "nl": "Gebruik: ", "de": "Aufruf: ", "en": "Usage: "}
UNBALANCED = {
    "fr": "L\N{RIGHT SINGLE QUOTATION MARK}écriture n\N{RIGHT SINGLE QUOTATION MARK}est pas équilibrée",
    "nl": "De boeking is niet in evenwicht",
    "de": "Die Buchung ist nicht ausgeglichen",
    "en": "Transaction does not balance",
}
NEEDED = {
    "activity": ["A014"],
    "close": ["2026-03"],
    "exit": ["A001", "--outcome", "stopped", "--date", "2026-01-01"],
    "export": ["A001", "--to", "x"],
    "gate": ["--base", ".", "--proposal", "."],
    "import": ["x"],
    "init": ["x"],
}
"""What a command asks for, so that its ledger is what is wrong."""


def run(*arguments, **environment):
    return CliRunner().invoke(main, [str(argument) for argument in arguments], env=environment)


def flat(text):
    return " ".join(text.replace("\N{NO-BREAK SPACE}", "\0").split()).replace("\0", "\N{NO-BREAK SPACE}")


@pytest.fixture
def wrong(tmp_path):
    """Write a ledger with an error of ours at line 3, and one of Beancount's at line 5."""
    ledger = tmp_path / "main.beancount"
    ledger.write_text(
        'option "operating_currency" "EUR"\nplugin "beancoop"\n2026-01-05 custom "activty" "A001"\n'
        '2026-01-05 open Assets:55:5500-Banque:COOP\n2026-01-06 * "x"\n  Assets:55:5500-Banque:COOP  -1.50 EUR\n'
    )
    return ledger


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(main.commands))
def test_the_help_of_each_command_is_in_the_language(name, language):
    _, command, _ = main.resolve_command(click.Context(main), [name])
    assert vars(command)["help"] not in (None, "")
    help_text = catalogue(language).gettext(vars(command)["help"])
    for arguments in ([name, "--help", "--lang", language], [f"--lang={language}", name, "--help"]):
        shown = run(*arguments)
        assert shown.exit_code == 0
        assert shown.stdout.startswith(USAGE[language])
        assert flat(help_text.replace("\n", " ")) in flat(shown.stdout)
        assert catalogue(language).gettext("Show this message and exit.") in shown.stdout
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert flat(catalogue(language).gettext(vars(parameter)["help"])) in flat(shown.stdout).replace(
                    "- ", "-"
                )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "name", sorted(set(main.commands) - {"cache", "init", "people", "vat"})
)  # two have no ledger, two are groups
def test_an_error_of_each_command_is_in_the_language_with_its_code(name, language):
    result = run(name, *NEEDED.get(name, []), "--ledger", "nulle-part", "--lang", language)
    assert result.exit_code == 2
    assert ERROR[language] in result.stderr
    assert NOT_THERE[language] in flat(result.stderr)
    assert result.stderr.rstrip().endswith("[BC920]")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--lang", "fr", "closs"], "Il n\N{RIGHT SINGLE QUOTATION MARK}y a pas de commande 'closs'."),
        (["close", "--lang", "nl"], "Ontbrekend argument 'PERIODE'"),
        (["check", "--format", "doc", "--lang", "de"], "Falscher Wert für '--format': 'doc' ist keines von"),
        (["check", "--lang", "de", "--quick"], "Es gibt keine Option '--quick'."),
        (["report", "x", "y", "--lang", "fr"], "Argument de trop (y)"),
        (
            ["check", "--format", "--lang", "fr"],
            "'--lang' n\N{RIGHT SINGLE QUOTATION MARK}est pas l\N{RIGHT SINGLE QUOTATION MARK}un de",
        ),
        (["--lang", "it", "check"], "'it' is not one of"),
    ],
)
def test_clicks_own_texts_are_in_the_language(arguments, said):
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in flat(result.stderr)


def test_clicks_own_texts_are_those_of_click():
    """Of those that click has no more, nothing would tell: their words would come out in English."""
    folder = Path(click.__file__).parent
    sources = flat(" ".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))).replace('" "', "")
    for text in TEXTS:
        for each in (text,) if isinstance(text, str) else (text.text, text.plural):
            assert each.encode("unicode_escape").decode() in sources, each


def test_the_first_that_says_a_language_decides():
    chosen = {
        (): "fr",
        (("LANG", "de_BE.UTF-8"),): "de",
        (("LC_MESSAGES", "nl_BE"), ("LANG", "de_BE")): "nl",
        (("LC_ALL", "en_GB"), ("LC_MESSAGES", "nl_BE")): "en",
        (("LC_ALL", "C.UTF-8"), ("LANG", "nl_BE")): "fr",
        ((VARIABLE, "de"), ("LC_ALL", "nl_BE")): "de",
        ((VARIABLE, "xx"), ("LC_ALL", "nl_BE")): "nl",
    }
    nothing = dict.fromkeys((VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"))
    for variables, language in chosen.items():
        shown = run("--help", **{**nothing, **dict(variables)})
        assert shown.stdout.startswith(USAGE[language]), variables
        assert run("--lang", "en", "--help", **{**nothing, **dict(variables)}).stdout.startswith("Usage: ")
    assert run("--lang", "fr", "check", "--help", "--lang", "nl").stdout.startswith(USAGE["nl"])


def test_the_language_lasts_for_one_command():
    before, domain = dict(os.environ), gettext.textdomain()
    assert run("--help", "--lang", "de").exit_code == 0
    assert (dict(os.environ), gettext.textdomain()) == (before, domain)
    assert run("--help").stdout.startswith(USAGE[SOURCE])


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_check_finds_is_in_the_language_though_another_process_finds_it(wrong, language):
    result = run("check", "--ledger", wrong, "--lang", language)
    assert result.exit_code == 1
    lines = {line[-7:]: line for line in result.stderr.splitlines()}
    assert f"{wrong}:3: " in lines["[BC107]"]
    assert f"{wrong}:5: {UNBALANCED[language]}" in lines["[BC060]"]
    assert ("-1,50 EUR" in lines["[BC060]"]) is (language != "en")


def test_a_program_reads_the_code_apart_from_the_message(wrong):
    found = json.loads(run("check", "--ledger", wrong, "--format", "json", "--lang", "nl").stdout)
    assert all(list(each) == ["file", "line", "code", "message"] for each in found)
    assert {(3, "BC107"), (5, "BC060")} <= {(each["line"], each["code"]) for each in found}
    assert not any("[BC" in each["message"] for each in found)


def test_a_forge_shows_the_code_as_the_title(wrong):
    lines = run("check", "--ledger", wrong, "--format", "github").stdout.splitlines()
    assert any(line.startswith(f"::error file={wrong},line=5,title=BC060::Transaction does not") for line in lines)
    assert not any("[BC" in line for line in lines)


@pytest.mark.parametrize("language", ["nl", "de"])
def test_bean_check_tells_the_errors_of_the_suite_in_the_language(wrong, language):
    command = [Path(sys.executable).parent / "bean-check", "-C", wrong]
    environment = {**os.environ, VARIABLE: language}
    told = subprocess.run(command, capture_output=True, text=True, check=False, env=environment).stderr
    line = next(line for line in told.splitlines() if line.endswith("[BC107]"))
    assert f"{wrong}:3:" in line
    assert "activty" in line
    assert "is not a known directive" not in line


def test_figures_are_as_the_language_writes_them():
    """For a person; a program and a spreadsheet read the same whatever the language."""
    pages = {lang: run("contributions", "--ledger", EXAMPLE, "--lang", lang).stdout for lang in LANGUAGES}
    assert "kumuliert" in pages["de"].splitlines()[0]
    assert pages["de"].count(",") > pages["de"].count(".") > 0
    assert len(set(pages.values())) == len(LANGUAGES)
    for style in ("json", "csv"):
        told = {
            run("contributions", "--ledger", EXAMPLE, "--format", style, "--lang", lang).stdout for lang in LANGUAGES
        }
        assert len(told) == 1


def test_the_queries_say_in_the_language_what_they_show():
    said = [run("query", "--ledger", EXAMPLE, "--lang", language).stdout.splitlines() for language in LANGUAGES]
    assert all(len(set(lines)) == len(LANGUAGES) for lines in zip(*said, strict=True))


def _leaves(command, path=()):
    if not isinstance(command, click.Group):
        return [path]
    context = click.Context(command)
    inner = [command.resolve_command(context, [name])[:2] for name in command.commands]
    return [leaf for name, each in inner for leaf in _leaves(each, (*path, name))]


ALL = _leaves(main)


class TestHelpSaysWhatToDo:
    """The help of each command begins as its neighbours' does."""

    def said(self, language):
        texts = {}
        for path in ALL:
            shown = run("--lang", language, *path, "--help").stdout
            texts[path] = shown.split("\n\n")[1].strip()
        return texts

    def test_in_french_by_an_infinitive(self):
        for path, text in self.said("fr").items():
            words = [word for word in text.split() if not word.isupper()]
            assert re.match(r"[A-ZÉ]\w*(er|ir|re)$", words[0]), (path, text)

    def test_a_heading_in_french_keeps_its_colon_apart(self):
        shown = run("--lang", "fr", "--help").stdout
        assert all(f"\n{word}\N{NO-BREAK SPACE}:\n" in shown for word in ("Options", "Commandes"))
        assert "\nOpties:\n" in run("--lang", "nl", "--help").stdout

    @pytest.mark.parametrize("language", ["nl", "de"])
    def test_elsewhere_by_no_third_person(self, language):
        for path, text in self.said(language).items():
            assert not re.match(r"[A-Z][a-z]{3,}t$", text.split()[0]), (path, text)
