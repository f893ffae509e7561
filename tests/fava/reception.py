"""The front of the server in this process, with real workers, and people who ask it."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from beancoop.storage.atomic import write_text
from beancoop_server.app import running
from beancoop_server.listener import parse_bind
from beancoop_server.passwords import Passwords
from werkzeug.test import Client

from tests.fava.conftest import is_loading, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from wsgiref.types import WSGIApplication

    from beancoop_server.workers import Limits
    from werkzeug.test import TestResponse

    from tests.fava.conftest import Coop

HOST, SITE = "127.0.0.1:5000", "http://127.0.0.1:5000"
PASSWORD = "douze lettres et plus"  # noqa: S105 - of nobody
PEOPLE = """\
[people]
"Lea@example.be" = "A001"
tom = "A002"
compta = "accountant"
equipe = "team"
luc = "member"
"""
PROXY = f'{PEOPLE}[proxy]\nheader = "X-Remote-User"\nhosts = ["livres.example.be"]\n'


class House(NamedTuple):
    """A cooperative that is served, and the file of its people."""

    coop: Coop
    file: Path
    app: WSGIApplication

    def asker(self, name: str = "") -> Asker:
        """Give one whom the proxy names *name*, or who is nobody yet."""
        return Asker(Client(self.app), {"Host": HOST, **({"X-Remote-User": name} if name else {})})

    @property
    def log(self) -> list[list[str]]:
        """Give the lines of the audit log, without their time."""
        text = self.file.with_name("people.log").read_text(encoding="utf-8")
        return [line.split("\t")[1:] for line in text.splitlines()]


class Asker(NamedTuple):
    """A browser."""

    client: Client
    headers: dict[str, str]

    def ask(self, path: str, method: str = "GET", headers: dict[str, str] | None = None, **more: Any) -> TestResponse:
        """Ask once."""
        return self.client.open(
            path, method=method, headers={"Accept": "text/html", **self.headers, **(headers or {})}, **more
        )

    def get(self, path: str, **more: Any) -> TestResponse:
        """Ask until the books have been read."""
        found: list[TestResponse] = []

        def answered() -> bool:
            found[:] = [self.ask(path, **more)]
            return not is_loading(found[0].status_code, found[0].get_data().decode("utf-8", "replace"))

        wait_for(answered, f"the books behind {path}", 60)
        return found[0]

    def send(self, path: str, **fields: str) -> TestResponse:
        """Send a form, as our own page does."""
        return self.ask(path, "POST", data=fields, headers={"Origin": SITE})

    def sign_in(self, name: str, password: str = PASSWORD) -> TestResponse:
        """Sign in."""
        return self.send("/sign-in", name=name, password=password)

    def data(self, path: str) -> object:
        """Give what Fava's own API answers."""
        return json.loads(self.get(path).text)["data"]


@contextlib.contextmanager
def open_house(coop: Coop, people: str = PROXY, limits: Limits | None = None, bind: str = HOST) -> Iterator[House]:
    """Serve *coop* to *people*."""
    file = coop.folder.parent / "people.toml"
    write_text(file, people)
    with running(coop.main, parse_bind(bind), people_file=file, limits=limits) as app:
        yield House(coop, file, app)


def give_password(house: House, name: str, password: str = PASSWORD) -> None:
    """Have a person choose her password."""
    passwords = Passwords(house.file)
    assert passwords.choose(passwords.invite(name), password)
