"""Who may see what: the file given to `beancoop serve --people`.

    [people]
    "lea@example.be" = "A001"            # her own sub-ledger, activities/A001/ledger.beancount
    "compta@example.be" = "accountant"   # the whole cooperative
    "equipe@example.be" = "team"         # the same, reading
    "luc@example.be" = "member"          # the cooperative's open pages

    [proxy]                              # optional
    hosts = ["livres.example.be"]        # the names, with port if need be, under which browsers reach it
    header = "X-Remote-User"             # where the proxy signs people in: the header in which it gives the name

Capitals make no difference in a name. Nobody who is not in the file sees anything.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from beancoop.storage.layout import ACTIVITIES, LEDGER_FILE
from beancoop.words.messages import error
from beancoop.words.system import reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from typing import TypeAlias

    from beancoop.words.messages import Template

Right: TypeAlias = Literal["write", "read", "open"]
"""What a person may do with a ledger: change it, read it, read the pages that are open to every member."""

ACCOUNTANT, TEAM, MEMBER = "accountant", "team", "member"
ROLES = (ACCOUNTANT, TEAM, MEMBER)
_UNIT = re.compile(r"[A-Z][A-Z0-9-]*")
_HEADER_NAME = re.compile(r"[A-Za-z0-9-]+")  # no "_": WSGI could not tell it from "-"
_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d+)?|\[[0-9A-Fa-f:]+\](:\d+)?")


UNREADABLE = error("BC980", "{file}: cannot be read: {reason}")
NO_UTF8 = error("BC981", "{file}: not a text in UTF-8: save it again in that encoding.")
NO_TOML = error("BC982", "{file}: not valid TOML: {reason}; a line reads like NAME = 'A001'.")
KEY_TWICE = error("BC983", "{file}: not valid TOML: a name is written twice ({reason}).")
UNKNOWN_KEY = error("BC984", "{file}: at the top: unknown {key}; expected people or proxy.")
UNKNOWN_PROXY_KEY = error("BC985", "{file}: in [proxy]: unknown {key}; expected header or hosts.")
NO_PEOPLE = error("BC986", '{file}: no [people]; write a table of lines such as "lea@example.be" = "A001".')
NO_TABLE = error("BC987", "{file}: proxy: expected a table, [proxy].")
TWIN = error("BC988", "{file}: [people]: the name {person} is {other} again; write each person once.")
NAMELESS = error("BC989", "{file}: [people]: the name {person} is empty or has signs that cannot be seen.")
NO_ROLE = error("BC990", "{file}: [people] {person}: expected a unit like 'A001', or one of {roles}, not {unit}.")
UNKNOWN_UNIT = error("BC991", "{file}: [people] {person}: unknown unit {unit}: there is no {ledger}.")
NO_HEADER = error("BC992", '{file}: [proxy] header: expected a name such as "{usual}", not {found}.')
NO_HOSTS = error("BC993", "{file}: [proxy] hosts: expected a list like ['livres.example.be'], not {found}.")

USUAL_HEADER = "X-Remote-User"


class MisuseError(Exception):
    """What the person who starts the server has to put right; the message says where and how."""


class Seat(NamedTuple):
    """What a person sees, and a worker is started for.

    Attributes:
        ledger: the main file of the ledger.
        right: what may be done with it.

    """

    ledger: Path
    right: Right


@dataclass(frozen=True)
class People:
    """Who sees what, and how she is recognised.

    Attributes:
        roles: by plain name (`plain`), one of ROLES or the code of a unit.
        header: the request header in which a proxy names the person; "" where she signs in here.
        hosts: the names browsers use for the server, beside its own address.

    """

    roles: Mapping[str, str] = field(default_factory=dict)
    header: str = ""
    hosts: tuple[str, ...] = ()

    def seat(self, name: str, ledger: Path, *, writes: bool = False) -> Seat | None:
        """Say what a person sees of the cooperative whose main file is *ledger*; None where that is nothing.

        Args:
            name: as she or the proxy wrote it.
            ledger: the main file of the whole cooperative.
            writes: whether accountants may change the books.

        """
        match self.roles.get(plain(name)):
            case None:
                return None
            case "accountant":
                return Seat(ledger, "write" if writes else "read")
            case "team":
                return Seat(ledger, "read")
            case "member":
                return Seat(ledger, "open")
            case unit:
                own = sub_ledger(ledger, unit)
                return Seat(own, "read") if own.is_file() else None


def plain(name: str) -> str:
    """Give a name as names are compared: without capitals, spaces around, and two ways to write one letter.

    No further: who has signs alike elsewhere ("straße", "strasse"; full-width letters) may be another person.
    """
    return unicodedata.normalize("NFC", name.strip()).lower()


def sub_ledger(ledger: Path, unit: str) -> Path:
    """Give the main file of a unit of the cooperative whose main file is *ledger*, whether or not it is there."""
    return ledger.parent / ACTIVITIES / unit / LEDGER_FILE


def read_people(file: Path) -> People:
    """Read *file*.

    Raises:
        MisuseError: it cannot be read, or is not as the module's documentation says.

    """
    try:
        return parse_people(file.read_bytes(), file)
    except OSError as failure:
        raise MisuseError(UNREADABLE(file=file, reason=reason(failure))) from failure


def check_units(people: People, ledger: Path, file: Path) -> None:
    """Refuse a person of *file* whose unit the cooperative has not.

    Raises:
        MisuseError: there is one.

    """
    for person, unit in people.roles.items():
        own = sub_ledger(ledger, unit)
        if unit not in ROLES and not own.is_file():
            raise MisuseError(UNKNOWN_UNIT(file=file, person=repr(person), unit=unit, ledger=own))


def parse_people(content: bytes, file: Path) -> People:
    """Read the *content* of *file*.

    Raises:
        MisuseError: it is not as the module's documentation says.

    """
    table = _parsed(content, file)
    _only(table, {"people", "proxy"}, UNKNOWN_KEY, file)
    people, proxy = table.get("people"), table.get("proxy", {})
    if not isinstance(people, dict):
        raise MisuseError(NO_PEOPLE(file=file))
    if not isinstance(proxy, dict):
        raise MisuseError(NO_TABLE(file=file))
    _only(proxy, {"header", "hosts"}, UNKNOWN_PROXY_KEY, file)
    _refuse_twins(people, file)
    roles = {plain(person): check_role(person, role, file) for person, role in people.items()}
    return People(roles, _header(proxy, file), _hosts(proxy, file))


def check_role(person: str, role: object, file: Path) -> str:
    """Give *role* where it is one of ROLES or looks like the code of a unit.

    Raises:
        MisuseError: it is neither.

    """
    if isinstance(role, str) and (role in ROLES or _UNIT.fullmatch(role)):
        return role
    raise MisuseError(NO_ROLE(file=file, person=repr(person), roles=", ".join(ROLES), unit=repr(role)))


def _parsed(content: bytes, file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(content.decode())
    except UnicodeDecodeError as failure:
        raise MisuseError(NO_UTF8(file=file)) from failure
    except tomllib.TOMLDecodeError as failure:
        template = KEY_TWICE if "Cannot overwrite a value" in str(failure) else NO_TOML
        raise MisuseError(template(file=file, reason=str(failure))) from failure


def _only(table: Mapping[str, object], known: Iterable[str], template: Template, file: Path) -> None:
    for key in table:
        if key not in known:
            raise MisuseError(template(file=file, key=repr(key)))


def _refuse_twins(people: Iterable[str], file: Path) -> None:
    """Refuse two names that differ by capitals or spaces alone: one of them is a slip."""
    seen: dict[str, str] = {}
    for person in people:
        name = plain(person)
        if not name or not name.isprintable():
            raise MisuseError(NAMELESS(file=file, person=repr(person)))
        if name in seen:
            raise MisuseError(TWIN(file=file, person=repr(person), other=repr(seen[name])))
        seen[name] = person


def _header(proxy: Mapping[str, object], file: Path) -> str:
    header = proxy.get("header", "")
    if "header" not in proxy or (isinstance(header, str) and _HEADER_NAME.fullmatch(header)):
        return str(header)
    raise MisuseError(NO_HEADER(file=file, usual=USUAL_HEADER, found=repr(header)))


def _hosts(proxy: Mapping[str, object], file: Path) -> tuple[str, ...]:
    hosts = proxy.get("hosts", [])
    if isinstance(hosts, list) and all(isinstance(host, str) and _HOST.fullmatch(host) for host in hosts):
        return tuple(hosts)
    raise MisuseError(NO_HOSTS(file=file, found=repr(hosts)))
