"""Who may see what: the file given to `beancoop serve --people`.

    [people]
    "lea@example.be" = "A001"      # her own sub-ledger, activities/A001/ledger.beancount
    "compta@example.be" = "*"      # accountant, board: the whole cooperative

    [proxy]                        # optional
    header = "X-Remote-User"       # the header in which the authenticating proxy gives the name
    hosts = ["livres.example.be"]  # the names, with port if need be, under which browsers reach it

The left side is the name as the proxy gives it. Nobody who is not in the file sees anything.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from beancoop.words.messages import error
from beancoop.words.system import reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from beancoop.words.messages import Template

EVERYTHING = "*"
HEADER = "X-Remote-User"
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
NAMELESS = error("BC989", "{file}: [people]: the name {person} is empty; write who it is.")
NO_UNIT = error("BC990", "{file}: [people] {person}: expected a unit like 'A001', or '*', not {unit}.")
UNKNOWN_UNIT = error("BC991", "{file}: [people] {person}: unknown unit {unit}: there is no {ledger}.")
NO_HEADER = error("BC992", '{file}: [proxy] header: expected a name such as "{usual}", not {found}.')
NO_HOSTS = error("BC993", "{file}: [proxy] hosts: expected a list like ['livres.example.be'], not {found}.")


class MisuseError(Exception):
    """What the person who starts the server has to put right; the message says where and how."""


@dataclass(frozen=True)
class People:
    """Who sees which ledger, and how the proxy says who asks.

    Attributes:
        ledgers: by person, the main file of what she sees.
        header: the request header that holds the person.
        hosts: the names browsers use for the server, beside its own address.

    """

    ledgers: Mapping[str, Path]
    header: str = HEADER
    hosts: tuple[str, ...] = ()


def read_people(file: Path, ledger: Path) -> People:
    """Read *file* for the cooperative whose main ledger is *ledger*.

    Raises:
        MisuseError: the file is not as the module's documentation says, or names a unit without sub-ledger.

    """
    table = _read(file)
    _only(table, {"people", "proxy"}, UNKNOWN_KEY, file)
    people, proxy = table.get("people"), table.get("proxy", {})
    if not isinstance(people, dict) or not people:
        raise MisuseError(NO_PEOPLE(file=file))
    if not isinstance(proxy, dict):
        raise MisuseError(NO_TABLE(file=file))
    _only(proxy, {"header", "hosts"}, UNKNOWN_PROXY_KEY, file)
    _refuse_twins(people, file)
    ledgers = {person: _ledger_of(person, unit, ledger, file) for person, unit in people.items()}
    return People(ledgers, _header(proxy, file), _hosts(proxy, file))


def _read(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as failure:
        raise MisuseError(UNREADABLE(file=file, reason=reason(failure))) from failure
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
        plain = person.strip().casefold()
        if not plain or plain in seen:
            template = TWIN if plain else NAMELESS
            raise MisuseError(template(file=file, person=repr(person), other=repr(seen.get(plain))))
        seen[plain] = person


def _ledger_of(person: str, unit: object, ledger: Path, file: Path) -> Path:
    if unit == EVERYTHING:
        return ledger
    if not isinstance(unit, str) or not _UNIT.fullmatch(unit):
        raise MisuseError(NO_UNIT(file=file, person=repr(person), unit=repr(unit)))
    own = ledger.parent / "activities" / unit / "ledger.beancount"
    if not own.is_file():
        raise MisuseError(UNKNOWN_UNIT(file=file, person=repr(person), unit=unit, ledger=own))
    return own


def _header(proxy: Mapping[str, object], file: Path) -> str:
    header = proxy.get("header", HEADER)
    if not isinstance(header, str) or not _HEADER_NAME.fullmatch(header):
        raise MisuseError(NO_HEADER(file=file, usual=HEADER, found=repr(header)))
    return header


def _hosts(proxy: Mapping[str, object], file: Path) -> tuple[str, ...]:
    hosts = proxy.get("hosts", [])
    if isinstance(hosts, list) and all(isinstance(host, str) and _HOST.fullmatch(host) for host in hosts):
        return tuple(hosts)
    raise MisuseError(NO_HOSTS(file=file, found=repr(hosts)))
