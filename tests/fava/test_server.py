"""The server itself: what holds it up, who it believes, where it listens."""

from __future__ import annotations

import contextlib
import re
import signal
import socket
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from beancoop.storage.atomic import write_text
from beancoop_fava.server.time_limit import TooLong, end_after, time_limit
from beancoop_server import listener
from beancoop_server.app import run
from beancoop_server.listener import check_head, parse_bind
from beancoop_server.people import MisuseError
from hypothesis import given
from hypothesis import strategies as st
from waitress.parser import ParsingError

from tests.fava.conftest import make_coop, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.fava.conftest import Coop, Server

FREEZES = "((x+)+)+y"
LONG = "x" * 60


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Start servers, as elsewhere, whose own process is measured: of what it does at its beginning and its end."""
    with serving(is_measured=True) as start:
        yield start


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve an entry that a pattern can match in more ways than there is time for, and give it two seconds."""
    coop = make_coop(tmp_path_factory.mktemp("hasty") / "ledgers")
    coop.add(
        "A001",
        f'2026-03-01 * "{LONG}" "{LONG}"\n  Assets:40:400-Clients:A001  0 EUR\n  Assets:40:400-Clients:A001  0 EUR\n',
    )
    with serving() as start:
        yield start(coop.main, seconds=2)


def test_a_runaway_regular_expression_is_interrupted() -> None:
    with pytest.raises(TooLong), time_limit(0.5):
        re.search(FREEZES, LONG)


def test_what_ends_in_time_is_not_interrupted_afterwards() -> None:
    with time_limit(0.05):
        pass
    end = time.process_time() + 0.2
    while time.process_time() < end:
        pass


@pytest.mark.parametrize(
    "path",
    [
        f"api/query?query_string={quote(f'select grepn({FREEZES!r}, narration, 0)')}",
        f"api/query?query_string={quote(f'select date where narration ~ {FREEZES!r}')}",
        f"download-query/query_result.csv?query_string={quote(f'select grep({FREEZES!r}, narration)')}",
        f"api/journal?filter={quote(f'narration:{FREEZES!r}')}",
        f"api/income_statement?account={quote('((.+)+)+ÿ')}",
    ],
)
def test_no_regular_expression_freezes_the_server(hasty: Server, path: str) -> None:
    assert hasty.get("/toute-la-coop/api/errors").status == 200
    answer = hasty.get(f"/toute-la-coop/{path}", timeout=60)
    assert answer.status == 503
    assert hasty.get("/toute-la-coop/api/income_statement").status == 200


def test_an_interrupted_query_leaves_nothing_for_the_next(hasty: Server) -> None:
    slow = quote(f"print from year = 2026 and (narration = 'Facture 1' or payee ~ {FREEZES!r})")
    assert hasty.get(f"/toute-la-coop/api/query?query_string={slow}", timeout=60).status == 503
    nothing = quote("print from narration = 'rien'")
    quick = hasty.get(f"/toute-la-coop/api/query?query_string={nothing}")
    assert quick.status == 200
    assert "Facture 1" not in quick.text


def test_what_no_signal_interrupts_is_ended_by_the_system() -> None:
    import multiprocessing  # noqa: PLC0415

    spinning = multiprocessing.get_context("fork").Process(target=_spin)
    spinning.start()
    spinning.join(60)
    assert spinning.exitcode == -signal.SIGXCPU


def _spin() -> None:
    end_after(None)
    end_after(0)
    signal.signal(signal.SIGPROF, signal.SIG_IGN)
    pow(3, 10**9)


def test_a_thread_that_cannot_be_interrupted_runs_without_limit() -> None:
    ended: list[bool] = []

    def run_long() -> None:
        with time_limit(0.01):
            sum(range(10**6))
        ended.append(True)

    thread = threading.Thread(target=run_long)
    thread.start()
    thread.join()
    assert ended == [True]


HEADER = '[proxy]\nheader = "X-Remote-User"\n'


def people_file(coop: Coop, text: str) -> Path:
    file = coop.folder.parent / "people.toml"
    write_text(file, text)
    return file


def test_each_person_sees_her_own_over_a_real_connection(coop: Coop, serve: Callable[..., Server]) -> None:
    server = serve(coop.main, people_file(coop, '[people]\nlea = "A001"\n"anaïs" = "A002"\nboard = "team"\n' + HEADER))
    mine, hers = "/livre-a001/api/journal", "/livre-a002/api/journal"
    assert server.get(mine).status == 401
    assert server.get(mine, {"X-Remote-User": "mallory"}).status == 403
    seen = server.get(mine, {"X-Remote-User": "lea"})
    assert seen.status == 200
    assert "Dupont" in seen.text
    assert "Peeters" not in seen.text
    assert "A002" not in seen.text
    assert server.get(hers, {"X-Remote-User": "lea"}).status == 404
    assert server.get("/toute-la-coop/api/journal", {"X-Remote-User": "lea"}).status == 404
    assert server.get(hers, {"X-Remote-User": "anaïs".encode().decode("latin-1")}).status == 200
    whole = server.get("/toute-la-coop/api/journal", {"X-Remote-User": "board"}).text
    assert "Dupont" in whole
    assert "Peeters" in whole


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve people whom a proxy names; nothing that the tests with it ask loads a ledger."""
    coop = make_coop(tmp_path_factory.mktemp("doors") / "ledgers")
    with serving() as start:
        yield start(coop.main, people_file(coop, f'[people]\nlea = "A001"\nboard = "team"\n{HEADER}'))


def send(server: Server, message: bytes, *, whole: bool = True) -> bytes:
    """Send a message as it is, and give the first line that comes back."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as wire:
        wire.sendall(message)
        if whole:
            with contextlib.suppress(OSError):  # it has answered and hung up before
                wire.shutdown(socket.SHUT_WR)
        return wire.makefile("rb").readline()


def head(server: Server, *fields: str, line: str = "GET /healthz HTTP/1.1") -> bytes:
    host = server.url.removeprefix("http://")
    return "\r\n".join((line, f"Host: {host}", *fields, "Connection: close", "", "")).encode("latin-1")


FORGED = {
    "an underscore": ["X_Remote-User: board"],
    "underscores": ["X_Remote_User: board"],
    "twice": ["X-Remote-User: lea", "X-Remote-User: board"],
    "twice in capitals": ["X-Remote-User: lea", "x-remote-user: board"],
    "a blank before the colon": ["X-Remote-User : board"],
    "a tab before the colon": ["X-Remote-User\t: board"],
    "a blank at the start": [" X-Remote-User: board"],
    "a folded line": ["X-Remote-User:", " board"],
    "no name": [": board"],
    "no colon": ["X-Remote-User board"],
    "a bare line feed": ["X-A: 1\nX-Remote-User: board"],
    "a bare carriage return": ["X-A: 1\rX-Remote-User: board"],
    "a zero byte": ["X-Remote-User: board\x00"],
    "two hosts": ["Host: evil.example"],
    "two lengths": ["Content-Length: 0", "Content-Length: 5"],
    "a length and chunks": ["Content-Length: 5", "Transfer-Encoding: chunked"],
    "chunks and a length": ["Transfer-Encoding: chunked", "Content-Length: 5"],
    "chunks twice": ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"],
    "a length that is none": ["Content-Length: +5"],
    "two cookies": ["Cookie: a=b", "Cookie: a=c"],
}


@pytest.mark.parametrize("forged", FORGED)
def test_a_head_that_two_could_read_differently_is_refused(doors: Server, forged: str) -> None:
    """A proxy strips X-Remote-User; what it does not take for that header must not be one here (RFC 9112)."""
    assert b" 400 " in send(doors, head(doors, *FORGED[forged]))
    assert b" 200 " in send(doors, head(doors))


@pytest.mark.parametrize("line", ["GET /healthz HTTP/1.0", "POST /healthz HTTP/1.0"])
def test_chunks_are_not_of_the_old_protocol(doors: Server, line: str) -> None:
    assert b" 400 " in send(doors, head(doors, "Transfer-Encoding: chunked", line=line))


def test_an_encoding_that_is_unknown_is_refused(doors: Server) -> None:
    assert b" 501 " in send(doors, head(doors, "Transfer-Encoding: gzip, chunked"))


@given(st.lists(st.binary(min_size=1, max_size=20).filter(lambda each: b"\r\n" not in each), max_size=4))
def test_what_passes_has_each_field_on_a_line_of_its_own(fields: list[bytes]) -> None:
    text = b"\r\n".join((b"GET / HTTP/1.1", *fields, b"", b""))
    try:
        check_head(text, [b"x"])
    except ParsingError:
        return
    for each in text.split(b"\r\n")[1:-2]:
        name, colon, value = each.partition(b":")
        assert colon
        assert re.fullmatch(rb"[^\s_:]+", name)
        assert not re.search(rb"[\x00\r\n]", value)


def test_a_head_without_end_and_a_body_without_end_are_refused(doors: Server) -> None:
    assert b" 431 " in send(doors, head(doors, f"X-A: {'x' * 40_000}"))
    assert b" 413 " in send(doors, head(doors, f"Content-Length: {10**9}", line="POST / HTTP/1.1"), whole=False)
    long_body = head(doors, "Content-Length: 100000", "X-Remote-User: board", line="POST / HTTP/1.1") + b"x" * 100_000
    assert b" 413 " in send(doors, long_body)


def test_many_slow_connections_keep_nobody_out(doors: Server) -> None:
    host, port = doors.url.removeprefix("http://").split(":")
    slow = [socket.create_connection((host, int(port))) for _ in range(300)]
    try:
        for number, wire in enumerate(slow):
            wire.sendall(head(doors)[: 5 + number % 40])
        assert doors.ask("/healthz").status == 200
        assert doors.ask("/", {"X-Remote-User": "mallory"}).status == 403
    finally:
        for wire in slow:
            wire.close()


def test_what_comes_drop_by_drop_counts_as_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time is played: a head must be there at once, a body within minutes, whatever trickles in meanwhile."""
    import waitress.channel  # noqa: PLC0415

    channel = object.__new__(listener._channel(b"x-remote-user"))
    now = [100.0]

    def read(channel, request) -> None:
        channel.last_activity, channel.request = now[0], request

    requests = iter([Heading(False), Heading(False), Heading(True), Heading(True), None])
    monkeypatch.setattr(waitress.channel.HTTPChannel, "handle_read", lambda self: read(self, next(requests)))
    channel.request = None
    seen = []
    for moment in (100.0, 120.0, 130.0, 500.0, 510.0):
        now[0] = moment
        channel.handle_read()
        seen.append(channel.last_activity)
    assert seen == [100.0, 100.0, 130.0, 100.0 + listener._SECONDS_OF_A_BODY, 510.0]


class Heading:
    """A request that is being read."""

    def __init__(self, headers_finished: bool) -> None:
        self.headers_finished = headers_finished


def test_who_asks_through_the_proxy_is_written_down_and_not_the_proxy(coop: Coop, serve: Callable[..., Server]) -> None:
    file = people_file(coop, f'[people]\nlea = "A001"\n{HEADER}')
    server = serve(coop.main, file)
    assert server.ask("/", {"X-Forwarded-For": "6.6.6.6, 192.0.2.7", "X-Remote-User": "nobody"}).status == 403
    (line,) = file.with_name("people.log").read_text(encoding="utf-8").splitlines()
    assert "\t192.0.2.7\t" in line


def test_over_a_unix_socket_open_to_the_proxys_group_alone(
    coop: Coop, serve: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("s") / "s"  # a socket's path is short
    text = f'[people]\nlea = "A001"\n{HEADER}hosts = ["livres.be"]\n'
    server = serve(coop.main, people_file(coop, text), bind=f"unix:{place}")
    assert place.stat().st_mode & 0o777 == 0o660
    for host, person, status in (("livres.be", "", 401), ("livres.be", "tom", 403), ("evil.be", "lea", 421)):
        with socket.socket(socket.AF_UNIX) as wire:
            wire.connect(str(place))
            headers = f"Host: {host}\r\nX-Remote-User: {person}\r\nConnection: close"
            wire.sendall(f"GET / HTTP/1.1\r\n{headers}\r\n\r\n".encode())
            assert wire.recv(100).split()[1] == str(status).encode()
    with pytest.raises(MisuseError, match="cannot listen"):
        run(coop.main, bind=f"unix:{place}")
    server.process.kill()
    server.process.wait()
    assert place.exists()
    again = serve(coop.main, people_file(coop, text), bind=f"unix:{place}")
    again.process.terminate()
    again.process.wait()
    assert not place.exists()


@pytest.mark.parametrize(
    ("bind", "socket_", "url"),
    [
        ("127.0.0.1:5000", ("127.0.0.1", 5000), "http://127.0.0.1:5000"),
        ("localhost:81", ("127.0.0.1", 81), "http://127.0.0.1:81"),
        ("[::1]:5000", ("::1", 5000), "http://[::1]:5000"),
    ],
)
def test_an_address_of_this_machine_is_accepted(bind: str, socket_: tuple[str, int], url: str) -> None:
    place = parse_bind(bind)
    assert (place.socket, place.url) == (socket_, url)
    assert url.removeprefix("http://") in place.hosts


@pytest.mark.parametrize(
    "bind",
    [
        "0.0.0.0:5000",
        "192.168.1.2:5000",
        "[::]:5000",
        "5000",
        "127.0.0.1",
        "127.0.0.1:x",
        "127.0.0.1:0",
        "unix:",
        "x:1",
    ],
)
def test_an_address_others_can_reach_is_refused(bind: str) -> None:
    with pytest.raises(MisuseError, match="--people"):
        parse_bind(bind)


def test_an_address_in_use_is_told(coop: Coop) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(MisuseError, match="cannot listen"):
            run(coop.main, bind=f"127.0.0.1:{other.getsockname()[1]}")


def test_a_ledger_that_is_not_there_is_told(coop: Coop) -> None:
    with pytest.raises(MisuseError, match="no such ledger"):
        run(coop.folder / "nulle-part.beancount")
