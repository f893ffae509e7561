"""Serve the books, safe to show: `beancoop serve [--people FILE]`.

Without a people file, whoever reaches the address sees the whole cooperative: it is bound to this machine alone. With
one, each person is shown a ledger that a process of its own has loaded, and no other: there is nothing to filter or to
forget.
"""

from __future__ import annotations

import resource
from contextlib import contextmanager
from typing import TYPE_CHECKING

from beancoop.words.messages import error
from beancoop.words.system import reason

from beancoop_server.audit import Audit
from beancoop_server.front import Desk, Everybody, Healthy, Reception
from beancoop_server.headers import Shield
from beancoop_server.kept_files import Reread
from beancoop_server.listener import DEFAULT_BIND, LISTENING, LISTENING_TO_WRITE, listen, parse_bind
from beancoop_server.passwords import Passwords
from beancoop_server.people import UNREADABLE, MisuseError, Seat, check_units, parse_people, read_people
from beancoop_server.sessions import Sessions
from beancoop_server.signing_in import SigningIn
from beancoop_server.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from wsgiref.types import WSGIApplication

    from beancoop_server.listener import Bind
    from beancoop_server.people import People
    from beancoop_server.workers import Limits

__all__ = ["DEFAULT_BIND", "MisuseError", "run", "running"]

NO_SUCH_LEDGER = error("BC976", "{ledger}: there is no such ledger; say which with --ledger.")
WRITES_ALONE = error(
    "BC1560",
    "--write without --people is for one accountant at this machine, and {bind} may be a way in for others; leave it "
    "out, or say with --people who the accountants are.",
)
WORKER = "beancoop_fava.server.worker"
"""The module whose `serve` a worker runs; it alone knows Fava and Beancount."""


def run(
    ledger: Path,
    *,
    people_file: Path | None = None,
    bind: str = DEFAULT_BIND,
    writes: bool = False,
    limits: Limits | None = None,
) -> None:
    """Serve until interrupted; to be called in the main thread. Says on standard output where to look.

    Args:
        ledger: the main file of the whole cooperative.
        people_file: who sees what, see `beancoop_server.people`.
        bind: `ADDRESS:PORT` of this machine, or `unix:PATH`.
        writes: whether accountants, or without a people file whoever is there, may change the books.
        limits: what a process that holds a ledger may take.

    Raises:
        MisuseError: a wrong people file or address, an address in use, a ledger that is not there, a socket to write.

    """
    if not ledger.is_file():
        raise MisuseError(NO_SUCH_LEDGER(ledger=ledger))
    place = parse_bind(bind)
    if writes and people_file is None and isinstance(place.socket, str):
        raise MisuseError(WRITES_ALONE(bind=bind))
    people = read_people(people_file) if people_file else None
    with running(ledger.absolute(), place, people_file=people_file, writes=writes, limits=limits) as app:
        _open_files()
        listen(app, place, people.header if people else "", LISTENING_TO_WRITE if writes else LISTENING)


@contextmanager
def running(
    ledger: Path, place: Bind, *, people_file: Path | None = None, writes: bool = False, limits: Limits | None = None
) -> Iterator[WSGIApplication]:
    """Give the WSGI application of the front; in the end its workers end.

    Raises:
        MisuseError: the people file is wrong, or what stands beside it can be neither read nor made.

    """
    workers = Workers(WORKER, limits)
    try:
        workers.warm_up()
        desk = Desk(workers)
        if people_file is None:
            app: WSGIApplication = Everybody(desk, Seat(ledger, "write" if writes else "read"))
            yield Healthy(Shield(app, place.hosts))
        else:
            yield _with_people(desk, ledger, place, people_file, writes=writes)
    finally:
        workers.close()


def _with_people(desk: Desk, ledger: Path, place: Bind, file: Path, *, writes: bool) -> WSGIApplication:
    people = Reread(file, lambda content: parse_people(content, file))

    def seat(known: People, name: str) -> Seat | None:
        return known.seat(name, ledger, writes=writes)

    try:
        first = people.now()
        check_units(first, ledger, file)
        signing_in = SigningIn(Passwords(file), Sessions(file), place.hosts)
        reception = Reception(desk, people, seat, signing_in, first.header)
        shield = Shield(reception, (*place.hosts, *first.hosts))
        return Healthy(Audit(shield, file.with_name(f"{file.stem}.log")))
    except OSError as failure:
        raise MisuseError(UNREADABLE(file=file, reason=reason(failure))) from failure


def _open_files() -> None:
    """Let the process have as many files open as it may: each connection is one."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
