"""The server itself: what holds it up, who it believes, where it listens."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from beancoop.storage.atomic import write_text
from beancoop_fava.server.app import run
from beancoop_fava.server.listener import parse_bind
from beancoop_fava.server.people import MisuseError
from beancoop_fava.server.time_limit import InMainThread, TooLong, time_limit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from wsgiref.types import StartResponse, WSGIEnvironment

    from tests.fava.conftest import Coop, Server

FREEZES = "((x+)+)+y"
LONG = "x" * 60


def test_a_runaway_regular_expression_is_interrupted() -> None:
    import re  # noqa: PLC0415

    begin = time.monotonic()
    with pytest.raises(TooLong), time_limit(0.5):
        re.search(FREEZES, LONG)
    assert time.monotonic() - begin < 5


def test_what_ends_in_time_is_not_interrupted_afterwards() -> None:
    with time_limit(0.2):
        pass
    time.sleep(0.4)


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
def test_no_regular_expression_freezes_the_server(coop: Coop, serve: Callable[..., Server], path: str) -> None:
    coop.add(
        "A001", f'2026-03-01 * "{LONG}"\n  Assets:40:400-Clients:A001  0 EUR\n  Assets:40:400-Clients:A001  0 EUR\n'
    )
    server = serve(coop.main, seconds=2)
    assert server.get("/toute-la-coop/api/errors").status == 200
    begin = time.monotonic()
    answer = server.get(f"/toute-la-coop/{path}", timeout=60)
    assert answer.status == 503
    assert time.monotonic() - begin < 10
    assert server.get("/toute-la-coop/api/income_statement").status == 200


def test_an_interrupted_query_leaves_nothing_for_the_next(coop: Coop, serve: Callable[..., Server]) -> None:
    coop.add(
        "A001",
        f'2026-03-01 * "{LONG}" "secret"\n  Assets:40:400-Clients:A001  0 EUR\n  Assets:40:400-Clients:A001  0 EUR\n',
    )
    server = serve(coop.main, seconds=2)
    slow = quote(f"print from year = 2026 and (narration = 'Facture 1' or payee ~ {FREEZES!r})")
    assert server.get(f"/toute-la-coop/api/query?query_string={slow}", timeout=60).status == 503
    nothing = quote("print from narration = 'rien'")
    quick = server.get(f"/toute-la-coop/api/query?query_string={nothing}")
    assert quick.status == 200
    assert "Facture 1" not in quick.text


def test_requests_from_many_threads_run_one_at_a_time_in_one_thread() -> None:
    seen: list[int] = []

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        seen.append(threading.get_ident())
        if environ["PATH_INFO"] == "/stop":
            raise KeyboardInterrupt
        if environ["PATH_INFO"] == "/wrong":
            raise ValueError(environ["PATH_INFO"])
        start_response("200 OK", [("X-Path", environ["PATH_INFO"])])
        return [environ["PATH_INFO"].encode()]

    worker = InMainThread(app)
    answers: dict[str, object] = {}

    def ask(path: str) -> None:
        headers: list[tuple[str, str]] = []
        try:
            body = worker({"PATH_INFO": path}, lambda _status, given, *_: headers.extend(given))  # type: ignore[arg-type]
            answers[path] = (b"".join(body), dict(headers))
        except BaseException as error:  # noqa: BLE001
            answers[path] = type(error)

    paths = [f"/{number}" for number in range(20)]
    asking = [threading.Thread(target=ask, args=(path,)) for path in [*paths, "/wrong"]]
    for thread in asking:
        thread.start()
    last = threading.Timer(0.5, ask, ("/stop",))
    last.start()
    with pytest.raises(KeyboardInterrupt):
        worker.run()
    for thread in (*asking, last):
        thread.join()
    assert {path: answers[path] for path in paths} == {path: (path.encode(), {"X-Path": path}) for path in paths}
    assert answers["/wrong"] is ValueError
    assert answers["/stop"] is KeyboardInterrupt
    assert set(seen) == {threading.get_ident()}


def people_file(coop: Coop, text: str) -> Path:
    file = coop.folder.parent / "people.toml"
    write_text(file, text)
    return file


def test_each_person_sees_her_own_over_a_real_connection(coop: Coop, serve: Callable[..., Server]) -> None:
    server = serve(coop.main, people_file(coop, '[people]\nlea = "A001"\n"anaïs" = "A002"\nboard = "*"\n'))
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


def test_a_header_that_only_looks_like_the_proxys_is_not_believed(coop: Coop, serve: Callable[..., Server]) -> None:
    """The proxy strips X-Remote-User, but X_Remote_User becomes the same WSGI variable."""
    server = serve(coop.main, people_file(coop, '[people]\nlea = "A001"\nboard = "*"\n'))
    host, port = server.url.removeprefix("http://").split(":")
    for forged in ("X_Remote_User: board", "X-Remote_User: board"):
        with socket.create_connection((host, int(port))) as wire:
            wire.sendall(f"GET / HTTP/1.1\r\nHost: {host}:{port}\r\n{forged}\r\nConnection: close\r\n\r\n".encode())
            assert b" 401 " in wire.recv(100)


def test_over_a_unix_socket_open_to_the_proxys_group_alone(
    coop: Coop, serve: Callable[..., Server], tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("s") / "s"  # a socket's path is short
    text = '[people]\nlea = "A001"\n[proxy]\nhosts = ["livres.be"]\n'
    serve(coop.main, people_file(coop, text), bind=f"unix:{place}")
    assert place.stat().st_mode & 0o777 == 0o660
    for host, person, status in (("livres.be", "lea", 302), ("livres.be", "tom", 403), ("evil.be", "lea", 421)):
        with socket.socket(socket.AF_UNIX) as wire:
            wire.connect(str(place))
            headers = f"Host: {host}\r\nX-Remote-User: {person}\r\nConnection: close"
            wire.sendall(f"GET / HTTP/1.1\r\n{headers}\r\n\r\n".encode())
            assert wire.recv(100).split()[1] == str(status).encode()


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
