"""The files of docs/deployment: they say what the program knows and agree with each other; the scripts work."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import subprocess
import tarfile
from pathlib import Path

import click
import pytest
from beancoop_cli.main import main
from click.testing import CliRunner

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs/deployment"
GUIDE = (ROOT / "docs/deployment.md").read_text(encoding="utf-8")
SOCKET = "/run/beancoop/beancoop.sock"
BOOKS, PEOPLE, PROGRAM = "/srv/beancoop", "/var/lib/beancoop", "/opt/beancoop/current/bin/beancoop"


def text(name):
    return (FOLDER / name).read_text(encoding="utf-8")


class Unit(configparser.ConfigParser):
    """A unit of systemd, whose keys have capitals."""

    def optionxform(self, optionstr):
        """Keep them."""
        return optionstr


def unit(name):
    """Read a unit of systemd: what a key says twice is not used here."""
    parser = Unit(delimiters=("=",), comment_prefixes=("#",), interpolation=None)
    parser.read_string(text(name))
    return parser


def command_of(words):
    """Give the command that words such as `beancoop serve --write` call, and check each option of it."""
    found: click.Command = main
    rest = [*words[1:]]
    while isinstance(found, click.Group):
        found = found.resolve_command(click.Context(found), rest[:1])[1]
        rest = rest[1:]
    known = {name for option in found.params for name in option.opts} | {"--help"}
    assert {word.partition("=")[0] for word in rest if word.startswith("--")} <= known, words
    return found.name


def called():
    """Give each call of the program in the guide and its files, as words."""
    lines = [line for line in GUIDE.replace("\\\n", " ").splitlines() if line.startswith("    ")]
    names = "|".join({*main.commands, "people"})
    calls = [match[0] for line in lines if (match := re.search(rf"\bbeancoop ({names})\b.*", line))]
    return [shlex.split(call, comments=True) for call in calls]


def test_each_call_of_the_guide_names_what_the_program_knows():
    calls = called()
    assert {words[1] for words in calls} >= {"check", "doctor", "people", "serve"}
    for words in calls:
        if words[1] in main.commands:
            command_of(words)


def test_the_unit_starts_the_server_on_its_socket_and_lets_it_do_nothing_else():
    service = unit("beancoop.service")["Service"]
    program, *words = shlex.split(service["ExecStart"])
    assert program == PROGRAM
    assert command_of(["beancoop", *words]) == "serve"
    said = dict(zip(words[1::2], words[2::2], strict=True))
    assert said == {
        "--ledger": f"{BOOKS}/ledgers/main.beancount",
        "--people": f"{PEOPLE}/people.toml",
        "--bind": f"unix:{SOCKET}",
    }
    assert BOOKS in service["ReadOnlyPaths"].split()
    assert Path(SOCKET).parent.name == service["RuntimeDirectory"]
    assert Path(PEOPLE).name == service["StateDirectory"]
    hardened = {
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "PrivateTmp": "yes",
        "PrivateNetwork": "yes",
        "RestrictAddressFamilies": "AF_UNIX",
        "CapabilityBoundingSet": "",
        "StateDirectoryMode": "0700",
        "User": "beancoop",
        "UMask": "0077",
    }
    assert {key: service[key] for key in hardened} == hardened
    assert service["MemoryMax"]


def test_the_container_starts_the_same_as_nobody():
    lines = [line for line in text("Containerfile").splitlines() if line and not line.startswith("#")]
    last = {line.split()[0]: line.partition(" ")[2] for line in lines}
    words = [*json.loads(last["ENTRYPOINT"]), *json.loads(last["CMD"])]
    assert command_of(words) == "serve"
    assert f"unix:{SOCKET}" in words
    assert last["USER"] == "10001:10001"
    (run,) = re.findall(r"    podman run (.*?)\n\n", GUIDE, re.DOTALL)
    assert {"--read-only", "--cap-drop", "no-new-privileges", f"{BOOKS}:/books:ro", f"{PEOPLE}:/state"} <= set(
        shlex.split(run.replace("\\\n", " "))
    )


@pytest.mark.parametrize("name", ["Caddyfile", "Caddyfile.oauth2-proxy"])
def test_the_proxy_knocks_at_that_socket_and_lets_nobody_say_who_she_is(name):
    said = [line.strip() for line in text(name).splitlines() if not line.strip().startswith("#")]
    assert sum(line.endswith("{") for line in said) == said.count("}")
    assert any(line.startswith(f"reverse_proxy unix/{SOCKET}") for line in said)
    if name == "Caddyfile":
        assert "header_up -X-Remote-User" in said
    else:
        order = ["route {", "request_header -X-Remote-User", "forward_auth 127.0.0.1:4180 {"]
        at = said.index(order[0])
        assert said[at : at + 3] == order
        assert "copy_headers X-Auth-Request-Email>X-Remote-User" in said
        assert 'http_address = "127.0.0.1:4180"' in text("oauth2-proxy.cfg")


def test_the_timer_starts_the_backup_and_the_log_is_of_the_people():
    service = unit("beancoop-backup.service")["Service"]
    program, books, people, to = shlex.split(service["ExecStart"])
    assert (Path(program).name, books, people) == ("beancoop-backup", BOOKS, PEOPLE)
    assert service["ReadWritePaths"] == to
    assert f"install -d -m 700 {to}" in GUIDE
    assert unit("beancoop-backup.timer")["Timer"]["Persistent"] == "true"
    assert f"{PEOPLE}/people.log {{" in text("logrotate")


def test_the_guide_speaks_of_each_file():
    for file in FOLDER.iterdir():
        assert file.name in GUIDE, file.name


@pytest.fixture
def coop(tmp_path, monkeypatch):
    """Make a cooperative under version control, with work that is not committed, and its people."""
    monkeypatch.chdir(tmp_path)
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Léa")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "lea@example.be")
    assert CliRunner().invoke(main, ["init", "coop", "--start", "2026-01-01"]).exit_code == 0
    own = Path("coop/ledgers/activities/A001")
    Path("coop/.gitignore").write_text("documents/\n")
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "Début")):
        subprocess.run(["git", "-C", "coop", *words], check=True)
    (own / "documents").mkdir(exist_ok=True)
    (own / "documents/facture à payer.pdf").write_bytes(b"%PDF-1.7\0")
    books = own / "books/2026.beancount"
    books.write_text(books.read_text() + "; pas encore enregistré\n")
    (own / "books/-bank 2026.beancount").write_text("; nouveau\n")
    Path("state").mkdir()
    Path("state/people.toml").write_text('[people]\n"lea@example.be" = "A001"\n')
    Path("to").mkdir()
    return tmp_path


def script(name, *words, status=0):
    result = subprocess.run([FOLDER / name, *words], capture_output=True, text=True, check=False)
    assert result.returncode == status, result.stderr
    return result.stdout.strip().removeprefix(f"{Path.cwd()}/")


def files(folder):
    return {
        path.relative_to(folder): path.read_bytes()
        for path in Path(folder).rglob("*")
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


def test_a_backup_restores_all_that_there_was(coop):
    archive = script("beancoop-backup", "coop", "state", "to")
    assert [path.name for path in Path("to").iterdir()] == [Path(archive).name]
    assert Path(archive).stat().st_mode & 0o077 == 0
    assert script("beancoop-restore", archive, "back") == "back"
    assert files("back/books") == files("coop")
    assert files("back/state") == files("state")
    assert sorted(path.name for path in Path("back").iterdir()) == ["books", "state"]
    log = ["git", "-C", "back/books", "log", "--format=%s"]
    assert subprocess.run(log, capture_output=True, text=True, check=True).stdout == "Début\n"
    checked = CliRunner().invoke(main, ["check", "--ledger", "back/books/ledgers/main.beancount"])
    assert checked.exit_code == 0, checked.output
    script("beancoop-restore", archive, "back", status=1)  # never over what is there


def test_a_damaged_backup_is_told(coop):
    archive = Path(script("beancoop-backup", "coop", "state", "to"))
    with tarfile.open(archive) as held:
        at = held.getmember("beside.tar").offset_data
    damaged = bytearray(archive.read_bytes())
    damaged[at] ^= 1
    archive.write_bytes(damaged)
    script("beancoop-restore", archive, "back", status=1)
    assert not list(Path("back").rglob("*.beancount"))


def test_a_backup_that_fails_leaves_nothing(coop):
    script("beancoop-backup", "coop", "nowhere", "to", status=2)
    subprocess.run(["git", "-C", "coop", "update-ref", "-d", "HEAD"], check=True)
    script("beancoop-backup", "coop", "state", "to", status=128)
    assert list(Path("to").iterdir()) == []
