"""`beancoop people`: who may see what in the server, and the link by which each chooses her password."""

from __future__ import annotations

import datetime
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import click
from beancoop.words.language import mark
from beancoop.words.messages import phrase
from beancoop_server.listener import DEFAULT_BIND
from beancoop_server.passwords import LINK_DAYS, Passwords
from beancoop_server.people import MisuseError, read_people
from beancoop_server.people_file import add, check_there, remove
from beancoop_server.signing_in import CHOOSE

from beancoop_cli.common import ledger_option
from beancoop_cli.purposes import PURPOSES
from beancoop_cli.speaking import Program, argument, command, option

if TYPE_CHECKING:
    from collections.abc import Iterator

    from beancoop_server.passwords import Secret
    from beancoop_server.people import People

LINK = phrase("{name} chooses a password once, before {day}, at:\n{address}")
BY_PROXY = phrase("{name} signs in with the proxy.")
REMOVED = phrase("{name} sees nothing any more.")
HAS_PASSWORD = phrase("has a password")
HAS_LINK = phrase("has a link, until {day}")
LINK_ENDED = phrase("the link has ended")
HAS_NEITHER = phrase("has no password")

_file_option = option(
    "--people",
    "file",
    type=click.Path(path_type=Path),
    default=Path("people.toml"),
    show_default=True,
    metavar=mark("FILE"),
    help=mark("The file that says who may see what; passwords are kept beside it."),
)
_name_argument = argument("name", metavar=mark("NAME"))


@click.group(cls=Program, help=PURPOSES["people"])
def people() -> None:
    """Run one of the commands."""


@command("add", help=mark("Let NAME see what ROLE says: accountant, team, member, or the code of an activity."))
@_name_argument
@argument("role", metavar=mark("ROLE"))
@_file_option
@ledger_option
def add_person(name: str, role: str, file: Path, ledger: Path) -> None:
    """Add one, and give her link."""
    with _refusals_told():
        _give_link(add(file, ledger, name, role), file, name)


@command("reset", help=mark("Take the password of NAME away, end her sessions, and give her a link to choose another."))
@_name_argument
@_file_option
def reset(name: str, file: Path) -> None:
    """Give a new link."""
    with _refusals_told():
        known = read_people(file)
        check_there(known, file, name)
        _give_link(known, file, name)


@command("remove", help=mark("Let NAME see nothing any more, at once, and forget her password."))
@_name_argument
@_file_option
def remove_person(name: str, file: Path) -> None:
    """Remove one."""
    with _refusals_told():
        remove(file, name)
        Passwords(file).forget(name)
        click.echo(REMOVED(name=name))


@command("list", help=mark("List who may see what, and who has a password."))
@_file_option
def list_people(file: Path) -> None:
    """List them."""
    with _refusals_told():
        known, kept = read_people(file), Passwords(file).secrets()
        width = max(map(len, known.roles), default=0)
        for name, role in sorted(known.roles.items()):
            told = BY_PROXY(name=name) if known.header else _told(kept.get(name))
            click.echo(f"{name:{width}}  {role:10}  {told}")


for _each in (add_person, reset, remove_person, list_people):
    people.add_command(_each)


def _told(kept: Secret | None) -> str:
    """Say whether a person has a password or a link."""
    if kept is None or not (kept.hash or kept.link):
        return HAS_NEITHER()
    if kept.hash:
        return HAS_PASSWORD()
    return HAS_LINK(day=_day(kept.until)) if kept.until > _now().timestamp() else LINK_ENDED()


def _give_link(known: People, file: Path, name: str) -> None:
    if known.header:
        click.echo(BY_PROXY(name=name))
        return
    token = Passwords(file).invite(name)
    site = f"https://{known.hosts[0]}" if known.hosts else f"http://{DEFAULT_BIND}"
    last = _day(_now().timestamp() + LINK_DAYS * 24 * 3600)
    click.echo(LINK(name=name, day=last, address=f"{site}{CHOOSE}?{urlencode({'token': token})}"))


def _now() -> datetime.datetime:
    return datetime.datetime.now().astimezone()


def _day(seconds: float) -> datetime.date:
    return datetime.datetime.fromtimestamp(seconds).astimezone().date()


@contextmanager
def _refusals_told() -> Iterator[None]:
    try:
        yield
    except MisuseError as misuse:
        raise click.UsageError(str(misuse)) from None
