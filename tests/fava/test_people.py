"""Who sees what: the people file, and the isolation it promises."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from beancoop.storage.atomic import write_text
from beancoop_fava.server.app import create_app
from beancoop_fava.server.people import MisuseError, People, read_people
from werkzeug.test import Client

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fava.conftest import Coop

HOST = "livres.example.be"


def read(coop: Coop, text: str) -> People:
    file = coop.folder.parent / "people.toml"
    write_text(file, text)
    return read_people(file, coop.main)


def client(coop: Coop, **people: Path) -> Client:
    return Client(create_app(coop.main, people=people, hosts=(HOST,)))


def as_(person: str | None) -> dict[str, str]:
    return {"Host": HOST, **({"X-Remote-User": person} if person else {})}


def test_a_people_file_is_read(coop: Coop) -> None:
    people = read(
        coop,
        '[people]\n"lea@x.be" = "A001"\nboard = "*"\n[proxy]\nheader = "Remote-User"\nhosts = ["a.be", "[::1]:80"]\n',
    )
    assert people.ledgers == {"lea@x.be": coop.own("A001"), "board": coop.main}
    assert (people.header, people.hosts) == ("Remote-User", ("a.be", "[::1]:80"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("people]", "not valid TOML.*line 1"),
        ('[people]\na = "A001"\na = "A002"\n', "written twice.*line 3"),
        ('[people]\nLea = "A001"\nlea = "A002"\n', "'lea' is 'Lea' again"),
        ('[people]\n" " = "A001"\n', "is empty"),
        ('[people]\na = "A099"\n', "unknown unit A099"),
        ('[people]\na = "../A001"\n', "expected a unit"),
        ("[people]\na = 1\n", "expected a unit"),
        ('[people]\na = ["A001"]\n', "expected a unit"),
        ("", r"no \[people\]"),
        ("[people]\n", r"no \[people\]"),
        ('people = "A001"\n', r"no \[people\]"),
        ('[people]\na = "A001"\n[person]\n', "unknown 'person'.*people or proxy"),
        ('[people]\na = "A001"\n[proxy]\nhost = "x"\n', "unknown 'host'.*header or hosts"),
        ('proxy = 1\n[people]\na = "A001"\n', "expected a table"),
        ('[people]\na = "A001"\n[proxy]\nheader = "X_Remote_User"\n', "expected a name"),
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
        read_people(coop.folder / "nobody.toml", coop.main)
    latin = coop.folder / "latin.toml"
    latin.write_bytes('[people]\nanaïs = "A001"\n'.encode("latin-1"))
    with pytest.raises(MisuseError, match="UTF-8"):
        read_people(latin, coop.main)


def test_without_a_name_or_with_an_unknown_one_nothing_is_shown(coop: Coop) -> None:
    asking = client(coop, lea=coop.own("A001"))
    for path in ("/", "/livre-a001/journal/", "/static/app.js", "/livre-a001/api/journal"):
        assert asking.get(path, headers=as_(None)).status_code == 401
        assert asking.get(path, headers=as_("mallory")).status_code == 403
        assert asking.get(path, headers=as_("lea, board")).status_code == 403


def test_the_name_is_believed_from_this_machine_alone(coop: Coop) -> None:
    asking = client(coop, lea=coop.own("A001"))
    for address, status in {"192.168.1.7": 403, "::ffff:8.8.8.8": 403, "127.0.0.2": 302, "::1": 302, "": 302}.items():
        answer = asking.get("/", headers=as_("lea"), environ_overrides={"REMOTE_ADDR": address})
        assert answer.status_code == status, address


def test_nothing_of_anothers_books_can_be_reached(coop: Coop) -> None:
    asking = client(coop, lea=coop.own("A001"), tom=coop.own("A002"), board=coop.main)
    assert asking.get("/livre-a002/api/journal", headers=as_("tom")).status_code == 200
    assert asking.get("/toute-la-coop/api/journal", headers=as_("board")).status_code == 200
    journal = str(coop.books("A002"))
    for path in (
        "/livre-a002/journal/",
        "/toute-la-coop/journal/",
        "/livre-a002/api/journal",
        f"/livre-a001/api/source?filename={quote(journal)}",
        f"/livre-a001/document/?filename={quote(journal)}",
    ):
        answer = asking.get(path, headers=as_("lea"))
        assert answer.status_code in (404, 500), path
        assert "Peeters" not in answer.text
        assert "Couture" not in answer.text


def test_no_page_of_hers_names_another_ledger(coop: Coop) -> None:
    asking = client(coop, lea=coop.own("A001"), board=coop.main)
    assert asking.get("/toute-la-coop/journal/", headers=as_("board")).status_code == 200
    data = asking.get("/livre-a001/api/ledger_data", headers=as_("lea")).text
    assert json.loads(data)["data"]["other_ledgers"] == []
    for path in ("journal/", "api/ledger_data", "api/options", "api/errors", "api/journal", "options/"):
        text = asking.get(f"/livre-a001/{path}", headers=as_("lea")).text
        assert "A002" not in text
        assert "Toute la coop" not in text


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
    asking = client(coop, lea=coop.own("A001"), tom=coop.own("A002"))
    assert asking.get("/livre-a001/journal/", headers=as_("lea")).status_code == 200
    write_text(coop.books("A001"), coop.books("A001").read_text(encoding="utf-8") + line)
    for _ in range(2):  # the reload of what was shown, then a first load
        answer = asking.get("/livre-a001/journal/", headers=as_("lea"))
        assert answer.status_code == 500
        assert "beancoop check" in answer.text
    assert not proof.exists()
    assert asking.get("/livre-a002/journal/", headers=as_("tom")).status_code == 200


def test_figures_of_one_are_never_answered_to_another(coop: Coop) -> None:
    coop.add("A002", '2026-03-01 * "x"\n  Assets:55:5500-Banque:A002 7 EUR\n  Assets:40:400-Clients:A002 -7 EUR\n')
    asking = client(coop, lea=coop.own("A001"), tom=coop.own("A002"))
    text = quote("select account, sum(number) as n where account ~ 'Banque' group by account")
    for _ in range(3):
        for person, unit, amount in (("lea", "A001", 800), ("tom", "A002", 807)):
            answer = asking.get(f"/livre-{unit.lower()}/api/query?query_string={text}", headers=as_(person))
            ((account, number),) = json.loads(answer.text)["data"]["rows"]
            assert (account, float(number)) == (f"Assets:55:5500-Banque:{unit}", amount)
