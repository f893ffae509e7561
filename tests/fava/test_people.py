"""Who sees what: the people file, who is believed, and the isolation it promises."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from beancoop.storage.atomic import write_text
from beancoop_fava.server.app import create_app
from beancoop_server.app import running
from beancoop_server.listener import parse_bind
from beancoop_server.people import MisuseError, People, Seat, check_units, read_people
from werkzeug.test import Client

from tests.fava.reception import HOST, PEOPLE, PROXY, House, open_house

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.fava.conftest import Coop


def read(coop: Coop, text: str) -> People:
    file = coop.folder.parent / "people.toml"
    write_text(file, text)
    people = read_people(file)
    check_units(people, coop.main, file)
    return people


@pytest.fixture
def house(coop: Coop) -> Iterator[House]:
    with open_house(coop) as opened:
        yield opened


def test_a_people_file_is_read(coop: Coop) -> None:
    people = read(coop, f'{PEOPLE}[proxy]\nheader = "Remote-User"\nhosts = ["a.be", "[::1]:80"]\n')
    assert people.roles == {
        "lea@example.be": "A001",
        "tom": "A002",
        "compta": "accountant",
        "equipe": "team",
        "luc": "member",
    }
    assert (people.header, people.hosts) == ("Remote-User", ("a.be", "[::1]:80"))
    assert read(coop, PEOPLE).header == ""
    assert read(coop, "[people]\n").roles == {}


@pytest.mark.parametrize("writes", [False, True])
def test_each_role_has_its_seat(coop: Coop, writes: bool) -> None:
    people = read(coop, PEOPLE)
    seats = {name: people.seat(name, coop.main, writes=writes) for name in (*people.roles, "nobody")}
    assert seats == {
        "lea@example.be": Seat(coop.own("A001"), "read"),
        "tom": Seat(coop.own("A002"), "read"),
        "compta": Seat(coop.main, "write" if writes else "read"),
        "equipe": Seat(coop.main, "read"),
        "luc": Seat(coop.main, "open"),
        "nobody": None,
    }
    coop.own("A002").unlink()
    assert people.seat("tom", coop.main) is None


@pytest.mark.parametrize("name", ["lea@example.be", "LEA@EXAMPLE.BE", " Lea@Example.be "])
def test_capitals_make_no_difference_in_a_name(coop: Coop, name: str) -> None:
    assert read(coop, PEOPLE).seat(name, coop.main) == Seat(coop.own("A001"), "read")


def test_a_name_that_only_resembles_hers_is_anothers(coop: Coop) -> None:
    people = read(coop, '[people]\n"straße" = "A001"\nlea = "A001"\n"anaïs" = "A002"\n')
    assert people.seat("strasse", coop.main) is None
    assert people.seat("\uff4cea", coop.main) is None  # a full-width l
    assert people.seat("Anai\u0308s", coop.main) == people.seat("ANAÏS", coop.main) != None  # noqa: E711


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("people]", "not valid TOML.*line 1"),
        ('[people]\na = "A001"\na = "A002"\n', "written twice.*line 3"),
        ('[people]\nLea = "A001"\nlea = "A002"\n', "'lea' is 'Lea' again"),
        ('[people]\n" " = "A001"\n', "is empty or"),
        ('[people]\n"a\\tb" = "A001"\n', "is empty or"),
        ('[people]\na = "A099"\n', "unknown unit A099"),
        ('[people]\na = "../A001"\n', "expected a unit"),
        ('[people]\na = "*"\n', "one of accountant, team, member"),
        ('[people]\na = "Team"\n', "expected a unit"),
        ("[people]\na = 1\n", "expected a unit"),
        ('[people]\na = ["A001"]\n', "expected a unit"),
        ("", r"no \[people\]"),
        ('people = "A001"\n', r"no \[people\]"),
        ('[people]\na = "A001"\n[person]\n', "unknown 'person'.*people or proxy"),
        ('[people]\na = "A001"\n[proxy]\nhost = "x"\n', "unknown 'host'.*header or hosts"),
        ('proxy = 1\n[people]\na = "A001"\n', "expected a table"),
        ('[people]\na = "A001"\n[proxy]\nheader = "X_Remote_User"\n', "expected a name"),
        ('[people]\na = "A001"\n[proxy]\nheader = ""\n', "expected a name"),
        ('[people]\na = "A001"\n[proxy]\nhosts = "x.be"\n', "expected a list"),
        ('[people]\na = "A001"\n[proxy]\nhosts = ["http://x.be"]\n', "expected a list"),
    ],
)
def test_a_wrong_people_file_is_explained(coop: Coop, text: str, words: str) -> None:
    with pytest.raises(MisuseError, match=words) as error:
        read(coop, text)
    assert "people.toml: " in str(error.value)


def test_a_people_file_that_cannot_be_read_is_explained(coop: Coop) -> None:
    with pytest.raises(MisuseError, match="cannot be read"):
        read_people(coop.folder / "nobody.toml")
    nowhere = running(coop.main, parse_bind(HOST), people_file=coop.folder / "nobody.toml")
    with pytest.raises(MisuseError, match="cannot be read"), nowhere:
        pass
    latin = coop.folder / "latin.toml"
    latin.write_bytes('[people]\nanaïs = "A001"\n'.encode("latin-1"))
    with pytest.raises(MisuseError, match="UTF-8"):
        read_people(latin)


def test_without_a_name_or_with_an_unknown_one_nothing_is_shown(house: House) -> None:
    for path in ("/", "/livre-a001/journal/", "/livre-a001/api/journal", "/static/app.js", "/open/activities"):
        assert house.asker().ask(path).status_code == 401
        assert house.asker("mallory").ask(path).status_code == 403
        assert house.asker("lea@example.be, compta").ask(path).status_code == 403
    assert [line[0] for line in house.log[:3]] == ["-", "mallory", "lea@example.be, compta"]
    assert {line[-1] for line in house.log} == {"refused"}


def test_who_may_see_what_is_taken_up_without_a_restart(house: House) -> None:
    tom = house.asker("tom")
    assert tom.get("/livre-a002/journal/").status_code == 200
    write_text(house.file, PROXY.replace('tom = "A002"', 'ann = "A002"'))
    assert tom.ask("/livre-a002/journal/").status_code == 403
    assert house.asker("Ann").get("/livre-a002/journal/").status_code == 200
    write_text(house.file, PROXY.replace('"A002"', '"A001"'))
    assert tom.get("/livre-a001/journal/").status_code == 200
    assert tom.get("/livre-a002/journal/").status_code == 404


def test_nobody_is_let_in_as_long_as_the_people_file_is_broken(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    write_text(house.file, PROXY.replace("[people]", "[people"))
    refused = house.asker("compta").ask("/", headers={"Accept-Language": "en"})
    assert (refused.status_code, "BC1505" in refused.text) == (503, True)
    assert "not valid TOML" in capsys.readouterr().err
    house.file.unlink()
    assert house.asker("compta").ask("/").status_code == 503
    write_text(house.file, PROXY)
    assert house.asker("mallory").ask("/").status_code == 403


def test_who_is_named_by_a_proxy_cannot_sign_in_here(house: House) -> None:
    assert house.asker().ask("/sign-in").status_code == 401
    assert house.asker().sign_in("compta").status_code == 401
    assert "sign-out" not in house.asker("tom").get("/livre-a002/journal/").text


def test_how_people_are_recognised_is_settled_when_the_server_starts(house: House) -> None:
    write_text(house.file, PROXY.replace("X-Remote-User", "X-Other"))
    assert house.asker().ask("/", headers={"X-Other": "compta"}).status_code == 401


@pytest.mark.parametrize(
    "line",
    [
        '2026-01-01 custom "fava-extension" "evil"\n',
        '2026-01-01 custom "fava-option" "import-config" "evil.py"\n',
        'plugin "evil"\n',
        'option "insert_pythonpath" "TRUE"\n',
        'include "/dev/zero"\n',
        "2026-01-05 open Assets:55:5500-Banque:A002\n",
        "2026-01-05 price EUR 1/0 USD\n",
    ],
)
def test_a_sub_ledger_that_the_gate_refuses_is_not_even_loaded(
    coop: Coop, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proof = tmp_path / "evil-ran"
    write_text(tmp_path / "evil.py", f"import pathlib; pathlib.Path({str(proof)!r}).touch()\n")
    monkeypatch.syspath_prepend(tmp_path)
    before = coop.books("A001").read_text(encoding="utf-8")
    asking = Client(create_app(coop.own("A001"), hosts=(HOST,)))
    assert asking.get("/livre-a001/journal/", headers={"Host": HOST}).status_code == 200
    write_text(coop.books("A001"), before + line)
    for _ in range(2):  # the reload of what was shown, then what is known to fail
        answer = asking.get("/livre-a001/journal/", headers={"Host": HOST})
        assert answer.status_code == 500
        assert "beancoop check" in answer.text
    assert not proof.exists()
    write_text(coop.books("A001"), before)
    assert asking.get("/livre-a001/journal/", headers={"Host": HOST}).status_code == 200


def test_figures_of_one_are_never_answered_to_another(house: House) -> None:
    house.coop.add(
        "A002", '2026-03-01 * "x"\n  Assets:55:5500-Banque:A002 7 EUR\n  Assets:40:400-Clients:A002 -7 EUR\n'
    )
    text = quote("select account, sum(number) as n where account ~ 'Banque' group by account")
    for _ in range(3):
        for person, unit, amount in (("lea@example.be", "A001", 800), ("tom", "A002", 807)):
            answer = house.asker(person).get(f"/livre-{unit.lower()}/api/query?query_string={text}")
            ((account, number),) = json.loads(answer.text)["data"]["rows"]
            assert (account, float(number)) == (f"Assets:55:5500-Banque:{unit}", amount)
