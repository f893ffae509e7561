"""Signing in on our own page: passwords, links, sessions, and whoever tries to get around them."""

from __future__ import annotations

import base64
import json
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from argon2 import PasswordHasher
from beancoop.storage.atomic import write_text
from beancoop_server import passwords as store
from beancoop_server import sessions, throttle
from beancoop_server.kept_files import make_private
from beancoop_server.passwords import Passwords
from beancoop_server.people import MisuseError
from beancoop_server.throttle import MOST_OF_A_NAME, MOST_OF_AN_ADDRESS, Throttle
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import Client

from tests.fava.reception import HOST, PASSWORD, PEOPLE, SITE, Asker, House, give_password, open_house

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.test import TestResponse

    from tests.fava.conftest import Coop

LIVE = f'{PEOPLE}[proxy]\nhosts = ["livres.example.be"]\n'
WRONG = "The name or the password is wrong. [BC1510]"


CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
CHEAP_NOBODY = CHEAP.hash("of nobody")


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash at next to no cost; `monkeypatch.undo()` gives the real one, where the cost is what is tested."""
    monkeypatch.setattr(store, "_HASHER", CHEAP)
    monkeypatch.setattr(store, "_NOBODY", CHEAP_NOBODY)


@pytest.fixture
def house(coop: Coop) -> Iterator[House]:
    with open_house(coop, LIVE) as opened:
        give_password(opened, "tom")
        yield opened


@pytest.fixture
def tom(house: House) -> Asker:
    """Give one who has signed in."""
    asker = house.asker()
    answer = asker.sign_in("Tom")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    return asker


def cookie_of(answer: TestResponse) -> tuple[str, set[str]]:
    """Give the cookie that an answer sets, and what it says of it."""
    value, *attributes = answer.headers["Set-Cookie"].split("; ")
    return value, {each for each in attributes if not each.startswith(("Expires", "Max-Age"))}


def is_in(asker: Asker) -> bool:
    """Tell whether whoever asks is signed in; a browser that is not would throw its cookie away."""
    cookie = asker.headers.get("Cookie") or f"beancoop={cookie_value(asker)}"
    bare = Client(asker.client.application, use_cookies=False)
    answer = Asker(bare, {**asker.headers, "Cookie": cookie}).ask("/sign-out")
    assert answer.status_code in (200, 303)
    return answer.status_code == 200


@pytest.mark.parametrize(
    ("language", "word"), [("fr", "Se connecter"), ("nl", "Aanmelden"), ("de", "Anmelden"), ("en", "Sign in")]
)
def test_the_pages_speak_four_languages_and_need_no_script(house: House, language: str, word: str) -> None:
    token = Passwords(house.file).invite("lea@example.be")
    for path in ("/sign-in", f"/choose-password?token={token}", "/choose-password?token=x"):
        answer = house.asker().ask(path, headers={"Accept-Language": language})
        assert f'<html lang="{language}">' in answer.text
        assert "<script" not in answer.text
        assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
    assert word in answer.text


def test_whoever_opens_a_page_is_led_to_the_sign_in_page_and_a_program_is_refused(house: House) -> None:
    for path in ("/", "/livre-a002/journal/", "/open/activities"):
        answer = house.asker().ask(path)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert house.asker().ask("/livre-a002/api/journal").status_code == 401
    assert house.asker().ask("/", "POST").status_code == 401
    assert house.asker().ask("/", headers={"Accept": "application/json"}).status_code == 401
    assert house.asker("compta").ask("/").status_code == 303  # nobody names her: there is no proxy


def test_a_person_signs_in_sees_her_own_and_signs_out(house: House, tom: Asker) -> None:
    page = tom.get("/livre-a002/journal/").text
    assert 'href="/sign-out"' in page
    assert "<b>" not in tom.ask("/sign-out").text
    assert tom.ask("/open/activities/").status_code == 404
    stolen = Asker(tom.client, {**tom.headers, "Cookie": f"beancoop={cookie_value(tom)}"})
    assert tom.send("/sign-out").headers["Location"] == "/sign-in"
    assert not is_in(tom)
    assert not is_in(stolen)
    assert tom.ask("/livre-a002/journal/").status_code == 303
    assert ["tom", "-", "GET", "/livre-a002/journal/", "200", "shown"] in [
        [line[0], "-", *line[2:]] for line in house.log
    ]


def cookie_value(asker: Asker) -> str:
    """Give the session that a browser holds."""
    cookie = asker.client.get_cookie("beancoop", "127.0.0.1")
    return cookie.value if cookie else ""


def test_the_cookie_is_shown_to_no_script_and_to_no_other_site(house: House) -> None:
    value, attributes = cookie_of(house.asker().sign_in("tom"))
    assert value.startswith("beancoop=")
    assert attributes == {"HttpOnly", "Path=/", "SameSite=Lax"}
    outside = house.asker()
    outside.headers["Host"] = "livres.example.be"
    fields = {"name": "tom", "password": PASSWORD}
    answer = outside.ask("/sign-in", "POST", data=fields, headers={"Origin": "https://livres.example.be"})
    value, attributes = cookie_of(answer)
    assert value.startswith("__Host-beancoop=")
    assert attributes == {"HttpOnly", "Path=/", "SameSite=Lax", "Secure"}


def test_an_unknown_name_and_a_wrong_password_get_the_same_words_and_the_same_work(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    give_password(house, "tom")
    hashed: list[str] = []
    verifies = store._verifies

    def compare(known: str, given: str) -> bool:
        hashed.append(known)
        return verifies(known, given)

    monkeypatch.setattr(store, "_verifies", compare)
    Passwords(house.file).invite("lea@example.be")  # one who has a link and no password yet
    told = set()
    for name in ("tom", "nobody", "lea@example.be", ""):
        answer = house.asker().ask(
            "/sign-in",
            "POST",
            data={"name": name, "password": "wrong"},
            headers={"Origin": SITE, "Accept-Language": "en"},
        )
        assert (answer.status_code, WRONG in answer.text) == (401, True)
        told.add(answer.text)
    assert len(told) == 1
    assert len(hashed) == 4
    assert {each.split("$")[1:4] == hashed[0].split("$")[1:4] for each in hashed} == {True}  # the same cost
    assert hashed[0].split("$")[3] != CHEAP_NOBODY.split("$")[3]  # and not the one of the other tests


@pytest.mark.parametrize("origin", [None, "https://evil.example", "null"])
@pytest.mark.parametrize("path", ["/sign-in", "/choose-password", "/sign-out"])
def test_a_form_of_another_site_is_refused(house: House, tom: Asker, path: str, origin: str | None) -> None:
    fields = {"name": "tom", "password": PASSWORD, "token": "x", "again": PASSWORD}
    headers = {"Origin": origin} if origin else {}
    assert tom.ask(path, "POST", data=fields, headers=headers).status_code == 403
    assert is_in(tom)


def test_a_session_ends_by_itself(house: House, tom: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + sessions.SECONDS - 60)
    assert is_in(tom)
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + sessions.SECONDS + 60)
    assert not is_in(tom)


def test_a_session_ends_with_her_password_and_with_her_place(house: House, tom: Asker) -> None:
    passwords = Passwords(house.file)
    kept = passwords.file.read_text(encoding="utf-8")
    passwords.invite("tom")
    assert not is_in(tom)
    write_text(passwords.file, kept)
    assert is_in(tom)
    passwords.forget("tom")
    assert not is_in(tom)
    write_text(passwords.file, kept)
    write_text(house.file, LIVE.replace('tom = "A002"\n', ""))
    assert tom.ask("/livre-a002/journal/").status_code == 403


def test_a_session_that_was_not_signed_here_is_nobodys(house: House, tom: Asker) -> None:
    mine = cookie_value(tom)
    stamp = Passwords(house.file).secrets()["tom"].stamp
    forged = URLSafeTimedSerializer("another key", salt="beancoop session").dumps(["tom", stamp])
    other = URLSafeTimedSerializer(house.file.with_name("people.key").read_bytes(), salt="x").dumps(["tom", stamp])
    odd = URLSafeTimedSerializer(house.file.with_name("people.key").read_bytes(), salt="beancoop session").dumps("tom")
    her_name = base64.urlsafe_b64encode(json.dumps(["compta", stamp]).encode()).decode().rstrip("=")
    swapped = f"{her_name}.{mine.partition('.')[2]}"
    for cookie in ("", "x", mine[:-1], swapped, forged, other, odd, f"a.{mine}"):
        asker = house.asker()
        asker.headers["Cookie"] = f"beancoop={cookie}"
        assert not is_in(asker)


def test_keys_passwords_and_log_are_read_by_nobody_else(house: House) -> None:
    folder = house.file.parent
    kept = {path.name: path.stat().st_mode & 0o777 for path in folder.glob("*people.*")}
    assert kept.pop("people.toml") == 0o644
    assert set(kept) == {"people.key", "people.passwords.json", "people.log", ".people.passwords.json.lock"}
    assert set(kept.values()) == {0o600}
    text = (folder / "people.passwords.json").read_text(encoding="utf-8")
    assert PASSWORD not in text
    assert "$argon2id$" in text


def test_a_file_that_others_could_read_is_closed_to_them(coop: Coop) -> None:
    file = coop.folder / "x.key"
    file.touch(0o666)
    file.chmod(0o666)
    make_private(file, b"never written")
    assert (file.stat().st_mode & 0o777, file.read_bytes()) == (0o600, b"")


def test_too_many_guesses_of_one_name_must_wait(house: House) -> None:
    for number in range(MOST_OF_A_NAME):
        asker = house.asker()
        asker.headers["X-Forwarded-For"] = f"10.0.0.{number}"
        assert asker.sign_in("tom", "wrong").status_code == 401
    asker.headers["X-Forwarded-For"] = "10.0.1.1"
    answer = asker.sign_in("TOM")
    assert (answer.status_code, "BC1511" in answer.text) == (429, True)
    assert asker.sign_in("lea@example.be").status_code == 401


def test_too_many_guesses_from_one_address_must_wait(house: House) -> None:
    asker = house.asker()
    asker.headers["X-Forwarded-For"] = "6.6.6.6, 10.0.0.1"  # the last is what the proxy saw
    for number in range(MOST_OF_AN_ADDRESS):
        assert asker.sign_in(f"nobody{number}", "wrong").status_code == 401
    assert asker.sign_in("tom").status_code == 429
    assert asker.ask("/choose-password?token=x").status_code == 429
    asker.headers["X-Forwarded-For"] = "10.0.0.2"
    assert asker.sign_in("tom").status_code == 303


def test_one_who_signs_in_often_need_not_wait(house: House) -> None:
    for _ in range(MOST_OF_A_NAME + 2):
        assert house.asker().sign_in("tom").status_code == 303


def test_tries_are_forgotten_in_time_and_are_not_kept_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    tries = Throttle(2, lambda: now[0])
    assert [tries.try_("a"), tries.try_("a"), tries.try_("b")] == [0, 0, 0]
    now[0] = 60.0
    assert tries.try_("a") == throttle.MINUTES * 60 - 60
    now[0] = throttle.MINUTES * 60
    assert tries.try_("a") == 0
    tries.take_back("a")
    tries.take_back("nobody")
    monkeypatch.setattr(throttle, "_MOST_KEYS", 3)
    for number in range(10):
        tries.try_(str(number))
    assert list(tries._tries) == ["7", "8", "9"]


def test_a_link_opens_once_and_a_look_at_it_does_not_use_it_up(house: House) -> None:
    token = Passwords(house.file).invite("lea@example.be")
    asker = house.asker()
    for _ in range(2):
        assert "lea@example.be" in asker.ask(f"/choose-password?token={token}").text
    fields = {"token": token, "password": PASSWORD, "again": PASSWORD}
    assert asker.send("/choose-password", **fields).headers["Location"] == "/sign-in"
    for answer in (asker.send("/choose-password", **fields), asker.ask(f"/choose-password?token={token}")):
        assert (answer.status_code, "BC1512" in answer.text) == (404, True)
    assert asker.sign_in("lea@example.be").status_code == 303
    assert token not in house.file.with_name("people.log").read_text(encoding="utf-8")


def test_of_two_who_use_one_link_the_first_has_it(house: House) -> None:
    passwords = Passwords(house.file)
    token = passwords.invite("lea@example.be")
    chosen: list[str | None] = []
    both = [threading.Thread(target=lambda: chosen.append(passwords.choose(token, PASSWORD))) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(map(str, chosen)) == ["None", "lea@example.be"]


def test_a_link_that_is_used_while_she_types_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    token = Passwords(house.file).invite("lea@example.be")
    monkeypatch.setattr(Passwords, "choose", lambda *_: None)
    answer = house.asker().send("/choose-password", token=token, password=PASSWORD, again=PASSWORD)
    assert (answer.status_code, "BC1512" in answer.text) == (404, True)


def test_a_link_ends_after_a_week(coop: Coop) -> None:
    now = [1000.0]
    passwords = Passwords(coop.folder.parent / "people.toml", lambda: now[0])
    token = passwords.invite("lea")
    now[0] += store.LINK_DAYS * 24 * 3600 - 1
    assert passwords.invited(token) == "lea"
    now[0] += 1
    assert passwords.invited(token) is None
    assert passwords.choose(token, PASSWORD) is None
    assert token not in passwords.file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("password", "again", "code"),
    [
        ("onze lettre", "onze lettre", "BC1513"),
        ("x" * 201, "x" * 201, "BC1513"),
        (PASSWORD, PASSWORD.upper(), "BC1514"),
        ("Lea@Example.be", "Lea@Example.be", "BC1515"),
    ],
)
def test_a_poor_password_is_told_and_the_link_stays(house: House, password: str, again: str, code: str) -> None:
    token = Passwords(house.file).invite("lea@example.be")
    answer = house.asker().send("/choose-password", token=token, password=password, again=again)
    assert (answer.status_code, code in answer.text) == (400, True)
    assert Passwords(house.file).invited(token) == "lea@example.be"


def test_what_somebody_types_is_never_part_of_the_page(house: House) -> None:
    write_text(house.file, LIVE.replace("tom =", '"<b>tom</b>" ='))
    token = Passwords(house.file).invite("<b>tom</b>")
    text = house.asker().ask(f"/choose-password?token={token}").text
    assert "<b>" not in text
    assert "&lt;b&gt;tom" in text
    mark = quote('"><b>')
    assert "<b>" not in house.asker().ask(f"/choose-password?token={mark}").text


def test_a_form_that_is_too_large_is_refused(house: House) -> None:
    answer = house.asker().sign_in("tom", "x" * 10_000)
    assert (answer.status_code, "BC1506" in answer.text) == (413, True)


def test_more_passwords_than_the_machine_compares_at_once_must_wait(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_PATIENCE", 0.01)
    monkeypatch.setattr(Passwords, "_with_room", with_none_left(Passwords._with_room))
    answer = house.asker().sign_in("tom")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def with_none_left(with_room):
    """Give the method, in a moment at which others compare."""

    def busy(self, work):
        self._comparing.acquire()
        self._comparing.acquire()
        try:
            return with_room(self, work)
        finally:
            self._comparing.release(2)

    return busy


@pytest.mark.parametrize("text", ["{", "[]", '{"tom": 1}', '{"tom": {"x": 1}}', "\udcff"])
def test_a_broken_file_of_passwords_lets_nobody_in(house: House, tom: Asker, text: str) -> None:
    file = Passwords(house.file).file
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert tom.ask("/").status_code == 503
    assert house.asker().sign_in("tom").status_code == 503
    with pytest.raises(MisuseError, match=r"people\.passwords\.json.*BC1500"):
        Passwords(house.file).secrets()


def test_a_hash_that_is_none_is_nobodys_password(house: House) -> None:
    file = Passwords(house.file).file
    kept = json.loads(file.read_text(encoding="utf-8"))
    kept["tom"]["hash"] = "plain"
    write_text(file, json.dumps(kept))
    assert house.asker().sign_in("tom", "plain").status_code == 401


def test_signing_out_without_a_session_changes_nothing(house: House) -> None:
    before = Passwords(house.file).file.read_bytes()
    assert house.asker().send("/sign-out").status_code == 303
    assert Passwords(house.file).file.read_bytes() == before


def test_the_log_may_be_rotated_and_holds_no_query(house: House, tom: Asker) -> None:
    log = house.file.with_name("people.log")
    log.rename(log.with_suffix(".1"))
    tom.ask("/sign-out?secret=1")
    tom.ask("/a%C3%A9%09b", headers={"X-Forwarded-For": "1.2.3.4\u00a0x"})
    lines = house.log
    assert [line[1:] for line in lines] == [
        ["-", "GET", "/sign-out", "200", "shown"],
        ["1.2.3.4?x", "GET", "/a%C3%A9%09b", *lines[1][4:]],
    ]
    assert lines[1][4:] in (["503", "failed"], ["308", "shown"])
    assert {line[0] for line in lines} == {"tom"}
    assert log.stat().st_mode & 0o777 == 0o600
    assert HOST not in log.read_text(encoding="utf-8")
