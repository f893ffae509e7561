"""How the processes are kept that hold the ledgers: started, asked, ended, replaced. The ledgers are played."""

from __future__ import annotations

import io
import os
import signal
import threading
from multiprocessing import forkserver
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from beancoop_server import asking, front, workers
from beancoop_server.asking import NoAnswerError, NotThereError, StillLoadingError, ask
from beancoop_server.front import Desk
from beancoop_server.people import Seat
from beancoop_server.workers import GONE, LOADING, READY, Limits, Workers
from werkzeug.test import Client, EnvironBuilder

from tests.fava.conftest import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from beancoop_server.workers import Worker

MODULE = "sleeping_worker"


@pytest.fixture
def keeping() -> Iterator[Callable[..., Workers]]:
    """Give a function that keeps workers, all ended when the test ends."""
    kept: list[Workers] = []

    def keep(**limits: float) -> Workers:
        kept.append(Workers(MODULE, Limits(**limits)))
        return kept[-1]

    yield keep
    for each in kept:
        each.close()
        assert not each._folder.exists()


def seat(kind: str) -> Seat:
    return Seat(Path("/nowhere") / kind, "read")


def ready(all_: Workers, kind: str = "answers") -> Worker:
    """Give the worker of a kind, once it is ready."""
    worker = all_.of(seat(kind))
    assert worker is not None
    assert worker.wait(30) == READY
    return worker


def environ(method: str = "GET", path: str = "/x", **more: object):
    return EnvironBuilder(path, method=method, **more).get_environ()


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        said = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except (ProcessLookupError, FileNotFoundError):  # the second where it went in between
        return True
    return said.rpartition(")")[2].split()[0] == "Z"


def test_a_seat_has_one_process_and_another_has_another(keeping: Callable[..., Workers]) -> None:
    all_ = keeping()
    first, other = ready(all_), ready(all_, "another")
    assert all_.of(seat("answers")) is first
    assert all_.of(Seat(seat("answers").ledger, "open")) is not first
    assert len({os.getpid(), first._pid, other._pid}) == 3
    assert first.address.parent.stat().st_mode & 0o777 == 0o700


def test_a_worker_is_told_what_it_needs_and_nothing_of_who_asks(keeping: Callable[..., Workers]) -> None:
    headers = {
        "Cookie": "beancoop=secret",
        "X-Remote-User": "secret",
        "Authorization": "secret",
        "X-Forwarded-For": "secret",
        "Accept-Language": "nl",
    }
    asked = environ("POST", "/é b?x=%20y", headers=headers, data=b"body")
    asked[asking.SIGN_OUT_LABEL] = "Se déconnecter"
    answer = ask(ready(keeping()), asked)
    told = b"".join(answer.chunks())
    assert (answer.status, dict(answer.headers)["X-Kept"]) == ("200 OK", "yes")
    assert "Set-Cookie" not in dict(answer.headers)
    line, *fields = told.split(b"\r\n\r\n")[0].split(b"\r\n")
    assert line == b"POST /%C3%A9%20b?x=%20y HTTP/1.1"
    assert {field.partition(b":")[0] for field in fields} == {
        *(b"Host", b"Accept-Language", b"Content-Length", b"X-Beancoop-Sign-Out")
    }
    assert b"secret" not in told
    assert b"".join(ask(ready(keeping()), environ("HEAD")).chunks()).startswith(b"GET /x ")  # its length is asked for


def test_a_dead_worker_is_replaced_and_others_live_on(keeping: Callable[..., Workers]) -> None:
    all_ = keeping()
    first, other = ready(all_), ready(all_, "another")
    os.kill(first._pid, signal.SIGKILL)
    wait_for(lambda: first.state == GONE, "its death to be seen")
    assert ready(all_)._pid != first._pid
    assert ask(other, environ()).status == "200 OK"
    assert all_.of(seat("another")) is other


def test_one_that_died_unseen_is_replaced_before_it_is_asked(
    keeping: Callable[..., Workers], monkeypatch: pytest.MonkeyPatch
) -> None:
    all_ = keeping()
    first = ready(all_)
    monkeypatch.setattr(all_, "_listen", lambda *_: None)
    os.kill(first._pid, signal.SIGKILL)
    wait_for(lambda: is_gone(first._pid), "its death")
    with pytest.raises(NotThereError):
        ask(first, environ())
    monkeypatch.undo()
    assert Desk(all_).answer(environ(), "tom", seat("answers")) is not None
    assert ready(all_) is not first


def test_without_its_fork_server_each_lives_on_and_new_ones_come(keeping: Callable[..., Workers]) -> None:
    all_ = keeping()
    first = ready(all_)
    server = vars(forkserver._forkserver)["_forkserver_pid"]
    os.kill(server, signal.SIGKILL)
    wait_for(lambda: is_gone(server), "its death")
    assert ask(first, environ()).status == "200 OK"
    wait_for(lambda: (found := all_.of(seat("later"))) and found.wait(5) == READY, "a new worker", 60)
    assert all_.of(seat("answers")) is first


def test_one_that_dies_while_it_loads_is_not_started_again_at_once(keeping: Callable[..., Workers]) -> None:
    all_ = keeping()
    for count in (1, 2):
        wait_for(lambda: (worker := all_.of(seat("dies"))) and worker.wait(5) == GONE, "its death", 60)
        assert all_.of(seat("dies")) is None
        assert all_._failures[seat("dies")][0] == count
    answer = Client(lambda *asked: Desk(all_).answer(asked[0], "tom", seat("dies"))(*asked)).get("/")
    assert (answer.status_code, "BC966" in answer.text) == (500, True)


def test_one_that_was_ready_once_is_forgiven(keeping: Callable[..., Workers]) -> None:
    all_ = keeping()
    all_._failures[seat("answers")] = 3, 0.0
    ready(all_)
    all_.of(seat("answers"))
    assert seat("answers") not in all_._failures


def test_one_that_says_what_it_may_not_is_ended(keeping: Callable[..., Workers]) -> None:
    worker = keeping().of(seat("babbles"))
    assert worker is not None
    assert worker.wait(30) == GONE


def test_whoever_asks_while_it_loads_is_told_at_once(
    keeping: Callable[..., Workers], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "_SOON", 0.01)
    all_ = keeping()
    desk = Desk(all_)
    client = Client(lambda environ, start: desk.answer(environ, "tom", seat("loads"))(environ, start))
    for language, words in {
        "fr": "Les livres sont en cours de lecture",
        "nl": "De boeken worden gelezen",
        "de": "Die Bücher werden gelesen",
        "en": "The books are being read",
    }.items():
        answer = client.get("/", headers={"Accept": "text/html", "Accept-Language": language})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        assert words in answer.text
        assert '<meta http-equiv="refresh" content="1">' in answer.text
        assert "<progress" in answer.text
        assert "<script" not in answer.text
        assert words in client.get("/x/api/journal", headers={"Accept-Language": language}).json["error"]
    for answer in (client.get("/"), client.post("/", headers={"Accept": "text/html"})):
        assert (answer.status_code, "BC1504" in answer.text) == (503, True)
    worker = all_.of(seat("loads"))
    worker.seconds = 40.0
    assert 'max="40"' in client.get("/", headers={"Accept": "text/html"}).text


def test_an_edit_that_makes_it_load_again_is_told_too(
    keeping: Callable[..., Workers], monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = ready(keeping(), "reloads")
    monkeypatch.setattr(asking, "_SOON", 0.05)
    with pytest.raises(StillLoadingError):
        ask(worker, environ())
    assert worker.state == LOADING


def test_one_that_does_not_answer_anybody_is_ended(
    keeping: Callable[..., Workers], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "_SOON", 0.05)
    worker = ready(keeping(), "stares")
    with pytest.raises(NoAnswerError):
        ask(worker, environ(), patience=0.1)
    assert worker.state == GONE
    wait_for(lambda: is_gone(worker._pid), "its end")


def test_one_that_answers_others_is_left_alone(
    keeping: Callable[..., Workers], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "_SOON", 0.05)
    worker = ready(keeping(), "stares")
    worker.answered = float("inf")
    with pytest.raises(NoAnswerError):
        ask(worker, environ(), patience=0.1)
    assert worker.state == READY
    worker.kill()  # it would not end with the others


def test_one_that_dies_over_a_request_is_not_waited_for(
    keeping: Callable[..., Workers], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "_SOON", 0.05)
    worker = ready(keeping(), "stares")
    threading.Timer(0.2, os.kill, (worker._pid, signal.SIGKILL)).start()
    with pytest.raises(NoAnswerError):
        ask(worker, environ())


@pytest.mark.parametrize("kind", ["breaks", "garbles"])
def test_an_answer_that_breaks_off_is_told(keeping: Callable[..., Workers], kind: str) -> None:
    all_ = keeping()
    ready(all_, kind)
    desk = Desk(all_)
    answer = Client(lambda environ, start: desk.answer(environ, "tom", seat(kind))(environ, start)).get("/")
    assert (answer.status_code, "BC1507" in answer.text) == (503, True)


def test_one_that_nobody_asks_ends(keeping: Callable[..., Workers]) -> None:
    worker = ready(keeping(idle=0.1))
    wait_for(lambda: worker.state == GONE, "its end")
    wait_for(lambda: is_gone(worker._pid), "its end")


def test_the_one_unused_for_longest_makes_room(keeping: Callable[..., Workers]) -> None:
    all_ = keeping(most=2)
    first, second = ready(all_, "1"), ready(all_, "2")
    all_.of(seat("1"))
    third = ready(all_, "3")
    assert (first.state, second.state, third.state) == (READY, GONE, READY)


def test_one_that_is_to_end_before_it_has_begun_ends(keeping: Callable[..., Workers]) -> None:
    worker = keeping().of(seat("answers"))
    assert worker is not None
    worker.end()
    wait_for(lambda: worker._pid, "its beginning", 60)
    wait_for(lambda: is_gone(worker._pid), "its end")
    worker.kill()


def test_a_start_that_fails_is_tried_again(keeping: Callable[..., Workers], monkeypatch: pytest.MonkeyPatch) -> None:
    all_ = keeping()

    def fails(_process: object) -> None:
        raise EOFError

    monkeypatch.setattr(all_._context.Process, "start", fails)
    worker = all_.of(seat("answers"))
    assert worker is not None
    assert worker.wait(30) == GONE
    monkeypatch.undo()
    wait_for(lambda: (found := all_.of(seat("answers"))) and found.wait(5) == READY, "another", 60)


def test_a_person_is_answered_so_many_requests_at_once(
    keeping: Callable[..., Workers], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "AT_ONCE", 1)
    monkeypatch.setattr(asking, "_SOON", 0.05)
    all_ = keeping()
    ready(all_), ready(all_, "stares")
    desk = Desk(all_)
    busy = threading.Thread(target=desk.answer, args=(environ(), "tom", seat("stares")))
    busy.start()
    wait_for(lambda: desk._asking["tom"], "his request")

    def get(person: str) -> int:
        return Client(lambda *asked: desk.answer(asked[0], person, seat("answers"))(*asked)).get("/").status_code

    assert (get("tom"), get("ann")) == (429, 200)
    all_.of(seat("stares")).kill()
    busy.join(30)
    assert not busy.is_alive()
    assert get("tom") == 200
    assert not desk._asking


def test_who_only_reads_sends_little(keeping: Callable[..., Workers]) -> None:
    desk = Desk(keeping())
    client = Client(lambda *asked: desk.answer(asked[0], "tom", seat("answers"))(*asked))
    answer = client.post("/", data=io.BytesIO(b"x" * 70_000), content_length=70_000)
    assert (answer.status_code, "BC1506" in answer.text) == (413, True)
    assert workers.STATES == (LOADING, READY)
